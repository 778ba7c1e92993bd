"""What customers wrote to the store, by channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from marketing.model import ChannelName
from storage.among import among
from storage.many import insert_new
from storage.schema import customers, inbound_messages, new_id

BY_PHONE = frozenset({ChannelName.SMS, ChannelName.WHATSAPP})
KEY = ("store_id", "channel", "provider_id")


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message that came in, by the provider's own id of it."""

    provider_id: str
    customer_id: str
    sender: str
    text: str
    received_at: datetime


def keep(connection: Connection, store_id: str, channel: str, told: Sequence[Inbound]) -> set[str]:
    """Keep messages; give the provider's ids of those that were not here already."""
    rows = [
        {
            "store_id": store_id, "id": new_id(), "channel": channel,
            "provider_id": one.provider_id, "customer_id": one.customer_id,
            "sender": one.sender, "text": one.text, "received_at": one.received_at,
        }
        for one in told
    ]  # fmt: skip
    own = inbound_messages.c.provider_id
    return {
        row[0] for row in insert_new(connection, inbound_messages, rows, key=KEY, returning=[own])
    }


def last_at(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> dict[tuple[str, str], datetime]:
    """Give when each (customer id, channel) last wrote; who never did is not in it."""
    i = inbound_messages.c
    query = (
        select(i.customer_id, i.channel, func.max(i.received_at, type_=i.received_at.type))
        .where(i.store_id == store_id, among(i.customer_id, customer_ids))
        .group_by(i.customer_id, i.channel)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def address_of(
    connection: Connection, store_id: str, customer_id: str, channel: ChannelName
) -> str | None:
    """Give where a customer last wrote from on a channel, else their number where that serves."""
    i, c = inbound_messages.c, customers.c
    theirs = (i.store_id == store_id, i.customer_id == customer_id, i.channel == channel.value)
    query = select(i.sender).where(*theirs).order_by(i.received_at.desc(), i.id.desc()).limit(1)
    sender: str | None = connection.execute(query).scalar_one_or_none()
    if sender or channel not in BY_PHONE:
        return sender
    who = (c.store_id == store_id, c.id == customer_id)
    return connection.execute(select(c.phone).where(*who)).scalar_one_or_none()


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget what customers wrote who are gone."""
    i = inbound_messages.c
    mine = (i.store_id == store_id, i.customer_id.in_(list(customer_ids)))
    return connection.execute(delete(inbound_messages).where(*mine)).rowcount
