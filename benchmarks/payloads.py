"""Webhooks as a busy store sends them: made by the sandbox, signed as Shopify signs."""

import hashlib
import hmac
import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from sandbox import order_payloads
from sandbox import payloads as shapes

DOMAIN = "maple-and-moss.myshopify.com"
SHOP_URL = f"https://{DOMAIN}"
THINGS = ("Linen throw", "Oak tray", "Wool socks", "Stone mug", "Fern pot", "Reed basket")
ADDRESS = {
    "first_name": "Ada", "last_name": "Reyes", "address1": "12 Elm St", "city": "Portland",
    "province": "Oregon", "province_code": "OR", "country": "United States",
    "country_code": "US", "zip": "97201",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook's topic and body."""

    topic: str
    body: bytes


def email_of(number: int) -> str:
    """Give the address of the customer of this number."""
    return f"ada.{number}@example.com"


def checkouts(count: int, *, first: int = 1, quiet: timedelta = timedelta()) -> Iterator[Delivery]:
    """Give one checkout each of so many subscribers, three items in it; `quiet` for so long."""
    at = datetime.now(UTC) - quiet
    for number in range(first, first + count):
        record = {**_bought(number, at), "cart_token": f"cart{number}", "token": f"co{number:08}"}
        told = shapes.checkout(record, _person(number, at), f"{SHOP_URL}/recover/{number}")
        yield Delivery("checkouts/create", orjson.dumps(told))


def orders(count: int, *, first: int = 1) -> Iterator[Delivery]:
    """Give one paid order each of so many customers."""
    at = datetime.now(UTC)
    for number in range(first, first + count):
        record = {**_bought(number, at), "token": f"or{number:08}", "cart_token": f"cart{number}"}
        told = order_payloads.order({**record, **_PAID}, _person(number, at), SHOP_URL)
        yield Delivery("orders/create", orjson.dumps(told))


_PAID = {"financial_status": "paid", "source_name": "web", "tags": [], "test": False, "refunds": []}


def _bought(number: int, at: datetime) -> dict[str, Any]:
    drawn = random.Random(number)  # the same payload for the same number, in every process
    lines = [_line(drawn, number, place) for place in range(3)]
    total = sum(Decimal(line["price"]) * line["quantity"] for line in lines)
    amount = f"{total:.2f}"
    return {
        "id": 5_000_000_000 + number, "number": 1000 + number, "email": email_of(number),
        "accepts_marketing": True, "created_at": at.isoformat(), "updated_at": at.isoformat(),
        "landing_site": "/", "locale": "en-US", "currency": "USD", "phone": None,
        "address": ADDRESS, "lines": lines, "code": None,
        "totals": {"discount": "0.00", "lines": amount, "subtotal": amount, "total": amount,
                   "shipping": "0.00"},
    }  # fmt: skip


def _line(drawn: random.Random, number: int, place: int) -> dict[str, Any]:
    product = drawn.randrange(400)
    return {
        "id": number * 10 + place, "key": f"{number}-{place}", "product_id": 7_000_000 + product,
        "variant_id": 8_000_000 + product, "title": THINGS[product % len(THINGS)],
        "variant_title": None, "sku": f"MM-{product}", "vendor": "Maple & Moss", "grams": 400,
        "price": f"{drawn.randrange(900, 9900) / 100:.2f}", "quantity": drawn.randrange(1, 3),
    }  # fmt: skip


def _person(number: int, at: datetime) -> dict[str, Any]:
    then = (at - timedelta(days=30)).isoformat()
    return {
        "id": 6_000_000_000 + number, "created_at": then, "updated_at": then, "first_name": "Ada",
        "last_name": "Reyes", "email": email_of(number), "phone": None, "currency": "USD",
        "address": ADDRESS,
    }  # fmt: skip


def signature(secret: str, body: bytes) -> str:
    """Give what Shopify writes into its HMAC header."""
    return b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def headers(delivery: Delivery, webhook_id: str, secret: str) -> dict[str, str]:
    """Give the headers of one delivery."""
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": delivery.topic,
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Event-Id": webhook_id,
        "X-Shopify-Triggered-At": datetime.now(UTC).isoformat(),
        "X-Shopify-Hmac-Sha256": signature(secret, delivery.body),
    }
