"""Customers as other programs ask for them: by a name of theirs."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from storage.mirror_customers import email_key
from storage.schema import customers

SHOWN: Final = (
    "id", "external_id", "email", "phone", "first_name", "last_name", "locale", "country",
    "timezone", "tags", "properties", "email_consent", "email_consent_source",
    "email_consent_at", "sms_consent", "sms_consent_source", "sms_consent_at", "orders_count",
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
