"""A comment under a post begins a flow, and its first message answers it privately, once.

What people do is the sandbox's, told to the real door; Meta refuses there what it refuses.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from app import create_app
from channels import Providers
from jobs import channel_accounts, receive
from marketing.model import ChannelName
from sandbox import meta_people
from sandbox.faults import Fault
from sandbox.meta import APP_ID, PLATFORMS, Meta
from storage import schema
from tests.channels.meta_stand import graph_url, meta
from tests.jobs.inbound import Inbound
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_backfill import delay
from tests.jobs.test_steps import MAIL, a_flow

__all__ = ["graph_url", "meta"]
DAY = timedelta(days=1)
QUIET = dict.fromkeys(("messenger", "instagram", "email"))
BOTH = ["messenger", "instagram"]
PAUSE = {"kind": "delay", "id": "pause", "duration": "PT1H"}


class Town:
    """One store's page or account with its followers, and the app behind its door."""

    def __init__(self, stage: Stage, meta: Meta, platform: str) -> None:
        self.stage, self.meta, self.platform = stage, meta, platform
        account = PLATFORMS[platform].account_id
        public = {"account_id": account, "verify_token": "word", "app_id": APP_ID}
        secret = {"app_secret": meta.app_secret, "access_token": meta.tokens[platform]}
        told = ("meta", public, secret)
        made = channel_accounts.connect(stage.runtime, stage.store, ChannelName(platform), told)
        self.url = channel_accounts.callback_url(stage.runtime, made)
        self.door = create_app(Inbound(stage).runtime).test_client()
        meta.subscribe(platform, "everything")
        meta.callback = lambda _: self.url  # type: ignore[method-assign]
        meta._client.post = self._knock  # type: ignore[method-assign, assignment]

    def _knock(self, url: str, content: bytes, headers: dict[str, str]) -> Any:
        return self.door.post(urlsplit(url).path, data=content, headers=headers)

    def comment(self, text: str = "SIZE, please!", person: str = "Ada") -> str:
        """Let somebody comment; give the comment's id."""
        assert meta_people.comment(self.meta, self.platform, person, text) == 200
        self.take_in()
        found = [one for one in self.meta.chats(self.platform) if one["kind"] == "comment"]
        return str(found[-1]["mid"])

    def take_in(self) -> None:
        while receive.drain(self.stage.runtime, [self.stage.store_id]):
            pass
        self.stage.work()

    def said(self, name: str, **more: Any) -> dict[str, Any]:
        """Give a message of a flow's on this channel; transactional: no night puts it off."""
        template = {"chat": {"text": f"It is {name}."}}
        step = {"kind": "message", "id": name, "channel": self.platform, "template": template}
        return {**step, "message_kind": "transactional", **more}

    def flow(self, *steps: dict[str, Any], **trigger: Any) -> str:
        words = {"keywords": ["size"], "keyword_match": "contains", "kind": "comment"}
        told = {"event": "message.received", "channel": self.platform, **words, **trigger}
        return a_flow(self.stage, *steps, trigger=told)

    def heard(self, person: str = "Ada") -> list[tuple[str, str]]:
        """Give what somebody was written, each with the comment it answers, "" for none."""
        own = [one for one in self.meta.chats(self.platform, person) if not one["is_inbound"]]
        return [(one["text"], one["content"].get("comment_id", "")) for one in own]

    def fates(self) -> dict[str, tuple[str, str | None]]:
        return {row.step_id: (row.state, row.reason) for row in self.stage.messages()}


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, stage: Stage, meta: Meta, graph_url: str) -> Town:
    providers = Providers(
        use_proxies=False, meta_graph_url=graph_url, instagram_graph_url=graph_url
    )
    stage.runtime = replace(stage.runtime, providers=providers)
    stage.change(schema.stores, stage.store_id, settings={"quiet_hours": QUIET})
    return Town(stage, meta, request.param)


def test_a_word_in_a_comment_is_answered_privately_once_though_it_is_told_twice(
    town: Town,
) -> None:
    town.flow(town.said("size"))
    told = town.meta.call

    def twice(*of: Any) -> int:
        return told(*of) and told(*of)

    town.meta.call = twice  # type: ignore[method-assign]
    comment = town.comment()
    town.comment("What a colour!", "Ben")
    assert town.heard() == [("It is size.", comment)]
    assert town.heard("Ben") == []
    [entry] = town.stage.rows(schema.enrollments)
    assert entry.event["comment"] == comment
    assert datetime.fromisoformat(entry.event["commented_at"]) <= town.stage.now
    [kept] = [
        one for one in town.stage.rows(schema.inbound_messages) if one.text == "SIZE, please!"
    ]
    assert kept.private_reply_id == town.stage.messages()[0].id


def test_what_follows_waits_for_the_window_that_only_an_answer_opens(town: Town) -> None:
    town.flow(town.said("size"), PAUSE, town.said("more"))
    answered, silent = town.comment(), town.comment(person="Ben")
    meta_people.write(town.meta, town.platform, "Ada", "Thanks")
    town.take_in()
    town.stage.live(2 * HOUR)
    assert town.heard() == [("It is size.", answered), ("It is more.", "")]
    assert town.heard("Ben") == [("It is size.", silent)]
    fates = {(row.step_id, row.state, row.reason) for row in town.stage.messages()}
    assert ("more", "skipped", "comment_answered") in fates


def test_of_two_flows_that_one_comment_begins_one_answers_and_the_other_takes_its_next_channel(
    town: Town,
) -> None:
    town.comment("Hello")
    [ada] = town.stage.rows(schema.identities)
    mail = {"email": "ada@example.com", "email_consent": "subscribed"}
    town.stage.change(schema.customers, ada.customer_id, **mail)
    for name in ("first", "second"):
        step = {key: value for key, value in town.said(name).items() if key != "channel"}
        step["template"] = {**MAIL["template"], **step["template"]}
        town.flow({**step, "channels": [town.platform, "email"]})
    comment = town.comment()
    assert [one[1] for one in town.heard()] == [comment]
    assert len(town.stage.sink.mails) == 1
    [mailed] = town.stage.messages(channel="email")
    assert mailed.passed_over == [{"channel": town.platform, "reason": "comment_answered"}]


def test_a_comment_that_was_told_a_week_late_is_not_answered(town: Town) -> None:
    town.flow(town.said("size"))
    now = town.meta.milliseconds()
    town.meta.milliseconds = lambda: now - 8 * 86_400_000  # type: ignore[method-assign]
    town.comment()
    assert town.heard() == []
    assert town.fates() == {"size": ("skipped", "comment_too_old")}


@pytest.mark.parametrize(("days", "fate"), [(6, "sent"), (7, "skipped")])
def test_a_flow_has_a_week_for_its_answer(town: Town, days: int, fate: str) -> None:
    town.flow(delay("wait", days), town.said("size"))
    town.comment()
    town.stage.live(timedelta(days=days, hours=1), DAY)
    reason = "comment_too_old" if fate == "skipped" else None
    assert town.fates() == {"size": (fate, reason)}


def test_what_was_deleted_meanwhile_is_not_answered(town: Town) -> None:
    """Instagram tells nobody: there Meta refuses, and no second try is made."""
    town.flow(PAUSE, town.said("size"))
    comment = town.comment()
    meta_people.take_back(town.meta, town.platform, "Ada", comment)
    town.take_in()
    town.stage.live(2 * HOUR)
    assert town.heard() == []
    state, reason = town.fates()["size"]
    is_told = town.platform == "messenger"
    assert (state, reason) == ("skipped", "comment_deleted") if is_told else state == "failed"


def test_a_comment_whose_end_is_told_before_its_beginning_begins_nothing(town: Town) -> None:
    if town.platform == "instagram":
        pytest.skip("Instagram tells of no deletion")
    town.flow(town.said("size"))
    told = list[Any]()
    town.meta.call = lambda *of: told.append(of) or 200  # type: ignore[method-assign, func-returns-value]
    meta_people.comment(town.meta, town.platform, "Ada", "SIZE?")
    [comment] = town.meta.chats(town.platform)
    meta_people.take_back(town.meta, town.platform, "Ada", comment["mid"])
    del town.meta.call
    for one in reversed(told):
        assert town.meta.call(*one) == 200
        town.take_in()
    assert town.stage.rows(schema.enrollments) == []
    [kept] = town.stage.rows(schema.inbound_messages)
    assert (kept.text, kept.customer_id) == (None, None)


def test_what_a_person_answered_on_the_platform_is_not_answered_again(town: Town) -> None:
    town.flow(PAUSE, town.said("size"))
    comment = town.comment()
    by_hand = {"text": "Size 42!", "comment_id": comment}
    town.meta.note(town.platform, "Ada", "inbox", "Size 42!", is_inbound=False, content=by_hand)
    town.stage.live(2 * HOUR)
    for _ in range(3):
        town.stage.pass_time(HOUR)
        town.stage.runtime.database.write(_be_due_at_once)
        town.stage.work()
    assert town.heard() == [("Size 42!", comment)]
    assert town.fates() == {"size": ("skipped", "comment_answered")}


def _be_due_at_once(connection: Any) -> None:
    m = schema.messages
    waiting = m.c.state == "retry_wait"
    connection.execute(m.update().where(waiting).values(state="due", not_before=m.c.due_at))


def test_an_answer_of_which_nobody_knows_is_never_given_again(town: Town) -> None:
    town.flow(town.said("size"), PAUSE, town.said("more"))
    town.meta.faults.order(Fault("messages", "hang_up"))
    comment = town.comment()
    town.stage.live(2 * HOUR)
    assert town.heard() == [("It is size.", comment)]
    assert town.fates()["more"] == ("skipped", "comment_answered")


def test_while_the_window_is_open_the_comments_one_answer_is_left_alone(town: Town) -> None:
    town.flow(town.said("size"))
    meta_people.write(town.meta, town.platform, "Ada", "Hello")
    town.take_in()
    town.comment()
    assert town.heard() == [("It is size.", "")]
    assert {row.private_reply_id for row in town.stage.rows(schema.inbound_messages)} == {None}


def test_a_flow_may_wait_for_the_comments_of_one_post(town: Town) -> None:
    post = meta_people.POSTS[town.platform]
    town.flow(town.said("other"), referral="another-post")
    town.flow(town.said("size"), referral=post)
    comment = town.comment()
    assert town.heard() == [("It is size.", comment)]
