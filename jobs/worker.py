"""The workers: `python -m jobs.worker [queue ...]`, one RQ worker process for each queue.

One queue each, since a worker that listens to several can lose a job when it is killed. The
parent only starts its children again; a job is a wake-up, so nothing is lost with either.
"""

import ctypes
import importlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from jobs import queues
from jobs.runtime import Runtime, current

log = logging.getLogger(__name__)

Drain = Callable[[Runtime, Sequence[str]], list[str]]
PR_SET_PDEATHSIG: Final = 1
GRACE_SECONDS: Final = 8.0
RESTART_SECONDS: Final = 0.5


def run(verb: str, store_ids: list[str]) -> None:
    """Do one wake-up's work; what is left goes to the back of the queue."""
    runtime = current()
    runtime.queues.started(verb, store_ids)
    left = _drain_of(verb)(runtime, store_ids)
    if left:
        runtime.queues.wake(verb, left)
    if verb == "advance":
        _follow_up(runtime, store_ids, at_once=not left)


def _follow_up(runtime: Runtime, store_ids: list[str], *, at_once: bool) -> None:
    """Hand over what just came due in this very job, unless there is a lot: that takes turns."""
    left = _drain_of("deliver")(runtime, store_ids) if at_once else store_ids
    if left:
        runtime.queues.wake("deliver", left)


def _drain_of(verb: str) -> Drain:
    """Give the function that does a verb: a worker loads those of its own queue only."""
    if verb not in queues.QUEUE_OF:
        raise ValueError(f"no queue carries {verb!r}")
    drain: Drain = importlib.import_module(f"jobs.{verb}").drain
    return drain


class Worker(SimpleWorker):
    """One that works in its own process and comes back soon after the queue server does."""

    max_connection_wait_time = 5.0
    is_stopping = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Remember it: saying goodbye to a queue server that is gone raises, and must end all."""
        self.is_stopping = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ has no types


def work(queue: str) -> None:
    """Work one queue until told to stop; a queue server that is away is waited for."""
    signal.signal(signal.SIGTERM, _stop_while_idle)
    for verb in queues.verbs_of(queue):
        _drain_of(verb)
    connection = Redis.from_url(current().queues.url)
    while not _worked_to_the_end(queue, connection):
        time.sleep(1)


def _worked_to_the_end(queue: str, connection: Redis) -> bool:
    """Work until told to stop; False when the queue server went away instead."""
    worker: Worker | None = None
    try:
        worker = _worker(queue, connection)
        worker.work(with_scheduler=False, logging_level="WARNING")
    except RedisError as error:
        log.warning("the queue server does not answer: %s", error)
        return worker is not None and worker.is_stopping
    return True


def _worker(queue: str, connection: Redis) -> Worker:
    listened = Queue(queue, connection=connection, serializer=JSONSerializer)
    return Worker(
        [listened],
        connection=connection,
        serializer=JSONSerializer,
        default_result_ttl=0,
        maintenance_interval=60,
        log_job_description=False,
    )


def _stop_while_idle(_number: int, _frame: FrameType | None) -> None:
    """Before RQ installs its own, which lets a job end: nothing is under way."""
    sys.exit(0)


class Parent:
    """Keeps one child for each queue alive, and ends with all of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self._children = {name: self._start(name) for name in names}
        self._is_stopping = False

    def run(self) -> None:
        """Watch the children until a SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._is_stopping:
            time.sleep(RESTART_SECONDS)
            self._restart_the_dead()
        self._end_all()

    def _restart_the_dead(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None and not self._is_stopping:
                log.error("the %s worker ended with %s: starting it again", name, child.returncode)
                self._children[name] = self._start(name)

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "jobs.worker", name]
        env = {**os.environ, "REPRISE_PARENT": str(os.getpid())}
        return subprocess.Popen(command, env=env)  # noqa: S603  our own module, no shell

    def _stop(self, *_: Any) -> None:
        self._is_stopping = True

    def _end_all(self) -> None:
        for child in self._children.values():
            child.terminate()
        give_up = time.monotonic() + GRACE_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def _die_with_parent() -> None:
    """A parent that was killed must not leave children behind that nobody watches."""
    parent = os.environ.get("REPRISE_PARENT")
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit(0)


def main(names: Sequence[str]) -> None:
    """Work the named queues, or all of them."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    unknown = set(names) - set(queues.QUEUES)
    if unknown:
        sys.exit(f"There is no queue {', '.join(sorted(unknown))}: name {queues.QUEUES}.")
    if len(names) == 1:
        _die_with_parent()
        work(names[0])
    else:
        Parent(names or queues.QUEUES).run()


if __name__ == "__main__":
    main(sys.argv[1:])
