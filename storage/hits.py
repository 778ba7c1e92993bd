"""Opens and clicks as they came: kept raw at the door, judged afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from marketing.attribution import Touch, TouchKind
from marketing.links import Link
from storage.among import among
from storage.bulk import insert_rows, update_rows
from storage.database import business_now
from storage.schema import hits, messages, new_id

OPEN, CLICK = "open", "click"
IS_PENDING = hits.c.processed_at.is_(None)


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for a pixel or a link of a message."""

    store_id: str
    message_id: str
    kind: str
    url: str | None
    user_agent: str

    @classmethod
    def of(cls, link: Link, kind: str, user_agent: str, method: str) -> "Hit":
        """Read a request; a HEAD is marked, for no person's browser asks that way."""
        agent = user_agent if method == "GET" else f"{method} {user_agent}"
        url = link.destination or (f"cart:{link.index}" if kind == CLICK else None)
        return cls(link.store_id, link.message_id, kind, url, agent[:500])


def keep_all(connection: Connection, kept: Sequence[Hit]) -> list[bool]:
    """Keep hits on messages that are there; say of each whether it is. For `Database.gather`."""
    now = business_now(connection)
    there = _messages_there(connection, kept)
    known = [(hit.store_id, hit.message_id) in there for hit in kept]
    rows = [
        {
            "store_id": hit.store_id,
            "id": new_id(),
            "message_id": hit.message_id,
            "kind": hit.kind,
            "url": hit.url,
            "user_agent": hit.user_agent,
            "occurred_at": now,
        }
        for hit, is_there in zip(kept, known, strict=True)
        if is_there
    ]
    insert_rows(connection, hits, rows)
    return known


def _messages_there(connection: Connection, kept: Iterable[Hit]) -> set[tuple[str, str]]:
    """A link outlives its store and its customer: what was erased is not written about."""
    m = messages.c
    which = or_(
        *[
            and_(m.store_id == store_id, m.id == message_id)
            for store_id, message_id in {(hit.store_id, hit.message_id) for hit in kept}
        ]
    )
    return {
        (row.store_id, row.id) for row in connection.execute(select(m.store_id, m.id).where(which))
    }


def pending(
    connection: Connection, *, opens_until: datetime, clicks_until: datetime, limit: int
) -> list[Row[Any]]:
    """Hold hits that nobody judged yet, the oldest first, with their messages' state.

    Each row: the hit's columns, and of its message `state`, `sent_at`, `opened_at`,
    `clicked_at`, `customer_id`, `flow_id`, `step_id`, `channel`.
    """
    h, m = hits.c, messages.c
    ready = or_(
        and_(h.kind == OPEN, h.occurred_at <= opens_until),
        and_(h.kind == CLICK, h.occurred_at <= clicks_until),
    )
    query = (
        select(
            hits,
            m.state,
            m.sent_at,
            m.opened_at,
            m.clicked_at,
            m.customer_id,
            m.flow_id,
            m.step_id,
            m.channel,
        )
        .join(messages, and_(m.store_id == h.store_id, m.id == h.message_id))
        .where(IS_PENDING, ready)
        .order_by(h.occurred_at)
        .limit(limit)
        .with_for_update(of=[hits, messages], skip_locked=True, key_share=True)
    )
    return list(connection.execute(query))


def clicks_of(
    connection: Connection, message_keys: Iterable[tuple[str, str]]
) -> list[tuple[str, str | None, datetime]]:
    """Give every click on these messages (store id, id): (message id, url, moment)."""
    h = hits.c
    which = [and_(h.store_id == store, h.message_id == one) for store, one in set(message_keys)]
    if not which:
        return []
    query = select(h.message_id, h.url, h.occurred_at).where(h.kind == CLICK, or_(*which))
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def judged(
    connection: Connection, verdicts: Sequence[tuple[str, str, bool]], now: datetime
) -> None:
    """Write of hits (store id, id) whether a machine made them."""
    rows = [
        {"store_id": store_id, "id": one, "is_machine": is_machine}
        for store_id, one, is_machine in verdicts
    ]
    update_rows(connection, hits, rows, also={"processed_at": now})


def drop_orphans(connection: Connection, before: datetime) -> int:
    """Settle pending hits whose message is gone."""
    there = select(messages.c.id).where(
        messages.c.store_id == hits.c.store_id, messages.c.id == hits.c.message_id
    )
    dropped = connection.execute(
        update(hits)
        .where(IS_PENDING, hits.c.occurred_at < before, ~there.exists())
        .values(processed_at=before)
    )
    return dropped.rowcount


def touches(
    connection: Connection, store_id: str, customer_ids: Iterable[str], since: datetime
) -> dict[str, list[tuple[Touch, str | None]]]:
    """Give the opens and clicks of each customer since then, each with its user agent.

    One that nobody judged yet is given as a person's: the caller looks at its user agent.
    """
    h, m = hits.c, messages.c
    query = (
        select(m.customer_id, h.message_id, h.kind, h.occurred_at, h.is_machine, h.user_agent)
        .join(hits, and_(h.store_id == m.store_id, h.message_id == m.id))
        .where(
            m.store_id == store_id,
            among(m.customer_id, customer_ids),
            h.occurred_at >= since,
        )
    )
    found: dict[str, list[tuple[Touch, str | None]]] = {}
    for row in connection.execute(query):
        touch = Touch(row.message_id, TouchKind(row.kind), row.occurred_at, bool(row.is_machine))
        agent = row.user_agent if row.is_machine is None else None
        found.setdefault(row.customer_id, []).append((touch, agent))
    return found
