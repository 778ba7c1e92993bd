"""Cleaning up after the dead, in the database's own real time: leases that ran out."""

import logging
from datetime import datetime, timedelta

from jobs.runtime import Runtime
from marketing.model import Reason
from storage import (
    Connection,
    address_hashes,
    announcements,
    batches,
    browses,
    enrollments,
    hits,
    inbox,
    interests,
    pauses,
    replies,
    short_links,
    upkeep,
    visits,
    webchat,
)

log = logging.getLogger(__name__)

DIED = "the worker died over it"
ORPHANS = timedelta(minutes=5)


def sweep(runtime: Runtime) -> None:
    """Free or settle whatever died with its worker, and let go on what waited long enough.

    Whose address was written by a version that hashed none has it hashed.
    """
    hashed = runtime.secrets.address_hash
    runtime.database.write(lambda c: address_hashes.fill(c, hashed))
    wake = runtime.database.write(lambda c: _sweep(runtime, c))
    for verb, store_ids in wake.items():
        if store_ids:
            runtime.queues.wake(verb, sorted(store_ids))


def _sweep(runtime: Runtime, connection: Connection) -> dict[str, set[str]]:
    real_now, now = runtime.database.real_now(connection), runtime.database.now(connection)
    look_at = real_now + timedelta(seconds=runtime.settings.periods.reconcile[0])
    freed = upkeep.free_expired_claims(connection, real_now)
    unknown = upkeep.mark_unknown(connection, real_now, look_at)
    if freed or unknown:
        log.warning("leases ran out: %d due again, %d unknown", freed, unknown)
    replies.mark_unknown(connection, real_now)
    inbox.reap(connection, real_now)
    _clear_away(connection, now)
    advancing = _free_batches(connection, real_now)
    delivering = upkeep.wake_retries(connection, real_now) | _resume_channels(
        connection, real_now, now
    )
    return {"advance": advancing, "deliver": delivering}


def _clear_away(connection: Connection, now: datetime) -> None:
    """Drop what was kept for a while only."""
    hits.drop_orphans(connection, now - ORPHANS)
    visits.prune(connection, now)
    browses.prune(connection, now - visits.KEEP_VISITS)
    interests.prune(connection, now)
    announcements.prune(connection, now)
    short_links.prune(connection, now)
    webchat.prune(connection, now)


def _free_batches(connection: Connection, real_now: datetime) -> set[str]:
    """Enrollments whose worker died are taken singly, until the deadly one is found."""
    found = batches.take_abandoned(connection, "advance", real_now)
    for batch in found:
        enrollments.isolate(connection, batch.store_id or "", batch.row_ids, DIED)
    return {batch.store_id for batch in found if batch.store_id}


def _resume_channels(connection: Connection, real_now: datetime, now: datetime) -> set[str]:
    """Try a channel again whose credentials were refused a while ago."""
    over = pauses.over(connection, real_now)
    for store_id, channel in over:
        pauses.resume(connection, store_id, channel)
        upkeep.unhold(connection, store_id, Reason.CHANNEL_PAUSED, now, channel=channel)
    return {store_id for store_id, _ in over}
