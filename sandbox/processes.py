"""Child processes and their lives: started, watched, started again when they die, ended together.

A child leads a process group of its own and ends when its parent is gone, whatever ended that:
the kernel sends it SIGTERM (sandbox/minder.py asks for it). All children carry the run's id in
their environment, by which the next run finds and ends what a killed run left behind.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

RUN_ID = "REPRISE_RUN"
MINDER = Path(__file__).with_name("minder.py")
GRACE = 10.0  # seconds between the request to end and the end
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0  # before a dead child is started again
SETTLED = 30.0  # a child that lived so long starts with the first pause again
LOG_LIMIT = 5_000_000  # bytes; a longer log is put aside when its process starts


@dataclass
class Child:
    """One named command, its log and its present process."""

    name: str
    command: str
    log: Path
    environment: Mapping[str, str]
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    due_at: float = 0.0
    pause: float = FIRST_PAUSE
    deaths: int = 0

    def start(self) -> None:
        minded = [sys.executable, "-SE", str(MINDER), str(os.getpid())]
        shell = ["/bin/sh", "-c", f"exec {self.command}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  the Procfile's own commands
                [*minded, *shell], cwd=self.folder, env=dict(self.environment),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.started_at = time.monotonic()

    def watch(self) -> str | None:
        """Note a death and start again when its pause is over; gives what there is to tell."""
        if self.process is None:
            if time.monotonic() >= self.due_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self._bury()
        return f"{self.name} ended ({_ending(code)}); started again in {self._next_pause():.1f} s"

    def _bury(self) -> None:
        """The leader is dead: end what it started, lest two generations work side by side."""
        if self.process is not None:
            _kill_group(self.process.pid, signal.SIGKILL)
            self.process = None
        self.deaths += 1

    def _next_pause(self) -> float:
        lived = time.monotonic() - self.started_at
        self.pause = FIRST_PAUSE if lived > SETTLED else min(self.pause * 2, LONGEST_PAUSE)
        self.due_at = time.monotonic() + self.pause
        return self.pause

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, until: float) -> None:
        """Wait for the end, force it when `until` (monotonic) has passed."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(until - time.monotonic(), 0))
        _kill_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, for a person who has to find out what went wrong."""
        lines = self.log.read_text(errors="replace").splitlines()[-count:]
        return "\n".join(f"  {self.name} | {line}" for line in lines)


@dataclass
class Household:
    """All children of one run."""

    folder: Path
    logs: Path
    environment: Mapping[str, str]
    children: dict[str, Child] = field(default_factory=dict)

    def add(self, name: str, command: str) -> Child:
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        self.children[name] = Child(name, command, log, self.environment, self.folder)
        return self.children[name]

    def watch(self) -> list[str]:
        return [told for child in self.children.values() if (told := child.watch())]

    def end(self) -> None:
        for child in self.children.values():
            child.ask_to_end()
        until = time.monotonic() + GRACE
        for child in self.children.values():
            child.end(until)


def read_procfile(path: Path) -> dict[str, str]:
    """Give the commands of a Procfile by name, in its order."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    named = [line.partition(":") for line in lines if line and not line.startswith("#")]
    return {name.strip(): command.strip() for name, _, command in named}


def end_leftovers(run_id: str) -> int:
    """End all processes of a run that was killed; gives how many there were."""
    left = _processes_of(run_id)
    for pid in left:
        _kill(pid, signal.SIGTERM)
    until = time.monotonic() + GRACE / 2
    while _processes_of(run_id) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in _processes_of(run_id):
        _kill(pid, signal.SIGKILL)
    return len(left)


def _processes_of(run_id: str) -> list[int]:
    mark = f"{RUN_ID}={run_id}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or not ours to read
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


def _kill(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _kill_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def _ending(code: int) -> str:
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name
