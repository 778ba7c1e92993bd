"""Letting customers into flows: what news triggers, and who is kept out and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from jobs import credit, exits, membership
from jobs.runtime import Runtime
from marketing.conditions import Asked, fields_of
from marketing.enrollment import Enrollment, Enter, EntryFacts, Refuse
from marketing.entry import begin, should_enroll
from marketing.events import EventName, News
from marketing.model import ChannelName, ConsentSource, Reason
from marketing.opt_in import flow_of, is_begun_by_link
from marketing.triggers import IDLE_EVENTS, WATCHED_EVENTS, has_reached, matches, subject_of
from storage import Connection, enrollments, facts, flow_events, flows, people, suppressions
from storage.facts import About
from storage.flow_events import Told
from storage.flows import Version
from storage.schema import new_id
from storage.stores import Store

OWN_FACTS = frozenset[Asked]({"order.external_id", "order.counts", "customer.is_staff"})
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
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the event told; conditions and messages may ask for it as `event`."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """A customer who entered, and whether their other cart sequences are over by it."""

    candidate: Candidate
    enrollment: Enrollment
    replaces: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """Who of some candidates entered, and who was kept out."""

    entered: list[LetIn]
    refused: list[tuple[Candidate, Refuse]]


def react(
    connection: Connection, runtime: Runtime, store: Store, news: Sequence[News], now: datetime
) -> None:
    """Do what news means to flows, in the transaction that mirrors it.

    First the segments of whom it is about: entering and leaving is news as well. Then exits:
    an order ends cart sequences at once. Then triggers, then credit for orders.
    What has become due by it is for the caller to wake: `wake_after`.
    """
    if not news:
        return
    news = [*news, *membership.follow(connection, store.id, news, now)]
    _lift_suppressions(connection, runtime, store.id, news)
    exits.obey(connection, store.id, news, now)
    _trigger(connection, store, news, now)
    placed = [one.order_id for one in news if one.name is EventName.ORDER_PLACED and one.order_id]
    if placed:
        credit.orders_placed(connection, store, placed, now)


def _lift_suppressions(
    connection: Connection, runtime: Runtime, store_id: str, news: Iterable[News]
) -> None:
    """Whoever subscribes anew after unsubscribing through us may be written to there again.

    But whoever stopped texts by a word takes that back by a word alone: their carrier heard it too.
    """
    for channel, found in ((ChannelName.EMAIL, people.emails), (ChannelName.SMS, people.phones)):
        who = [one.customer_id for one in news if one.customer_id and _says_yes(one, channel)]
        known = found(connection, store_id, who) if who else ()
        hashes = [runtime.secrets.address_hash(channel, address) for address in known]
        if hashes:
            suppressions.lift(connection, store_id, channel, hashes, but=ConsentSource.REPLY)


def _says_yes(news: News, channel: ChannelName) -> bool:
    said_of = news.data.get("channel", ChannelName.EMAIL)
    return news.name is EventName.CUSTOMER_SUBSCRIBED and said_of == channel


def wake_after(runtime: Runtime, store_ids: Sequence[str], news: Iterable[News]) -> None:
    """Have whatever `react` made due looked at; after its commit."""
    if store_ids and any(True for _ in news):
        runtime.queues.wake_clock()


def _trigger(connection: Connection, store: Store, news: Sequence[News], now: datetime) -> None:
    versions = [
        version
        for version in flows.live(connection, [store.id])
        if version.flow.trigger.event not in IDLE_EVENTS | WATCHED_EVENTS
    ]
    live = {version.flow_id for version in versions}
    fired = [
        (version, told)
        for version in versions
        for one in news
        if one.customer_id and _fires(version, one, live)
        for told in _lines(connection, store.id, version, one)
    ]
    if fired:
        let_in(connection, store.id, _candidates(connection, store, fired, news, now), now)


def _fires(version: Version, news: News, live: Collection[str]) -> bool:
    """Say whether news begins a flow: one that came by a flow's own link begins that one alone.

    A link that names no live flow of the store is none.
    """
    named = flow_of(news.data.get("referral")) if news.name is EventName.MESSAGE_RECEIVED else None
    if named not in live:
        return matches(version.flow.trigger, news.name, news.data, news.words)
    trigger = version.flow.trigger
    return version.flow_id == named and is_begun_by_link(trigger, news.data.get("channel"))


def _lines(connection: Connection, store_id: str, version: Version, news: News) -> Iterable[News]:
    """Give the news, or one of each line of its order where the trigger wants that."""
    if not (version.flow.trigger.per_line and news.order_id):
        return [news]
    items = facts.items_of(connection, store_id, news.order_id)
    return [
        replace(
            news,
            data={
                **news.data,
                "subject": f"line:{news.order_id}:{number}",
                "product_id": item.get("product_id"),
                "variant_id": item.get("variant_id"),
                "quantity": item.get("quantity"),
            },
        )
        for number, item in enumerate(items, 1)
    ]


def _candidates(
    connection: Connection,
    store: Store,
    fired: Sequence[tuple[Version, News]],
    news: Iterable[News],
    now: datetime,
) -> list[Candidate]:
    asked = [About(one.customer_id, one.cart_id, one.order_id) for _, one in fired]
    fields = OWN_FACTS.union(*(entry_fields(version) for version, _ in fired))
    values = facts.values_of(connection, store.id, set(asked), fields, now)
    people = [one.customer_id for _, one in fired if one.customer_id]
    last = enrollments.last_entries(
        connection, store.id, (version.flow_id for version, _ in fired), people
    )
    new = _placed_just_now(news)
    return [
        _candidate(store, version, one, values[about], last)
        for (version, one), about in zip(fired, asked, strict=True)
        if _goes_over(version, values[about], new[one.customer_id])
    ]


def by_hand(
    connection: Connection,
    store: Store,
    version: Version,
    customer_ids: Sequence[str],
    data: Mapping[str, Any],
    now: datetime,
) -> list[LetIn]:
    """Let these customers in whatever the flow's trigger is; its filters hold.

    `data["subject"]` makes it one of its kind: with the same one nobody enters twice. It may
    hold `cart_id` and `order_id`. Who is kept out has the reason on the timeline.
    """
    return admit(
        connection, store.id, by_name(connection, store, version, customer_ids, data, now), now
    ).entered


def by_trigger(
    connection: Connection, store: Store, version: Version, news: Sequence[News], now: datetime
) -> list[Candidate]:
    """Give the candidates that news of a flow's own trigger makes, whenever it was."""
    fired = [
        (version, told)
        for one in news
        if one.customer_id and matches(version.flow.trigger, one.name, one.data, one.words)
        for told in _lines(connection, store.id, version, one)
    ]
    return _candidates(connection, store, fired, (), now) if fired else []


def by_name(
    connection: Connection,
    store: Store,
    version: Version,
    customer_ids: Sequence[str],
    data: Mapping[str, Any],
    now: datetime,
) -> list[Candidate]:
    """Give these customers as candidates that somebody named, not a trigger."""
    news = [
        News(
            EventName.MANUAL,
            now,
            customer_id,
            cart_id=data.get("cart_id"),
            order_id=data.get("order_id"),
            data=data,
        )
        for customer_id in customer_ids
    ]
    fired = [(version, one) for one in news]
    return _candidates(connection, store, fired, (), now)


def fire(
    connection: Connection, store: Store, version: Version, news: Sequence[News], now: datetime
) -> list[LetIn]:
    """Let in whom the flow's own look round found: this is news of that flow alone."""
    fired = [(version, one) for one in news]
    return let_in(connection, store.id, _candidates(connection, store, fired, (), now), now)


def _candidate(
    store: Store,
    version: Version,
    one: News,
    values: Mapping[str, Any],
    last: Mapping[tuple[str, str], datetime],
) -> Candidate:
    customer_id = one.customer_id or ""
    given = EntryFacts(
        occurred_at=one.occurred_at,
        values={**values, "event": one.data},
        order_id=_external_id(values.get("order")),
        counts=_counts(values),
        last_entered_at=last.get((version.flow_id, customer_id)),
        zone=store.timezone,
        subject=_subject(version, one),
    )
    own_doing = version.flow_id in one.data.get("by_flows", ())
    return Candidate(
        version,
        customer_id,
        given,
        one.name,
        one.cart_id,
        one.order_id,
        # A flow whose own steps set off its trigger would go round for ever.
        blocked=Reason.OWN_DOING if own_doing else None,
        data=one.data,
    )


def _subject(version: Version, one: News) -> str | None:
    if one.name is EventName.MANUAL and "subject" in one.data:
        return str(one.data["subject"])
    return subject_of(version.flow.trigger, one.data)


def _placed_just_now(news: Iterable[News]) -> Mapping[str | None, tuple[int, int]]:
    """Give how many orders of each customer this news is about, and their sum."""
    new: defaultdict[str | None, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in news:
        if one.name is EventName.ORDER_PLACED:
            orders, spent = new[one.customer_id]
            new[one.customer_id] = (orders + 1, spent + int(one.data.get("store_total") or 0))
    return new


def _goes_over(version: Version, values: Mapping[str, Any], new: tuple[int, int]) -> bool:
    """Say whether just these orders took the customer over the mark, where there is one."""
    trigger = version.flow.trigger
    if trigger.event != EventName.CUSTOMER_REACHED or not new[0]:
        return True
    customer = values.get("customer") or {}
    now = (int(customer.get("orders_count") or 0), int(customer.get("spent") or 0))
    return has_reached(trigger, (now[0] - new[0], now[1] - new[1]), now)


def entry_fields(version: Version) -> frozenset[Asked]:
    """Give the facts that a flow's entry asks for: its filters, and what its trigger counts."""
    reached = version.flow.trigger.event == EventName.CUSTOMER_REACHED
    counted = {"customer.orders_count", "customer.spent"} if reached else set[str]()
    return filter_fields(version) | counted


def filter_fields(version: Version) -> frozenset[Asked]:
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
    return admit(connection, store_id, candidates, now).entered


def admit(
    connection: Connection, store_id: str, candidates: Sequence[Candidate], now: datetime
) -> Admission:
    """Do what `let_in` does, and give those kept out with their reasons as well."""
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
            entering.append(LetIn(one, begun(one, answer), answer.replaces))
    entered = _add(connection, store_id, entering, refused)
    told = [_entered(one) for one in entered] + [_skipped(*one) for one in refused]
    flow_events.keep(connection, store_id, told)
    return Admission(entered, refused)


def begun(one: Candidate, enter: Enter) -> Enrollment:
    """Give the enrollment of a candidate who is let in."""
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
    rows = [
        (one.enrollment, one.candidate.cart_id, one.candidate.order_id, one.candidate.data)
        for one in entering
    ]
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
