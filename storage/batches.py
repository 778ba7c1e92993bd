"""What each batch of work has in its hands: a row left behind names the suspects of a crash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from storage.schema import batches, new_id

DEADLY = 3
"""A row that was alone in so many deaths is taken out of work."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows that a process had in its hands when it died."""

    id: str
    verb: str
    store_id: str | None
    row_ids: Sequence[Any]


def begin(
    connection: Connection,
    verb: str,
    row_ids: Sequence[Any],
    *,
    owner: str,
    lease_until: datetime,
    store_id: str | None = None,
) -> str:
    """Note what is about to be worked on, in a commit of its own; give the note's id.

    `lease_until` is real time: after it whoever holds the note is taken for dead.
    """
    batch_id = new_id()
    connection.execute(
        insert(batches).values(
            id=batch_id,
            verb=verb,
            store_id=store_id,
            row_ids=list(row_ids),
            owner=owner,
            lease_until=lease_until,
        )
    )
    return batch_id


def finish(connection: Connection, batch_id: str) -> None:
    """Take the note away, in the same transaction as the work's results."""
    connection.execute(delete(batches).where(batches.c.id == batch_id))


def take_abandoned(connection: Connection, verb: str, real_now: datetime) -> list[Batch]:
    """Give the notes of the dead, and take them away."""
    rows = connection.execute(
        delete(batches)
        .where(batches.c.verb == verb, batches.c.lease_until < real_now)
        .returning(batches.c.id, batches.c.verb, batches.c.store_id, batches.c.row_ids)
    )
    return [Batch(*row) for row in rows]


def in_hand(connection: Connection) -> int:
    """Give how many batches are being worked on, as far as anyone noted."""
    return connection.execute(select(func.count()).select_from(batches)).scalar_one()
