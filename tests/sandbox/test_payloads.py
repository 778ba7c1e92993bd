"""Webhook bodies: key for key the shape of Shopify's samples."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox import order_payloads, orders, payloads, people, product_payloads, shopping
from sandbox.serve import Sandbox
from sandbox.shopping import Contact
from sandbox.state import Record
from sandbox.world import SAMPLE_SHOP, World
from tests.payloads.shopify import sample

ADA = Contact("ada@example.com", "Ada", "Byron", "DE", "de", "EUR", accepts_marketing=True)


@pytest.fixture
def world(sandbox: Sandbox) -> World:
    return sandbox.world


@pytest.fixture
def checkout(world: World) -> Record:
    """A cart of two lines in euros, its shopper known."""
    first, second = world.state.all(SAMPLE_SHOP, "product")[:2]
    cart = shopping.change_cart(world, SAMPLE_SHOP, "c" * 32, first["variants"][0]["id"], 2)
    cart = shopping.change_cart(world, SAMPLE_SHOP, "c" * 32, second["variants"][1]["id"], 1)
    opened = shopping.start_checkout(world, SAMPLE_SHOP, cart)
    return shopping.give_contact(world, SAMPLE_SHOP, opened, ADA)


def shop_of(world: World) -> Record:
    record = world.shop(SAMPLE_SHOP)
    assert record
    return record


def person_of(world: World) -> Record:
    found = world.state.find(SAMPLE_SHOP, "customer", ADA.email)
    assert found
    return found


def cart_body(world: World, checkout: Record) -> Any:
    cart = shopping.cart_of(world, SAMPLE_SHOP, checkout["cart_token"])
    assert cart
    return payloads.cart(cart)


def order_body(world: World, checkout: Record) -> Any:
    bought = shopping.buy(world, SAMPLE_SHOP, checkout)
    return order_payloads.order(bought, person_of(world), "http://127.0.0.1/1")


def refund_body(world: World, checkout: Record) -> Any:
    order = orders.refund(world, SAMPLE_SHOP, shopping.buy(world, SAMPLE_SHOP, checkout))
    return order_payloads.refund(order["refunds"][0], order)


def sent_off(world: World, checkout: Record) -> Record:
    order = shopping.buy(world, SAMPLE_SHOP, checkout)
    order = orders.fulfil(world, SAMPLE_SHOP, order, {"company": "UPS", "number": "1Z9"})
    return orders.carry(world, SAMPLE_SHOP, order, "delivered")


def parcel_body(world: World, checkout: Record) -> Any:
    order = sent_off(world, checkout)
    return order_payloads.fulfillment(order["fulfillments"][0], order)


def carrier_body(world: World, checkout: Record) -> Any:
    order = sent_off(world, checkout)
    return order_payloads.fulfillment_event(7, order["fulfillments"][0], order, shop_of(world))


def fulfilled_body(world: World, checkout: Record) -> Any:
    return order_payloads.order(sent_off(world, checkout), person_of(world), "http://127.0.0.1/1")


def product_body(world: World, _: Record) -> Any:
    return product_payloads.product(world.state.all(SAMPLE_SHOP, "product")[0], "http://127.0.0.1")


BODIES: dict[str, Callable[[World, Record], Any]] = {
    "carts/create": cart_body,
    "carts/update": cart_body,
    "checkouts/create": lambda w, c: shopping.checkout_payload(w, SAMPLE_SHOP, c),
    "checkouts/update": lambda w, c: shopping.checkout_payload(w, SAMPLE_SHOP, c),
    "checkouts/delete": lambda _, c: payloads.checkout_deleted(c),
    "customers/create": lambda w, _: payloads.customer(person_of(w)),
    "customers/update": lambda w, _: payloads.customer(person_of(w)),
    "customers/delete": lambda w, _: payloads.customer_deleted(person_of(w)),
    "customers_marketing_consent/update": lambda w, _: payloads.sms_consent(
        people.allow_texts(w, SAMPLE_SHOP, person_of(w), "subscribed")
    ),
    "customer.tags_added": lambda w, _: payloads.tags(person_of(w), ["vip"], w.now()),
    "customer.tags_removed": lambda w, _: payloads.tags(person_of(w), ["vip"], w.now()),
    "customers_email_marketing_consent/update": lambda w, _: payloads.email_consent(person_of(w)),
    "orders/create": order_body,
    "orders/paid": order_body,
    "orders/updated": order_body,
    "refunds/create": refund_body,
    "orders/fulfilled": fulfilled_body,
    "fulfillments/create": parcel_body,
    "fulfillments/update": parcel_body,
    "fulfillment_events/create": carrier_body,
    "products/create": product_body,
    "products/update": product_body,
    "app/uninstalled": lambda w, _: payloads.shop(shop_of(w)),
    "shop/update": lambda w, _: payloads.shop(shop_of(w)),
    "shop/redact": lambda w, _: payloads.shop_redact(shop_of(w)),
    "customers/redact": lambda w, _: payloads.customer_redact(shop_of(w), person_of(w), [1]),
    "customers/data_request": lambda w, _: payloads.data_request(shop_of(w), person_of(w), [1], 2),
}


def differences(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Where two JSON values differ in shape: keys, and types where neither is null."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = [f"{path}.{key} is ours alone" for key in ours.keys() - theirs.keys()]
        found += [f"{path}.{key} is missing" for key in theirs.keys() - ours.keys()]
        for key in ours.keys() & theirs.keys():
            found += differences(ours[key], theirs[key], f"{path}.{key}")
        return found
    if isinstance(ours, list) and isinstance(theirs, list):
        return differences(ours[0], theirs[0], f"{path}[]") if ours and theirs else []
    if ours is None or theirs is None or json_type(ours) == json_type(theirs):
        return []
    return [f"{path} is {ours!r}, in the sample {theirs!r}"]


def json_type(value: Any) -> str:
    return "number" if type(value) in {int, float} else type(value).__name__


@pytest.mark.parametrize("topic", BODIES)
def test_a_body_has_the_keys_and_types_of_shopifys_sample(
    world: World, checkout: Record, topic: str
) -> None:
    ours = BODIES[topic](world, checkout)
    assert differences(ours, sample(topic)) == []


def test_a_difference_is_seen() -> None:
    theirs = {"id": 1, "lines": [{"price": "1.00"}], "note": None}
    assert differences({"id": 1, "lines": [], "note": "x"}, theirs) == []
    assert differences({"id": "1", "lines": [{"price": "1.00"}], "note": None}, theirs)
    assert differences({"id": 1, "lines": [{"cost": "1.00"}], "note": None}, theirs)
    assert differences({"id": 1, "lines": []}, theirs) == [".note is missing"]


def test_a_checkout_tells_the_shoppers_money_and_language(world: World, checkout: Record) -> None:
    body = shopping.checkout_payload(world, SAMPLE_SHOP, checkout)
    assert (body["currency"], body["presentment_currency"]) == ("USD", "EUR")
    assert body["customer_locale"] == "de"
    assert body["line_items"][0]["price"] == "22.08"  # 24 dollars at 0.92
    assert body["line_items"][0]["line_price"] == "44.16"
    assert body["buyer_accepts_marketing"] is True
    assert "id" not in body


def test_an_order_tells_both_moneys(world: World, checkout: Record) -> None:
    body = order_body(world, checkout)
    assert body["total_price_set"]["shop_money"]["currency_code"] == "USD"
    assert body["total_price_set"]["presentment_money"]["currency_code"] == "EUR"
    assert body["total_price"] == body["total_price_set"]["shop_money"]["amount"]
    assert body["cart_token"] == checkout["cart_token"]
    assert body["checkout_token"] == checkout["token"]


def test_times_are_those_of_the_stores_zone(world: World, checkout: Record) -> None:
    body = shopping.checkout_payload(world, SAMPLE_SHOP, checkout)
    assert body["created_at"][-6:] in {"-05:00", "-04:00"}
    assert cart_body(world, checkout)["updated_at"].endswith("Z")


def test_ids_of_customers_survive_javascript(world: World) -> None:
    assert person_id(world) < 2**53


def person_id(world: World) -> int:
    person = people.new_person(world, SAMPLE_SHOP, "new@example.com", {})
    return int(person["id"])


def test_the_recover_link_leads_to_the_shop_front(world: World, checkout: Record) -> None:
    link = shopping.recover_url(world, SAMPLE_SHOP, checkout)
    assert httpx.get(link).headers["Location"] == "/checkout"
    assert httpx.get(link.replace("key=", "key=x")).status_code == 404
