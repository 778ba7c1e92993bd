"""What was sent to whom on a channel, for providers that tell of messages by their reader."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, select, union_all

from marketing.model import MessageState
from storage.among import among
from storage.schema import identities, messages, replies

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
    return _to(connection, (store_id, channel), addresses, UNDER_WAY)


def unsettled(
    connection: Connection, store_id: str, channel: str, addresses: Iterable[str]
) -> list[Row[Any]]:
    """Give what may be in the provider's hands for these addresses: id, state, address."""
    return _to(connection, (store_id, channel), addresses, UNSETTLED)


def known(
    connection: Connection, store_id: str, channel: str, provider_ids: Iterable[str]
) -> set[str]:
    """Give those of a provider's ids that are of messages or replies of ours."""
    wanted, found = list(provider_ids), set[str]()
    for table in (messages, replies):
        t = table.c
        query = select(t.provider_id).where(t.store_id == store_id, t.channel == channel)
        found |= set(connection.execute(query.where(among(t.provider_id, wanted))).scalars())
    return found


def _to(
    connection: Connection, where: tuple[str, str], addresses: Iterable[str], states: list[str]
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
            .where(t.store_id == store_id, t.channel == channel, t.state.in_(states))
            .where(i.store_id == store_id, i.channel == channel, among(i.address, wanted))
        )
    both = union_all(*parts).subquery()
    return list(connection.execute(select(both).order_by(both.c.sent_at, both.c.id)))
