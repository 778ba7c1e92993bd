"""Scores of recency, frequency and sums: what a store's buyers come to, and what they scored."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, cast, delete, func, select, update

from marketing.rfm import YEAR, Buyer, Score
from storage.among import among
from storage.many import upsert_rows
from storage.schema import customers, orders, rfm_scores, stores

COLUMNS = ("recency", "frequency", "monetary", "group")
WRITTEN = 5_000
"""Scores a statement."""


def scores_of(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> Mapping[str, dict[str, Any]]:
    """Give the scores of these customers; none of who never bought or was not scored yet."""
    r = rfm_scores.c
    query = select(r.customer_id, *[r[name] for name in COLUMNS]).where(
        r.store_id == store_id, among(r.customer_id, customer_ids)
    )
    return {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in connection.execute(query)}


def buyers(connection: Connection, store_id: str, now: datetime) -> list[Buyer]:
    """Give everyone of a store who ever bought, with the orders of the last 365 days."""
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
    query = (
        select(c.id, c.last_order_at, func.coalesce(lately.c.orders, 0))
        .add_columns(func.coalesce(lately.c.spent, 0))
        .outerjoin_from(customers, lately, lately.c.customer_id == c.id)
        .where(c.store_id == store_id, c.last_order_at.is_not(None), c.deleted_at.is_(None))
    )
    return [Buyer(*row) for row in connection.execute(query)]


def keep(connection: Connection, store_id: str, told: Sequence[Score]) -> int:
    """Write the scores of a store's buyers, those only that changed; give how many did."""
    r = rfm_scores.c
    query = select(r.customer_id, *[r[name] for name in COLUMNS]).where(r.store_id == store_id)
    before = {row[0]: tuple(row[1:]) for row in connection.execute(query)}
    after = {one.customer_id: (one.recency, one.frequency, one.monetary, one.group) for one in told}
    rows = [
        {"store_id": store_id, "customer_id": who, **dict(zip(COLUMNS, score, strict=True))}
        for who, score in after.items()
        if before.get(who) != score
    ]
    for start in range(0, len(rows), WRITTEN):
        upsert_rows(connection, rfm_scores, rows[start : start + WRITTEN])
    gone = sorted(before.keys() - after.keys())
    connection.execute(delete(rfm_scores).where(r.store_id == store_id, among(r.customer_id, gone)))
    return len(rows) + len(gone)


def score_at(connection: Connection, store_id: str, at: datetime | None) -> None:
    """Set when a store's buyers are scored next; None: nobody asks."""
    connection.execute(update(stores).where(stores.c.id == store_id).values(score_at=at))


def next_score(connection: Connection, store_id: str) -> datetime | None:
    """Give when a store's buyers are scored next."""
    query = select(stores.c.score_at).where(stores.c.id == store_id)
    at: datetime | None = connection.execute(query).scalar_one_or_none()
    return at
