"""Who is in which segment, kept up as things happen: in the transaction that heard of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketing.conditions import Asked
from marketing.events import EventName, News
from marketing.flow import Measure
from marketing.segments import has, with_dependents
from storage import Connection, events, facts, segment_members, segments
from storage.events import Event
from storage.facts import About
from storage.segments import StoredSegment

Pair = tuple[str, str]
"""(segment id, customer id)."""
SLACK = timedelta(minutes=1)
SOONEST = timedelta(minutes=5)
"""How often a segment is swept at the most."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Who entered and left, in the order of the segments."""

    entered: Sequence[Pair]
    left: Sequence[Pair]


def follow(
    connection: Connection, store_id: str, news: Sequence[News], now: datetime
) -> list[News]:
    """Move the customers of this news in and out of the segments it may touch; give that as news.

    A segment that is still being built is kept up as well, but nothing is told of it.
    """
    whose = {one.customer_id for one in news if one.customer_id}
    stored = {one.id: one for one in segments.of_store(connection, store_id)} if whose else {}
    names = {one.name for one in news}
    touched = [
        one.id for one in stored.values() if any(one.rule.touched_by(name) for name in names)
    ]
    if not touched:
        return []
    _look_in_time(connection, store_id, [stored[one] for one in touched], news, now)
    changes = settle(connection, store_id, touched, stored, whose, now)
    return tell(connection, store_id, changes, stored, now, _causes(news))


def look_soon(connection: Connection, store_id: str, names: Collection[str], now: datetime) -> None:
    """Have the segments swept that count events of these names, which nobody is told of one by one.

    It is called as often as such events are kept; the sweep comes once in a while.
    """
    stored = segments.of_store(connection, store_id) if names else []
    counting = [one.id for one in stored if one.rule.counts.intersection(names)]
    if counting:
        segments.hasten(connection, store_id, counting, now + SOONEST)


def sorted_anew(connection: Connection, store_id: str, now: datetime) -> None:
    """Have the segments swept that ask what was bought of a category: products moved."""
    asking = [one.id for one in segments.of_store(connection, store_id) if _by_category(one)]
    if asking:
        segments.hasten(connection, store_id, asking, now + SOONEST)


def _by_category(one: StoredSegment) -> bool:
    measures = (asked for asked in one.rule.asks if isinstance(asked, Measure))
    return any(name == "category" for each in measures for name, _ in each.where)


def settle(
    connection: Connection,
    store_id: str,
    touched: Iterable[str],
    stored: Mapping[str, StoredSegment],
    customer_ids: Collection[str],
    now: datetime,
) -> Changes:
    """Put these customers into the touched segments or take them out, as the facts say now.

    The customers are held to the transaction's end: two who ask about one at a time would each
    miss what the other brings.
    """
    order = with_dependents(touched, {one.id: one.rule for one in stored.values()})
    values = _values(connection, store_id, [stored[one] for one in order], customer_ids, now)
    before = segment_members.of_customers(connection, store_id, stored, customer_ids)
    entered: list[Pair] = []
    left: list[Pair] = []
    for customer_id in sorted(customer_ids):
        was = before.get(customer_id, frozenset())
        member_of = _decided(order, stored, values[About(customer_id)], was)
        entered += [(one, customer_id) for one in order if one in member_of - was]
        left += [(one, customer_id) for one in order if one in was - member_of]
    segment_members.add(connection, store_id, entered, now)
    segment_members.remove(connection, store_id, left)
    return Changes(entered, left)


def _values(
    connection: Connection,
    store_id: str,
    asking: Iterable[StoredSegment],
    customer_ids: Iterable[str],
    now: datetime,
) -> Mapping[About, dict[str, Any]]:
    asked = frozenset[Asked]().union(*(one.rule.asks for one in asking))
    about = map(About, customer_ids)
    return facts.values_of(connection, store_id, about, asked, now, hold=True)


def _decided(
    order: Iterable[str],
    stored: Mapping[str, StoredSegment],
    values: Mapping[str, Any],
    before: frozenset[str],
) -> set[str]:
    """Give the segments one customer belongs to; those decided first count for those after."""
    member_of = set(before)
    customer = values.get("customer")
    seen = {**values, "customer": {**customer, "segments": member_of} if customer else None}
    for segment_id in order:
        if has(stored[segment_id].condition, seen):
            member_of.add(segment_id)
        else:
            member_of.discard(segment_id)
    return member_of


def tell(
    connection: Connection,
    store_id: str,
    changes: Changes,
    stored: Mapping[str, StoredSegment],
    now: datetime,
    causes: Mapping[str, Sequence[str]],
) -> list[News]:
    """Keep who entered and left as events, and give them as news.

    `causes` names the flows whose own steps brought it about, by customer: it won't start them.
    """
    told = [
        Event(
            store_id,
            name,
            now,
            f"{name}:{segment_id}:{customer_id}",
            customer_id,
            {"segment_id": segment_id} | _because(causes.get(customer_id, ())),
        )
        for name, pairs in (
            (EventName.SEGMENT_LEFT, changes.left),
            (EventName.SEGMENT_ENTERED, changes.entered),
        )
        for segment_id, customer_id in pairs
        if stored[segment_id].is_told
    ]
    new = events.append_many(connection, told)
    return [News(one.name, one.occurred_at, one.customer_id, data=one.data) for one in new]


def _causes(news: Iterable[News]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for one in news:
        if one.customer_id and one.data.get("by_flows"):
            found.setdefault(one.customer_id, []).extend(one.data["by_flows"])
    return found


def _because(flow_ids: Sequence[str]) -> dict[str, Any]:
    return {"by_flows": sorted(set(flow_ids))} if flow_ids else {}


def _look_in_time(
    connection: Connection,
    store_id: str,
    touched: Iterable[StoredSegment],
    news: Iterable[News],
    now: datetime,
) -> None:
    """What just came in will be over some time: have the segment looked at by then."""
    first = min(one.occurred_at for one in news)
    for one in touched:
        windows = [turning.after for turning in one.rule.turnings]
        ends = [first + after for after in windows if first + after > now]
        if ends and (one.due_at is None or one.due_at > min(ends) + SLACK):
            segments.hasten(connection, store_id, [one.id], min(ends), whole=False)
