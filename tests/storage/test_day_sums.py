"""A store's days added up: always what the ledger says, whatever changes and however late."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Row, Select, delete, func, select, update

from marketing.flow import Flow, ways_of
from marketing.flow_schema import dump, load
from storage import campaign_lists, day_sums, day_turns, reports_flows, schema
from storage.counted import is_sent
from storage.database import Database
from storage.day_sums import NOUNS, Noun
from storage.flows import versions
from storage.reports_flows import path
from storage.reports_time import Period, period_of, since, spans_between
from storage.schema import (
    day_marks,
    enrollments,
    flow_versions,
    messages,
    new_id,
    orders,
    summed_days,
)
from tests.seeding import NOW, Rows, a_store
from tests.storage.test_reports_flows import forked

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
        how = (one.state, one.end_reason, tuple(sorted((one.ways or {}).items())))
        key = (one.day, one.flow_id, one.version_id, one.step_id, one.channel, *how)
        for name in ("count", "opened", "clicked", "unsubscribed", "amount", "of_known"):
            sums[*key, name] += getattr(one, name)
        if one.last_at:
            last[key] = max(one.last_at, last.get(key, one.last_at))
    return Told({key: value for key, value in sums.items() if value}), last


def same_as_the_ledger(
    connection: Connection, store_id: str, zone: ZoneInfo, flows: Iterable[str] = ()
) -> None:
    for noun in NOUNS:
        for period in (*period_of(NOW, 4, zone), since(NOW - 5 * DAY, NOW, zone)):
            sums = day_sums.of_period(connection, store_id, noun, period)
            ledger = day_sums._live(connection, store_id, noun, period, day_sums.spans_of(period))
            assert told(sums) == told(ledger), (noun.name, period)
    of_campaigns(connection, store_id, zone, list(flows))
    for flow_id in flows:
        for days in (4,):
            period = period_of(NOW, days, zone)[0]
            figures = reports_flows.flow_figures(connection, store_id, flow_id, period)
            assert figures.entered == sum(figures.left.values()) + _inside(
                connection, flow_id, period
            )
            assert _of_steps(figures) == counted_one_by_one(connection, flow_id, period)


def of_campaigns(
    connection: Connection, store_id: str, zone: ZoneInfo, flow_ids: Sequence[str]
) -> None:
    """See that what a list of campaigns tells is what every message of theirs says."""
    period = since(NOW - 30 * DAY, NOW + DAY, zone)
    told = campaign_lists.figures(connection, store_id, flow_ids, period)
    m = messages.c
    for flow_id in flow_ids:
        mine = (m.flow_id == flow_id, is_sent, m.sent_at.is_not(None))
        query = select(func.count(), func.count(m.opened_at), func.count(m.clicked_at)).where(*mine)
        counted = tuple(connection.execute(query).one())
        assert (told[flow_id].sent, told[flow_id].opened, told[flow_id].clicked) == counted


def _inside(connection: Connection, flow_id: str, period: Period) -> int:
    return sum(row.state == "active" for row in everyone(connection, flow_id, period))


def everyone(connection: Connection, flow_id: str, period: Period) -> Sequence[Row[Any]]:
    e = enrollments.c
    query = select(e.version_id, e.state, e.end_reason, e.step_id, e.choices)
    return connection.execute(query.where(e.flow_id == flow_id, period.has(e.entered_at))).all()


def _of_steps(figures: reports_flows.FlowFigures) -> tuple[object, object]:
    steps = {key: (one.reached, one.ways) for key, one in figures.steps.items() if one.reached}
    return steps, dict(figures.left)


def counted_one_by_one(
    connection: Connection, flow_id: str, period: Period
) -> tuple[object, object]:
    """Give who reached each step and by which way, and who left: the plain way, row by row."""
    reached: Counter[str] = Counter()
    ways: dict[str, Counter[str]] = {}
    left: Counter[str] = Counter()
    for row in everyone(connection, flow_id, period):
        key = (connection.execute(_store_of(row.version_id)).scalar_one(), row.version_id)
        version = versions(connection, [key])[key]
        if row.state != "active":
            left[row.end_reason or row.state] += 1
        for step in path(version.flow, row.step_id, row.choices):
            reached[step.id] += 1
            if ways_of(step) and step.id in row.choices:
                ways.setdefault(step.id, Counter())[row.choices[step.id]] += 1
    return {step: (count, dict(ways.get(step, {}))) for step, count in reached.items()}, dict(left)


def _store_of(version_id: str) -> Select[str]:
    return select(flow_versions.c.store_id).where(flow_versions.c.id == version_id)


def shorter() -> Flow:
    """Give the flow that forks, as a later version has it: without its last exit."""
    document = dump(forked())
    document["steps"][1]["variants"][1]["steps"].pop()
    return load(document)


class Ledger:
    """One store's rows, and what may happen to them."""

    def __init__(self, connection: Connection, zone: ZoneInfo) -> None:
        self.connection, self.zone = connection, zone
        self.store_id = a_store(connection, f"{new_id()}.example")
        self.rows = Rows(connection, self.store_id)
        self.flow = self.rows.abandoned_cart_flow()
        self.forked = self.rows.flow(forked())
        self.newer = (self.forked[0], self.rows.version(self.forked[0], shorter(), 2))
        self.ada = self.rows.customer("Ada")
        self.messages: list[str] = []
        self.enrollments: list[str] = []
        self.orders: list[str] = []

    @property
    def flow_ids(self) -> tuple[str, str]:
        return self.flow[0], self.forked[0]

    def enters(self, at: datetime, _: int) -> None:
        self.enrollments.append(self.rows.enrollment(self.flow, self.ada, at))

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

    def goes_a_way(self, at: datetime, number: int) -> None:
        """Enter the flow that forks, in one of its versions, and stand somewhere or be through."""
        big, test = ("yes", "no")[number % 2], ("a", "b")[number // 2 % 2]
        step, state = [("rest", "active"), (None, "ended"), ("test", "active"), ("rest", "dead"),
                       ("test", "ended"), (None, "ended")][number]  # fmt: skip
        choices = {"big": big, "rest": at.isoformat(), **({"test": test} if number != 2 else {})}
        reason = {"ended": "completed", "dead": None, "active": None}[state]
        self.enrollments.append(
            self.rows.enrollment(
                self.forked if number % 3 else self.newer, self.ada, at, state=state, step_id=step,
                choices=choices, end_reason=reason,
            )
        )  # fmt: skip

    def ends(self, at: datetime, number: int) -> None:
        """End, wake, die, or be moved to another version's way, early or late; and all twice."""
        told = [{"state": "ended", "end_reason": "order_placed", "step_id": None, "ended_at": at},
                {"state": "active", "end_reason": None, "step_id": "rest"},
                {"state": "dead", "step_id": "rest"}, {"end_reason": "merged"},
                {"choices": {"big": "no", "test": "b"}, "state": "ended", "step_id": "rest"},
                {"version_id": self.forked[1], "step_id": "rest"}][number]  # fmt: skip
        ours = select(enrollments.c.id).where(
            enrollments.c.flow_id == self.forked[0], enrollments.c.id.in_(self.enrollments)
        )
        ids = sorted(self.connection.execute(ours).scalars(), key=self.enrollments.index)
        for _ in range(2):
            self._change(enrollments, ids, number, told)

    def is_gone(self, _: datetime, number: int) -> None:
        """Lose an enrollment that nothing hangs on, as an eraser or a merger takes one away."""
        used = select(messages.c.enrollment_id)
        ids = [one for one in self.enrollments if one not in set(
            self.connection.execute(used).scalars())]  # fmt: skip
        if ids:
            gone = ids[number % len(ids)]
            self.enrollments.remove(gone)
            self.connection.execute(delete(enrollments).where(enrollments.c.id == gone))

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
    Ledger.changes_an_order, Ledger.moves_an_entry, Ledger.adds_up, Ledger.goes_a_way,
    Ledger.goes_a_way, Ledger.goes_a_way, Ledger.ends, Ledger.ends, Ledger.is_gone,
    Ledger.adds_up,
]  # fmt: skip


@settings(
    max_examples=12,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    zone=st.sampled_from(ZONES),
    acts=st.lists(st.tuples(st.sampled_from(ACTS), MOMENTS, NUMBERS), min_size=8, max_size=20),
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
            same_as_the_ledger(connection, ledger.store_id, zone, ledger.flow_ids)
        ledger.adds_up(NOW, 0)
        marked = select(func.count()).where(day_marks.c.store_id == ledger.store_id)
        assert connection.execute(marked).scalar_one() == 0
        same_as_the_ledger(connection, ledger.store_id, zone, ledger.flow_ids)
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


def test_what_a_campaign_sent_on_days_added_up_is_not_counted_anew(database: Database) -> None:
    with database.writing() as connection:
        ledger = Ledger(connection, ZONES[0])
        ledger.sends(NOW - 2 * DAY, 0)
        ledger.sends(NOW, 0)
        ledger.adds_up(NOW, 0)
        connection.execute(
            update(schema.day_sums).values(opened=7).where(schema.day_sums.c.noun == "sent")
        )
        period = since(NOW - 9 * DAY, NOW + DAY, ZONES[0])
        flow_id = ledger.flow[0]
        told = campaign_lists.figures(connection, ledger.store_id, [flow_id], period)[flow_id]
        assert (told.sent, told.opened) == (2, 7)


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
        ledger.goes_a_way(NOW - 2 * DAY, 0)
        add_up(connection, ledger.store_id, ZONES[0])
        ledger.changes_an_order(NOW, 0)
        ledger.changes_a_message(NOW, 0)
    with database.writing() as late:
        other = Ledger.__new__(Ledger)
        other.__dict__ |= ledger.__dict__ | {"connection": late}
        other.changes_an_order(NOW, 1)
        other.changes_a_message(NOW, 1)
        other.moves_an_entry(NOW - 3 * DAY, 0)
        other.ends(NOW, 0)
        with database.writing() as connection:
            add_up(connection, ledger.store_id, ZONES[0])
    with database.writing() as connection:
        same_as_the_ledger(connection, ledger.store_id, ZONES[0], ledger.flow_ids)
        stale = select(func.count()).select_from(summed_days).where(
            summed_days.c.noun == noun.name, day_sums.is_marked()
        )  # fmt: skip
        assert connection.execute(stale).scalar_one() > 0
