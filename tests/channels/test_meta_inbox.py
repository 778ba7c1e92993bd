"""Messenger and Instagram as channels: the contract, windows, tags, and what a message becomes."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from channels.base import (
    Callback,
    InboundKind,
    InboundMessage,
    Outcome,
    StatusUpdate,
    Told,
    Watermark,
)
from channels.meta_inbox import MetaInbox
from channels.meta_messages import calls
from marketing.chat import Author, Button, Card, ChatContent
from marketing.model import BadSignature, ChannelName, MessageStatus, RenderedMessage
from sandbox import meta_people
from sandbox.faults import Fault
from sandbox.meta import PLATFORMS, Meta
from tests.channels.meta_stand import DOOR, Heard, channel_of, graph_url, meta
from tests.contracts.channel_contract import Answer, ChannelContract, failure_of

__all__ = ["graph_url", "meta"]
Build = Callable[..., RenderedMessage]
DAY = timedelta(days=1)
BOTH = ["messenger", "instagram"]


@pytest.fixture(params=BOTH)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def channel(meta: Meta, graph_url: str, platform: str) -> Iterator[MetaInbox]:
    made = channel_of(meta, graph_url, platform)
    yield made
    made.close()


@pytest.fixture
def a_message(meta: Meta, platform: str) -> Build:
    meta.note(platform, "Ada", "text", "Hello", is_inbound=True)

    def build(
        message_id: str = "m1", to: str = "", subject: str = "", **more: Any
    ) -> RenderedMessage:
        to = to or meta.person_id(platform, "Ada")
        name = ChannelName(platform)
        return RenderedMessage(
            message_id, name, to, "Ada", "", "Store", subject, "", "Still there", **more
        )

    return build


class MetaProvider:
    def __init__(self, meta: Meta, platform: str) -> None:
        self.meta, self.platform = meta, platform

    def answers(self, what: Answer) -> None:
        match what:
            case "bad address":
                self.meta.person_of = lambda *_: None  # type: ignore[method-assign]
            case "busy":
                self.meta.faults.order(Fault("messages", "reply", code=613, text="Calls"))
            case "lost after taking":
                self.meta.faults.order(Fault("messages", "hang_up"))
            case "bad credentials":
                self.meta.tokens[self.platform] = "another"

    def taken(self) -> int:
        return len(sent(self.meta, self.platform))


class TestBothAreChannels(ChannelContract):
    @pytest.fixture
    def provider(self, meta: Meta, platform: str) -> MetaProvider:
        return MetaProvider(meta, platform)


def sent(meta: Meta, platform: str) -> list[dict[str, Any]]:
    return [one for one in meta.chats(platform) if one["kind"] == "message"]


def test_what_meta_takes_is_what_we_wrote(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    receipt = channel.send(a_message())
    [one] = sent(meta, platform)
    assert (one["mid"], one["text"], one["person"]) == (receipt.provider_id, "Still there", "Ada")


def test_a_day_after_the_last_word_the_window_is_closed_and_says_so(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    meta.age = lambda *_: DAY  # type: ignore[method-assign]
    failure = failure_of(channel, a_message())
    assert (failure.outcome, failure.window_closed) == (Outcome.REJECTED, True)
    assert str(PLATFORMS[platform].closed) in failure.reason
    assert not failure.suppress
    assert sent(meta, platform) == []


@pytest.mark.parametrize("age", [DAY, 3 * DAY, 8 * DAY])
def test_an_automated_message_out_of_its_window_is_never_on_the_wire(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build, age: timedelta
) -> None:
    for content in (None, ChatContent("Still there")):
        failure = failure_of(channel, a_message(chat=content, window_age=age))
        assert (failure.outcome, failure.window_closed) == (Outcome.REJECTED, True)
    assert sent(meta, platform) == []


@pytest.mark.parametrize(("age", "goes"), [(DAY, True), (7 * DAY, True), (8 * DAY, False)])
def test_a_person_may_answer_for_a_week(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build, age: timedelta, *, goes: bool
) -> None:
    meta.age = lambda *_: age  # type: ignore[method-assign]
    message = a_message(chat=ChatContent("I looked", author=Author.PERSON), window_age=age)
    if goes:
        assert channel.send(message).provider_id
        assert calls(message)[0]["tag"] == "HUMAN_AGENT"
    else:
        assert failure_of(channel, message).window_closed
    assert len(sent(meta, platform)) == int(goes)


def test_inside_the_window_nobody_is_tagged(a_message: Build) -> None:
    for author in Author:
        message = a_message(chat=ChatContent("Hi", author=author), window_age=DAY / 2)
        [body] = calls(message)
        assert body["messaging_type"] == "RESPONSE"
        assert "tag" not in body


ANSWERS = tuple(Button(f"Choice {number}", f"a:ask:{number}") for number in range(15))
SHOP = Button("To the shop", url="https://shop.example/p")


def test_choices_become_quick_replies_that_are_heard_when_tapped(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    heard = Heard(meta, channel)
    receipt = channel.send(a_message(chat=ChatContent("Which one?", ANSWERS)))
    [one] = sent(meta, platform)
    assert len(one["content"]["quick_replies"]) == 13
    meta_people.tap(meta, platform, "Ada", receipt.provider_id, 1)
    [tapped] = [one for one in wait_for(heard, InboundMessage) if not one.is_echo]
    assert (tapped.kind, tapped.text, tapped.payload) == (
        InboundKind.BUTTON, "Choice 1", "a:ask:1",
    )  # fmt: skip


def test_a_button_that_opens_a_page_makes_a_template_while_there_is_room(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    channel.send(a_message("m1", chat=ChatContent("Look", (SHOP, ANSWERS[0]))))
    channel.send(a_message("m2", chat=ChatContent("Look", (SHOP, *ANSWERS[:4]))))
    short, many = (one["content"] for one in sent(meta, platform))
    assert short["attachment"]["payload"]["template_type"] == "button"
    assert many["text"] == "Look\nTo the shop: https://shop.example/p"
    assert len(many["quick_replies"]) == 4


def test_products_are_cards_with_words_before_and_choices_behind(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    card = Card("Wool jumper " * 9, "$ 49.00", "https://cdn.example/j.png", "https://shop.example/j",
                (SHOP, Button("I want it", "a:cards:0")))  # fmt: skip
    receipt = channel.send(a_message(chat=ChatContent("For you", ANSWERS[:1], (card, card))))
    words, cards = sent(meta, platform)
    assert words["text"] == "For you"
    assert cards["mid"] == receipt.provider_id
    elements = cards["content"]["attachment"]["payload"]["elements"]
    assert len(elements) == 2
    assert len(elements[0]["title"]) <= 80
    assert len(cards["content"]["quick_replies"]) == 1


def test_cards_that_fail_behind_their_words_are_not_sent_again(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    message = a_message(chat=ChatContent("For you", cards=(Card("Jumper"),)))
    note = meta.note

    def note_and_be_busy(*told: Any, **more: Any) -> str:
        meta.faults.order(Fault("messages", "reply", code=613))
        return note(*told, **more)

    meta.note = note_and_be_busy  # type: ignore[method-assign]
    failure = failure_of(channel, message)
    assert (failure.outcome, len(sent(meta, platform))) == (Outcome.UNKNOWN, 1)


def test_a_text_that_is_too_long_is_refused_with_its_length(
    channel: MetaInbox, platform: str, a_message: Build
) -> None:
    most = PLATFORMS[platform].most
    letter = "ü" if PLATFORMS[platform].in_bytes else "u"
    size = len(letter.encode()) if PLATFORMS[platform].in_bytes else 1
    assert channel.send(a_message(chat=ChatContent(letter * (most // size)))).provider_id
    failure = failure_of(channel, a_message(chat=ChatContent(letter * (most // size + 1))))
    assert failure.outcome is Outcome.REJECTED
    assert str(most) in failure.reason


def test_a_comment_is_answered_privately_and_opens_no_window(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    heard = Heard(meta, channel)
    meta_people.comment(meta, platform, "Bob", "Price?")
    [comment] = wait_for(heard, InboundMessage)
    assert (comment.kind, comment.text) == (InboundKind.COMMENT, "Price?")
    bob = meta.person_id(platform, "Bob")
    assert comment.sender == bob
    assert failure_of(channel, a_message(to=bob)).outcome is Outcome.REJECTED
    private = a_message("m2", bob, chat=ChatContent("$ 49.00", comment=comment.provider_id))
    assert channel.send(private).provider_id


@pytest.mark.parametrize("trouble", ["answered", "late", "deleted"])
def test_a_comment_is_answered_privately_once_for_a_week_and_while_it_stands(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build, trouble: str
) -> None:
    meta_people.comment(meta, platform, "Bob", "Price?")
    [comment] = [one["mid"] for one in meta.chats(platform, "Bob")]
    private = a_message("m2", "", chat=ChatContent("$ 49.00", comment=comment))
    if trouble == "answered":
        channel.send(private)
    elif trouble == "late":
        long_ago = (meta.world.clock.now() - 7 * DAY).isoformat()
        meta.world.state.rows("UPDATE chats SET at = ? WHERE mid = ?", (long_ago, comment))
    else:
        meta_people.take_back(meta, platform, "Bob", comment)
    failure = failure_of(channel, private)
    assert failure.outcome is Outcome.REJECTED
    code = {"answered": "10900", "late": str(PLATFORMS[platform].closed), "deleted": "100/33"}
    assert code[trouble] in failure.reason
    assert (failure.window_closed, failure.suppress) == (trouble != "deleted", False)
    assert len(sent(meta, platform)) == (1 if trouble == "answered" else 0)


def test_stories_pictures_and_links_are_heard_as_what_they_are(
    channel: MetaInbox, meta: Meta, platform: str
) -> None:
    heard = Heard(meta, channel)
    meta_people.write(meta, platform, "Ada", "Größe 42? 👍")
    meta_people.answer_story(meta, platform, "Ada", "I want this")
    meta_people.mention(meta, platform, "Ada")
    meta_people.arrive(meta, platform, "Ada", "flow.abc")
    meta_people.answer_as_store(meta, platform, "Ada", "Let me look")
    told = wait_for(heard, InboundMessage, 5)
    assert [one.kind for one in told] == [
        InboundKind.TEXT, InboundKind.STORY_REPLY, InboundKind.STORY_MENTION,
        InboundKind.REFERRAL, InboundKind.TEXT,
    ]  # fmt: skip
    assert [one.is_echo for one in told] == [False] * 4 + [True]
    assert told[0].text == "Größe 42? 👍"


@pytest.mark.parametrize("what", ["", "twice", "backwards"])
def test_an_echo_and_a_delivery_come_by_themselves_however_they_come(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build, what: str
) -> None:
    heard = Heard(meta, channel)
    if what:
        meta.faults.order(Fault("webhooks", what))
    receipt = channel.send(a_message())
    if platform == "instagram":
        [echo, *_] = wait_for(heard, InboundMessage)
        assert (echo.is_echo, echo.provider_id) == (True, receipt.provider_id)
        return
    marks = wait_for(heard, Watermark)
    updates = wait_for(heard, StatusUpdate, 2)
    assert {one.provider_id for one in updates} == {receipt.provider_id}
    assert "m1" in {one.message_id for one in updates}
    assert marks[0].status is MessageStatus.DELIVERED


def test_reading_is_told_of_what_was_there(
    channel: MetaInbox, meta: Meta, platform: str, a_message: Build
) -> None:
    heard = Heard(meta, channel)
    channel.send(a_message())
    meta_people.read(meta, platform, "Ada")
    kind = StatusUpdate if platform == "instagram" else Watermark
    seen = wait_for(heard, kind)
    assert MessageStatus.OPENED in {one.status for one in seen}


def test_an_account_says_its_name_and_tells_what_happens_from_then_on(
    channel: MetaInbox, meta: Meta, platform: str
) -> None:
    assert not meta.is_subscribed(platform)
    assert channel.introduce() == PLATFORMS[platform].account_name
    assert meta.is_subscribed(platform)
    meta.tokens[platform] = "another"
    with pytest.raises(Exception, match="190"):
        channel.introduce()


@pytest.mark.parametrize("platform", BOTH)
def test_a_proof_of_another_secret_is_refused(meta: Meta, graph_url: str, platform: str) -> None:
    channel = channel_of(meta, graph_url, platform, is_by_page=True)
    meta.app_secret = "another"
    with pytest.raises(Exception, match="appsecret_proof"):
        channel.introduce()
    channel.close()


@pytest.fixture
def by_page(meta: Meta, graph_url: str) -> Iterator[MetaInbox]:
    made = channel_of(meta, graph_url, "instagram", is_by_page=True)
    yield made
    made.close()


@pytest.mark.parametrize("platform", ["instagram"])
def test_the_linked_pages_token_writes_as_the_page_to_the_accounts_customer(
    meta: Meta, by_page: MetaInbox, a_message: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    post = by_page._graph.post
    monkeypatch.setattr(by_page._graph, "post", lambda *told: called.append(told[0]) or post(*told))
    receipt = by_page.send(a_message())
    [one] = sent(meta, "instagram")
    assert (one["mid"], called) == (receipt.provider_id, ["me/messages"])


@pytest.mark.parametrize(
    ("before", "after"), [("", "feed"), ("messages,message_edits", "messages,message_edits")]
)
def test_a_linked_page_tells_this_app_something_and_goes_on_telling_what_it_told(
    meta: Meta, by_page: MetaInbox, before: str, after: str
) -> None:
    if before:
        meta.subscribe("messenger", before)
    by_page.introduce()
    assert meta.is_subscribed("instagram")
    assert set(meta._setting("meta_subscribed_messenger").split(",")) == set(after.split(","))


@pytest.mark.parametrize(("wrong", "platform"), [("comments", "messenger"), ("feed", "instagram")])
def test_one_field_that_is_not_the_accounts_refuses_them_all(
    channel: MetaInbox, meta: Meta, wrong: str, platform: str
) -> None:
    channel.fields = f"messages,{wrong}"
    with pytest.raises(Exception, match=f'got "{wrong}"'):
        channel.introduce()
    assert not meta.is_subscribed(platform)


def test_a_forged_webhook_of_the_sandbox_is_refused(
    channel: MetaInbox, meta: Meta, platform: str
) -> None:
    Heard(meta, channel)
    with pytest.raises(BadSignature):
        meta_people.forge(meta, platform)
    with pytest.raises(BadSignature):
        channel.verify(Callback(DOOR, b"{}", {"X-Hub-Signature-256": "sha256="}))


def wait_for(heard: Heard, kind: type[Told], least: int = 1) -> list[Any]:
    """Give what was told of one kind, once there is enough of it: statuses come by themselves."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = [one for one in heard.told if isinstance(one, kind)]
        if len(found) >= least:
            return found
        time.sleep(0.02)
    raise AssertionError(f"nothing of {kind} was told: {heard.told}")
