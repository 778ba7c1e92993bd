"""What the guards of discount codes ask: carts, earlier codes, what a month's codes come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, literal_column, or_, select

from marketing.coupons import CartFacts, Granted
from storage.among import among
from storage.codes import CANCELLED, FAILED, REFUSED, ClaimedCode
from storage.dialect import lock_claims
from storage.schema import carts, codes, customers, enrollments, orders, products


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a code is for, and on which version of a flow."""

    version_id: str
    customer_external_id: str | None
    cart: CartFacts | None
    largest_order: int


def hold(connection: Connection, store_id: str) -> None:
    """Let one transaction at a time grant codes of a store: they are counted."""
    lock_claims(connection, f"codes:{store_id}")


def asked_of(
    connection: Connection, store_id: str, claimed: Sequence[ClaimedCode]
) -> dict[str, Asked]:
    """Give what is known around these codes, by code id."""
    c, e, p = carts.c, enrollments.c, customers.c
    of_store = e.store_id == store_id
    rows = connection.execute(
        select(e.id, e.version_id, p.external_id, c.id.label("cart_id"), c.store_total,
               c["items"].label("basket"), c.discount_codes)
        .join(customers, and_(p.store_id == e.store_id, p.id == e.customer_id))
        .outerjoin(carts, and_(c.store_id == e.store_id, c.id == e.cart_id))
        .where(of_store, among(e.id, (one.enrollment_id for one in claimed)))
    ).all()  # fmt: skip
    known = {row.id: row for row in rows}
    reduced = _reduced(connection, store_id, (row.basket for row in rows if row.cart_id))
    largest = _largest_orders(connection, store_id, (one.customer_id for one in claimed))
    return {
        one.id: Asked(
            row.version_id,
            row.external_id,
            _cart(row, reduced) if row.cart_id else None,
            largest.get(one.customer_id, 0),
        )
        for one in claimed
        if (row := known.get(one.enrollment_id))
    }


def carts_of(
    connection: Connection, store_id: str, cart_ids: Iterable[str]
) -> dict[str, CartFacts]:
    """Give what the guards ask about carts, by cart id."""
    c, wanted = carts.c, set(cart_ids)
    if not wanted:
        return {}
    query = select(c.id, c.store_total, c["items"].label("basket"), c.discount_codes)
    rows = connection.execute(query.where(c.store_id == store_id, among(c.id, wanted))).all()
    reduced = _reduced(connection, store_id, (row.basket for row in rows))
    return {row.id: _cart(row, reduced) for row in rows}


def _cart(row: Any, reduced: set[tuple[str, str | None]]) -> CartFacts:
    on_sale = any((one.get("product_id"), one.get("variant_id")) in reduced for one in row.basket)
    return CartFacts(row.store_total, tuple(row.discount_codes or ()), on_sale)


def _reduced(
    connection: Connection, store_id: str, baskets: Iterable[Sequence[Mapping[str, Any]]]
) -> set[tuple[str, str | None]]:
    """Give the (product, variant) ids among these items that cost less than they used to."""
    ids = {item["product_id"] for items in baskets for item in items if item.get("product_id")}
    if not ids:
        return set()
    p = products.c
    query = select(p.external_id, p.variants).where(
        p.store_id == store_id, among(p.external_id, ids)
    )
    return {
        (row.external_id, variant.get("external_id") or variant.get("id"))
        for row in connection.execute(query)
        for variant in row.variants
        if (variant.get("compare_at_price") or 0) > (variant.get("price") or 0)
    }


def _largest_orders(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> dict[str, int]:
    o = orders.c
    query = (
        select(o.customer_id, func.max(o.store_total))
        .where(o.store_id == store_id, among(o.customer_id, customer_ids), o.counts)
        .group_by(o.customer_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def earlier_codes(
    connection: Connection, store_id: str, customer_ids: Iterable[str], since: datetime
) -> dict[str, list[tuple[str, datetime]]]:
    """Give the codes granted to these people since then: (enrollment id, when), by customer."""
    c = codes.c
    query = select(c.customer_id, c.enrollment_id, c.granted_at).where(
        c.store_id == store_id,
        among(c.customer_id, customer_ids),
        c.granted_at.is_not(None),
        c.granted_at >= since,
        c.state.not_in([FAILED, CANCELLED, REFUSED]),
    )
    found: dict[str, list[tuple[str, datetime]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.customer_id, []).append((row.enrollment_id, row.granted_at))
    return found


def granted_since(connection: Connection, store_id: str, since: datetime, now: datetime) -> Granted:
    """Sum up a month's codes; what ran out unused, failed or was called off costs nothing."""
    c = codes.c
    counts = and_(
        c.state.not_in([FAILED, CANCELLED, REFUSED]),
        or_(c.ends_at > now, c.redeemed_order_id.is_not(None)),
    )
    row = connection.execute(
        select(func.count(), func.coalesce(func.sum(c.cost), literal_column("0"))).where(
            c.store_id == store_id, c.granted_at.is_not(None), c.granted_at >= since, counts
        )
    ).one()
    return Granted(row[0], int(row[1]))
