"""Segments from outside: checked, counted, kept, changed, let into flows."""

from typing import Any

from jobs import intake, segments
from storage import schema
from tests.jobs.firing import entries
from tests.jobs.stage import Stage
from tests.public_api.conftest import A_FLOW, Program

BIG = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
BAD = {"name": "Big", "condition": {"op": "is", "field": "customer.spent", "value": 5000}}


def built(stage: Stage) -> None:
    while segments.drain(stage.runtime, [stage.store_id]):
        pass


def test_a_segment_is_checked_counted_kept_changed_and_removed(
    program: Program, stranger: Program, stage: Stage
) -> None:
    rich, richer = sorted([stage.customer(spent=6000), stage.customer("Bo", spent=9000)])
    stage.customer("Eve", store_id=stage.stranger_id, spent=9000)
    assert program.told("POST", "/segments/check", BIG) == {"problems": []}
    counted = program.told("POST", "/segments/count", BIG)
    assert (counted["customers"], counted["reach"]["email"]) == (2, 2)
    assert sorted(counted["samples"]) == [rich, richer]
    assert stage.rows(schema.segments) == []
    made = program.told("POST", "/segments", BIG)
    assert (made["state"], made["condition"]["field"]) == ("building", "customer.spent")
    built(stage)
    door = f"/segments/{made['id']}"
    assert program.told("GET", door)["customers"] == 2
    first = program.told("GET", f"{door}/members?limit=1")
    assert first == {"customer_ids": [rich], "next": rich}
    second = program.told("GET", f"{door}/members?limit=1&after={rich}")
    assert second == {"customer_ids": [richer], "next": None}
    more = {**BIG, "condition": {**BIG["condition"], "value": 7000}}  # type: ignore[dict-item]
    assert program.told("PUT", door, more)["condition"]["value"] == 7000
    built(stage)
    assert [one["customers"] for one in program.told("GET", "/segments")["segments"]] == [1]
    assert stranger.told("GET", "/segments")["segments"] == []
    assert program.told("DELETE", door) == {"id": made["id"]}
    program.refused(404, "GET", door)


def test_a_bad_segment_is_refused_with_field_and_remedy(program: Program) -> None:
    problems = program.told("POST", "/segments/check", BAD)["problems"]
    assert [(one["field"], one["message"]) for one in problems] == [
        ("condition.op", "has an unknown op")
    ]
    for method, path in (("POST", "/segments"), ("POST", "/segments/count")):
        told = program.refused(422, method, path, BAD)
        assert told["problems"] == problems
        assert told["message"].startswith("condition.op has an unknown op. Use one of")
    program.told("POST", "/segments", BIG)
    assert "another segment" in program.refused(422, "POST", "/segments", BIG)["message"]
    program.refused(400, "POST", "/segments", ["x"])


def test_a_segment_that_is_asked_about_is_not_removed(program: Program) -> None:
    made = program.told("POST", "/segments", BIG)["id"]
    asking: dict[str, Any] = {"name": "Not big", "condition": {"op": "none", "of": [
        {"op": "in_segment", "value": made}]}}  # fmt: skip
    program.told("POST", "/segments", asking)
    assert "Not big" in program.refused(409, "DELETE", f"/segments/{made}")["message"]


def test_people_are_let_into_a_flow_in_batches(program: Program, stage: Stage) -> None:
    flow_id = program.told("POST", "/flows", A_FLOW)["id"]
    door, source = f"/flows/{flow_id}/intakes", {"source": {"everyone": True}}
    assert "draft" in program.refused(409, "POST", door, source)["message"]
    program.told("POST", f"/flows/{flow_id}/publish")
    ada = stage.customer("Ada")
    asked = program.told("POST", door, source)
    while intake.drain(stage.runtime, [stage.store_id]):
        pass
    done = program.told("GET", f"/intakes/{asked['id']}")
    assert (done["state"], done["entered"]) == ("done", 1)
    assert program.told("GET", door)["intakes"] == [done]
    assert [who for who, _ in entries(stage, flow_id)] == [ada]
    assert (
        "ended already" in program.refused(409, "POST", f"/intakes/{asked['id']}/cancel")["message"]
    )
