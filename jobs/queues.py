"""The queues: wake-ups for workers, never more. The database holds the work and the time.

A wake-up is coalesced by a flag of our own that expires: while one is on its way, no second
is enqueued; the job takes the flag away when it starts, so that news that arrives while it
runs is sure of another. Redis being down costs a delay until the clock's sweep, nothing else.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

INGEST: Final = "ingest"
FOLLOWUPS: Final = "followups"
BULK: Final = "bulk"
QUEUES: Final = (INGEST, FOLLOWUPS, BULK)

# Which queue carries which verb; `jobs.worker` knows the function of each.
QUEUE_OF: Final = {
    "ingest": INGEST,
    "abandon": INGEST,
    "track": INGEST,
    "receive": INGEST,
    "visit": INGEST,
    "browse": INGEST,
    "arrive": INGEST,
    "watch": BULK,
    "decide": BULK,
    "announce": BULK,
    "advance": FOLLOWUPS,
    "deliver": FOLLOWUPS,
    "reply": FOLLOWUPS,
    "attend": FOLLOWUPS,
    "codes": FOLLOWUPS,
    "pools": BULK,
    "launch": BULK,
    "intake": BULK,
    "recommend": BULK,
    "segments": BULK,
    "sums": BULK,
    "renew": BULK,
    "sync": BULK,
    "outbox": BULK,
}
RUN: Final = "jobs.worker.run"
FLAG_SECONDS: Final = 8  # a flag that outlived its job is gone before the clock's next sweep
WAKER_RESTS: Final = 0.05  # seconds: wakes as often are as good as one a webhook
FAILED_SECONDS: Final = 7 * 24 * 3600
CLOCK_NEWS: Final = "reprise:clock"


@dataclass(slots=True)
class Queues:
    """The queue server at `url`; every method survives its absence."""

    url: str
    redis: Redis
    _news: PubSub | None

    def __init__(self, url: str) -> None:
        self.url = url
        self._news = None
        self.redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=15)

    def wake(self, verb: str, store_ids: Sequence[str] = ()) -> bool:
        """Ask a worker to drain `verb`; False when the queue could not be reached."""
        try:
            if self.redis.set(_flag(verb, store_ids), b"1", nx=True, ex=FLAG_SECONDS):
                self._enqueue(verb, store_ids)
        except RedisError as error:
            log.warning("could not wake %s: %s", verb, error)
            return False
        return True

    def started(self, verb: str, store_ids: Sequence[str] = ()) -> None:
        """Take the flag away: what comes from now on deserves a wake-up of its own."""
        try:
            self.redis.delete(_flag(verb, store_ids))
        except RedisError as error:
            log.warning("the queue server does not answer: %s", error)

    def wake_clock(self) -> None:
        """Make every clock look at the earliest due time again."""
        try:
            self.redis.publish(CLOCK_NEWS, b"1")
        except RedisError as error:
            log.warning("could not wake the clock: %s", error)

    def wait_for_clock(self, seconds: float) -> bool:
        """Sleep until someone wakes the clock (True) or the time is over (False).

        The time is kept here: the server's own time-outs come up to 100 ms late. Without it
        nobody can wake the clock: it sleeps a second at the most.
        """
        try:
            if self._news is None:
                return self._subscribe()
            is_woken = self._news.get_message(timeout=seconds) is not None
            while is_woken and self._news.get_message(timeout=0.0) is not None:
                pass  # many wake-ups are one
        except RedisError as error:
            log.warning("the queue server does not answer: %s", error)
            self._news = None
            time.sleep(min(seconds, 1.0))
            return False
        return is_woken

    def _subscribe(self) -> bool:
        """Listen from now on; True, since nobody heard what was said before."""
        news: PubSub = self.redis.pubsub()  # type: ignore[no-untyped-call]
        news.subscribe(CLOCK_NEWS)
        self._news = news
        return True

    def ping(self) -> bool:
        """Say if the queue server answers."""
        try:
            return bool(self.redis.ping())
        except RedisError:
            return False

    def _enqueue(self, verb: str, store_ids: Sequence[str]) -> None:
        queue = Queue(QUEUE_OF[verb], connection=self.redis, serializer=JSONSerializer)
        queue.enqueue(
            RUN,
            verb,
            list(store_ids),
            result_ttl=0,
            failure_ttl=FAILED_SECONDS,
            description=f"{verb} {len(store_ids) or 'all'} stores",
        )


class Waker:
    """Wakes on a thread of its own, so that a slow or absent queue never delays a request."""

    def __init__(self, queues: Queues, verb: str) -> None:
        self._queues = queues
        self._verb = verb
        self._news = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def wake_soon(self) -> None:
        """Wake the verb's worker after this call; many calls at once may be one wake-up."""
        is_alive = self._thread is not None and self._thread.is_alive()
        if is_alive and self._news.is_set():
            return  # the thread has yet to hear of the call before, and wakes for both
        self._news.set()
        if not is_alive:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                name = f"wake-{self._verb}"
                self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            self._queues.wake(self._verb)
            time.sleep(WAKER_RESTS)


def verbs_of(queue: str) -> list[str]:
    """Give the verbs that a queue carries."""
    return [verb for verb, carrier in QUEUE_OF.items() if carrier == queue]


def _flag(verb: str, store_ids: Sequence[str]) -> str:
    return f"reprise:waking:{verb}:{','.join(sorted(store_ids))}"
