"""What providers sent to our doors: kept as it came, read once, its body forgotten then."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from storage.many import insert_new
from storage.schema import callbacks, new_id

IS_PENDING = callbacks.c.processed_at.is_(None)
KEY = ("store_id", "channel", "digest")


def keep(
    connection: Connection,
    store_id: str,
    channel: str,
    told: tuple[str, bytes],
    real_now: datetime,
) -> bool:
    """Keep a callback (address, body); False when the very same is here already."""
    url, body = told
    digest = hashlib.sha256(url.encode() + b"\0" + body).hexdigest()
    row = {
        "store_id": store_id, "id": new_id(), "channel": channel, "url": url, "body": body,
        "digest": digest, "received_at": real_now,
    }  # fmt: skip
    kept = insert_new(connection, callbacks, [row], key=KEY, returning=[callbacks.c.id])
    return bool(kept)


def pending(connection: Connection, store_id: str, limit: int) -> list[Row[Any]]:
    """Hold a store's callbacks that nobody read yet, the oldest first."""
    query = (
        select(callbacks)
        .where(callbacks.c.store_id == store_id, IS_PENDING)
        .order_by(callbacks.c.received_at, callbacks.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(query))


def read(connection: Connection, store_id: str, ids: Sequence[str], real_now: datetime) -> None:
    """Note callbacks as read, and forget what they said."""
    _note(connection, store_id, ids, {"processed_at": real_now, "body": None, "url": ""})


def broken(connection: Connection, store_id: str, one: str, words: str, real_now: datetime) -> None:
    """Note a callback that can't be read, with why; what it said is kept for us to look at."""
    _note(connection, store_id, [one], {"processed_at": real_now, "error": words[:500]})


def prune(connection: Connection, store_id: str, before: datetime) -> int:
    """Drop what was read before then: no provider tells anything again after so long."""
    c = callbacks.c
    old = callbacks.delete().where(c.store_id == store_id, c.processed_at < before)
    return connection.execute(old).rowcount


def _note(
    connection: Connection, store_id: str, ids: Sequence[str], values: Mapping[str, Any]
) -> None:
    c = callbacks.c
    mine = (c.store_id == store_id, c.id.in_(list(ids)))
    connection.execute(update(callbacks).where(*mine).values(**values))
