"""Ratings and reviews of products: kept as they were told, and what messages may show of them.

Nothing is made up: a product that nobody rated has no rating.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, cast, delete, func, select

from marketing.reviews import Review
from storage.among import among
from storage.many import upsert_rows
from storage.schema import product_reviews, products


@dataclass(frozen=True, slots=True)
class Rating:
    """What a product's buyers think of it."""

    average: float
    """Out of five."""
    count: int


def keep(connection: Connection, store_id: str, told: Sequence[tuple[Review, str | None]]) -> None:
    """Keep reviews with their authors' customer ids; the last word of each counts."""
    rows = {
        one.external_id: {
            "store_id": store_id, "external_id": one.external_id, "product_id": one.product_id,
            "customer_id": customer_id, "rating": one.rating, "title": one.title,
            "text": one.text, "author": one.author, "is_verified": one.is_verified,
            "posted_at": one.posted_at,
        }
        for one, customer_id in told
    }  # fmt: skip
    upsert_rows(connection, product_reviews, list(rows.values()))


def names(connection: Connection, store_id: str, prefix: str) -> list[str]:
    """Give the ids of the reviews that one program told, by what they begin with."""
    r = product_reviews.c
    mine = (r.store_id == store_id, r.external_id.startswith(prefix, autoescape=True))
    return list(connection.execute(select(r.external_id).where(*mine)).scalars())


def drop(connection: Connection, store_id: str, external_ids: Iterable[str]) -> int:
    """Forget reviews that are shown no more."""
    r = product_reviews.c
    mine = (r.store_id == store_id, among(r.external_id, sorted(external_ids)))
    return connection.execute(delete(product_reviews).where(*mine)).rowcount


def ratings(connection: Connection, store_id: str, product_ids: Iterable[str]) -> dict[str, Rating]:
    """Give the ratings of those of these products that have any.

    The platform's own figure, or the mean of the reviews we were told: whichever more gave.
    """
    wanted = sorted(set(product_ids))
    told = _of_platform(connection, store_id, wanted)
    r = product_reviews.c
    total = cast(func.sum(r.rating), BigInteger)
    query = (
        select(r.product_id, total, func.count())
        .where(r.store_id == store_id, among(r.product_id, wanted))
        .group_by(r.product_id)
    )
    for product_id, stars, count in connection.execute(query):
        if product_id not in told or told[product_id].count < count:
            told[product_id] = Rating(stars / count, count)
    return told


def _of_platform(
    connection: Connection, store_id: str, product_ids: Iterable[str]
) -> dict[str, Rating]:
    p = products.c
    mine = (p.store_id == store_id, among(p.external_id, product_ids))
    query = select(p.external_id, p.rating, p.rating_count).where(*mine, p.rating_count > 0)
    return {row.external_id: Rating(row.rating / 100, row.rating_count) for row in
            connection.execute(query) if row.rating is not None}  # fmt: skip


def best(
    connection: Connection, store_id: str, product_ids: Iterable[str], *, limit: int, least: int = 4
) -> Mapping[str, Sequence[Row[Any]]]:
    """Give each product's best reviews with words in them, the newest of the best first.

    Of `limit` at the most, none with fewer than `least` stars. Rows: `rating`, `title`, `text`,
    `author`, `is_verified`, `posted_at`.
    """
    r = product_reviews.c
    place = func.row_number().over(
        partition_by=r.product_id, order_by=(r.rating.desc(), r.posted_at.desc(), r.external_id)
    )
    ranked = (
        select(product_reviews, place.label("place"))
        .where(r.store_id == store_id, among(r.product_id, set(product_ids)))
        .where(r.rating >= least, r.text.is_not(None))
        .subquery()
    )
    found: dict[str, list[Row[Any]]] = {}
    query = select(ranked).where(ranked.c.place <= limit).order_by(ranked.c.place)
    for row in connection.execute(query):
        found.setdefault(row.product_id, []).append(row)
    return found
