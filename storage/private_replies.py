"""Which message answers a public comment privately: the platform takes one a comment, for ever."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from marketing.chat import InboundKind
from storage.among import among
from storage.schema import inbound_messages

Key = tuple[str, str]
"""A channel, and the platform's id of a comment there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of one comment."""

    is_deleted: bool
    written_at: datetime | None = None
    message_id: str | None = None
    """The message, or reply, that answers it, or may have."""
    begun_at: datetime | None = None
    """When that was handed over last, in business time."""


GONE = Standing(is_deleted=True)


def of(connection: Connection, store_id: str, keys: Iterable[Key]) -> dict[Key, Standing]:
    """Give what became of comments; one that is kept no more is not in it."""
    wanted = set(keys)
    i = inbound_messages.c
    query = select(
        i.channel, i.provider_id, i.text, i.commented_at, i.private_reply_id, i.private_reply_at
    ).where(i.store_id == store_id, among(i.provider_id, {key[1] for key in wanted}))
    found = {
        (row.channel, row.provider_id): Standing(row.text is None, *row[3:])
        for row in connection.execute(query)
    }
    return {key: one for key, one in found.items() if key in wanted}


def named(
    connection: Connection, store_id: str, customer_id: str, channel: str, inbound_id: str
) -> tuple[str, str | None] | None:
    """Give the platform's id of a customer's comment and who wrote it; None: it is no such one."""
    i = inbound_messages.c
    mine = (i.store_id == store_id, i.customer_id == customer_id, i.id == inbound_id)
    one = (i.channel == channel, i.kind == InboundKind.COMMENT.value)
    row = connection.execute(select(i.provider_id, i.sender).where(*mine, *one)).one_or_none()
    return (row.provider_id, row.sender) if row else None


def take(
    connection: Connection, store_id: str, wanted: Iterable[tuple[Key, str]], now: datetime
) -> set[str]:
    """Let messages (by id) be the answers of comments; give those that are.

    A comment that was deleted, or that another message answers, has none. Always in one order:
    two workers can't wait for each other.
    """
    return {
        message_id
        for key, message_id in sorted(wanted)
        if _take(connection, store_id, key, message_id, now)
    }


def _take(connection: Connection, store_id: str, key: Key, message_id: str, now: datetime) -> bool:
    i = inbound_messages.c
    free = or_(i.private_reply_id.is_(None), i.private_reply_id == message_id)
    one = (i.store_id == store_id, i.channel == key[0], i.provider_id == key[1])
    told = update(inbound_messages).where(*one, i.text.is_not(None), free)
    values = {"private_reply_id": message_id, "private_reply_at": now}
    return connection.execute(told.values(**values)).rowcount == 1


def free(connection: Connection, store_id: str, gone: Iterable[tuple[Key, str]]) -> None:
    """Let comments be answered after all: these answers of theirs (by id) surely did not go out."""
    i = inbound_messages.c
    for key, message_id in sorted(gone):
        one = (i.store_id == store_id, i.channel == key[0], i.provider_id == key[1])
        told = update(inbound_messages).where(*one, i.private_reply_id == message_id)
        connection.execute(told.values(private_reply_id=None, private_reply_at=None))
