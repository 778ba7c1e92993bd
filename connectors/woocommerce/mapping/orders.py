"""Orders: what WooCommerce calls one may still be a cart that waits for its payment.

Its webhooks are built when they are delivered, so each tells how an order stands, not what
happened to it: what is new is found by comparison with what we had (`Change.is_state`).
"""

from datetime import datetime

from connectors.woocommerce.mapping import carts, fields
from connectors.woocommerce.mapping.fields import Telling
from marketing.events import EventName
from marketing.marks import NAMES, Landing
from marketing.model import Change, Gone, Item, JsonObject, Order, Place
from marketing.parcels import Parcel

NO_ORDER_YET = frozenset({"checkout-draft", "auto-draft", "draft", "new"})
AWAITS_PAYMENT = frozenset({"pending", "failed"})
BY_A_SHOPPER = frozenset({"checkout", "store-api"})
NOT_COUNTED = frozenset({"admin", "subscription"})
"""Made by the merchant, or by a contract: nobody was won back."""
CART_TOKEN = "_reprise_cart_token"  # noqa: S105 - a name
ATTRIBUTION = "_wc_order_attribution_"
OPT_INS = (("_wc_other/reprise/optin", "1"), ("_reprise_optin", "yes"))
"""How the plugin's box at the checkout is told, by block and by classic checkouts."""


def order(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read an order as it stands; one that waits for its payment is a cart, too."""
    status = fields.text(payload.get("status")) or ""
    if status in NO_ORDER_YET:
        return []
    if status == "trash":
        return deleted(payload, telling)
    told = _order(payload, telling, status)
    change = Change(telling.name, told.updated_at, told, is_state=True)
    if status in AWAITS_PAYMENT and payload.get("created_via") in BY_A_SHOPPER:
        cart = carts.of_order(payload, told, telling)
        return [change, Change(EventName.CART_UPDATED, cart.updated_at, cart)]
    return [change]


def _order(payload: JsonObject, telling: Telling, status: str) -> Order:
    currency = fields.currency_code(payload.get("currency")) or telling.store_currency or ""
    store_currency = telling.store_currency or currency
    order_id = fields.demand(fields.identifier(payload.get("id")), "order")
    updated_at = fields.first_moment(payload, "date_modified_gmt", "date_created_gmt")
    updated_at = updated_at or telling.at
    total = fields.money(payload.get("total"), currency) or 0
    paid_at = fields.moment(payload.get("date_paid_gmt"))
    is_placed = status not in AWAITS_PAYMENT and not (status == "cancelled" and paid_at is None)
    token = fields.meta(payload, CART_TOKEN)
    billing = fields.record(payload.get("billing"))
    created_via = fields.text(payload.get("created_via")) or "checkout"
    items = items_of(payload, currency, store_currency)
    place = place_of(payload)
    return Order(
        external_id=order_id,
        name=f"#{fields.text(payload.get('number')) or order_id}",
        customer=fields.customer_key(payload),
        currency=currency,
        store_currency=store_currency,
        items=items,
        subtotal=sum(item.line_price for item in items),
        total=total,
        store_total=total if currency == store_currency else 0,
        store_refunded=_refunded(payload, status, currency) if currency == store_currency else 0,
        placed_at=fields.moment(payload.get("date_created_gmt")) or updated_at,
        updated_at=updated_at,
        cart_token=token,
        checkout_token=token or carts.name_of(order_id),
        cancelled_at=updated_at if status == "cancelled" else None,
        paid_at=paid_at,
        fulfilled_at=_fulfilled_at(payload, status, updated_at),
        parcels=_parcels(payload, order_id, updated_at),
        discount_codes=codes_of(payload),
        country=place.country,
        region=place.region,
        city=place.city,
        accepts_marketing=has_opted_in(payload),
        source=created_via,
        counts=created_via not in NOT_COUNTED and status not in AWAITS_PAYMENT,
        first_name=fields.name(billing.get("first_name")),
        last_name=fields.name(billing.get("last_name")),
        is_placed=is_placed,
        landing=_landing(payload),
    )


def _landing(payload: JsonObject) -> Landing | None:
    """Read WooCommerce's own order attribution; its times are UTC."""
    told = {name: fields.meta(payload, ATTRIBUTION + name) or "" for name in NAMES}
    return Landing.of(told, fields.moment(fields.meta(payload, f"{ATTRIBUTION}session_start_time")))


def _fulfilled_at(payload: JsonObject, status: str, updated_at: datetime) -> datetime | None:
    completed_at = fields.moment(payload.get("date_completed_gmt"))
    if completed_at is None and status == "completed":
        return updated_at
    if completed_at is None and fields.meta(payload, "_fulfillment_status") == "fulfilled":
        return updated_at
    return completed_at


def _refunded(payload: JsonObject, status: str, currency: str) -> int:
    """Give what went back: refunds are told as amounts with a minus."""
    told = (fields.money(one.get("total"), currency) for one in _refunds(payload))
    refunded = sum(abs(amount) for amount in told if amount)
    if status == "refunded":
        return max(refunded, fields.money(payload.get("total"), currency) or 0)
    return refunded


def _refunds(payload: JsonObject) -> list[JsonObject]:
    return fields.records(payload.get("refunds"))


def items_of(payload: JsonObject, currency: str, store_currency: str) -> tuple[Item, ...]:
    """Read an order's lines; prices as the shop shows them, with tax where it sells so."""
    with_tax = payload.get("prices_include_tax") is True
    lines = fields.records(payload.get("line_items"))
    told = (_item(line, currency, store_currency, with_tax=with_tax) for line in lines)
    return tuple(item for item in told if item.quantity)


def _item(line: JsonObject, currency: str, store_currency: str, *, with_tax: bool) -> Item:
    quantity = fields.count(line.get("quantity")) or 0
    full = _amount(line, "subtotal", currency, with_tax=with_tax)
    price = round(full / quantity) if quantity else 0
    product_id = fields.identifier(line.get("product_id"))
    return Item(
        product_id=product_id,
        variant_id=fields.identifier(line.get("variation_id")) or product_id,
        title=fields.words(line.get("parent_name")) or fields.words(line.get("name")) or "",
        variant_title=_variant_title(line),
        quantity=quantity,
        price=price,
        line_price=_amount(line, "total", currency, with_tax=with_tax),
        store_price=price if currency == store_currency else 0,
        sku=fields.text(line.get("sku")),
        image_url=fields.web_address(fields.record(line.get("image")).get("src")),
    )


def _amount(line: JsonObject, key: str, currency: str, *, with_tax: bool) -> int:
    amount = fields.money(line.get(key), currency) or 0
    return amount + (fields.money(line.get(f"{key}_tax"), currency) or 0 if with_tax else 0)


def _variant_title(line: JsonObject) -> str | None:
    """Give `Black, M` of a variation's attributes; what begins with _ is no attribute."""
    if fields.identifier(line.get("variation_id")) is None:
        return None
    told = [one for one in fields.records(line.get("meta_data")) if _is_attribute(one)]
    values = (fields.words(one.get("display_value") or one.get("value")) for one in told)
    return ", ".join(value for value in values if value) or None


def _is_attribute(one: JsonObject) -> bool:
    return not str(one.get("key") or "_").startswith("_") and isinstance(one.get("value"), str)


def _parcels(payload: JsonObject, order_id: str, updated_at: datetime) -> tuple[Parcel, ...]:
    """Read what the common plugins for shipment tracking keep with an order."""
    kept = (
        one.get("value")
        for one in fields.records(payload.get("meta_data"))
        if one.get("key") == "_wc_shipment_tracking_items"
    )
    told = [one for value in kept for one in fields.records(value)]
    return tuple(
        Parcel(
            external_id=f"{order_id}:{number}",
            order_external_id=order_id,
            updated_at=updated_at,
            tracking_company=fields.name(
                one.get("formatted_tracking_provider") or one.get("tracking_provider")
            ),
            tracking_number=number,
            tracking_url=fields.web_address(
                one.get("formatted_tracking_link") or one.get("custom_tracking_link")
            ),
        )
        for one in told
        if (number := fields.text(one.get("tracking_number")))
    )


def codes_of(payload: JsonObject) -> tuple[str, ...]:
    """Read the codes that were used; WooCommerce keeps them in lower case."""
    lines = fields.records(payload.get("coupon_lines"))
    return tuple(code.upper() for one in lines if (code := fields.text(one.get("code"))))


def place_of(payload: JsonObject) -> Place:
    """Give where it is sent to, else where who pays lives."""
    places = (fields.place(fields.record(payload.get(key))) for key in ("shipping", "billing"))
    return next((place for place in places if place.country), Place())


def has_opted_in(payload: JsonObject) -> bool:
    """Tell if the shopper ticked the plugin's box at the checkout."""
    return any(fields.meta(payload, key) == value for key, value in OPT_INS)


def deleted(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read order.deleted, which tells the id alone."""
    gone = Gone("order", fields.demand(fields.identifier(payload.get("id")), "order"))
    return [Change(telling.name, telling.at, gone)]
