"""Beginning campaigns at their time, and seeing when all of one is sent.

One transaction makes the campaign's flow live, orders its intake and notes that it is being
sent: it begins once, or not at all.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs import endings, flow_problems, publish
from jobs.intake_orders import NotHere, check_source
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import campaigns as documents
from marketing.campaigns import SEND_AT, Campaign, Clock
from marketing.flow import Flow
from marketing.flow_schema import BadFlow
from marketing.model import Reason
from marketing.said import as_kept, recalled, say
from storage import Connection, campaigns, flows, intakes, stores
from storage.campaigns import CampaignState, StoredCampaign
from storage.intakes import Order

LOOK_AGAIN = timedelta(minutes=1)
AT_ONCE = 500
"""Of one that is called off so many people are ended in one transaction."""
MOST_PROBLEMS = 5
"""So many of what is wrong with one are told."""
MISSED = say(
    "Its time passed while nothing could be sent. Send it now, give it another time, or cancel it."
)


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Begin, end and call off what is due of these stores' campaigns; give who has more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: take_one(runtime, store_id))


def take_one(runtime: Runtime, store_id: str) -> bool:
    """Look at one campaign that is due; True when there may be more."""
    with runtime.database.reading() as connection:
        stored = campaigns.front(connection, store_id, runtime.database.now(connection))
    if stored is None:
        return False
    if stored.state is CampaignState.SENDING:
        runtime.database.write(lambda c: _finish(runtime, c, store_id, stored))
        return True
    if stored.state is CampaignState.CANCELLED:
        runtime.database.write(lambda c: _end_rest(runtime, c, store_id, stored))
        return True
    _begin(runtime, store_id, stored)
    return True


def _begin(runtime: Runtime, store_id: str, stored: StoredCampaign) -> None:
    try:
        campaign = documents.load(stored.document)
        flow = documents.flow_of(campaign, Clock(stored.clock))
        templates = flow_problems.compile_all(flow, link_length=runtime.settings.link_length)
        begun = runtime.database.write(
            lambda c: _start(runtime, c, store_id, stored, (campaign, flow, templates))
        )
    except (BadFlow, NotHere) as refused:
        words = _why(refused)
        runtime.database.write(lambda c: _hold(runtime, c, store_id, stored, words))
        return
    if begun:
        runtime.queues.wake("intake", [store_id])


def _why(refused: BadFlow | NotHere) -> str:
    if isinstance(refused, NotHere):
        return refused.said
    told = [problem.message for problem in refused.problems[:MOST_PROBLEMS]]
    return say("It cannot be sent as it is: {problems}", problems=told)


Ready = tuple[Campaign, Flow, flow_problems.Templates]


def _start(
    runtime: Runtime, connection: Connection, store_id: str, before: StoredCampaign, ready: Ready
) -> bool:
    """Begin it, unless somebody changed it meanwhile; raises `BadFlow` and `NotHere`."""
    now = runtime.database.now(connection)
    stored = campaigns.get(connection, store_id, before.id, lock=True)
    if stored != before:
        return False
    store = stores.by_id(connection, store_id)
    if store is None or not store.is_installed or (stored.late_at and now > stored.late_at):
        _hold(runtime, connection, store_id, stored, MISSED)
        return False
    campaign, flow, templates = ready
    check_source(connection, store_id, campaign.source)
    version_id = _put_live(connection, store_id, stored, (flow, templates), now)
    wanted = Order(
        stored.flow_id,
        version_id,
        campaign.source.to_document(),
        event={"campaign_id": stored.id, SEND_AT: stored.send_at},
    )
    campaigns.put(
        connection,
        store_id,
        stored.id,
        now,
        state=CampaignState.SENDING.value,
        intake_id=intakes.add(connection, store_id, wanted, now),
        due_at=now + LOOK_AGAIN,
        started_at=now,
    )
    return True


def _put_live(
    connection: Connection,
    store_id: str,
    stored: StoredCampaign,
    ready: tuple[Flow, flow_problems.Templates],
    now: datetime,
) -> str:
    flow, templates = ready
    flows.save_draft(connection, store_id, stored.flow_id, flow, now)
    whole = flows.get(connection, store_id, stored.flow_id, lock=True)
    if whole is None:
        raise AssertionError("a campaign's flow stays as long as the campaign")
    return publish.put_live(connection, whole, flow, templates, now)


def _hold(
    runtime: Runtime, connection: Connection, store_id: str, before: StoredCampaign, words: str
) -> None:
    """Let it wait for a person, unless one has been there meanwhile."""
    stored = campaigns.get(connection, store_id, before.id, lock=True)
    if stored == before:
        now, state = runtime.database.now(connection), CampaignState.HELD.value
        held = {"state": state, "due_at": None, "reason": as_kept(words)}
        campaigns.put(connection, store_id, before.id, now, **held)


def _finish(
    runtime: Runtime, connection: Connection, store_id: str, before: StoredCampaign
) -> None:
    """Note that all is sent, if it is; one whose intake failed waits for a person.

    An intake that was called off midway is a campaign called off: nobody else has it.
    """
    now = runtime.database.now(connection)
    intake = intakes.get(connection, store_id, before.intake_id or "")
    if intake is not None and intake.state == intakes.FAILED:
        words = say(
            "Not everybody could be let in. {why} Sending it again reaches the rest.",
            why=recalled(intake.error or ""),
        )
        _hold(runtime, connection, store_id, before, words)
    elif not _is_over(connection, store_id, before):
        campaigns.look_again(connection, store_id, before.id, now + LOOK_AGAIN)
    else:
        called_off = intake is not None and intake.state == intakes.CANCELLED
        state = CampaignState.CANCELLED if called_off else CampaignState.SENT
        note_over(connection, store_id, before, state, now)


def is_all_sent(connection: Connection, store_id: str, stored: StoredCampaign) -> bool:
    """Say whether everybody was let in, and nothing of a campaign is left to go out."""
    intake = intakes.get(connection, store_id, stored.intake_id or "")
    is_let_in = intake is None or intake.state == intakes.DONE
    return is_let_in and _is_over(connection, store_id, stored)


def note_over(
    connection: Connection,
    store_id: str,
    stored: StoredCampaign,
    state: CampaignState,
    now: datetime,
) -> None:
    """Note how a campaign ended."""
    over = {"state": state.value, "due_at": None, "finished_at": now}
    campaigns.put(connection, store_id, stored.id, now, **over)


def _is_over(connection: Connection, store_id: str, stored: StoredCampaign) -> bool:
    intake = intakes.get(connection, store_id, stored.intake_id or "")
    lets_in = intake is not None and not intake.is_over
    return not lets_in and not campaigns.goes_on(connection, store_id, stored.flow_id)


def _end_rest(
    runtime: Runtime, connection: Connection, store_id: str, stored: StoredCampaign
) -> None:
    """End whoever has not had all of a campaign that was called off; a paused flow sends nothing.

    What is being handed over this moment is waited for: it may come back to be tried again.
    """
    now = runtime.database.now(connection)
    left = campaigns.under_way(connection, store_id, stored.flow_id, AT_ONCE)
    endings.end_quietly(connection, store_id, left, Reason.STOPPED, now)
    goes_on = campaigns.goes_on(connection, store_id, stored.flow_id)
    at = now + LOOK_AGAIN if goes_on else None
    campaigns.look_again(connection, store_id, stored.id, now if len(left) == AT_ONCE else at)
