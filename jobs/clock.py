"""The clock: `python -m jobs.clock` wakes workers for what is due, and sweeps.

It sleeps until the earliest due time or a wake-up, and looks round every ten seconds even if
nobody woke it: losing all of the queue delays nothing by more. Any number may run; one leads.
"""

import logging
import os
import signal
import socket
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from jobs import embedded_queue, faults, reap, reconcile
from jobs.runtime import Runtime, current
from storage import Connection, StorageError, demo_clock, due, leases

log = logging.getLogger(__name__)

LEASE: Final = "clock"
SHORTEST: Final = 0.002
"""Seconds; less than this is due already by the time anyone looks."""
VERB_OF: Final[Mapping[due.Kind, str]] = {
    due.CARTS: "abandon",
    due.ENROLLMENTS: "advance",
    due.MESSAGES: "deliver",
    due.REPLIES: "reply",
    due.CONVERSATIONS: "attend",
    due.CODES: "codes",
    due.POOLS: "pools",
    due.HITS: "track",
    due.CALLBACKS: "receive",
    due.VISITS: "visit",
    due.BROWSES: "browse",
    due.CAMPAIGNS: "launch",
    due.INTAKES: "intake",
    due.DELIVERIES: "arrive",
    due.RECOMMENDATIONS: "recommend",
    due.WATCHES: "watch",
    due.SPLIT_TESTS: "decide",
    due.SEGMENTS: "segments",
    due.SCORES: "segments",
    due.DAYS: "sums",
    due.ANNOUNCEMENTS: "announce",
    due.RENEWALS: "renew",
    due.OUTBOX: "outbox",
}


class Clock:
    """One process' clock; only the holder of the lease acts."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        self._is_stopping = False
        self._reap_at = 0.0
        self._leads_until = 0.0

    def run(self) -> None:
        """Tick until told to stop."""
        while not self._is_stopping:
            self._sleep(self._look_round())
        self._leave()

    def stop(self, *_: Any) -> None:
        """End after this tick; may be a signal's handler."""
        self._is_stopping = True
        self._runtime.queues.wake_clock()

    def _look_round(self) -> float:
        """Tick if we lead; give the seconds until the next look."""
        sweep = self._runtime.settings.periods.sweep
        try:
            self._keep_queue_running()
            if not self._leads():
                return min(sweep, self._runtime.settings.periods.leader / 3)
            return min(sweep, self.tick())
        except StorageError:
            log.exception("the database does not answer")
            return 1.0

    def _leads(self) -> bool:
        """Keep the lease, or take it when it is free; in between we know that it is ours."""
        if time.monotonic() < self._leads_until:
            return True
        seconds = self._runtime.settings.periods.leader
        asked_at = time.monotonic()
        leads = self._runtime.database.write(lambda connection: self._take(connection, seconds))
        self._leads_until = asked_at + seconds / 3 if leads else 0.0
        return leads

    def _take(self, connection: Connection, seconds: float) -> bool:
        real_now = self._runtime.database.real_now(connection)
        until = real_now + timedelta(seconds=seconds)
        return leases.take(connection, LEASE, self._owner, real_now=real_now, until=until)

    def tick(self) -> float:
        """Wake whoever has work now; give the seconds until something else comes due."""
        faults.point("clock_tick")
        runtime, database = self._runtime, self._runtime.database
        with database.reading() as connection:
            now, real_now = database.moments(connection)
            seen = due.look(connection, now, real_now)
            waiting = [
                (VERB_OF[kind], due.stores(connection, kind, real_now if kind.is_real else now))
                for kind in seen.due
                if kind in VERB_OF
            ]
            speed = demo_clock.speed(connection) if runtime.settings.demo else 1
        if seen.has_webhooks:
            runtime.queues.wake("ingest")
        for verb, store_ids in waiting:
            if store_ids:
                runtime.queues.wake(verb, store_ids)
        if due.RETRIES in seen.due or due.UNKNOWN in seen.due:
            self._reap_at = 0.0
        self._reap_in_turn()
        return self._seconds_until(seen, now, real_now, speed)

    def _seconds_until(
        self, seen: due.Look, now: datetime, real_now: datetime, speed: int
    ) -> float:
        seconds = [self._runtime.settings.periods.sweep]
        if seen.business_next:
            seconds.append((seen.business_next - now).total_seconds() / speed)
        if seen.real_next:
            seconds.append((seen.real_next - real_now).total_seconds())
        return max(SHORTEST, min(seconds))

    def _reap_in_turn(self) -> None:
        if time.monotonic() >= self._reap_at:
            self._reap_at = time.monotonic() + self._runtime.settings.periods.reap
            reap.sweep(self._runtime)
            reconcile.sweep(self._runtime)

    def _keep_queue_running(self) -> None:
        settings = self._runtime.settings
        if settings.redis_url is None:
            embedded_queue.ensure_running(settings.data_dir)

    def _sleep(self, seconds: float) -> None:
        if not self._is_stopping:
            self._runtime.queues.wait_for_clock(seconds)

    def _leave(self) -> None:
        database = self._runtime.database
        database.write(lambda connection: leases.give_back(connection, LEASE, self._owner))
        if self._runtime.settings.redis_url is None:
            embedded_queue.stop(self._runtime.settings.data_dir)


def main() -> None:
    """Run this process' clock until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    clock = Clock(current())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, clock.stop)
    clock.run()


if __name__ == "__main__":
    main()
