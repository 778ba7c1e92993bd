"""Carts: the plugin's snapshots, and orders that wait for their payment.

An order's cart is brought back by a link that fills a new cart, not by its payment page: that
one dies with the order (after an hour, as WooCommerce is set at first), and takes no code.
"""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from connectors.woocommerce.mapping import fields
from connectors.woocommerce.mapping.fields import Telling
from marketing.events import EventName
from marketing.model import Cart, Change, CustomerKey, Item, JsonObject, Order


def cart_address(home: str, lines: Iterable[tuple[str, int]]) -> str:
    """Give the address that opens a checkout with these (variant id, quantity) in its cart."""
    products = ",".join(f"{quote(variant)}:{quantity}" for variant, quantity in lines)
    return f"{home}/checkout-link/?products={products}"


def name_of(order_id: str) -> str:
    """Give how the cart of an order is called that waits for its payment."""
    return f"order-{order_id}"


def of_order(payload: JsonObject, order: Order, telling: Telling) -> Cart:
    """Make a cart of an order whose payment failed, or was never tried."""
    named = order.cart_token
    return Cart(
        external_id=named or name_of(order.external_id),
        customer=order.customer,
        currency=order.currency,
        store_currency=order.store_currency,
        items=order.items,
        subtotal=order.subtotal,
        total=order.total,
        store_total=order.store_total,
        created_at=order.placed_at,
        updated_at=order.updated_at,
        cart_token=named,
        checkout_id=order.external_id,
        recovery_url=_restore(telling.home, named) if named else _refill(payload, order, telling),
        country=order.country,
        region=order.region,
        city=order.city,
        accepts_marketing=order.accepts_marketing,
        first_name=order.first_name,
        last_name=order.last_name,
        discount_codes=order.discount_codes,
    )


def _restore(home: str, token: str) -> str:
    return f"{home}/?{urlencode({'reprise_restore': token})}"


def _refill(payload: JsonObject, order: Order, telling: Telling) -> str | None:
    """A line of something that was deleted can't be put into a cart: the payment page, then."""
    lines = [(item.variant_id, item.quantity) for item in order.items]
    if lines and all(variant for variant, _ in lines):
        return cart_address(telling.home, [(str(variant), count) for variant, count in lines])
    return fields.web_address(payload.get("payment_url"))


def snapshot(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read the plugin's reprise.cart.updated: the whole cart each time."""
    told = _cart(payload, telling)
    return [Change(EventName.CART_UPDATED, told.updated_at, told)]


def _cart(payload: JsonObject, telling: Telling) -> Cart:
    currency = fields.currency_code(payload.get("currency")) or telling.store_currency or ""
    store_currency = telling.store_currency or currency
    token = fields.demand(fields.text(payload.get("token")), "cart")
    updated_at = fields.moment(payload.get("updated_at")) or telling.at
    is_own = currency == store_currency
    items = tuple(
        item
        for line in fields.records(payload.get("items"))
        if (item := _item(line, currency, is_own=is_own)).quantity
    )
    subtotal = sum(item.line_price for item in items)
    total = fields.money(payload.get("total"), currency) or subtotal
    return Cart(
        external_id=token,
        customer=_who(payload),
        currency=currency,
        store_currency=store_currency,
        items=items,
        subtotal=subtotal,
        total=total,
        store_total=total if is_own else 0,
        created_at=fields.moment(payload.get("created_at")) or updated_at,
        updated_at=updated_at,
        cart_token=token,
        recovery_url=_own_address(payload, telling) or _restore(telling.home, token),
        locale=_locale(payload),
        accepts_marketing=fields.record(payload.get("consent")).get("email") is True,
        first_name=fields.name(payload.get("first_name")),
        last_name=fields.name(payload.get("last_name")),
        country=fields.country_code(payload.get("country")),
        discount_codes=_codes(payload),
    )


def _own_address(payload: JsonObject, telling: Telling) -> str | None:
    """Give the restore link, if it leads into this very store: whoever signs may err."""
    told = fields.web_address(payload.get("recovery_url"))
    return told if told and told.startswith((f"{telling.home}/", f"{telling.home}?")) else None


def _who(payload: JsonObject) -> CustomerKey | None:
    key = CustomerKey(
        external_id=fields.identifier(payload.get("customer_id")),
        email=fields.email(payload.get("email")),
        phone=fields.text(payload.get("phone")),
    )
    return None if key == CustomerKey() else key


def _locale(payload: JsonObject) -> str | None:
    told = fields.text(payload.get("locale"))
    return told.replace("_", "-") if told else None


def _codes(payload: JsonObject) -> tuple[str, ...]:
    told = payload.get("coupons")
    listed = told if isinstance(told, list) else []
    codes = (fields.text(one.get("code") if isinstance(one, dict) else one) for one in listed)
    return tuple(code.upper() for code in codes if code)


def _item(line: JsonObject, currency: str, *, is_own: bool) -> Item:
    quantity = fields.count(line.get("quantity")) or 0
    price = fields.money(line.get("price"), currency) or 0
    line_price = fields.money(line.get("line_price"), currency)
    product_id = fields.identifier(line.get("product_id"))
    return Item(
        product_id=product_id,
        variant_id=fields.identifier(line.get("variation_id")) or product_id,
        title=fields.words(line.get("name")) or "",
        variant_title=fields.words(line.get("variation")),
        quantity=quantity,
        price=price,
        line_price=price * quantity if line_price is None else line_price,
        store_price=price if is_own else 0,
        sku=fields.text(line.get("sku")),
        image_url=fields.web_address(line.get("image")),
        url=fields.web_address(line.get("url")),
    )
