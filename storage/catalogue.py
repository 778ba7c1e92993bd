"""The catalogue as messages need it: products by the platform's ids, a batch in one question."""

from collections.abc import Iterable

from sqlalchemy import Connection, Row, select

from marketing.wares import Ware
from storage import reviews
from storage.among import among
from storage.reviews import Rating
from storage.schema import products

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
