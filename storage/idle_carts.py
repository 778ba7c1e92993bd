"""Carts that may have been abandoned: when to look at them, and what is asked about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select, update

from storage.among import among
from storage.bulk import update_rows
from storage.due import CARTS
from storage.exchange import rates, worth
from storage.schema import carts, customers, enrollments, orders

IS_OPEN = and_(
    carts.c.customer_id.is_not(None),
    carts.c.completed_at.is_(None),
    carts.c.closed_at.is_(None),
    carts.c.deleted_at.is_(None),
)
CART_COLUMNS = (
    "id", "external_id", "customer_id", "items", "counts", "subtotal", "store_total",
    "updated_at", "arrived_at", "idle_at", "abandoned_at", "completed_at", "closed_at",
    "deleted_at",
)  # fmt: skip


def look_again(
    connection: Connection, store_id: str, idle_seconds: int | None, *, since: datetime
) -> None:
    """Set when to look at the open carts that were active since then; None: not at any."""
    c = carts.c
    if idle_seconds is None:
        mine = and_(c.store_id == store_id, CARTS.waits)
        connection.execute(update(carts).where(mine).values(idle_at=None))
        return
    query = select(c.id, c.updated_at).where(c.store_id == store_id, IS_OPEN, c.updated_at >= since)
    idle = timedelta(seconds=idle_seconds)
    rows = [
        {"store_id": store_id, "id": row.id, "idle_at": row.updated_at + idle}
        for row in connection.execute(query)
    ]
    update_rows(connection, carts, rows)


def take(connection: Connection, store_id: str, now: datetime, limit: int) -> list[Row[Any]]:
    """Hold idle carts against other workers, the longest idle first, with their customers.

    Each row: the cart's own columns, and `is_staff`, `gone_at`, `address` of its customer.
    """
    _value(connection, store_id, now)
    query = (
        _with_customers()
        .where(carts.c.store_id == store_id, CARTS.waits, carts.c.idle_at <= now)
        .order_by(carts.c.idle_at)
        .limit(limit)
        .with_for_update(of=carts, skip_locked=True)
    )
    return list(connection.execute(query))


def page(
    connection: Connection,
    store_id: str,
    active: tuple[datetime, datetime],
    *,
    after: str | None,
    limit: int,
) -> list[Row[Any]]:
    """Give carts last active between two moments as `take` does, by id, behind one of them."""
    c = carts.c
    query = _with_customers().where(c.store_id == store_id, c.updated_at.between(*active))
    if after is not None:
        query = query.where(c.id > after)
    return list(connection.execute(query.order_by(c.id).limit(limit)))


def count(connection: Connection, store_id: str, active: tuple[datetime, datetime]) -> int:
    """Count the carts that were last active between two moments."""
    c = carts.c
    query = select(func.count()).where(c.store_id == store_id, c.updated_at.between(*active))
    return connection.execute(query).scalar_one()


def _with_customers() -> Select[*tuple[Any, ...]]:
    c, p = carts.c, customers.c
    gone_at = func.coalesce(p.erased_at, p.deleted_at, type_=p.erased_at.type)
    return select(
        *[c[name] for name in CART_COLUMNS],
        p.is_staff,
        gone_at.label("gone_at"),
        func.coalesce(p.email, p.phone).label("address"),
    ).outerjoin(customers, and_(p.store_id == c.store_id, p.id == c.customer_id))


def _value(connection: Connection, store_id: str, now: datetime) -> None:
    """Value what came in another currency before its rate was known: an import was under way."""
    c = carts.c
    query = select(c.id, c.currency, c.total).where(
        c.store_id == store_id,
        CARTS.waits,
        c.idle_at <= now,
        c.store_total == 0,
        c.total > 0,
        c.currency != c.store_currency,
    )
    rows = list(connection.execute(query))
    known = rates(connection, [(store_id, row.currency) for row in rows])
    update_rows(
        connection,
        carts,
        [
            {
                "store_id": store_id,
                "id": row.id,
                "store_total": worth(row.total, (store_id, row.currency), known),
            }
            for row in rows
        ],
    )


def states(connection: Connection, store_id: str, cart_ids: Iterable[str | None]) -> list[Row[Any]]:
    """Give of these carts what an exit asks about."""
    c, names = carts.c, ("id", "items", "updated_at", "completed_at", "deleted_at")
    wanted = sorted({one for one in cart_ids if one})
    if not wanted:
        return []
    query = select(*[c[name] for name in names]).where(c.store_id == store_id, among(c.id, wanted))
    return list(connection.execute(query))


def looked_at(
    connection: Connection,
    store_id: str,
    seen: Sequence[tuple[str, datetime | None, datetime | None]],
) -> None:
    """Write of carts (id, abandoned at, when to look next) that they were looked at."""
    rows = [
        {"store_id": store_id, "id": one, "abandoned_at": abandoned_at, "idle_at": idle_at}
        for one, abandoned_at, idle_at in seen
    ]
    update_rows(connection, carts, rows)


def last_orders(
    connection: Connection, store_id: str, customer_ids: Sequence[str]
) -> dict[str, datetime]:
    """Give when each customer last ordered, by any person who shares their phone number too."""
    o = orders.c
    newest = func.max(o.placed_at, type_=o.placed_at.type)
    query = (
        select(o.customer_id, newest)
        .where(o.store_id == store_id, among(o.customer_id, customer_ids))
        .group_by(o.customer_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def live_activity(
    connection: Connection, store_id: str, customer_ids: Sequence[str]
) -> dict[str, datetime]:
    """Give the last cart activity behind the cart sequence that each customer is in."""
    e = enrollments.c
    newest = func.max(carts.c.updated_at, type_=carts.c.updated_at.type)
    query = (
        select(e.customer_id, newest)
        .join(carts, and_(carts.c.store_id == e.store_id, carts.c.id == e.cart_id))
        .where(e.store_id == store_id, among(e.customer_id, customer_ids), e.state == "active")
        .group_by(e.customer_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
