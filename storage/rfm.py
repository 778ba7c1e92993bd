"""Scores of recency, frequency and sums of a store's buyers, worked out by the database.

A million buyers are ranked where they are: nothing of them comes here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
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

COLUMNS = ("recency", "frequency", "monetary", "group")


def scores_of(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> Mapping[str, dict[str, Any]]:
    """Give the scores of these customers; none of who never bought or was not scored yet."""
    r = rfm_scores.c
    query = select(r.customer_id, *[r[name] for name in COLUMNS]).where(
        r.store_id == store_id, among(r.customer_id, customer_ids)
    )
    return {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in connection.execute(query)}


def score(connection: Connection, store_id: str, currency: str, now: datetime) -> None:
    """Score everyone of a store who ever bought; only scores that changed are written."""
    buyers = _buyers(store_id, now).cte("buyers")
    count = connection.execute(select(func.count()).select_from(buyers)).scalar_one()
    scored = _by_rank(buyers) if count >= FEWEST else _by_thresholds(buyers, currency, now)
    three = scored.cte("three")
    told = select(
        literal(store_id, rfm_scores.c.store_id.type).label("store_id"),
        *[three.c[name] for name in ("customer_id", *COLUMNS[:3])],
        _group(three.c.recency, three.c.frequency).label("group"),
    ).where(literal_column("1 = 1"))
    insert_or_update(connection, rfm_scores, ("store_id", "customer_id", *COLUMNS), told)
    _forget_others(connection, store_id)


def _buyers(store_id: str, now: datetime) -> Select[Any]:
    """Select everyone who ever bought, with the orders of the last 365 days."""
    c, o = customers.c, orders.c
    lately = (
        select(
            o.customer_id,
            func.count().label("orders"),
            cast(func.sum(o.store_total - o.store_refunded), BigInteger).label("spent"),
        )
        .where(o.store_id == store_id, o.counts, o.cancelled_at.is_(None))
        .where(o.placed_at > now - YEAR)
        .group_by(o.customer_id)
        .subquery()
    )
    return (
        select(
            c.id.label("customer_id"),
            c.last_order_at,
            func.coalesce(lately.c.orders, 0).label("orders"),
            func.coalesce(lately.c.spent, 0).label("spent"),
        )
        .outerjoin_from(customers, lately, lately.c.customer_id == c.id)
        .where(c.store_id == store_id, c.last_order_at.is_not(None), c.deleted_at.is_(None))
    )


def _by_rank(buyers: Any) -> Select[Any]:
    b = buyers.c
    return select(
        b.customer_id,
        _quintile(b.last_order_at).label("recency"),
        _quintile(b.orders).label("frequency"),
        _quintile(b.spent).label("monetary"),
    )


def _quintile(value: ColumnElement[Any]) -> ColumnElement[int]:
    """Give ceil(5 x average rank / how many) in whole numbers: both sides are taken twice."""
    rank = func.rank().over(order_by=value)
    alike = func.count().over(partition_by=value)
    everyone = func.count().over()
    twice = 2 * rank + alike - 1
    return cast((5 * twice + 2 * everyone - 1) // (2 * everyone), Integer)


def _by_thresholds(buyers: Any, currency: str, now: datetime) -> Select[Any]:
    b = buyers.c
    moments = [now - timedelta(days=days) for days in RECENCY_DAYS]
    sums = [units * 10 ** decimals(currency) for units in MONETARY_UNITS]
    return select(
        b.customer_id,
        _passed(b.last_order_at, moments).label("recency"),
        _passed(b.orders, FREQUENCY_COUNTS).label("frequency"),
        _passed(b.spent, sums).label("monetary"),
    )


def _passed(value: ColumnElement[Any], limits: Sequence[Any]) -> ColumnElement[int]:
    """Give 1, and one more for each limit that is reached."""
    reached = [(value >= limit, score) for score, limit in enumerate(limits, 2)]
    return case(*reversed(reached), else_=1)


def _group(recency: ColumnElement[int], frequency: ColumnElement[int]) -> ColumnElement[str]:
    fits = [(and_(recency.in_(r), frequency.in_(f)), name) for name, r, f in GROUPS]
    return case(*fits)


def _forget_others(connection: Connection, store_id: str) -> None:
    """Drop the scores of who is gone, or whose orders all turned out not to count."""
    r, c = rfm_scores.c, customers.c
    gone = select(r.customer_id).outerjoin_from(
        rfm_scores, customers, and_(c.store_id == r.store_id, c.id == r.customer_id)
    )
    gone = gone.where(r.store_id == store_id)
    gone = gone.where(or_(c.last_order_at.is_(None), c.deleted_at.is_not(None)))
    connection.execute(delete(rfm_scores).where(r.store_id == store_id, r.customer_id.in_(gone)))


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
