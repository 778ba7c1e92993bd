"""Drafts that two people edit, and versions: told, compared, brought back; a stranger sees none."""

from typing import Any

import pytest

from jobs import publish
from jobs.runtime import Runtime
from marketing import recipes
from marketing.flow_schema import dump
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, Ask, token_for
from tests.embedded_ui.test_api import told
from tests.seeding import SmallStore

GOOD = dump(recipes.load("abandoned-cart"))
GOOD = {**GOOD, "recipe": None}
YOU = {"kind": "you", "name": None}
SOMEONE = {"kind": "person", "name": None}


def new_flow(ask: Ask, document: dict[str, Any] = GOOD) -> str:
    made = ask("/flows", "POST", json=document)
    assert made.status_code == 201, made.json
    assert made.json
    return str(made.json["id"])


def wait_of(hours: int) -> dict[str, Any]:
    delay = {"kind": "delay", "id": "until-objection", "duration": f"PT{hours}H"}
    steps = [delay if one["id"] == "until-objection" else one for one in GOOD["steps"]]
    return {**GOOD, "steps": steps}


def test_a_draft_that_somebody_else_changed_is_not_written_over(
    ask: Ask, client: Any, maple: SmallStore
) -> None:
    flow_id = new_flow(ask)
    door = f"/flows/{flow_id}/draft"
    first = told(ask, door)
    assert (first["revision"], first["live"], first["changed_by"]) == (1, None, None)
    other = {"Authorization": f"Bearer {token_for(MAPLE, sub='7')}", "If-Match": "1"}
    theirs = client.put(f"/panel/api{door}", json=wait_of(3), headers=other).json
    assert (theirs["revision"], theirs["changed_by"]) == (2, YOU)
    mine = {"headers": {"Authorization": f"Bearer {token_for(MAPLE)}", "If-Match": "1"}}
    refused = client.put(f"/panel/api{door}", json=wait_of(4), **mine)
    assert refused.status_code == 409
    assert refused.json["revision"] == 2
    assert refused.json["changed_by"] == SOMEONE
    assert refused.json["changed_at"]
    assert refused.json["draft"] == theirs["draft"]
    assert told(ask, door)["draft"] == theirs["draft"]


def test_keeping_the_same_again_is_no_change(ask: Ask, maple: SmallStore) -> None:
    flow_id = new_flow(ask)
    door = f"/flows/{flow_id}/draft"
    draft = told(ask, door)["draft"]
    assert told(ask, door, method="PUT", json=draft)["revision"] == 1


def test_an_unfinished_draft_is_kept_with_what_it_lacks(ask: Ask, maple: SmallStore) -> None:
    steps = [
        {"kind": "condition", "id": "q", "condition": {"op": "all", "of": []}},
        {"kind": "start_flow", "id": "next", "flow": ""},
        {"kind": "notify_staff", "id": "team", "subject": "", "text": ""},
    ]
    flow_id = new_flow(ask, {"name": "Half", "trigger": {"event": "segment.entered"}, "steps": []})
    kept = told(
        ask,
        f"/flows/{flow_id}/draft",
        method="PUT",
        json={"name": "Half", "trigger": {"event": "segment.entered"}, "steps": steps},
    )
    found = {(one["step"], one["field"]) for one in kept["problems"]}
    assert {("trigger", "segment"), ("q", "condition"), ("next", "flow")} <= found
    assert ("team", "subject") in found
    assert ask(f"/flows/{flow_id}/publish", "POST", json={}).status_code == 409
    drawn = told(ask, f"/flows/{flow_id}")
    assert [one["id"] for one in drawn["steps"]] == ["q", "next", "team"]
    assert drawn["trigger"]["event"] == "segment.entered"


def test_a_version_that_can_go_live_no_more_leaves_the_draft_as_it_is(
    ask: Ask, maple: SmallStore
) -> None:
    big = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
    segment = ask("/segments", "POST", json=big).json
    assert segment
    asks = {**GOOD, "filter": {"op": "in_segment", "value": segment["id"]}}
    flow_id = new_flow(ask, asks)
    told(ask, f"/flows/{flow_id}/publish", method="POST", json={})
    told(ask, f"/flows/{flow_id}/draft", method="PUT", json=GOOD)
    told(ask, f"/flows/{flow_id}/publish", method="POST", json={})
    assert ask(f"/segments/{segment['id']}", "DELETE").status_code == 200
    before = told(ask, f"/flows/{flow_id}/draft")
    assert ask(f"/flows/{flow_id}/versions/1/publish", "POST", json={}).status_code == 409
    assert ask(f"/flows/{flow_id}/versions/7/publish", "POST", json={}).status_code == 404
    assert told(ask, f"/flows/{flow_id}/draft") == before
    assert told(ask, f"/flows/{flow_id}")["live_version"] == 2


def test_publishing_names_the_draft_that_was_looked_at(ask: Ask, maple: SmallStore) -> None:
    flow_id = new_flow(ask)
    told(ask, f"/flows/{flow_id}/draft", method="PUT", json=wait_of(3))
    refused = ask(f"/flows/{flow_id}/publish", "POST", json={"revision": 1})
    assert refused.status_code == 409
    assert refused.json
    assert refused.json["revision"] == 2
    done = told(ask, f"/flows/{flow_id}/publish", method="POST", json={"revision": 2})
    assert (done["status"], done["live_version"]) == ("live", 1)
    assert told(ask, f"/flows/{flow_id}/draft")["live"]["steps"][1]["duration"] == "PT3H"


def test_versions_are_listed_compared_and_brought_back(
    ask: Ask, runtime: Runtime, maple: SmallStore
) -> None:
    flow_id = new_flow(ask)
    publish.publish(runtime, maple.id, flow_id)
    told(ask, f"/flows/{flow_id}/draft", method="PUT", json=wait_of(3))
    told(ask, f"/flows/{flow_id}/publish", method="POST", json={})
    versions = told(ask, f"/flows/{flow_id}/versions")["versions"]
    assert [(one["number"], one["is_live"]) for one in versions] == [(2, True), (1, False)]
    assert [one["published_by"] for one in versions] == [YOU, None]
    assert [one["waiting"] for one in versions] == [0, 0]
    one = told(ask, f"/flows/{flow_id}/versions/1")
    assert one["document"]["steps"][1]["duration"] == "PT12H"
    assert told(ask, f"/flows/{flow_id}/diff")["changes"] == []
    diff = told(ask, f"/flows/{flow_id}/diff?from=1&to=live")
    (change,) = diff["changes"]
    assert (change["step"], change["what"], change["kind"]) == (
        "until-objection", "changed", "delay",
    )  # fmt: skip
    assert {"field": "duration", "before": "PT12H", "after": "PT3H"} in change["fields"]
    door = f"/flows/{flow_id}/versions/1/restore"
    back = told(ask, door, method="POST", json={"revision": 2})
    assert (back["revision"], back["live_version"]) == (3, 2)
    assert back["draft"]["steps"][1]["duration"] == "PT12H"
    assert ask(door, "POST", json={"revision": 2}).status_code == 409
    again = told(ask, f"/flows/{flow_id}/versions/1/publish", method="POST", json={})
    assert again["live_version"] == 3
    assert ask(f"/flows/{flow_id}/versions/9/restore", "POST", json={}).status_code == 404
    assert ask(f"/flows/{flow_id}/diff?from=9").status_code == 404
    assert ask(f"/flows/{flow_id}/diff?from=soon").status_code == 422


@pytest.mark.parametrize("number", [0, 2, 2**31, 2**63, 10**30])
def test_a_number_that_no_version_has_is_404(ask: Ask, maple: SmallStore, number: int) -> None:
    flow_id = new_flow(ask)
    told(ask, f"/flows/{flow_id}/publish", method="POST", json={})
    door = f"/flows/{flow_id}/versions/{number}"
    assert ask(door).status_code == 404
    assert ask(f"{door}/restore", "POST", json={}).status_code == 404
    assert ask(f"{door}/publish", "POST", json={}).status_code == 404


def test_a_flow_that_a_step_names_is_told_by_its_name_where_it_changed(
    ask: Ask, maple: SmallStore
) -> None:
    named = [new_flow(ask, {**GOOD, "name": name}) for name in ("Carts", "Carts of old")]
    document = {"name": "Thanks", "trigger": {"event": "order.placed"}}
    ways = [[{"kind": "stop_flow", "id": "stop", "flow": one}] for one in named]
    flow_id = new_flow(ask, {**document, "steps": ways[0]})
    told(ask, f"/flows/{flow_id}/publish", method="POST", json={})
    told(ask, f"/flows/{flow_id}/draft", method="PUT", json={**document, "steps": ways[1]})
    (change,) = told(ask, f"/flows/{flow_id}/diff")["changes"]
    assert change["fields"] == [{"field": "flow", "before": "Carts", "after": "Carts of old"}]


def test_a_new_flow_differs_from_nothing(ask: Ask, maple: SmallStore) -> None:
    diff = told(ask, f"/flows/{new_flow(ask)}/diff")
    assert diff["from"] is None
    assert {one["what"] for one in diff["changes"]} == {"added"}


def test_a_check_knows_the_store_and_the_flow(ask: Ask, maple: SmallStore) -> None:
    flow_id = new_flow(ask)
    ring = {**GOOD, "steps": [{"kind": "start_flow", "id": "again", "flow": flow_id}]}
    asks = {**GOOD, "filter": {"op": "in_segment", "value": "nobody-knows"}}
    alone = told(ask, "/flows/check", method="POST", json=ring)["problems"]
    found = told(ask, f"/flows/check?flow={flow_id}", method="POST", json=ring)["problems"]
    assert alone == []
    assert [(one["step"], one["field"]) for one in found] == [("again", "flow")]
    answer = told(ask, "/flows/check", method="POST", json=GOOD)
    assert ["Abandoned cart" in one["message"] for one in answer["warnings"]] == [True]
    told_of = told(ask, "/flows/check", method="POST", json=asks)["problems"]
    assert ["not in this store" in one["message"] for one in told_of] == [True]
    stranger = ask(f"/flows/check?flow={flow_id}", "POST", domain=NEIGHBOUR, json=ring)
    assert stranger.status_code == 404


def test_another_stores_versions_are_not_there(ask: Ask, maple: SmallStore) -> None:
    flow_id = new_flow(ask)
    told(ask, f"/flows/{flow_id}/publish", method="POST", json={})
    for path, method in (
        ("versions", "GET"), ("versions/1", "GET"), ("diff", "GET"), ("diff?from=1", "GET"),
        ("versions/1/restore", "POST"), ("versions/1/publish", "POST"),
        ("draft", "GET"), ("publish", "POST"),
    ):  # fmt: skip
        options = {"json": {}} if method == "POST" else {}
        answer = ask(f"/flows/{flow_id}/{path}", method, domain=NEIGHBOUR, **options)
        assert answer.status_code == 404, path
