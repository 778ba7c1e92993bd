"""A store's customers, carts, enrollments and messages, put in by the thousand."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert

from benchmarks.payloads import DOMAIN, THINGS, email_of
from jobs.flow_problems import compile_all
from marketing import flow_schema, recipes
from marketing.block_schema import TemplateSchema
from marketing.flow import SendMessage
from storage import flows, schema
from storage.bulk import insert_rows

AT_ONCE = 5_000
HOUR = timedelta(hours=1)
TEMPLATE_STEP = "reminder"
"""Of the abandoned-cart recipe: the email that every figure about mail sends."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A published flow."""

    store_id: str
    id: str
    version_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with an open cart."""

    id: str
    cart_id: str
    number: int


def open_store(
    connection: Connection,
    now: datetime,
    *,
    cart_idle_seconds: int | None = None,
    domain: str = DOMAIN,
) -> str:
    """Put a store on the books; give its id. Idle seconds: those of its live cart flow."""
    store_id = schema.new_id()
    row = {
        "id": store_id, "platform": "shopify", "domain": domain, "name": "Maple & Moss",
        "currency": "USD", "timezone": "America/New_York", "locale": "en-US", "country": "US",
        "status": "installed", "public_key": store_id, "settings": {}, "installed_at": now,
        "storefront_url": f"https://{DOMAIN}", "address": "12 Elm St, Portland", "scopes": [],
        "cart_idle_seconds": cart_idle_seconds,
    }  # fmt: skip
    connection.execute(insert(schema.stores).values(row))
    return store_id


def publish(connection: Connection, store_id: str, document: dict[str, Any], now: datetime) -> Flow:
    """Compile and publish a flow, as the panel does."""
    flow = flow_schema.load(document)
    flow_id = flows.create(connection, store_id, flow, document, now)
    if flow_id is None:
        raise ValueError("the store has this recipe already")
    version = flows.add_version(
        connection, store_id, flow_id, flow, compile_all(flow, link_length=40), now
    )
    return Flow(store_id, flow_id, version)


def recipe_document() -> dict[str, Any]:
    """Give the abandoned-cart flow as every store begins with it."""
    return flow_schema.dump(recipes.load("abandoned-cart"))


def step_document() -> dict[str, Any]:
    """Give a flow of one delay, one condition, one message and one long delay."""
    worth = {"op": "gte", "field": "cart.subtotal", "value": 1}
    later = {"kind": "delay", "id": "later", "duration": "P30D"}
    return {
        "name": "Delay, condition, message, delay",
        "trigger": {"event": "cart.abandoned", "idle": "PT1H"},
        "exits": ["order.placed"],
        "steps": [
            {"kind": "delay", "id": "wait", "duration": "PT1H"},
            {"kind": "condition", "id": "worth", "condition": worth,
             "yes": [_message_step("write"), later]},
        ],
    }  # fmt: skip


def order_document() -> dict[str, Any]:
    """Give a flow that begins with an order and writes a week later."""
    rest = {"kind": "delay", "id": "rest", "duration": "P7D"}
    return {
        "name": "A week after an order",
        "trigger": {"event": "order.placed", "reentry": "always"},
        "steps": [rest, _message_step("thank")],
    }


def _message_step(step_id: str) -> dict[str, Any]:
    """Give a message with the words of the abandoned cart's first."""
    reminder = recipes.load("abandoned-cart").steps_by_id[TEMPLATE_STEP]
    if not isinstance(reminder, SendMessage):
        raise TypeError(TEMPLATE_STEP)
    words = TemplateSchema().dump(reminder.template)
    return {"kind": "message", "id": step_id, "channel": "email", "template": words}


def people(
    connection: Connection, store_id: str, count: int, now: datetime, *, first: int = 1
) -> list[Person]:
    """Put in subscribers, each with a cart left two hours ago."""
    numbers = range(first, first + count)
    made = [Person(schema.new_id(), schema.new_id(), number) for number in numbers]
    then = now - timedelta(days=30)
    _put(connection, schema.customers, (_customer(store_id, one, then) for one in made))
    _put(connection, schema.carts, (_cart(store_id, one, now - 2 * HOUR) for one in made))
    return made


def waiting(
    connection: Connection, flow: Flow, who: Sequence[Person], step_id: str, due_at: datetime
) -> list[str]:
    """Let people wait in a flow at a step, to be looked at when due; give their enrollments."""
    rows = [_enrollment(flow, one, step_id, due_at) for one in who]
    _put(connection, schema.enrollments, iter(rows))
    return [row["id"] for row in rows]


def due_messages(
    connection: Connection,
    flow: Flow,
    who: Sequence[Person],
    enrollments: Sequence[str],
    due_at: datetime,
) -> None:
    """Put a due message for each of these enrollments into the ledger."""
    pairs = zip(who, enrollments, strict=True)
    rows = (_message(flow, one, enrollment, due_at) for one, enrollment in pairs)
    _put(connection, schema.messages, rows)


def _put(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, AT_ONCE)):
        insert_rows(connection, table, batch)


def _customer(store_id: str, one: Person, at: datetime) -> dict[str, Any]:
    email = email_of(one.number)
    return {
        "store_id": store_id, "id": one.id, "external_id": str(6_000_000_000 + one.number),
        "email": email, "email_key": email, "first_name": "Ada", "last_name": f"Reyes {one.number}",
        "first_key": "ada", "last_key": f"reyes {one.number}",
        "email_hash": sha256(email.encode()).hexdigest(),
        "locale": "en-US", "country": "US", "tags": [], "properties": {},
        "email_consent": "subscribed", "email_consent_source": "checkout", "email_consent_at": at,
        "is_staff": False, "orders_count": 0, "spent": 0, "created_at": at, "updated_at": at,
    }  # fmt: skip


def _cart(store_id: str, one: Person, at: datetime) -> dict[str, Any]:
    drawn = random.Random(one.number)
    items = [_item(drawn) for _ in range(3)]
    total = sum(item["line_price"] for item in items)
    return {
        "store_id": store_id, "id": one.cart_id, "external_id": f"co{one.number:08}",
        "cart_token": f"cart{one.number}", "customer_id": one.id, "currency": "USD",
        "store_currency": "USD", "items": items, "subtotal": total, "total": total,
        "store_total": total, "recovery_url": f"https://{DOMAIN}/recover/{one.number}",
        "locale": "en-US", "country": "US", "discount_codes": [], "counts": True,
        "created_at": at, "updated_at": at, "arrived_at": at,
    }  # fmt: skip


def _item(drawn: random.Random) -> dict[str, Any]:
    number, price, quantity = drawn.randrange(400), drawn.randrange(900, 9900), 2
    return {
        "product_id": str(7_000_000 + number), "variant_id": str(8_000_000 + number),
        "title": THINGS[number % len(THINGS)], "variant_title": "Moss / Large",
        "quantity": quantity, "price": price, "line_price": price * quantity,
        "store_price": price, "sku": f"MM-{number}",
        "image_url": f"https://cdn.example.com/{number}.jpg",
        "url": f"https://{DOMAIN}/products/{number}",
    }  # fmt: skip


def _enrollment(flow: Flow, one: Person, step_id: str, due_at: datetime) -> dict[str, Any]:
    return {
        "store_id": flow.store_id, "id": schema.new_id(), "flow_id": flow.id,
        "version_id": flow.version_id, "customer_id": one.id,
        "trigger_key": f"cart:{one.cart_id}", "cart_id": one.cart_id, "state": "active",
        "step_id": step_id, "waiting_until": due_at, "due_at": due_at,
        "anchor_at": due_at - 2 * HOUR, "entered_at": due_at - HOUR, "choices": {},
        "deaths": 0, "alone": False,
    }  # fmt: skip


def _message(flow: Flow, one: Person, enrollment: str, due_at: datetime) -> dict[str, Any]:
    message_id = schema.new_id()
    return {
        "store_id": flow.store_id, "id": message_id, "enrollment_id": enrollment,
        "flow_id": flow.id, "version_id": flow.version_id, "step_id": TEMPLATE_STEP,
        "occurrence": 0, "customer_id": one.id, "cart_id": one.cart_id, "channel": "email",
        "kind": "marketing", "state": "due", "due_at": due_at, "not_before": due_at,
        "expires_at": due_at + 8 * HOUR, "attempts": 0, "deaths": 0, "alone": False, "fence": 0,
        "rfc_message_id": f"<{message_id}@maple-and-moss.example>", "created_at": due_at,
    }  # fmt: skip
