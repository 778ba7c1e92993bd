"""Flows that start and stop flows: no ring goes live, and one that did in spite of all ends."""

from typing import Any

import pytest

from jobs import actions, advance, drafts, publish
from marketing import flow_schema
from marketing.flow_schema import BadFlow
from storage import flows, schema
from tests.jobs.stage import Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow

MANUAL = {"event": "manual"}


def start(flow_id: str, step: str = "go") -> dict[str, Any]:
    return {"kind": "start_flow", "id": step, "flow": flow_id}


def redraw(stage: Stage, flow_id: str, name: str, *steps: dict[str, Any]) -> None:
    document = {"name": name, "trigger": MANUAL, "steps": list(steps)}
    drafts.save_draft(stage.runtime, stage.store_id, flow_id, document)


def go_live(stage: Stage, flow_id: str) -> None:
    publish.publish(stage.runtime, stage.store_id, flow_id)


def force_live(stage: Stage, flow_id: str, *steps: dict[str, Any]) -> None:
    """Make a version live as two who publish at the same moment can: each sees no ring yet."""
    flow = flow_schema.load({"name": "Forced", "trigger": MANUAL, "steps": list(steps)})
    with stage.database.writing() as connection:
        now = stage.database.now(connection)
        flows.add_version(connection, stage.store_id, flow_id, flow, {}, now)


def test_a_flow_that_starts_itself_does_not_go_live(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    redraw(stage, flow_id, "Snake", MAIL, start(flow_id))
    with pytest.raises(BadFlow, match="starts a ring of flows: Snake → Snake") as refused:
        go_live(stage, flow_id)
    (problem,) = refused.value.problems
    assert (problem.step, problem.field) == ("go", "flow")


def test_a_ring_through_others_is_refused_with_its_way(stage: Stage) -> None:
    third = a_flow(stage, MAIL, trigger=MANUAL)
    second = a_flow(stage, start(third), trigger=MANUAL)
    first = a_flow(stage, start(second), trigger=MANUAL)
    redraw(stage, third, "Third", start(first))
    with pytest.raises(BadFlow, match="ring of flows: Third → Steps → Steps → Third"):
        go_live(stage, third)
    redraw(stage, third, "Third", {**start(first), "kind": "stop_flow"})
    go_live(stage, third)


@pytest.mark.parametrize("kind", ["start_flow", "stop_flow"])
def test_a_flow_of_nobody_or_of_another_store_is_refused(stage: Stage, kind: str) -> None:
    for other in (stage.flow_id(stage.stranger_id), schema.new_id(), "welcome"):
        with pytest.raises(BadFlow, match="names no flow of this store"):
            a_flow(stage, {**start(other), "kind": kind}, MAIL)


@pytest.mark.parametrize(("pause", "reason"), [(True, "flow_paused"), (False, "flow_not_live")])
def test_a_flow_that_is_not_live_is_not_started_and_the_timeline_says_why(
    stage: Stage, *, pause: bool, reason: str
) -> None:
    document = {"name": "Other", "trigger": MANUAL, "steps": [{**MAIL, "id": "never"}]}
    other = drafts.create(stage.runtime, stage.store_id, document)
    if pause:
        go_live(stage, other)
        publish.pause(stage.runtime, stage.store_id, other)
    a_flow(stage, start(other), MAIL)
    ada = stage.customer()
    ordered(stage, ada)
    stage.work()
    assert stage.rows(schema.enrollments, flow_id=other) == []
    (skipped,) = stage.events("flow.skipped")
    assert (skipped.customer_id, skipped.data["flow_id"]) == (ada, other)
    assert skipped.data["reason"] == reason
    assert len(stage.sink.mails) == 1


def test_a_ring_that_went_live_in_spite_of_all_ends(stage: Stage) -> None:
    one, two = (a_flow(stage, MAIL, trigger=MANUAL) for _ in "12")
    force_live(stage, one, start(two))
    force_live(stage, two, start(one))
    a_flow(stage, start(one))
    ordered(stage, stage.customer())
    while advance.drain(stage.runtime, [stage.store_id]):
        pass
    for _ in range(2 * actions.LONGEST_CHAIN):
        stage.work()
    rows = stage.rows(schema.enrollments, flow_id=one) + stage.rows(schema.enrollments, flow_id=two)
    assert len(rows) == actions.LONGEST_CHAIN
    (skipped,) = stage.events("flow.skipped")
    assert skipped.data["reason"] == "chain_too_long"
