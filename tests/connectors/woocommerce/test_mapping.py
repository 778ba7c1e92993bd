"""WooCommerce's own sample records (its documentation's, Apache-2.0) in our words."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Webhook
from connectors.woocommerce import webhooks
from connectors.woocommerce.mapping import customers
from marketing.events import EventName
from marketing.hints import ToldInPart
from marketing.model import (
    Cart,
    Change,
    Consent,
    ConsentState,
    Customer,
    CustomerKey,
    Gone,
    Order,
    PrivacyRequest,
    Product,
    Visit,
)

SAMPLES = Path(__file__).parents[2] / "payloads" / "woocommerce"
HOME = "https://shop.example"
NOW = datetime(2026, 11, 22, 19, tzinfo=UTC)


def sample(name: str, **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return told | changes


def read(topic: str, record: Any) -> list[Change]:
    body = json.dumps(record).encode()
    webhook = Webhook("1", topic, "shop.example", body, received_at=NOW, store_currency="USD")
    return webhooks.parse(webhook, HOME)


def test_the_sample_order_is_read_to_the_cent() -> None:
    [change] = read("order.updated", sample("orders__retrieve_an_order"))
    order = change.record
    assert isinstance(order, Order)
    assert (change.name, change.is_state) == (EventName.ORDER_UPDATED, True)
    assert (order.name, order.total, order.subtotal, order.currency) == ("#727", 2935, 1800, "USD")
    assert order.customer == CustomerKey(None, "john.doe@example.com", "(555) 555-5555")
    assert order.paid_at == datetime(2017, 3, 22, 19, 28, 8, tzinfo=UTC)
    assert [item.variant_id for item in order.items] == ["93", "23"]
    assert order.items[1].variant_title == "black, M Test"


def test_refunds_are_amounts_with_a_minus_and_completed_is_fulfilled() -> None:
    orders = json.loads((SAMPLES / "orders__list_all_orders.json").read_text())
    [change] = read("order.updated", orders[1])
    order = change.record
    assert isinstance(order, Order)
    assert order.store_refunded == 1900
    assert order.fulfilled_at == datetime(2017, 3, 21, 19, 54, 51, tzinfo=UTC)
    assert order.customer
    assert order.customer.external_id == "26"


def test_an_order_that_waits_for_its_payment_is_a_cart_with_a_way_back() -> None:
    waiting = sample("orders__retrieve_an_order", status="pending", created_via="store-api")
    order, cart = (one.record for one in read("order.created", waiting))
    assert isinstance(order, Order)
    assert isinstance(cart, Cart)
    assert (order.is_placed, order.counts) == (False, False)
    assert cart.external_id == order.checkout_token == "order-727"
    assert cart.recovery_url == f"{HOME}/checkout-link/?products=93:2,23:1"


def test_the_plugins_cart_and_its_order_are_one_by_the_token() -> None:
    meta = [{"key": "_reprise_cart_token", "value": "t0k3n"}, {"key": "x", "value": {"a": [1]}}]
    waiting = sample(
        "orders__retrieve_an_order", status="failed", created_via="checkout", meta_data=meta
    )
    order, cart = (one.record for one in read("order.updated", waiting))
    assert isinstance(order, Order)
    assert isinstance(cart, Cart)
    assert cart.external_id == cart.cart_token == order.cart_token == "t0k3n"
    assert cart.recovery_url == f"{HOME}/?reprise_restore=t0k3n"


@pytest.mark.parametrize("created_via", ["admin", "rest-api", "subscription"])
def test_what_no_shopper_began_is_no_cart(created_via: str) -> None:
    made = sample("orders__retrieve_an_order", status="pending", created_via=created_via)
    assert len(read("order.created", made)) == 1


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft", "draft"])
def test_a_draft_tells_nothing(status: str) -> None:
    assert read("order.updated", sample("orders__retrieve_an_order", status=status)) == []


def test_a_status_of_some_other_plugin_is_an_order() -> None:
    [change] = read("order.updated", sample("orders__retrieve_an_order", status="awaiting-pickup"))
    assert isinstance(change.record, Order)
    assert change.record.is_placed


@pytest.mark.parametrize(
    ("key", "value", "ticked"),
    [
        ("_wc_other/reprise/optin", "1", True),
        ("_reprise_optin", "yes", True),
        ("_reprise_optin", "no", False),
        ("_other_optin", "yes", False),
    ],
)
def test_the_box_at_the_checkout_is_consent(key: str, value: str, ticked: bool) -> None:
    meta = [{"key": key, "value": value}]
    [change] = read("order.created", sample("orders__retrieve_an_order", meta_data=meta))
    assert isinstance(change.record, Order)
    assert change.record.accepts_marketing is ticked


def test_the_sample_customer_and_what_they_said_of_mail() -> None:
    meta = [
        {"key": customers.EMAIL_CONSENT, "value": "unsubscribed"},
        {"key": customers.EMAIL_CONSENT_AT, "value": "2026-11-20T10:00:00+00:00"},
    ]
    [change] = read("customer.updated", sample("customers__retrieve_a_customer", meta_data=meta))
    customer = change.record
    assert isinstance(customer, Customer)
    assert customer.key == CustomerKey("25", "john.doe@example.com", "(555) 555-5555")
    assert [one.state for one in customer.consents] == [ConsentState.UNSUBSCRIBED]
    assert not customer.is_staff


def test_who_runs_the_shop_is_staff() -> None:
    [change] = read(
        "customer.updated", sample("customers__retrieve_a_customer", role="shop_manager")
    )
    assert isinstance(change.record, Customer)
    assert change.record.is_staff


def test_the_sample_product_and_one_whose_variations_are_read_later() -> None:
    [change] = read("product.updated", sample("products__retrieve_a_product"))
    product = change.record
    assert isinstance(product, Product)
    assert (product.title, product.status, product.rating) == ("Premium Quality", "active", None)
    assert [(one.external_id, one.price) for one in product.variants] == [("794", 2199)]
    for kind in ("variable", "variation"):
        [change] = read("product.updated", sample("products__retrieve_a_product", type=kind))
        assert change.record == ToldInPart("product")


@pytest.mark.parametrize("noun", ["order", "product", "customer"])
def test_a_deletion_tells_the_id_alone(noun: str) -> None:
    [change] = read(f"{noun}.deleted", {"id": 7})
    assert change.record == Gone(noun, "7")


def test_an_emptied_cart_has_nothing_in_it_and_a_link_elsewhere_is_replaced() -> None:
    told = {"token": "t", "updated_at": "2026-11-22T18:00:00Z", "items": [], "currency": "USD"}
    told["recovery_url"] = "https://neighbour.example/?reprise_restore=t"
    [change] = read("reprise.cart.updated", told)
    assert isinstance(change.record, Cart)
    assert change.record.items == ()
    assert change.record.recovery_url == f"{HOME}/?reprise_restore=t"


def test_the_plugins_words_of_consent_privacy_and_visits() -> None:
    said = {"email": "Ada@Example.com", "channel": "email", "state": "subscribed", "at": None}
    [consent] = read("reprise.consent", {**said, "source": "form"})
    assert isinstance(consent.record, Consent)
    assert consent.record.customer == CustomerKey(email="ada@example.com")
    [erase] = read("reprise.privacy.erase", {"email": "ada@example.com", "request_id": "9"})
    assert isinstance(erase.record, PrivacyRequest)
    assert (erase.record.kind, erase.record.request_id) == ("customer_redact", "9")
    seen = {"kind": "category.viewed", "visitor": "v", "email": "a@b.example", "category": "Hats"}
    [visit] = read("reprise.visit", seen)
    assert isinstance(visit.record, Visit)
    assert visit.record.data == {"category": "Hats"}
    assert read("reprise.visit", {**seen, "consent": {"marketing": False}}) == []
