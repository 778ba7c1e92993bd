"""What was sent to whom on a channel, for providers that tell of messages by their reader."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, and_, select, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from marketing.model import MessageState
from storage.among import among
from storage.schema import identities, messages, replies

_Columns = ReadOnlyColumnCollection[str, Column[Any]]
UNDER_WAY = [
    MessageState.ACCEPTED.value,
    MessageState.SENT.value,
    MessageState.DELIVERED.value,
]
"""Out, and not read yet; replies have the same words for it."""


UNSETTLED = [MessageState.HANDING_OVER.value, MessageState.UNKNOWN.value]
"""In the provider's hands, or perhaps so: its id of them is not known."""


def sent_to(
    connection: Connection, store_id: str, channel: str, addresses: Iterable[str]
) -> list[Row[Any]]:
    """Give messages and replies under way to these addresses: id, provider_id, sent_at, address.

    The oldest first. Messages know their customer only, who is found by where they chat.
    """
    return _to(connection, (store_id, channel), addresses, _of(UNDER_WAY))


def unsettled(
    connection: Connection, store_id: str, channel: str, addresses: Iterable[str]
) -> list[Row[Any]]:
    """Give what may be in the provider's hands for these addresses: id, state, address."""
    return _to(connection, (store_id, channel), addresses, _of(UNSETTLED))


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
    both = union_all(*parts).subquery()
    return list(connection.execute(select(both).order_by(both.c.sent_at, both.c.id)))
