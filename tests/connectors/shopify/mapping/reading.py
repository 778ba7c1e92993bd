"""Reads a payload as if its webhook had just been verified."""

import json
from datetime import UTC, datetime
from typing import Any

from connectors.base import Webhook
from connectors.shopify import webhooks
from marketing.model import Cart, Change, Order
from tests.payloads.shopify import STORE

AT = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
THEN = datetime(2022, 1, 1, tzinfo=UTC)


def parse(topic: str, payload: Any, currency: str | None = "USD") -> list[Change]:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return webhooks.parse(
        Webhook("1", topic, STORE, body, triggered_at=AT, store_currency=currency)
    )


def only(topic: str, payload: Any, currency: str | None = "USD") -> Change:
    [change] = parse(topic, payload, currency)
    return change


def cart_of(payload: dict[str, Any], topic: str = "checkouts/create") -> Cart:
    told = only(topic, payload).record
    assert isinstance(told, Cart)
    return told


def order_of(payload: dict[str, Any], topic: str = "orders/create") -> Order:
    told = only(topic, payload).record
    assert isinstance(told, Order)
    return told
