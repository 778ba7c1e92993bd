"""Campaigns through the panel's API: made, checked, scheduled, called off, reported, refused."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from jobs import segments
from jobs.runtime import Runtime
from storage import demo_clock
from storage.database import Database
from storage.schema import customers
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.jobs.test_steps import MAIL
from tests.seeding import SmallStore

DOCUMENT = {"name": "Sale", "source": {"everyone": True}, "steps": [MAIL]}
LATER = {"at": "2026-12-01T10:00", "clock": "store"}


@pytest.fixture
def campaign(ask: Ask, maple: SmallStore) -> str:
    answer = ask("/campaigns", "POST", json=DOCUMENT)
    assert answer.status_code == 201, answer.text
    made: str = answer.json["id"]  # type: ignore[index]
    return made


def written_by_hand(document: Any) -> Any:
    """Give a new campaign's document with a text of its own."""
    [step] = document["steps"]
    template = step["template"]
    text = {"id": "text", "kind": "text", "html": "<p>The autumn tea is here.</p>"}
    blocks = [text if one["id"] == "text" else one for one in template["blocks"]]
    return {**document, "steps": [{**step, "template": {**template, "blocks": blocks}}]}


def told(ask: Ask, path: str, method: str = "GET", **options: Any) -> Any:
    answer = ask(path, method, **options)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_campaign_is_made_scheduled_moved_and_called_off(ask: Ask, campaign: str) -> None:
    own = f"/campaigns/{campaign}"
    first = told(ask, own)
    assert (first["state"], first["name"], first["paused"]) == ("draft", "Sale", False)
    assert first["document"]["deadline"] == "PT8H"
    scheduled = told(ask, f"{own}/schedule", "POST", json=LATER)
    assert (scheduled["state"], scheduled["send_at"]) == ("scheduled", "2026-12-01T10:00")
    moved = told(
        ask, f"{own}/schedule", "POST", json={"at": "2026-12-02T09:30", "clock": "customer"}
    )
    assert (moved["send_at"], moved["clock"]) == ("2026-12-02T09:30", "customer")
    renamed = told(ask, own, "PUT", json={**DOCUMENT, "name": "Big sale"})
    assert (renamed["name"], renamed["state"]) == ("Big sale", "scheduled")
    assert told(ask, f"{own}/cancel", "POST", json={})["state"] == "cancelled"
    again = ask(f"{own}/schedule", "POST", json={"now": True})
    assert (again.status_code, "is over" in again.text) == (409, True)
    assert [one["id"] for one in told(ask, "/campaigns")["campaigns"]] == [campaign]


def test_it_is_a_list_of_its_own(ask: Ask, campaign: str) -> None:
    names = [one["name"] for one in told(ask, "/flows")["flows"]]
    assert names == ["Abandoned cart"]


def test_a_check_counts_or_tells_every_problem(ask: Ask, maple: SmallStore) -> None:
    good = told(ask, "/campaigns/check", "POST", json=DOCUMENT)
    assert (good["problems"], good["customers"] > 0) == ([], True)
    bad = told(ask, "/campaigns/check", "POST", json={"name": "", "steps": [], "source": {}})
    assert bad["customers"] is None
    assert {one["field"] for one in bad["problems"]} >= {"source.segment"}
    assert all(one["message"] and one["remedy"] for one in bad["problems"])
    assert told(ask, "/campaigns")["campaigns"] == []


def test_the_report_of_one_that_was_not_sent_is_empty(ask: Ask, campaign: str) -> None:
    report = told(ask, f"/campaigns/{campaign}/report")
    assert (report["recipients"], report["sent"], report["revenue"]) == (0, 0, 0)
    assert (report["waiting"], report["skipped"], report["messages"]) == ([], [], [])


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "Give a date and time, or say now"),
        ({"now": False}, "Give a date and time, or say now"),
        ({"now": True, "at": "2026-12-01T10:00"}, "Give a date and time, or say now"),
        ({"now": True, "clock": "store"}, "Leave it out"),
        ({"at": "tomorrow"}, "Write it by the local clock"),
        ({"at": "2026-12-01T10:00Z"}, "Write it by the local clock"),
        ({"at": "2026-12-01T10:00", "clock": "moon"}, "Must be one of"),
        ({"at": "9999-12-31T23:59"}, "up to the year 2100"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(
    ask: Ask, campaign: str, wanted: dict[str, Any], words: str
) -> None:
    answer = ask(f"/campaigns/{campaign}/schedule", "POST", json=wanted)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text


def test_a_moment_that_is_over_is_refused(ask: Ask, campaign: str) -> None:
    answer = ask(f"/campaigns/{campaign}/schedule", "POST", json={"at": "2026-11-01T10:00"})
    assert (answer.status_code, "That moment is over" in answer.text) == (409, True)


def test_a_wrong_document_names_the_step_the_field_and_the_remedy(ask: Ask, campaign: str) -> None:
    steps = [{**MAIL, "template": {**MAIL["template"], "subject": " "}}]
    answer = ask("/campaigns", "POST", json={**DOCUMENT, "steps": steps})
    assert answer.status_code == 422
    assert answer.json == {
        "field": "subject",
        "message": "mail: subject is empty. Write it; every message needs one.",
    }
    assert ask(f"/campaigns/{campaign}/pause", "POST", json={}).status_code == 409
    assert ask("/campaigns", "POST", json=[1]).status_code == 422


def test_the_neighbour_finds_none_of_it(ask: Ask, campaign: str) -> None:
    own = f"/campaigns/{campaign}"
    asked: list[tuple[str, str, Any]] = [(own, "GET", None), (f"{own}/report", "GET", None)]
    asked += [(f"{own}/{act}", "POST", {}) for act in ("cancel", "pause", "resume")]
    asked += [(f"{own}/schedule", "POST", {"now": True}), (own, "PUT", DOCUMENT)]
    for path, method, body in asked:
        assert ask(path, method, domain=NEIGHBOUR, json=body).status_code == 404, path
    assert told(ask, "/campaigns", domain=NEIGHBOUR)["campaigns"] == []


def test_a_new_one_begins_with_a_message_in_the_stores_look(
    ask: Ask, runtime: Runtime, maple: SmallStore
) -> None:
    big = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
    segment = segments.create(runtime, maple.id, big)
    segments.drain(runtime, [maple.id])
    form = {"name": "Sale {{ x }}", "segment": segment}
    made = ask("/campaigns/begin", "POST", json=form)
    assert made.status_code == 201, made.text
    assert made.json
    own = f"/campaigns/{made.json['id']}"
    one = told(ask, own)
    assert one["aim"] == {"kind": "segment", "id": segment, "name": "Big", "customers": None}
    assert (one["state"], one["progress"]) == ("draft", None)
    assert one["document"]["steps"][0]["template"]["subject"] == "Sale  x"
    assert ask("/campaigns/begin", "POST", json=form, domain=NEIGHBOUR).status_code == 404
    assert ask("/campaigns/begin", "POST", json={"name": ""}).status_code == 422
    everyone = ask("/campaigns/begin", "POST", json={"name": "All"}).json
    assert everyone
    assert everyone["document"]["source"] == {"everyone": True}


def test_a_new_one_is_sent_to_nobody_until_somebody_wrote_it(ask: Ask, maple: SmallStore) -> None:
    made = ask("/campaigns/begin", "POST", json={"name": "All"}).json
    assert made
    own = f"/campaigns/{made['id']}"
    one = told(ask, own)
    assert (
        told(ask, "/campaigns/check", "POST", json=one["document"])["problems"] == one["problems"]
    )
    for wanted in ({"now": True}, LATER):
        refused = ask(f"{own}/schedule", "POST", json=wanted)
        assert refused.status_code == 422
        assert refused.json
        assert refused.json["field"] == "blocks.text.html"
        assert "Write your own words" in refused.json["message"]
    begun = one["document"]
    assert told(ask, own, "PUT", json={**begun, "name": "Later"})["state"] == "draft"
    written = written_by_hand(begun)
    assert told(ask, own, "PUT", json=written)["state"] == "draft"
    assert told(ask, own)["problems"] == []
    assert told(ask, f"{own}/schedule", "POST", json=LATER)["state"] == "scheduled"
    assert ask(own, "PUT", json=begun).status_code == 422  # it would go out so by itself


def test_a_segment_that_was_changed_after_planning_is_told(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    big = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
    segment = ask("/segments", "POST", json=big).json
    assert segment
    made = ask("/campaigns", "POST", json={**DOCUMENT, "source": {"segment": segment["id"]}}).json
    assert made
    own = f"/campaigns/{made['id']}"
    told(ask, f"/segments/{segment['id']}", "PUT", json={**big, "name": "Before"})
    told(ask, f"{own}/schedule", "POST", json=LATER)
    assert told(ask, own)["aim_changed_at"] is None
    demo_clock.advance(database, timedelta(minutes=1))
    told(ask, f"/segments/{segment['id']}", "PUT", json={**big, "name": "After"})
    assert told(ask, own)["aim_changed_at"]
    told(ask, f"{own}/schedule", "POST", json=LATER)
    assert told(ask, own)["aim_changed_at"] is None


def test_it_is_said_whom_each_channel_reaches_and_who_is_left_out_why(
    ask: Ask, campaign: str, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        c = customers.c
        nobody = update(customers).where(c.store_id == maple.id)
        connection.execute(nobody.values(email_consent=None))
        for who, state in ((maple.ada, "subscribed"), (maple.ben, "unsubscribed")):
            connection.execute(update(customers).where(c.id == who).values(email_consent=state))
        gone = {"email": None, "email_key": None, "email_consent": "subscribed"}
        connection.execute(update(customers).where(c.id == maple.cleo).values(gone))
    found = told(ask, f"/campaigns/{campaign}/audience")
    email, sms = found["channels"]
    reasons = {one["reason"]: one["count"] for one in email["left_out"]}
    others = found["customers"] - 3
    assert (email["channel"], email["planned"], email["reached"]) == ("email", True, 1)
    assert reasons == {"no_address": 1, "unsubscribed": 1, "no_consent": others}
    assert (sms["channel"], sms["planned"], sms["reached"]) == ("sms", False, 0)


def test_it_is_said_that_the_people_of_a_new_segment_are_still_being_found(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    big = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
    segment = segments.create(runtime, maple.id, big)
    document = {**DOCUMENT, "source": {"segment": segment}}
    own = ask("/campaigns", "POST", json=document).json["id"]  # type: ignore[index]
    found = told(ask, f"/campaigns/{own}/audience")
    assert (found["building"], found["customers"]) == (True, 0)
    segments.drain(runtime, [maple.id])
    found = told(ask, f"/campaigns/{own}/audience")
    assert (found["building"], found["customers"]) == (False, 1)


def test_the_list_has_pages_and_figures_of_the_own_store(
    ask: Ask, campaign: str, neighbour: SmallStore
) -> None:
    page = told(ask, "/campaigns?page=1")
    assert (page["page"], page["pages"], page["total"]) == (1, 1, 1)
    assert page["campaigns"][0]["aim"]["kind"] == "everyone"
    nothing = {"sent": 0, "opened": 0, "clicked": 0, "ordered": 0, "revenue": 0}
    figures = told(ask, f"/campaigns/figures?ids={campaign}")
    assert figures == {"figures": {campaign: nothing}}
    assert told(ask, f"/campaigns/figures?ids={campaign}", domain=NEIGHBOUR) == {"figures": {}}
    assert told(ask, "/campaigns", domain=NEIGHBOUR)["total"] == 0
    assert ask("/campaigns/figures").status_code == 422


def test_whoever_changes_or_sends_what_another_changed_meanwhile_is_told_so(
    ask: Ask, campaign: str
) -> None:
    own = f"/campaigns/{campaign}"
    first = told(ask, own)["revision"]
    same = told(ask, own, "PUT", json=told(ask, own)["document"])
    assert same["revision"] == first
    renamed = told(ask, own, "PUT", json={**DOCUMENT, "name": "Theirs"})
    assert renamed["revision"] == first + 1
    for path, method, body in (
        (own, "PUT", {**DOCUMENT, "name": "Mine"}),
        (f"{own}/schedule", "POST", LATER),
    ):
        answer = over(ask, first, path, method, body)
        assert answer.status_code == 409, answer.text
        assert "was changed elsewhere meanwhile" in answer.json["message"]  # type: ignore[index]
        assert answer.json["revision"] == first + 1  # type: ignore[index]
        assert answer.json["changed_by"]["kind"] == "you"  # type: ignore[index]
        assert answer.json["document"]["name"] == "Theirs"  # type: ignore[index]
    kept = told(ask, own)
    assert (kept["name"], kept["state"]) == ("Theirs", "draft")
    mine = over(ask, first + 1, own, "PUT", {**DOCUMENT, "name": "Mine"})
    assert (mine.status_code, mine.json["name"]) == (200, "Mine")  # type: ignore[index]
    assert over(ask, first + 2, f"{own}/schedule", "POST", LATER).status_code == 200
    assert over(ask, "soon", own, "PUT", DOCUMENT).status_code == 422


def over(ask: Ask, revision: int | str, path: str, method: str, body: Any) -> TestResponse:
    """Ask for a change of what somebody looked at."""
    return ask(path, method, json=body, more={"If-Match": str(revision)})
