"""Whose hands a customer's conversation is in: automated, or a person of the store's.

Whoever has no row is in automated hands. While a person talks with somebody, flows write them
no marketing: what is pending is held with its reason, in the transaction that changes hands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, literal_column, select, update

from marketing.chat import Author
from marketing.model import MessageKind, MessageState, Reason
from storage.schema import conversations, customers, messages, replies

AUTOMATED, HUMAN = "automated", "human"


@dataclass(frozen=True, slots=True)
class Conversation:
    """Whose hands it is in, since when, and by whom: `flow:<id>`, `merchant`, `program`."""

    state: str
    since: datetime | None = None
    by: str | None = None


def of(connection: Connection, store_id: str, customer_id: str) -> Conversation:
    """Give a customer's conversation as it stands."""
    c = conversations.c
    query = select(c.state, c.since, c.by).where(*_whose(store_id, customer_id))
    row = connection.execute(query).one_or_none()
    return Conversation(row.state, row.since, row.by) if row else Conversation(AUTOMATED)


def hand_over(
    connection: Connection, store_id: str, customer_id: str, *, at: datetime, by: str
) -> bool:
    """Put it into human hands and hold what is pending; False: it was, or later news says no.

    Nobody who is gone is talked with.
    """
    if not _hold_customer(connection, store_id, customer_id):
        return False
    before = of(connection, store_id, customer_id)
    if before.state == HUMAN or (before.since is not None and before.since > at):
        return False
    _put(connection, store_id, customer_id, Conversation(HUMAN, at, by))
    m = messages.c
    connection.execute(
        update(messages)
        .where(
            m.store_id == store_id,
            m.customer_id == customer_id,
            m.kind == MessageKind.MARKETING.value,
            m.state.in_([literal_column("'due'"), literal_column("'retry_wait'")]),
        )
        .values(state=MessageState.HELD.value, reason=Reason.IN_HUMAN_HANDS.value)
    )
    _drop_machines(connection, store_id, customer_id)
    return True


def _drop_machines(connection: Connection, store_id: str, customer_id: str) -> None:
    """What a machine was about to answer is not said any more, but that a person will."""
    r = replies.c
    theirs = (r.store_id == store_id, r.customer_id == customer_id)
    queued = (r.state == literal_column("'queued'"), r.author == Author.BOT.value)
    dropped = {"state": "dropped", "reason": Reason.IN_HUMAN_HANDS.value, "due_at": None}
    connection.execute(update(replies).where(*theirs, *queued, ~r.in_human_hands).values(**dropped))


def hand_back(
    connection: Connection, store_id: str, customer_id: str, *, at: datetime, by: str
) -> bool:
    """Let flows write to them again, what was held for it first; False: they might all along."""
    if not _hold_customer(connection, store_id, customer_id):
        return False
    if of(connection, store_id, customer_id).state != HUMAN:
        return False
    _put(connection, store_id, customer_id, Conversation(AUTOMATED, at, by))
    m = messages.c
    connection.execute(
        update(messages)
        .where(
            m.store_id == store_id,
            m.customer_id == customer_id,
            m.state == literal_column("'held'"),
            m.reason == Reason.IN_HUMAN_HANDS.value,
        )
        .values(state=MessageState.DUE.value, not_before=at)
    )
    return True


def merge(connection: Connection, store_id: str, old: str, new: str) -> None:
    """Of two customers who are one: as long as a person talks with either, they do with both."""
    theirs, kept = of(connection, store_id, old), of(connection, store_id, new)
    forget(connection, store_id, [old])
    if theirs.state == HUMAN and kept.state != HUMAN:
        _put(connection, store_id, new, theirs)


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget the conversations of customers who are gone."""
    c = conversations.c
    mine = (c.store_id == store_id, c.customer_id.in_(list(customer_ids)))
    return connection.execute(delete(conversations).where(*mine)).rowcount


def _hold_customer(connection: Connection, store_id: str, customer_id: str) -> bool:
    """Keep the customer from the gate and from others until this is done; False: gone, unknown."""
    c = customers.c
    query = select(c.id).where(
        c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None), c.deleted_at.is_(None)
    )
    return connection.execute(query.with_for_update()).one_or_none() is not None


def _put(connection: Connection, store_id: str, customer_id: str, now: Conversation) -> None:
    values = {"state": now.state, "since": now.since, "by": now.by}
    changed = connection.execute(
        update(conversations).where(*_whose(store_id, customer_id)).values(**values)
    )
    if not changed.rowcount:
        row = {"store_id": store_id, "customer_id": customer_id, **values}
        connection.execute(insert(conversations).values(**row))


def _whose(store_id: str, customer_id: str) -> tuple[ColumnElement[bool], ...]:
    c = conversations.c
    return c.store_id == store_id, c.customer_id == customer_id
