"""Group commit: one thread per process writes what many callers bring, in one transaction."""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection

MOST = 500  # callers in one transaction

Work = Callable[[Connection, list[Any]], list[Any]]
Write = Callable[[Callable[[Connection], Any]], Any]
Task = tuple[Work, Any, "Future[Any]"]
Outcome = tuple[bool, Any]


class GroupWriter:
    """Takes whatever waits, at once: a lone caller never waits for company.

    `write` runs a function in one transaction and returns its result once committed.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._tasks: deque[Task] = deque()
        self._arrived = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def do(self, work: Work, item: Any) -> Any:
        """Give `work`'s result for `item`, or raise what it raised, after the commit."""
        future: Future[Any] = Future()
        with self._arrived:
            if self._closed:
                raise RuntimeError("The database is closed.")
            self._tasks.append((work, item, future))
            self._start()
            self._arrived.notify()
        return future.result()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="group-writer", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while tasks := self._take():
            try:
                outcomes = self._commit(tasks)
            except BaseException as error:  # noqa: BLE001  each caller raises it
                outcomes = [(False, error)] * len(tasks)
            for (_, _, future), (fine, value) in zip(tasks, outcomes, strict=True):
                if fine:
                    future.set_result(value)
                else:
                    future.set_exception(value)

    def _take(self) -> list[Task]:
        with self._arrived:
            self._arrived.wait_for(lambda: self._tasks or self._closed)
            return [self._tasks.popleft() for _ in range(min(MOST, len(self._tasks)))]

    def _commit(self, tasks: list[Task]) -> list[Outcome]:
        """All at once; when something fails, again with a savepoint around each."""
        try:
            return list(self._write(lambda connection: list(_all(connection, tasks))))
        except Exception:  # noqa: BLE001  the second round finds whose it is
            return list(self._write(lambda connection: [_alone(connection, t) for t in tasks]))

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._arrived:
            self._closed = True
            self._arrived.notify()
        if self._thread is not None:
            self._thread.join()


def _all(connection: Connection, tasks: list[Task]) -> Iterator[Outcome]:
    for work, group in itertools.groupby(tasks, key=lambda task: task[0]):
        items = [item for _, item, _ in group]
        for _, value in zip(items, work(connection, items), strict=True):
            yield True, value


def _alone(connection: Connection, task: Task) -> Outcome:
    work, item, _ = task
    try:
        with connection.begin_nested():
            return True, work(connection, [item])[0]
    except Exception as error:  # noqa: BLE001  its caller raises it
        return False, error
