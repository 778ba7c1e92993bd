"""Real processes to be killed: workers and the clock, on a database and a queue of the test's."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from storage import due
from tests.jobs.stage import KEY, Stage

ROOT = Path(__file__).parents[2]
PERIODS = {
    "REPRISE_LEASE_SECONDS": "2",
    "REPRISE_REAP_SECONDS": "0.5",
    "REPRISE_SWEEP_SECONDS": "1",
    "REPRISE_LEADER_SECONDS": "2",
    "REPRISE_RECONCILE_SECONDS": "1,2,3",
}


class Processes:
    """Starts the app's own processes against a stage's database, queue and mail server."""

    def __init__(self, stage: Stage, log: Path, periods: Mapping[str, str]) -> None:
        given = stage.runtime.settings
        self._env = {
            "SHARED_SENDER_DAILY": "0",  # these tests send by the thousand
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}},
            **PERIODS,
            **periods,
            "DATABASE_URL": given.database_url,
            "REDIS_URL": given.redis_url or "",
            "SMTP_URL": given.smtp_url,
            "MAIL_FROM": given.mail_from,
            "APP_URL": given.app_url,
            "APP_KEYS": KEY,
            "SHOPIFY_CLIENT_ID": given.shopify_client_id,
            "SHOPIFY_CLIENT_SECRET": "secret",
            "DATA_DIR": str(log.parent),
            "DEMO": "1",
            "PYTHONPATH": str(ROOT),
        }
        self._log = log
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, module: str, *arguments: str, **more: str) -> "subprocess.Popen[bytes]":
        """Start `python -m <module>`; `more` are further settings, such as FAULT_POINT."""
        with self._log.open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env={**self._env, **more},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self._running.append(child)
        return child

    def worker(self, queue: str, **more: str) -> "subprocess.Popen[bytes]":
        return self.start("jobs.worker", queue, **more)

    def clock(self, **more: str) -> "subprocess.Popen[bytes]":
        return self.start("jobs.clock", **more)

    def end_all(self) -> None:
        for child in self._running:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(5)
        for child in self._running:
            if child.poll() is None:
                child.kill()
                child.wait()

    def said(self) -> str:
        """What the processes logged; shown when a test fails."""
        return self._log.read_text(errors="replace")[-8000:] if self._log.exists() else ""


@contextlib.contextmanager
def processes(stage: Stage, folder: Path, **periods: str) -> Iterator[Processes]:
    """Processes that end with the block; their log is printed for a failing test."""
    hands = Processes(stage, folder / "processes.log", periods)
    try:
        yield hands
    finally:
        hands.end_all()
        print(hands.said())  # noqa: T201  pytest shows it when the test fails


def wait_until(done: Callable[[], bool], seconds: float = 90.0, what: str = "it") -> None:
    """Wait for something that other processes do."""
    give_up = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < give_up, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)


def was_killed(child: "subprocess.Popen[bytes]", seconds: float = 90.0) -> bool:
    """Wait for a process to end; say if it was by SIGKILL."""
    return child.wait(seconds) == -signal.SIGKILL


def quiet(stage: Stage) -> bool:
    """Nothing is due, nothing in flight."""
    with stage.database.reading() as connection:
        now, real_now = stage.database.now(connection), stage.database.real_now(connection)
        return sum(due.count(connection, now, real_now).values()) == 0
