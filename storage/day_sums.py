"""What a store's days came to: added up once they are over, and read live where that won't do.

A day is added up by `storage.day_turns`. Triggers of the database (in the migration) mark each
hour of such days that is written to afterwards, in the same transaction; a day with a mark, and
one that was never added up, is read from the ledger. So a sum is what the ledger says, always.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from marketing.flow import forks_of
from storage.among import among
from storage.counted import is_counted, is_sent, net
from storage.flows import Version, versions
from storage.reports_time import QUARTER, Period, quarter_of
from storage.schema import (
    EPOCH,
    UtcTime,
    day_marks,
    day_sums,
    enrollments,
    messages,
    orders,
    summed_days,
)

Span = tuple[datetime, datetime]
"""From one moment up to another."""


@dataclass(frozen=True, slots=True, eq=False)
class Noun:
    """What is added up: rows of a table by when they were, apart by their keys."""

    name: str
    table: Table
    at: Column[Any]
    counts: ColumnElement[bool]
    keys: Sequence[Column[Any]]
    values: Mapping[str, ColumnElement[Any]]
    by_ways: bool = False
    """Apart by the way that each fork of their flow sent them, too: those of a version alone."""

    def of_flows(self, flow_ids: Collection[str]) -> "Noun":
        """Give the same of some flows only."""
        return replace(self, counts=and_(self.counts, among(self.table.c.flow_id, flow_ids)))


def _sum(amount: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(amount, 0), BigInteger)


SENT = Noun(
    "sent",
    messages,
    messages.c.sent_at,
    is_sent,
    (messages.c.flow_id, messages.c.step_id, messages.c.channel),
    {
        "count": func.count(),
        "opened": func.count(messages.c.opened_at),
        "clicked": func.count(messages.c.clicked_at),
        "unsubscribed": func.count(messages.c.unsubscribed_at),
        "last_at": func.max(messages.c.sent_at, type_=UtcTime),
    },
)
ENTERED = Noun(
    "entered",
    enrollments,
    enrollments.c.entered_at,
    true(),
    (enrollments.c.flow_id, enrollments.c.version_id),
    {"count": func.count()},
)
ENDED = Noun(
    "ended",
    enrollments,
    enrollments.c.entered_at,
    enrollments.c.state != literal_column("'active'"),
    tuple(
        enrollments.c[name] for name in ("flow_id", "version_id", "step_id", "state", "end_reason")
    ),
    {"count": func.count()},
    by_ways=True,
)
"""Of those who entered on a day: how it ended, where, and on which ways; who is still in is not."""
ORDERED = Noun(
    "ordered",
    orders,
    orders.c.placed_at,
    is_counted,
    (),
    {
        "count": func.count(),
        "amount": _sum(func.sum(net)),
        "of_known": _sum(func.sum(net).filter(orders.c.customer_id.is_not(None))),
    },
)
NOUNS = (SENT, ENTERED, ENDED, ORDERED)


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a day of a period, by its number, came to for one set of keys."""

    day: int
    flow_id: str | None = None
    version_id: str | None = None
    step_id: str | None = None
    channel: str | None = None
    state: str | None = None
    end_reason: str | None = None
    ways: Mapping[str, str] | None = None
    """Fork -> way, of those forks that were reached."""
    count: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    amount: int = 0
    of_known: int = 0
    last_at: datetime | None = None


def of_period(
    connection: Connection,
    store_id: str,
    noun: Noun,
    period: Period,
    only: Collection[Version] | None = None,
    flow_ids: Collection[str] | None = None,
) -> list[DaySum]:
    """Give what each day of a period came to; of one day and key there may be several.

    `only`: of a noun that is apart by ways, what was in these versions of flows.
    `flow_ids`: of a noun that is apart by flows, what was in these.
    """
    spans = spans_of(period)
    known = _added_up(connection, store_id, noun, spans, only, flow_ids)
    gaps = [span for span in spans if span not in known]
    found = [one for rows in known.values() for one in rows]
    told = noun if flow_ids is None else noun.of_flows(flow_ids)
    return found + _live(connection, store_id, told, period, gaps, only)


def spread(period: Period, amounts: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Sum (day, amount) pairs up by day."""
    sums = [0] * len(period.days)
    for day, amount in amounts:
        sums[day] += amount
    return tuple(sums)


def spans_of(period: Period) -> list[Span]:
    """Give from when to when each day of a period is."""
    return list(zip(period.starts, [*period.starts[1:], period.ends_at], strict=True))


def is_marked() -> ColumnElement[bool]:
    """Say of an added up day that it was written to since."""
    d, m = summed_days.c, day_marks.c
    same = and_(m.store_id == d.store_id, m.noun == d.noun)
    return select(m.hour).where(same, m.hour.between(d.first_hour, d.last_hour)).exists()


def _added_up(
    connection: Connection,
    store_id: str,
    noun: Noun,
    spans: Sequence[Span],
    only: Collection[Version] | None = None,
    flow_ids: Collection[str] | None = None,
) -> dict[Span, list[DaySum]]:
    """Give the sums of the days that hold, in one question: a day is either whole or not there."""
    d, s = summed_days.c, day_sums.c
    same = and_(s.store_id == d.store_id, s.noun == d.noun, s.starts_at == d.starts_at)
    if only is not None:
        same = and_(same, s.version_id.in_([version.id for version in only]))
    if flow_ids is not None:
        same = and_(same, among(s.flow_id, flow_ids))
    columns = [s[one.name] for one in fields(DaySum) if one.name != "day"]
    query = (
        select(d.starts_at, d.ends_at, s.id, *columns)
        .outerjoin_from(summed_days, day_sums, same)
        .where(d.store_id == store_id, d.noun == noun.name, ~is_marked())
        .where(d.starts_at >= spans[0][0], d.ends_at <= spans[-1][1])
    )
    numbers = {span: number for number, span in enumerate(spans)}
    found: dict[Span, list[DaySum]] = {}
    for starts_at, ends_at, sum_id, *told in connection.execute(query):
        number = numbers.get((starts_at, ends_at))
        if number is not None:
            rows = found.setdefault((starts_at, ends_at), [])
            rows += [DaySum(number, *told)] if sum_id else []
    return found


def _live(
    connection: Connection,
    store_id: str,
    noun: Noun,
    period: Period,
    gaps: Sequence[Span],
    only: Collection[Version] | None = None,
) -> list[DaySum]:
    if not gaps:
        return []
    quarter = quarter_of(noun.at).label("quarter")
    within = or_(*(and_(noun.at >= since, noun.at < until) for since, until in _joined(gaps)))
    rows = added(connection, store_id, noun, within, [quarter], only)
    return [DaySum(_day(period, row.quarter), **told) for row, told in rows]


def _day(period: Period, quarter: int) -> int:
    return max(bisect_right(period.starts, EPOCH + quarter * QUARTER) - 1, 0)


def _joined(gaps: Sequence[Span]) -> list[Span]:
    """Put days together that follow one another."""
    found: list[Span] = []
    for since, until in gaps:
        if found and found[-1][1] == since:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return found


def added(
    connection: Connection,
    store_id: str,
    noun: Noun,
    within: ColumnElement[bool],
    by: Sequence[ColumnElement[Any]] = (),
    only: Collection[Version] | None = None,
) -> Iterator[tuple[Row[*tuple[Any, ...]], dict[str, Any]]]:
    """Add up the rows of some time by their keys and by what else is asked for: rows, named."""
    if not noun.by_ways:
        for row in connection.execute(_grouped(store_id, noun, within, *by)):
            yield row, _values_in(noun, row)
        return
    for version in _in_use(connection, store_id, noun, within) if only is None else only:
        e = enrollments.c
        forks = forks_of(version.flow)
        ways = [e.choices[fork].as_string().label(f"way_{nr}") for nr, fork in enumerate(forks)]
        of_version = and_(within, e.flow_id == version.flow_id, e.version_id == version.id)
        for row in connection.execute(_grouped(store_id, noun, of_version, *by, *ways)):
            yield row, {**_values_in(noun, row), "ways": ways_in(forks, row)}


def ways_in(forks: Sequence[str], row: Row[*tuple[Any, ...]]) -> dict[str, str]:
    """Give fork -> way of a row that has them as `way_0` and so on."""
    told = ((fork, getattr(row, f"way_{nr}")) for nr, fork in enumerate(forks))
    return {fork: way for fork, way in told if way is not None}


def _in_use(
    connection: Connection, store_id: str, noun: Noun, within: ColumnElement[bool]
) -> Collection[Version]:
    query = select(enrollments.c.version_id).where(
        enrollments.c.store_id == store_id, within, noun.counts
    )
    ids = connection.execute(query.distinct()).scalars()
    return versions(connection, [(store_id, version_id) for version_id in sorted(ids)]).values()


def _grouped(
    store_id: str, noun: Noun, within: ColumnElement[bool], *by: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    of_store = noun.table.c.store_id == store_id
    values = [value.label(name) for name, value in noun.values.items()]
    query = select(*by, *noun.keys, *values).where(of_store, within, noun.counts)
    return query.group_by(*by, *noun.keys) if (by or noun.keys) else query


def _values_in(noun: Noun, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {name: row._mapping[name] for name in (*(k.name for k in noun.keys), *noun.values)}  # noqa: SLF001  SQLAlchemy's public way
