"""News of products that many are to be told of: kept with a cursor, told in batches."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from marketing.announcing import Announcement
from marketing.events import EventName
from storage.bulk import insert_rows
from storage.due import ANNOUNCEMENTS
from storage.schema import announcements, new_id, products

KEEP_ANNOUNCEMENTS = timedelta(days=30)
SORTED_IN = {EventName.PRODUCT_PUBLISHED: timedelta(minutes=2)}
"""How long a new product is given to be sorted into the store's categories."""


def begin(connection: Connection, told: Iterable[tuple[str, Announcement]]) -> None:
    """Keep what is to be told, by (store id, announcement); what is there already stays."""
    rows = [
        {
            "store_id": store_id, "id": new_id(), "name": one.name.value,
            "product_id": one.product_id, "occurred_at": one.occurred_at,
            "data": dict(one.data),
            "due_at": one.occurred_at + SORTED_IN.get(one.name, timedelta()),
        }
        for store_id, one in told
    ]  # fmt: skip
    insert_rows(connection, announcements, rows, new_only=True)


def take(connection: Connection, store_id: str, now: datetime) -> Row[Any] | None:
    """Hold the oldest that is not told to everybody yet against other workers."""
    a = announcements.c
    query = (
        select(announcements)
        .where(a.store_id == store_id, ANNOUNCEMENTS.waits, a.due_at <= now)
        .order_by(a.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(query).one_or_none()


def read(row: Row[Any]) -> Announcement:
    """Give what a row announces."""
    return Announcement(EventName(row.name), row.product_id, row.occurred_at, row.data)


def move(connection: Connection, row: Row[Any], cursor: str | None) -> None:
    """Remember how far it was told; None: to everybody."""
    a = announcements.c
    over = {"due_at": None} if cursor is None else {"cursor": cursor}
    mine = (a.store_id == row.store_id, a.id == row.id)
    connection.execute(update(announcements).where(*mine).values(**over))


def product_of(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """Give the product as it is now, if it is still on sale."""
    p = products.c
    mine = (p.store_id == row.store_id, p.external_id == row.product_id, p.deleted_at.is_(None))
    query = select(*[p[name] for name in ("product_type", "variants")])
    return connection.execute(query.where(*mine, p.status == "active")).one_or_none()


def prune(connection: Connection, now: datetime) -> None:
    """Forget what everybody was told a while ago."""
    a = announcements.c
    old = a.occurred_at < now - KEEP_ANNOUNCEMENTS
    connection.execute(delete(announcements).where(old, a.due_at.is_(None)))
