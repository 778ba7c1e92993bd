"""Picking a split's winner through the panel's API, and what it tells of the variants."""

from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_flow_steps import seeded
from tests.seeding import SmallStore


def test_the_api_picks_a_winner_and_names_what_there_is(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    flow_id = seeded(database, maple)
    door = f"/flows/{flow_id}/splits/test/winner"
    assert ask(door, "PUT", json={"variant": "b"}).status_code == 200
    steps = {step["id"]: step for step in ask(f"/flows/{flow_id}?days=7").json["steps"]}
    arms = {arm["key"]: arm for arm in steps["test"]["branches"]}
    assert [arms["b"]["won"], arms["a"]["won"]] == [True, False]
    assert (arms["b"]["figures"]["orders"], arms["b"]["figures"]["rate"]) == (1, 1.0)
    refused = ask(door, "PUT", json={"variant": "z"})
    assert (refused.status_code, "a, b" in refused.json["message"]) == (409, True)
    assert ask(door, "PUT", json={}).status_code == 422
    assert ask(door.replace("test", "wait"), "PUT", json={"variant": "a"}).status_code == 409
    stranger = ask(door, "PUT", domain=NEIGHBOUR, json={"variant": "a"})
    assert stranger.status_code == 404
