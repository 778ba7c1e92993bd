"""The templates of a store's WhatsApp account, as Meta last told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from marketing.whatsapp_templates import MessageTemplate
from storage.schema import whatsapp_templates

Key = tuple[str, str]
"""A template's name and language."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Every template of a store; `synced_at` is a real time, None before the first time."""

    templates: Mapping[Key, MessageTemplate]
    synced_at: datetime | None = None


def of_store(connection: Connection, store_id: str) -> Registry:
    """Give a store's templates, by name and language."""
    t = whatsapp_templates.c
    query = select(whatsapp_templates).where(t.store_id == store_id).order_by(t.name, t.language)
    rows = connection.execute(query).all()
    found = {(row.name, row.language): _template(row) for row in rows}
    return Registry(found, max((row.synced_at for row in rows), default=None))


def replace(
    connection: Connection, store_id: str, told: Sequence[MessageTemplate], real_now: datetime
) -> None:
    """Keep what Meta told of all templates instead of what was known of them."""
    t = whatsapp_templates.c
    connection.execute(delete(whatsapp_templates).where(t.store_id == store_id))
    rows = {
        (one.name, one.language): {
            "store_id": store_id, "name": one.name, "language": one.language,
            "category": one.category[:20], "status": one.status[:30], "reason": one.reason,
            "quality": one.quality, "components": list(one.components),
            "is_named": one.is_named, "synced_at": real_now,
        }
        for one in told
    }  # fmt: skip
    if rows:
        connection.execute(insert(whatsapp_templates), list(rows.values()))


def note(
    connection: Connection, store_id: str, key: Key, *, status: str, reason: str | None
) -> bool:
    """Keep what Meta told of one template at once; False when it is not known here yet."""
    values: dict[str, Any] = {"status": status[:30], "reason": reason}
    changed = connection.execute(
        update(whatsapp_templates).where(*_which(store_id, key)).values(**values)
    )
    return changed.rowcount == 1


def forget(connection: Connection, store_id: str) -> int:
    """Forget them all: the account was let go."""
    t = whatsapp_templates.c
    return connection.execute(delete(whatsapp_templates).where(t.store_id == store_id)).rowcount


def count(connection: Connection, store_id: str) -> int:
    """Give how many there are."""
    query = select(func.count()).where(whatsapp_templates.c.store_id == store_id)
    return connection.execute(query).scalar_one()


def _which(store_id: str, key: Key) -> tuple[Any, ...]:
    t = whatsapp_templates.c
    return t.store_id == store_id, t.name == key[0], t.language == key[1]


def _template(row: Row[Any]) -> MessageTemplate:
    return MessageTemplate(
        name=row.name,
        language=row.language,
        category=row.category,
        status=row.status,
        components=row.components,
        reason=row.reason,
        quality=row.quality,
        is_named=row.is_named,
    )
