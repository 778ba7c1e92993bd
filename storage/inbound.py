"""What customers wrote to the store, by channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from marketing.attachments import Attachment, dump, read
from marketing.chat import IN_PASSING, OPENS_WINDOW, InboundKind, changed_by, id_of_change
from marketing.frustration import Turn
from marketing.model import ChannelName
from storage import threads
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
    kind: str = InboundKind.TEXT
    payload: str = ""
    attachments: tuple[Attachment, ...] = ()
    commented_at: datetime | None = None
    """When a public comment was written; we may hear of it late."""


def keep(connection: Connection, store_id: str, channel: str, told: Sequence[Inbound]) -> set[str]:
    """Keep messages; give the provider's ids of those that were not here already."""
    rows = [
        {
            "store_id": store_id, "id": new_id(), "channel": channel,
            "provider_id": one.provider_id, "customer_id": one.customer_id,
            "sender": one.sender, "text": one.text, "received_at": one.received_at,
            "kind": str(one.kind), "payload": one.payload or None,
            "attachments": dump(one.attachments) or None, "commented_at": one.commented_at,
        }
        for one in told
    ]  # fmt: skip
    own = inbound_messages.c.provider_id
    fresh = {
        row[0] for row in insert_new(connection, inbound_messages, rows, key=KEY, returning=[own])
    }
    for one in told:
        if one.provider_id in fresh:
            threads.wrote(connection, store_id, one.customer_id, channel, one.received_at)
    return fresh


def last_at(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> dict[tuple[str, str], datetime]:
    """Give when each (customer id, channel) last wrote; who never did is not in it.

    What is public (a comment) opens no window, and is not asked for.
    """
    i = inbound_messages.c
    query = (
        select(i.customer_id, i.channel, func.max(i.received_at, type_=i.received_at.type))
        .where(
            i.store_id == store_id,
            among(i.customer_id, customer_ids),
            among(i.kind, map(str, OPENS_WINDOW)),
        )
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


def attached(
    connection: Connection, store_id: str, customer_id: str, inbound_id: str
) -> tuple[str, list[Attachment]]:
    """Give the channel and what came with a customer's message; nothing where it is not here."""
    i = inbound_messages.c
    mine = (i.store_id == store_id, i.customer_id == customer_id, i.id == inbound_id)
    row = connection.execute(select(i.channel, i.attachments).where(*mine)).one_or_none()
    return (row.channel, read(row.attachments)) if row else ("", [])


def turns(
    connection: Connection, store_id: str, customer_id: str, since: datetime, most: int
) -> list[Turn]:
    """Give what a customer wrote since then, the last few, in their order.

    What they changed counts once, as it is now; what is done in passing is told as such.
    """
    i = inbound_messages.c
    query = (
        select(i.text, i.received_at, i.is_answered, i.provider_id, i.kind)
        .where(i.store_id == store_id, i.customer_id == customer_id, i.received_at >= since)
        .order_by(i.received_at.desc(), i.id.desc())
        .limit(most)
    )
    latest = {changed_by(row[3]) or row[3]: row for row in connection.execute(query).all()[::-1]}
    found = [
        Turn(row[0] or "", row[1], row[2], is_in_passing=row[4] in IN_PASSING)
        for row in latest.values()
    ]
    return sorted(found, key=lambda one: one.at)


def answered(connection: Connection, store_id: str, channel: str, provider_id: str) -> None:
    """Note that a flow took a message, or a step that waited for it."""
    told = update(inbound_messages).where(*_one(store_id, channel, provider_id))
    connection.execute(told.values(is_answered=True))


def empty(connection: Connection, store_id: str, channel: str, provider_id: str) -> bool:
    """Forget the words of a message that its customer deleted, with what they changed it to.

    False: it is not here.
    """
    i, nothing = inbound_messages.c, {"text": None, "payload": None, "attachments": None}
    mine = _one(store_id, channel, provider_id)
    whose = select(i.customer_id).where(*mine).scalar_subquery()
    changes = (
        i.store_id == store_id, i.channel == channel, i.customer_id == whose,
        i.provider_id.startswith(id_of_change(provider_id, ""), autoescape=True),
    )  # fmt: skip
    connection.execute(update(inbound_messages).where(*changes).values(**nothing))
    return connection.execute(update(inbound_messages).where(*mine).values(**nothing)).rowcount == 1


def is_deleted(connection: Connection, store_id: str, channel: str, provider_id: str) -> bool:
    """Say whether a message was deleted, heard of before that or not."""
    query = select(inbound_messages.c.text).where(*_one(store_id, channel, provider_id))
    row = connection.execute(query).one_or_none()
    return row is not None and row[0] is None


def bury(
    connection: Connection, store_id: str, channel: str, provider_id: str, now: datetime
) -> None:
    """Keep the place of a message that was deleted before we heard of it: it is not heard then."""
    row = {
        "store_id": store_id, "id": new_id(), "channel": channel, "provider_id": provider_id,
        "received_at": now,
    }  # fmt: skip
    insert_new(connection, inbound_messages, [row], key=KEY, returning=[inbound_messages.c.id])


def _one(store_id: str, channel: str, provider_id: str) -> tuple[ColumnElement[bool], ...]:
    i = inbound_messages.c
    return i.store_id == store_id, i.channel == channel, i.provider_id == provider_id


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget what customers wrote who are gone."""
    i = inbound_messages.c
    mine = (i.store_id == store_id, i.customer_id.in_(list(customer_ids)))
    return connection.execute(delete(inbound_messages).where(*mine)).rowcount
