"""Having discount codes made ahead of their messages: the call outside any transaction.

The code's text is stored before the platform is asked, so whoever asks again after a crash asks
for the same code, and "taken" can only mean taken by ourselves. Failed calls are repeated with
growing pauses; a code that can't be had lets its message go without it at its deadline.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from connectors.base import (
    Credentials,
    DiscountRequest,
    StoreConnector,
    StoreError,
    StoreRefused,
    StoreThrottled,
)
from jobs import access
from jobs.rounds import rounds
from jobs.runtime import Runtime
from storage import Connection, codes, upkeep
from storage.codes import ClaimedCode
from storage.schema import new_id

log = logging.getLogger(__name__)

BATCH = 8
BACKOFF = (2, 5, 15, 60, 300)
"""Seconds until the next try; the last one repeats."""
GRACE = timedelta(hours=9)
"""How long after it was needed a code is still worth a try: its message waits up to then."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Have the codes made that are due in these stores; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: make_batch(runtime, store_id))


def make_batch(runtime: Runtime, store_id: str) -> bool:
    """Have a few of a store's codes made; True when there may be more."""
    taken = runtime.database.write(lambda c: _claim(runtime, c, store_id))
    for code in taken:
        _make(runtime, store_id, code)
    return len(taken) == BATCH


def _claim(runtime: Runtime, connection: Connection, store_id: str) -> list[ClaimedCode]:
    real_now = runtime.database.real_now(connection)
    return codes.claim(
        connection,
        store_id,
        now=runtime.database.now(connection),
        real_now=real_now,
        owner=new_id(),
        lease_until=real_now + timedelta(seconds=runtime.settings.periods.lease),
        limit=BATCH,
    )


def _make(runtime: Runtime, store_id: str, code: ClaimedCode) -> None:
    try:
        external_id = access.calling(
            runtime, store_id, lambda connector, given: _ask(connector, given, code)
        )
    except StoreError as error:
        failure = error
        log.warning("code of enrollment %s: %s", code.enrollment_id, error)
        runtime.database.write(lambda c: _put_off(runtime, c, store_id, code, failure))
        return
    if runtime.database.write(lambda c: _keep(c, store_id, code, external_id)):
        runtime.queues.wake("deliver", [store_id])


def _ask(connector: StoreConnector, credentials: Credentials, code: ClaimedCode) -> str:
    if code.external_id is not None:
        connector.extend_discount(credentials, code.external_id, code.ends_at)
        return code.external_id
    request = DiscountRequest(
        code=code.code,
        percent=code.percent,
        # Its own title: by it the platform's "taken" is known for our own earlier try.
        title=f"Reprise {code.percent} % {code.code}",
        starts_at=code.starts_at,
        ends_at=code.ends_at,
    )
    return connector.create_discount(credentials, request)


def _keep(connection: Connection, store_id: str, code: ClaimedCode, external_id: str) -> bool:
    kept = codes.settle(connection, store_id, code, state=codes.CREATED, external_id=external_id)
    if kept:
        upkeep.wake_for_codes(connection, store_id, [code.enrollment_id])
    return kept


def _put_off(
    runtime: Runtime,
    connection: Connection,
    store_id: str,
    code: ClaimedCode,
    error: StoreError,
) -> None:
    now, real_now = runtime.database.moments(connection)
    is_final = isinstance(error, StoreRefused) or now > code.needed_by + GRACE
    codes.settle(
        connection,
        store_id,
        code,
        state=codes.FAILED if is_final else codes.PENDING,
        retry_at=None if is_final else real_now + _pause(error, code.attempts),
        error=str(error)[:500],
    )


def _pause(error: StoreError, attempts: int) -> timedelta:
    if isinstance(error, StoreThrottled):
        return timedelta(seconds=max(error.retry_after, 1.0))
    return timedelta(seconds=BACKOFF[min(attempts, len(BACKOFF)) - 1])
