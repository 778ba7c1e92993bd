"""Picking the winner of a split: everyone from then on, in any version; nobody is moved."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import drafts, publish, winners
from jobs.drafts import NoSuchFlow
from jobs.winners import NoSuchVariant
from marketing import flow_schema
from storage import flows, schema
from tests.jobs.stage import Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, PLACED, a_flow

DAY = timedelta(days=1)


def a_split(*keys: str, rest: str = "PT1H") -> dict[str, Any]:
    delay = {"kind": "delay", "duration": rest}
    arms = [
        {"key": key, "weight": 1, "steps": [{**delay, "id": f"d{key}"}, {**MAIL, "id": f"m{key}"}]}
        for key in keys
    ]
    return {"kind": "split", "id": "test", "variants": arms}


def ways(stage: Stage) -> set[str]:
    return {row.choices.get("test") for row in stage.rows(schema.enrollments)}


def test_from_the_pick_on_everyone_takes_the_winner_and_nobody_is_moved(stage: Stage) -> None:
    flow = a_flow(stage, {"kind": "delay", "id": "first", "duration": "PT1H"}, a_split("a", "b"))
    early = [stage.customer(f"E{n}") for n in range(24)]
    for one in early:
        ordered(stage, one)
    stage.live(timedelta(minutes=70), timedelta(minutes=70))
    assert ways(stage) == {"a", "b"}
    before = {row.id: row.choices for row in stage.rows(schema.enrollments)}
    late = [stage.customer(f"L{n}") for n in range(8)]
    for one in late:
        ordered(stage, one)
    stage.work()
    winners.pick(stage.runtime, stage.store_id, flow, "test", "b")
    stage.live(timedelta(hours=4), timedelta(minutes=70))
    for row in stage.rows(schema.enrollments):
        kept = before.get(row.id, {"test": "b"})
        assert row.choices["test"] == kept["test"]
    sent = {row.enrollment_id: row.step_id for row in stage.messages(state="sent")}
    assert len(sent) == 32
    assert {sent[row_id] for row_id, choices in before.items() if choices["test"] == "a"} == {"ma"}


def test_chance_decides_again_when_the_winner_is_taken_back(stage: Stage) -> None:
    flow = a_flow(stage, a_split("a", "b"))
    winners.pick(stage.runtime, stage.store_id, flow, "test", "a")
    winners.pick(stage.runtime, stage.store_id, flow, "test", None)
    for n in range(24):
        ordered(stage, stage.customer(f"P{n}"))
    stage.work()
    assert ways(stage) == {"a", "b"}


def test_a_pick_that_can_not_be_names_what_there_is(stage: Stage) -> None:
    flow = a_flow(stage, a_split("a", "b"), MAIL)
    for split, key, told in (("test", "z", "a, b"), ("mail", "a", "no split mail")):
        with pytest.raises(NoSuchVariant, match=told):
            winners.pick(stage.runtime, stage.store_id, flow, split, key)
    with pytest.raises(NoSuchFlow):
        winners.pick(stage.runtime, stage.stranger_id, flow, "test", "a")


def test_a_new_version_keeps_the_winner_that_it_still_has(stage: Stage) -> None:
    flow = a_flow(stage, a_split("a", "b"))
    winners.pick(stage.runtime, stage.store_id, flow, "test", "b")

    def published(*keys: str) -> dict[str, str]:
        document = {"name": "Steps", "trigger": PLACED, "steps": [a_split(*keys)]}
        drafts.save_draft(stage.runtime, stage.store_id, flow, document)
        publish.publish(stage.runtime, stage.store_id, flow)
        with stage.database.reading() as connection:
            stored = flows.get(connection, stage.store_id, flow)
        assert stored
        return dict(stored.winners)

    assert published("a", "b", "c") == {"test": "b"}
    assert published("a", "c") == {}
    assert flow_schema.load(stage.rows(schema.flows, id=flow)[0].draft)
