"""An order's own visit began with a message's link: evidence of a click that nobody counted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.shopify.mapping import orders as shopify
from connectors.shopify.mapping.fields import Telling as ShopifyTelling
from connectors.woocommerce.mapping import orders as woocommerce
from connectors.woocommerce.mapping.fields import Telling as WooTelling
from marketing.events import EventName
from marketing.marks import Marks, marked
from marketing.model import CustomerKey, Order
from storage import privacy, schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import hit, ordered

HOME = "https://maple.example"
Told = Callable[[str, datetime], dict[str, Any]]


def on_shopify(message_id: str, at: datetime) -> dict[str, Any]:
    """What orders/create tells of a visit that began with the message's link."""
    landing = marked("/products/mug?a=1", Marks(message_id, "email", "Carts", "reminder"))
    payload = {"id": 1, "currency": "USD", "landing_site": landing, "created_at": at.isoformat()}
    return _landing(shopify.order(payload, ShopifyTelling(EventName.ORDER_PLACED, HOME, at)))


def on_woocommerce(message_id: str, at: datetime) -> dict[str, Any]:
    began = (at - 10 * MINUTE).strftime("%Y-%m-%d %H:%M:%S")
    told = {"source_type": "utm", "utm_source": "reprise", "utm_id": message_id,
            "session_start_time": began}  # fmt: skip
    meta = [{"key": f"_wc_order_attribution_{name}", "value": told[name]} for name in told]
    payload = {"id": 1, "status": "processing", "currency": "USD", "meta_data": meta}
    return _landing(woocommerce.order(payload, WooTelling(EventName.ORDER_UPDATED, HOME, at)))


def _landing(changes: list[Any]) -> dict[str, Any]:
    order = changes[0].record
    assert isinstance(order, Order)
    assert order.landing is not None
    return order.landing.document()


PLATFORMS = pytest.mark.parametrize("told", [on_shopify, on_woocommerce])


@pytest.fixture
def sent(stage: Stage) -> Any:
    stage.cart(stage.customer(external_id="7001"))
    stage.live(2 * HOUR)
    (message,) = stage.messages()
    return message


def credited(stage: Stage) -> list[tuple[str, str]]:
    rows = stage.rows(schema.attributions, store_id=stage.store_id)
    return [(row.message_id, row.kind) for row in rows]


@PLATFORMS
def test_an_order_whose_visit_began_with_a_message_is_its(
    stage: Stage, sent: Any, told: Told
) -> None:
    ordered(stage, sent.customer_id, landing=told(sent.id, stage.now))
    assert credited(stage) == [(sent.id, "landed")]
    [row] = stage.rows(schema.attributions)
    assert sent.sent_at <= row.touched_at <= stage.now + timedelta(seconds=1)


@PLATFORMS
def test_a_click_that_was_counted_needs_no_such_evidence(
    stage: Stage, sent: Any, told: Told
) -> None:
    hit(stage, sent.id, "click", sent.sent_at + MINUTE)
    ordered(stage, sent.customer_id, landing=told(sent.id, stage.now))
    assert credited(stage) == [(sent.id, "click")]


@PLATFORMS
def test_a_message_to_somebody_else_earns_nothing(stage: Stage, sent: Any, told: Told) -> None:
    """A mail was passed on, or an address made up."""
    ordered(stage, stage.customer("Ben"), landing=told(sent.id, stage.now))
    assert credited(stage) == []


@PLATFORMS
def test_another_stores_message_earns_nothing(stage: Stage, sent: Any, told: Told) -> None:
    theirs = stage.customer("Eve", stage.stranger_id)
    stage.cart(theirs, stage.stranger_id)
    stage.live(2 * HOUR)
    [foreign] = stage.messages(store_id=stage.stranger_id)
    ordered(stage, sent.customer_id, landing=told(foreign.id, stage.now))
    assert credited(stage) == []


@PLATFORMS
@pytest.mark.parametrize(
    "named",
    [
        "",
        "x" * 200,
        "m\x00",
        "{0192f2c4-0000-7000-8000-000000000000}",
        "0192f2c4-0000-7000-8000-000000000000",
    ],
)
def test_what_names_no_message_earns_nothing(
    stage: Stage, sent: Any, told: Told, named: str
) -> None:
    ordered(stage, sent.customer_id, landing={**told("-", stage.now), "id": named})
    assert credited(stage) == []


@PLATFORMS
def test_an_order_before_the_message_is_not_its(stage: Stage, sent: Any, told: Told) -> None:
    before = sent.sent_at - HOUR
    ordered(stage, sent.customer_id, before, landing=told(sent.id, before))
    assert credited(stage) == []


def test_a_landing_out_of_the_window_earns_nothing(stage: Stage, sent: Any) -> None:
    stage.change(schema.messages, sent.id, sent_at=sent.sent_at - timedelta(days=30))
    old = on_woocommerce(sent.id, stage.now - timedelta(days=6))
    ordered(stage, sent.customer_id, landing=old)
    assert credited(stage) == []


def test_an_erased_customers_orders_tell_no_origin(stage: Stage, sent: Any) -> None:
    ordered(stage, sent.customer_id, landing=on_shopify(sent.id, stage.now))
    with stage.database.writing() as connection:
        address_hash = stage.runtime.secrets.address_hash
        privacy.erase(connection, stage.store, CustomerKey("7001"), address_hash, stage.now)
    assert [row.landing for row in stage.rows(schema.orders)] == [{}]
