"""What providers sent to our doors: kept as it came, read once, its body forgotten then.

What can't be read is tried again with growing delays; after the last it is dead, and waits for
somebody's word.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from storage.dialect import contains_bytes
from storage.many import insert_new
from storage.schema import callbacks, new_id

IS_PENDING = callbacks.c.processed_at.is_(None)
IS_DEAD = and_(callbacks.c.processed_at.is_not(None), callbacks.c.error.is_not(None))
DELAYS = (
    timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6),
)  # fmt: skip
"""After so long it is tried again; real time."""
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
        "digest": digest, "received_at": real_now, "due_at": real_now,
    }  # fmt: skip
    kept = insert_new(connection, callbacks, [row], key=KEY, returning=[callbacks.c.id])
    return bool(kept)


def pending(
    connection: Connection, store_id: str, limit: int, real_now: datetime
) -> list[Row[Any]]:
    """Hold a store's callbacks that are to be read now, the oldest first."""
    query = (
        select(callbacks)
        .where(callbacks.c.store_id == store_id, IS_PENDING, callbacks.c.due_at <= real_now)
        .order_by(callbacks.c.received_at, callbacks.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(query))


def read(connection: Connection, store_id: str, ids: Sequence[str], real_now: datetime) -> None:
    """Note callbacks as read, and forget what they said."""
    known = {"processed_at": real_now, "body": None, "url": "", "error": None}
    _note(connection, store_id, ids, known)


def failed(connection: Connection, row: Row[Any], words: str, real_now: datetime) -> None:
    """Note that a callback could not be read, and why: it is tried again, or dead by now.

    What it said is kept until then.
    """
    values: dict[str, Any] = {"error": words[:500], "tries": row.tries + 1}
    if row.tries < len(DELAYS):
        values["due_at"] = real_now + DELAYS[row.tries]
    else:
        values["processed_at"] = real_now
    _note(connection, row.store_id, [row.id], values)


def count_dead(connection: Connection, store_id: str) -> int:
    """Count the callbacks that nobody tries any more."""
    query = select(func.count()).select_from(callbacks)
    return connection.execute(query.where(callbacks.c.store_id == store_id, IS_DEAD)).scalar_one()


def redrive(connection: Connection, store_id: str, limit: int, real_now: datetime) -> int:
    """Give dead callbacks another round of tries, the oldest first; give how many."""
    c = callbacks.c
    dead = select(c.id).where(c.store_id == store_id, IS_DEAD)
    ids = list(connection.execute(dead.order_by(c.received_at).limit(limit)).scalars())
    fresh = {"processed_at": None, "error": None, "tries": 0, "due_at": real_now}
    _note(connection, store_id, ids, fresh)
    return len(ids)


def forget(connection: Connection, store_id: str, words: Iterable[str]) -> int:
    """Drop what could not be read yet and in which one of these words stands; give how many.

    A form has addresses percent-encoded, and some providers tell numbers without their plus.
    """
    said = {
        form for word in words if word for form in (word.removeprefix("+"), quote(word, safe=""))
    }
    if not said:
        return 0
    holds = or_(*(contains_bytes(connection, callbacks.c.body, word) for word in sorted(said)))
    return connection.execute(
        delete(callbacks).where(callbacks.c.store_id == store_id, callbacks.c.error != "", holds)
    ).rowcount


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
