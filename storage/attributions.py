"""Which message each order is credited to: one at most, and once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from marketing.attribution import Attribution
from storage.among import among
from storage.bulk import insert_rows, update_rows
from storage.schema import attributions, carts, messages, orders

ORDER_COLUMNS = ("id", "customer_id", "cart_id", "placed_at", "counts", "discount_codes", "landing")


@dataclass(frozen=True, slots=True)
class Credited:
    """An order and the touch that earned it."""

    order_id: str
    cart_id: str | None
    customer_id: str
    placed_at: datetime
    by: Attribution


def orders_of(connection: Connection, store_id: str, order_ids: Iterable[str]) -> list[Row[Any]]:
    """Give what crediting asks about these orders."""
    query = select(*[orders.c[name] for name in ORDER_COLUMNS]).where(
        orders.c.store_id == store_id, among(orders.c.id, order_ids)
    )
    return list(connection.execute(query))


def sent_messages(
    connection: Connection, store_id: str, message_ids: Iterable[str]
) -> dict[str, tuple[str, datetime]]:
    """Give of those of these messages that went out to whom and when, by their ids."""
    m = messages.c
    query = select(m.id, m.customer_id, m.sent_at).where(
        m.store_id == store_id, among(m.id, message_ids), m.sent_at.is_not(None)
    )
    return {row.id: (row.customer_id, row.sent_at) for row in connection.execute(query)}


def uncredited(
    connection: Connection, store_id: str, customer_ids: Iterable[str], since: datetime
) -> list[str]:
    """Give the ids of orders that these customers placed since then and no message earned yet."""
    a, o = attributions.c, orders.c
    query = (
        select(o.id)
        .outerjoin(attributions, and_(a.store_id == o.store_id, a.order_id == o.id))
        .where(
            o.store_id == store_id,
            among(o.customer_id, customer_ids),
            o.placed_at >= since,
            ~o.imported,
            a.order_id.is_(None),
        )
    )
    return list(connection.execute(query).scalars())


def add(connection: Connection, store_id: str, credited: Sequence[Credited], now: datetime) -> int:
    """Keep credits, and mark the abandoned carts that they won back; give how many were new."""
    steps = _steps(connection, store_id, {one.by.message_id for one in credited})
    rows = [
        {
            "store_id": store_id,
            "order_id": one.order_id,
            "message_id": one.by.message_id,
            "flow_id": steps[one.by.message_id].flow_id,
            "step_id": steps[one.by.message_id].step_id,
            "customer_id": one.customer_id,
            "kind": one.by.kind.value,
            "touched_at": one.by.touched_at,
            "credited_at": now,
        }
        for one in credited
    ]
    won = [
        {"store_id": store_id, "id": one.cart_id, "recovered_at": one.placed_at}
        for one in credited
        if one.cart_id
    ]
    lost = [carts.c.abandoned_at.is_not(None), carts.c.recovered_at.is_(None)]
    update_rows(connection, carts, won, only=lost)
    return insert_rows(connection, attributions, rows, new_only=True)


def _steps(
    connection: Connection, store_id: str, message_ids: Iterable[str]
) -> dict[str, Row[Any]]:
    query = select(messages.c.id, messages.c.flow_id, messages.c.step_id).where(
        messages.c.store_id == store_id, among(messages.c.id, message_ids)
    )
    rows: list[Row[Any]] = list(connection.execute(query))
    return {row.id: row for row in rows}
