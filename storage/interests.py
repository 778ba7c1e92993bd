"""Who cares about which product: looked at it, put it in a cart, asked for it, bought it.

One row a customer and product with the last moment of each; a category that was looked at is
kept as a product of its own name. What is older than half a year is forgotten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, update

from storage.among import among
from storage.many import find_rows, upsert_rows
from storage.schema import interests, product_categories, products

KEY = ("store_id", "product_id", "customer_id")
DONE = ("viewed_at", "added_at", "asked_at", "bought_at")
COLUMNS = (*KEY, "variant_id", "category", *DONE, "seen_at")
KEEP_INTERESTS = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that a customer did about a product; `what` is a column of `DONE`."""

    store_id: str
    customer_id: str
    product_id: str
    what: str
    at: datetime
    variant_id: str | None = None
    category: str | None = None


def of_category_view(store_id: str, customer_id: str, category: str, at: datetime) -> Done:
    """Give what a look at a whole category comes to."""
    name = f"category:{category}"
    return Done(store_id, customer_id, name, "viewed_at", at, category=category)


def note(connection: Connection, told: Iterable[Done]) -> None:
    """Keep what was done: the last moment of each, whatever came twice or late."""
    told = list(told)
    keys = {(one.store_id, one.product_id, one.customer_id) for one in told}
    if not keys:
        return
    types = _categories(connection, {(one.store_id, one.product_id) for one in told})
    columns = [interests.c[name] for name in COLUMNS]
    found = find_rows(connection, interests, KEY, keys, columns, lock=True)
    rows = {tuple(row[:3]): dict(zip(COLUMNS, row, strict=True)) for row in found}
    for one in told:
        key = (one.store_id, one.product_id, one.customer_id)
        row = rows.setdefault(key, {**dict.fromkeys(COLUMNS), **dict(zip(KEY, key, strict=True))})
        _put(row, one, types.get((one.store_id, one.product_id)))
    upsert_rows(connection, interests, [rows[key] for key in sorted(rows)])


def _put(row: dict[str, Any], one: Done, category: str | None) -> None:
    is_newest = row["seen_at"] is None or one.at >= row["seen_at"]
    row["category"] = category or one.category or row["category"]
    row[one.what] = max(one.at, row[one.what] or one.at)
    row["seen_at"] = max(one.at, row["seen_at"] or one.at)
    if is_newest and one.what != "bought_at":
        row["variant_id"] = one.variant_id


def _categories(
    connection: Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    names = ("store_id", "external_id")
    columns = [products.c[name] for name in (*names, "product_type")]
    found = find_rows(connection, products, names, keys, columns)
    return {(row.store_id, row.external_id): row.product_type for row in found if row.product_type}


def of_product(
    connection: Connection, store_id: str, product_id: str, after: str | None, limit: int
) -> list[Row[Any]]:
    """Give the next who care about a product, by customer id."""
    i = interests.c
    query = select(interests).where(i.store_id == store_id, i.product_id == product_id)
    if after:
        query = query.where(i.customer_id > after)
    return list(connection.execute(query.order_by(i.customer_id).limit(limit)))


def of_categories(
    connection: Connection, store_id: str, names: Iterable[str], after: str | None, limit: int
) -> list[str]:
    """Give the next customers who did anything about these, in the order of their ids.

    By the type of a product, or where it has none by the categories that it stands in.
    """
    i, c, wanted = interests.c, product_categories.c, set(names)
    standing = select(c.product_id).where(c.store_id == store_id, among(c.name, wanted))
    untyped = and_(i.category.is_(None), i.product_id.in_(standing))
    query = select(i.customer_id).where(i.store_id == store_id)
    query = query.where(or_(among(i.category, wanted), untyped))
    if after:
        query = query.where(i.customer_id > after)
    query = query.distinct().order_by(i.customer_id).limit(limit)
    return list(connection.execute(query).scalars())


def of_customers(
    connection: Connection, store_id: str, customer_ids: Sequence[str], since: datetime
) -> dict[str, list[Row[Any]]]:
    """Give what these customers did about products since then."""
    i = interests.c
    mine = (i.store_id == store_id, among(i.customer_id, customer_ids), i.seen_at >= since)
    found: dict[str, list[Row[Any]]] = {one: [] for one in customer_ids}
    for row in connection.execute(select(interests).where(*mine)):
        found[row.customer_id].append(row)
    return found


def answered(
    connection: Connection, store_id: str, product_id: str, customer_ids: Iterable[str]
) -> None:
    """Whoever had asked for a product has been told."""
    i = interests.c
    mine = (i.store_id == store_id, i.product_id == product_id, i.asked_at.is_not(None))
    query = update(interests).where(*mine, among(i.customer_id, customer_ids))
    connection.execute(query.values(asked_at=None))


def hand_over(connection: Connection, store_id: str, old: str, new: str) -> None:
    """Two customers turned out to be one."""
    i = interests.c
    query = select(interests).where(i.store_id == store_id, i.customer_id == old)
    note(
        connection,
        [
            Done(store_id, new, row.product_id, what, at, row.variant_id, row.category)
            for row in connection.execute(query).all()
            for what in DONE
            if (at := getattr(row, what))
        ],
    )
    forget(connection, store_id, [old])


def export(connection: Connection, store_id: str, customer_id: str) -> list[dict[str, Any]]:
    """Give what a customer cared about, ready for JSON."""
    i, names = interests.c, COLUMNS[1:]
    mine = (i.store_id == store_id, i.customer_id == customer_id)
    query = select(*[i[name] for name in names]).where(*mine)
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query)]


def forget(connection: Connection, store_id: str, customer_ids: Sequence[str]) -> int:
    """Forget what these customers cared about; give how many rows that were."""
    i = interests.c
    gone = delete(interests).where(i.store_id == store_id, i.customer_id.in_(list(customer_ids)))
    return connection.execute(gone).rowcount


def prune(connection: Connection, now: datetime) -> None:
    """Forget what is old."""
    connection.execute(delete(interests).where(interests.c.seen_at < now - KEEP_INTERESTS))
