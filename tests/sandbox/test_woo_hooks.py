"""Webhooks of the WooCommerce store, with every quirk that the app has to live with."""

import hashlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from woocommerce import API

from sandbox import woo_hooks, woo_orders
from sandbox.state import Record
from sandbox.woo_hooks import signature
from sandbox.woo_shop import WooShop
from tests.sandbox.test_woo_rest import of
from tests.sandbox.woo import Listener, api, key, listener, shop

__all__ = ["api", "key", "listener", "shop"]
SECRET = "a&b<c>d\"e'f"


def hook(api: API, listener: Listener, topic: str = "order.updated", **more: Any) -> Record:
    wanted = {"topic": topic, "delivery_url": listener.url, "secret": SECRET, **more}
    made: Record = of(api.post("webhooks", wanted))
    listener.got.clear()
    return made


def until(happened: Callable[[], Any]) -> None:
    give_up = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def settle(shop: WooShop) -> None:
    until(lambda: shop.jobs.pending() == 0)


def test_at_creation_an_unsigned_form_is_posted_and_its_failure_stops_nothing(
    api: API, listener: Listener
) -> None:
    listener.status = 500
    made = of(api.post("webhooks", {"topic": "order.created", "delivery_url": listener.url}))
    assert made["status"] == "active"
    ((headers, body),) = listener.got
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert body == f"webhook_id={made['id']}".encode()
    assert not any(name.startswith("X-Wc") for name in headers)


def test_a_delivery_is_signed_over_its_raw_body_with_a_secret_of_any_signs(
    api: API, listener: Listener, shop: WooShop
) -> None:
    made = hook(api, listener)
    order = woo_orders.move(shop, shop.all("woo_order")[0], "on-hold")
    settle(shop)
    ((headers, body),) = listener.got
    assert headers["X-Wc-Webhook-Signature"] == signature(SECRET, body)
    assert headers["X-Wc-Webhook-Source"] == f"{shop.url}/"
    assert headers["X-Wc-Webhook-Topic"] == "order.updated"
    assert headers["X-Wc-Webhook-Id"] == str(made["id"])
    assert f'"id":{order["id"]}'.encode() in body


def test_deliveries_of_one_second_share_their_delivery_id(
    api: API, listener: Listener, shop: WooShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(api, listener)
    now = shop.now()
    monkeypatch.setattr(shop, "now", lambda: now)
    for order in shop.all("woo_order")[:2]:
        woo_orders.move(shop, order, "on-hold")
    until(lambda: len(listener.got) == 2)
    ids = {headers["X-Wc-Webhook-Delivery-Id"] for headers, _ in listener.got}
    bodies = {hashlib.sha256(body).digest() for _, body in listener.got}
    assert (len(ids), len(bodies)) == (1, 2)


def test_the_body_is_built_when_it_leaves_and_events_that_wait_become_one(
    api: API, listener: Listener, shop: WooShop
) -> None:
    hook(api, listener, "order.created")
    hook(api, listener)
    shop.set_site("quiet", True)
    order = of(api.post("orders", {"billing": {"email": "ada@example.com"}}))
    for status in ("on-hold", "processing", "completed"):
        api.put(f"orders/{order['id']}", {"status": status})
    assert shop.jobs.pending() == 0
    assert listener.got == []
    shop.set_site("quiet", False)
    settle(shop)
    topics = sorted(headers["X-Wc-Webhook-Topic"] for headers, _ in listener.got)
    assert topics == ["order.created", "order.updated"]
    assert all(b'"status":"completed"' in body for _, body in listener.got)


def test_of_what_was_deleted_only_the_id_is_told(
    api: API, listener: Listener, shop: WooShop
) -> None:
    hook(api, listener, "order.deleted")
    order = shop.all("woo_order")[0]
    api.delete(f"orders/{order['id']}", params={"force": True})
    settle(shop)
    assert [body for _, body in listener.got] == [f'{{"id":{order["id"]}}}'.encode()]


@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_counts_as_success_and_what_it_carried_is_lost(
    status: int, api: API, listener: Listener, shop: WooShop
) -> None:
    made = hook(api, listener)
    listener.status = status
    woo_orders.move(shop, shop.all("woo_order")[0], "on-hold")
    settle(shop)
    assert len(listener.got) == 1
    assert (shop.get("woo_webhook", made["id"]) or {})["failures"] == 0


def test_the_seventh_failure_in_a_row_disables_and_nothing_is_tried_again(
    api: API, listener: Listener, shop: WooShop
) -> None:
    made = hook(api, listener)
    listener.status = 500
    orders = shop.all("woo_order")
    for n in range(7):
        assert of(api.get(f"webhooks/{made['id']}"))["status"] == "active"
        woo_orders.move(shop, orders[n], "on-hold")
        settle(shop)
    assert len(listener.got) == 7
    assert of(api.get(f"webhooks/{made['id']}"))["status"] == "disabled"
    woo_orders.move(shop, orders[8], "on-hold")
    assert shop.jobs.pending() == 0


def test_jobs_of_before_it_was_disabled_are_still_sent_and_a_success_forgets(
    api: API, listener: Listener, shop: WooShop
) -> None:
    made = hook(api, listener)
    shop.set_site("quiet", True)
    woo_orders.move(shop, shop.all("woo_order")[0], "on-hold")
    record = shop.get("woo_webhook", made["id"]) or {}
    shop.put("woo_webhook", {**record, "status": "disabled", "failures": 6})
    shop.set_site("quiet", False)
    settle(shop)
    assert len(listener.got) == 1
    assert (shop.get("woo_webhook", made["id"]) or {})["failures"] == 0
    assert of(api.put(f"webhooks/{made['id']}", {"status": "active"}))["status"] == "active"


@pytest.mark.parametrize("topic", ["order.published", "customer.restored", "cart.updated", ""])
def test_impossible_topics_are_refused(topic: str, api: API, listener: Listener) -> None:
    refused = api.post("webhooks", {"topic": topic, "delivery_url": listener.url})
    assert refused.status_code == 400
    assert refused.json()["code"] == "woocommerce_rest_shop_webhook_invalid_topic"
    assert woo_hooks.is_topic("action.woocommerce_add_to_cart")
