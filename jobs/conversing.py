"""What customers write: kept with their conversation, obeyed where it is a wish, told to flows."""

from collections.abc import Sequence
from datetime import datetime

from channels.base import InboundMessage
from jobs import enroll
from jobs.runtime import Runtime
from jobs.track import WRITE_CONSENT
from marketing.consent import SuppressionScope
from marketing.events import EventName, News
from marketing.keywords import Wish, keyword_of, wish_of
from marketing.model import (
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    CustomerKey,
    Reason,
)
from storage import (
    Connection,
    customer_changes,
    flow_events,
    inbound,
    messages,
    outbox,
    people,
    suppressions,
)
from storage.flow_events import Told
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
    named = [(CustomerKey(phone=one.sender), now) for one in wrote]
    whose = people.meet(connection, store.id, named, runtime.secrets.address_hash)
    told = {
        one.provider_id: Inbound(
            one.provider_id, customer_id, one.sender, one.text[:MOST_LETTERS], now
        )
        for one, customer_id in zip(wrote, whose, strict=True)
        if customer_id is not None
    }
    fresh = inbound.keep(connection, store.id, channel, list(told.values()))
    for provider_id in sorted(fresh):
        _obey(runtime, connection, store, channel, told[provider_id])


def _obey(
    runtime: Runtime, connection: Connection, store: Store, channel: ChannelName, told: Inbound
) -> None:
    """A stop is done before anything else, and no flow is asked what it thinks of it."""
    wish = wish_of(told.text)
    if wish is Wish.STOP:
        _stop(runtime, connection, store, channel, told)
        return
    if wish is Wish.START:
        _start(runtime, connection, store, channel, told)
    _tell(runtime, connection, store, channel, told)


def _stop(
    runtime: Runtime, connection: Connection, store: Store, channel: ChannelName, told: Inbound
) -> None:
    hashes = [runtime.secrets.address_hash(channel, told.sender)]
    suppressions.add(
        connection,
        store.id,
        channel,
        hashes,
        scope=SuppressionScope.MARKETING,
        reason=suppressions.UNSUBSCRIBED,
        source=ConsentSource.REPLY,
        now=told.received_at,
    )
    state = ConsentState.UNSUBSCRIBED
    if _said(runtime, connection, store, channel, told, state, only_after=None):
        _news(runtime, connection, store, channel, told, EventName.CUSTOMER_UNSUBSCRIBED)
    messages.skip_of_customer(connection, store.id, told.customer_id, channel, Reason.UNSUBSCRIBED)


def _start(
    runtime: Runtime, connection: Connection, store: Store, channel: ChannelName, told: Inbound
) -> None:
    """Only whoever left can come back by a word: to others it may be an answer."""
    left, state = ConsentState.UNSUBSCRIBED, ConsentState.SUBSCRIBED
    if _said(runtime, connection, store, channel, told, state, only_after=left):
        hashes = [runtime.secrets.address_hash(channel, told.sender)]
        suppressions.lift(connection, store.id, channel, hashes)
        _news(runtime, connection, store, channel, told, EventName.CUSTOMER_SUBSCRIBED)


def _said(  # noqa: PLR0913  where, who, what
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: Inbound,
    state: ConsentState,
    *,
    only_after: ConsentState | None,
) -> bool:
    """Note a customer's word, and have the platform told of it; False when it changes nothing."""
    said = Consent(channel, state, ConsentSource.REPLY, told.received_at)
    whose = told.customer_id
    changed = customer_changes.consent(connection, store.id, whose, said, only_after=only_after)
    if changed:
        payload = {
            "customer_id": whose,
            "channel": channel.value,
            "state": state.value,
            "changed_at": told.received_at.isoformat(),
        }
        real_now = runtime.database.real_now(connection)
        outbox.add(connection, store.id, WRITE_CONSENT, f"{whose}:{channel}", payload, real_now)
    return changed


def _tell(
    runtime: Runtime, connection: Connection, store: Store, channel: ChannelName, told: Inbound
) -> None:
    name = EventName.MESSAGE_RECEIVED
    _react(
        runtime, connection, store, told, name, {"keyword": keyword_of(told.text)} | _by(channel)
    )


def _news(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: Inbound,
    name: EventName,
) -> None:
    data = {**_by(channel), "source": ConsentSource.REPLY.value}
    _react(runtime, connection, store, told, name, data)


def _by(channel: ChannelName) -> dict[str, str | None]:
    return {"channel": channel.value}


def _react(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    told: Inbound,
    name: EventName,
    data: dict[str, str | None],
) -> None:
    kept = {key: value for key, value in data.items() if value is not None}
    at: datetime = told.received_at
    key = f"{told.provider_id}:{data['channel']}"
    flow_events.keep(connection, store.id, [Told(name, told.customer_id, at, key, kept)])
    news = [News(name, at, told.customer_id, data=kept)]
    enroll.react(connection, runtime, store, news, at)
