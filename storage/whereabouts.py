"""What was sent to whom on a channel, for providers that tell of messages by their reader."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    and_,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from marketing.model import MessageState
from storage.among import among
from storage.schema import attempts, identities, messages, replies

_Columns = ReadOnlyColumnCollection[str, Column[Any]]
UNDER_WAY = [
    MessageState.ACCEPTED.value,
    MessageState.SENT.value,
    MessageState.DELIVERED.value,
]
"""Out, and not read yet; replies have the same words for it."""


UNSETTLED = [MessageState.HANDING_OVER.value, MessageState.UNKNOWN.value]
"""In the provider's hands, or perhaps so: its id of them is not known."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What may be in the provider's hands; its begin in real time, its words where we keep them."""

    id: str
    state: str
    address: str
    begun_at: datetime | None
    text: str | None


def sent_to(
    connection: Connection, store_id: str, channel: str, addresses: Iterable[str]
) -> list[Row[Any]]:
    """Give messages and replies under way to these addresses: id, provider_id, sent_at, address.

    The oldest first. Messages know their customer only, who is found by where they chat.
    """
    rows = _to(connection, (store_id, channel), addresses, _of(UNDER_WAY))
    return sorted(rows, key=lambda row: (row.sent_at is None, row.sent_at, row.id))


def unsettled(
    connection: Connection, store_id: str, channel: str, addresses: Iterable[str]
) -> list[Unsettled]:
    """Give what may be in the provider's hands for these addresses.

    Several queries, of few rows: hardly anything is unsettled at a moment.
    """
    rows = _to(connection, (store_id, channel), addresses, _of(UNSETTLED))
    ids = [row.id for row in rows]
    began = func.max(attempts.c.started_at, type_=attempts.c.started_at.type)
    tries = select(attempts.c.message_id, began, literal_column("NULL")).where(
        attempts.c.store_id == store_id, among(attempts.c.message_id, ids)
    )
    of_replies = select(replies.c.id, replies.c.begun_at, replies.c.text).where(
        replies.c.store_id == store_id, among(replies.c.id, ids)
    )
    found = [
        *connection.execute(tries.group_by(attempts.c.message_id)),
        *connection.execute(of_replies),
    ]
    more = {row[0]: (row[1], row[2]) for row in found}
    return [
        Unsettled(row.id, row.state, row.address, *more.get(row.id, (None, None))) for row in rows
    ]


def known(connection: Connection, store_id: str, channel: str, told: Mapping[str, str]) -> set[str]:
    """Give those of a provider's ids, by their readers' addresses, that are of ours.

    Looked for among what was sent to these readers: messages have no index by a provider's id.
    """
    rows = _to(
        connection,
        (store_id, channel),
        told.values(),
        lambda t: among(t.provider_id, told),
    )
    return {row.provider_id for row in rows}


def _of(states: list[str]) -> Callable[[_Columns], ColumnElement[bool]]:
    return lambda t: t.state.in_(states)


def _to(
    connection: Connection,
    where: tuple[str, str],
    addresses: Iterable[str],
    which: Callable[[_Columns], ColumnElement[bool]],
) -> list[Row[Any]]:
    store_id, channel = where
    wanted, i = list(addresses), identities.c
    parts = []
    for table in (messages, replies):
        t = table.c
        whose = and_(i.store_id == t.store_id, i.customer_id == t.customer_id)
        parts.append(
            select(t.id, t.provider_id, t.sent_at, t.state, i.address)
            .join(identities, and_(whose, i.channel == t.channel))
            .where(t.store_id == store_id, t.channel == channel, which(t))
            .where(i.store_id == store_id, i.channel == channel, among(i.address, wanted))
        )
    # In no order: SQLite would walk all that the store ever sent to have it.
    return list(connection.execute(union_all(*parts)))
