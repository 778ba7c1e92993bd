"""What customers do with messages: opens and clicks judged, unsubscribes obeyed at once."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobs import credit, enroll
from jobs.machines import is_machines_agent, is_machines_click
from jobs.runtime import Runtime
from marketing.consent import CONSENT_CHANNELS, KEPT_CHANNELS, SuppressionScope
from marketing.events import EventName, News
from marketing.ledger import on_status
from marketing.links import Link
from marketing.model import (
    BadSignature,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    MessageStatus,
    Platform,
    Reason,
)
from storage import (
    Connection,
    Row,
    customer_changes,
    flow_events,
    hits,
    identities,
    inbound,
    message_fates,
    messages,
    outbox,
    stores,
    suppressions,
)
from storage.flow_events import Told
from storage.message_fates import Recipient, Seen, WayBack

BATCH = 500
WRITE_CONSENT = "write_consent"


@dataclass(frozen=True, slots=True)
class Judged:
    """A hit, and whether a machine made it."""

    row: Row[Any]
    is_machine: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is to be left by a message's link: whose messages, and by which channel they come."""

    store_name: str
    channel: ChannelName


def drain(runtime: Runtime, _store_ids: Sequence[str]) -> list[str]:
    """Judge the opens and clicks that wait, for all stores; gives nothing: it takes them all."""
    give_up = time.monotonic() + runtime.settings.periods.work
    while track_batch(runtime):
        if time.monotonic() >= give_up:
            runtime.queues.wake("track")
            break
    return []


def track_batch(runtime: Runtime) -> bool:
    """Judge one batch; True when there may be more. A click waits for its company first."""
    count = runtime.database.write(lambda c: _track(runtime, c))
    if count:
        runtime.queues.wake_clock()
    return count == BATCH


def _track(runtime: Runtime, connection: Connection) -> int:
    now = runtime.database.now(connection)
    at_once = timedelta(seconds=runtime.settings.periods.scanner)
    rows = hits.pending(connection, opens_until=now, clicks_until=now - at_once, limit=BATCH)
    if not rows:
        return 0
    judged = _judge(connection, rows, at_once)
    hits.judged(connection, [(o.row.store_id, o.row.id, o.is_machine) for o in judged], now)
    people = [one for one in judged if not one.is_machine]
    for store_id in sorted({one.row.store_id for one in people}):
        own = [one.row for one in people if one.row.store_id == store_id]
        _note(runtime, connection, store_id, own, now)
    return len(rows)


def _judge(connection: Connection, rows: Sequence[Row[Any]], at_once: timedelta) -> list[Judged]:
    clicked = [(row.store_id, row.message_id) for row in rows if row.kind == hits.CLICK]
    clicks: Mapping[str, list[tuple[str | None, datetime]]] = defaultdict(list)
    for message_id, url, at in hits.clicks_of(connection, clicked):
        clicks[message_id].append((url, at))
    return [Judged(row, _is_machine(row, clicks, at_once)) for row in rows]


def _is_machine(
    row: Row[Any], clicks: Mapping[str, list[tuple[str | None, datetime]]], at_once: timedelta
) -> bool:
    if row.kind == hits.OPEN:
        return is_machines_agent(row.user_agent)
    company = clicks[row.message_id]
    return is_machines_click(row.user_agent, row.occurred_at, row.sent_at, company, at_once)


def _note(
    runtime: Runtime,
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    now: datetime,
) -> None:
    """Move messages on by what people did, tell it once, credit orders that overtook it."""
    seen: dict[str, Seen] = {}
    for row in rows:
        seen[row.message_id] = _after(row, seen.get(row.message_id) or Seen.of(row))
    message_fates.seen(connection, store_id, list(seen.values()))
    told = _told(rows)
    flow_events.keep(connection, store_id, told)
    store = stores.by_id(connection, store_id)
    if store is not None:
        enroll.react(connection, runtime, store, [_news(one) for one in told], now)
        credit.again(connection, store, {row.customer_id for row in rows}, now)


def _after(row: Row[Any], before: Seen) -> Seen:
    """A click implies an open; the first of each counts."""
    is_click = row.kind == hits.CLICK
    status = MessageStatus.CLICKED if is_click else MessageStatus.OPENED
    return Seen(
        row.message_id,
        on_status(before.state, status) or before.state,
        min(before.opened_at or row.occurred_at, row.occurred_at),
        min(before.clicked_at or row.occurred_at, row.occurred_at)
        if is_click
        else before.clicked_at,
    )


def _told(rows: Iterable[Row[Any]]) -> list[Told]:
    """One opening and one click per message is news; those of a message have one moment."""
    told: dict[tuple[str, str], Told] = {}
    for row in rows:
        is_click = row.kind == hits.CLICK
        if row.clicked_at if is_click else row.opened_at:
            continue
        name = EventName.MESSAGE_CLICKED if is_click else EventName.MESSAGE_OPENED
        data = {"message_id": row.message_id, "flow_id": row.flow_id, "step_id": row.step_id}
        if is_click:
            data["url"] = row.url
        news = Told(name, row.customer_id, row.occurred_at, row.message_id, data)
        told.setdefault((row.message_id, row.kind), news)
    return list(told.values())


def _news(told: Told) -> News:
    return News(told.name, told.occurred_at, told.customer_id, data=told.data)


# --- the doors' questions ---------------------------------------------------------------------


def recovery_url(runtime: Runtime, link: Link) -> str | None:
    """Give where a cart link leads: back to the cart, or to one of the same things.

    The code that the message came with is applied there, as far as the platform can.
    """
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        way = message_fates.way_back(connection, link.store_id, link.message_id, now)
    if way is None:
        return None
    address = way.recovery_url or _cart_anew(runtime, way)
    front = way.storefront_url or f"https://{way.domain}"
    if address is None or way.code is None:
        return address or front
    return runtime.connectors[Platform(way.platform)].with_code(address, way.code)


def _cart_anew(runtime: Runtime, way: WayBack) -> str | None:
    """Give the address of a cart of the same things; None if none are left to buy."""
    lines = [
        (str(item["variant_id"]), int(item["quantity"]))
        for item in way.items or ()
        if item.get("variant_id") and not way.is_over
    ]
    front = way.storefront_url or f"https://{way.domain}"
    connector = runtime.connectors[Platform(way.platform)]
    return connector.cart_address(front, lines) if lines else None


def leaving(runtime: Runtime, link: Link) -> Leaving:
    """Give what the page says that an unsubscribe link leads to; raises `BadSignature`.

    The link in a test of a message, which is nobody's, shows the page as mail has it.
    """
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, link.store_id)
        whose = message_fates.recipient(connection, link.store_id, link.message_id)
    if store is None:
        raise BadSignature("the store is gone")
    return Leaving(store.name, whose.channel if whose else ChannelName.EMAIL)


def unsubscribe(runtime: Runtime, link: Link, *, one_click: bool) -> None:
    """Stop marketing to a message's customer on its channel, what is due too; safe to repeat.

    Raises `BadSignature` when there is no such message any more.
    """
    source = ConsentSource.ONE_CLICK if one_click else ConsentSource.UNSUBSCRIBE_LINK
    if not runtime.database.write(lambda c: _unsubscribe(runtime, c, link, source)):
        raise BadSignature("the message is gone")
    runtime.queues.wake("outbox", [link.store_id])
    runtime.queues.wake_clock()


def _unsubscribe(
    runtime: Runtime, connection: Connection, link: Link, source: ConsentSource
) -> bool:
    now, real_now = runtime.database.moments(connection)
    whose = message_fates.recipient(connection, link.store_id, link.message_id)
    if whose is None:
        return False
    message_fates.unsubscribed(connection, link.store_id, link.message_id, now)
    said = Consent(whose.channel, ConsentState.UNSUBSCRIBED, source, now)
    _suppress(runtime, connection, link.store_id, whose, said)
    note = customer_changes.consent if whose.channel in KEPT_CHANNELS else identities.consent
    if note(connection, link.store_id, whose.customer_id, said):
        _tell_of_unsubscribing(runtime, connection, link, whose.customer_id, said)
        _tell_platform(connection, link.store_id, whose.customer_id, said, real_now)
    messages.skip_of_customer(
        connection, link.store_id, whose.customer_id, whose.channel, Reason.UNSUBSCRIBED
    )
    return True


def _suppress(
    runtime: Runtime, connection: Connection, store_id: str, whose: Recipient, said: Consent
) -> None:
    """Note the no with every address that they are reached at there."""
    hashed, channel = runtime.secrets.address_hash, whose.channel
    hashes = [hashed(channel, one) for one in _addresses(connection, store_id, whose)]
    suppressions.add(
        connection,
        store_id,
        channel,
        hashes,
        scope=SuppressionScope.MARKETING,
        reason=suppressions.UNSUBSCRIBED,
        source=said.source.value,
        now=said.changed_at,
    )
    suppressions.left_anew(connection, store_id, channel, hashes, said.changed_at)


def _addresses(connection: Connection, store_id: str, whose: Recipient) -> list[str]:
    by_phone = whose.phone if whose.channel in inbound.BY_PHONE else None
    own = whose.email if whose.channel is ChannelName.EMAIL else by_phone
    known = identities.addresses(connection, store_id, [whose.customer_id])
    met = {address for channel, address in known if channel == whose.channel}
    return sorted({*met, own} if own else met)


def _tell_platform(
    connection: Connection, store_id: str, customer_id: str, said: Consent, real_now: datetime
) -> None:
    if said.channel not in CONSENT_CHANNELS:
        return
    payload = {
        "customer_id": customer_id,
        "channel": said.channel.value,
        "state": said.state.value,
        "changed_at": said.changed_at.isoformat(),
    }
    key = f"{customer_id}:{said.channel}"
    outbox.add(connection, store_id, WRITE_CONSENT, key, payload, real_now)


def _tell_of_unsubscribing(
    runtime: Runtime, connection: Connection, link: Link, customer_id: str, said: Consent
) -> None:
    data = {
        "channel": said.channel.value,
        "source": said.source.value,
        "message_id": link.message_id,
    }
    now, name = said.changed_at, EventName.CUSTOMER_UNSUBSCRIBED
    told = Told(name, customer_id, now, link.message_id, data)
    flow_events.keep(connection, link.store_id, [told])
    store = stores.by_id(connection, link.store_id)
    if store is not None:
        enroll.react(connection, runtime, store, [_news(told)], now)
