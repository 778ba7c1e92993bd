"""Flows from outside: written, checked, published, paused, entered by hand, counted."""

from datetime import timedelta
from typing import Any

from storage import schema
from tests.jobs.stage import Stage
from tests.public_api.conftest import A_FLOW, Program

DAY = timedelta(days=1)


def published(program: Program, document: dict[str, Any] | None = None) -> str:
    flow = program.told("POST", "/flows", document or A_FLOW)
    program.told("POST", f"/flows/{flow['id']}/publish")
    return str(flow["id"])


def test_a_flow_is_created_changed_and_read_back(program: Program, stranger: Program) -> None:
    made = program.told("POST", "/flows", A_FLOW)
    assert (made["status"], made["live_version"], made["problems"]) == ("draft", None, [])
    renamed = {**A_FLOW, "name": "Thanks again"}
    assert program.told("PUT", f"/flows/{made['id']}/draft", renamed)["name"] == "Thanks again"
    read = program.told("GET", f"/flows/{made['id']}")
    assert read["draft"]["name"] == "Thanks again"
    assert read["draft"]["steps"][1] == {
        "kind": "delay", "id": "later", "duration": "P1D", "since": "previous",
    }  # fmt: skip
    assert [one["name"] for one in program.told("GET", "/flows")["flows"]] == [
        "Abandoned cart",
        "Thanks again",
    ]
    assert len(stranger.told("GET", "/flows")["flows"]) == 1


def test_a_bad_document_is_refused_with_step_field_and_remedy(program: Program) -> None:
    message, delay = A_FLOW["steps"]
    bad = {**A_FLOW, "steps": [message, {**delay, "duration": "tomorrow"}]}
    told = program.refused(422, "POST", "/flows", bad)
    assert told["problems"] == [
        {
            "step": "later",
            "field": "duration",
            "message": "is no duration",
            "remedy": "Write PT12H for twelve hours, PT30M for 30 minutes, P1D for a day.",
        }
    ]
    assert told["message"].startswith("later: duration is no duration. Write PT12H for")
    assert told["field"] == "duration"


def test_checking_finds_what_only_publishing_would(program: Program, stage: Stage) -> None:
    message, delay = A_FLOW["steps"]
    words = {**message["template"], "text": "{{ customer.first_name | shout }}"}
    bad = {**A_FLOW, "steps": [{**message, "template": words}, delay]}
    problems = program.told("POST", "/flows/check", bad)["problems"]
    assert [(one["step"], one["field"]) for one in problems] == [("thanks", "text")]
    assert program.told("POST", "/flows/check", A_FLOW) == {"problems": [], "warnings": []}
    assert len(stage.rows(schema.flows, store_id=stage.store_id)) == 1
    flow = program.told("POST", "/flows", bad)
    refused = program.refused(409, "POST", f"/flows/{flow['id']}/publish")
    assert refused["problems"] == problems


def test_checking_tells_of_a_templates_slip_beside_a_steps(program: Program) -> None:
    message, delay = A_FLOW["steps"]
    words = {**message["template"], "text": "{{ customer.first_name | shout }}"}
    bad = {**A_FLOW, "steps": [{**message, "template": words}, {**delay, "duration": "soon"}]}
    problems = program.told("POST", "/flows/check", bad)["problems"]
    assert {(one["step"], one["field"]) for one in problems} == {
        ("later", "duration"),
        ("thanks", "text"),
    }


def test_a_message_by_a_channel_that_is_not_connected_is_a_warning(program: Program) -> None:
    message, delay = A_FLOW["steps"]
    texted = {**A_FLOW, "steps": [{**message, "channel": "sms"}, delay]}
    (warning,) = program.told("POST", "/flows/check", texted)["warnings"]
    assert (warning["step"], warning["field"]) == ("thanks", "channels")
    broken = {**texted, "steps": [texted["steps"][0], {**delay, "duration": "soon"}]}
    assert program.told("POST", "/flows/check", broken)["warnings"] == [warning]
    assert "none of its channels is connected" in warning["message"]
    either = {**A_FLOW, "steps": [{**message, "channels": ["sms", "email"]}, delay]}
    assert program.told("POST", "/flows/check", either)["warnings"] == []


def test_another_live_flow_for_the_same_people_is_a_warning_and_no_obstacle(
    program: Program, stranger: Program
) -> None:
    first = published(program)
    theirs = stranger.told("POST", "/flows", A_FLOW)
    assert stranger.told("POST", f"/flows/{theirs['id']}/publish")["warnings"] == []
    second = program.told("POST", "/flows", {**A_FLOW, "name": "Thanks, twice"})
    for told in (second, program.told("POST", "/flows/check", A_FLOW)):
        (warning,) = told["warnings"]
        assert (warning["step"], warning["field"]) == ("trigger", "")
        assert f"same trigger: “{A_FLOW['name']}”" in warning["message"]
        assert "narrow their filters" in warning["remedy"]
    door = f"/flows/{second['id']}"
    assert program.told("POST", f"{door}/publish")["warnings"] == second["warnings"]
    assert "Thanks, twice" in str(program.told("GET", f"/flows/{first}")["warnings"])
    program.told("POST", f"/flows/{first}/pause")
    assert program.told("GET", door)["warnings"] == []


def test_a_flow_is_published_paused_and_resumed_version_by_version(program: Program) -> None:
    flow_id = published(program)
    door = f"/flows/{flow_id}"
    assert program.told("POST", f"{door}/pause")["status"] == "paused"
    assert program.told("POST", f"{door}/resume")["status"] == "live"
    program.told("PUT", f"{door}/draft", {**A_FLOW, "name": "Second"})
    assert program.told("POST", f"{door}/publish")["live_version"] == 2
    versions = program.told("GET", f"{door}/versions")["versions"]
    assert [(one["number"], one["is_live"]) for one in versions] == [(2, True), (1, False)]
    first = program.told("GET", f"{door}/versions/1")["document"]
    assert first["name"] == "Thank you"
    assert program.told("PUT", f"{door}/draft", first)["name"] == "Thank you"
    program.refused(404, "GET", f"{door}/versions/3")


def test_customers_enter_by_hand_and_are_counted_where_they_stand(
    program: Program, stage: Stage
) -> None:
    flow_id = published(program)
    ada, bo, gone = stage.customer("Ada"), stage.customer("Bo"), stage.customer("Gone")
    stage.change(schema.customers, gone, deleted_at=stage.now)
    theirs = stage.customer("Eve", store_id=stage.stranger_id)
    wanted = {"customer_ids": [ada, bo, theirs, gone, ada], "subject": "spring"}
    told = program.told("POST", f"/flows/{flow_id}/enrollments", wanted)
    assert told["entered"] == 2
    assert [(one["state"], one["reason"]) for one in told["customers"]] == [
        ("entered", None),
        ("entered", None),
        ("kept_out", "unknown"),
        ("kept_out", "unknown"),
    ]
    again = program.told("POST", f"/flows/{flow_id}/enrollments", wanted)
    assert again["entered"] == 0
    assert again["customers"][0]["reason"] == "already_enrolled"
    stage.work()
    assert len(stage.sink.mails) == 2
    counts = program.told("GET", f"/flows/{flow_id}/counts")
    assert (counts["entered"], counts["waiting"], counts["ended"]) == (2, 2, {})
    assert [(one["step"], one["kind"], one["waiting"]) for one in counts["steps"]] == [
        ("thanks", "message", 0),
        ("later", "delay", 2),
    ]
    stage.live(DAY + timedelta(hours=1), timedelta(hours=5))
    counts = program.told("GET", f"/flows/{flow_id}/counts")
    assert (counts["waiting"], counts["ended"]) == (0, {"completed": 2})


def test_an_exit_is_counted_at_the_step_where_it_happened(program: Program, stage: Stage) -> None:
    flow_id = published(program)
    ada = stage.customer("Ada")
    program.told("POST", f"/flows/{flow_id}/enrollments", {"customer_ids": [ada]})
    stage.work()
    with stage.database.writing() as connection:
        connection.execute(
            schema.enrollments.update()
            .where(schema.enrollments.c.customer_id == ada)
            .values(state="ended", end_reason="exit_event")
        )
    step = program.told("GET", f"/flows/{flow_id}/counts")["steps"][1]
    assert (step["waiting"], step["ended"]) == (0, {"exit_event": 1})


def test_a_filter_keeps_people_out_by_hand_too_and_says_so(program: Program, stage: Stage) -> None:
    only = {"op": "eq", "field": "customer.country", "value": "DE"}
    flow_id = published(program, {**A_FLOW, "filter": only})
    ada, bo = stage.customer("Ada", country="US"), stage.customer("Bo", country="DE")
    told = program.told("POST", f"/flows/{flow_id}/enrollments", {"customer_ids": [ada, bo]})
    assert [one["reason"] for one in told["customers"]] == ["filtered", None]


def test_nobody_enters_a_draft_or_a_paused_flow(program: Program, stage: Stage) -> None:
    draft = program.told("POST", "/flows", A_FLOW)["id"]
    wanted = {"customer_ids": [stage.customer()]}
    assert "live" in program.refused(409, "POST", f"/flows/{draft}/enrollments", wanted)["message"]
    program.told("POST", f"/flows/{draft}/publish")
    program.told("POST", f"/flows/{draft}/pause")
    program.refused(409, "POST", f"/flows/{draft}/enrollments", wanted)
    for bad in ([], ["x"], [stage.customer()] * 1001):
        program.refused(422, "POST", f"/flows/{draft}/enrollments", {"customer_ids": bad})
