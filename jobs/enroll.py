"""Letting customers into flows: what news triggers, and who is kept out and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs import credit, exits
from jobs.runtime import Runtime
from marketing.conditions import fields_of
from marketing.enrollment import Enrollment, Enter, EntryFacts, Refuse
from marketing.entry import begin, should_enroll
from marketing.events import EventName, News
from marketing.model import ChannelName, Reason
from storage import Connection, enrollments, facts, flow_events, flows, people, suppressions
from storage.facts import About
from storage.flow_events import Told
from storage.flows import Version
from storage.schema import new_id
from storage.stores import Store

OWN_FACTS = frozenset({"order.external_id", "order.counts", "customer.is_staff"})
"""What is asked about every trigger, whatever its flow's filters ask."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One trigger that fired for one customer, for one live flow."""

    version: Version
    customer_id: str
    facts: EntryFacts
    event: str
    cart_id: str | None = None
    order_id: str | None = None
    blocked: Reason | None = None
    """A reason to keep them out that the engine does not know of."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """A customer who entered, and whether their other cart sequences are over by it."""

    candidate: Candidate
    enrollment: Enrollment
    replaces: bool


def react(
    connection: Connection, runtime: Runtime, store: Store, news: Sequence[News], now: datetime
) -> None:
    """Do what news means to flows, in the transaction that mirrors it.

    Exits first: an order ends cart sequences at once. Then triggers, then credit for orders.
    What has become due by it is for the caller to wake: `wake_after`.
    """
    if not news:
        return
    _lift_suppressions(connection, runtime, store.id, news)
    exits.obey(connection, store.id, news, now)
    _trigger(connection, store, news, now)
    placed = [one.order_id for one in news if one.name is EventName.ORDER_PLACED and one.order_id]
    if placed:
        credit.orders_placed(connection, store, placed, now)


def _lift_suppressions(
    connection: Connection, runtime: Runtime, store_id: str, news: Iterable[News]
) -> None:
    """Whoever subscribes anew after unsubscribing through us may be written to again."""
    subscribed = [
        one.customer_id
        for one in news
        if one.name is EventName.CUSTOMER_SUBSCRIBED and one.customer_id
    ]
    channel = ChannelName.EMAIL.value
    hashes = [
        runtime.secrets.address_hash(channel, email)
        for email in people.emails(connection, store_id, subscribed)
    ]
    if hashes:
        suppressions.lift(connection, store_id, channel, hashes)


def wake_after(runtime: Runtime, store_ids: Sequence[str], news: Iterable[News]) -> None:
    """Have whatever `react` made due looked at; after its commit."""
    if store_ids and any(True for _ in news):
        runtime.queues.wake_clock()


def _trigger(connection: Connection, store: Store, news: Sequence[News], now: datetime) -> None:
    versions = [
        version
        for version in flows.live(connection, [store.id])
        if version.flow.trigger.event != EventName.CART_ABANDONED
    ]
    fired = [
        (version, one)
        for version in versions
        for one in news
        if one.customer_id and one.name == version.flow.trigger.event
    ]
    if fired:
        let_in(connection, store.id, _candidates(connection, store, fired), now)


def _candidates(
    connection: Connection, store: Store, fired: Sequence[tuple[Version, News]]
) -> list[Candidate]:
    asked = [About(one.customer_id, one.cart_id, one.order_id) for _, one in fired]
    fields = OWN_FACTS.union(*(filter_fields(version) for version, _ in fired))
    values = facts.values_of(connection, store.id, set(asked), fields)
    people = [one.customer_id for _, one in fired if one.customer_id]
    last = enrollments.last_entries(
        connection, store.id, (version.flow_id for version, _ in fired), people
    )
    return [
        Candidate(
            version,
            one.customer_id or "",
            EntryFacts(
                occurred_at=one.occurred_at,
                values=values[about],
                order_id=_external_id(values[about].get("order")),
                counts=_counts(values[about]),
                last_entered_at=last.get((version.flow_id, one.customer_id or "")),
                zone=store.timezone,
            ),
            one.name,
            one.cart_id,
            one.order_id,
        )
        for (version, one), about in zip(fired, asked, strict=True)
    ]


def filter_fields(version: Version) -> frozenset[str]:
    """Give the facts that a flow's filters ask for at entry, as dotted paths."""
    return fields_of(version.flow.trigger.filter, version.flow.filter)


def _external_id(row: Mapping[str, object] | None) -> str | None:
    return str(row["external_id"]) if row else None


def _counts(values: Mapping[str, Mapping[str, object] | None]) -> bool:
    customer, order = values.get("customer") or {}, values.get("order") or {}
    return bool(order.get("counts", True)) and not customer.get("is_staff")


def let_in(
    connection: Connection, store_id: str, candidates: Sequence[Candidate], now: datetime
) -> list[LetIn]:
    """Let candidates in or keep them out, each with a record; gives those newly in."""
    entering: list[LetIn] = []
    refused: list[tuple[Candidate, Refuse]] = []
    for one in candidates:
        answer = should_enroll(one.version.flow, one.event, one.facts, now)
        if answer is None:
            continue
        if one.blocked and isinstance(answer, Enter):
            answer = Refuse(answer.trigger_key, one.blocked)
        if isinstance(answer, Refuse):
            refused.append((one, answer))
        else:
            entering.append(LetIn(one, _begun(one, answer), answer.replaces))
    entered = _add(connection, store_id, entering, refused)
    told = [_entered(one) for one in entered] + [_skipped(*one) for one in refused]
    flow_events.keep(connection, store_id, told)
    return entered


def _begun(one: Candidate, enter: Enter) -> Enrollment:
    return begin(
        enter,
        enrollment_id=new_id(),
        flow_id=one.version.flow_id,
        version_id=one.version.id,
        customer_id=one.customer_id,
        flow=one.version.flow,
    )


def _add(
    connection: Connection,
    store_id: str,
    entering: Sequence[LetIn],
    refused: list[tuple[Candidate, Refuse]],
) -> list[LetIn]:
    """Write who enters; whoever went through with the same trigger key before is refused."""
    rows = [(one.enrollment, one.candidate.cart_id, one.candidate.order_id) for one in entering]
    new = {one.id for one in enrollments.add(connection, store_id, rows)}
    known = [one for one in entering if one.enrollment.id not in new]
    if known:
        _refuse_repeated(connection, store_id, known, refused)
    return [one for one in entering if one.enrollment.id in new]


def _refuse_repeated(
    connection: Connection,
    store_id: str,
    known: Sequence[LetIn],
    refused: list[tuple[Candidate, Refuse]],
) -> None:
    """A repeat of someone who is still under way has its run; after it, it is refused."""
    under_way = {
        (one.flow_id, one.customer_id, one.trigger_key)
        for one in enrollments.active(
            connection, store_id, {one.candidate.customer_id for one in known}
        )
    }
    for one in known:
        key = one.enrollment.trigger_key
        if (one.enrollment.flow_id, one.candidate.customer_id, key) not in under_way:
            refused.append((one.candidate, Refuse(key, Reason.ALREADY_ENROLLED)))


def _entered(one: LetIn) -> Told:
    enrollment = one.enrollment
    data = {
        "flow_id": enrollment.flow_id,
        "enrollment_id": enrollment.id,
        "trigger_key": enrollment.trigger_key,
    }
    return Told(
        EventName.FLOW_ENTERED,
        enrollment.customer_id,
        enrollment.entered_at,
        enrollment.id,
        data,
    )


def _skipped(one: Candidate, refusal: Refuse) -> Told:
    flow_id, key = one.version.flow_id, refusal.trigger_key
    data = {"flow_id": flow_id, "trigger_key": key, "reason": refusal.reason.value}
    if one.cart_id:
        data["cart_id"] = one.cart_id
    told_key = f"{flow_id}:{one.customer_id}:{key}"
    return Told(EventName.FLOW_SKIPPED, one.customer_id, one.facts.occurred_at, told_key, data)
