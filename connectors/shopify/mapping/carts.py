"""Carts and checkouts out of webhooks; a checkout is a cart with a `recovery_url`.

A checkout's plain amounts stand in the shopper's currency, as do a cart's; an order's
(`orders.py`) in the store's. Where a checkout's two currencies differ, Shopify tells the
store's amount in no field, and `store_total` is 0.
"""

from connectors.shopify.mapping import counting, fields
from connectors.shopify.mapping.fields import Amounts, Currencies, Telling
from marketing.events import EventName
from marketing.model import Cart, Change, Gone, Item, JsonObject

PLACEHOLDER_VARIANT = "Default Title"
NOTHING = Amounts(0, 0)


def cart(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read carts/* and checkouts/*, which share all that we keep."""
    told = _cart(payload, telling)
    name = EventName.CART_COMPLETED if told.completed_at else telling.name
    return [Change(name, told.completed_at or told.updated_at, told)]


def _cart(payload: JsonObject, telling: Telling) -> Cart:
    currencies = _currencies(payload, telling)
    items = tuple(_items(payload, currencies))
    subtotal = _total("subtotal_price", payload, currencies) or _sum_of(items)
    total = _total("total_price", payload, currencies) or subtotal
    updated_at = fields.first_moment(payload, "updated_at", "created_at") or telling.at
    first_name, last_name = fields.person_name(payload)
    place = fields.place(payload)
    return Cart(
        external_id=_token(payload),
        customer=fields.customer_key(payload),
        currency=currencies.presentment,
        store_currency=currencies.store,
        items=items,
        subtotal=subtotal.presentment,
        total=total.presentment,
        store_total=total.store,
        created_at=fields.moment(payload.get("created_at")) or updated_at,
        updated_at=updated_at,
        cart_token=_cart_token(payload),
        checkout_id=_checkout_id(payload),
        recovery_url=fields.web_address(payload.get("abandoned_checkout_url")),
        locale=fields.text(payload.get("customer_locale")),
        country=place.country,
        region=place.region,
        city=place.city,
        accepts_marketing=payload.get("buyer_accepts_marketing") is True,
        first_name=first_name,
        last_name=last_name,
        completed_at=fields.moment(payload.get("completed_at")),
        closed_at=fields.moment(payload.get("closed_at")),
        discount_codes=fields.discount_codes(payload),
        counts=counting.why_not(payload) is None,
    )


def _currencies(payload: JsonObject, telling: Telling) -> Currencies:
    lines = fields.records(payload.get("line_items"))
    in_lines = fields.set_currencies(lines[0] if lines else {}, "price", "line_price")
    store = fields.currency_code(payload.get("currency")) or in_lines.store
    store = store or telling.store_currency or ""
    presentment = fields.currency_code(payload.get("presentment_currency"))
    return Currencies(presentment or in_lines.presentment or store, store)


def _items(payload: JsonObject, told: Currencies) -> list[Item]:
    lines = fields.records(payload.get("line_items"))
    return [item for line in lines if (item := _item(line, told)).quantity]


def _item(line: JsonObject, told: Currencies) -> Item:
    quantity = fields.count(line.get("quantity")) or 0
    price = _first_amount(line, told, "discounted_price", "price", "variant_price")
    line_price = _first_amount(line, told, "line_price")
    return Item(
        product_id=fields.identifier(line.get("product_id")),
        variant_id=fields.identifier(line.get("variant_id")),
        title=title(line),
        variant_title=variant_title(line),
        quantity=quantity,
        price=price.presentment,
        line_price=line_price.presentment or price.presentment * quantity,
        store_price=price.store,
        sku=fields.text(line.get("sku")),
        image_url=fields.web_address(line.get("image_url")),
    )


def _first_amount(line: JsonObject, told: Currencies, *keys: str) -> Amounts:
    read = (fields.amounts(line, key, told, told.presentment) for key in keys)
    return next((amount for amount in read if amount), NOTHING)


def title(line: JsonObject) -> str:
    """Give a line's title as the shopper read it."""
    keys = "presentment_title", "title", "name"
    return next((found for key in keys if (found := fields.name(line.get(key)))), "")


def variant_title(line: JsonObject) -> str | None:
    """Give a line's variant; None for the only variant of a product, which has no name."""
    keys = "presentment_variant_title", "variant_title"
    found = next((found for key in keys if (found := fields.name(line.get(key)))), None)
    return None if found == PLACEHOLDER_VARIANT else found


def _total(key: str, payload: JsonObject, told: Currencies) -> Amounts | None:
    return fields.amounts(payload, key, told, told.presentment)


def _sum_of(items: tuple[Item, ...]) -> Amounts:
    return Amounts(
        sum(item.line_price for item in items),
        sum(item.store_price * item.quantity for item in items),
    )


def _token(payload: JsonObject) -> str:
    found = fields.token(payload.get("token")) or _cart_token(payload) or fields.own_id(payload)
    return fields.demand(found, "cart")


def _cart_token(payload: JsonObject) -> str | None:
    found = fields.token(payload.get("cart_token"))
    return found or (None if _is_checkout(payload) else fields.token(payload.get("token")))


def _is_checkout(payload: JsonObject) -> bool:
    return "abandoned_checkout_url" in payload or "cart_token" in payload


def _checkout_id(payload: JsonObject) -> str | None:
    """Give the number that checkouts/delete will name; the name is that number after a #."""
    if not _is_checkout(payload):
        return None
    name = (fields.text(payload.get("name")) or "").removeprefix("#")
    return fields.own_id(payload) or (name if name.isdecimal() else None)


def deleted(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read checkouts/delete, which names the checkout by its number, seldom by a token."""
    names = (
        fields.token(payload.get("token")),
        fields.own_id(payload),
        fields.token(payload.get("cart_token")),
    )
    known = [name for name in names if name]
    gone = Gone("cart", fields.demand(known[0] if known else None, "cart"), tuple(known[1:]))
    return [Change(telling.name, telling.at, gone)]
