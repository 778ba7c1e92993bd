"""Carts and checkouts, and the rules of what counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.shopify.mapping import counting
from marketing.model import Cart, Change, CustomerKey, Gone, Item
from tests.connectors.shopify.mapping.reading import THEN, cart_of, only, order_of
from tests.payloads.shopify import sample


def test_a_checkout_is_a_cart_with_a_recovery_url() -> None:
    change = only("checkouts/create", sample("checkouts/create"))
    ipod = Item(
        product_id="632910392",
        variant_id="808950810",
        title="IPod Nano - 8GB",
        variant_title="Pink",
        quantity=1,
        price=19900,
        line_price=19900,
        store_price=19900,
        sku="IPOD2008PINK",
    )
    assert change == Change(
        "cart.created",
        THEN,
        Cart(
            external_id="123123123",
            customer=CustomerKey("603851970716743400", "example@email.com"),
            currency="USD",
            store_currency="USD",
            items=(ipod, ipod),
            subtotal=39800,
            total=42188,
            store_total=42188,
            created_at=THEN,
            updated_at=THEN,
            cart_token="eeafa272cebfd4b22385bc4b645e762c",
            checkout_id="981820079255243537",
            recovery_url="https://checkout.local/548380009/checkouts/123123123/recover"
            "?key=example-secret-token",
            country="US",
            region="KY",
            city="Shippington",
            first_name="John",
            last_name="Smith",
        ),
    )


def test_a_cart_is_known_by_its_token_and_has_no_owner() -> None:
    cart = cart_of(sample("carts/update"), "carts/update")
    assert (cart.external_id, cart.cart_token) == ("exampleCartId", "exampleCartId")
    assert cart.customer is None
    assert cart.recovery_url is None
    assert (cart.currency, cart.subtotal, cart.store_total) == ("USD", 5997, 5997)


def test_a_carts_token_is_read_without_its_key() -> None:
    """Browsers and newer webhooks carry a key behind it; it is the same cart."""
    payload = sample("carts/update") | {"id": "hWNB?key=1", "token": "hWNB?key=1"}
    cart = cart_of(payload, "carts/update")
    assert (cart.external_id, cart.cart_token) == ("hWNB", "hWNB")
    checkout = cart_of(
        sample("checkouts/create") | {"cart_token": "hWNB?key=1"}, "checkouts/create"
    )
    assert checkout.cart_token == "hWNB"


def test_a_carts_amounts_come_in_both_currencies() -> None:
    payload = sample("carts/create")
    line = payload["line_items"][0]
    for key in ("discounted_price_set", "line_price_set", "price_set"):
        line[key]["presentment_money"] = {"amount": "17.50", "currency_code": "EUR"}
    cart = cart_of(payload, "carts/create")
    assert (cart.currency, cart.store_currency) == ("EUR", "USD")
    assert (cart.items[0].price, cart.items[0].store_price) == (1750, 1999)
    assert cart.store_total == 3 * 1999


def test_a_checkouts_plain_amounts_are_the_shoppers() -> None:
    """Where the two currencies differ, nobody told the store's amount: none is invented."""
    cart = cart_of(sample("checkouts/create", presentment_currency="EUR"))
    assert (cart.currency, cart.store_currency) == ("EUR", "USD")
    assert (cart.total, cart.store_total) == (42188, 0)


@pytest.mark.parametrize(("currency", "total"), [("JPY", 422), ("KWD", 421880)])
def test_currencies_have_their_own_decimals(currency: str, total: int) -> None:
    both = {"currency": currency, "presentment_currency": currency}
    assert cart_of(sample("checkouts/create", **both)).total == total


def test_a_completed_checkout_says_so() -> None:
    payload = sample("checkouts/update", completed_at="2026-11-22T18:00:00Z")
    change = only("checkouts/update", payload)
    assert change.name == "cart.completed"
    assert change.occurred_at == datetime(2026, 11, 22, 18, tzinfo=UTC)


def test_the_marketing_box_is_told_as_it_stands() -> None:
    assert cart_of(sample("checkouts/create", buyer_accepts_marketing=True)).accepts_marketing
    for odd in (False, None, "true", 1):
        payload = sample("checkouts/create", buyer_accepts_marketing=odd)
        assert not cart_of(payload).accepts_marketing


def test_what_was_typed_comes_before_what_is_on_file() -> None:
    payload = sample("checkouts/create", email="Ada@Example.com", phone="+4912345")
    assert cart_of(payload).customer == CustomerKey(
        "603851970716743400", "ada@example.com", "+4912345"
    )


@pytest.mark.parametrize(
    "address", ["nobody", "a@b\nBcc: c@d", "a b@c", "a@" + "b" * 400, "", 7, None, ["a@b"]]
)
def test_what_is_no_address_is_no_address(address: object) -> None:
    payload = sample("checkouts/create", email=address, customer=None)
    assert cart_of(payload).customer is None


def test_lines_of_nothing_are_left_out() -> None:
    payload = sample("carts/update")
    payload["line_items"][0]["quantity"] = 0
    assert cart_of(payload, "carts/update").items == ()


def test_an_emptied_cart_without_a_currency_takes_the_stores() -> None:
    cart = cart_of(sample("carts/update", line_items=[]), "carts/update")
    assert (cart.currency, cart.total, cart.items) == ("USD", 0, ())


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://a b", "ftp://x", 5, None])
def test_a_recovery_url_is_a_web_address(url: object) -> None:
    payload = sample("checkouts/create", abandoned_checkout_url=url)
    assert cart_of(payload).recovery_url is None


def test_a_deleted_checkout_is_named_by_every_name_told() -> None:
    change = only("checkouts/delete", sample("checkouts/delete"))
    assert change.record == Gone(
        "cart", "981820079255243500", ("eeafa272cebfd4b22385bc4b645e762c",)
    )


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({}, None),
        ({"source_name": "web"}, None),
        ({"source_name": "580111"}, None),
        ({"source_name": "pos"}, "point of sale"),
        ({"source_name": "shopify_draft_order"}, "draft"),
        ({"user_id": 548380009}, "staff"),
        ({"company": {"id": 1, "location_id": 2}}, "company"),
        ({"company": None}, None),
        ({"test": True}, "test"),
        ({"test": False, "user_id": None}, None),
    ],
)
def test_rules_are_visible(told: dict[str, Any], rule: str | None) -> None:
    assert counting.why_not(told) == rule
    assert cart_of(sample("checkouts/create", **told)).counts is (rule is None)
    assert order_of(sample("orders/create", **({"test": False} | told))).counts is (rule is None)


def test_a_company_in_an_address_is_no_company_order() -> None:
    assert sample("checkouts/create")["shipping_address"]["company"]
    assert cart_of(sample("checkouts/create")).counts
