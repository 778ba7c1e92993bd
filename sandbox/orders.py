"""Orders of a sample shop: placed, refunded, fulfilled, cancelled."""

import secrets
from decimal import Decimal
from typing import Any

from sandbox import order_payloads, people
from sandbox.state import Record
from sandbox.world import World

FREE_SHIPPING_FROM = Decimal(75)
_SHIPPING = Decimal("6.95")


def from_checkout(checkout: Record, amounts: dict[str, str], *, ships_free: bool = False) -> Record:
    """What an order takes over from its checkout; `amounts` are its totals in dollars."""
    return {
        "customer_id": checkout["customer_id"],
        "email": checkout["email"],
        "cart_token": checkout["cart_token"],
        "checkout_token": checkout["token"],
        "lines": checkout["lines"],
        "code": checkout["code"],
        "currency": checkout["currency"],
        "locale": checkout["locale"],
        "address": checkout["address"],
        "accepts_marketing": checkout["accepts_marketing"],
        "landing_site": checkout.get("landing_site"),
        "totals": with_shipping(amounts, is_free=ships_free),
    }


def with_shipping(amounts: dict[str, str], *, is_free: bool = False) -> dict[str, str]:
    subtotal = Decimal(amounts["subtotal"])
    shipping = Decimal(0) if is_free or subtotal >= FREE_SHIPPING_FROM else _SHIPPING
    return {**amounts, "shipping": f"{shipping:.2f}", "total": f"{subtotal + shipping:.2f}"}


def new_order(world: World, shop: str, bought: Record) -> Record:
    """An order's record, not yet announced; `bought` as `from_checkout` gives it."""
    now = bought.get("created_at") or world.now()
    id_ = world.state.next_number("order", 5_920_114_700_000) * 10
    lines = [{**line, "id": id_ * 3 + i} for i, line in enumerate(bought["lines"])]
    order = {
        "id": id_,
        "number": world.state.next_number(f"order:{shop}", 1000),
        "token": secrets.token_hex(16),
        "financial_status": "paid",
        "fulfillment_status": None,
        "cancelled_at": None,
        "refunds": [],
        "fulfillments": [],
        "tags": [],
        "test": False,
        "source_name": "web",
        "created_at": now,
        "updated_at": now,
        **bought,
        "lines": lines,
    }
    return world.state.put(shop, "order", order, handle=f"#{order['number']}")


def place(world: World, shop: str, bought: Record, event: str) -> Record:
    """Make an order and announce it as Shopify does: created, paid, customer changed."""
    order = new_order(world, shop, bought)
    announce(world, shop, order, ("orders/create", "orders/paid"), event)
    person = world.state.get(shop, "customer", order["customer_id"])
    if person:
        people.change(world, shop, person, event)
    return order


def announce(world: World, shop: str, order: Record, topics: tuple[str, ...], event: str) -> None:
    person = world.state.get(shop, "customer", order["customer_id"])
    body = order_payloads.order(order, person, shop_url(world, shop))
    for topic in topics:
        world.emit(shop, topic, body, event)


def shop_url(world: World, shop: str) -> str:
    return f"{world.front_url}/{(world.shop(shop) or {})['number']}"


def refund(
    world: World, shop: str, order: Record, amount: Decimal | None = None, at: str = ""
) -> Record:
    """Give back the whole order, or `amount` dollars of it; refunds/create and orders/updated."""
    left = refundable(order)
    amount = left if amount is None else min(amount, left)
    if amount <= 0:
        return order
    entry = {
        "id": world.state.next_number("refund", 940_118_200_000) * 10,
        "amount": f"{amount:.2f}",
        "note": "Returned",
        "created_at": at or world.now(),
        "lines": order["lines"] if amount == left else order["lines"][:1],
    }
    status = "refunded" if amount == left else "partially_refunded"
    fields = {"refunds": [*order["refunds"], entry], "financial_status": status}
    order = _changed(world, shop, order, {**fields, "updated_at": entry["created_at"]})
    event = people.new_event()
    world.emit(shop, "refunds/create", order_payloads.refund(entry, order), event)
    announce(world, shop, order, ("orders/updated",), event)
    return order


def refundable(order: Record) -> Decimal:
    """What of an order's total is still with the merchant."""
    back = sum((Decimal(entry["amount"]) for entry in order["refunds"]), Decimal(0))
    return Decimal(order["totals"]["total"]) - back


def cancel(world: World, shop: str, order: Record, at: str = "") -> Record:
    at = at or world.now()
    order = _changed(world, shop, order, {"cancelled_at": at, "updated_at": at})
    announce(world, shop, order, ("orders/cancelled", "orders/updated"), people.new_event())
    return order


def fulfil(world: World, shop: str, order: Record, tracking: Record | None = None) -> Record:
    """Send an order off in one parcel; `tracking` is its `company` and `number`, if it has one."""
    now = world.now()
    parcel: Record = {
        "id": world.state.next_number("fulfillment", 5_330_118_400_000) * 10,
        "created_at": now,
        "updated_at": now,
        "status": "success",
        "shipment_status": None,
        "delivered_at": None,
        "company": (tracking or {}).get("company"),
        "number": (tracking or {}).get("number"),
    }
    fields = {"fulfillment_status": "fulfilled", "fulfillments": [parcel]}
    order = _changed(world, shop, order, fields)
    event = people.new_event()
    world.emit(shop, "fulfillments/create", order_payloads.fulfillment(parcel, order), event)
    announce(world, shop, order, ("orders/fulfilled", "orders/updated"), event)
    return order


def carry(world: World, shop: str, order: Record, status: str) -> Record:
    """Let the carrier tell of an order's parcels: `in_transit`, `delivered`, ..."""
    now, event = world.now(), people.new_event()
    arrived = {"delivered_at": now} if status == "delivered" else {}
    told = {"shipment_status": status, "updated_at": now, **arrived}
    parcels = [{**one, **told} for one in order.get("fulfillments", [])]
    order = _changed(world, shop, order, {"fulfillments": parcels})
    for parcel in parcels:
        number = world.state.next_number("fulfillment_event", 9_100_400_000) * 10
        news = order_payloads.fulfillment_event(number, parcel, order, world.shop(shop) or {})
        world.emit(shop, "fulfillment_events/create", news, event)
        body = order_payloads.fulfillment(parcel, order)
        world.emit(shop, "fulfillments/update", body, event)
    return order


def _changed(world: World, shop: str, order: Record, fields: dict[str, Any]) -> Record:
    order = {**order, "updated_at": world.now(), **fields}
    return world.state.put(shop, "order", order, handle=f"#{order['number']}")
