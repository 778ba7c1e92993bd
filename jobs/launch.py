"""Beginning campaigns at their time, and seeing when all of one is sent.

One transaction makes the campaign's flow live, orders its intake and notes that it is being
sent: it begins once, or not at all.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs import flow_problems, publish
from jobs.intake_orders import NotHere, check_source
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import campaigns as documents
from marketing.campaigns import SEND_AT, Campaign, Clock
from marketing.flow import Flow
from marketing.flow_schema import BadFlow
from storage import Connection, campaigns, flows, intakes, stores
from storage.campaigns import CampaignState, StoredCampaign
from storage.intakes import Order

LOOK_AGAIN = timedelta(minutes=1)
MISSED = (
    "Its time passed while nothing could be sent. Send it now, give it another time, or cancel it."
)


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Begin and finish what is due of these stores' campaigns; give the stores that have more."""
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
        words = str(refused)
        runtime.database.write(lambda c: _hold(runtime, c, store_id, stored, words))
        return
    if begun:
        runtime.queues.wake("intake", [store_id])


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
        held = {"state": state, "due_at": None, "reason": words[:500]}
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
        words = f"Not everybody could be let in: {intake.error}. Sending it again reaches the rest."
        _hold(runtime, connection, store_id, before, words)
    elif (intake and not intake.is_over) or campaigns.goes_on(connection, store_id, before.flow_id):
        campaigns.look_again(connection, store_id, before.id, now + LOOK_AGAIN)
    else:
        called_off = intake is not None and intake.state == intakes.CANCELLED
        state = CampaignState.CANCELLED if called_off else CampaignState.SENT
        over = {"state": state.value, "due_at": None, "finished_at": now}
        campaigns.put(connection, store_id, before.id, now, **over)
