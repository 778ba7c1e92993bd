"""What a customer did last: for a preview of what they would be written."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from marketing.events import EventName
from marketing.model import JsonObject
from storage.schema import carts, customers, events, orders


@dataclass(frozen=True, slots=True)
class Newest:
    """One customer, with the newest cart, order, and look at a product."""

    customer_id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    orders_count: int
    locale: str | None
    cart_id: str | None
    order_id: str | None
    viewed: JsonObject | None
    """{product_id, variant_id?}, as `product.viewed` tells it."""


def newest_of(connection: Connection, store_id: str, customer_id: str) -> Newest | None:
    """Give what a customer of the store did last; None: the store has no such customer."""
    c = customers.c
    told = (c.id, c.email, c.first_name, c.last_name, c.orders_count, c.locale)
    mine = (c.store_id == store_id, c.id == customer_id)
    alive = (c.deleted_at.is_(None), c.erased_at.is_(None))
    who = connection.execute(select(*told).where(*mine, *alive)).one_or_none()
    if who is None:
        return None
    return Newest(
        *who,
        cart_id=_last(connection, store_id, customer_id, carts, "updated_at"),
        order_id=_last(connection, store_id, customer_id, orders, "placed_at"),
        viewed=_viewed(connection, store_id, customer_id),
    )


def _last(
    connection: Connection, store_id: str, customer_id: str, table: Any, moment: str
) -> str | None:
    c = table.c
    query = select(c.id).where(c.store_id == store_id, c.customer_id == customer_id)
    if "deleted_at" in c:
        query = query.where(c.deleted_at.is_(None))
    found: str | None = connection.execute(query.order_by(c[moment].desc()).limit(1)).scalar()
    return found


def _viewed(connection: Connection, store_id: str, customer_id: str) -> JsonObject | None:
    e = events.c
    viewed = e.name == EventName.PRODUCT_VIEWED.value
    query = select(e.data).where(e.store_id == store_id, e.customer_id == customer_id, viewed)
    found: JsonObject | None = connection.execute(
        query.order_by(e.occurred_at.desc()).limit(1)
    ).scalar()
    return found
