"""kill -9 of a worker at each point of the hand-over: nothing is lost, nothing goes out twice.

The mail server is the witness: it knows what it took, and how often.
"""

from pathlib import Path

import pytest

from jobs import abandon, advance
from tests.faults.harness import processes, quiet, wait_until, was_killed
from tests.jobs.stage import HOUR, Stage

MESSAGES = 200
CHUNK = 32
POINTS = [
    # the point, its pass, how many are unknown by the protocol, and whether those went out
    ("after_claim", 1, 0, False),
    ("after_gate_commit", 2, CHUNK, False),
    ("before_send", 40, CHUNK, False),
    ("after_send_before_commit", 2, CHUNK, True),
    ("after_commit_before_ack", 2, CHUNK, False),  # the next chunk was begun by that commit
]


def two_hundred_due(stage: Stage) -> list[str]:
    stage.do_the_days_round()
    people = stage.seed_cart_people(MESSAGES)
    stage.pass_time(HOUR)
    while abandon.drain(stage.runtime, [stage.store_id]):
        pass
    while advance.drain(stage.runtime, [stage.store_id]):
        pass
    assert stage.states() == {"due": MESSAGES}
    return people


@pytest.mark.slow
@pytest.mark.parametrize(("point", "at", "unknown", "went_out"), POINTS)
def test_a_killed_worker_loses_and_doubles_nothing(
    stage: Stage, tmp_path: Path, point: str, at: int, unknown: int, went_out: bool
) -> None:
    people = two_hundred_due(stage)
    with processes(stage, tmp_path) as hands:
        victim = hands.worker("followups", FAULT_POINT=f"{point}:{at}")
        stage.runtime.queues.wake("deliver", [stage.store_id])
        assert was_killed(victim)
        hands.worker("followups")
        hands.clock(REPRISE_RECONCILE_SECONDS="600,601")
        wait_until(lambda: quiet(stage) and sum(stage.states().values()) == MESSAGES, 40)
    counts, states = stage.sink.counts(), stage.states()
    assert max(counts.values()) == 1
    assert set(states) <= {"sent", "unknown"}
    assert states["unknown"] == unknown
    if went_out:
        assert set(counts) == set(people)
    elif point == "before_send":
        assert len(counts) >= states["sent"]
    else:
        assert len(counts) == states["sent"]
    assert states["sent"] + states["unknown"] == MESSAGES
