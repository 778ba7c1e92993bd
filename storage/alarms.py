"""How often the team was called of late, and who waits for it: what keeps alarms few."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from marketing.events import EventName
from storage import conversations as hands
from storage.conversation_tests import customers_behind
from storage.json_sql import json_text
from storage.schema import conversations, customers, events


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who wants an answer and has none yet."""

    customer_id: str
    name: str


def handed_over_since(
    connection: Connection, store_id: str, since: datetime, but: Collection[str]
) -> int:
    """Count how often a store's conversations came into human hands since then, not by these."""
    e = events.c
    name = EventName.CONVERSATION_HANDED_OVER.value
    mine = (e.store_id == store_id, e.name == name, e.occurred_at > since)
    others = json_text(e.data, ("by",)).not_in(list(but))
    real = e.customer_id.not_in(customers_behind(store_id))
    return connection.execute(select(func.count()).where(*mine, others, real)).scalar_one()


def late_since(connection: Connection, store_id: str, since: datetime) -> int:
    """Count the conversations that were found late since then."""
    c = conversations.c
    mine = (c.store_id == store_id, c.late_at > since, c.test_of.is_(None))
    return connection.execute(select(func.count()).where(*mine)).scalar_one()


def waiting(connection: Connection, store_id: str, limit: int) -> tuple[int, Sequence[Waiting]]:
    """Count who waits for a person in open conversations; give those who wait longest."""
    v, w = conversations.c, customers.c
    mine = (
        v.store_id == store_id,
        v.state == hands.HUMAN,
        v.closed_at.is_(None),
        v.test_of.is_(None),
    )
    waits = (*mine, v.waiting_since.is_not(None))
    count = connection.execute(select(func.count()).where(*waits)).scalar_one()
    query = (
        select(v.customer_id, w.first_name, w.last_name)
        .join(customers, (w.store_id == v.store_id) & (w.id == v.customer_id))
        .where(*waits)
        .order_by(v.waiting_since, v.customer_id)
        .limit(limit)
    )
    rows = connection.execute(query)
    return count, [Waiting(row[0], " ".join(part for part in row[1:] if part)) for row in rows]
