"""Action Scheduler: the queue in WordPress' database that brings webhooks and signals out.

It runs while somebody visits the site; on a quiet site everything waits.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import orjson

from sandbox.state import Record
from sandbox.woo_site import Site

_PATIENCE = httpx.Timeout(10, connect=1)
_TABLE = """
CREATE TABLE IF NOT EXISTS woo_jobs (
  id INTEGER PRIMARY KEY, kind TEXT, topic TEXT, hook INTEGER, resource TEXT, body BLOB,
  data TEXT, status TEXT, due_at REAL, tries INTEGER DEFAULT 0, answer INTEGER)
"""
_SHOWN = ("id", "kind", "topic", "resource", "status", "answer", "tries")


@dataclass(frozen=True)
class Job:
    """Something to bring out: a webhook's resource, or a signal's finished body."""

    kind: str
    topic: str
    hook: int = 0
    resource: str = ""
    body: bytes = b""
    data: str = "{}"
    tries: int = 0

    @property
    def told(self) -> Record:
        read: Record = orjson.loads(self.data)
        return read


@dataclass(frozen=True)
class Outcome:
    """What came of a job: the answer's code, and how long until the next try (None: no more)."""

    answer: int
    is_done: bool
    again_in: float | None = None


class Jobs:
    """The queue and its one runner; each kind of job has somebody who does it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.doers: dict[str, Callable[[Job], Outcome]] = {}
        self.http = httpx.Client(timeout=_PATIENCE, trust_env=False, follow_redirects=False)
        self._wake, self._stop = threading.Event(), threading.Event()
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="woo jobs", daemon=True)
        site.state.rows(_TABLE)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self.http.close()

    def add(self, job: Job) -> None:
        self._site.state.rows(
            "INSERT INTO woo_jobs (kind, topic, hook, resource, body, data, status, due_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)",
            (job.kind, job.topic, job.hook, job.resource, job.body, job.data,
             self._site.now().timestamp()),
        )  # fmt: skip
        self._wake.set()

    def is_waiting(self, hook: int, resource: str) -> bool:
        """Say whether a webhook's word on this resource is queued and not yet out."""
        return bool(
            self._site.state.rows(
                "SELECT 1 FROM woo_jobs WHERE kind = 'hook' AND hook = ? AND resource = ? "
                "AND status = 'pending'",
                (hook, resource),
            )
        )

    # What the clock asks.

    def pending(self) -> int:
        """How many are due and not out; none while nobody visits the site."""
        if self._site.site("quiet"):
            return 0
        now = self._site.now().timestamp()
        sql = (
            "SELECT count(*) FROM woo_jobs WHERE status = 'running' "
            "OR (status = 'pending' AND due_at <= ?)"
        )
        count = int(self._site.state.rows(sql, (now,))[0][0])
        if count:
            self._wake.set()
        return count

    def newest(self) -> int:
        return int(self._site.state.rows("SELECT coalesce(max(id), 0) FROM woo_jobs")[0][0])

    def listing(self, limit: int = 100) -> list[Record]:
        """The newest jobs, for the page that shows them."""
        sql = "SELECT id, kind, topic, resource, status, answer, tries FROM woo_jobs"
        rows = self._site.state.rows(f"{sql} ORDER BY id DESC LIMIT ?", (limit,))
        return [dict(zip(_SHOWN, row, strict=True)) for row in rows]

    # Bringing them out.

    def _run(self) -> None:
        # A run that was killed left some half done: they are tried again.
        self._site.state.rows("UPDATE woo_jobs SET status = 'pending' WHERE status = 'running'")
        while not self._stop.is_set():
            self._wake.wait(0.25 if self._site.clock.speed > 1 else 1.0)
            self._wake.clear()
            if not self._site.site("quiet"):
                self.run_due()

    def run_due(self) -> int:
        """WP-Cron: everything that is due, one after the other; how many were tried."""
        tried = 0
        with self._turn:
            while not self._stop.is_set() and (row := self._next_due()):
                # While it runs it no longer waits: what happens meanwhile is queued anew.
                self._set(row[0], "running", None, 0)
                job = Job(*row[1:])
                self._note(row[0], self.doers[job.kind](job))
                tried += 1
        return tried

    def _next_due(self) -> tuple[int, str, str, int, str, bytes, str, int] | None:
        rows = self._site.state.rows(
            "SELECT id, kind, topic, hook, resource, body, data, tries FROM woo_jobs "
            "WHERE status = 'pending' AND due_at <= ? ORDER BY due_at, id LIMIT 1",
            (self._site.now().timestamp(),),
        )
        return rows[0] if rows else None

    def _note(self, id_: int, outcome: Outcome) -> None:
        if outcome.is_done or outcome.again_in is None:
            self._set(id_, "complete" if outcome.is_done else "failed", outcome.answer, 1)
            return
        self._set(id_, "pending", outcome.answer, 1)
        self._site.state.rows(
            "UPDATE woo_jobs SET due_at = due_at + ? WHERE id = ?", (outcome.again_in, id_)
        )

    def _set(self, id_: int, status: str, answer: int | None, tried: int) -> None:
        self._site.state.rows(
            "UPDATE woo_jobs SET status = ?, answer = coalesce(?, answer), tries = tries + ? "
            "WHERE id = ?",
            (status, answer, tried, id_),
        )
