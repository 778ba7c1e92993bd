"""Conversations in human hands, by the clock: when to look at one, and what happened in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from marketing.chat import Author
from storage.schema import conversations, customers, inbound_messages, replies

HUMAN, ECHO = "human", "echo"


@dataclass(frozen=True, slots=True)
class Attended:
    """A conversation that is due to be looked at."""

    customer_id: str
    since: datetime
    late_at: datetime | None
    """When it was found that nobody answered in time."""
    is_answered: bool
    last_at: datetime
    """When anybody last wrote in it, or it came into human hands."""
    channel: str | None
    """Where the customer last wrote."""
    locale: str | None


def due(connection: Connection, store_id: str, now: datetime, most: int) -> list[Attended]:
    """Give the conversations whose time has come, the longest due first."""
    c = conversations.c
    query: Select[*tuple[Any, ...]] = (
        select(c.customer_id, c.since, c.late_at, c.rule, customers.c.locale)
        .join(customers, (customers.c.store_id == c.store_id) & (customers.c.id == c.customer_id))
        .where(c.store_id == store_id, c.due_at <= now)
        .order_by(c.due_at)
        .limit(most)
        .with_for_update(of=conversations)
    )
    return [_attended(connection, store_id, row) for row in list(connection.execute(query))]


def _attended(connection: Connection, store_id: str, row: Row[Any]) -> Attended:
    r, i = replies.c, inbound_messages.c
    mine = (r.store_id == store_id, r.customer_id == row.customer_id)
    person = (r.author == Author.PERSON.value, r.created_at >= row.since)
    answered = connection.execute(
        select(func.max(r.created_at, type_=r.created_at.type)).where(*mine, *person)
    ).scalar()
    theirs = select(i.received_at, i.channel).where(
        i.store_id == store_id, i.customer_id == row.customer_id
    )
    newest = theirs.order_by(i.received_at.desc()).limit(1)
    wrote = connection.execute(newest).one_or_none()
    moments = [row.since, answered, wrote.received_at if wrote else None]
    return Attended(
        customer_id=row.customer_id,
        since=row.since,
        late_at=row.late_at,
        is_answered=answered is not None or row.rule == ECHO,
        last_at=max(moment for moment in moments if moment),
        channel=wrote.channel if wrote else None,
        locale=row.locale,
    )


def look_again(
    connection: Connection, store_id: str, customer_id: str, at: datetime | None
) -> None:
    """Note when a conversation is to be looked at again; None: not by itself."""
    connection.execute(update(conversations).where(*_one(store_id, customer_id)).values(due_at=at))


def look_at_all(connection: Connection, store_id: str, now: datetime) -> None:
    """Have all that are in human hands looked at: what holds for them has changed."""
    c = conversations.c
    mine = (c.store_id == store_id, c.state == HUMAN)
    connection.execute(update(conversations).where(*mine).values(due_at=now))


def late(connection: Connection, store_id: str, customer_id: str, at: datetime) -> None:
    """Note that nobody answered in time."""
    connection.execute(update(conversations).where(*_one(store_id, customer_id)).values(late_at=at))


def _one(store_id: str, customer_id: str) -> tuple[ColumnElement[bool], ...]:
    c = conversations.c
    return c.store_id == store_id, c.customer_id == customer_id
