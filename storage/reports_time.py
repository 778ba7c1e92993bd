"""Time in reports: the days of a store's own zone, and how either database groups by them."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from storage.schema import EPOCH

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Period:
    """Some days in a row, by a store's own clock; the last one may be unfinished."""

    days: tuple[date, ...]
    starts: tuple[datetime, ...]
    """The moment at which each day begins, UTC."""
    ends_at: datetime

    @property
    def begins_at(self) -> datetime:
        return self.starts[0]

    def has(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Give the condition that a time lies in the period."""
        return (column >= self.begins_at) & (column < self.ends_at)

    def spread(self, quarters: Iterable[tuple[int, int]]) -> list[int]:
        """Sum amounts by day; each comes with the number of its quarter of an hour."""
        sums = [0] * len(self.days)
        for quarter, amount in quarters:
            day = bisect_right(self.starts, EPOCH + quarter * QUARTER) - 1
            sums[max(day, 0)] += int(amount)
        return sums


def period_of(now: datetime, days: int, zone: ZoneInfo) -> tuple[Period, Period]:
    """Give the last `days` days up to now, today among them, and as many before them.

    The one before ends at the same time of its last day, so that like is compared with like.
    """
    local = now.astimezone(zone)
    before = (local.replace(tzinfo=None) - timedelta(days=days)).replace(tzinfo=zone)
    return (
        _period(local.date(), days, zone, now),
        _period(before.date(), days, zone, before.astimezone(UTC)),
    )


def period_between(first: date, last: date, now: datetime, zone: ZoneInfo) -> tuple[Period, Period]:
    """Give the days from one to another, none of them to come, and as many before them."""
    count = (last - first).days + 1
    ends_at = min(now, _midnight(last + timedelta(days=1), zone))
    before = (ends_at.astimezone(zone).replace(tzinfo=None) - timedelta(days=count)).replace(
        tzinfo=zone
    )
    days_before = first - timedelta(days=1)
    return (
        _period(last, count, zone, ends_at),
        _period(days_before, count, zone, before.astimezone(UTC)),
    )


def spans_between(first: date, last: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Give from when to when each of these days is."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(_midnight(day, zone), _midnight(day + timedelta(days=1), zone)) for day in days]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def since(begins_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Period:
    """Give all the time between two moments, cut where days begin: whole ones may be added up."""
    first, last = (at.astimezone(zone).date() for at in (begins_at, ends_at))
    midnights = (start for start, _ in spans_between(first, last, zone))
    inside = (start for start in midnights if begins_at < start < ends_at)
    return Period((), (begins_at, *inside), ends_at)


def _period(last: date, count: int, zone: ZoneInfo, ends_at: datetime) -> Period:
    days = tuple(last - timedelta(days=count - 1 - number) for number in range(count))
    starts = tuple(_midnight(day, zone) for day in days)
    return Period(days, starts, ends_at)


class seconds_of(GenericFunction[int]):  # noqa: N801  reads as the SQL function that it is
    """The whole seconds from 1970 to a `UtcTime`."""

    type = BigInteger()
    inherit_cache = True


@compiles(seconds_of, "postgresql")
def _seconds_in_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    time = compiler.process(element.clauses, **options)
    return f"CAST(floor(extract(epoch FROM {time})) AS BIGINT)"


@compiles(seconds_of, "sqlite")
def _seconds_in_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    time = compiler.process(element.clauses, **options)
    return f"({time} / 1000000)"


class quarter_of(GenericFunction[int]):  # noqa: N801  reads as the SQL function that it is
    """The number of the quarter of an hour, since 1970, that a `UtcTime` lies in.

    Every zone of today is a whole number of quarters away from UTC, so quarters can be
    put together to the days of any of them.
    """

    type = BigInteger()
    inherit_cache = True


@compiles(quarter_of, "postgresql")
def _in_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    time = compiler.process(element.clauses, **options)
    return f"CAST(floor(extract(epoch FROM {time}) / 900) AS BIGINT)"


@compiles(quarter_of, "sqlite")
def _in_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    time = compiler.process(element.clauses, **options)
    return f"({time} / 900000000)"
