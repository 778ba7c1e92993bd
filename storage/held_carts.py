"""Carts that visitors hold: whose they are, opened by the pixel, taken over by a checkout."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, select, update

from storage.among import among
from storage.bulk import update_rows
from storage.many import find_rows, upsert_rows
from storage.mirror_carts import TOO_LATE
from storage.schema import carts, enrollments, messages, new_id
from storage.stores import Store

PIXEL = "pixel"
COLUMNS = (
    "store_id", "id", "external_id", "cart_token", "customer_id", "currency", "store_currency",
    "items", "subtotal", "total", "store_total", "created_at", "updated_at", "arrived_at",
    "idle_at", "opened_by", "completed_at", "deleted_at", "order_id", "recovery_url", "counts",
)  # fmt: skip
SELECTED = [carts.c[name] for name in COLUMNS]
NOT_OVER = (
    carts.c.completed_at.is_(None),
    carts.c.closed_at.is_(None),
    carts.c.deleted_at.is_(None),
    carts.c.order_id.is_(None),
)


def claim(
    connection: Connection, store: Store, whose: Mapping[str, str], now: datetime
) -> set[str]:
    """Give carts (id -> customer id) that are nobody's to whoever holds them; gives those given.

    They are looked at like any other from then on, unless they are old already.
    """
    c = carts.c
    mine = (c.store_id == store.id, among(c.id, whose), c.customer_id.is_(None))
    query = select(c.id, c["items"], c.counts, c.updated_at).where(*mine, *NOT_OVER)
    rows = connection.execute(query.with_for_update()).all()
    told = [
        {
            "store_id": store.id, "id": row.id, "customer_id": whose[row.id],
            "idle_at": _idle_at(store, row, now),
        }
        for row in rows
    ]  # fmt: skip
    update_rows(connection, carts, told)
    return {row.id for row in rows}


def _idle_at(store: Store, row: Any, now: datetime) -> datetime | None:
    """When to look at a cart whose owner is known; never if it would be too late by then."""
    is_live = store.cart_idle_seconds is not None and row.items and row.counts
    if not is_live or now - row.updated_at > TOO_LATE:
        return None
    at: datetime = row.updated_at + timedelta(seconds=store.cart_idle_seconds or 0)
    return at


def of_tokens(connection: Connection, store_id: str, tokens: Iterable[str]) -> list[dict[str, Any]]:
    """Hold the carts and checkouts of these cart tokens, as rows that `save` takes."""
    pairs = [(store_id, token) for token in tokens]
    found = [
        row
        for name in ("external_id", "cart_token")
        for row in find_rows(connection, carts, ("store_id", name), pairs, SELECTED, lock=True)
    ]
    rows = {row.id: dict(zip(COLUMNS, row, strict=True)) for row in found}
    return [row for row in rows.values() if row["deleted_at"] is None]


def open_cart(store: Store, token: str, customer_id: str, at: datetime) -> dict[str, Any]:
    """Give the row of an empty cart that a known visitor's browser began."""
    blank = dict.fromkeys(COLUMNS)
    return {
        **blank, "store_id": store.id, "id": new_id(), "external_id": token, "cart_token": token,
        "customer_id": customer_id, "currency": store.currency, "store_currency": store.currency,
        "items": [], "subtotal": 0, "total": 0, "store_total": 0, "created_at": at,
        "updated_at": at, "arrived_at": at, "opened_by": PIXEL, "counts": True,
    }  # fmt: skip


def fill(
    row: dict[str, Any],
    store: Store,
    items: Sequence[Mapping[str, Any]],
    at: datetime,
    now: datetime,
) -> None:
    """Put what is in a cart of the pixel's: sums are the mirror's prices."""
    total = sum(item["line_price"] for item in items)
    row.update(items=list(items), subtotal=total, total=total, store_total=total)
    row.update(updated_at=max(at, row["updated_at"]), arrived_at=now)
    row["idle_at"] = _idle_at(store, _Said(row), now)


class _Said:
    """A row's values by name, as a row of the database has them."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.items, self.counts, self.updated_at = row["items"], row["counts"], row["updated_at"]


def save(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write carts of the pixel's."""
    upsert_rows(connection, carts, rows)


# --- a checkout takes its cart over ------------------------------------------------------------


def take_over(connection: Connection, store_id: str, cart_ids: Iterable[str]) -> set[str]:
    """Let checkouts take over the carts they came from: one cart, and one sequence about it.

    What follows the cart follows the checkout from now on, and the cart is nobody's again, so
    that it is neither told of nor counted twice. Gives the ids of the carts.
    """
    pairs = _pairs(connection, store_id, set(cart_ids))
    for row in pairs:
        _move(connection, store_id, row)
    over = {row.cart_id for row in pairs}
    nobodys = dict.fromkeys(("customer_id", "idle_at", "abandoned_at"))
    rows = [{"store_id": store_id, "id": one, **nobodys} for one in sorted(over)]
    update_rows(connection, carts, rows)
    return over


def _pairs(connection: Connection, store_id: str, cart_ids: set[str]) -> Iterable[Row[Any]]:
    """Give each cart that is somebody's with the newest checkout that came of it."""
    told, checkout = carts.alias("told"), carts.alias("checkout")
    tokens = select(told.c.cart_token).where(
        told.c.store_id == store_id, among(told.c.id, cart_ids), told.c.cart_token.is_not(None)
    )
    query = (
        select(
            carts.c.id.label("cart_id"),
            checkout.c.id.label("checkout_id"),
            checkout.c.external_id,
            checkout.c.customer_id,
            func.coalesce(
                checkout.c.abandoned_at, carts.c.abandoned_at, type_=carts.c.abandoned_at.type
            ).label("abandoned_at"),
        )
        .join(
            checkout,
            and_(
                checkout.c.store_id == carts.c.store_id,
                checkout.c.cart_token == carts.c.external_id,
                checkout.c.id != carts.c.id,
            ),
        )
        .where(
            carts.c.store_id == store_id,
            carts.c.external_id.in_(tokens),
            carts.c.customer_id.is_not(None),
            checkout.c.deleted_at.is_(None),
            # A checkout that nobody named themselves in is nobody's to be written to about.
            checkout.c.customer_id.is_not(None),
        )
        .order_by(checkout.c.updated_at)
    )
    newest: dict[str, Any] = {row.cart_id: row for row in connection.execute(query)}
    return list(newest.values())


def _move(connection: Connection, store_id: str, pair: Row[Any]) -> None:
    e, m, other = enrollments.c, messages.c, enrollments.alias("other")
    key = f"cart:{pair.external_id}"
    left = {"store_id": store_id, "id": pair.checkout_id, "abandoned_at": pair.abandoned_at}
    update_rows(connection, carts, [left])
    twice = exists().where(
        other.c.store_id == store_id, other.c.flow_id == e.flow_id,
        other.c.customer_id == e.customer_id, other.c.trigger_key == key,
    )  # fmt: skip
    mine = (e.store_id == store_id, e.cart_id == pair.cart_id, e.customer_id == pair.customer_id)
    moved = connection.execute(
        update(enrollments)
        .where(*mine, ~twice)
        .values(cart_id=pair.checkout_id, trigger_key=key)
        .returning(e.id)
    ).scalars()
    connection.execute(
        update(messages)
        .where(m.store_id == store_id, among(m.enrollment_id, list(moved)))
        .values(cart_id=pair.checkout_id)
    )
