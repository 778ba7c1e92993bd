"""What a store's days came to: added up once they are over, and read live where that won't do.

A day is added up by `storage.day_turns`. Triggers of the database (in the migration) mark each
hour of such days that is written to afterwards, in the same transaction; a day with a mark, and
one that was never added up, is read from the ledger. So a sum is what the ledger says, always.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    cast,
    func,
    or_,
    select,
    true,
)

from storage.counted import is_counted, is_sent, net
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
    table: FromClause
    at: Column[Any]
    counts: ColumnElement[bool]
    keys: Sequence[Column[Any]]
    values: Mapping[str, ColumnElement[Any]]


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
NOUNS = (SENT, ENTERED, ORDERED)


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a day of a period, by its number, came to for one set of keys."""

    day: int
    flow_id: str | None = None
    version_id: str | None = None
    step_id: str | None = None
    channel: str | None = None
    count: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    amount: int = 0
    of_known: int = 0
    last_at: datetime | None = None


def of_period(connection: Connection, store_id: str, noun: Noun, period: Period) -> list[DaySum]:
    """Give what each day of a period came to; of one day and key there may be several."""
    spans = spans_of(period)
    known = _added_up(connection, store_id, noun, spans)
    gaps = [span for span in spans if span not in known]
    found = [one for rows in known.values() for one in rows]
    return found + _live(connection, store_id, noun, period, gaps)


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
    connection: Connection, store_id: str, noun: Noun, spans: Sequence[Span]
) -> dict[Span, list[DaySum]]:
    """Give the sums of the days that hold, in one question: a day is either whole or not there."""
    d, s = summed_days.c, day_sums.c
    same = and_(s.store_id == d.store_id, s.noun == d.noun, s.starts_at == d.starts_at)
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
    connection: Connection, store_id: str, noun: Noun, period: Period, gaps: Sequence[Span]
) -> list[DaySum]:
    if not gaps:
        return []
    quarter = quarter_of(noun.at).label("quarter")
    within = or_(*(and_(noun.at >= since, noun.at < until) for since, until in _joined(gaps)))
    query = grouped(store_id, noun, within, quarter)
    return [
        DaySum(_day(period, row.quarter), **values_in(noun, row))
        for row in connection.execute(query)
    ]


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


def grouped(
    store_id: str, noun: Noun, within: ColumnElement[bool], *by: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """Add up the rows of some time by their keys, and by what else is asked for."""
    of_store = noun.table.c.store_id == store_id
    values = [value.label(name) for name, value in noun.values.items()]
    query = select(*by, *noun.keys, *values).where(of_store, within, noun.counts)
    return query.group_by(*by, *noun.keys) if (by or noun.keys) else query


def values_in(noun: Noun, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """Give keys and values of a row of `grouped`, by name."""
    return {name: row._mapping[name] for name in (*(k.name for k in noun.keys), *noun.values)}  # noqa: SLF001  SQLAlchemy's public way
