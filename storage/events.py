"""Events: what happened to a customer, each kept once, whatever came twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from marketing.events import EventName
from storage.among import among
from storage.many import insert_new
from storage.schema import events, new_id

UNIQUE = ("store_id", "dedupe_key", "occurred_at")


@dataclass(frozen=True, slots=True)
class Event:
    """One event to keep. `dedupe_key` and `occurred_at` are the same for every telling of it.

    `data` holds ids of ours, names and sums; nothing personal, for events outlive an erasure.
    """

    store_id: str
    name: EventName
    occurred_at: datetime
    dedupe_key: str
    customer_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def append_many(connection: Connection, told: Sequence[Event]) -> list[Event]:
    """Keep events; give those that were new, in their order."""
    rows = {
        (one.store_id, one.dedupe_key, one.occurred_at): (one, _row(one)) for one in reversed(told)
    }
    new = insert_new(
        connection, events, [row for _, row in rows.values()], key=UNIQUE, returning=[events.c.id]
    )
    ids = {row.id for row in new}
    return [one for one, row in reversed(rows.values()) if row["id"] in ids]


def known(connection: Connection, store_id: str, keys: Iterable[str]) -> set[str]:
    """Give which of these dedupe keys have an event, whenever that happened."""
    e = events.c
    query = select(e.dedupe_key).where(e.store_id == store_id, among(e.dedupe_key, keys))
    return set(connection.execute(query).scalars())


def _row(event: Event) -> dict[str, Any]:
    return {
        "store_id": event.store_id, "id": new_id(), "customer_id": event.customer_id,
        "name": event.name.value, "occurred_at": event.occurred_at,
        "dedupe_key": event.dedupe_key, "data": dict(event.data),
    }  # fmt: skip
