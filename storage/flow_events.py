"""Events that we make ourselves about flows and messages: what the customer's timeline tells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from marketing.events import EventName
from storage.among import among
from storage.bulk import Insert
from storage.schema import events, new_id


@dataclass(frozen=True, slots=True)
class Told:
    """One event to be kept; `key` makes it one for ever, together with its moment."""

    name: EventName
    customer_id: str | None
    occurred_at: datetime
    key: str
    data: Mapping[str, Any]


def keep(connection: Connection, store_id: str, told: Iterable[Told]) -> int:
    """Keep events; one that is there already stays as it is. Gives how many were new."""
    rows = [
        {
            "id": new_id(),
            "customer_id": one.customer_id,
            "name": one.name.value,
            "occurred_at": one.occurred_at,
            "dedupe_key": f"{one.name.value}:{one.key}",
            "data": dict(one.data),
        }
        for one in told
    ]
    return _KEEP.run(connection, rows, store=store_id)


def skipped(
    connection: Connection, store_id: str, flow_id: str, customer_ids: Iterable[str], at: datetime
) -> dict[str, str]:
    """Give why a flow kept these customers out at a moment, by customer id."""
    e = events.c
    query = select(e.customer_id, e.data).where(
        e.store_id == store_id,
        among(e.customer_id, customer_ids),
        e.occurred_at == at,
        e.name == EventName.FLOW_SKIPPED,
    )
    told = connection.execute(query)
    return {row[0]: row[1]["reason"] for row in told if row[1].get("flow_id") == flow_id}


_KEEP = Insert(
    events,
    ("id", "customer_id", "name", "occurred_at", "dedupe_key", "data"),
    new_only=True,
    also={"store_id": bindparam("store", type_=events.c.store_id.type)},
)
