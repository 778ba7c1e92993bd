"""kill -9 in the middle of a campaign: each of its people has it once."""

from pathlib import Path

import pytest

from jobs import campaigns
from storage import schema
from tests.faults.harness import processes, wait_until, was_killed
from tests.jobs.stage import Stage
from tests.jobs.test_campaigns import made

PEOPLE = 2000


@pytest.mark.slow
def test_a_campaign_whose_worker_is_killed_midway_reaches_each_once(
    stage: Stage, tmp_path: Path
) -> None:
    people = stage.seed_cart_people(PEOPLE)
    with stage.database.writing() as connection:
        connection.execute(schema.carts.update().values(idle_at=None))
    campaign_id = made(stage)
    with processes(stage, tmp_path) as hands:
        victim = hands.worker("bulk", FAULT_POINT="in_intake_batch:5")
        hands.worker("followups")
        hands.clock()
        campaigns.schedule(stage.runtime, stage.store_id, campaign_id, None)
        assert was_killed(victim)
        hands.worker("bulk")
        wait_until(lambda: len(stage.sink.taken) >= PEOPLE, 90, "the campaign")
        wait_until(lambda: stage.states() == {"sent": PEOPLE}, 20, "the last word")
    assert stage.sink.counts() == dict.fromkeys(people, 1)
    (intake,) = stage.rows(schema.intakes)
    assert (intake.state, intake.seen, intake.entered) == ("done", PEOPLE, PEOPLE)
