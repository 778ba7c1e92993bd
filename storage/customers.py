"""Customers as other programs ask for them: one by a name of theirs, or all, part by part."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from marketing.model import CustomerKey
from storage.among import among
from storage.mirror_customers import email_key
from storage.schema import customers

SHOWN: Final = (
    "id", "external_id", "email", "phone", "first_name", "last_name", "locale", "country",
    "region", "city", "timezone", "tags", "properties", "email_consent", "email_consent_source",
    "email_consent_at", "sms_consent", "sms_consent_source", "sms_consent_at",
    "whatsapp_consent", "whatsapp_consent_source", "whatsapp_consent_at", "orders_count",
    "spent", "first_order_at", "last_order_at", "created_at",
)  # fmt: skip
NAMES: Final = ("id", "external_id", "email")
"""What a customer may be asked for by."""
Shown = Mapping[str, Any]


def find(connection: Connection, store_id: str, name: str, value: str) -> Shown | None:
    """Give the customer whose `id`, `external_id` or `email` is this; None for nobody."""
    column = customers.c["email_key" if name == "email" else name]
    wanted = email_key(value) if name == "email" else value
    rows = _read(connection, store_id, column == wanted)
    return next(iter(rows), None)


def page(
    connection: Connection, store_id: str, *, after: str | None = None, limit: int
) -> list[Shown]:
    """Give customers in the order of their ids, which is about that of their coming."""
    if after is None:
        return list(_read(connection, store_id, limit=limit))
    return list(_read(connection, store_id, customers.c.id > after, limit=limit))


def keys_of(connection: Connection, store_id: str, ids: Iterable[str]) -> dict[str, CustomerKey]:
    """Give by what names the mirror finds these customers, by their ids."""
    c = customers.c
    query = select(c.id, c.external_id, c.email, c.phone).where(
        c.store_id == store_id, among(c.id, ids), c.deleted_at.is_(None), c.erased_at.is_(None)
    )
    return {row[0]: CustomerKey(*row[1:]) for row in connection.execute(query)}


def _read(
    connection: Connection, store_id: str, *which: ColumnElement[bool], limit: int = 1
) -> Iterable[Shown]:
    query = select(*[customers.c[name] for name in SHOWN]).where(
        customers.c.store_id == store_id,
        customers.c.deleted_at.is_(None),
        customers.c.erased_at.is_(None),
        *which,
    )
    rows = connection.execute(query.order_by(customers.c.id).limit(limit))
    return [dict(zip(SHOWN, row, strict=True)) for row in rows]
