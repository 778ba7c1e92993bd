"""A store's days added up: always what the ledger says, whatever changes and however late."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, update

from storage import day_sums, day_turns
from storage.database import Database
from storage.day_sums import NOUNS, Noun
from storage.reports_time import period_of, spans_between
from storage.schema import (
    day_marks,
    enrollments,
    messages,
    new_id,
    orders,
    summed_days,
)
from tests.seeding import NOW, Rows, a_store

DAY = timedelta(days=1)
ZONES = [ZoneInfo(name) for name in ("America/New_York", "Asia/Kolkata", "Pacific/Chatham")]
MOMENTS = st.integers(0, 6 * 24 * 4).map(lambda quarters: NOW - timedelta(minutes=15 * quarters))
NUMBERS = st.integers(0, 5)
Told = Counter[tuple[object, ...]]


def add_up(connection: Connection, store_id: str, zone: ZoneInfo, now: datetime = NOW) -> None:
    """Have all days that are over added up, two at a time."""
    today = now.astimezone(zone).date()
    days = spans_between(today - 8 * DAY, today - DAY, zone)
    day_turns.begin(connection, store_id, now)
    day_turns.watch(connection, store_id, days[-1][1], now)
    for noun in NOUNS:
        while stale := day_turns.stale(connection, store_id, noun, days):
            day_turns.add_up(connection, store_id, noun, stale[-3:], days[-1][1])


def told(rows: list[day_sums.DaySum]) -> tuple[Told, dict[object, datetime]]:
    """Give what rows say, by day, key and value; and the latest moment of each."""
    sums: Told = Counter()
    last: dict[object, datetime] = {}
    for one in rows:
        key = (one.day, one.flow_id, one.version_id, one.step_id, one.channel)
        for name in ("count", "opened", "clicked", "unsubscribed", "amount", "of_known"):
            sums[*key, name] += getattr(one, name)
        if one.last_at:
            last[key] = max(one.last_at, last.get(key, one.last_at))
    return Told({key: value for key, value in sums.items() if value}), last


def same_as_the_ledger(connection: Connection, store_id: str, zone: ZoneInfo) -> None:
    for noun in NOUNS:
        for period in period_of(NOW, 4, zone):
            sums = day_sums.of_period(connection, store_id, noun, period)
            ledger = day_sums._live(connection, store_id, noun, period, day_sums.spans_of(period))
            assert told(sums) == told(ledger), (noun.name, period)


class Ledger:
    """One store's rows, and what may happen to them."""

    def __init__(self, connection: Connection, zone: ZoneInfo) -> None:
        self.connection, self.zone = connection, zone
        self.store_id = a_store(connection, f"{new_id()}.example")
        self.rows = Rows(connection, self.store_id)
        self.flow = self.rows.abandoned_cart_flow()
        self.ada = self.rows.customer("Ada")
        self.messages: list[str] = []
        self.enrollments: list[str] = []
        self.orders: list[str] = []

    def enters(self, at: datetime, _: int) -> None:
        self.enrollments.append(
            self.rows.enrollment(self.flow, self.ada, at, trigger_key=f"k{len(self.enrollments)}")
        )

    def sends(self, at: datetime, number: int) -> None:
        self.enters(at, number)
        step = ("reminder", "help")[number % 2]
        self.messages.append(self.rows.message(self.flow, self.enrollments[-1], step, self.ada, at))

    def buys(self, at: datetime, number: int) -> None:
        self.orders.append(self.rows.order(self.ada, at, 100 * number, counts=number != 3))

    def changes_a_message(self, at: datetime, number: int) -> None:
        told = [{"opened_at": at}, {"clicked_at": at, "unsubscribed_at": at}, {"state": "failed"},
                {"sent_at": at},
                {"sent_at": None}, {"state": "accepted"}][number]  # fmt: skip
        self._change(messages, self.messages, number, told)

    def changes_an_order(self, at: datetime, number: int) -> None:
        told = [{"store_refunded": 50}, {"cancelled_at": at}, {"cancelled_at": None},
                {"placed_at": at}, {"customer_id": None}, {"counts": True}][number]  # fmt: skip
        self._change(orders, self.orders, number, told)

    def moves_an_entry(self, at: datetime, number: int) -> None:
        self._change(enrollments, self.enrollments, number, {"entered_at": at})

    def adds_up(self, _: datetime, __: int) -> None:
        add_up(self.connection, self.store_id, self.zone)

    def _change(self, table: object, ids: list[str], number: int, values: object) -> None:
        if ids:
            one = ids[number % len(ids)]
            self.connection.execute(
                update(table).where(table.c.id == one).values(values)  # type: ignore[attr-defined, arg-type]
            )


ACTS: list[Callable[[Ledger, datetime, int], None]] = [
    Ledger.enters, Ledger.sends, Ledger.sends, Ledger.buys, Ledger.buys, Ledger.changes_a_message,
    Ledger.changes_an_order, Ledger.moves_an_entry, Ledger.adds_up,
    Ledger.adds_up,
]  # fmt: skip


@settings(
    max_examples=25,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    zone=st.sampled_from(ZONES),
    acts=st.lists(st.tuples(st.sampled_from(ACTS), MOMENTS, NUMBERS), min_size=5, max_size=20),
)
def test_sums_are_what_the_ledger_says_whatever_happens(
    database: Database,
    zone: ZoneInfo,
    acts: list[tuple[Callable[[Ledger, datetime, int], None], datetime, int]],
) -> None:
    with database.writing() as connection:
        ledger, stranger = Ledger(connection, zone), Ledger(connection, zone)
        stranger.sends(NOW - DAY, 1)
        stranger.adds_up(NOW, 0)
        for act, at, number in acts:
            act(ledger, at, number)
            same_as_the_ledger(connection, ledger.store_id, zone)
        ledger.adds_up(NOW, 0)
        marked = select(func.count()).where(day_marks.c.store_id == ledger.store_id)
        assert connection.execute(marked).scalar_one() == 0
        same_as_the_ledger(connection, ledger.store_id, zone)
        same_as_the_ledger(connection, stranger.store_id, zone)


def test_days_added_up_are_not_read_from_the_ledger(database: Database) -> None:
    with database.writing() as connection:
        ledger = Ledger(connection, ZONES[0])
        ledger.sends(NOW - 2 * DAY, 1)
        ledger.adds_up(NOW, 0)
        period = period_of(NOW, 4, ZONES[0])[0]
        spans = day_sums.spans_of(period)
        known = day_sums._added_up(connection, ledger.store_id, day_sums.SENT, spans)
        assert sorted(known) == spans[:-1]  # today is not over
        ledger.changes_a_message(NOW, 0)
        known = day_sums._added_up(connection, ledger.store_id, day_sums.SENT, spans)
        assert len(known) == 2


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: str(noun.name))
def test_what_is_still_open_when_days_are_added_up_is_not_lost(
    database: Database, noun: Noun
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with database.writing() as connection:
        ledger = Ledger(connection, ZONES[0])
        ledger.sends(NOW - 2 * DAY, 1)
        ledger.buys(NOW - 2 * DAY, 1)
        add_up(connection, ledger.store_id, ZONES[0])
        ledger.changes_an_order(NOW, 0)
        ledger.changes_a_message(NOW, 0)
    with database.writing() as late:
        other = Ledger.__new__(Ledger)
        other.__dict__ |= ledger.__dict__ | {"connection": late}
        other.changes_an_order(NOW, 1)
        other.changes_a_message(NOW, 1)
        other.moves_an_entry(NOW - 3 * DAY, 0)
        with database.writing() as connection:
            add_up(connection, ledger.store_id, ZONES[0])
    with database.writing() as connection:
        same_as_the_ledger(connection, ledger.store_id, ZONES[0])
        stale = select(func.count()).select_from(summed_days).where(
            summed_days.c.noun == noun.name, day_sums.is_marked()
        )  # fmt: skip
        assert connection.execute(stale).scalar_one() > 0
