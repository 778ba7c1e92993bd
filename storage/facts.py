"""The facts that conditions and filters ask about: nested plain values, loaded in bulk.

`customer`, `cart` and `order` are the rows of the mirror by their column names; a cart has
`item_count` besides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from storage.among import among
from storage.schema import carts, customers, orders


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what one question is about."""

    customer_id: str | None
    cart_id: str | None = None
    order_id: str | None = None


def values_of(
    connection: Connection, store_id: str, asked: Iterable[About]
) -> dict[About, dict[str, Any]]:
    """Give the facts about each."""
    wanted = list(asked)
    people = _rows_of(connection, customers, store_id, (one.customer_id for one in wanted))
    things = _rows_of(connection, carts, store_id, (one.cart_id for one in wanted))
    bought = _rows_of(connection, orders, store_id, (one.order_id for one in wanted))
    return {
        one: {
            "customer": people.get(one.customer_id),
            "cart": _cart(things.get(one.cart_id)),
            "order": bought.get(one.order_id),
        }
        for one in wanted
    }


def carts_of(
    connection: Connection, store_id: str, ids: Iterable[str | None]
) -> Mapping[str | None, dict[str, Any]]:
    """Give carts by id, as plain objects."""
    return _rows_of(connection, carts, store_id, ids)


def _rows_of(
    connection: Connection, table: Table, store_id: str, ids: Iterable[str | None]
) -> Mapping[str | None, dict[str, Any]]:
    wanted = sorted({one for one in ids if one})
    if not wanted:
        return {}
    query = select(table).where(table.c.store_id == store_id, among(table.c.id, wanted))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _cart(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {**row, "item_count": sum(item["quantity"] for item in row["items"])}
