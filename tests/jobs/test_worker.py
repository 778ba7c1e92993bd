"""Workers and wake-ups: coalesced, restarted, ended together."""

import os
import signal
import time
from pathlib import Path

import pytest
import redis

from jobs import queues
from jobs.queues import Queues
from tests.faults.harness import processes, wait_until
from tests.jobs.stage import HOUR, Stage


def waiting(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.llen("rq:queue:followups"))


def test_many_wake_ups_are_one_until_a_worker_starts(valkey_url: str) -> None:
    hand = Queues(valkey_url)
    for _ in range(5):
        assert hand.wake("deliver", ["a", "b"])
        assert hand.wake("deliver", ["b", "a"])
    assert waiting(valkey_url) == 1
    hand.started("deliver", ["a", "b"])
    hand.wake("deliver", ["a", "b"])
    assert waiting(valkey_url) == 2


def test_a_flag_outlives_its_job_by_less_than_a_sweep() -> None:
    assert queues.FLAG_SECONDS < 10


def test_without_the_queue_server_a_wake_up_says_no_and_the_clock_still_sleeps() -> None:
    hand = Queues("unix:///nowhere/queue.sock")
    assert not hand.wake("deliver")
    hand.started("deliver")
    hand.wake_clock()
    began = time.monotonic()
    assert not hand.wait_for_clock(0.2)
    assert 0.1 < time.monotonic() - began < 2
    assert not hand.ping()


@pytest.mark.slow
def test_a_killed_child_is_started_again_and_all_end_with_their_parent(
    stage: Stage, tmp_path: Path
) -> None:
    with processes(stage, tmp_path) as hands:
        parent = hands.start("jobs.worker")
        wait_until(lambda: len(children(parent.pid)) == len(queues.QUEUES), 30)
        before = children(parent.pid)
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: children(parent.pid) not in ([], before), 30)
        wait_until(lambda: len(children(parent.pid)) == len(queues.QUEUES), 30)
        stage.cart(stage.customer())
        stage.pass_time(HOUR)
        hands.clock()
        wait_until(lambda: len(stage.sink.taken) == 1, 30)
        left = children(parent.pid)
        parent.kill()
        wait_until(lambda: not any(lives(one) for one in left), 15)


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in told.split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
