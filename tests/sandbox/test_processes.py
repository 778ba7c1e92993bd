"""Children of the demo: they start again when they die, and none outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import processes
from sandbox.processes import RUN_ID, Household, end_leftovers, read_procfile

RUN = "a-run-of-this-test"
PARENT = """
import sys, time
from pathlib import Path
from sandbox.processes import Household
import os
household = Household(Path("."), Path(sys.argv[1]), os.environ)
household.add("sleeper", "sleep 300").start()
print(household.children["sleeper"].process.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    environment = os.environ | {RUN_ID: f"{RUN}-{tmp_path.name}"}
    made = Household(tmp_path, tmp_path / "log", environment)
    yield made
    made.end()


def soon(true: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return False


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except FileNotFoundError:
        return False


def test_a_procfile_gives_its_commands_by_name(tmp_path: Path) -> None:
    path = tmp_path / "Procfile"
    path.write_text("# four\nweb: serve --port ${PORT:-8000} app:x\n\nclock: tick\n")
    assert read_procfile(path) == {"web": "serve --port ${PORT:-8000} app:x", "clock": "tick"}


def test_a_child_that_dies_is_started_again(household: Household) -> None:
    child = household.add("short", "sleep 0.1")
    child.start()
    assert soon(lambda: any("short ended (exit 0)" in told for told in household.watch()))
    assert soon(lambda: household.watch() is not None and child.process is not None)


def test_a_child_that_keeps_dying_waits_longer_each_time(household: Household) -> None:
    child = household.add("broken", "false")
    child.start()
    assert soon(lambda: household.watch() is not None and child.deaths == 2)
    assert child.pause > processes.FIRST_PAUSE


def test_what_a_dead_child_had_started_ends_with_it(household: Household) -> None:
    child = household.add("family", "sh -c 'sleep 300 & echo $!; wait'")
    child.start()
    assert soon(lambda: child.log.read_text().strip().isdigit())
    grandchild = int(child.log.read_text())
    child.process.kill()
    assert soon(lambda: bool(household.watch()))
    assert soon(lambda: not lives(grandchild))


def test_all_children_end_together_and_the_stubborn_by_force(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE", 0.5)
    for name, command in {
        "meek": "sleep 300",
        "stubborn": "sh -c 'trap \"\" TERM; sleep 300'",
    }.items():
        household.add(name, command).start()
    pids = [child.process.pid for child in household.children.values()]
    time.sleep(0.3)
    household.end()
    assert not any(lives(pid) for pid in pids)


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    assert lives(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert soon(lambda: not lives(child))


def test_what_a_killed_run_left_is_ended_and_nothing_else(tmp_path: Path) -> None:
    ours = subprocess.Popen(["sleep", "300"], env=os.environ | {RUN_ID: tmp_path.name})
    other = subprocess.Popen(["sleep", "300"], env=os.environ | {RUN_ID: "another"})
    assert soon(lambda: RUN_ID in Path(f"/proc/{ours.pid}/environ").read_text())
    assert end_leftovers(tmp_path.name) == 1
    assert ours.wait() == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    other.wait()


def test_the_end_of_the_log_tells_what_went_wrong(household: Household) -> None:
    child = household.add("broken", "sh -c 'echo before; echo the reason >&2; false'")
    child.start()
    child.process.wait()
    assert child.last_lines(1) == "  broken | the reason"
