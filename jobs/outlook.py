"""What a flow's draft is to be expected to do in a month, and what that costs and brings in.

Its triggers of the last thirty days are lived through again (`jobs.past`). Where those left no
trace, what the flow did itself is told; where there is neither, nothing is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs import asking, past
from jobs.drafts import NoSuchFlow
from jobs.past import DAYS, Lived
from jobs.runtime import Runtime
from marketing import flow_schema, opt_out_line
from marketing.backfill import NO_PAST
from marketing.flow import Coupon, Flow, SendMessage, Step
from marketing.model import ChannelName, MessageKind
from marketing.outlook import (
    ENOUGH_ORDERS,
    Range,
    Seen,
    Use,
    code_cost,
    revenue_of,
    sum_of,
)
from marketing.policy import policy_of
from marketing.prices import THOUSAND, prices_of
from marketing.reward import Reward
from marketing.short_links import in_short
from marketing.sms import segments
from marketing.timing import zone_of
from storage import Connection, audiences, costs, flows
from storage.costs import Given
from storage.flows import StoredFlow
from storage.reports_time import since
from storage.stores import Store

OWN = timedelta(days=90)
"""How far back a store's own codes, orders and earnings are looked at."""
A_DAY = timedelta(days=1)
Reach = Mapping[str, tuple[frozenset[str], frozenset[str]]]
Counts = Mapping[tuple[str, str], Seen]
"""By step and channel; what is no message has the channel ""."""


@dataclass(frozen=True, slots=True)
class StepOutlook:
    """What one step is to be expected to do in a month; money in minor units."""

    step: str
    kind: str
    """`message`, `coupon` or `reward`."""
    count: Range
    cost: Range | None
    revenue: Range | None
    basis: str
    """Of the cost: `price`, `parts` (texts by their parts, at the most and at the least),
    `amount`, or as `marketing.outlook.CodeCost` says."""
    share: Range | None = None
    each: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a flow is to be expected to do in a month; None where nothing is known."""

    basis: str
    """`replay`, `entered` (what it did itself), `no_past`, `too_new` or `nothing`."""
    days: int
    """How many days it is reckoned from."""
    looked_at: int
    is_sample: bool
    people: Range | None
    reached: Range | None
    """Of these, who gets a message at all."""
    steps: list[StepOutlook]
    cost: Range | None
    revenue: Range | None


@dataclass(frozen=True, slots=True)
class _Expected:
    """Who and what was seen, and in how many days."""

    basis: str
    days: float
    looked_at: int = 0
    is_sample: bool = False
    people: Seen | None = None
    reached: Seen | None = None
    counts: Counts | None = None


@dataclass(frozen=True, slots=True)
class _Own:
    """What the store and the flow did lately."""

    given: Mapping[str, Given]
    earned: Mapping[str, int]
    store: Given
    basket: int | None
    link_length: int
    """How many letters a link in a text comes to."""


def outlook(runtime: Runtime, store: Store, flow_id: str) -> Outlook:
    """Reckon with a flow's draft; raises `NoSuchFlow`, and `BadFlow` for one that can't go live."""
    with runtime.database.reading() as connection:
        stored = flows.get(connection, store.id, flow_id)
        if stored is None:
            raise NoSuchFlow(flow_id)
        flow = flow_schema.load(stored.draft)
        moments = runtime.database.moments(connection)
        if flow.trigger.event in NO_PAST:
            expected = _by_itself(connection, store, stored, moments[0])
        else:
            expected = _replayed(connection, store, stored, flow, moments)
        own = _own(connection, store, stored, moments[0], runtime.settings.link_length)
    return _told(store, flow, expected, own)


def _replayed(
    connection: Connection,
    store: Store,
    stored: StoredFlow,
    flow: Flow,
    moments: tuple[datetime, datetime],
) -> _Expected:
    now = moments[0]
    version = flows.unpublished(stored, flow, now)
    found = past.live_again(connection, store, version, moments)
    begins_at = max(now - DAYS, min(store.installed_at, found.first_at or now))
    days = (now - begins_at) / A_DAY
    if days < 1:
        return _Expected("too_new", days)
    if not found.looked_at:
        return _Expected("nothing", days)
    policy = policy_of(store.settings).consent
    people = {one.customer_id for one in found.lived}
    reach = audiences.reached_of(connection, store.id, people, policy, now)
    everybody, reached, counts = _tallied(flow, found.lived, reach)
    told = (found.looked_at, found.is_sample, everybody, reached, counts)
    return _Expected("replay", days, *told)


def _tallied(flow: Flow, lived: Iterable[Lived], reach: Reach) -> tuple[Seen, Seen, Counts]:
    everybody, reached = Seen(), Seen()
    counts: defaultdict[tuple[str, str], Seen] = defaultdict(Seen)
    for one in lived:
        _count(everybody, one.weight, is_certain=True)
        has, may = reach.get(one.customer_id, (frozenset(), frozenset()))
        is_reached = False
        for place, step_id in enumerate(one.way.possible):
            channel = _channel(flow.steps_by_id[step_id], has, may)
            if channel is not None:
                is_certain = place < len(one.way.certain)
                _count(counts[step_id, channel], one.weight, is_certain=is_certain)
                is_reached |= bool(channel)
        if is_reached:
            _count(reached, one.weight, is_certain=True)
    return everybody, reached, counts


def _count(seen: Seen, weight: float, *, is_certain: bool) -> None:
    seen.possible.add(weight)
    if is_certain:
        seen.certain.add(weight)


def _channel(step: Step, has: frozenset[str], may: frozenset[str]) -> str | None:
    """Give the channel of a message, "" for what else is given, None where nothing is."""
    if isinstance(step, Coupon | Reward):
        return ""
    if not isinstance(step, SendMessage):
        return None
    open_to = has if step.kind is MessageKind.TRANSACTIONAL else may
    named = (channel.value for channel in step.channels or (step.channel,))
    return next((one for one in named if one in open_to), None)


def _by_itself(
    connection: Connection, store: Store, stored: StoredFlow, now: datetime
) -> _Expected:
    """Give what a flow did whose triggers leave no trace to count."""
    first = [one.published_at for one in flows.history(connection, stored.store_id, stored.id)]
    begins_at = max(now - DAYS, min(first, default=now))
    days = (now - begins_at) / A_DAY
    if days < 1:
        return _Expected("no_past", days)
    period = since(begins_at, now, zone_of(store.timezone))
    mine = (connection, stored.store_id, stored.id, period)
    given, entered = costs.by_step(*mine), costs.entered(*mine)
    counts: dict[tuple[str, str], Seen] = {}
    for step_id, one in given.items():
        for channel, number in one.sent.items():
            counts[step_id, channel] = _of(number)
        if one.granted or one.rewarded:
            counts[step_id, ""] = _of(one.granted or one.rewarded)
    return _Expected("entered", days, entered, people=_of(entered), counts=counts)


def _of(number: int) -> Seen:
    seen = Seen()
    for _ in range(number):
        _count(seen, 1, is_certain=True)
    return seen


def _own(
    connection: Connection, store: Store, stored: StoredFlow, now: datetime, link_length: int
) -> _Own:
    period = since(now - OWN, now, zone_of(store.timezone))
    mine = (connection, stored.store_id, stored.id, period)
    count, total = costs.orders(connection, stored.store_id, period)
    return _Own(
        costs.by_step(*mine),
        costs.earned(*mine),
        costs.of_store(connection, stored.store_id, period),
        round(total / count) if count >= ENOUGH_ORDERS else None,
        link_length,
    )


def _told(store: Store, flow: Flow, expected: _Expected, own: _Own) -> Outlook:
    scale = DAYS / A_DAY / expected.days if expected.days >= 1 else 0
    steps = [
        told
        for step in flow.steps_by_id.values()
        if (told := _step(store, step, _of_step(expected.counts, step.id, scale), own))
    ]
    is_known = expected.people is not None
    messages = [one.revenue for one in steps if one.kind == "message"]
    return Outlook(
        expected.basis,
        round(expected.days),
        expected.looked_at,
        expected.is_sample,
        expected.people.range(scale) if expected.people else None,
        expected.reached.range(scale) if expected.reached else None,
        steps if is_known else [],
        sum_of([one.cost for one in steps]) if is_known else None,
        sum_of(messages) if is_known and messages else None,
    )


def _of_step(counts: Counts | None, step_id: str, scale: float) -> Mapping[str, Range]:
    found = {channel: seen for (one, channel), seen in (counts or {}).items() if one == step_id}
    return {channel: seen.range(scale) for channel, seen in found.items()}


def _step(
    store: Store, step: Step, by_channel: Mapping[str, Range], own: _Own
) -> StepOutlook | None:
    count = sum_of(list(by_channel.values())) or Range(0, 0)
    given = own.given.get(step.id, Given())
    match step:
        case SendMessage():
            each = {name: _each(store, step, name, given, own) for name in by_channel}
            cost = sum_of([one.times(*each[name]) for name, one in by_channel.items()])
            sent, earned = sum(given.sent.values()), own.earned.get(step.id, 0)
            revenue = revenue_of(count, earned, sent)
            basis = "parts" if ChannelName.SMS in by_channel else "price"
            return StepOutlook(step.id, "message", count, cost, revenue, basis)
        case Coupon():
            use = _use(given)
            known = code_cost(step, count, use, _use(own.store), own.basket)
            told = (known.cost, None, known.basis, known.share, known.each)
            return StepOutlook(step.id, "coupon", count, *told)
        case Reward():
            cost = count.times(step.amount)
            return StepOutlook(step.id, "reward", count, cost, None, "amount", None, step.amount)
        case _:
            return None


def _each(
    store: Store, step: SendMessage, channel: str, given: Given, own: _Own
) -> tuple[float, float]:
    """Give what one message by a channel costs, at the least and at the most."""
    prices = {one.value: price for one, price in prices_of(store.settings).items()}
    price = prices.get(channel, 0) / THOUSAND
    if channel == ChannelName.SMS:
        least, most = _parts(store, step, own.link_length)
        return price * least, price * most
    billed = price * _billed(given, channel)
    return billed, billed


def _parts(store: Store, step: SendMessage, link_length: int) -> tuple[int, int]:
    """Give how many parts a text has without how to stop it, and with."""
    source = asking.source_of(step, store.locale)
    least = most = source
    if step.kind is MessageKind.MARKETING:
        names = opt_out_line.names_of(store.settings, store.name)
        least, most = opt_out_line.named(source, names), opt_out_line.longest(source, names)
    counts = [max(1, segments(in_short(one, link_length)).count) for one in (least, most)]
    return counts[0], counts[1]


def _billed(given: Given, channel: str) -> float:
    """Give which share of a step's messages was billed lately; all, where none went out."""
    sent = given.sent.get(channel, 0)
    return given.billed[channel] / sent if sent else 1.0


def _use(given: Given) -> Use:
    return Use(given.granted, given.redeemed, given.taken_off)
