"""Fair turns at SQLite's one writer: in order within a process, in fairness between processes."""

import fcntl
import os
import threading
from collections import deque
from pathlib import Path
from types import TracebackType


class Turns:
    """A lock of all threads and processes that write one SQLite file.

    SQLite's own waiting is not fair: a busy process can keep another out for seconds. Two
    files beside the database make a turnstile: who waits for the turn holds the gate, so
    whoever just had the turn can't pass it again first.
    """

    def __init__(self, database: Path) -> None:
        self._paths = [database.with_name(database.name + suffix) for suffix in (".gate", ".turn")]
        self._files: list[int] = []
        self._line = Line()

    def __enter__(self) -> None:
        self._line.enter()
        try:
            gate, turn = self._opened()
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(turn, fcntl.LOCK_EX)
            fcntl.flock(gate, fcntl.LOCK_UN)
        except BaseException:
            self.close()  # lets go of whatever was locked
            self._line.leave()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._line.leave()

    def _opened(self) -> list[int]:
        if not self._files:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._files = [os.open(path, flags, 0o600) for path in self._paths]
        return self._files

    def close(self) -> None:
        """Close the two files; the next turn opens them again."""
        for file in self._files:
            os.close(file)
        self._files = []

    def after_fork(self) -> None:
        """In the child: forget the parent's place in the line, and its open files."""
        self.close()
        self._line = Line()


class Line:
    """A lock whose waiting threads get it in the order they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def enter(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            called = threading.Event()
            self._waiting.append(called)
        self._wait(called)

    def _wait(self, called: threading.Event) -> None:
        try:
            called.wait()
        except BaseException:  # an interrupt: give up the place, or pass the turn on
            with self._guard:
                mine = not called.is_set()
                if mine:
                    self._waiting.remove(called)
            if not mine:
                self.leave()
            raise

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False
