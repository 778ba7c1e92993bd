"""What happened in a store since a moment, page by page, as the news that it was then.

Orders and customers are read off the mirror: those that came with the first import have no
event of their own. Everything else is on the timeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, tuple_

from marketing.events import EventName, News
from marketing.keyword_match import folded
from storage.among import among
from storage.members import IS_THERE
from storage.schema import customers, events, inbound_messages, orders

ORDER_MOMENTS: Mapping[str, str] = {
    EventName.ORDER_PLACED: "placed_at",
    EventName.ORDER_PAID: "paid_at",
    EventName.ORDER_FULFILLED: "fulfilled_at",
    EventName.ORDER_CANCELLED: "cancelled_at",
}


AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what happened; without a cursor it is the last of it."""

    news: list[News]
    cursor: str | None


def page(
    connection: Connection,
    store_id: str,
    name: str,
    within: tuple[datetime, datetime],
    *,
    after: str | None,
    limit: int,
) -> Page:
    """Give what of this name happened between two moments, behind a cursor."""
    if name in ORDER_MOMENTS:
        return _orders(connection, store_id, name, within, after=after, limit=limit)
    if name == EventName.CUSTOMER_CREATED:
        return _customers(connection, store_id, within, after=after, limit=limit)
    return _events(connection, store_id, name, within, after=after, limit=limit)


def count(
    connection: Connection, store_id: str, name: str, within: tuple[datetime, datetime]
) -> int:
    """Count what of this name happened between two moments."""
    if name in ORDER_MOMENTS:
        told, at = orders.c.store_id, orders.c[ORDER_MOMENTS[name]]
    elif name == EventName.CUSTOMER_CREATED:
        told, at = customers.c.store_id, customers.c.created_at
    else:
        told, at = events.c.store_id, events.c.occurred_at
    query = select(func.count()).where(told == store_id, at.between(*within))
    if told is events.c.store_id:
        query = query.where(events.c.name == name)
    return connection.execute(query).scalar_one()


def _orders(
    connection: Connection,
    store_id: str,
    name: str,
    within: tuple[datetime, datetime],
    *,
    after: str | None,
    limit: int,
) -> Page:
    o, at = orders.c, orders.c[ORDER_MOMENTS[name]]
    query = (
        select(o.id, o.customer_id, o.cart_id, o.name, o.store_total, at.label("at"))
        .join(customers, and_(customers.c.store_id == o.store_id, customers.c.id == o.customer_id))
        .where(o.store_id == store_id, at.between(*within), IS_THERE)
    )
    if after is not None:
        query = query.where(o.id > after)
    rows = list(connection.execute(query.order_by(o.id).limit(limit)))
    return Page([_of_order(name, row) for row in rows], _last_id(rows, limit))


def _of_order(name: str, row: AnyRow) -> News:
    told = {"order_id": row.id, "name": row.name, "store_total": row.store_total}
    return News(
        EventName(name), row.at, row.customer_id, cart_id=row.cart_id, order_id=row.id, data=told
    )


def _customers(
    connection: Connection,
    store_id: str,
    within: tuple[datetime, datetime],
    *,
    after: str | None,
    limit: int,
) -> Page:
    c = customers.c
    query = select(c.id, c.created_at).where(
        c.store_id == store_id, c.created_at.between(*within), IS_THERE
    )
    if after is not None:
        query = query.where(c.id > after)
    rows = list(connection.execute(query.order_by(c.id).limit(limit)))
    news = [News(EventName.CUSTOMER_CREATED, row.created_at, row.id) for row in rows]
    return Page(news, _last_id(rows, limit))


def _last_id(rows: Sequence[AnyRow], limit: int) -> str | None:
    return str(rows[-1].id) if len(rows) == limit else None


def _events(
    connection: Connection,
    store_id: str,
    name: str,
    within: tuple[datetime, datetime],
    *,
    after: str | None,
    limit: int,
) -> Page:
    """The timeline is read by time: its index has no other order within a name."""
    e = events.c
    query = (
        select(e.id, e.customer_id, e.occurred_at, e.data, e.dedupe_key)
        .join(customers, and_(customers.c.store_id == e.store_id, customers.c.id == e.customer_id))
        .where(e.store_id == store_id, e.name == name, e.occurred_at.between(*within), IS_THERE)
    )
    if after is not None:
        at, _, event_id = after.partition("|")
        query = query.where(tuple_(e.occurred_at, e.id) > (datetime.fromisoformat(at), event_id))
    rows = list(connection.execute(query.order_by(e.occurred_at, e.id).limit(limit)))
    last = rows[-1] if len(rows) == limit else None
    cursor = f"{last.occurred_at.isoformat()}|{last.id}" if last else None
    words = _words(connection, store_id, rows) if name == EventName.MESSAGE_RECEIVED else {}
    return Page([_of_event(name, row, words.get(row.id, "")) for row in rows], cursor)


def _words(connection: Connection, store_id: str, rows: Sequence[AnyRow]) -> dict[str, str]:
    """Give what was written, by event id: the thread has it, until they delete it."""
    said_by = {row.id: _said_by(row.dedupe_key) for row in rows}
    i = inbound_messages.c
    query = select(i.channel, i.provider_id, i.text).where(
        i.store_id == store_id, among(i.provider_id, {key[1] for key in said_by.values()})
    )
    found = {(row[0], row[1]): folded(row[2] or "") for row in connection.execute(query)}
    return {event_id: found.get(key, "") for event_id, key in said_by.items()}


def _said_by(dedupe_key: str) -> tuple[str, str]:
    """Give the channel and the provider's id of the message that an event tells of."""
    provider_id, _, channel = dedupe_key.removeprefix(f"{EventName.MESSAGE_RECEIVED}:").rpartition(
        ":"
    )
    return channel, provider_id


def _of_event(name: str, row: AnyRow, words: str) -> News:
    cart_id, order_id = row.data.get("cart_id"), row.data.get("order_id")
    return News(
        EventName(name),
        row.occurred_at,
        row.customer_id,
        cart_id=cart_id,
        order_id=order_id,
        data=row.data,
        words=words,
    )
