"""What a visitor does: fill a cart, start a checkout, name an e-mail, use a code, buy."""

import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox import discount_codes, money, orders, payloads, people
from sandbox.state import Record
from sandbox.world import World


@dataclass(frozen=True)
class Contact:
    """What the checkout's first part asks for."""

    email: str
    first_name: str = ""
    last_name: str = ""
    country: str = "US"
    locale: str = "en"
    currency: str = "USD"
    accepts_marketing: bool = False


def cart_of(world: World, shop: str, token: str) -> Record | None:
    return world.state.get(shop, "cart", token) if token else None


def change_cart(world: World, shop: str, token: str, variant_id: int, quantity: int) -> Record:
    """Set how many of a variant are in the cart (0 takes it out); makes the cart when needed.

    A change that changes nothing sends nothing, as Shopify has it since 2026-10-12.
    """
    with world.state.transaction():
        cart = cart_of(world, shop, token) or _new_cart(world, token)
        lines = _with_quantity(world, shop, cart["lines"], variant_id, quantity)
        if lines == cart["lines"]:
            return cart
        is_new = cart.pop("is_new", False)
        cart = {**cart, "lines": lines, "updated_at": world.now()}
        world.state.put(shop, "cart", cart)
        event = people.new_event()
        topic = "carts/create" if is_new else "carts/update"
        world.emit(shop, topic, payloads.cart(cart), event)
        _carry_over(world, shop, cart, event)
        return cart


def _new_cart(world: World, token: str) -> Record:
    now = world.now()
    token = token or secrets.token_hex(16)
    return {"id": token, "token": token, "lines": [], "currency": "USD", "created_at": now,
            "updated_at": now, "is_new": True}  # fmt: skip


def _with_quantity(
    world: World, shop: str, lines: list[Record], variant_id: int, quantity: int
) -> list[Record]:
    if not any(line["variant_id"] == variant_id for line in lines):
        return [*lines, new_line(world, shop, variant_id, quantity)] if quantity > 0 else lines
    return [
        {**line, "quantity": quantity} if line["variant_id"] == variant_id else line
        for line in lines
        if line["variant_id"] != variant_id or quantity > 0
    ]


def new_line(world: World, shop: str, variant_id: int, quantity: int) -> Record:
    """A cart line; a `KeyError` for a variant the shop does not have."""
    for product in world.state.all(shop, "product"):
        for variant in product["variants"]:
            if variant["id"] == variant_id:
                return _line(product, variant, quantity)
    raise KeyError(variant_id)


def _line(product: Record, variant: Record, quantity: int) -> Record:
    plain = len(product["variants"]) == 1
    return {
        "key": secrets.token_hex(16),
        "variant_id": variant["id"],
        "product_id": product["id"],
        "title": product["title"],
        "variant_title": None if plain else variant["title"],
        "sku": variant["sku"],
        "vendor": product["vendor"],
        "grams": variant["grams"],
        "price": variant["price"],
        "handle": product["handle"],
        "picture": product["picture"],
        "quantity": quantity,
    }


# Checkouts.


def checkout_of(world: World, shop: str, cart_token: str) -> Record | None:
    """The open checkout of a cart."""
    found = world.state.find(shop, "checkout", cart_token) if cart_token else None
    return found if found and not found["completed_at"] else None


def start_checkout(world: World, shop: str, cart: Record, currency: str = "USD") -> Record:
    """Open the checkout of a cart, or find it again."""
    if found := checkout_of(world, shop, cart["token"]):
        return found
    now = world.now()
    token = secrets.token_hex(16)
    checkout: Record = {
        "id": token,
        "token": token,
        "key": secrets.token_hex(16),
        "number": world.state.next_number("checkout", 38_204_500_000_000),
        "cart_token": cart["token"],
        "lines": cart["lines"],
        "email": None,
        "customer_id": None,
        "accepts_marketing": False,
        "currency": currency,
        "country": "US",
        "locale": "en",
        "code": None,
        "completed_at": None,
        "created_at": now,
        "updated_at": now,
    }
    return _save(world, shop, checkout, "checkouts/create", people.new_event())


def give_contact(world: World, shop: str, checkout: Record, contact: Contact) -> Record:
    """The shopper names an e-mail: customer, consent and checkout are written and announced."""
    event = people.new_event()
    with world.state.transaction():
        details = {"first_name": contact.first_name, "last_name": contact.last_name,
                   "country": contact.country, "locale": contact.locale,
                   "currency": contact.currency}  # fmt: skip
        person = people.meet(world, shop, contact.email, details, event)
        if contact.accepts_marketing:
            person = people.subscribe(world, shop, person, event)
        place = {**people.PLACES[contact.country], "country_code": contact.country,
                 "first_name": contact.first_name, "last_name": contact.last_name}  # fmt: skip
        changed = {
            "email": contact.email,
            "customer_id": person["id"],
            "accepts_marketing": contact.accepts_marketing,
            "currency": contact.currency,
            "country": contact.country,
            "locale": contact.locale,
            "address": place,
        }
        if all(checkout.get(k) == v for k, v in changed.items()):
            return checkout
        _present_cart(world, shop, checkout["cart_token"], contact.currency)
        return _save(world, shop, {**checkout, **changed}, "checkouts/update", event)


def _present_cart(world: World, shop: str, token: str, currency: str) -> None:
    cart = cart_of(world, shop, token)
    if cart and cart["currency"] != currency:
        world.state.put(shop, "cart", {**cart, "currency": currency})


def use_code(world: World, shop: str, checkout: Record, code: str) -> Record:
    """Apply a discount code, or take it off with an empty one; raises `CodeRefused`."""
    code = code.strip()
    if code:
        discount = discount_codes.good(world, shop, code, checkout)
        code = discount["code"]
    if (checkout["code"] or "") == code:
        return checkout
    changed = {**checkout, "code": code or None}
    return _save(world, shop, changed, "checkouts/update", people.new_event())


def totals(world: World, shop: str, checkout: Record, currency: str) -> dict[str, str]:
    """What the lines come to: lines, discount, subtotal, total; no shipping before an order."""
    lines = sum(
        (
            money.presented(Decimal(line["price"]), currency) * line["quantity"]
            for line in checkout["lines"]
        ),
        Decimal(0),
    )
    discount = discount_codes.reduction(world, shop, checkout, lines, currency)
    rest = lines - discount
    amounts = {"lines": lines, "discount": discount, "subtotal": rest, "total": rest}
    return {name: money.text(amount) for name, amount in amounts.items()}


def recover_url(world: World, shop: str, checkout: Record) -> str:
    """The link that brings a cart back, as Shopify signs it."""
    number = (world.shop(shop) or {})["number"]
    return f"{world.front_url}/{number}/checkouts/{checkout['token']}/recover?key={checkout['key']}"


def _save(world: World, shop: str, checkout: Record, topic: str, event: str) -> Record:
    checkout = {
        **checkout,
        "totals": totals(world, shop, checkout, checkout["currency"]),
        "updated_at": world.now(),
    }
    world.state.put(shop, "checkout", checkout, handle=checkout["cart_token"])
    world.emit(shop, topic, checkout_payload(world, shop, checkout), event)
    return checkout


def checkout_payload(world: World, shop: str, checkout: Record) -> dict[str, Any]:
    person = world.state.get(shop, "customer", checkout["customer_id"])
    return payloads.checkout(checkout, person, recover_url(world, shop, checkout))


def _carry_over(world: World, shop: str, cart: Record, event: str) -> None:
    """A cart that is in a checkout changes the checkout, too."""
    checkout = checkout_of(world, shop, cart["token"])
    if checkout is None:
        return
    if cart["lines"]:
        _save(world, shop, {**checkout, "lines": cart["lines"]}, "checkouts/update", event)
        return
    world.state.drop(shop, "checkout", checkout["id"])
    world.emit(shop, "checkouts/delete", payloads.checkout_deleted(checkout), event)


def buy(world: World, shop: str, checkout: Record) -> Record:
    """Turn a checkout into a paid order; the order."""
    event = people.new_event()
    with world.state.transaction():
        if checkout["code"]:
            discount = discount_codes.good(world, shop, checkout["code"], checkout)
            discount_codes.use_up(world, shop, discount, checkout)
        is_free = discount_codes.ships_free(world, shop, checkout["code"])
        bought = orders.from_checkout(
            checkout, totals(world, shop, checkout, "USD"), ships_free=is_free
        )
        order = orders.place(world, shop, bought, event)
        done = {**checkout, "completed_at": world.now()}
        _save(world, shop, done, "checkouts/update", event)
        world.state.drop(shop, "cart", checkout["cart_token"])
    return order
