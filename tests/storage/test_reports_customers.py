"""Finding customers, and the timeline: everything once, in order, page by page."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from storage import reports_customers
from storage.database import Database
from tests.seeding import SmallStore, at


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def store(connection: Connection) -> SmallStore:
    SmallStore(connection, "neighbour.myshopify.com")
    return SmallStore(connection)


def test_another_stores_customer_does_not_exist(connection: Connection, store: SmallStore) -> None:
    stranger = SmallStore(connection, "stranger.myshopify.com")
    assert reports_customers.customer(connection, stranger.id, store.ada) is None
    assert reports_customers.timeline(connection, stranger.id, store.ada) == []
    assert reports_customers.flows_now_in(connection, stranger.id, store.ada) == []


def test_the_timeline_tells_everything_once_the_latest_first(
    connection: Connection, store: SmallStore
) -> None:
    store.rows.event(store.ada, "flow.entered", at("2026-11-17 20:00"), flow_id=store.flow[0])
    store.rows.event(store.ada, "message.sent", at("2026-11-17 20:00"), message_id="x")
    entries = reports_customers.timeline(connection, store.id, store.ada)
    assert [(entry.kind, entry.at) for entry in entries if entry.kind != "message"] == [
        ("order", at("2026-11-18 03:00")),
        ("event", at("2026-11-17 20:00")),
        ("cart", at("2026-11-17 19:00")),
        ("order", at("2026-11-10 12:00")),
    ]
    order, message = entries[0].data, next(e.data for e in entries if e.kind == "message")
    assert order["credited_by"] == "click"
    assert order["step_name"] == "Your items are saved"
    assert message["step_name"] == "Your items are saved"
    assert message["orders_credited"] == 1


def test_a_timeline_read_page_by_page_is_the_whole_one(
    connection: Connection, store: SmallStore
) -> None:
    for number in range(9):
        # Several at the very same moment: the page's end must still be a place of its own.
        moment = at(f"2026-11-1{number // 3} 10:00")
        store.rows.event(store.ada, "customer.tagged", moment)
    whole = reports_customers.timeline(connection, store.id, store.ada, limit=100)
    read, before = [], None
    while page := reports_customers.timeline(
        connection, store.id, store.ada, before=before, limit=2
    ):
        read += page
        before = page[-1].position
    assert [entry.id for entry in read] == [entry.id for entry in whole]
    assert len({entry.id for entry in read}) == len(read) == 14


def test_what_is_planned_comes_before_what_was(connection: Connection, store: SmallStore) -> None:
    planned = store.rows.message(
        store.flow, store.ada_enrollment, "offer", store.ada, at("2026-12-01 10:00"), state="due"
    )
    entries = reports_customers.timeline(connection, store.id, store.ada)
    assert entries[0].id == planned
