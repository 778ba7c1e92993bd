"""Conversations on the store's own pages: browsers, and the numbered lines they fetch.

Numbers only grow within a conversation, and a line is seen by others in the order of its number:
whoever writes one holds the visitor's row until it is through.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from marketing.model import ChannelName, JsonObject
from storage import identities
from storage.among import among
from storage.schema import new_id, webchat_lines, webchat_visitors

VISITOR = "visitor"
"""The author of what came from the other side."""
KEEP_LINES = timedelta(days=90)
"""How long the browser is shown what was said; the store's own record is its inbox."""
KEEP_SILENT = timedelta(days=2)
"""How long a conversation waits for its first line: a browser begins it only to say something."""
_PAGE = 100
_PRUNED = 1000
_LATEST = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: under which key, by whom, and what."""

    key: str
    author: str
    said: Mapping[str, Any]


def begin(connection: Connection, store_id: str, now: datetime) -> str:
    """Give a new visitor's id."""
    visitor = new_id()
    row = {"store_id": store_id, "id": visitor, "last_at": now}
    connection.execute(insert(webchat_visitors).values(**row))
    return visitor


def put(
    connection: Connection, store_id: str, visitor: str, line: Line, now: datetime
) -> int | None:
    """Write a line at the end; give its number, the one it has if it was here: None: no visitor."""
    v, c = webchat_visitors.c, webchat_lines.c
    who = (v.store_id == store_id, v.id == visitor)
    last = connection.execute(
        select(v.last_number).where(*who).with_for_update()
    ).scalar_one_or_none()
    if last is None:
        return None
    same = (c.store_id == store_id, c.visitor == visitor, c.key == line.key)
    known: int | None = connection.execute(select(c.number).where(*same)).scalar_one_or_none()
    if known is not None:
        return known
    number = int(last) + 1
    connection.execute(update(webchat_visitors).where(*who).values(last_number=number, last_at=now))
    row = {"store_id": store_id, "visitor": visitor, "number": number, "at": now}
    told = {"key": line.key, "author": line.author, "said": dict(line.said)}
    connection.execute(insert(webchat_lines).values(**row, **told))
    return number


def since(connection: Connection, store_id: str, visitor: str, after: int) -> list[Row[Any]]:
    """Give a conversation's lines behind a number, the next hundred at the most."""
    c = webchat_lines.c
    query = (
        select(c.number, c.key, c.author, c.said, c.at)
        .where(c.store_id == store_id, c.visitor == visitor, c.number > after)
        .order_by(c.number)
        .limit(_PAGE)
    )
    return list(connection.execute(query))


def latest_said(connection: Connection, store_id: str, visitor: str) -> list[Mapping[str, Any]]:
    """Give what the store said last, the latest first."""
    c = webchat_lines.c
    query = (
        select(c.said)
        .where(c.store_id == store_id, c.visitor == visitor, c.author != VISITOR)
        .order_by(c.number.desc())
        .limit(_LATEST)
    )
    return list(connection.execute(query).scalars())


def mark(
    connection: Connection, store_id: str, visitor: str, fetched: int, seen: int
) -> tuple[list[str], list[str]]:
    """Note how far they fetched and saw it; give the ids of ours that are newly so."""
    v = webchat_visitors.c
    who = (v.store_id == store_id, v.id == visitor)
    row = connection.execute(
        select(v.last_number, v.fetched, v.seen).where(*who).with_for_update()
    ).one_or_none()
    if row is None:
        return [], []
    fetched = max(row.fetched, min(fetched, row.last_number))
    seen = max(row.seen, min(seen, fetched))
    if (fetched, seen) == (row.fetched, row.seen):
        return [], []
    connection.execute(update(webchat_visitors).where(*who).values(fetched=fetched, seen=seen))
    return (
        _ours(connection, store_id, visitor, row.fetched, fetched),
        _ours(connection, store_id, visitor, row.seen, seen),
    )


def marks(connection: Connection, store_id: str, visitor: str) -> tuple[int, int] | None:
    """Give how far they fetched and saw it; None: no such visitor."""
    v = webchat_visitors.c
    query = select(v.fetched, v.seen).where(v.store_id == store_id, v.id == visitor)
    row = connection.execute(query).one_or_none()
    return (row.fetched, row.seen) if row else None


def _ours(connection: Connection, store_id: str, visitor: str, after: int, to: int) -> list[str]:
    c = webchat_lines.c
    between = (c.number > after, c.number <= to, c.author != VISITOR)
    query = select(c.key).where(c.store_id == store_id, c.visitor == visitor, *between)
    return list(connection.execute(query.order_by(c.number)).scalars())


def forget(connection: Connection, store_id: str, visitors: Iterable[str]) -> int:
    """Forget conversations whole; their browsers are strangers from then on."""
    gone = list(visitors)
    v, c = webchat_visitors.c, webchat_lines.c
    connection.execute(delete(webchat_visitors).where(v.store_id == store_id, among(v.id, gone)))
    lines = delete(webchat_lines).where(c.store_id == store_id, among(c.visitor, gone))
    return connection.execute(lines).rowcount


def prune(connection: Connection, now: datetime) -> None:
    """Forget what was said long ago, and conversations that ended then or never began."""
    v = webchat_visitors.c
    _forget_over(connection, and_(v.last_number == 0, v.last_at < now - KEEP_SILENT))
    _forget_over(connection, v.last_at < now - KEEP_LINES)
    connection.execute(delete(webchat_lines).where(webchat_lines.c.at < now - KEEP_LINES))


def _forget_over(connection: Connection, is_over: ColumnElement[bool]) -> None:
    """Forget some conversations whole; one that goes on just now is held by whoever writes."""
    v = webchat_visitors.c
    query = select(v.store_id, v.id).where(is_over).order_by(v.last_at).limit(_PRUNED)
    gone = connection.execute(query.with_for_update(skip_locked=True)).all()
    for store_id in sorted({row.store_id for row in gone}):
        forget(connection, store_id, [row.id for row in gone if row.store_id == store_id])


def export(connection: Connection, store_id: str, customer_id: str) -> JsonObject:
    """Give a customer's conversations there, ready for JSON."""
    met = identities.addresses(connection, store_id, [customer_id])
    theirs = [address for channel, address in met if channel == ChannelName.WEBCHAT.value]
    told: JsonObject = {}
    for table, column in (
        (webchat_visitors, webchat_visitors.c.id),
        (webchat_lines, webchat_lines.c.visitor),
    ):
        mine = select(table).where(table.c.store_id == store_id, among(column, theirs))
        rows = connection.execute(mine).mappings()
        told[f"{table.name}"] = [
            {str(name): value for name, value in row.items() if name != "store_id"} for row in rows
        ]
    return told
