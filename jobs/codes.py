"""Having discount codes made ahead of their messages: the call outside any transaction.

The code's text is stored before the platform is asked, so whoever asks again after a crash asks
for the same code, and "taken" can only mean taken by ourselves. Failed calls are repeated with
growing pauses; a code that can't be had lets its message go without it at its deadline, one
that the guards refuse (`jobs.grants`) at once.
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
from jobs import access, faults
from jobs.endings import retire
from jobs.grants import Sorted, Wanted, sort_out
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.flow import Off
from marketing.model import CustomerKey, StoreStatus
from storage import Connection, code_guards, codes, outbox, stores, upkeep
from storage.codes import ClaimedCode, Retired
from storage.outbox import Call
from storage.schema import new_id

log = logging.getLogger(__name__)

BATCH = 8
BACKOFF = (2, 5, 15, 60, 300)
"""Seconds until the next try; the last one repeats."""
GRACE = timedelta(hours=9)
"""How long after it was needed a code is still worth a try: its message waits up to then."""
CLEAN_AFTER = timedelta(days=7)
"""How long the discount of a code that ran out unused stays at the platform."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Have the codes made that are due in these stores; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: make_batch(runtime, store_id))


def make_batch(runtime: Runtime, store_id: str) -> bool:
    """Have a few of a store's codes made; True when there may be more."""
    count, store, outcome = runtime.database.write(lambda c: _claim(runtime, c, store_id))
    if outcome.settled:
        runtime.queues.wake("deliver", [store_id])
    if outcome.wants_pools:
        runtime.queues.wake("pools", [store_id])
    for one in outcome.to_make:
        _make(runtime, store, one)
    return count == BATCH


def _claim(
    runtime: Runtime, connection: Connection, store_id: str
) -> tuple[int, stores.Store, Sorted]:
    code_guards.hold(connection, store_id)
    now, real = runtime.database.moments(connection)
    claimed = codes.claim(
        connection,
        store_id,
        now=now,
        real_now=real,
        owner=new_id(),
        lease_until=real + timedelta(seconds=runtime.settings.periods.lease),
        limit=BATCH,
    )
    store = stores.by_id(connection, store_id)
    if store is None:
        raise LookupError(f"there is no store {store_id}")
    return len(claimed), store, sort_out(connection, store, claimed, now) if claimed else Sorted()


def _make(runtime: Runtime, store: stores.Store, one: Wanted) -> None:
    code = one.code
    try:
        external_id = access.calling(
            runtime, store.id, lambda connector, given: _ask(connector, given, one, store)
        )
    except StoreError as error:
        failure = error
        log.warning("code of enrollment %s: %s", code.enrollment_id, error)
        runtime.database.write(lambda c: _put_off(runtime, c, store.id, code, failure))
        return
    faults.point("after_code_made")
    if runtime.database.write(lambda c: _keep(runtime, c, store.id, code, external_id)):
        runtime.queues.wake("deliver", [store.id])


def _ask(
    connector: StoreConnector, credentials: Credentials, one: Wanted, store: stores.Store
) -> str:
    code = one.code
    if code.external_id is not None:
        connector.extend_discount(credentials, code.external_id, code.ends_at, Off(code.off))
        return code.external_id
    whose = one.asked.customer_external_id if one.coupon.for_customer else None
    request = DiscountRequest(
        code=code.code,
        percent=code.percent,
        # Its own title: by it the platform's "taken" is known for our own earlier try.
        title=f"Reprise {_what(code, store.currency)} {code.code}",
        starts_at=code.starts_at,
        ends_at=code.ends_at,
        off=Off(code.off),
        amount=code.amount or 0,
        currency=store.currency,
        minimum=code.minimum,
        customer=CustomerKey(external_id=whose) if whose else None,
        is_combinable=one.coupon.combinable,
    )
    return connector.create_discount(credentials, request)


def _what(code: ClaimedCode, currency: str) -> str:
    if code.off == Off.PERCENT:
        return f"{code.percent} %"
    return "free shipping" if code.off == Off.FREE_SHIPPING else f"{code.amount} {currency}"


def _keep(
    runtime: Runtime, connection: Connection, store_id: str, code: ClaimedCode, external_id: str
) -> bool:
    kept = codes.settle(connection, store_id, code, state=codes.CREATED, external_id=external_id)
    if kept:
        now, real_now = runtime.database.moments(connection)
        told = {"code_id": code.id, "external_id": external_id}
        clean_at = real_now + (code.ends_at - now) + CLEAN_AFTER
        outbox.add(connection, store_id, "clear_code", code.id, told, clean_at)
        upkeep.wake_for_gifts(connection, store_id, [code.enrollment_id])
    elif codes.is_called_off(connection, store_id, code):
        retire(connection, store_id, [Retired(code.id, external_id)])
    return kept


def clear_away(runtime: Runtime, call: Call) -> bool:
    """Remove a code's discount that ran out unused; part of the outbox."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
        now = runtime.database.now(connection)
        ran_out = codes.ran_out_unused(connection, call.store_id, call.payload["code_id"], now)
    if ran_out and store and store.status is not StoreStatus.UNINSTALLED:
        external_id = call.payload["external_id"]
        access.calling(
            runtime,
            call.store_id,
            lambda connector, given: connector.delete_discount(given, external_id),
        )
    return False


def take_back(runtime: Runtime, call: Call) -> bool:
    """Let a code work no more that an ended enrollment left behind; part of the outbox."""
    external_id = call.payload["external_id"]
    access.calling(
        runtime,
        call.store_id,
        lambda connector, given: connector.deactivate_discount(given, external_id),
    )
    return False


def _put_off(
    runtime: Runtime,
    connection: Connection,
    store_id: str,
    code: ClaimedCode,
    error: StoreError,
) -> None:
    now, real = runtime.database.moments(connection)
    is_final = isinstance(error, StoreRefused) or now > code.needed_by + GRACE
    codes.settle(
        connection,
        store_id,
        code,
        state=codes.FAILED if is_final else codes.PENDING,
        retry_at=None if is_final else real + _pause(error, code.attempts),
        error=str(error)[:500],
    )


def _pause(error: StoreError, attempts: int) -> timedelta:
    if isinstance(error, StoreThrottled):
        return timedelta(seconds=max(error.retry_after, 1.0))
    return timedelta(seconds=BACKOFF[min(attempts, len(BACKOFF)) - 1])
