"""What each step of a flow gave away, by hand and never a neighbour's."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from jobs.costs import step_costs
from storage import costs, message_fates, reports_messages, schema, stores
from storage.costs import Given
from storage.database import Database
from storage.reports_time import period_of
from tests.seeding import NOW, SmallStore, a_store, at

WEEK, _ = period_of(NOW, 7, ZoneInfo("America/New_York"))
PRICES = {"message_prices": {"email": 100_000}}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as opened:
        yield opened


def giving(connection: Connection, domain: str) -> SmallStore:
    """A store whose codes came to 700 and 300 (one of them used), with credit of 500."""
    store = SmallStore(connection, domain)
    mine = (store.ada_enrollment, store.ada)
    store.rows.code(*mine, at("2026-11-18 01:00"), cost=700, redeemed_order_id=store.ada_order)
    store.rows.code(*mine, at("2026-11-18 02:00"), cost=300, step_id="second")
    store.rows.code(*mine, at("2026-11-02 02:00"), cost=900, step_id="earlier")
    store.rows.reward(store.flow, *mine, at("2026-11-18 01:00"))
    store.rows.reward(store.flow, *mine, at("2026-11-18 01:00"), step_id="gave", state="failed")
    return store


def test_each_step_tells_its_messages_codes_and_credit(connection: Connection) -> None:
    giving(connection, "neighbour.myshopify.com")
    store = giving(connection, "maple.myshopify.com")
    found = costs.by_step(connection, store.id, store.flow[0], WEEK)
    assert found == {
        "reminder": Given(sent={"email": 3}),
        "objection": Given(sent={"email": 2}),
        "code": Given(granted=1, redeemed=1, taken_off=700),
        "second": Given(granted=1),
        "gift": Given(credited=500, rewarded=1),
    }
    assert costs.of_store(connection, store.id, WEEK) == Given(granted=2, redeemed=1, taken_off=700)


def test_what_the_provider_bills_nothing_for_costs_nothing_and_is_counted_apart(
    connection: Connection,
) -> None:
    neighbour = giving(connection, "neighbour.myshopify.com")
    store = giving(connection, "maple.myshopify.com")
    m = schema.messages
    sent = select(m.c.id).where(m.c.store_id == store.id, m.c.sent_at.is_not(None))
    theirs = list(connection.execute(sent.where(m.c.step_id == "reminder")).scalars())
    for _ in range(2):
        message_fates.free(connection, store.id, theirs)
        message_fates.free(connection, neighbour.id, theirs)
    found = costs.by_step(connection, store.id, store.flow[0], WEEK)
    assert (found["reminder"].free, found["reminder"].billed) == ({"email": 3}, {"email": 0})
    assert found["objection"].billed == {"email": 2}
    assert costs.free(connection, neighbour.id, WEEK) == {}
    assert reports_messages.by_channel(connection, store.id, WEEK)["email"].free == 3
    told = stores.by_id(connection, store.id)
    assert told
    cost = step_costs(connection, replace(told, settings=PRICES), store.flow[0], WEEK)
    assert (cost["reminder"], cost["objection"]) == (0, 200)


def test_a_long_text_costs_by_its_parts(connection: Connection) -> None:
    neighbour = giving(connection, "neighbour.myshopify.com")
    store = giving(connection, "maple.myshopify.com")
    m = schema.messages
    texts = update(m).where(m.c.step_id == "reminder")
    connection.execute(texts.values(channel="sms", parts=1))
    mine = select(m.c.id).where(m.c.store_id == store.id, m.c.sent_at.is_not(None))
    latest = mine.where(m.c.step_id == "reminder").order_by(m.c.sent_at.desc()).limit(1)
    first = connection.execute(latest).scalar_one()
    connection.execute(update(m).where(m.c.id == first).values(parts=4))
    unsent = {"state": "failed", "parts": 9}
    connection.execute(texts.where(m.c.sent_at.is_(None)).values(**unsent))
    found = costs.by_step(connection, store.id, store.flow[0], WEEK)
    assert (found["reminder"].further, found["reminder"].billed) == ({"sms": 3}, {"sms": 6})
    assert costs.further(connection, neighbour.id, WEEK) == {}
    assert reports_messages.by_channel(connection, store.id, WEEK)["sms"].further == 3
    told = stores.by_id(connection, store.id)
    assert told
    settings = {"message_prices": {"sms": 100_000}}
    cost = step_costs(connection, replace(told, settings=settings), store.flow[0], WEEK)
    assert cost["reminder"] == 600


def test_a_store_without_anything_gave_nothing(connection: Connection) -> None:
    store = giving(connection, "maple.myshopify.com")
    bare = a_store(connection, "bare.myshopify.com")
    assert costs.by_step(connection, bare, store.flow[0], WEEK) == {}
    assert costs.of_store(connection, bare, WEEK) == Given()


def test_steps_cost_what_the_store_pays_and_gives(connection: Connection) -> None:
    store = giving(connection, "maple.myshopify.com")
    stores.set_settings(connection, store.id, PRICES)
    known = stores.by_id(connection, store.id)
    assert known
    assert step_costs(connection, known, store.flow[0], WEEK) == {
        "reminder": 300,
        "objection": 200,
        "code": 700,
        "second": 0,
        "gift": 500,
    }
