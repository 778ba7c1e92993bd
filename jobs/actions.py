"""What a flow does besides writing to the customer, each once per enrollment and step.

What is ours is changed in the transaction that moves the enrollment on; what lies beyond the
network is put in the outbox there, under a key that stays the same on every try.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from jobs import conversations, enroll, rewards
from jobs.endings import Ended, end
from jobs.runtime import Runtime
from jobs.track import WRITE_CONSENT
from marketing.consent import CONSENT_CHANNELS
from marketing.enrollment import Enrollment
from marketing.events import EventName, News
from marketing.flow import (
    Act,
    CallWebhook,
    FlowStatus,
    NotifyStaff,
    StartFlow,
    StopFlow,
    UpdateCustomer,
)
from marketing.hand_over import HandOver
from marketing.model import ChannelName, Consent, ConsentSource, ConsentState, Reason
from marketing.reward import Reward
from storage import (
    Connection,
    customer_changes,
    enrollments,
    events,
    flow_events,
    flows,
    messages,
    outbox,
    stores,
)
from storage.enrollments import Ending
from storage.events import Event
from storage.flow_events import Told
from storage.flows import StoredFlow
from storage.stores import Store

LONGEST_CHAIN = 10
"""Flows that start flows: a ring that was drawn in spite of all ends after so many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that an enrollment came to."""

    whose: Enrollment
    act: Act
    at: datetime
    event: dict[str, Any]
    cart_id: str | None = None
    order_id: str | None = None

    @property
    def key(self) -> str:
        return f"{self.whose.id}:{self.act.id}"

    @property
    def depth(self) -> int:
        """How many flows deep what it causes is: it came of others, one after another."""
        return int(self.event.get("depth", 0)) + 1


def carry_out(
    connection: Connection, runtime: Runtime, store_id: str, asked: Sequence[Asked], now: datetime
) -> None:
    """Do what these enrollments came to."""
    store = stores.by_id(connection, store_id) if asked else None
    if store is None:
        return
    for one in asked:
        _carry_out(connection, runtime, store, one, now)


def _carry_out(
    connection: Connection, runtime: Runtime, store: Store, one: Asked, now: datetime
) -> None:
    match one.act:
        case UpdateCustomer():
            _update(connection, runtime, store, one, one.act, now)
        case StartFlow():
            _start(connection, store, one, one.act, now)
        case StopFlow():
            _stop(connection, store.id, one, one.act)
        case Reward():
            moments = (now, runtime.database.real_now(connection))
            rewards.grant(connection, store, one.whose, one.act, one.order_id, moments)
        case HandOver():
            conversations.take_over(
                connection,
                runtime,
                store,
                one.whose.customer_id,
                at=one.at,
                by=f"flow:{one.whose.flow_id}",
            )
            _tell(connection, runtime, store, one)
        case NotifyStaff() | CallWebhook():
            _tell(connection, runtime, store, one)
        case _:
            assert_never(one.act)


def _tell(connection: Connection, runtime: Runtime, store: Store, one: Asked) -> None:
    """Have the store's people, or a program, told of it."""
    payload = {
        "step": one.act.id,
        "flow_id": one.whose.flow_id,
        "version_id": one.whose.version_id,
        "enrollment_id": one.whose.id,
        "customer_id": one.whose.customer_id,
        "cart_id": one.cart_id,
        "order_id": one.order_id,
        "event": one.event,
        "at": one.at.isoformat(),
    }
    real_now = runtime.database.real_now(connection)
    outbox.add(connection, store.id, KIND_OF[type(one.act)], one.key, payload, real_now)


KIND_OF: dict[type, str] = {
    NotifyStaff: "notify_staff",
    HandOver: "notify_staff",
    CallWebhook: "call_webhook",
}


def _update(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    one: Asked,
    act: UpdateCustomer,
    now: datetime,
) -> None:
    who = one.whose.customer_id
    added, removed = customer_changes.change(
        connection,
        store.id,
        who,
        add=act.add_tags,
        remove=act.remove_tags,
        properties=act.properties,
    )
    if added or removed:
        # Else the platform's next word of the customer takes them back.
        payload = {"customer_id": who, "add": added, "remove": removed}
        real_now = runtime.database.real_now(connection)
        outbox.add(connection, store.id, "write_tags", one.key, payload, real_now)
    left = _unsubscribe(connection, runtime, store, one, act.unsubscribe, now)
    by = {"by": one.key, "by_flows": [*one.event.get("by_flows", ()), one.whose.flow_id]}
    happened = [
        (EventName.CUSTOMER_TAGGED, {"added": added} if added else {}),
        (EventName.CUSTOMER_UNTAGGED, {"removed": removed} if removed else {}),
        (EventName.CUSTOMER_UPDATED, {"properties": sorted(act.properties)}),
    ]
    told = [
        Event(store.id, name, now, f"{name}:{one.key}", who, {**data, **by})
        for name, data in happened
        if any(data.values())
    ]
    told += [_left(store.id, one, channel, now, by) for channel in left]
    new = events.append_many(connection, told)
    news = [News(each.name, now, who, data=each.data) for each in new]
    enroll.react(connection, runtime, store, news, now)


def _unsubscribe(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    one: Asked,
    channels: Sequence[ChannelName],
    now: datetime,
) -> list[ChannelName]:
    """Take consent back by the merchant's word; give the channels where that is new.

    Nobody's address is suppressed: who agrees again, of their own, is written to again.
    """
    who, whose = one.whose.customer_id, (connection, store.id, one.whose.customer_id)
    no = ConsentState.UNSUBSCRIBED
    said = [Consent(each, no, ConsentSource.MERCHANT, now) for each in dict.fromkeys(channels)]
    new = [each.channel for each in said if customer_changes.consent(*whose, each)]
    for channel in new:
        messages.skip_of_customer(*whose, channel, Reason.UNSUBSCRIBED)
        if channel in CONSENT_CHANNELS:
            told = {"customer_id": who, "channel": channel.value, "state": no.value}
            payload = {**told, "changed_at": now.isoformat()}
            real_now = runtime.database.real_now(connection)
            outbox.add(connection, store.id, WRITE_CONSENT, f"{who}:{channel}", payload, real_now)
    return new


def _left(
    store_id: str, one: Asked, channel: ChannelName, now: datetime, by: dict[str, Any]
) -> Event:
    name = EventName.CUSTOMER_UNSUBSCRIBED
    data = {"channel": channel.value, "source": ConsentSource.MERCHANT.value, **by}
    return Event(store_id, name, now, f"{name}:{channel}:{one.key}", one.whose.customer_id, data)


def _start(connection: Connection, store: Store, one: Asked, act: StartFlow, now: datetime) -> None:
    """Let the customer into another live flow, by its own rules of entry; say so if it can't be."""
    stored = flows.get(connection, store.id, act.flow)
    if stored is None:
        return
    key, subject = (store.id, stored.live_version_id or ""), f"started:{one.key}"
    refusal = _refusal(stored, one)
    if refusal:
        flow_events.keep(connection, store.id, [_not_started(one, stored.id, subject, refusal)])
        return
    version = flows.versions(connection, [key])[key]
    data = {
        **one.event,
        "depth": one.depth,
        "subject": subject,
        "cart_id": one.cart_id,
        "order_id": one.order_id,
    }
    enroll.by_hand(connection, store, version, [one.whose.customer_id], data, now)


def _refusal(stored: StoredFlow, one: Asked) -> Reason | None:
    if stored.status is not FlowStatus.LIVE:
        is_paused = stored.status is FlowStatus.PAUSED
        return Reason.FLOW_PAUSED if is_paused else Reason.FLOW_NOT_LIVE
    if one.depth > LONGEST_CHAIN or stored.id == one.whose.flow_id:
        return Reason.CHAIN_TOO_LONG
    return None


def _not_started(one: Asked, flow_id: str, subject: str, reason: Reason) -> Told:
    who, key = one.whose.customer_id, f"{flow_id}:{one.whose.customer_id}:{subject}"
    data = {"flow_id": flow_id, "trigger_key": subject, "reason": reason.value}
    return Told(EventName.FLOW_SKIPPED, who, one.at, key, data)


def _stop(connection: Connection, store_id: str, one: Asked, act: StopFlow) -> None:
    under_way = enrollments.active(connection, store_id, [one.whose.customer_id])
    theirs = [each for each in under_way if each.flow_id == act.flow and each.id != one.whose.id]
    end(
        connection,
        store_id,
        [
            Ended(each, Ending(each.id, Reason.STOPPED, max(one.at, each.entered_at)))
            for each in theirs
        ],
    )
