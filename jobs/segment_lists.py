"""What a merchant is shown of segments: who uses them, whom they reach, and about how many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.runtime import Runtime
from marketing import segment_schema
from marketing.model import JsonObject
from marketing.policy import policy_of
from marketing.segments import asks_of, has
from storage import Connection, campaigns, facts, flows, members, segment_lists, segments, stores
from storage.campaigns import CampaignState
from storage.facts import About
from storage.segment_lists import SegmentPage

SAMPLE = 1000
"""Customers by whom a number is estimated: within three points in a hundred, mostly."""


@dataclass(frozen=True, slots=True)
class Use:
    """Something that asks about a segment: a `segment`, a `campaign` or a `flow`."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how many a condition holds for, of everyone."""

    customers: int
    everyone: int


def uses_of(connection: Connection, store_id: str) -> Mapping[str, Sequence[Use]]:
    """Give by segment what asks about it: other segments, campaigns to come, live flows."""
    found: dict[str, list[Use]] = defaultdict(list)
    for one in segments.of_store(connection, store_id):
        for segment_id in sorted(one.rule.refers):
            found[segment_id].append(Use("segment", one.id, one.name))
    for segment_id, campaign_id, name in campaigns.for_segments(connection, store_id):
        found[segment_id].append(Use("campaign", campaign_id, name))
    for version in flows.live(connection, [store_id]):
        asked = {version.flow.trigger.segment, *flows.segments_asked(version.flow)}
        for segment_id in sorted(one for one in asked if one):
            found[segment_id].append(Use("flow", version.flow_id, version.flow.name))
    return found


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
