"""The timeline tells what was said outside of flows, and how a conversation changed hands."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from marketing.chat import Author
from storage import inbound, replies, reports_customers
from storage.database import Database
from storage.inbound import Inbound
from storage.replies import NewReply
from tests.seeding import NOW, SmallStore


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def store(connection: Connection) -> SmallStore:
    return SmallStore(connection)


def talk(connection: Connection, store: SmallStore, turns: int = 1) -> None:
    """Let Ada write, a machine answer, and then Mara; minute by minute."""
    for number in range(turns):
        minute = NOW + timedelta(minutes=3 * number)
        wrote = Inbound(f"in{number}", store.ada, "+1", f"Hello {number}?", minute)
        inbound.keep(connection, store.id, "sms", [wrote])
        for later, author, name in ((1, Author.BOT, None), (2, Author.PERSON, "Mara")):
            at = minute + timedelta(minutes=later)
            new = NewReply(store.ada, "sms", "+1", author, f"{author} {number}", author_name=name)
            replies.queue(connection, store.id, new, at, at)


def said(entries: list[reports_customers.Entry]) -> list[tuple[str, Any]]:
    talked = [one for one in entries if one.kind in ("inbound", "reply")]
    return [(one.kind, one.data["text"]) for one in talked]


def test_what_was_written_and_answered_stands_on_it(
    connection: Connection, store: SmallStore
) -> None:
    talk(connection, store)
    store.rows.event(store.ada, "message.received", NOW, kind="text")
    entries = reports_customers.timeline(connection, store.id, store.ada)
    assert said(entries) == [("reply", "person 0"), ("reply", "bot 0"), ("inbound", "Hello 0?")]
    assert (entries[0].data["author_name"], entries[1].data["author_name"]) == ("Mara", None)
    events = [one.data["name"] for one in entries if one.kind == "event"]
    assert "message.received" not in events, "what they wrote tells it already"


def test_it_is_read_page_by_page_without_a_gap(connection: Connection, store: SmallStore) -> None:
    talk(connection, store, turns=5)
    whole = reports_customers.timeline(connection, store.id, store.ada, limit=100)
    read: list[reports_customers.Entry] = []
    before = None
    while page := reports_customers.timeline(
        connection, store.id, store.ada, before=before, limit=2
    ):
        read += page
        before = page[-1].position
    assert [one.id for one in read] == [one.id for one in whole]
    assert len(said(read)) == 15


def test_nothing_of_it_is_another_stores(connection: Connection, store: SmallStore) -> None:
    stranger = SmallStore(connection, "stranger.myshopify.com")
    talk(connection, store)
    assert reports_customers.timeline(connection, stranger.id, store.ada) == []
    assert said(reports_customers.timeline(connection, stranger.id, stranger.ada)) == []


def test_a_change_of_hands_names_the_flow_that_made_it(
    connection: Connection, store: SmallStore
) -> None:
    by = f"flow:{store.flow[0]}"
    store.rows.event(store.ada, "conversation.handed_over", NOW, by=by)
    [entry] = [
        one
        for one in reports_customers.timeline(connection, store.id, store.ada)
        if one.kind == "event"
    ]
    assert entry.data["flow_id"] == store.flow[0]
    assert entry.data["flow_name"]
