"""What a person or a program may do with campaigns; `jobs.launch` begins them at their time."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobs import flow_problems, launch, publish
from jobs.costs import step_costs
from jobs.drafts import BY_NOBODY, Edit
from jobs.intake_orders import NotHere, NotNow, check_source
from jobs.runtime import Runtime
from marketing import campaigns as documents
from marketing import flow_schema
from marketing.campaigns import Campaign, Clock, Schedule
from marketing.flow import Flow, FlowStatus, SendMessage, Step
from marketing.flow_schema import BadFlow, Problem
from marketing.policy import policy_of
from marketing.said import say
from marketing.timing import zone_of
from marketing.unwritten import unwritten
from storage import (
    Connection,
    audiences,
    campaign_lists,
    campaigns,
    flows,
    intakes,
    members,
    reports_flows,
    segments,
    stores,
)
from storage.audiences import Audience
from storage.campaign_lists import CampaignFigures
from storage.campaigns import TO_BEGIN, CampaignState, StoredCampaign
from storage.intakes import Intake
from storage.reports_flows import FlowFigures
from storage.reports_time import since

SLACK = timedelta(minutes=2)
"""A moment just past is now: it was written a minute ago."""
BEFORE = timedelta(days=3)
"""Messages by customers' own clocks may be due before the campaign was made."""

SCHEDULED_BY_OTHERS = say(
    "This campaign is scheduled: to change it takes the role of a publisher. Ask one of your team."
)


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign as it stands, for whoever shows it."""

    campaign: StoredCampaign
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a campaign: all messages together, and each message step."""

    recipients: int
    waiting: Mapping[str, int]
    """Messages that may still go out, by what put them off."""
    skipped: Mapping[str, int]
    """Who was not let in and what was not sent, by reason."""
    sent: int
    unsure: int
    opened: int
    clicked: int
    unsubscribed: int
    ordered: int
    revenue: int
    flow: Flow
    figures: FlowFigures
    costs: Mapping[str, int]
    """By step, in minor units of the store's currency."""


class CampaignMoved(Exception):
    """Somebody else wrote it anew meanwhile; `stored` is what it is now."""

    def __init__(self, stored: StoredCampaign) -> None:
        super().__init__(f"campaign {stored.id} is at revision {stored.revision}")
        self.stored = stored


def create(runtime: Runtime, store_id: str, document: Any) -> Told:
    """Keep a new draft; raises `BadFlow` and `NotHere`."""
    campaign = documents.load(document)
    flow = documents.flow_of(campaign, Clock.STORE)
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        check_source(connection, store_id, campaign.source)
        draft = flow_schema.dump(flow)
        flow_id = flows.create(connection, store_id, flow, draft, now) or ""
        kept = documents.dump(campaign)
        name = campaign.name
        campaign_id = campaigns.create(connection, store_id, flow_id, name, kept, now)
        return _told(connection, store_id, campaign_id)


def change(
    runtime: Runtime,
    store_id: str,
    campaign_id: str,
    document: Any,
    edit: Edit = BY_NOBODY,
    *,
    drafts_only: bool = False,
) -> Told:
    """Say anew what is sent to whom, before it begins.

    Raises `BadFlow`, `NotHere`, `NotNow`, and `CampaignMoved` unless it is what was looked at.
    One that is scheduled stays so: its time is changed by `schedule`. `drafts_only`: whoever
    asks may not have anything sent, so what is to go out by itself is not theirs to change.
    """
    campaign = documents.load(document)
    flow = documents.flow_of(campaign, Clock.STORE)
    flow_problems.compile_all(flow, link_length=runtime.settings.link_length, is_unwritten=True)
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        stored = _to_begin(connection, store_id, campaign_id)
        if drafts_only and stored.state is not CampaignState.DRAFT:
            raise NotNow(SCHEDULED_BY_OTHERS)
        if stored.state is CampaignState.SCHEDULED and (problems := unwritten(_steps(flow))):
            raise BadFlow(problems)
        check_source(connection, store_id, campaign.source)
        _see_revision(stored, edit)
        if (kept := documents.dump(campaign)) != stored.document:
            campaigns.rewrite(connection, store_id, campaign_id, kept, now, edit.author)
        return _told(connection, store_id, campaign_id)


def check(runtime: Runtime, store_id: str, document: Any) -> int:
    """Give how many a campaign would be for by now; raises `BadFlow` and `NotHere`."""
    campaign = documents.load(document)
    flow = documents.flow_of(campaign, Clock.STORE)
    flow_problems.compile_all(flow, link_length=runtime.settings.link_length)
    with runtime.database.reading() as connection:
        check_source(connection, store_id, campaign.source)
        return members.count(connection, store_id, campaign.source)


def problems(runtime: Runtime, stored: StoredCampaign) -> tuple[Problem, ...]:
    """Give what keeps a campaign from being sent as it stands; nothing of one that has begun."""
    if stored.state not in TO_BEGIN:
        return ()
    try:
        flow = documents.flow_of(_loaded(stored), Clock.STORE)
        flow_problems.compile_all(flow, link_length=runtime.settings.link_length)
    except BadFlow as bad:
        return bad.problems
    return ()


def aim_changed_at(runtime: Runtime, store_id: str, stored: StoredCampaign) -> datetime | None:
    """Give when the segment of a scheduled campaign was changed after it was planned; else None."""
    segment_id = _loaded(stored).source.segment
    if stored.state is not CampaignState.SCHEDULED or segment_id is None:
        return None
    with runtime.database.reading() as connection:
        segment = segments.get(connection, store_id, segment_id)
    changed = segment is not None and segment.updated_at > stored.updated_at
    return segment.updated_at if segment and changed else None


def schedule(
    runtime: Runtime,
    store_id: str,
    campaign_id: str,
    wanted: Schedule | None,
    edit: Edit = BY_NOBODY,
) -> Told:
    """Send it at that time, or at once; also to another time than before.

    Raises `BadFlow`, `NotHere`, `NotNow`, and `CampaignMoved` unless it is what was looked at.
    """
    with runtime.database.reading() as connection:
        campaign = _loaded(_found(connection, store_id, campaign_id))
    clock = wanted.clock if wanted else Clock.STORE
    flow = documents.flow_of(campaign, clock)
    flow_problems.compile_all(flow, link_length=runtime.settings.link_length)
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        stored = _to_begin(connection, store_id, campaign_id)
        _see_revision(stored, edit)
        flow_problems.check_others(connection, _flow(connection, store_id, stored), flow)
        check_source(connection, store_id, campaign.source)
        zone = _zone(connection, store_id)
        values = _times(wanted, campaign, zone, now)
        state = CampaignState.SCHEDULED.value
        campaigns.put(connection, store_id, campaign_id, now, state=state, reason=None, **values)
        told = _told(connection, store_id, campaign_id)
    if wanted is None:
        runtime.queues.wake("launch", [store_id])
    runtime.queues.wake_clock()
    return told


def _times(wanted: Schedule | None, campaign: Campaign, zone: str, now: datetime) -> dict[str, Any]:
    if wanted is None:
        return {"send_at": None, "clock": Clock.STORE.value, "due_at": now,
                "late_at": now + campaign.deadline}  # fmt: skip
    moment = wanted.in_store(zone)
    if moment < now - SLACK:
        raise NotNow(
            say("That moment is over by your store's clock. Choose a later one, or send now.")
        )
    return {
        "send_at": wanted.at.isoformat(timespec="minutes"),
        "clock": wanted.clock.value,
        "due_at": wanted.begins_at(zone),
        "late_at": moment + campaign.deadline,
    }


def unschedule(runtime: Runtime, store_id: str, campaign_id: str) -> Told:
    """Make a planned one a draft again; raises `NotHere`, and `NotNow` once it has begun."""
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        _to_begin(connection, store_id, campaign_id)
        draft = {"state": CampaignState.DRAFT.value, "reason": None, "due_at": None}
        campaigns.put(connection, store_id, campaign_id, now, **draft)
        return _told(connection, store_id, campaign_id)


def cancel(runtime: Runtime, store_id: str, campaign_id: str) -> Told:
    """Send it to nobody, or to nobody else once it is under way; raises `NotHere` and `NotNow`.

    From this moment nothing of it goes out; `jobs.launch` ends whoever was still to have it. One
    that everybody has had is sent: there is nothing left to cancel.
    """
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        stored = _found(connection, store_id, campaign_id, lock=True)
        is_under_way = stored.state is CampaignState.SENDING
        if is_under_way and launch.is_all_sent(connection, store_id, stored):
            launch.note_over(connection, store_id, stored, CampaignState.SENT, now)
            return _told(connection, store_id, campaign_id)
        if is_under_way:
            _stop(connection, store_id, stored, now)
        else:
            _to_begin(connection, store_id, campaign_id)
        state, due_at = CampaignState.CANCELLED.value, now if is_under_way else None
        over = {"state": state, "due_at": due_at, "finished_at": now}
        campaigns.put(connection, store_id, campaign_id, now, **over)
        told = _told(connection, store_id, campaign_id)
    runtime.queues.wake("launch", [store_id])
    return told


def _stop(connection: Connection, store_id: str, stored: StoredCampaign, now: datetime) -> None:
    flows.set_status(connection, store_id, stored.flow_id, FlowStatus.PAUSED, now)
    if stored.intake_id:
        intakes.end(connection, store_id, stored.intake_id, intakes.CANCELLED, now)


def pause(runtime: Runtime, store_id: str, campaign_id: str) -> Told:
    """Send no more of it for now; who has not had it keeps their place."""
    stored = _sending(runtime, store_id, campaign_id)
    publish.pause(runtime, store_id, stored.flow_id)
    return find(runtime, store_id, campaign_id)


def resume(runtime: Runtime, store_id: str, campaign_id: str) -> Told:
    """Let a paused campaign go on; what is past its deadline by then expires."""
    stored = _sending(runtime, store_id, campaign_id)
    publish.resume(runtime, store_id, stored.flow_id)
    runtime.queues.wake("intake", [store_id])
    return find(runtime, store_id, campaign_id)


def find(runtime: Runtime, store_id: str, campaign_id: str) -> Told:
    """Give one campaign; raises `NotHere`."""
    with runtime.database.reading() as connection:
        return _told(connection, store_id, campaign_id)


def of_store(runtime: Runtime, store_id: str) -> Sequence[Told]:
    """Give the store's latest campaigns, the newest first."""
    with runtime.database.reading() as connection:
        found = campaigns.of_store(connection, store_id)
        paused = flows.paused(connection, store_id)
        return [Told(one, one.flow_id in paused) for one in found]


def page(runtime: Runtime, store_id: str, number: int) -> tuple[Sequence[Told], int]:
    """Give a page of the store's campaigns, the newest first, and how many there are in all."""
    with runtime.database.reading() as connection:
        found, total = campaigns.page(connection, store_id, number)
        paused = flows.paused(connection, store_id)
        return [Told(one, one.flow_id in paused) for one in found], total


def figures(
    runtime: Runtime, store_id: str, campaign_ids: Sequence[str]
) -> Mapping[str, CampaignFigures]:
    """Give by campaign what came of it so far; none of another store's."""
    with runtime.database.reading() as connection:
        made = campaign_lists.made(connection, store_id, campaign_ids)
        flow_ids = {campaign_id: row.flow_id for campaign_id, row in made.items()}
        now = runtime.database.now(connection)
        first = min((row.created_at for row in made.values()), default=now)
        period = since(first - BEFORE, now + SLACK, zone_of(_zone(connection, store_id)))
        found = campaign_lists.figures(connection, store_id, list(flow_ids.values()), period)
    return {campaign_id: found[flow_id] for campaign_id, flow_id in flow_ids.items()}


def audience(
    runtime: Runtime, store_id: str, campaign_id: str
) -> tuple[Audience, frozenset[str], bool]:
    """Count whom a campaign would reach by now, and say by which channels; raises `NotHere`.

    The last says whether the people of its segment are still being found.
    """
    with runtime.database.reading() as connection:
        stored = _found(connection, store_id, campaign_id)
        campaign, store = _loaded(stored), stores.by_id(connection, store_id)
        policy = policy_of(store.settings if store else {}).consent
        now = runtime.database.now(connection)
        found = audiences.audience(connection, store_id, campaign.source, policy, now)
        asked = campaign.source.segment
        segment = segments.get(connection, store_id, asked) if asked else None
    steps = _steps(documents.flow_of(campaign, Clock(stored.clock)))
    writing = (one for one in steps if isinstance(one, SendMessage))
    planned = (channel.value for one in writing for channel in one.channels or (one.channel,))
    is_building = segment is not None and segment.state == segments.BUILDING
    return found, frozenset(planned), is_building


def report(runtime: Runtime, store_id: str, campaign_id: str) -> Report:
    """Give what came of a campaign; raises `NotHere`."""
    with runtime.database.reading() as connection:
        stored = _found(connection, store_id, campaign_id)
        store, now = stores.by_id(connection, store_id), runtime.database.now(connection)
        zone = zone_of(store.timezone if store else "UTC")
        period = since(stored.created_at - BEFORE, now, zone)
        figures = reports_flows.flow_figures(connection, store_id, stored.flow_id, period)
        waiting = campaigns.waiting(connection, store_id, stored.flow_id)
        taken = intakes.of_flow(connection, store_id, stored.flow_id)
        costs = step_costs(connection, store, stored.flow_id, period) if store else {}
    flow = documents.flow_of(_loaded(stored), Clock(stored.clock))
    return _report(flow, figures, waiting, taken, costs)


def _report(
    flow: Flow,
    figures: FlowFigures,
    waiting: Mapping[str, int],
    taken: Sequence[Intake],
    costs: Mapping[str, int],
) -> Report:
    skipped: Counter[str] = Counter()
    for reasons in (*(one.refused for one in figures.steps.values()), *(i.refused for i in taken)):
        skipped.update(reasons)
    steps = figures.steps.values()
    return Report(
        recipients=figures.entered,
        waiting=waiting,
        skipped=skipped,
        sent=sum(one.sent for one in steps),
        unsure=sum(one.unsure for one in steps),
        opened=sum(one.opened for one in steps),
        clicked=sum(one.clicked for one in steps),
        unsubscribed=sum(one.unsubscribed for one in steps),
        ordered=sum(one.ordered for one in steps),
        revenue=sum(one.revenue for one in steps),
        flow=flow,
        figures=figures,
        costs=costs,
    )


def _found(
    connection: Connection, store_id: str, campaign_id: str, *, lock: bool = False
) -> StoredCampaign:
    stored = campaigns.get(connection, store_id, campaign_id, lock=lock)
    if stored is None:
        raise NotHere(say("There is no such campaign in this store."))
    return stored


def _to_begin(connection: Connection, store_id: str, campaign_id: str) -> StoredCampaign:
    """Give a campaign that has not begun, held; raises `NotHere` and `NotNow`."""
    stored = _found(connection, store_id, campaign_id, lock=True)
    if stored.state not in TO_BEGIN:
        if stored.state is CampaignState.SENDING:
            raise NotNow(say("This campaign is being sent already. Pause or cancel it instead."))
        raise NotNow(say("This campaign is over: it can't be changed any more."))
    return stored


def _see_revision(stored: StoredCampaign, edit: Edit) -> None:
    if edit.revision is not None and edit.revision != stored.revision:
        raise CampaignMoved(stored)


def _sending(runtime: Runtime, store_id: str, campaign_id: str) -> StoredCampaign:
    with runtime.database.reading() as connection:
        stored = _found(connection, store_id, campaign_id)
    if stored.state is not CampaignState.SENDING:
        raise NotNow(say("This campaign is not being sent."))
    return stored


def _told(connection: Connection, store_id: str, campaign_id: str) -> Told:
    stored = _found(connection, store_id, campaign_id)
    return Told(stored, _flow(connection, store_id, stored).status is FlowStatus.PAUSED)


def _flow(connection: Connection, store_id: str, stored: StoredCampaign) -> flows.StoredFlow:
    flow = flows.get(connection, store_id, stored.flow_id)
    if flow is None:
        raise AssertionError("a campaign's flow stays as long as the campaign")
    return flow


def _steps(flow: Flow) -> Collection[Step]:
    return flow.steps_by_id.values()


def _loaded(stored: StoredCampaign) -> Campaign:
    return documents.load(stored.document)


def _zone(connection: Connection, store_id: str) -> str:
    store = stores.by_id(connection, store_id)
    return store.timezone if store else "UTC"
