"""Orders that nobody said were delivered: when the clock takes them for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from storage.bulk import update_rows
from storage.due import DELIVERIES
from storage.schema import orders

NAMES = ("id", "external_id", "customer_id", "cart_id", "name", "store_total", "delivery_due_at")


def take(connection: Connection, store_id: str, now: datetime, limit: int) -> list[Row[Any]]:
    """Hold orders whose time is over, the longest over first; no cancelled one is among them."""
    o = orders.c
    query = (
        select(*[o[name] for name in NAMES])
        .where(o.store_id == store_id, DELIVERIES.waits, o.delivery_due_at <= now)
        .order_by(o.delivery_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(query))


def taken(connection: Connection, store_id: str, rows: Iterable[Row[Any]]) -> None:
    """Write that these are delivered."""
    told = [
        {
            "store_id": store_id, "id": row.id, "delivered_at": row.delivery_due_at,
            "delivery_due_at": None,
        }
        for row in rows
    ]  # fmt: skip
    update_rows(connection, orders, told)
