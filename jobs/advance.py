"""Moving enrollments on: the one decision, hundreds at a time in one transaction.

A batch is read in a snapshot, noted in a commit of its own (`storage.batches`), decided, and
written in one transaction that takes the note away; if one of its rows was touched since it
was read, nothing is written and it is done again with the rows held. A process that dies
leaves the note: its rows are then taken singly, and one that is deadly alone is taken out of
work. An exception of one row takes out that row only.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from jobs import actions, asking, ordered
from jobs.actions import Asked
from jobs.endings import stop_messages
from jobs.exits import activity_at_entry, since_entry
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import engine
from marketing.conditions import Asked as Question
from marketing.enrollment import (
    Do,
    Effect,
    Ended,
    Enrollment,
    ExtendCode,
    Facts,
    Happened,
    MakeCode,
    Send,
    Stop,
)
from marketing.entry import is_cart_flow
from marketing.events import EventName
from marketing.flow import Act, Flow, FlowStatus
from marketing.model import Reason, StoreStatus
from marketing.timing import zone_of
from storage import (
    Connection,
    StorageDown,
    batches,
    codes,
    enrollment_turns,
    enrollments,
    facts,
    flow_events,
    flows,
    messages,
)
from storage.codes import NewCode, code_id
from storage.enrollment_turns import Due
from storage.facts import About
from storage.flow_events import Told
from storage.flows import Version
from storage.messages import NewMessage

log = logging.getLogger(__name__)

BATCH = 500
GONE: tuple[str, Mapping[str, str]] = ("", {})
"""What there is to know of a flow that is no more."""
LEAVES_MESSAGES = frozenset({Reason.COMPLETED, Reason.EXIT_STEP})


@dataclass(slots=True)
class Outcome:
    """What one batch decided."""

    moved: list[tuple[Due, Enrollment]] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    sends: list[NewMessage] = field(default_factory=list)
    codes: list[NewCode] = field(default_factory=list)
    extended: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    stopped: dict[str, Reason] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Batch:
    """Due enrollments of one store as they were at `now`, and what is known around them."""

    store_id: str
    now: datetime
    real_now: datetime
    rows: Sequence[Due]
    is_suspect: bool
    """One row by itself that a worker may have died of."""
    store_status: str | None
    zone: str
    """The store's."""
    flows: Mapping[str, tuple[str, Mapping[str, str]]]
    """Of each flow its status, and the winners of its splits."""
    versions: Mapping[tuple[str, str], Version]
    ordered_at: Mapping[str, Sequence[datetime]]
    values: Mapping[About, dict[str, Any]]
    events: Mapping[str, Sequence[Happened]]
    """What each customer did that their flow waits for, or that ends it before it began."""
    asked: Mapping[str, Mapping[str, datetime | None]] = field(default_factory=dict)
    """Of enrollments that wait for an answer: when the question of their step went out."""

    @property
    def ids(self) -> list[str]:
        return [one.enrollment.id for one in self.rows]


class Touched(Exception):
    """Somebody changed one of a batch's enrollments between reading and writing it."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Move on what is due in these stores, in turns; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: advance_batch(runtime, store_id))


def advance_batch(runtime: Runtime, store_id: str) -> bool:
    """Move on one batch of a store's due enrollments; True when there may be more."""
    with runtime.database.reading() as connection:
        batch = _front(runtime, connection, store_id)
    if not batch.rows:
        return False
    batch_id = runtime.database.write(lambda c: _note(runtime, c, batch))
    try:
        outcome = _decide_and_write(runtime, batch, batch_id)
    except StorageDown:
        raise
    except Exception as error:
        # Whose fault it is shows when they are taken singly.
        log.exception("a batch of %d enrollments failed", len(batch.rows))
        words = repr(error)
        runtime.database.write(lambda c: _isolate(c, batch, batch_id, words))
        return True
    _wake(runtime, store_id, outcome)
    return batch.is_suspect or len(batch.rows) == BATCH


def _front(runtime: Runtime, connection: Connection, store_id: str) -> Batch:
    now, real_now = runtime.database.moments(connection)
    rows, is_suspect = enrollment_turns.front(connection, store_id, now, BATCH)
    return batch_of(connection, store_id, (now, real_now), rows, is_suspect=is_suspect)


def batch_of(
    connection: Connection,
    store_id: str,
    moments: tuple[datetime, datetime],
    rows: Sequence[Due],
    *,
    is_suspect: bool,
    known: Mapping[tuple[str, str], Version] | None = None,
) -> Batch:
    """Give enrollments, due or to be, with what is known around them.

    `known`: their versions, where those are kept nowhere.
    """
    if not rows:
        return Batch(store_id, *moments, (), is_suspect, None, "UTC", {}, {}, {}, {}, {})
    keys = {(store_id, one.enrollment.version_id) for one in rows}
    versions = flows.versions(connection, list(keys)) if known is None else known
    since: dict[str, datetime] = {}
    fields = frozenset[Question]().union(*(version.asks for version in versions.values()))
    for one in rows:
        enrollment = one.enrollment
        flow = versions[store_id, enrollment.version_id].flow
        at = _orders_count_from(flow, enrollment.entered_at)
        since[enrollment.customer_id] = min(at, since.get(enrollment.customer_id, at))
    asked = {_about(one) for one in rows} if fields else set()
    status, zone, their_flows = enrollment_turns.statuses(connection, store_id)
    return Batch(
        store_id,
        *moments,
        rows,
        is_suspect,
        status,
        zone,
        their_flows,
        versions,
        enrollments.orders_since(connection, store_id, since),
        facts.values_of(connection, store_id, asked, fields, moments[0]),
        _happened(connection, store_id, rows, versions),
        asking.went_out(connection, store_id, [one.enrollment for one in rows], versions),
    )


def _orders_count_from(flow: Flow, entered_at: datetime) -> datetime:
    """An order of the trigger's own moment is the trigger; in a flow with idle time none can be."""
    if flow.trigger.idle is None:
        return entered_at + timedelta(microseconds=1)
    return activity_at_entry(flow, entered_at)


def _happened(
    connection: Connection,
    store_id: str,
    rows: Sequence[Due],
    versions: Mapping[tuple[str, str], Version],
) -> Mapping[str, Sequence[Happened]]:
    """Load what flows wait for and what may end them by a filter.

    At a first look also what ends them by name, since its news may have been first. Of those
    only who are in such a flow.
    """
    since: dict[str, datetime] = {}
    names: set[str] = set()
    for one in rows:
        whose, version = one.enrollment, versions[store_id, one.enrollment.version_id]
        wanted = version.awaits | version.filtered_exits
        wanted |= _exits(version.flow) if _is_first_look(one) else frozenset()
        if wanted:
            names |= wanted
            at = activity_at_entry(version.flow, whose.entered_at)
            since[whose.customer_id] = min(since.get(whose.customer_id, at), at)
    return facts.happened_since(connection, store_id, since, names)


def _is_first_look(one: Due) -> bool:
    return one.enrollment.waiting_until is None


def _exits(flow: Flow) -> frozenset[str]:
    """Give the exits that are asked of the timeline; orders are asked of the orders themselves."""
    return frozenset(one for one in flow.exits if isinstance(one, str)) - {EventName.ORDER_PLACED}


def _about(one: Due) -> About:
    return About(one.enrollment.customer_id, one.cart_id, one.order_id)


def _note(runtime: Runtime, connection: Connection, batch: Batch) -> str:
    until = batch.real_now + timedelta(seconds=runtime.settings.periods.lease)
    return batches.begin(
        connection, "advance", batch.ids, owner="", lease_until=until, store_id=batch.store_id
    )


def _isolate(connection: Connection, batch: Batch, batch_id: str, error: str) -> None:
    batches.finish(connection, batch_id)
    enrollments.isolate(connection, batch.store_id, batch.ids, error)


def _decide_and_write(runtime: Runtime, batch: Batch, batch_id: str) -> Outcome:
    outcome = _decided(runtime, batch)
    try:
        runtime.database.write(lambda c: _write(runtime, c, batch, outcome, batch_id))
    except Touched:
        return runtime.database.write(lambda c: _advance_held(runtime, c, batch, batch_id))
    return outcome


def _advance_held(runtime: Runtime, connection: Connection, batch: Batch, batch_id: str) -> Outcome:
    """Do it again with what is still due of it, held against everybody else."""
    moments = runtime.database.moments(connection)
    rows = enrollment_turns.take(connection, batch.store_id, batch.ids, moments[0])
    held = batch_of(connection, batch.store_id, moments, rows, is_suspect=batch.is_suspect)
    outcome = _decided(runtime, held)
    _write(runtime, connection, held, outcome, batch_id)
    return outcome


def _decided(runtime: Runtime, batch: Batch) -> Outcome:
    outcome = Outcome()
    for one in batch.rows:
        _decide(runtime, one, batch, outcome)
    return outcome


def _decide(runtime: Runtime, one: Due, batch: Batch, outcome: Outcome) -> None:
    """Decide about one enrollment; what it raises is that enrollment's own trouble."""
    before = one.enrollment
    is_gone = batch.store_status == StoreStatus.UNINSTALLED
    if batch.flows.get(before.flow_id, GONE)[0] != FlowStatus.LIVE and not is_gone:
        outcome.parked.append(before.id)
        return
    try:
        version = batch.versions[batch.store_id, before.version_id]
        given = facts_of(one, version.flow, batch)
        after, effects = engine.advance(version.flow, before, given, batch.now)
        carried = [_carry_out(runtime, one, version.flow, each, batch.now) for each in effects]
    except Exception as error:
        log.exception("enrollment %s cannot go on", before.id)
        outcome.failed[before.id] = repr(error)
        return
    outcome.moved.append((one, after))
    for each in carried:
        _sort(each, before.id, outcome)


def facts_of(one: Due, flow: Flow, batch: Batch) -> Facts:
    """Give what the engine is told about one of a batch."""
    before = one.enrollment
    values = batch.values[_about(one)] if batch.values else {}
    customer = values.get("customer") or {}
    return Facts(
        values={**values, "event": one.event},
        activity_at=one.activity_at if is_cart_flow(flow) else None,
        happened=_exits_happened(before, flow, batch),
        events=since_entry(flow, before.entered_at, batch.events.get(before.customer_id, ())),
        zone=zone_of(customer.get("timezone"), batch.zone).key,
        winners=batch.flows.get(before.flow_id, GONE)[1],
        asked=batch.asked.get(before.id, {}),
        stop=_stop(one, batch),
    )


def _exits_happened(whose: Enrollment, flow: Flow, batch: Batch) -> dict[str, datetime]:
    """Give when each exit first happened since entry; the trigger's own event is none."""
    happened: dict[str, datetime] = {}
    ordered_since = _orders_count_from(flow, whose.entered_at)
    for at in batch.ordered_at.get(whose.customer_id, ()):
        if at >= ordered_since:
            happened[EventName.ORDER_PLACED] = at
            break
    exits = _exits(flow) - {flow.trigger.event}
    for told in batch.events.get(whose.customer_id, ()):
        if told.name in exits and told.occurred_at >= whose.entered_at:
            happened.setdefault(told.name, told.occurred_at)
    return happened


def _stop(one: Due, batch: Batch) -> Stop | None:
    if batch.store_status == StoreStatus.UNINSTALLED:
        return Stop(Reason.STORE_UNINSTALLED, batch.now)
    if one.cart_gone_at:
        return Stop(Reason.CART_EMPTIED, one.cart_gone_at)
    return None


Carried = NewMessage | NewCode | tuple[str, datetime, datetime] | Asked | Told


def _carry_out(
    runtime: Runtime,
    one: Due,
    flow: Flow,
    effect: Effect,
    now: datetime,
) -> Carried:
    whose = one.enrollment
    match effect:
        case Send():
            return ordered.message(runtime, one, flow, effect)
        case MakeCode():
            return ordered.code(whose, flow, effect)
        case ExtendCode():
            return code_id(whose.id, effect.step_id), effect.ends_at, effect.needed_by
        case Do():
            act = cast("Act", flow.steps_by_id[effect.step_id])
            event = dict(one.event or {})
            return Asked(whose, act, effect.at, event, one.cart_id, one.order_id)
        case Ended():
            reason = effect.reason.value
            data = {"flow_id": whose.flow_id, "enrollment_id": whose.id, "reason": reason}
            return Told(EventName.FLOW_ENDED, whose.customer_id, now, whose.id, data)


def _sort(one: Carried, enrollment_id: str, outcome: Outcome) -> None:
    match one:
        case NewMessage():
            outcome.sends.append(one)
        case NewCode():
            outcome.codes.append(one)
        case Told():
            outcome.told.append(one)
            reason = Reason(one.data["reason"])
            if reason not in LEAVES_MESSAGES:
                outcome.stopped[enrollment_id] = reason
        case Asked():
            outcome.asked.append(one)
        case tuple():
            outcome.extended.append(one)


def _write(
    runtime: Runtime, connection: Connection, batch: Batch, outcome: Outcome, batch_id: str
) -> None:
    """Write all that was decided; raises `Touched` when it no longer fits."""
    store_id = batch.store_id
    if not enrollment_turns.move(connection, store_id, outcome.moved, batch.now):
        raise Touched
    messages.add(connection, store_id, outcome.sends, batch.now)
    codes.add(connection, store_id, outcome.codes, batch.now)
    codes.extend(connection, store_id, outcome.extended, batch.now)
    flow_events.keep(connection, store_id, outcome.told)
    actions.carry_out(connection, runtime, store_id, outcome.asked, batch.now)
    if outcome.stopped:
        stop_messages(connection, store_id, outcome.stopped)
    if outcome.parked:
        enrollments.park(connection, store_id, outcome.parked)
    if outcome.failed:
        enrollments.bury(connection, store_id, outcome.failed)
    batches.finish(connection, batch_id)


def _wake(runtime: Runtime, store_id: str, outcome: Outcome) -> None:
    if outcome.codes or outcome.extended:
        runtime.queues.wake("codes", [store_id])
    if outcome.asked or any(after.due_at for _, after in outcome.moved):
        runtime.queues.wake_clock()
