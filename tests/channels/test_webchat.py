"""The website's chat as a channel: the contract, with the store's own database as its provider."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from channels.base import Callback, Channel, InboundKind, InboundMessage, Outcome, StatusUpdate
from jobs import channel_accounts
from marketing.chat import Author, Button, Card, ChatContent
from marketing.model import ChannelName, MessageStatus, RenderedMessage
from storage import webchat
from storage.database import Database
from tests.contracts.channel_contract import Answer, EveryChannelContract, failure_of
from tests.jobs.conftest import sink, stage
from tests.jobs.stage import Stage

__all__ = ["sink", "stage"]
Build = Callable[..., RenderedMessage]
RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "payloads" / "webchat.json").read_text("utf-8")
)
VISITOR = RECORDED["visitor"]
AT = datetime(2026, 11, 27, 9, 30, 15, 250000, tzinfo=UTC)


class Faltering(Database):
    """The way to the database, which may break before what is written, or after."""

    breaks = ""

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        if self.breaks == "busy":
            raise OperationalError("INSERT", None, Exception("no connection for hunter2"))
        with super().writing() as connection:
            yield connection
        if self.breaks == "lost after taking":
            raise OperationalError("COMMIT", None, Exception("the connection was lost"))


@pytest.fixture
def house(stage: Stage) -> Iterator[Faltering]:
    database = Faltering(str(stage.runtime.settings.database_url))
    yield database
    database.close()


@pytest.fixture
def visitor(stage: Stage) -> str:
    return stage.database.write(lambda c: webchat.begin(c, stage.store_id, stage.now))


@pytest.fixture
def channel(stage: Stage, house: Faltering) -> Channel:
    told = ("reprise", dict[str, str](), dict[str, str]())
    account = channel_accounts.connect(stage.runtime, stage.store, ChannelName.WEBCHAT, told)
    return channel_accounts.opened(replace(stage.runtime, database=house), account)


@pytest.fixture
def a_message(visitor: str) -> Build:
    def build(
        message_id: str = "m1", to: str = "", subject: str = "", chat: ChatContent | None = None
    ) -> RenderedMessage:
        whole = ("", "", "Store", subject, "", "Still there?")
        return RenderedMessage(message_id, ChannelName.WEBCHAT, to or visitor, *whole, chat=chat)

    return build


class OwnHouse:
    """What the visitor's browser will fetch, and what may come in between."""

    def __init__(self, stage: Stage, house: Faltering, visitor: str) -> None:
        self.stage, self.house, self.visitor = stage, house, visitor

    def answers(self, what: Answer) -> None:
        self.house.breaks = what
        if what == "bad address":
            gone = [self.visitor]
            self.stage.database.write(lambda c: webchat.forget(c, self.stage.store_id, gone))

    def taken(self) -> int:
        return len(laid_out(self.stage, self.visitor))


@pytest.fixture
def provider(stage: Stage, house: Faltering, visitor: str) -> OwnHouse:
    return OwnHouse(stage, house, visitor)


def laid_out(stage: Stage, visitor: str) -> list[Any]:
    with stage.database.reading() as connection:
        return webchat.since(connection, stage.store_id, visitor, 0)


class TestTheWebsitesChatIsAChannel(EveryChannelContract):
    """The battery, and nothing of our own: what is special to it follows below."""


def test_a_lost_answer_is_tried_again_and_the_reason_holds_nothing_of_the_database(
    channel: Channel, provider: OwnHouse, a_message: Build
) -> None:
    provider.answers("busy")
    failure = failure_of(channel, a_message())
    assert (failure.outcome, "hunter2" in failure.reason) == (Outcome.RETRY, False)
    provider.answers("lost after taking")
    assert failure_of(channel, a_message()).outcome is Outcome.RETRY


def test_what_is_laid_out_is_what_we_wrote_by_whom_we_wrote_it(
    channel: Channel, stage: Stage, visitor: str, a_message: Build
) -> None:
    card = Card("Hat", "$9", "https://maple.example/hat.png", "https://maple.example/hat")
    said = ChatContent("Which?", (Button("Blue", "pick:blue"),), (card,), author=Author.PERSON)
    channel.send(a_message("m1", chat=said))
    channel.send(a_message("m2"))
    first, second = laid_out(stage, visitor)
    assert (first.key, first.author, first.said["text"]) == ("m1", "person", "Which?")
    assert first.said["buttons"] == [{"label": "Blue", "payload": "pick:blue", "url": ""}]
    assert first.said["cards"][0]["url"] == "https://maple.example/hat"
    assert (second.author, second.said) == ("bot", {"text": "Still there?"})


@pytest.mark.parametrize("said", [ChatContent(""), ChatContent(" \n", (Button("Blue", "b"),))])
def test_what_says_nothing_is_refused(
    channel: Channel, stage: Stage, visitor: str, a_message: Build, said: ChatContent
) -> None:
    assert failure_of(channel, a_message(chat=said)).outcome is Outcome.REJECTED
    assert laid_out(stage, visitor) == []


def test_another_stores_visitor_is_nobody_here(
    channel: Channel, stage: Stage, a_message: Build
) -> None:
    theirs = stage.database.write(lambda c: webchat.begin(c, stage.stranger_id, stage.now))
    failure = failure_of(channel, a_message(to=theirs))
    assert (failure.outcome, failure.suppress) == (Outcome.REJECTED, True)


# --- what its door kept of a browser's visits, recorded and scrubbed ------------------------------


def told(channel: Channel, sample: str) -> list[Any]:
    body = json.dumps(RECORDED["kept"][sample]).encode()
    return list(channel.parse(Callback("", body)))


@pytest.mark.parametrize(
    ("sample", "kind", "text", "payload"),
    [
        ("words", InboundKind.TEXT, "Welche Mütze ist warm? 🧢", ""),
        ("button", InboundKind.BUTTON, "The blue one", "pick:blue"),
        ("agent", InboundKind.BUTTON, "Mit einem Menschen sprechen", "AGENT"),
    ],
)
def test_what_a_visitor_did_is_read_as_what_it_is(
    channel: Channel, sample: str, kind: InboundKind, text: str, payload: str
) -> None:
    [one] = told(channel, sample)
    assert isinstance(one, InboundMessage)
    assert (one.kind, one.text, one.payload) == (kind, text, payload)
    assert (one.sender, one.received_at) == (VISITOR, AT)
    assert one.provider_id == f"{VISITOR}:{RECORDED['kept'][sample]['id']}"


def test_what_arrived_and_what_was_looked_at_is_told_of_each_message(channel: Channel) -> None:
    ours = RECORDED["kept"]["seen"]["read"]
    found = told(channel, "seen")
    assert all(isinstance(one, StatusUpdate) for one in found)
    statuses = (MessageStatus.DELIVERED, MessageStatus.OPENED)
    assert [(one.message_id, one.status) for one in found] == [
        (one, status) for status in statuses for one in ours
    ]
    assert {(one.recipient, one.occurred_at) for one in found} == {(VISITOR, AT)}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"7", b"null", b'"x"', b"[]", b"{}", b'{"visitor": "v"}',
             b'{"visitor": "v", "id": "1", "at": "soon"}'],
)  # fmt: skip
def test_what_our_door_never_kept_is_no_message(channel: Channel, body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  each reader has words of its own
        channel.parse(Callback("", body))
