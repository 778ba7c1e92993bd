"""What is counted and summed up of events and orders, in SQL: for some customers, or for all.

`marketing.flow.Measure` says what. Orders are those that count and stand, as in the sums on the
customer's row. What is about products is read off their lines, without the orders themselves.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    distinct,
    func,
    literal,
    or_,
    select,
)

from marketing.flow import Measure
from storage.among import among_given
from storage.json_sql import holds_text, json_has, json_is
from storage.product_categories import products_of
from storage.schema import EPOCH, Id, UtcTime, events, order_lines, orders
from storage.text import dumps

Measured = Mapping[Measure, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a measure is taken: the rows that belong to it, and what each of them comes to."""

    table: FromClause
    customer_id: Column[Any]
    at: Column[Any]
    of_store: ColumnElement[bool]
    narrowed: ColumnElement[bool]
    """Besides the store: name, window and `where`."""
    amount: ColumnElement[Any]
    counted: ColumnElement[Any] | None = None
    """What is counted once, however many rows it has; each row is, if None."""


def source_of(measure: Measure, store_id: str, now: datetime) -> Source:
    """Give the rows of a store that a measure is taken of."""
    if measure.source == "events":
        return _of_events(measure, store_id, now)
    if PRODUCTS & {name for name, _ in measure.where}:
        return _of_lines(measure, store_id, now)
    return _of_orders(measure, store_id, now)


PRODUCTS = frozenset({"product_id", "category"})


def _of_events(measure: Measure, store_id: str, now: datetime) -> Source:
    e = events.c
    tests: list[ColumnElement[bool]] = [e.name == measure.take]
    if measure.within is not None:
        tests.append(e.occurred_at > _since(measure.within, now))
    tests += [_tells(e.data, name, value) for name, value in measure.where]
    of_store = e.store_id == _store(store_id)
    return Source(events, e.customer_id, e.occurred_at, of_store, and_(*tests), literal(1))


def _tells(data: ColumnElement[Any], name: str, value: Any) -> ColumnElement[bool]:
    """Say if an event tells this of itself; a product has a type and any number of categories."""
    own = json_is(data, name.split("."), value)
    return or_(own, json_has(data, ("categories",), value)) if name == "category" else own


def _since(within: timedelta, now: datetime) -> ColumnElement[datetime]:
    """Give the beginning of a window: a parameter by name, so that a statement can be kept."""
    return bindparam(_name_of(within), now - within, UtcTime)


def _name_of(within: timedelta) -> str:
    return f"since_{int(within.total_seconds())}"


def _store(store_id: str) -> ColumnElement[str]:
    return bindparam("of_store", store_id, Id)


def _of_orders(measure: Measure, store_id: str, now: datetime) -> Source:
    o, where = orders.c, dict(measure.where)
    tests: list[ColumnElement[bool]] = [o.counts, o.cancelled_at.is_(None)]
    if measure.within is not None:
        tests.append(o.placed_at > _since(measure.within, now))
    if "code" in where:
        tests.append(_used(o.discount_codes, where["code"]))
    of_store, amount = o.store_id == _store(store_id), o.store_total - o.store_refunded
    return Source(orders, o.customer_id, o.placed_at, of_store, and_(*tests), amount)


def _of_lines(measure: Measure, store_id: str, now: datetime) -> Source:
    line, where = order_lines.c, dict(measure.where)
    tests: list[ColumnElement[bool]] = []
    if measure.within is not None:
        tests.append(line.placed_at > _since(measure.within, now))
    if "product_id" in where:
        tests.append(line.product_id == str(where["product_id"]))
    if "category" in where:
        tests.append(line.product_id.in_(products_of(_store(store_id), str(where["category"]))))
    if "code" in where:
        tests.append(_order_with(where["code"]))
    of_store = line.store_id == _store(store_id)
    # An order has one line of a product, but may have several of a category.
    counted = None if "product_id" in where else line.order_id
    return Source(
        order_lines, line.customer_id, line.placed_at, of_store, and_(*tests), line.amount, counted
    )


def _order_with(code: Any) -> ColumnElement[bool]:
    o, line = orders.c, order_lines.c
    own = and_(o.store_id == line.store_id, o.id == line.order_id)
    return select(o.id).where(own, _used(o.discount_codes, code)).exists()


def _used(column: ColumnElement[Any], code: Any) -> ColumnElement[bool]:
    """Say if a code was used, in whatever mix of letters it was typed: codes know no case."""
    ways = sorted({str(code), str(code).upper(), str(code).lower()})
    # SQLite knows the case of A to Z alone: others are found as they were asked for.
    anyhow = holds_text(func.lower(cast(column, Text)), dumps(str(code)).lower())
    return or_(*(json_has(column, (), way) for way in ways), anyhow)


def count_of(source: Source, rows: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """Count the rows of a group, or those of them that pass."""
    count = func.count() if source.counted is None else func.count(distinct(source.counted))
    return count if rows is None else count.filter(rows)


def sum_of(source: Source, rows: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """Sum up what a group's rows come to, 0 if there are none."""
    total = func.sum(source.amount)
    return cast(func.coalesce(total if rows is None else total.filter(rows), 0), BigInteger)


def taken_of(source: Source, name: str, rows: ColumnElement[bool] | None = None) -> Any:
    """Give what a group's rows, or those of them that pass, come to: `first`, `last`, ..."""
    match name:
        case "count":
            return count_of(source, rows)
        case "spent":
            return sum_of(source, rows)
        case _:
            pick = func.min if name == "first" else func.max
            at = pick(source.at, type_=UtcTime)
            return at if rows is None else at.filter(rows)


def measured(
    connection: Connection,
    store_id: str,
    customer_ids: Collection[str],
    measures: Iterable[Measure],
    now: datetime,
) -> dict[str, Measured]:
    """Give of each of these customers what each measure comes to, in one question a source."""
    found: dict[str, dict[Measure, Any]] = {one: {} for one in customer_ids}
    asked = _by_table(frozenset(measures))
    nothing = {one: None if one.take in NEVER else 0 for each in asked for one in each}
    for values in found.values():
        values.update(nothing)
    for wanted in asked if found else ():
        for row in _taken(connection, store_id, customer_ids, wanted, now):
            values = found[row.customer_id]
            values.update({one: _value(one, row, at) for at, one in enumerate(wanted)})
    return dict(found)


@lru_cache(maxsize=256)
def _by_table(measures: frozenset[Measure]) -> tuple[tuple[Measure, ...], ...]:
    """Put together what is taken of one table, in an order that is always the same."""
    found: dict[FromClause, list[Measure]] = {}
    for one in sorted(measures, key=repr):
        found.setdefault(source_of(one, "", LONG_AGO).table, []).append(one)
    return tuple(map(tuple, found.values()))


NEVER = frozenset({"average", "first", "last"})
"""What there is none of without an order."""


def _taken(
    connection: Connection,
    store_id: str,
    customer_ids: Collection[str],
    measures: tuple[Measure, ...],
    now: datetime,
) -> Iterable[Row[Any]]:
    windows = {one.within for one in measures if one.within}
    given = {_name_of(one): now - one for one in windows}
    told = {**given, "of_store": store_id, "whose": sorted(customer_ids)}
    return connection.execute(_statement(measures), told)


@lru_cache(maxsize=256)
def _statement(measures: tuple[Measure, ...]) -> Select[Any]:
    """Build the question once: a store asks the same of its customers again and again."""
    sources = [source_of(one, "", LONG_AGO) for one in measures]
    first = sources[0]
    columns = [
        column.label(f"{name}_{at}")
        for at, (one, source) in enumerate(zip(measures, sources, strict=True))
        for name, column in _columns(one, source).items()
    ]
    of_these = among_given(first.customer_id, "whose")
    return (
        select(first.customer_id.label("customer_id"), *columns)
        .where(first.of_store, of_these, *common(measures, first))
        .group_by(first.customer_id)
    )


LONG_AGO = EPOCH
"""Stands for the moment that a kept question is then given."""


def common(
    measures: Sequence[Measure], source: Source, now: datetime = LONG_AGO
) -> Iterable[ColumnElement[bool]]:
    """Narrow the rows to what any of the measures may want."""
    if source.table is events:
        yield events.c.name.in_(sorted({one.take for one in measures}))
    windows = [one.within for one in measures if one.within]
    if len(windows) == len(measures):
        yield source.at > _since(max(windows), now)


def _columns(measure: Measure, source: Source) -> dict[str, ColumnElement[Any]]:
    names = PARTS.get(measure.take, ("count",))
    return {name: taken_of(source, name, source.narrowed) for name in names}


PARTS = {"average": ("spent", "count"), "spent": ("spent",), "first": ("first",), "last": ("last",)}


def _value(measure: Measure, row: Row[Any], at: int) -> Any:
    def told(name: str) -> Any:
        return row._mapping[f"{name}_{at}"]  # noqa: SLF001  SQLAlchemy's public way

    match measure.take:
        case "average":
            return Fraction(told("spent"), told("count")) if told("count") else None
        case "spent" | "first" | "last":
            return told(measure.take)
        case _:
            return told("count")
