"""Values that a store has: tags, categories, codes and the like, for whoever writes a condition.

They are suggestions: what stands in the rows of a store's newest customers and orders, looked at
as many as is quick however large the store is. A value that is not told is as good.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from marketing.condition_rules import FIELD
from storage import product_categories
from storage.schema import customers, orders, products, segments
from storage.segment_members import is_id

LOOKED_AT = 1000
"""Customers or orders whose values are gathered."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for a condition, and how people call it."""

    value: str
    label: str


def suggestions(
    connection: Connection, store_id: str, of: str, search: str
) -> Sequence[Suggestion]:
    """Give values of a kind (`marketing.vocabulary.SUGGESTED`) that hold the search's words.

    The most usual first, at most `MOST`; raises KeyError for a kind that is none.
    """
    return KINDS[of](connection, store_id, search.strip().lower())[:MOST]


def called(connection: Connection, store_id: str, of: str, value: str) -> Sequence[Suggestion]:
    """Give the one product or segment that a value stands for; none if the store has none."""
    if of == "products":
        column, name, mine = products.c.external_id, products.c.title, products.c.store_id
    elif of == "segments" and is_id(value):
        column, name, mine = segments.c.id, segments.c.name, segments.c.store_id
    else:
        return []
    found = connection.execute(select(name).where(mine == store_id, column == value)).scalar()
    return [] if found is None else [Suggestion(value, found)]


def _tags(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    rows = _newest(connection, store_id, customers.c.tags)
    return _usual((tag for tags in rows for tag in tags), search)


def _properties(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    rows = _newest(connection, store_id, customers.c.properties)
    return _usual((name for one in rows for name in one if FIELD.fullmatch(name)), search)


def _locales(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    rows = _newest(connection, store_id, customers.c.locale)
    return _usual((one for one in rows if one), search)


def _regions(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    rows = _newest(connection, store_id, customers.c.region)
    return _usual((one for one in rows if one), search)


def _cities(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    rows = _newest(connection, store_id, customers.c.city)
    return _usual((one for one in rows if one), search)


def _newest(connection: Connection, store_id: str, column: ColumnElement[Any]) -> Iterable[Any]:
    c = customers.c
    query = select(column).where(c.store_id == store_id, c.deleted_at.is_(None))
    query = query.order_by(c.created_at.desc()).limit(LOOKED_AT)
    return connection.execute(query).scalars()


def _codes(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    o = orders.c
    query = select(o.discount_codes).where(o.store_id == store_id)
    rows = connection.execute(query.order_by(o.placed_at.desc()).limit(LOOKED_AT)).scalars()
    return _usual((code for codes in rows for code in codes), search)


def _usual(values: Iterable[str], search: str) -> list[Suggestion]:
    found = Counter(value for value in values if search in value.lower())
    return [Suggestion(value, value) for value, _ in found.most_common(MOST)]


def _categories(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    p = products.c
    query = (
        select(p.product_type, func.count())
        .where(p.store_id == store_id, p.deleted_at.is_(None), p.product_type != "")
        .where(func.lower(p.product_type).contains(search, autoescape=True))
        .group_by(p.product_type)
        .order_by(func.count().desc(), p.product_type)
    )
    found = Counter(dict(product_categories.usual(connection, store_id, search, MOST)))
    for name, count in connection.execute(query.limit(MOST)):
        found[name] = max(count, found[name])
    return [Suggestion(one, one) for one, _ in found.most_common(MOST)]


def _products(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    p = products.c
    query = (
        select(p.external_id, p.title)
        .where(p.store_id == store_id, p.deleted_at.is_(None))
        .where(func.lower(p.title).contains(search, autoescape=True))
        .order_by(p.title, p.external_id)
    )
    return [Suggestion(*row) for row in connection.execute(query.limit(MOST))]


def _segments(connection: Connection, store_id: str, search: str) -> list[Suggestion]:
    s = segments.c
    query = (
        select(s.id, s.name)
        .where(s.store_id == store_id, func.lower(s.name).contains(search, autoescape=True))
        .order_by(s.name)
    )
    return [Suggestion(*row) for row in connection.execute(query.limit(MOST))]


KINDS: Mapping[str, Callable[[Connection, str, str], list[Suggestion]]] = {
    "tags": _tags,
    "products": _products,
    "categories": _categories,
    "codes": _codes,
    "properties": _properties,
    "segments": _segments,
    "locales": _locales,
    "regions": _regions,
    "cities": _cities,
}
