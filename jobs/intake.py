"""Letting many in: an intake's people, batch by batch, each batch in one transaction.

The transaction that lets people in moves the cursor on as well: whoever dies in between has
done nothing. Every trigger key carries the intake's id, so that even a repeat changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs import backfill, enroll, faults
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import sources
from marketing.flow import FlowStatus
from marketing.said import SaidError, as_kept, say
from marketing.sources import Source
from storage import Connection, StorageDown, flows, intakes, members, segments, stores
from storage.flows import Version
from storage.intakes import Intake, Taken
from storage.stores import Store

log = logging.getLogger(__name__)

BATCH = 250
TRIES = 5
PAUSE = timedelta(seconds=30)
"""After a batch that failed; an intake of which nothing else is to be hoped fails with words."""
SEGMENT_PAUSE = timedelta(seconds=10)
NOT_INSTALLED = say("Reprise is not installed in the store any more.")
NO_SEGMENT = say("The segment was removed meanwhile: choose another one first.")
AGAIN = say("Something went wrong on our side. It is tried again by itself.")
BROKEN = say("Something went wrong on our side, several times in a row.")
"""What exactly is in the log: it says nothing to a merchant."""


class SegmentGone(SaidError):
    """The segment whose people are meant was removed."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Go on with the intakes of these stores, in turns; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: take_batch(runtime, store_id))


def take_batch(runtime: Runtime, store_id: str) -> bool:
    """Let one batch of a store's longest waiting intake in; True when there may be more."""
    with runtime.database.reading() as connection:
        intake_id = intakes.front(connection, store_id, runtime.database.now(connection))
    if intake_id is None:
        return False
    try:
        entered = runtime.database.write(lambda c: _take(runtime, c, store_id, intake_id))
    except StorageDown:
        raise
    except Exception as error:
        log.exception("a batch of intake %s failed", intake_id)
        why = error.said if isinstance(error, SegmentGone) else None
        runtime.database.write(lambda c: _put_off(runtime, c, store_id, intake_id, why))
        return True
    if entered:
        runtime.queues.wake("advance", [store_id])
        runtime.queues.wake_clock()
    return True


def _take(runtime: Runtime, connection: Connection, store_id: str, intake_id: str) -> int:
    """Do one batch; give how many entered."""
    moments = runtime.database.moments(connection)
    now = moments[0]
    intake = intakes.hold(connection, store_id, intake_id, now)
    store = stores.by_id(connection, store_id)
    if intake is None or store is None:
        return 0
    if not store.is_installed:
        intakes.end(connection, store_id, intake_id, intakes.CANCELLED, now, as_kept(NOT_INSTALLED))
        return 0
    flow = flows.get(connection, store_id, intake.flow_id, lock=True)
    if flow is None or flow.status is not FlowStatus.LIVE:
        intakes.park(connection, store_id, intake_id)
        return 0
    key = (store_id, intake.version_id)
    version = flows.versions(connection, [key])[key]
    if intake.kind == intakes.PAST:
        taken = backfill.place(connection, store, intake, version, moments)
    elif _is_known(connection, store_id, sources.load(intake.source)):
        taken = _let_in(connection, store, intake, version, now)
    else:
        intakes.look_again(connection, store_id, intake_id, now + SEGMENT_PAUSE)
        return 0
    faults.point("in_intake_batch")
    intakes.note(connection, store_id, intake, taken, now)
    return taken.entered


def _is_known(connection: Connection, store_id: str, source: Source) -> bool:
    """Say if it is known by now who is meant: a new segment's members are still being found."""
    if source.segment is None:
        return True
    segment = segments.get(connection, store_id, source.segment)
    if segment is None:
        raise SegmentGone(NO_SEGMENT)
    return segment.state == segments.READY


def _let_in(
    connection: Connection, store: Store, intake: Intake, version: Version, now: datetime
) -> Taken:
    source = sources.load(intake.source)
    ids = members.members(connection, store.id, source, after=intake.cursor, limit=BATCH)
    told = {**intake.event, "subject": f"intake:{intake.id}"}
    candidates = enroll.by_name(connection, store, version, ids, told, now)
    admitted = enroll.admit(connection, store.id, candidates, now)
    refused = Counter(refusal.reason.value for _, refusal in admitted.refused)
    cursor = ids[-1] if len(ids) == BATCH else None
    return Taken(cursor, len(ids), len(admitted.entered), refused, {})


def _put_off(
    runtime: Runtime, connection: Connection, store_id: str, intake_id: str, why: str | None
) -> None:
    now = runtime.database.now(connection)
    intake = intakes.get(connection, store_id, intake_id)
    if intake is None or intake.failures + 1 >= TRIES:
        intakes.end(connection, store_id, intake_id, intakes.FAILED, now, as_kept(why or BROKEN))
        return
    until = now + PAUSE * 2**intake.failures
    intakes.put_off(connection, store_id, intake_id, error=as_kept(why or AGAIN), until=until)
