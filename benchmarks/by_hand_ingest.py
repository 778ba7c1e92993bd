"""The ceiling of row 2: the shortest honest script that takes webhooks from inbox to enrollment.

Claims 500 rows, reads them with orjson, writes customer, cart or order, event and enrollment of
each and marks the row done, in one transaction on the app's own tables. It knows one store, two
topics and no disorder: no newer-wins, no merging of people, no exits, no re-entry, no credit.
"""

import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import psycopg

CLAIM = "SELECT id, topic, body FROM inbox WHERE state = 'pending' ORDER BY id LIMIT 500"
DONE = "UPDATE inbox SET state = 'done', processed_at = %s WHERE id = %s"
CUSTOMER = """
    INSERT INTO customers (store_id, id, external_id, email, email_key, first_name, last_name,
        locale, country, email_consent, email_consent_source, email_consent_at, created_at,
        updated_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'subscribed', 'checkout', %s, %s, %s)
    ON CONFLICT (store_id, email_key) DO UPDATE SET updated_at = excluded.updated_at
"""
CART = """
    INSERT INTO carts (store_id, id, external_id, cart_token, customer_id, currency,
        store_currency, items, subtotal, total, store_total, recovery_url, locale, created_at,
        updated_at, arrived_at, abandoned_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (store_id, external_id) DO UPDATE SET items = excluded.items
"""
ORDER = """
    INSERT INTO orders (store_id, id, external_id, name, customer_id, currency, store_currency,
        items, subtotal, total, store_total, placed_at, updated_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (store_id, external_id) DO UPDATE SET items = excluded.items
"""
EVENT = """
    INSERT INTO events (store_id, id, customer_id, name, occurred_at, dedupe_key, data)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
ENROLLMENT = """
    INSERT INTO enrollments (store_id, id, flow_id, version_id, customer_id, trigger_key, cart_id,
        order_id, state, step_id, due_at, anchor_at, entered_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'active', %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """The one store it knows: its flows by topic, as (flow id, version id, first step)."""

    store_id: str
    flows: dict[str, tuple[str, str, str]]


class Postgresql:
    """Where rows go, in PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)

    def claim(self) -> Sequence[Row]:
        return self.connection.execute(CLAIM + " FOR UPDATE SKIP LOCKED").fetchall()

    def write(self, statement: str, rows: Sequence[Row]) -> None:
        self.connection.cursor().executemany(statement, rows)

    def commit(self) -> None:
        self.connection.commit()

    def close(self) -> None:
        self.connection.close()


class Sqlite:
    """Where rows go, in SQLite: ids as text, times in microseconds, JSON as text."""

    def __init__(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.connection.execute("PRAGMA synchronous=FULL")

    def claim(self) -> Sequence[Row]:
        self.connection.execute("BEGIN IMMEDIATE")
        return self.connection.execute(CLAIM).fetchall()

    def write(self, statement: str, rows: Sequence[Row]) -> None:
        plain = [tuple(map(_plain, row)) for row in rows]
        self.connection.executemany(statement.replace("%s", "?"), plain)

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    return int(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value


def drain(url: str, home: Home) -> int:
    """Take in all that waits; give how many."""
    database = Sqlite(url) if url.startswith("sqlite") else Postgresql(url)
    done = 0
    while rows := database.claim():
        now = datetime.now(UTC)
        for statement, values in _statements(home, rows, now):
            if values:
                database.write(statement, values)
        database.commit()
        done += len(rows)
    database.commit()
    database.close()
    return done


def _statements(home: Home, rows: Sequence[Row], now: datetime) -> Iterator[tuple[str, list[Row]]]:
    told = [(topic, orjson.loads(body), uuid.uuid4(), uuid.uuid4()) for _, topic, body in rows]
    store = uuid.UUID(home.store_id)
    yield CUSTOMER, [_customer(store, one, person, now) for _, one, person, _ in told]
    of_topic = {
        topic: [one for one in told if one[0].startswith(topic)]
        for topic in ("checkouts", "orders")
    }
    yield CART, [_cart(store, *one[1:], now) for one in of_topic["checkouts"]]
    yield ORDER, [_order(store, *one[1:]) for one in of_topic["orders"]]
    yield EVENT, [_event(store, *one) for one in told]
    yield ENROLLMENT, [_enrollment(store, home, *one) for one in told]
    yield DONE, [(now, row[0]) for row in rows]


def _customer(store: uuid.UUID, one: dict[str, Any], person: uuid.UUID, now: datetime) -> Row:
    who = one["customer"]
    locale, country = one["customer_locale"], who["default_address"]["country_code"]
    email = one["email"]
    names = (who["first_name"], who["last_name"])
    return (store, person, str(who["id"]), email, email, *names, locale, country, now, now, now)


def _items(one: dict[str, Any]) -> str:
    told = [
        {"product_id": str(line["product_id"]), "variant_id": str(line["variant_id"]),
         "title": line["title"], "quantity": line["quantity"], "price": _cents(line["price"])}
        for line in one["line_items"]
    ]  # fmt: skip
    return orjson.dumps(told).decode()


def _cents(amount: str) -> int:
    return round(float(amount) * 100)


def _cart(
    store: uuid.UUID, one: dict[str, Any], person: uuid.UUID, thing: uuid.UUID, now: datetime
) -> Row:
    at, total = datetime.fromisoformat(one["updated_at"]), _cents(one["total_price"])
    money = (one["presentment_currency"], one["currency"])
    amounts = (_items(one), _cents(one["subtotal_price"]), total, total)
    where = (one["abandoned_checkout_url"], one["customer_locale"])
    tokens = (one["token"], one["cart_token"])
    return (store, thing, *tokens, person, *money, *amounts, *where, at, at, now, now)


def _order(store: uuid.UUID, one: dict[str, Any], person: uuid.UUID, thing: uuid.UUID) -> Row:
    at, total = datetime.fromisoformat(one["created_at"]), _cents(one["total_price"])
    money = (one["presentment_currency"], one["currency"])
    amounts = (_items(one), _cents(one["subtotal_price"]), total, total)
    return (store, thing, str(one["id"]), one["name"], person, *money, *amounts, at, at)


def _event(
    store: uuid.UUID, topic: str, one: dict[str, Any], person: uuid.UUID, thing: uuid.UUID
) -> Row:
    at = datetime.fromisoformat(one["updated_at"])
    name = "order.placed" if topic.startswith("orders") else "cart.created"
    key = f"{name}:{one['token']}"
    return (store, uuid.uuid4(), person, name, at, key, orjson.dumps({"id": str(thing)}).decode())


def _enrollment(
    store: uuid.UUID,
    home: Home,
    topic: str,
    one: dict[str, Any],
    person: uuid.UUID,
    thing: uuid.UUID,
) -> Row:
    at = datetime.fromisoformat(one["updated_at"])
    flow, version, step = home.flows[topic]
    is_order = topic.startswith("orders")
    things = (None, thing) if is_order else (thing, None)
    due = at + timedelta(hours=1)
    ids = (uuid.UUID(flow), uuid.UUID(version))
    return (store, uuid.uuid4(), *ids, person, f"key:{thing}", *things, step, due, at, at)
