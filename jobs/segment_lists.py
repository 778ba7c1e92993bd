"""What a merchant is shown of segments: who uses them, whom they reach, and about how many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.runtime import Runtime
from marketing import segment_schema
from marketing.conditions import IN_SEGMENT
from marketing.events import EventName
from marketing.model import JsonObject
from marketing.policy import policy_of
from marketing.segments import asks_of, has
from storage import Connection, campaigns, facts, flows, members, segment_lists, segments, stores
from storage.campaigns import CampaignState
from storage.facts import About
from storage.flows import Version
from storage.segment_lists import SegmentPage

SEGMENT_EVENTS = frozenset({EventName.SEGMENT_ENTERED, EventName.SEGMENT_LEFT})
SAMPLE = 1000
"""Customers by whom a number is estimated: within three points in a hundred, mostly."""


@dataclass(frozen=True, slots=True)
class Use:
    """Something that asks about a segment: a `segment`, a `campaign`, a `flow` or its `draft`."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how many a condition holds for, of everyone."""

    customers: int
    everyone: int


def uses_of(
    connection: Connection, store_id: str, *, with_people: bool = False
) -> Mapping[str, Sequence[Use]]:
    """Give by segment what asks about it: other segments, campaigns to come, flows.

    Of a flow counts what is live or paused, else its draft; `with_people`: also what people are
    still on their way through, which takes a look at all of them.
    """
    found: dict[str, list[Use]] = defaultdict(list)
    for one in segments.of_store(connection, store_id):
        for segment_id in sorted(one.rule.refers):
            found[segment_id].append(Use("segment", one.id, one.name))
    for segment_id, campaign_id, name in campaigns.for_segments(connection, store_id):
        found[segment_id].append(Use("campaign", campaign_id, name))
    for campaign_id, name, document in campaigns.to_begin(connection, store_id):
        for segment_id in _asked_in(document):
            found[segment_id].append(Use("campaign", campaign_id, name))
    walked = flows.walked(connection, store_id, with_people=with_people)
    _add_flows(connection, store_id, walked, found)
    return {segment_id: list(dict.fromkeys(uses)) for segment_id, uses in found.items()}


def _add_flows(
    connection: Connection,
    store_id: str,
    walked: Sequence[Version],
    found: dict[str, list[Use]],
) -> None:
    own = campaigns.of_flows(connection, store_id)
    asking = set[tuple[str, str]]()
    for version in walked:
        kind, id_ = ("campaign", own[version.flow_id]) if version.flow_id in own else ("flow", "")
        use = Use(kind, id_ or version.flow_id, version.flow.name)
        for segment_id in {version.flow.trigger.segment or "", *flows.segments_asked(version.flow)}:
            found[segment_id].append(use)
            asking.add((version.flow_id, segment_id))
    for stored in flows.of_store(connection, store_id):
        for segment_id in _asked_in(stored.draft):
            if (stored.id, segment_id) not in asking:
                found[segment_id].append(Use("draft", stored.id, stored.name))


def _asked_in(part: Any) -> list[str]:
    """Find the segments that a document asks about, however unfinished it is."""
    asked, waiting = set[str](), [part]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            if here.get("op") == IN_SEGMENT:
                asked.add(str(here.get("value")))
            if here.get("event") in SEGMENT_EVENTS:
                asked.add(str(here.get("segment")))
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
    return sorted(asked)


def live_uses(connection: Connection, store_id: str, segment_id: str) -> list[Use]:
    """Give the live flows and scheduled campaigns that a segment decides about, by way of others.

    A draft is none of them: nobody is written to by it.
    """
    uses, seen, found = uses_of(connection, store_id), {segment_id}, list[Use]()
    waiting = [segment_id]
    while waiting:
        for use in uses.get(waiting.pop(), ()):
            if use.kind == "segment" and use.id not in seen:
                seen.add(use.id)
                waiting.append(use.id)
            elif use.kind == "flow" or (
                use.kind == "campaign" and _goes_out(connection, store_id, use.id)
            ):
                found.append(use)
    return found


def _goes_out(connection: Connection, store_id: str, campaign_id: str) -> bool:
    stored = campaigns.get(connection, store_id, campaign_id)
    return stored is not None and stored.state is not CampaignState.DRAFT


def page(
    runtime: Runtime, store_id: str, search: str, number: int
) -> tuple[SegmentPage, Mapping[str, Sequence[Use]], int]:
    """Give a page of the list, who uses its segments, and how many customers there are in all."""
    with runtime.database.reading() as connection:
        found = segment_lists.page(connection, store_id, search=search, page=number)
        everyone = members.everyone(connection, store_id)
        return found, uses_of(connection, store_id), everyone


def reach(
    runtime: Runtime, store_id: str, segment_ids: Sequence[str]
) -> Mapping[str, Mapping[str, int]]:
    """Give by segment how many of its members each channel reaches."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, store_id)
        policy = policy_of(store.settings if store else {}).consent
        now = runtime.database.now(connection)
        return segment_lists.reach(connection, store_id, segment_ids, policy, now)


def estimate(runtime: Runtime, store_id: str, document: JsonObject) -> Estimate:
    """Say about how many a segment would have, by looking at some; raises `BadSegment`.

    It takes the same short time however large the store is.
    """
    condition = segment_schema.load(document).condition
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        everyone = members.everyone(connection, store_id)
        some = segment_lists.some(connection, store_id, everyone, SAMPLE)
        asked = [About(one) for one in some]
        known = facts.values_of(connection, store_id, asked, asks_of(condition), now)
    found = sum(has(condition, values) for values in known.values())
    return Estimate(round(everyone * found / len(some)) if some else 0, everyone)
