"""Letting many into a flow through the panel's API: what it takes, tells, and refuses."""

from typing import Any

import pytest

from jobs import drafts, intake, publish
from jobs.runtime import Runtime
from marketing.said import as_kept
from storage import intakes
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.jobs.test_steps import MAIL
from tests.seeding import NOW, SmallStore


@pytest.fixture
def flow_id(runtime: Runtime, maple: SmallStore) -> str:
    document = {"name": "By hand", "trigger": {"event": "manual"}, "steps": [MAIL]}
    flow_id = drafts.create(runtime, maple.id, document)
    publish.publish(runtime, maple.id, flow_id)
    return flow_id


def test_an_intake_is_ordered_looked_at_and_called_off(ask: Ask, flow_id: str) -> None:
    door = f"/flows/{flow_id}/enrol"
    answer = ask(door, "POST", json={"source": {"everyone": True}})
    assert answer.status_code == 202, answer.text
    told: Any = answer.json
    assert (told["state"], told["source"], told["seen"]) == ("waiting", {"everyone": True}, 0)
    listed: Any = ask(f"/flows/{flow_id}/intakes").json
    assert [one["id"] for one in listed["intakes"]] == [told["id"]]
    own = f"/intakes/{told['id']}"
    assert ask(f"{own}/cancel", "POST", json={}).json["state"] == "cancelled"  # type: ignore[index]
    assert ask(own).json["state"] == "cancelled"  # type: ignore[index]
    again = ask(f"{own}/cancel", "POST", json={})
    assert (again.status_code, "ended already" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ({}, 422, "Give one of"),
        ({"everyone": True, "segment": "6f2c3d9e-0000-7000-8000-000000000000"}, 422, "Give one of"),
        ({"everyone": False}, 422, "leave it out"),
        ({"customers": []}, 422, "Name 1 to 5,000"),
        ({"customers": ["x"]}, 422, "UUID"),
        ({"all": True}, 422, "Unknown field"),
        ({"customers": ["6f2c3d9e-0000-7000-8000-000000000000"]}, 404, "no customer"),
        ({"segment": "6f2c3d9e-0000-7000-8000-000000000000"}, 404, "no segment"),
    ],
)
def test_who_is_meant_has_to_be_said_and_to_be_there(
    ask: Ask, flow_id: str, source: dict[str, Any], code: int, words: str
) -> None:
    answer = ask(f"/flows/{flow_id}/enrol", "POST", json={"source": source})
    assert (answer.status_code, words in answer.text) == (code, True), answer.text


def test_why_nobody_else_is_let_in_is_said_in_the_language_of_the_panel(
    ask: Ask, flow_id: str, runtime: Runtime, maple: SmallStore
) -> None:
    body = {"source": {"everyone": True}}
    ordered: Any = ask(f"/flows/{flow_id}/enrol", "POST", json=body).json
    with runtime.database.writing() as connection:
        why = as_kept(intake.NO_SEGMENT)
        intakes.end(connection, maple.id, ordered["id"], intakes.FAILED, NOW, why)
    for language, words in {"en": "The segment was removed", "de": "Das Segment wurde"}.items():
        told: Any = ask(f"/intakes/{ordered['id']}", more={"Accept-Language": language}).json
        assert told["error"].startswith(words)


def test_a_draft_refuses_and_says_what_to_do(ask: Ask, runtime: Runtime, maple: SmallStore) -> None:
    document = {"name": "Later", "trigger": {"event": "manual"}, "steps": [MAIL]}
    flow_id = drafts.create(runtime, maple.id, document)
    answer = ask(f"/flows/{flow_id}/enrol", "POST", json={"source": {"everyone": True}})
    assert (answer.status_code, "Publish it first" in answer.text) == (409, True)


@pytest.fixture
def welcome(runtime: Runtime, maple: SmallStore) -> str:
    document = {"name": "Welcome", "trigger": {"event": "customer.created"}, "steps": [MAIL]}
    flow_id = drafts.create(runtime, maple.id, document)
    publish.publish(runtime, maple.id, flow_id)
    return flow_id


def test_people_from_the_past_are_counted_first_and_placed_then(ask: Ask, welcome: str) -> None:
    door = f"/flows/{welcome}/backfill"
    for dry in (True, False):
        answer = ask(door, "POST", json={"days": 30, "dry_run": dry})
        assert answer.status_code == 202, answer.text
        told: Any = answer.json
        assert (told["kind"], told["dry_run"], told["standing"]) == ("past", dry, {})
        assert told["since"].startswith("2026-10-21")


@pytest.mark.parametrize(
    "asked", [{}, {"days": 0}, {"days": 400}, {"days": "3"}, {"days": 3, "dry": 1}]
)
def test_how_far_back_has_to_be_said_in_days(ask: Ask, welcome: str, asked: dict[str, Any]) -> None:
    assert ask(f"/flows/{welcome}/backfill", "POST", json=asked).status_code == 422


def test_a_flow_without_a_past_says_so(ask: Ask, flow_id: str) -> None:
    answer = ask(f"/flows/{flow_id}/backfill", "POST", json={"days": 3})
    assert (answer.status_code, "Enroll a segment instead" in answer.text) == (409, True)


def test_the_neighbour_finds_none_of_it(ask: Ask, flow_id: str) -> None:
    told: Any = ask(f"/flows/{flow_id}/enrol", "POST", json={"source": {"everyone": True}}).json
    everyone = {"source": {"everyone": True}}
    for path, method, body in (
        (f"/flows/{flow_id}/enrol", "POST", everyone),
        (f"/flows/{flow_id}/backfill", "POST", {"days": 3}),
        (f"/flows/{flow_id}/intakes", "GET", None),
        (f"/intakes/{told['id']}", "GET", None),
        (f"/intakes/{told['id']}/cancel", "POST", {}),
    ):
        assert ask(path, method, domain=NEIGHBOUR, json=body).status_code == 404
