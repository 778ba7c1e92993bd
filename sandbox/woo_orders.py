"""Orders of the WooCommerce store: placed, paid, moved from status to status, refunded."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox import woo_coupons, woo_people
from sandbox.state import Record
from sandbox.woo_collections import Listing
from sandbox.woo_order_shape import line_of, narrowed, order_shape, totals
from sandbox.woo_refusals import bad_parameter
from sandbox.woo_resources import Resource
from sandbox.woo_shop import WooShop
from sandbox.woo_site import money

STATUSES = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed",
            "checkout-draft", "trash")  # fmt: skip
PAID = ("processing", "completed")
_EDITABLE = ("customer_note", "customer_id")
UNTOLD = ("draft", "auto-draft", "new")
"""Statuses of which no webhook tells."""


@dataclass(frozen=True)
class Sale:
    """What an order is made of; `meta` goes into its meta_data."""

    lines: list[Record]
    billing: Record
    status: str = "pending"
    created_via: str = "checkout"
    customer_id: int = 0
    codes: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    payment: tuple[str, str] = ("cod", "Pay on delivery")
    at: datetime | None = None


def lines_of(shop: WooShop, items: list[tuple[int, int, int]]) -> list[Record]:
    """Give cart lines of (product, variation or 0, quantity); what is not sold is left out."""
    found = []
    for product_id, variation_id, quantity in items:
        product = shop.get("woo_product", product_id)
        variation = shop.get("woo_variation", variation_id) if variation_id else None
        if product and not (variation_id and not variation) and quantity > 0:
            found.append(cart_line(product, variation, quantity))
    return found


def cart_line(product: Record, variation: Record | None, quantity: int) -> Record:
    """Give a line of a cart: what it is, what one costs, how many."""
    of = variation or product
    named = f"{product['name']} - {variation['name']}" if variation else product["name"]
    return {
        "product_id": product["id"],
        "variation_id": variation["id"] if variation else 0,
        "name": named,
        "parent_name": product["name"] if variation else None,
        "choice": variation["name"] if variation else "",
        "sku": of["sku"],
        "price": of["price"],
        "on_sale": of["on_sale"],
        "quantity": quantity,
        "image": product["images"][0],
        "url": product["permalink"],
    }


def place(shop: WooShop, sale: Sale) -> Record:
    """Write an order, use its coupons up, and announce it."""
    email = sale.billing["email"]
    coupons = [woo_coupons.good(shop, code, sale.lines, email) for code in sale.codes]
    order = write(shop, sale, coupons)
    for coupon in coupons:
        woo_coupons.use_up(shop, coupon, email)
    _announce(shop, order, "created")
    return move(shop, order, "processing") if sale.status == "processing" else order


def write(shop: WooShop, sale: Sale, coupons: list[Record]) -> Record:
    """Write an order as it was placed, announced to nobody."""
    when = sale.at or shop.now()
    off = [woo_coupons.reductions(coupon, sale.lines) for coupon in coupons]
    items = [
        line_of(shop, line, sum((one[n] for one in off), Decimal(0)))
        for n, line in enumerate(sale.lines)
    ]
    id_, key = shop.next_id(), f"wc_order_{secrets.token_urlsafe(10)[:13]}"
    status = "pending" if sale.status == "processing" else sale.status
    record: Record = {
        **order_shape(), "id": id_, "number": str(id_), "order_key": key, "status": status,
        "created_via": sale.created_via, "customer_id": sale.customer_id,
        **shop.stamps("created", when), **shop.stamps("modified", when),
        "billing": sale.billing, "shipping": {**woo_people.address(sale.billing), "phone": ""},
        "payment_method": sale.payment[0], "payment_method_title": sale.payment[1],
        "cart_hash": secrets.token_hex(16), "line_items": items,
        "coupon_lines": [_used(shop, one, cut) for one, cut in zip(coupons, off, strict=True)],
        "payment_url": f"{shop.url}/checkout/order-pay/{id_}/?pay_for_order=true&key={key}",
        "meta_data": [_meta(shop, name, value) for name, value in sale.meta.items()],
    }  # fmt: skip
    return _save(shop, {**record, **totals(items), **_flags(status)})


def _used(shop: WooShop, coupon: Record, cut: list[Decimal]) -> Record:
    return {
        "id": shop.next_id("item"), "code": coupon["code"],
        "discount": money(sum(cut, Decimal(0))), "discount_tax": "0.00", "meta_data": [],
        "discount_type": coupon["discount_type"], "nominal_amount": float(coupon["amount"]),
        "free_shipping": coupon["free_shipping"],
    }  # fmt: skip


def _meta(shop: WooShop, name: str, value: Any) -> Record:
    return {"id": shop.next_id("meta"), "key": name, "value": value}


def _flags(status: str) -> Record:
    return {
        "is_editable": status in {"pending", "on-hold", "auto-draft", "checkout-draft"},
        "needs_payment": status in {"pending", "failed", "checkout-draft"},
        "needs_processing": True,
    }


def _save(shop: WooShop, order: Record) -> Record:
    return shop.put("woo_order", order, handle=order["order_key"])


def _announce(shop: WooShop, order: Record, event: str) -> None:
    if order["status"] not in UNTOLD:
        shop.hooks.tell(f"order.{event}", order["id"])


def move(shop: WooShop, order: Record, status: str, at: datetime | None = None) -> Record:
    """Give an order another status: paid and completed leave their dates."""
    when = at or shop.now()
    stamps = shop.stamps("modified", when)
    if status in PAID and not order["date_paid"]:
        stamps |= shop.stamps("paid", when)
    if status == "completed":
        stamps |= shop.stamps("completed", when)
    order = _save(shop, {**order, "status": status, **stamps, **_flags(status)})
    if order["customer_id"] and status in PAID:
        person = shop.get("woo_customer", order["customer_id"])
        if person and not person["is_paying_customer"]:
            shop.put("woo_customer", {**person, "is_paying_customer": True}, person["email"])
    if at is None:
        _announce(shop, order, "updated")
    return order


def refund(
    shop: WooShop, order: Record, amount: Decimal | None = None, at: datetime | None = None
) -> Record:
    """Give money back, by default all that is left; where nothing is left, that is its status."""
    given = sum((-Decimal(one["total"]) for one in order["refunds"]), Decimal(0))
    left = Decimal(order["total"]) - given
    amount = min(amount or left, left)
    part = {"id": shop.next_id(), "reason": "", "total": f"-{money(amount)}"}
    when = at or shop.now()
    order = {**order, "refunds": [*order["refunds"], part], **shop.stamps("modified", when)}
    record = {
        "id": part["id"], "parent_id": order["id"], **shop.stamps("created", when),
        **shop.stamps("modified", when), "amount": money(amount), "reason": "", "refunded_by": 1,
        "refunded_payment": False, "meta_data": [], "line_items": [], "shipping_lines": [],
        "tax_lines": [], "fee_lines": [],
    }  # fmt: skip
    shop.put("woo_refund", record)
    if amount == left:
        order = {**order, "status": "refunded", **_flags("refunded")}
    order = _save(shop, order)
    if at is None:
        _announce(shop, order, "updated")
    return order


def remove(shop: WooShop, order: Record) -> None:
    shop.drop("woo_order", order["id"])
    shop.hooks.tell("order.deleted", order["id"])


# As REST writes them.


def resources(shop: WooShop) -> list[Resource]:
    """Give the orders."""
    shop.hooks.payloads["order"] = lambda id_: shop.get("woo_order", id_)
    return [
        Resource(
            "orders", "woo_order", "shop_order", dict, create=lambda body: create(shop, body),
            change=lambda order, body: change(shop, order, body),
            remove=lambda order: remove(shop, order), listing=Listing(narrowed), has_trash=True,
        )
    ]  # fmt: skip


def create(shop: WooShop, body: Record) -> Record:
    """Place an order by REST."""
    asked = [_ids(one) for one in body.get("line_items") or []]
    told = body.get("billing") or {}
    sale = Sale(
        lines=lines_of(shop, asked),
        billing=woo_people.billing(str(told.get("email", "")), told),
        status="processing" if body.get("set_paid") else _status(body.get("status", "pending")),
        created_via="rest-api",
        customer_id=int(body.get("customer_id") or 0),
        codes=[str(one.get("code", "")) for one in body.get("coupon_lines") or []],
        meta={one["key"]: one["value"] for one in body.get("meta_data") or []},
    )
    try:
        return place(shop, sale)
    except woo_coupons.CouponRefused as refusal:
        raise bad_parameter("coupon_lines", str(refusal)) from None


def _ids(one: Record) -> tuple[int, int, int]:
    return (
        int(one.get("product_id") or 0),
        int(one.get("variation_id") or 0),
        int(one.get("quantity", 1)),
    )


def change(shop: WooShop, order: Record, body: Record) -> Record:
    """Change an order by REST: status, billing, notes, meta."""
    given: Record = {name: body[name] for name in _EDITABLE if name in body}
    for part in ("billing", "shipping"):
        if isinstance(body.get(part), dict):
            given[part] = {**order[part], **body[part]}
    if body.get("meta_data"):
        given["meta_data"] = woo_people.with_meta(shop, order["meta_data"], body["meta_data"])
    status = _status(body.get("status", order["status"]))
    if body.get("set_paid") and not order["date_paid"]:
        status = "processing"
    order = {**order, **given}
    return move(shop, order, status)


def _status(status: object) -> str:
    if status not in STATUSES:
        words = f"status is not one of {', '.join(STATUSES)}."
        raise bad_parameter("status", words, "rest_not_in_enum")
    return str(status)
