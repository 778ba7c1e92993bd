"""What the tests of the mirror tell it: short ways to name people, carts, orders, moments."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, select

from marketing.events import EventName
from marketing.model import (
    Cart,
    Change,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    Customer,
    CustomerKey,
    Item,
    Order,
    Platform,
    Record,
)
from storage import mirror, stores
from storage.database import Database
from storage.mirror import Mirroring, Told
from storage.schema import customers
from storage.stores import Store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA = "ada@example.com"
HOUR = timedelta(hours=1)
SCARF = Item("p1", "v1", "Scarf", None, 2, 1000, 2000, 1000)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def hash_of(channel: str, address: str) -> str:
    return f"{channel}#{address[::-1]}"


def a_store(
    database: Database, domain: str = "maple.myshopify.com", idle: int | None = 3600
) -> Store:
    with database.writing() as connection:
        store, _ = stores.install(
            connection, Platform.SHOPIFY, domain, scopes=["read_orders"], now=at(-100)
        )
        stores.set_cart_idle_seconds(connection, store.id, idle)
        found = stores.by_id(connection, store.id)
    assert found
    return found


def key(
    external_id: str | None = None, email: str | None = ADA, phone: str | None = None
) -> CustomerKey:
    return CustomerKey(external_id, email, phone)


def a_customer(who: CustomerKey, hours: float = 0, **fields: Any) -> Customer:
    return Customer(key=who, updated_at=at(hours), **fields)


def a_cart(
    name: str = "t1", who: CustomerKey | None = None, hours: float = 0, **fields: Any
) -> Cart:
    told: dict[str, Any] = {
        "external_id": name, "customer": who or key(), "currency": "EUR", "store_currency": "USD",
        "items": (SCARF,), "subtotal": 2000, "total": 2500, "store_total": 2600,
        "created_at": at(min(hours, 0)), "updated_at": at(hours),
        "recovery_url": f"https://maple.example/recover/{name}",
    }  # fmt: skip
    return Cart(**{**told, **fields})


def an_order(
    name: str = "o1", who: CustomerKey | None = None, hours: float = 0, **fields: Any
) -> Order:
    told: dict[str, Any] = {
        "external_id": name, "name": f"#{name}", "customer": who or key(), "currency": "EUR",
        "store_currency": "USD", "items": (SCARF,), "subtotal": 2000, "total": 2500,
        "store_total": 2600, "store_refunded": 0, "placed_at": at(hours), "updated_at": at(hours),
    }  # fmt: skip
    return Order(**{**told, **fields})


def a_word(state: ConsentState, hours: float, who: CustomerKey | None = None) -> Consent:
    return Consent(ChannelName.EMAIL, state, ConsentSource.PLATFORM, at(hours), who)


NAMES: dict[type, EventName] = {
    Cart: EventName.CART_UPDATED,
    Customer: EventName.CUSTOMER_UPDATED,
    Order: EventName.ORDER_PLACED,
    Consent: EventName.CUSTOMER_UPDATED,
}


def change(record: Any, name: EventName | None = None, hours: float | None = None) -> Change:
    moment = getattr(record, "updated_at", None) or getattr(record, "changed_at", None)
    told = name or NAMES[type(record)]
    if told is EventName.ORDER_PLACED:
        moment = record.placed_at
    return Change(told, at(hours) if hours is not None else moment or NOON, record)


def tell(
    database: Database,
    store: Store,
    *said: Record | Change,
    hours: float = 1,
    imported: bool = False,
) -> Mirroring:
    """Let the mirror absorb records in one batch, arriving `hours` after noon."""
    changes = [one if isinstance(one, Change) else change(one) for one in said]
    told = [Told(store, one, at(hours), ref) for ref, one in enumerate(changes)]
    with database.writing() as connection:
        return mirror.absorb(connection, told, hash_of, imported=imported)


def rows(database: Database, table: Table, *order: str) -> list[dict[str, Any]]:
    by = [table.c[name] for name in order or ("store_id", *([] if "id" not in table.c else ["id"]))]
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*by)).mappings()]


def people(database: Database) -> dict[str | None, dict[str, Any]]:
    """Living customers by their e-mail."""
    living = [row for row in rows(database, customers) if not row["deleted_at"]]
    return {row["email_key"]: row for row in living}


def names(news: Sequence[Any]) -> list[str]:
    return [one.name.value for one in news]
