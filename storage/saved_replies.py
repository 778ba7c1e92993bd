"""Answers that a store's team keeps to use them again, by name."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from storage.many import insert_new
from storage.schema import new_id, saved_replies

MOST = 200


def of_store(connection: Connection, store_id: str) -> list[Row[Any]]:
    """Give all of a store, by name."""
    s = saved_replies.c
    query = select(saved_replies).where(s.store_id == store_id).order_by(s.name, s.id)
    return list(connection.execute(query))


def get(connection: Connection, store_id: str, reply_id: str) -> Row[Any] | None:
    """Give one; None: the store has none of this id."""
    s = saved_replies.c
    query = select(saved_replies).where(s.store_id == store_id, s.id == reply_id)
    return connection.execute(query).one_or_none()


def count(connection: Connection, store_id: str) -> int:
    """Count a store's."""
    mine = saved_replies.c.store_id == store_id
    return connection.execute(select(func.count()).where(mine)).scalar_one()


def is_named(connection: Connection, store_id: str, name: str, but: str | None) -> bool:
    """Say whether another than `but` has this name."""
    s = saved_replies.c
    query = select(s.id).where(s.store_id == store_id, s.name == name)
    return any(one != but for one in connection.execute(query).scalars())


def add(connection: Connection, store_id: str, name: str, text: str, now: datetime) -> str | None:
    """Keep one; give its id, None when its name is taken."""
    row = {
        "store_id": store_id, "id": new_id(), "name": name, "text": text, "updated_at": now,
    }  # fmt: skip
    key, returning = ("store_id", "name"), [saved_replies.c.id]
    made = insert_new(connection, saved_replies, [row], key=key, returning=returning)
    return made[0].id if made else None


def change(
    connection: Connection, store_id: str, reply_id: str, told: tuple[str, str], now: datetime
) -> bool:
    """Give one another (name, text); False: the store has none of this id."""
    s, (name, text) = saved_replies.c, told
    mine = (s.store_id == store_id, s.id == reply_id)
    values = {"name": name, "text": text, "updated_at": now}
    return connection.execute(update(saved_replies).where(*mine).values(**values)).rowcount == 1


def remove(connection: Connection, store_id: str, reply_id: str) -> bool:
    """Forget one; False: the store has none of this id."""
    s = saved_replies.c
    mine = (s.store_id == store_id, s.id == reply_id)
    return connection.execute(delete(saved_replies).where(*mine)).rowcount == 1
