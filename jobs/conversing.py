"""What customers write: kept with their conversation, obeyed where it is a wish, told to flows."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from channels.base import InboundMessage
from jobs import wishes
from jobs.heard import Heard
from jobs.runtime import Runtime
from marketing.events import EventName
from marketing.keywords import Wish, keyword_of
from marketing.model import ChannelName, CustomerKey
from storage import Connection, chatters, inbound, people
from storage.chatters import Sender
from storage.inbound import Inbound
from storage.stores import Store

MOST_LETTERS = 10_000


def hear(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    wrote: Sequence[InboundMessage],
) -> None:
    """Take in what came by a channel; told twice it is heard once, of someone erased never."""
    now = runtime.database.now(connection)
    whose = _whose(runtime, connection, store, channel, wrote)
    told = [
        Heard(runtime, connection, store, channel, one, _kept(one, customer_id, now))
        for one, customer_id in zip(wrote, whose, strict=True)
        if customer_id is not None
    ]
    for heard in _fresh(connection, store, channel, told):
        _read(heard)


def _whose(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    wrote: Sequence[InboundMessage],
) -> list[str | None]:
    """Give who wrote: on a text the number says it, on a chat an id that a person has there."""
    now, real_now = runtime.database.moments(connection)
    hashed = runtime.secrets.address_hash
    if channel is ChannelName.SMS:
        named = [(CustomerKey(phone=one.sender), now) for one in wrote]
        return people.meet(connection, store.id, named, hashed)
    senders = [_sender(one, now, real_now) for one in wrote]
    return chatters.meet(connection, store.id, channel, senders, hashed)


def _sender(one: InboundMessage, now: datetime, real_now: datetime) -> Sender:
    """Give the sender, and when that was: what a provider told late may be of before an erasure."""
    late = real_now - one.received_at if one.received_at else timedelta()
    at = now - max(late, timedelta())
    return Sender(one.sender, at, one.sender_name, one.also)


def _kept(one: InboundMessage, customer_id: str, now: datetime) -> Inbound:
    return Inbound(one.provider_id, customer_id, one.sender, one.text[:MOST_LETTERS], now)


def _fresh(
    connection: Connection, store: Store, channel: ChannelName, told: Iterable[Heard]
) -> list[Heard]:
    """Keep what came; give what was not here already."""
    by_id = {one.kept.provider_id: one for one in told}
    fresh = inbound.keep(connection, store.id, channel, [one.kept for one in by_id.values()])
    return [one for provider_id, one in by_id.items() if provider_id in fresh]


def _read(heard: Heard) -> None:
    """A stop is done before anything else, and no flow is asked what it thinks of it."""
    if wishes.obey(heard) is not Wish.STOP:
        heard.react(EventName.MESSAGE_RECEIVED, {"keyword": keyword_of(heard.kept.text)})
