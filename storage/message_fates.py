"""What becomes of messages after the hand-over: opened, clicked, unsubscribed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from marketing.model import ChannelName, MessageState
from storage.among import among
from storage.bulk import update_rows
from storage.schema import carts, codes, customers, flows, messages, stores


@dataclass(frozen=True, slots=True)
class Seen:
    """How far people went with one message."""

    message_id: str
    state: MessageState
    opened_at: datetime | None
    clicked_at: datetime | None

    @classmethod
    def of(cls, row: Row[Any]) -> "Seen":
        """Read what was known before, from a row of `hits.pending`."""
        return cls(row.message_id, MessageState(row.state), row.opened_at, row.clicked_at)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message went to, by what, and where they are reached by mail and by phone."""

    customer_id: str
    channel: ChannelName
    email: str | None
    phone: str | None


def seen(connection: Connection, store_id: str, found: Sequence[Seen]) -> None:
    """Write what people did with messages."""
    rows = [
        {
            "store_id": store_id,
            "id": one.message_id,
            "state": one.state.value,
            "opened_at": one.opened_at,
            "clicked_at": one.clicked_at,
        }
        for one in found
    ]
    update_rows(connection, messages, rows)


@dataclass(frozen=True, slots=True)
class WayBack:
    """A message's cart, as far as there is one, and the store's front."""

    recovery_url: str | None
    """As the platform signed it; a cart that is no checkout has none."""
    items: Sequence[Mapping[str, Any]] | None
    is_over: bool | None
    storefront_url: str | None
    domain: str
    platform: str
    code: str | None
    """The message's own code, as long as it works."""


def way_back(
    connection: Connection, store_id: str, message_id: str, now: datetime
) -> WayBack | None:
    """Give what leads back to the cart a message is about; None when the message is gone."""
    c, s, m = carts.c, stores.c, messages.c
    is_over = or_(c.completed_at.is_not(None), c.order_id.is_not(None), c.deleted_at.is_not(None))
    code = codes.c
    works = and_(code.state == "created", code.ends_at > now, code.redeemed_order_id.is_(None))
    own = and_(code.store_id == m.store_id, code.id == m.code_id, works)
    query = (
        select(c.recovery_url, c["items"], is_over, s.storefront_url, s.domain, s.platform)
        .add_columns(code.code)
        .select_from(messages)
        .join(stores, s.id == m.store_id)
        .outerjoin(codes, own)
        .outerjoin(carts, and_(c.store_id == m.store_id, c.id == m.cart_id))
        .where(m.store_id == store_id, m.id == message_id)
    )
    row = connection.execute(query).one_or_none()
    return WayBack(*row) if row else None


def origin(connection: Connection, store_id: str, message_id: str) -> tuple[str, str, str] | None:
    """Give a message's channel, the name of its flow, and its step; None when it is gone."""
    m = messages.c
    query = (
        select(m.channel, flows.c.name, m.step_id)
        .join(flows, and_(flows.c.store_id == m.store_id, flows.c.id == m.flow_id))
        .where(m.store_id == store_id, m.id == message_id)
    )
    row = connection.execute(query).one_or_none()
    return (row.channel, row.name, row.step_id) if row else None


def recipient(connection: Connection, store_id: str, message_id: str) -> Recipient | None:
    """Give whom a message went to, and by which channel; None when it is gone."""
    m, c = messages.c, customers.c
    query = (
        select(c.id, m.channel, c.email, c.phone)
        .join(messages, and_(m.store_id == c.store_id, m.customer_id == c.id))
        .where(m.store_id == store_id, m.id == message_id)
    )
    row = connection.execute(query).one_or_none()
    return Recipient(row.id, ChannelName(row.channel), row.email, row.phone) if row else None


def unsubscribed(connection: Connection, store_id: str, message_id: str, now: datetime) -> None:
    """Note that a message was left by; the first time counts."""
    m = messages.c
    mine = and_(m.store_id == store_id, m.id == message_id, m.unsubscribed_at.is_(None))
    connection.execute(update(messages).where(mine).values(unsubscribed_at=now))


def reported_on(connection: Connection, store_id: str, ids: Sequence[str]) -> list[Row[Any]]:
    """Hold the messages that a provider tells of, with what `reported` wants to know of them."""
    m = messages.c
    columns = (m.id, m.state, m.customer_id, m.flow_id, m.step_id, m.channel, m.sent_at)
    where = (m.store_id == store_id, among(m.id, ids))
    query = select(*columns, m.delivered_at, m.opened_at).where(*where).order_by(m.id)
    return list(connection.execute(query.with_for_update()))


@dataclass(frozen=True, slots=True)
class Reported:
    """Where a provider's report brought one message."""

    message_id: str
    state: MessageState
    provider_id: str
    reason: str | None
    sent_at: datetime | None
    delivered_at: datetime | None
    opened_at: datetime | None


def reported(
    connection: Connection, store_id: str, provider: str, found: Sequence[Reported]
) -> None:
    """Write how far messages got; they are in nobody's hands then."""
    for one in found:
        values = {
            "state": one.state.value, "provider": provider, "provider_id": one.provider_id,
            "sent_at": one.sent_at, "delivered_at": one.delivered_at, "opened_at": one.opened_at,
            "lease_owner": None, "lease_until": None, "retry_at": None, "reconcile_at": None,
        }  # fmt: skip
        if one.reason:
            values["reason"] = one.reason
        mine = (messages.c.store_id == store_id, messages.c.id == one.message_id)
        connection.execute(update(messages).where(*mine).values(**values))


def free(connection: Connection, store_id: str, message_ids: Iterable[str]) -> None:
    """Note of messages that the provider bills nothing for them."""
    m = messages.c
    mine = (m.store_id == store_id, among(m.id, message_ids), m.is_free.is_not(True))
    connection.execute(update(messages).where(*mine).values(is_free=True))
