"""Filling pools of codes ahead of the messages that will offer them, and clearing them away.

A pool's parent discount is made once, its codes are imported by the platform in the background.
Texts are stored before they are asked for: after a crash the same ones are asked for again, and
one that exists already is ours if it belongs to our discount.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from connectors.base import (
    CodeImport,
    DiscountRequest,
    StoreError,
    StoreRefused,
    StoreThrottled,
    TokenRefused,
)
from jobs import access, faults
from jobs.grants import drawn, new_pool
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import coupons
from marketing.flow import Coupon, Flow, Off, walk
from storage import Connection, code_pools, flows, stores
from storage.code_pools import NewPool, Pool
from storage.schema import new_id
from storage.stores import Store

log = logging.getLogger(__name__)

AT_ONCE: Final = 250
"""What one call may ask for."""
LARGEST: Final = 5000
MOST_IMPORTS: Final = 25
"""In one turn: more than the largest pool needs, should some codes be refused."""
AHEAD: Final = 2
"""Days for which pools are made before anybody asks."""
CLEAN_AFTER: Final = timedelta(days=7)
"""How long a discount stays at the platform after its codes ran out."""
GIVE_UP_AFTER: Final = timedelta(days=30)
"""When a discount stays where it is that the platform does not let us remove."""
LONGEST: Final = timedelta(minutes=5)
"""Between two tries."""
POLLS: Final = (0.05, 0.2, 0.5)
"""Seconds between looks at an import that is under way; then the job comes back later."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Look after the pools that are due in these stores; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: tend(runtime, store_id))


def plan(connection: Connection, store: Store, now: datetime) -> int:
    """Put in the pools that live flows will want in the next days; give how many are new."""
    wanted = [
        pool
        for version in flows.live(connection, [store.id])
        for pool in _pools_of(version.flow, store, now)
    ]
    known = code_pools.known(connection, store.id, now)
    new = [one for one in wanted if (one.terms_key, one.ends_at) not in known]
    return code_pools.ensure(connection, store.id, new, now)


def _pools_of(flow: Flow, store: Store, now: datetime) -> Iterator[NewPool]:
    for step in walk(flow.steps):
        if isinstance(step, Coupon) and step.pool:
            for days in range(AHEAD + 1):
                until = now + step.valid_for + timedelta(days=days)
                yield new_pool(step, store, coupons.end_of_day(until, store.timezone), now)


def tend(runtime: Runtime, store_id: str) -> bool:
    """Look after one pool of a store; False when none is due."""
    taken = runtime.database.write(lambda c: _claim(runtime, c, store_id))
    if taken is None:
        return False
    store, pool, now = taken
    try:
        _Tending(runtime, store, pool, now).work()
    except StoreError as error:
        failure = error
        log.warning("a pool of store %s: %s", store_id, error)
        runtime.database.write(lambda c: _put_off(runtime, c, store_id, pool, failure))
    return True


def _claim(
    runtime: Runtime, connection: Connection, store_id: str
) -> tuple[Store, Pool, datetime] | None:
    now, real_now = runtime.database.moments(connection)
    pool = code_pools.claim(
        connection,
        store_id,
        now=now,
        real_now=real_now,
        owner=new_id(),
        lease_until=real_now + timedelta(seconds=runtime.settings.periods.lease),
    )
    store = stores.by_id(connection, store_id) if pool else None
    return (store, pool, now) if store and pool else None


def _put_off(
    runtime: Runtime, connection: Connection, store_id: str, pool: Pool, error: StoreError
) -> None:
    """Try again in a while; what only the merchant can help with, tomorrow."""
    now, real_now = runtime.database.moments(connection)
    if isinstance(error, StoreRefused | TokenRefused):
        _refused(connection, store_id, pool, error, now)
        return
    seconds = error.retry_after if isinstance(error, StoreThrottled) else 5.0 * pool.attempts
    pause = min(timedelta(seconds=max(1.0, seconds)), LONGEST)
    code_pools.write(
        connection,
        store_id,
        pool,
        retry_at=real_now + pause,
        error=str(error)[:500],
        **code_pools.FREED,
    )


def _refused(
    connection: Connection, store_id: str, pool: Pool, error: StoreError, now: datetime
) -> None:
    """Its codes that are ready are good still; an import that the store forgot is begun anew."""
    is_over = now >= pool.ends_at + GIVE_UP_AFTER
    state = code_pools.CLOSED if is_over else code_pools.FAILED
    due_at = None if is_over else now + timedelta(days=1)
    told = {"state": state, "import_id": None, "error": str(error)[:500]}
    code_pools.leave(connection, store_id, pool, due_at, **told)


class _Tending:
    """One turn with one pool."""

    def __init__(self, runtime: Runtime, store: Store, pool: Pool, now: datetime) -> None:
        self.runtime, self.store, self.pool, self.now = runtime, store, pool, now
        self.external_id = pool.external_id or ""
        self.is_filling = False

    def work(self) -> None:
        """Make it, fill it, or clear it away; then say when to come back."""
        if self.now >= self.pool.ends_at:
            self._clear_away()
            return
        if not self.external_id:
            self._make()
        if self.pool.import_id and not self._finish(self.pool.import_id):
            return
        for _ in range(MOST_IMPORTS):
            texts = self.runtime.database.write(self._ask_for)
            if not texts:
                break
            if not self._finish(self._start(texts)):
                return
        self.runtime.database.write(self._rest)

    def _make(self) -> None:
        self.external_id = self._call_create()

        def keep(connection: Connection) -> None:
            mine = (connection, self.store.id)
            if code_pools.write(*mine, self.pool, external_id=self.external_id):
                code_pools.add_codes(*mine, self.pool.id, [self.pool.first_code])
                code_pools.confirm(*mine, ready=[self.pool.first_code], refused=[])

        self.runtime.database.write(keep)

    def _call_create(self) -> str:
        terms, pool = self.pool.terms, self.pool
        request = DiscountRequest(
            code=pool.first_code,
            percent=terms["percent"] or 0,
            # Its own title: by it the platform's "taken" is known for our own earlier try.
            title=f"Reprise until {pool.ends_at:%Y-%m-%d} {pool.first_code}",
            starts_at=pool.starts_at,
            ends_at=pool.ends_at,
            off=Off(terms["off"]),
            amount=terms["amount"] or 0,
            currency=terms["currency"],
            minimum=terms["minimum"],
            is_combinable=terms["is_combinable"],
        )
        return access.calling(
            self.runtime, self.store.id, lambda store, token: store.create_discount(token, request)
        )

    def _ask_for(self, connection: Connection) -> list[str]:
        """Note which codes to ask for: those of an earlier try first; none if it is full."""
        mine = (connection, self.store.id)
        left = code_pools.asked(*mine, self.pool.id, AT_ONCE)
        if left:
            self.is_filling = True
            return left
        states = code_pools.counts(*mine, [self.pool.id]).get(self.pool.id, {})
        ready, taken = states.get(code_pools.READY, 0), states.get(code_pools.TAKEN, 0)
        size = min(LARGEST, max(self.pool.size, 2 * taken))
        self.is_filling |= ready <= code_pools.low_water(size)
        wanted = min(AT_ONCE, size - ready) if self.is_filling else 0
        if wanted <= 0 or not code_pools.write(*mine, self.pool, size=size):
            return []
        texts = [drawn(self.pool.terms["prefix"]) for _ in range(wanted)]
        code_pools.add_codes(*mine, self.pool.id, texts)
        return texts

    def _start(self, texts: Sequence[str]) -> str:
        import_id = access.calling(
            self.runtime,
            self.store.id,
            lambda store, token: store.add_codes(token, self.external_id, texts),
        )
        faults.point("after_codes_added")
        self.runtime.database.write(
            lambda c: code_pools.write(c, self.store.id, self.pool, import_id=import_id)
        )
        return import_id

    def _finish(self, import_id: str) -> bool:
        """See an import to its end; False when it takes longer than we wait."""
        for pause in POLLS:
            told = access.calling(
                self.runtime,
                self.store.id,
                lambda store, token: store.code_import(token, import_id),
            )
            if told.is_done:
                self._confirm(told)
                return True
            time.sleep(pause)
        self.runtime.database.write(self._come_back)
        return False

    def _confirm(self, told: CodeImport) -> None:
        ours = [text for text in told.taken if self._is_ours(text)]
        others = [text for text in told.taken if text not in ours]

        def keep(connection: Connection) -> None:
            if code_pools.write(connection, self.store.id, self.pool, import_id=None):
                ready, refused = [*told.added, *ours], [*told.refused, *others]
                code_pools.confirm(connection, self.store.id, ready=ready, refused=refused)

        self.runtime.database.write(keep)

    def _is_ours(self, text: str) -> bool:
        found = access.calling(
            self.runtime, self.store.id, lambda store, token: store.discount_of(token, text)
        )
        return found == self.external_id

    def _come_back(self, connection: Connection) -> None:
        soon = self.runtime.database.real_now(connection) + timedelta(seconds=2)
        code_pools.write(connection, self.store.id, self.pool, retry_at=soon, **code_pools.FREED)

    def _rest(self, connection: Connection) -> None:
        """Come back tomorrow, for the pools of the day after: whoever takes the last ones asks."""
        plan(connection, self.store, self.now)
        tomorrow = coupons.end_of_day(self.now, self.store.timezone)
        due_at = min(self.pool.ends_at, tomorrow)
        fine = {"state": code_pools.OPEN, "retry_at": None, "error": None}
        code_pools.leave(connection, self.store.id, self.pool, due_at, **fine)

    def _clear_away(self) -> None:
        clean_at = self.pool.ends_at + CLEAN_AFTER
        if self.now < clean_at:
            self.runtime.database.write(
                lambda c: code_pools.leave(c, self.store.id, self.pool, clean_at)
            )
            return
        if self.external_id:
            access.calling(
                self.runtime,
                self.store.id,
                lambda store, token: store.delete_discount(token, self.external_id),
            )
        self.runtime.database.write(self._close)

    def _close(self, connection: Connection) -> None:
        code_pools.forget_unused(connection, self.store.id, self.pool.id)
        code_pools.leave(
            connection, self.store.id, self.pool, None, state=code_pools.CLOSED, error=None
        )
