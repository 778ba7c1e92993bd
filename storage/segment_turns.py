"""Segments in bulk: filled at once, compared with who is in them, and when time changes them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    insert,
    literal,
    select,
    union,
    union_all,
)

from marketing.segments import Turning
from storage.schema import customers, events, orders, segment_members


def fill(
    connection: Connection, store_id: str, segment_id: str, who: Select[str], now: datetime
) -> None:
    """Make a segment's members those whom the query gives, in two statements."""
    m = segment_members.c
    own = and_(m.store_id == store_id, m.segment_id == segment_id)
    found = who.subquery()
    stays = select(found.c.id).where(found.c.id == m.customer_id).exists()
    connection.execute(delete(segment_members).where(own, ~stays))
    there = select(m.customer_id).where(own, m.customer_id == found.c.id).exists()
    new = select(
        literal(store_id, m.store_id.type),
        literal(segment_id, m.segment_id.type),
        found.c.id,
        literal(now, m.entered_at.type),
    ).where(~there)
    names = ["store_id", "segment_id", "customer_id", "entered_at"]
    connection.execute(insert(segment_members).from_select(names, new, include_defaults=False))


def suspects(
    connection: Connection, store_id: str, segment_id: str, who: Select[str], limit: int
) -> list[str]:
    """Give customers who are in a segment and don't belong there, or the other way round."""
    m = segment_members.c
    found = who.cte("found")
    members = (
        select(m.customer_id.label("id"))
        .where(m.store_id == store_id, m.segment_id == segment_id)
        .cte("members")
    )
    missing = (
        select(found.c.id)
        .outerjoin_from(found, members, members.c.id == found.c.id)
        .where(members.c.id.is_(None))
    )
    strange = (
        select(members.c.id)
        .outerjoin_from(members, found, members.c.id == found.c.id)
        .where(found.c.id.is_(None))
    )
    both = union_all(missing, strange).limit(limit)
    return list(connection.execute(both).scalars())


def next_turn(
    connection: Connection, store_id: str, turnings: Iterable[Turning], now: datetime
) -> datetime | None:
    """Give when the next of these moments passes out of its window, read off an index each."""
    found = (_first(connection, store_id, one, now) for one in turnings)
    return min((at for at in found if at is not None), default=None)


def turned(
    connection: Connection,
    store_id: str,
    since: Mapping[Turning, datetime],
    now: datetime,
    limit: int,
) -> list[str]:
    """Give customers whose moments passed out of a window since: whom time may have moved.

    `since` says of each kind of moment up to when that is accounted for.
    """
    if not since:
        return []
    parts = [_passed(store_id, turning, then, now) for turning, then in since.items()]
    query = union(*parts).limit(limit) if parts[1:] else parts[0].distinct().limit(limit)
    return sorted(connection.execute(query).scalars())


def _passed(
    store_id: str, turning: Turning, then: datetime, now: datetime
) -> Select[*tuple[Any, ...]]:
    whose, at, mine = _moments(store_id, turning)
    since, until = then - turning.after, now - turning.after
    return select(whose).where(mine, whose.is_not(None), at > since, at <= until)


def _first(
    connection: Connection, store_id: str, turning: Turning, now: datetime
) -> datetime | None:
    _, at, mine = _moments(store_id, turning)
    query = select(at).where(mine, at > now - turning.after).order_by(at).limit(1)
    first: datetime | None = connection.execute(query).scalar_one_or_none()
    return first + turning.after if first else None


def _moments(
    store_id: str, turning: Turning
) -> tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[bool]]:
    """Give whose moments of a kind are when, and of which rows."""
    e, o, c = events.c, orders.c, customers.c
    if turning.source == "events":
        return e.customer_id, e.occurred_at, and_(e.store_id == store_id, e.name == turning.name)
    if turning.source == "orders":
        return o.customer_id, o.placed_at, o.store_id == store_id
    return c.id, c[turning.name], c.store_id == store_id
