"""Keys and drafts over the panel's API: made, shown once, revoked; written, checked, rewritten."""

from marketing import recipes
from marketing.flow_schema import dump
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.seeding import SmallStore


def test_a_key_is_made_shown_once_and_revoked(ask: Ask, maple: SmallStore) -> None:
    made = ask("/keys", "POST", json={"name": "CRM", "scopes": ["flows:read"]})
    assert made.status_code == 201
    assert made.json
    shown = made.json["key"]
    listed = told(ask, "/keys")
    assert [(one["name"], one["scopes"]) for one in listed["keys"]] == [("CRM", ["flows:read"])]
    assert "events:write" in listed["scopes"]
    assert shown not in str(listed)
    assert told(ask, "/keys", domain=NEIGHBOUR)["keys"] == []
    door = f"/keys/{made.json['id']}/revoke"
    assert told(ask, door, method="POST") == {"id": made.json["id"]}
    assert ask(door, "POST").status_code == 404
    assert told(ask, "/keys")["keys"] == []
    for form, field in (
        ({"name": "", "scopes": ["flows:read"]}, "name"),
        ({"name": "a\nb", "scopes": ["flows:read"]}, "name"),
        ({"name": "a", "scopes": []}, "scopes"),
        ({"name": "a", "scopes": ["everything"]}, "scopes.0"),
        ({"name": "a", "scopes": ["flows:read"], "admin": True}, "admin"),
    ):
        refused = ask("/keys", "POST", json=form)
        assert refused.status_code == 422
        assert refused.json
        assert refused.json["field"] == field


def test_a_flow_is_written_checked_and_rewritten(ask: Ask, maple: SmallStore) -> None:
    good = dump(recipes.load("abandoned-cart"))
    bad = {**good, "steps": [{"kind": "delay", "id": "wait", "duration": "soon"}]}
    made = ask("/flows", "POST", json=good)
    assert made.status_code == 201
    assert made.json
    door = f"/flows/{made.json['id']}/draft"
    assert (made.json["status"], made.json["problems"]) == ("draft", [])
    assert told(ask, door, method="PUT", json={**good, "name": "Ours"})["name"] == "Ours"
    assert told(ask, door)["draft"]["name"] == "Ours"
    problems = told(ask, "/flows/check", method="POST", json=bad)["problems"]
    assert [(one["step"], one["field"]) for one in problems] == [("wait", "duration")]
    for path, method in (("/flows", "POST"), (door, "PUT")):
        refused = ask(path, method, json=bad)
        assert refused.status_code == 422
        assert refused.json
        assert refused.json["problems"] == problems
        assert refused.json["message"].startswith("wait: duration is no duration.")
    assert ask("/flows", "POST", json=[]).status_code == 400
