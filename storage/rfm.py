"""Scores of recency, frequency and sums of a store's buyers, worked out by the database.

A million buyers are ranked where they are, some thousands a transaction: first all are counted,
then it shows what each score begins with, then all are scored by that. Whoever goes on with it
begins where the last one ended, as of the moment when the scoring began.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from marketing.money import decimals
from marketing.rfm import (
    FEWEST,
    FREQUENCY_COUNTS,
    GROUPS,
    MONETARY_UNITS,
    RECENCY_DAYS,
    YEAR,
)
from storage.among import among
from storage.dialect import insert_or_update
from storage.many import insert_new
from storage.schema import customers, orders, rfm_runs, rfm_scores

CHUNK = 2000
"""Customers a transaction."""
COLUMNS = ("recency", "frequency", "monetary", "group")
BASES: Mapping[str, Column[Any]] = {
    "recency": rfm_scores.c.last_order_at,
    "frequency": rfm_scores.c.orders,
    "monetary": rfm_scores.c.spent,
}
"""By what each score is given."""
Limits = Mapping[str, Sequence[Any]]
"""By score: the least that is worth 2, 3, 4, 5; None where nobody reaches it."""


def scores_of(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> Mapping[str, dict[str, Any]]:
    """Give the scores of these customers; none of who never bought or was not scored yet."""
    r = rfm_scores.c
    query = select(r.customer_id, *[r[name] for name in COLUMNS]).where(
        r.store_id == store_id, among(r.customer_id, customer_ids), r.recency.is_not(None)
    )
    return {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in connection.execute(query)}


def go_on(
    connection: Connection, store_id: str, currency: str, now: datetime, *, chunk: int = CHUNK
) -> bool:
    """Do the next bit of scoring everyone of a store who ever bought; True: that was the last.

    A scoring that nobody began yet begins now. Only what changed is written.
    """
    run = _run(connection, store_id)
    if run is None:
        return True
    as_of = run.as_of or now
    some = _Some(store_id, _next(connection, store_id, run.cursor, chunk))
    are_last = len(some.ids) < chunk
    if run.limits is None:
        _count(connection, some, as_of)
        limits = _limits(connection, store_id, currency, as_of) if are_last else None
    else:
        limits = run.limits
        _score(connection, some, limits)
    is_over = are_last and run.limits is not None
    cursor = None if are_last else some.ids[-1]
    went_on = {"as_of": as_of, "cursor": cursor, "limits": limits}
    ended: dict[str, Any] = dict.fromkeys(went_on)
    mine = rfm_runs.c.store_id == store_id
    connection.execute(update(rfm_runs).where(mine).values(ended if is_over else went_on))
    return is_over


def _run(connection: Connection, store_id: str) -> Row[*tuple[Any, ...]] | None:
    """Give how far a store's scoring is, held against anyone else who would go on with it."""
    r = rfm_runs.c
    query = select(r.as_of, r.cursor, r.limits).where(r.store_id == store_id)
    return connection.execute(query.with_for_update()).one_or_none()


@dataclass(frozen=True, slots=True)
class _Some:
    """The customers of one transaction.

    They are named, not told as a range of ids: PostgreSQL takes a range of these for one row.
    """

    store_id: str
    ids: Sequence[str]

    def among(self, store_id: Column[Any], customer_id: Column[Any]) -> ColumnElement[bool]:
        return and_(store_id == self.store_id, among(customer_id, self.ids))


def _next(connection: Connection, store_id: str, after: str | None, chunk: int) -> Sequence[str]:
    """Give the next so many customers, by their ids' order."""
    c = customers.c
    query = select(c.id).where(c.store_id == store_id).order_by(c.id).limit(chunk)
    if after is not None:
        query = query.where(c.id > after)
    return connection.execute(query).scalars().all()


def _count(connection: Connection, some: _Some, as_of: datetime) -> None:
    """Note what buyers are scored by; forget who is gone, or whose orders all don't count."""
    r, c = rfm_scores.c, customers.c
    names = ("store_id", "customer_id", *[one.name for one in BASES.values()])
    insert_or_update(connection, rfm_scores, names, _news(some, _buyers(some, as_of).subquery()))
    stays = select(c.id).where(c.store_id == r.store_id, c.id == r.customer_id, *_BUYER).exists()
    connection.execute(delete(rfm_scores).where(some.among(r.store_id, r.customer_id), ~stays))


def _news(some: _Some, buyers: Subquery) -> Select[Any]:
    """Select those whose row is not there or differs: a row that is met again is a row locked."""
    r, b = rfm_scores.c, buyers.c
    same = and_(some.among(r.store_id, r.customer_id), r.customer_id == b.customer_id)
    differs = [r[one.name].is_distinct_from(b[one.name]) for one in BASES.values()]
    return select(buyers).outerjoin_from(buyers, rfm_scores, same).where(or_(*differs))


_BUYER = (customers.c.last_order_at.is_not(None), customers.c.deleted_at.is_(None))


def _buyers(some: _Some, as_of: datetime) -> Select[Any]:
    """Select those who ever bought, with the orders of the last 365 days."""
    c, o = customers.c, orders.c
    lately = (
        select(
            o.customer_id,
            func.count().label("orders"),
            cast(func.sum(o.store_total - o.store_refunded), BigInteger).label("spent"),
        )
        .where(some.among(o.store_id, o.customer_id), o.counts, o.cancelled_at.is_(None))
        .where(o.placed_at > as_of - YEAR)
        .group_by(o.customer_id)
        .subquery()
    )
    return (
        select(
            c.store_id,
            c.id.label("customer_id"),
            c.last_order_at,
            func.coalesce(lately.c.orders, 0).label("orders"),
            func.coalesce(lately.c.spent, 0).label("spent"),
        )
        .outerjoin_from(customers, lately, lately.c.customer_id == c.id)
        .where(some.among(c.store_id, c.id), *_BUYER)
    )


def _limits(connection: Connection, store_id: str, currency: str, as_of: datetime) -> Limits:
    """Give what each score begins with, ready for JSON."""
    mine = rfm_scores.c.store_id == store_id
    count = connection.execute(select(func.count()).select_from(rfm_scores).where(mine))
    buyers = count.scalar_one()
    if buyers < FEWEST:
        return _thresholds(currency, as_of)
    found = {name: _by_rank(connection, store_id, at, buyers) for name, at in BASES.items()}
    return {**found, "recency": [one and one.isoformat() for one in found["recency"]]}


def _thresholds(currency: str, as_of: datetime) -> Limits:
    return {
        "recency": [(as_of - timedelta(days=days)).isoformat() for days in RECENCY_DAYS],
        "frequency": FREQUENCY_COUNTS,
        "monetary": [units * 10 ** decimals(currency) for units in MONETARY_UNITS],
    }


def _by_rank(
    connection: Connection, store_id: str, value: Column[Any], buyers: int
) -> Sequence[Any]:
    """Give the least values of the quintiles: ceil(5 x average rank / how many) is the score.

    In whole numbers, both sides are taken twice: the average rank of n alike, of whom the last
    ranks r-th, is (2r - n + 1) / 2.
    """
    last = cast(func.sum(func.count()).over(order_by=value), BigInteger)
    twice = (2 * last - func.count() + 1).label("twice")
    ranked = (
        select(value.label("value"), twice)
        .where(rfm_scores.c.store_id == store_id)
        .group_by(value)
        .subquery()
    )
    least = [
        func.min(ranked.c.value, type_=value.type).filter(5 * ranked.c.twice > 2 * buyers * below)
        for below in range(1, 5)
    ]
    return tuple(connection.execute(select(*least)).one())


def _score(connection: Connection, some: _Some, limits: Limits) -> None:
    r = rfm_scores.c
    moments = [datetime.fromisoformat(one) if one else None for one in limits["recency"]]
    reached: dict[str, ColumnElement[Any]] = {
        name: _reached(at, moments if name == "recency" else limits[name])
        for name, at in BASES.items()
    }
    reached["group"] = _group(reached["recency"], reached["frequency"])
    differs = or_(*(r[name].is_distinct_from(told) for name, told in reached.items()))
    these = some.among(r.store_id, r.customer_id)
    connection.execute(update(rfm_scores).where(these, differs).values(reached))


def _reached(value: ColumnElement[Any], limits: Sequence[Any]) -> ColumnElement[int]:
    """Give 1, and one more for each limit that is reached."""
    known = [(value >= one, score) for score, one in enumerate(limits, 2) if one is not None]
    return case(*reversed(known), else_=1) if known else literal(1)


def _group(recency: ColumnElement[int], frequency: ColumnElement[int]) -> ColumnElement[str]:
    fits = [(and_(recency.in_(r), frequency.in_(f)), name) for name, r, f in GROUPS]
    return case(*fits)


def want(connection: Connection, store_id: str, now: datetime) -> None:
    """Have a store's buyers scored from now on, if they are not yet."""
    row = {"store_id": store_id, "due_at": now}
    insert_new(connection, rfm_runs, [row], key=("store_id",), returning=[rfm_runs.c.store_id])


def is_due(connection: Connection, store_id: str, now: datetime) -> bool:
    """Say if a store's buyers are to be scored."""
    r = rfm_runs.c
    query = select(r.store_id).where(r.store_id == store_id, r.due_at <= now)
    return connection.execute(query).first() is not None


def put_off(connection: Connection, store_id: str, until: datetime | None) -> None:
    """Set when a store's buyers are scored next; None: nobody asks any more."""
    mine = rfm_runs.c.store_id == store_id
    if until is None:
        connection.execute(delete(rfm_runs).where(mine))
        connection.execute(delete(rfm_scores).where(rfm_scores.c.store_id == store_id))
    else:
        connection.execute(rfm_runs.update().where(mine).values(due_at=until))
