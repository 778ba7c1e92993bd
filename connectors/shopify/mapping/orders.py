"""Orders and refunds out of webhooks; an order's plain amounts stand in the store's currency."""

from collections.abc import Iterable
from datetime import datetime

from connectors.shopify.mapping import carts, counting, fields, parcels
from connectors.shopify.mapping.fields import Amounts, Currencies, Telling
from marketing.events import EventName
from marketing.marks import Landing
from marketing.model import Change, Item, JsonObject, Order, Refund

PAID = ("paid", "partially_refunded", "refunded")


def order(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read orders/*: the whole order each time, and the time of the news by its name."""
    told = _order(payload, telling)
    happened_at = {
        EventName.ORDER_PLACED: told.placed_at,
        EventName.ORDER_PAID: told.paid_at,
        EventName.ORDER_CANCELLED: told.cancelled_at,
        EventName.ORDER_FULFILLED: told.fulfilled_at,
    }.get(telling.name)
    return [Change(telling.name, happened_at or told.updated_at, told)]


def _order(payload: JsonObject, telling: Telling) -> Order:
    currencies = _currencies(payload, telling)
    total = _total("total_price", payload, currencies)
    updated_at = fields.first_moment(payload, "updated_at", "created_at") or telling.at
    first_name, last_name = fields.person_name(payload)
    place = fields.place(payload)
    order_id = fields.demand(fields.own_id(payload), "order")
    return Order(
        external_id=order_id,
        name=fields.text(payload.get("name")) or "",
        customer=fields.customer_key(payload),
        currency=currencies.presentment,
        store_currency=currencies.store,
        items=tuple(_items(payload, currencies)),
        subtotal=_total("subtotal_price", payload, currencies).presentment,
        total=total.presentment,
        store_total=total.store,
        store_refunded=sum(_refunded(one, currencies.store) for one in _refunds(payload)),
        placed_at=fields.first_moment(payload, "created_at", "processed_at") or updated_at,
        updated_at=updated_at,
        cart_token=fields.token(payload.get("cart_token")),
        checkout_token=fields.text(payload.get("checkout_token")),
        cancelled_at=fields.moment(payload.get("cancelled_at")),
        paid_at=_paid_at(payload, telling, updated_at),
        fulfilled_at=_fulfilled_at(payload, updated_at),
        parcels=parcels.parcels_of(payload, order_id),
        discount_codes=fields.discount_codes(payload),
        locale=fields.text(payload.get("customer_locale")),
        country=place.country,
        region=place.region,
        city=place.city,
        accepts_marketing=payload.get("buyer_accepts_marketing") is True,
        source=fields.text(payload.get("source_name")) or "web",
        counts=counting.why_not(payload) is None,
        status_url=fields.web_address(payload.get("order_status_url")),
        first_name=first_name,
        last_name=last_name,
        landing=Landing.at_address(fields.text(payload.get("landing_site"))),
    )


def _currencies(payload: JsonObject, telling: Telling) -> Currencies:
    in_sets = fields.set_currencies(payload, "total_price", "subtotal_price")
    store = fields.currency_code(payload.get("currency")) or in_sets.store
    store = store or telling.store_currency or ""
    presentment = fields.currency_code(payload.get("presentment_currency"))
    return Currencies(presentment or in_sets.presentment or store, store)


def _total(key: str, payload: JsonObject, told: Currencies) -> Amounts:
    return fields.amounts(payload, key, told, told.store) or carts.NOTHING


def _items(payload: JsonObject, told: Currencies) -> Iterable[Item]:
    for line in fields.records(payload.get("line_items")):
        price = _total("price", line, told)
        discount = _total("total_discount", line, told)
        quantity = fields.count(line.get("quantity")) or 0
        if quantity:
            yield Item(
                product_id=fields.identifier(line.get("product_id")),
                variant_id=fields.identifier(line.get("variant_id")),
                title=carts.title(line),
                variant_title=carts.variant_title(line),
                quantity=quantity,
                price=price.presentment,
                line_price=price.presentment * quantity - discount.presentment,
                store_price=price.store,
                sku=fields.text(line.get("sku")),
                image_url=fields.web_address(line.get("image_url")),
            )


def _paid_at(payload: JsonObject, telling: Telling, updated_at: datetime) -> datetime | None:
    """Give when it was paid, as far as one can know: no field tells it."""
    if telling.name == EventName.ORDER_PAID:
        return updated_at
    if telling.name != EventName.ORDER_PLACED or payload.get("financial_status") not in PAID:
        return None
    return fields.first_moment(payload, "created_at", "processed_at") or updated_at


def _fulfilled_at(payload: JsonObject, updated_at: datetime) -> datetime | None:
    if fields.text(payload.get("fulfillment_status")) != "fulfilled":
        return None
    sent = fields.records(payload.get("fulfillments"))
    packed = [at for one in sent if (at := fields.moment(one.get("created_at")))]
    return max(packed, default=updated_at)


def _refunds(payload: JsonObject) -> list[JsonObject]:
    return fields.records(payload.get("refunds"))


def refund(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read refunds/create."""
    told = Refund(
        external_id=fields.demand(fields.own_id(payload), "refund"),
        order_external_id=fields.demand(fields.identifier(payload.get("order_id")), "order"),
        store_amount=_refunded(payload, telling.store_currency or _refund_currency(payload)),
        refunded_at=fields.first_moment(payload, "processed_at", "created_at") or telling.at,
    )
    return [Change(telling.name, told.refunded_at, told)]


def _refund_currency(payload: JsonObject) -> str:
    for line in fields.records(payload.get("refund_line_items")):
        if found := fields.set_currencies(line, "subtotal", "total_tax").store:
            return found
    return fields.set_currencies(payload, "total_duties").store


def _refunded(payload: JsonObject, currency: str) -> int:
    """Give what went back, in the store's currency: the payments, else the lines' sum."""
    payments = [one for one in fields.records(payload.get("transactions")) if _gave_back(one)]
    told = {fields.currency_code(one.get("currency")) or currency for one in payments}
    if payments and told == {currency}:
        return sum(fields.money(one.get("amount"), currency) or 0 for one in payments)
    return max(_sum_of_lines(payload, Currencies(currency, currency)), 0)


def _gave_back(payment: JsonObject) -> bool:
    return payment.get("kind") == "refund" and payment.get("status") == "success"


def _sum_of_lines(payload: JsonObject, told: Currencies) -> int:
    parts = (
        ("refund_line_items", ("subtotal", "total_tax"), 1),
        ("refund_shipping_lines", ("subtotal_amount",), 1),
        # Shopify writes what an adjustment gives back with a minus.
        ("order_adjustments", ("amount", "tax_amount"), -1),
    )
    return sum(
        sign * _total(key, line, told).store
        for lines, keys, sign in parts
        for line in fields.records(payload.get(lines))
        for key in keys
    )
