"""Moving enrollments on: the one decision, hundreds at a time in one transaction.

A batch is noted in a commit of its own (`storage.batches`), then decided and written in one
transaction that takes the note away. A process that dies leaves the note: its rows are then
taken singly, and one that is deadly alone is taken out of work. An exception of one row takes
out that row only.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jobs.endings import stop_messages
from jobs.exits import activity_at_entry
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import engine
from marketing.enrollment import Ended, Enrollment, ExtendCode, Facts, MakeCode, Send, Stop
from marketing.events import EventName
from marketing.flow import Flow, FlowStatus, SendMessage
from marketing.model import Reason, StoreStatus
from storage import (
    Connection,
    Row,
    StorageDown,
    batches,
    codes,
    enrollments,
    facts,
    flow_events,
    flows,
    messages,
)
from storage.codes import NewCode, code_id
from storage.facts import About
from storage.flow_events import Told
from storage.flows import Version
from storage.messages import NewMessage
from storage.schema import new_id

log = logging.getLogger(__name__)

BATCH = 500
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and figures that nobody mistakes for each other."""
CODE_LENGTH = 10
"""Of 31 signs: 49 bits, and a store's own limits on tries: not to be guessed."""
LEAVES_MESSAGES = frozenset({Reason.COMPLETED, Reason.EXIT_STEP})


@dataclass(slots=True)
class Outcome:
    """What one batch decided."""

    moved: list[Enrollment] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    sends: list[NewMessage] = field(default_factory=list)
    codes: list[NewCode] = field(default_factory=list)
    extended: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    stopped: dict[str, Reason] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a batch's enrollments."""

    versions: Mapping[tuple[str, str], Version]
    ordered_at: Mapping[str, datetime]
    values: Mapping[About, dict[str, Any]]


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Move on what is due in these stores, in turns; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: advance_batch(runtime, store_id))


def advance_batch(runtime: Runtime, store_id: str) -> bool:
    """Move on one batch of a store's due enrollments; True when there may be more."""
    batch_id, ids, is_alone = runtime.database.write(lambda c: _note(runtime, c, store_id))
    if batch_id is None:
        return False
    try:
        outcome = runtime.database.write(lambda c: _advance(runtime, c, store_id, batch_id, ids))
    except StorageDown:
        raise
    except Exception as error:
        # Whose fault it is shows when they are taken singly.
        log.exception("a batch of %d enrollments failed", len(ids))
        words = repr(error)
        runtime.database.write(lambda c: _isolate(c, store_id, batch_id, ids, words))
        return True
    _wake(runtime, store_id, outcome)
    return is_alone or len(ids) == BATCH


def _note(
    runtime: Runtime, connection: Connection, store_id: str
) -> tuple[str | None, list[str], bool]:
    now, real_now = runtime.database.moments(connection)
    ids, is_alone = enrollments.due(connection, store_id, now, BATCH)
    if not ids:
        return None, [], False
    until = real_now + timedelta(seconds=runtime.settings.periods.lease)
    batch_id = batches.begin(
        connection, "advance", ids, owner="", lease_until=until, store_id=store_id
    )
    return batch_id, ids, is_alone


def _isolate(
    connection: Connection, store_id: str, batch_id: str, ids: Sequence[str], error: str
) -> None:
    batches.finish(connection, batch_id)
    enrollments.isolate(connection, store_id, ids, error)


def _advance(
    runtime: Runtime, connection: Connection, store_id: str, batch_id: str, ids: Sequence[str]
) -> Outcome:
    now = runtime.database.now(connection)
    rows = enrollments.take(connection, store_id, ids, now)
    around = _surroundings(connection, store_id, rows)
    outcome = Outcome()
    for row in rows:
        _decide(runtime, row, around, now, outcome)
    _write(connection, store_id, outcome, now)
    batches.finish(connection, batch_id)
    return outcome


def _surroundings(connection: Connection, store_id: str, rows: Sequence[Row[Any]]) -> Surroundings:
    if not rows:
        return Surroundings({}, {}, {})
    versions = flows.versions(connection, [(store_id, row.version_id) for row in rows])
    since: dict[str, datetime] = {}
    asked: set[About] = set()
    fields: set[str] = set()
    for row in rows:
        version = versions[store_id, row.version_id]
        at = activity_at_entry(version.flow, row.entered_at)
        since[row.customer_id] = min(at, since.get(row.customer_id, at))
        fields |= version.asks
        if version.asks:
            asked.add(About(row.customer_id, row.cart_id, row.order_id))
    ordered_at = enrollments.first_orders_since(connection, store_id, since)
    return Surroundings(versions, ordered_at, facts.values_of(connection, store_id, asked, fields))


def _decide(
    runtime: Runtime, row: Row[Any], around: Surroundings, now: datetime, outcome: Outcome
) -> None:
    """Decide about one enrollment; what it raises is that enrollment's own trouble."""
    if row.flow_status != FlowStatus.LIVE and row.store_status != StoreStatus.UNINSTALLED:
        outcome.parked.append(row.id)
        return
    try:
        enrollment = enrollments.enrollment_of(row)
        version = around.versions[row.store_id, row.version_id]
        after, effects = engine.advance(
            version.flow, enrollment, _facts(row, version.flow, around), now
        )
        carried = [_carry_out(runtime, row, version.flow, one, now) for one in effects]
    except Exception as error:
        log.exception("enrollment %s cannot go on", row.id)
        outcome.failed[row.id] = repr(error)
        return
    outcome.moved.append(after)
    for one in carried:
        _sort(one, row, outcome)


def _facts(row: Row[Any], flow: Flow, around: Surroundings) -> Facts:
    happened: dict[str, datetime] = {}
    ordered_at = around.ordered_at.get(row.customer_id)
    if ordered_at and ordered_at >= activity_at_entry(flow, row.entered_at):
        happened[EventName.ORDER_PLACED] = ordered_at
    return Facts(
        values=around.values.get(About(row.customer_id, row.cart_id, row.order_id), {}),
        activity_at=row.activity_at if engine.is_cart_flow(flow) else None,
        happened=happened,
        stop=_stop(row),
    )


def _stop(row: Row[Any]) -> Stop | None:
    if row.store_status == StoreStatus.UNINSTALLED:
        return Stop(Reason.STORE_UNINSTALLED, row.due_at)
    if row.customer_gone_at:
        return Stop(Reason.CUSTOMER_ERASED, row.customer_gone_at)
    if row.cart_gone_at:
        return Stop(Reason.CART_EMPTIED, row.cart_gone_at)
    return None


Carried = NewMessage | NewCode | tuple[str, datetime, datetime] | Told


def _carry_out(
    runtime: Runtime,
    row: Row[Any],
    flow: Flow,
    effect: Send | MakeCode | ExtendCode | Ended,
    now: datetime,
) -> Carried:
    match effect:
        case Send():
            return _message(runtime, row, flow, effect)
        case MakeCode():
            return _code(row, effect)
        case ExtendCode():
            return code_id(row.id, effect.step_id), effect.ends_at, effect.needed_by
        case Ended():
            reason = effect.reason.value
            data = {"flow_id": row.flow_id, "enrollment_id": row.id, "reason": reason}
            return Told(EventName.FLOW_ENDED, row.customer_id, now, row.id, data)


def _message(runtime: Runtime, row: Row[Any], flow: Flow, send: Send) -> NewMessage:
    step = flow.steps_by_id[send.step_id]
    if not isinstance(step, SendMessage):
        raise TypeError(f"step {send.step_id!r} is no message")
    message_id = new_id()
    return NewMessage(
        id=message_id,
        enrollment_id=row.id,
        flow_id=row.flow_id,
        version_id=row.version_id,
        step_id=send.step_id,
        customer_id=row.customer_id,
        cart_id=row.cart_id,
        order_id=row.order_id,
        code_id=code_id(row.id, send.coupon_step_id) if send.coupon_step_id else None,
        channel=step.channel.value,
        kind=step.kind.value,
        due_at=send.due_at,
        expires_at=send.expires_at,
        rfc_message_id=f"<{message_id}@{sending_domain(runtime)}>",
    )


def sending_domain(runtime: Runtime) -> str:
    """Give the domain that Message-IDs are made in: that of MAIL_FROM."""
    return runtime.settings.mail_from.rpartition("@")[2].strip(" >") or "localhost"


def _code(row: Row[Any], make: MakeCode) -> NewCode:
    drawn = "".join(secrets.choice(READABLE) for _ in range(CODE_LENGTH))
    return NewCode(
        enrollment_id=row.id,
        step_id=make.step_id,
        customer_id=row.customer_id,
        code=f"{make.prefix}-{drawn}",
        percent=make.percent,
        starts_at=make.starts_at,
        ends_at=make.ends_at,
        needed_by=make.needed_by,
    )


def _sort(one: Carried, row: Row[Any], outcome: Outcome) -> None:
    match one:
        case NewMessage():
            outcome.sends.append(one)
        case NewCode():
            outcome.codes.append(one)
        case Told():
            outcome.told.append(one)
            reason = Reason(one.data["reason"])
            if reason not in LEAVES_MESSAGES:
                outcome.stopped[row.id] = reason
        case tuple():
            outcome.extended.append(one)


def _write(connection: Connection, store_id: str, outcome: Outcome, now: datetime) -> None:
    enrollments.move(connection, store_id, outcome.moved)
    messages.add(connection, store_id, outcome.sends, now)
    codes.add(connection, store_id, outcome.codes, now)
    codes.extend(connection, store_id, outcome.extended, now)
    flow_events.keep(connection, store_id, outcome.told)
    if outcome.stopped:
        stop_messages(connection, store_id, outcome.stopped)
    if outcome.parked:
        enrollments.park(connection, store_id, outcome.parked)
    if outcome.failed:
        enrollments.bury(connection, store_id, outcome.failed)


def _wake(runtime: Runtime, store_id: str, outcome: Outcome) -> None:
    if outcome.codes or outcome.extended:
        runtime.queues.wake("codes", [store_id])
    if any(one.due_at for one in outcome.moved):
        runtime.queues.wake_clock()
