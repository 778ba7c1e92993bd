"""Row 12: `make run` on a fresh clone, and again: until the four addresses are printed."""

import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.figures import Bound, Figure, figure
from sandbox.ports import free_row

ADDRESS = re.compile(rb"^(app|shop front|store admin|mailbox)\s+http://127\.0\.0\.1:\d+$")
PATIENCE = 600.0
ENDS_WITHIN = 60.0
OURS = frozenset({"PORT", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "QUICK", "ROWS", "DATABASES"})
"""Settings of this run that the clone must not see."""


def figures(bench: Bench) -> list[Figure]:
    """Start a clone of the last commit twice; told once, for the embedded default."""
    if bench.database != "sqlite":
        return []
    with tempfile.TemporaryDirectory(prefix="reprise-clone-") as folder:
        home, clone = Path(folder) / "home", Path(folder) / "reprise"
        home.mkdir()
        command = ["git", "clone", "--quiet", "--no-hardlinks", str(processes.ROOT), str(clone)]
        subprocess.run(command, check=True)  # noqa: S603  our own checkout
        first, again = _seconds(clone, home), _seconds(clone, home)
    name = "12 make run until four addresses"
    return [
        figure(f"{name}, fresh clone", bench.database, first, "s", Bound(at_most=120)),
        figure(f"{name}, again", bench.database, again, "s", Bound(at_most=10)),
    ]


def _seconds(clone: Path, home: Path) -> float:
    """Run it until it is ready, then end it as ctrl-C would."""
    began = time.monotonic()
    with subprocess.Popen(
        ["make", "run"],  # noqa: S607  the one on the path, as a person's
        cwd=clone, env=_environment(home), stdout=subprocess.PIPE, start_new_session=True,
        bufsize=0,  # a buffer would hide from the selector what it has read already
    ) as process:  # fmt: skip
        try:
            _wait_for_addresses(process, began + PATIENCE)
            return time.monotonic() - began
        finally:
            _end(process)


def _environment(home: Path) -> dict[str, str]:
    """An empty HOME, and five free ports in a row."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    kept = {name: value for name, value in kept.items() if not name.startswith("MAKE")}
    return {**kept, "HOME": str(home), "PORT": str(free_row(5))}


def _wait_for_addresses(process: "subprocess.Popen[bytes]", give_up: float) -> None:
    if process.stdout is None:
        raise AssertionError("started with a pipe")
    found: set[bytes] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(found) < 4:
            if not selector.select(give_up - time.monotonic()):
                raise RuntimeError("make run did not tell its four addresses")
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"make run ended with {process.wait()}")
            if told := ADDRESS.match(line.rstrip()):
                found.add(told[1])


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the group that we started: make, and what it became."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
