"""The catalogue as messages need it: products by the platform's ids, a batch in one question."""

from collections.abc import Iterable

from sqlalchemy import Connection, Row, and_, func, select

from marketing.wares import Ware
from storage import reviews
from storage.among import among
from storage.reviews import Rating
from storage.schema import products

PAGE = 20
FURTHEST_PAGE = 200
COUNTED_TO = 10_000
"""Beyond this many a list says "more than"."""
SHOWN = (
    *("external_id", "title", "url", "image_url", "product_type", "status", "variants"),
    *("is_published", "deleted_at"),
)


def wares(
    connection: Connection, store_id: str, ids: Iterable[str | None], *, rated: bool = True
) -> dict[str, Ware]:
    """Give these products, with their ratings if asked for.

    One that was deleted or is no longer on sale is there, unpublished.
    """
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    p = products.c
    query = select(*[p[name] for name in SHOWN]).where(
        p.store_id == store_id, among(p.external_id, wanted)
    )
    ratings = reviews.ratings(connection, store_id, wanted) if rated else {}
    rows = connection.execute(query)
    return {row.external_id: _ware(row, ratings.get(row.external_id)) for row in rows}


def _ware(row: Row[tuple[object, ...]], rating: Rating | None) -> Ware:
    return Ware(
        id=row.external_id,
        title=row.title,
        url=row.url,
        image_url=row.image_url,
        category=row.product_type or None,
        is_published=row.status == "active" and row.is_published and row.deleted_at is None,
        variants=row.variants,
        rating=rating.average if rating else None,
        reviews_count=rating.count if rating else None,
    )


def product_page(
    connection: Connection, store_id: str, *, search: str = "", page: int = 1
) -> tuple[list[Ware], int]:
    """Give a page of what is on sale, by title, and how many are found (`COUNTED_TO` at most)."""
    p = products.c
    found = and_(
        p.store_id == store_id,
        p.status == "active",
        p.is_published,
        p.deleted_at.is_(None),
        *(func.lower(p.title).contains(word, autoescape=True) for word in search.lower().split()),
    )
    some = select(p.external_id).where(found).limit(COUNTED_TO + 1).subquery()
    total = connection.execute(select(func.count()).select_from(some)).scalar_one()
    rows = connection.execute(
        select(*[p[name] for name in SHOWN])
        .where(found)
        .order_by(func.lower(p.title), p.external_id)
        .limit(PAGE)
        .offset((min(page, FURTHEST_PAGE) - 1) * PAGE)
    )
    return [_ware(row, None) for row in rows], total


def titles(connection: Connection, store_id: str, *, limit: int) -> list[str]:
    """Give the titles of some of the products on sale."""
    p = products.c
    query = select(p.title).where(p.store_id == store_id, p.deleted_at.is_(None)).limit(limit)
    return list(connection.execute(query).scalars())
