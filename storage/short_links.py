"""What the short codes in text messages stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select, tuple_

from marketing.links import Link
from marketing.model import JsonObject
from marketing.short_links import LIFE, ShortLink, hash_of
from storage.bulk import insert_rows
from storage.schema import messages, short_links


@dataclass(frozen=True, slots=True)
class Found:
    """What a code stands for: the long link's own words, and which of the doors it is for."""

    purpose: str
    link: Link


def keep(
    connection: Connection, store_id: str, shown: Mapping[str, Sequence[ShortLink]], now: datetime
) -> None:
    """Keep the links that messages (by id) are about to show; those kept before stay as they are.

    Called in the commit that begins the hand-over: no text goes out whose links lead nowhere.
    """
    rows = [
        {
            "store_id": store_id,
            "code_hash": hash_of(one.code),
            "message_id": message_id,
            "purpose": one.purpose,
            "number": one.number,
            "destination": one.destination,
            "expires_at": now + LIFE,
        }
        for message_id, links in shown.items()
        for one in links
    ]
    insert_rows(connection, short_links, rows, new_only=True)


def find(connection: Connection, code: str, now: datetime) -> Found | None:
    """Give what a code stands for; None when it is not one of ours, is over, or was erased.

    Should two stores' codes ever be alike, neither is led to the other's pages.
    """
    code_hash = hash_of(code)
    if code_hash is None:
        return None
    s, m = short_links.c, messages.c
    there = and_(m.store_id == s.store_id, m.id == s.message_id)
    query = (
        select(s.store_id, s.message_id, s.purpose, s.number, s.destination)
        .join(messages, there)
        .where(s.code_hash == code_hash, s.expires_at > now)
    )
    rows = connection.execute(query.limit(2)).all()
    if len(rows) != 1:
        return None
    (row,) = rows
    link = Link(row.store_id, row.message_id, row.number, row.destination)
    return Found(row.purpose, link)


def prune(connection: Connection, now: datetime) -> None:
    """Drop links that are over, some thousand at a time."""
    s = short_links.c
    over = select(s.store_id, s.code_hash).where(s.expires_at <= now).limit(1_000)
    pairs = [tuple(row) for row in connection.execute(over)]
    if pairs:
        gone = tuple_(s.store_id, s.code_hash).in_(pairs)
        connection.execute(delete(short_links).where(gone))


def forget_customers(connection: Connection, store_id: str, ids: Iterable[str]) -> int:
    """Drop the links of these customers' messages; give how many."""
    return connection.execute(delete(short_links).where(_theirs(store_id, ids))).rowcount


def export(connection: Connection, store_id: str, customer_id: str) -> list[JsonObject]:
    """Give where the links led that one customer's messages showed."""
    s = short_links.c
    query = select(s.message_id, s.purpose, s.destination, s.expires_at)
    rows = connection.execute(query.where(_theirs(store_id, [customer_id]))).mappings()
    return [dict(row) for row in rows]


def _theirs(store_id: str, customer_ids: Iterable[str]) -> ColumnElement[bool]:
    m = messages.c
    sent = select(m.id).where(m.store_id == store_id, m.customer_id.in_(list(customer_ids)))
    return and_(short_links.c.store_id == store_id, short_links.c.message_id.in_(sent))
