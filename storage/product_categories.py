"""Which products stand in which category, besides the type that each has on its own row.

Shopify's collections and all of a WooCommerce product's categories; found by id and by name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    and_,
    delete,
    func,
    select,
    union_all,
    update,
)

from marketing.categories import Category
from storage.among import among
from storage.bulk import insert_rows
from storage.schema import product_categories, products

WIDE = 2
"""A category of more than every second product says nothing about who looks at it."""


def of_product(
    connection: Connection, store_id: str, product_id: str, told: Iterable[Category]
) -> bool:
    """Write in which categories a product stands, which are all; True if that is another word."""
    c, now = product_categories.c, {one.external_id: one for one in told}
    mine = (c.store_id == store_id, c.product_id == product_id)
    query = select(c.external_id, c.name).where(*mine)
    before = {row.external_id: Category(*row) for row in connection.execute(query)}
    if before == now:
        return False
    connection.execute(delete(product_categories).where(*mine))
    rows = [_row(store_id, product_id, one) for one in now.values()]
    insert_rows(connection, product_categories, rows)
    return True


def fill(
    connection: Connection, store_id: str, category: Category, product_ids: Iterable[str]
) -> bool:
    """Write which products stand in a category, which are all; True if that is another word."""
    c, now = product_categories.c, dict.fromkeys(product_ids, category.name)
    mine = (c.store_id == store_id, c.external_id == category.external_id)
    query = select(c.product_id, c.name).where(*mine)
    if {row.product_id: row.name for row in connection.execute(query)} == now:
        return False
    connection.execute(delete(product_categories).where(*mine))
    rows = [_row(store_id, one, category) for one in sorted(now)]
    for start in range(0, len(rows), 1000):
        insert_rows(connection, product_categories, rows[start : start + 1000])
    return True


def _row(store_id: str, product_id: str, category: Category) -> dict[str, Any]:
    return {
        "store_id": store_id, "product_id": product_id, "external_id": category.external_id,
        "name": category.name,
    }  # fmt: skip


def rename(connection: Connection, store_id: str, category: Category) -> None:
    """A category is called otherwise now."""
    c = product_categories.c
    mine = (c.store_id == store_id, c.external_id == category.external_id, c.name != category.name)
    connection.execute(update(product_categories).where(*mine).values(name=category.name))


def names(
    connection: Connection, store_id: str, product_ids: Collection[str]
) -> Mapping[str, list[str]]:
    """Give the names of the categories of these products, in the order of the alphabet."""
    c, found = product_categories.c, defaultdict[str, list[str]](list)
    mine = (c.store_id == store_id, among(c.product_id, product_ids))
    query = select(c.product_id, c.name).where(*mine).order_by(c.product_id, c.name)
    for product_id, name in connection.execute(query) if product_ids else ():
        found[product_id].append(name)
    return found


def called(
    connection: Connection, store_id: str, external_ids: Collection[str]
) -> Mapping[str, str]:
    """Give the names of these categories, by the platform's id; only of those with products."""
    c = product_categories.c
    mine = (c.store_id == store_id, among(c.external_id, external_ids))
    query = select(c.external_id, c.name).where(*mine).distinct()
    return {row[0]: row[1] for row in connection.execute(query)} if external_ids else {}


def narrow(connection: Connection, store_id: str, told: Iterable[str]) -> set[str]:
    """Leave out what holds more than every second product: "All", "Home page"."""
    c, p, wanted = product_categories.c, products.c, set(told)
    if not wanted:
        return set()
    there = (p.store_id == store_id, p.deleted_at.is_(None))
    everything = connection.execute(select(func.count()).select_from(products).where(*there))
    most = everything.scalar_one() // WIDE
    query = select(c.name, func.count()).where(c.store_id == store_id, among(c.name, wanted))
    sizes = {row[0]: row[1] for row in connection.execute(query.group_by(c.name))}
    return {one for one in wanted if sizes.get(one, 0) <= most}


def products_of(store_id: ColumnElement[str], name: str) -> CompoundSelect[Any]:
    """Select the products of a category: by their type, or by where they stand."""
    p, c = products.c, product_categories.c
    typed = select(p.external_id).where(p.store_id == store_id, p.product_type == name)
    standing = select(c.product_id).where(c.store_id == store_id, c.name == name)
    return union_all(typed, standing)


def usual(
    connection: Connection, store_id: str, search: str, limit: int
) -> Sequence[tuple[str, int]]:
    """Give names that hold the search's words with how many products stand there."""
    c, p = product_categories.c, products.c
    kept = (p.store_id == c.store_id, p.external_id == c.product_id, p.deleted_at.is_(None))
    query = (
        select(c.name, func.count())
        .join(products, and_(*kept))
        .where(c.store_id == store_id)
        .where(func.lower(c.name).contains(search, autoescape=True))
        .group_by(c.name)
        .order_by(func.count().desc(), c.name)
    )
    return [(row[0], row[1]) for row in connection.execute(query.limit(limit))]
