"""Who has a conversation on Messenger and Instagram: moved, taken back; twice, late, crossed.

What people and other apps do is the sandbox's, told to the real door; Meta refuses what it refuses.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels import Providers
from channels.base import InboundMessage, ThreadMoved
from channels.instagram import InstagramChannel
from channels.messenger import MessengerChannel
from jobs import (
    answering,
    channel_accounts,
    conversations,
    leading,
    outbox,
    reap,
    reply,
    thread_wishes,
)
from jobs.answering import Answer, NotByThis
from marketing.leading import Leader
from marketing.model import ChannelName, Reason
from sandbox import meta_people, meta_threads
from sandbox.faults import Fault
from sandbox.meta import APP_ID, PLATFORMS, Meta
from storage import channel_accounts as accounts
from storage import conversations as held
from storage import leaders, schema, team
from tests.channels.meta_stand import graph_url, meta
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_comments_that_begin import BOTH, QUIET, Town
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow

__all__ = ["graph_url", "meta"]
SECOND = timedelta(seconds=1)


class AtOnce:
    """The sandbox's reporters: what they tell is here before the call they tell of is answered."""

    def submit(self, do: Callable[..., Any], *given: Any) -> None:
        do(*given)

    def shutdown(self, **_: Any) -> None:
        """There are no threads."""


class Office(Town):
    """A store whose people answer in Meta's own inbox, and Ada, who wrote to it."""

    def __init__(self, stage: Stage, meta: Meta, platform: str, answers: str) -> None:
        super().__init__(stage, meta, platform)
        public = {**self.account.public, "answers": answers}
        secret = self.account.secret(stage.runtime.secrets)
        told = ("meta", public, secret)
        channel_accounts.connect(stage.runtime, stage.store, ChannelName(platform), told)
        meta_threads.set_routing(meta, is_on=True)
        channel = MessengerChannel if platform == "messenger" else InstagramChannel
        meta.subscribe(platform, channel.fields)
        meta.reporters = AtOnce()  # type: ignore[assignment]
        self.write("Hello")
        [row] = stage.rows(schema.identities, store_id=stage.store_id)
        self.ada, self.address = str(row.customer_id), str(row.address)

    @property
    def account(self) -> Any:
        with self.stage.database.reading() as connection:
            name = ChannelName(self.platform)
            return accounts.get(connection, self.stage.store_id, name)

    def write(self, text: str) -> None:
        meta_people.write(self.meta, self.platform, "Ada", text)
        self.take_in()

    def call(self) -> None:
        """Make what is due of the outbox; the sandbox's reports come in."""
        for row in self.stage.rows(schema.outbox, kind=thread_wishes.KIND, state="pending"):
            now = self.stage.database.write(self.stage.database.real_now)
            self.stage.change(schema.outbox, row.id, due_at=now)
        while outbox.drain(self.stage.runtime, [self.stage.store_id]):
            pass
        self.take_in()

    def take_over(self) -> None:
        conversations.hand_over(self.stage.runtime, self.stage.store, self.ada, "program")

    def give_back(self) -> None:
        conversations.hand_back(self.stage.runtime, self.stage.store, self.ada, "merchant")

    def moves(self, to: str) -> None:
        """Let the conversation move on the platform itself."""
        meta_threads.let_lead(self.meta, self.platform, "Ada", to)
        self.take_in()

    def hears(self, leader: Leader, after: timedelta) -> None:
        """Hear that somebody leads, as of so long after now by Meta's clock."""
        at = self.stage.database.write(self.stage.database.real_now) + after

        def hear(connection: Any) -> None:
            told = [ThreadMoved(self.address, leader, at)]
            where = (self.stage.runtime, connection, self.stage.store, self.account)
            leading.hear(*where, told)

        self.stage.database.write(hear)

    @property
    def leads(self) -> str:
        """Who leads by Meta's own word."""
        app = meta_threads.leader(self.meta, self.platform, "Ada")
        inbox = meta_threads.inbox_of(self.platform)
        return {inbox: "inbox", APP_ID: "us", "": "us"}.get(app, "app")

    @property
    def noted(self) -> str:
        with self.stage.database.reading() as connection:
            where = (self.stage.store_id, self.platform, self.address)
            return leaders.one(connection, *where).value

    @property
    def hands(self) -> held.Conversation:
        with self.stage.database.reading() as connection:
            return held.of(connection, self.stage.store_id, self.ada)

    def told(self) -> list[tuple[str, str | None]]:
        """Give what the timeline has of who leads."""
        rows = self.stage.rows(schema.events, customer_id=self.ada)
        names = ("conversation.left", "conversation.returned")
        return [(row.name.rpartition(".")[2], row.data.get("reason"))
                for row in sorted(rows, key=lambda row: row.id) if row.name in names]  # fmt: skip


Open = Callable[..., Office]


@pytest.fixture(params=BOTH)
def office(request: pytest.FixtureRequest, stage: Stage, meta: Meta, graph_url: str) -> Open:
    providers = Providers(
        use_proxies=False, meta_graph_url=graph_url, instagram_graph_url=graph_url
    )
    stage.runtime = replace(stage.runtime, providers=providers)
    stage.change(schema.stores, stage.store_id, settings={"quiet_hours": QUIET})
    return lambda answers="meta": Office(stage, meta, request.param, answers)


def test_a_person_who_takes_over_has_it_in_metas_inbox_and_we_have_it_back_at_give_back(
    office: Open,
) -> None:
    it = office()
    it.take_over()
    it.call()
    assert (it.leads, it.noted) == ("inbox", "inbox")
    it.give_back()
    it.call()
    assert (it.leads, it.noted, it.hands.state) == ("us", "us", held.AUTOMATED)
    assert it.told() == [("left", "led_by_inbox"), ("returned", None)]
    done = {(row.kind, row.state) for row in it.stage.rows(schema.outbox)}
    assert ("thread_control", "done") in done


def test_where_people_answer_here_nothing_is_passed(office: Open) -> None:
    it = office("ours")
    it.take_over()
    it.call()
    it.give_back()
    assert it.stage.rows(schema.outbox, kind=thread_wishes.KIND) == []
    assert (it.leads, it.told()) == ("us", [])


def test_the_latest_wish_is_the_one_row_and_a_late_call_does_what_is_wanted_now(
    office: Open,
) -> None:
    it = office()
    it.take_over()
    it.give_back()
    it.take_over()
    [row] = it.stage.rows(schema.outbox, kind=thread_wishes.KIND)
    assert (row.payload["leader"], row.state) == ("inbox", "pending")
    it.stage.database.write(
        lambda c: held.hand_back(c, it.stage.store_id, it.ada, at=it.stage.now, by="x")
    )
    it.call()
    assert (it.leads, it.told()) == ("us", [])


def test_a_call_whose_answer_was_lost_is_made_again_and_changes_nothing(office: Open) -> None:
    it = office()
    it.meta.faults.order(Fault("threads", "hang_up", left=1))
    it.take_over()
    it.call()
    it.call()
    assert (it.leads, it.noted) == ("inbox", "inbox")
    assert it.told() == [("left", "led_by_inbox")]
    it.meta.faults.order(Fault("threads", "hang_up", left=1))
    it.give_back()
    it.call()
    it.call()
    assert (it.leads, it.noted, it.account.trouble) == ("us", "us", None)
    states = {row.state for row in it.stage.rows(schema.outbox, kind=thread_wishes.KIND)}
    assert states == {"done"}


def test_a_busy_meta_is_asked_again_and_refused_credentials_are_too(office: Open) -> None:
    it = office()
    for code in (613, 190):
        it.meta.faults.order(Fault("threads", "reply", left=1, code=code))
    it.take_over()
    for _ in range(3):
        it.call()
    assert it.leads == "inbox"


def test_the_words_that_a_person_will_come_go_before_the_conversation_does(office: Open) -> None:
    it = office()
    it.write("agent")
    assert it.hands.state == held.HUMAN
    it.call()
    assert it.leads == "us"
    while reply.drain(it.stage.runtime, [it.stage.store_id]):
        pass
    it.call()
    assert it.leads == "inbox"
    [said] = it.stage.rows(schema.replies)
    assert said.state in {"sent", "delivered"}


def test_what_meta_does_not_give_back_stays_there_and_its_account_says_why(office: Open) -> None:
    it = office()
    it.take_over()
    it.call()
    meta_threads.set_routing(it.meta, is_on=False)
    it.give_back()
    it.call()
    assert (it.leads, it.noted) == ("inbox", "inbox")
    assert "Conversation Routing" in it.account.trouble
    [row] = it.stage.rows(schema.outbox, kind=thread_wishes.KIND)
    assert row.state == "failed"


def test_who_blocks_the_store_while_a_person_has_them_is_no_trouble_of_its_account(
    office: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = office()
    it.take_over()
    it.call()
    monkeypatch.setattr(it.meta, "person_of", lambda *_: None)
    it.give_back()
    it.call()
    assert it.account.trouble is None
    [row] = it.stage.rows(schema.outbox, kind=thread_wishes.KIND)
    assert row.state == "done"


# --- what moves on the platform itself ------------------------------------------------------------


def test_while_another_leads_flows_take_the_next_channel_or_say_why_not(office: Open) -> None:
    it = office("ours")
    it.stage.change(schema.customers, it.ada, email="a@example.com", email_consent="subscribed")
    it.moves("another")
    chat = {**MAIL["template"], "chat": {"text": "Hi"}}
    either = {key: value for key, value in MAIL.items() if key != "channel"}
    channels = [it.platform, "email"]
    a_flow(
        it.stage,
        it.said("only"),
        {**either, "id": "either", "channels": channels, "template": chat},
    )
    ordered(it.stage, it.ada)
    it.stage.work()
    rows = {row.step_id: row for row in it.stage.messages()}
    assert (rows["only"].state, rows["only"].reason) == ("skipped", "led_by_another")
    assert (rows["either"].state, rows["either"].channel) == ("sent", "email")
    assert rows["either"].passed_over == [{"channel": it.platform, "reason": "led_by_another"}]
    assert it.heard() == []
    it.moves("us")
    assert it.told() == [("left", "led_by_another"), ("returned", None)]
    a_flow(it.stage, it.said("again"))
    ordered(it.stage, it.ada)
    it.stage.work()
    assert ("It is again.", "") in it.heard()


def test_people_who_take_it_up_in_metas_inbox_have_it_and_flows_go_on_when_it_comes_back(
    office: Open,
) -> None:
    it = office("ours")
    it.moves("inbox")
    assert (it.hands.state, it.hands.by, it.hands.rule) == (held.HUMAN, "platform", "moved")
    it.moves("us")
    assert (it.hands.state, it.hands.by) == (held.AUTOMATED, "platform")
    it.moves("inbox")
    it.give_back()
    it.call()
    assert (it.leads, it.noted) == ("us", "us")


def test_who_answers_here_keeps_a_conversation_that_comes_back_from_there(office: Open) -> None:
    it = office("ours")
    it.take_over()
    it.moves("inbox")
    it.moves("us")
    assert (it.hands.state, it.hands.by) == (held.HUMAN, "program")


def test_a_conversation_that_came_to_rest_is_ours_with_the_next_word_and_flows_hear_it(
    office: Open,
) -> None:
    """Nobody is told when a conversation comes to rest."""
    it = office()
    it.take_over()
    it.call()
    meta_threads.let_lead(it.meta, it.platform, "Ada", "nobody")
    assert it.noted == "inbox"
    it.stage.pass_time(HOUR)
    it.write("size")
    assert (it.noted, it.hands.state) == ("us", held.AUTOMATED)
    assert [row.data["keyword"] for row in it.stage.events("message.received")][-1] == "size"


def test_whoever_asks_in_the_inbox_gets_it_also_where_people_answer_here(office: Open) -> None:
    it = office("ours")
    it.moves("asks")
    it.moves("asks")
    it.call()
    assert (it.leads, it.noted, it.hands.state) == ("inbox", "inbox", held.HUMAN)
    it.give_back()
    it.call()
    assert (it.leads, it.hands.state) == ("us", held.AUTOMATED)


def test_told_twice_late_and_crossed_the_latest_by_metas_clock_holds(office: Open) -> None:
    it = office("ours")
    for _ in range(2):
        it.hears(Leader.APP, SECOND)
    it.hears(Leader.US, 3 * SECOND)
    it.hears(Leader.APP, 2 * SECOND)
    it.hears(Leader.APP, SECOND)
    assert it.noted == "us"
    assert it.told() == [("left", "led_by_another"), ("returned", None)]


def test_a_guess_does_not_forget_who_is_known_to_lead(office: Open) -> None:
    it = office("ours")
    it.moves("inbox")
    it.write("Anybody?")
    assert it.noted == "inbox"
    assert it.hands.state == held.HUMAN


def test_what_meta_refuses_because_another_leads_is_noted_once_and_not_sent(office: Open) -> None:
    it = office("ours")
    it.meta.subscribe(it.platform, "messages")  # of who leads it hears nothing
    meta_threads.let_lead(it.meta, it.platform, "Ada", "another")
    a_flow(it.stage, it.said("only"))
    ordered(it.stage, it.ada)
    it.stage.work()
    for row in it.stage.messages(state="retry_wait"):
        it.stage.change(schema.messages, row.id, retry_at=row.retry_at - HOUR)
    reap.sweep(it.stage.runtime)
    it.stage.work()
    assert it.fates() == {"only": ("skipped", "led_by_another")}
    assert (it.heard(), it.noted) == ([], "app")
    assert it.told() == [("left", "led_by_another")]


def test_a_person_who_would_answer_from_here_is_told_where_it_is(office: Open) -> None:
    it = office()
    it.take_over()
    it.call()
    it.write("Still there?")
    stage = it.stage
    with stage.database.writing() as connection:
        now = stage.database.now(connection)
        ways = answering.ways(stage.runtime, connection, stage.store, it.ada, now)
        member = team.of_store(connection, stage.store_id)
    assert [one.refusal for one in ways if one.channel == it.platform] == [Reason.LED_BY_INBOX]
    told = Answer(ChannelName(it.platform), "Yes", schema.new_id())
    person = member[0] if member else None
    with pytest.raises(NotByThis):
        answering.answer(stage.runtime, stage.store, it.ada, person, told)  # type: ignore[arg-type]


def test_of_a_stranger_and_of_somebody_erased_nothing_is_kept(office: Open) -> None:
    it = office()
    before = len(it.stage.rows(schema.identities))
    it.address = "999"
    it.hears(Leader.INBOX, SECOND)
    assert len(it.stage.rows(schema.identities)) == before
    other = it.stage.database
    with other.writing() as connection:
        stranger = it.stage.stranger_id
        mine = (connection, stranger, it.platform, it.meta.person_id(it.platform, "Ada"))
        assert leaders.of_address(*mine) is None


def test_a_comment_or_an_echo_says_nothing_of_who_leads(office: Open) -> None:
    it = office("ours")
    it.moves("another")
    now = it.stage.database.write(it.stage.database.real_now)
    own = PLATFORMS[it.platform].account_id
    echo = InboundMessage("e", own, "Hi", now + SECOND, is_echo=True, recipient=it.address)
    where = (it.stage.runtime, it.stage.store)
    it.stage.database.write(lambda c: leading.hear(where[0], c, where[1], it.account, [echo]))
    it.comment()
    assert it.noted == "app"
