"""A test's results from outside, and its winner; ready-made segments; many customers at once."""

from typing import Any

from jobs import intake
from storage import schema
from tests.jobs.stage import HOUR, Stage
from tests.public_api.conftest import A_FLOW, Program

MESSAGE = A_FLOW["steps"][0]
TEST: dict[str, Any] = {
    **A_FLOW,
    "steps": [
        {
            "kind": "split",
            "id": "test",
            "variants": [
                {"key": key, "weight": 1, "steps": [{**MESSAGE, "id": key}]} for key in ("a", "b")
            ],
        }
    ],
}


def take_in(stage: Stage) -> None:
    while intake.drain(stage.runtime, [stage.store_id]):
        pass


def a_test(program: Program) -> str:
    flow = program.told("POST", "/flows", TEST)
    program.told("POST", f"/flows/{flow['id']}/publish")
    return str(flow["id"])


def test_what_came_of_a_test_is_read_and_its_winner_picked(program: Program, stage: Stage) -> None:
    flow_id = a_test(program)
    people = [stage.customer(f"P{number}") for number in range(20)]
    program.told("POST", f"/flows/{flow_id}/enrollments", {"customer_ids": people})
    stage.work()
    (split,) = program.told("GET", f"/flows/{flow_id}/splits?days=7")["splits"]
    assert (split["step"], split["winner"]) == ("test", None)
    assert [one["key"] for one in split["variants"]] == ["a", "b"]
    assert sum(one["entered"] for one in split["variants"]) == 20
    assert all(one["sent"] == one["entered"] > 0 for one in split["variants"])
    door = f"/flows/{flow_id}/splits/test/winner"
    (won,) = program.told("PUT", door, {"variant": "b"})["splits"]
    assert won["winner"] == "b"
    assert program.told("PUT", door, {"variant": None})["splits"][0]["winner"] is None
    assert "Pick one of a, b" in program.refused(409, "PUT", door, {"variant": "c"})["message"]
    other = f"/flows/{flow_id}/splits/none/winner"
    assert "no split none" in program.refused(409, "PUT", other, {"variant": "a"})["message"]
    program.refused(422, "GET", f"/flows/{flow_id}/splits?days=0")


def test_why_a_test_has_no_winner_of_its_own_yet_is_told(program: Program) -> None:
    rule = {"by": "orders", "after": "P3D", "least": 500}
    with_rule = {**TEST, "steps": [{**TEST["steps"][0], "winner": rule}]}
    flow = program.told("POST", "/flows", with_rule)
    door = f"/flows/{flow['id']}/splits"
    assert program.told("GET", door)["splits"][0]["test"]["state"] == "draft"
    program.told("POST", f"/flows/{flow['id']}/publish")
    (split,) = program.told("GET", door)["splits"]
    assert (split["winner"], split["picked"]) == (None, None)
    told = split["test"]
    assert (told["by"], told["after_seconds"], told["least"]) == ("orders", 3 * 86400, 500)
    assert (told["state"], told["why"], told["variants"]) == ("running", "early", [])
    assert told["begun_at"] < told["next_at"]
    (won,) = program.told("PUT", f"{door}/test/winner", {"variant": "b"})["splits"]
    assert (won["picked"], won["test"]["state"]) == ("by hand", "stopped")
    bad = {**with_rule, "steps": [{**with_rule["steps"][0], "winner": {**rule, "after": "PT1H"}}]}
    refused = program.refused(422, "POST", "/flows", {**bad, "name": "Hasty"})
    assert "Use 2 to 60 days." in str(refused)


def test_people_of_the_past_are_counted_first_and_then_placed(
    program: Program, stage: Stage
) -> None:
    flow_id = program.told(
        "POST", "/flows", {**A_FLOW, "name": "Carts", "trigger": {"event": "cart.abandoned",
                                                                  "idle": "PT1H"}}
    )["id"]  # fmt: skip
    stage.cart(stage.customer())
    stage.pass_time(5 * HOUR)
    door = f"/flows/{flow_id}/backfill"
    assert "draft" in program.refused(409, "POST", door, {"days": 3})["message"]
    program.told("POST", f"/flows/{flow_id}/publish")
    dry = program.told("POST", door, {"days": 3, "dry_run": True})
    assert (dry["kind"], dry["dry_run"], dry["state"]) == ("past", True, "waiting")
    take_in(stage)
    counted = program.told("GET", f"/intakes/{dry['id']}")
    assert (counted["state"], sum(counted["standing"].values())) == ("done", 1)
    assert stage.rows(schema.enrollments, flow_id=flow_id) == []
    program.told("POST", door, {"days": 3})
    take_in(stage)
    assert len(stage.rows(schema.enrollments, flow_id=flow_id)) == 1
    program.refused(422, "POST", door, {"days": 400})


def test_a_ready_made_segment_is_the_stores_own_once_it_is_had(
    program: Program, stranger: Program
) -> None:
    ready = program.told("GET", "/segments/ready-made")["ready_made"]
    assert len(ready) >= 10
    asking = next(one for one in ready if one["parameter"])
    assert (
        "Use one of"
        in program.refused(422, "POST", "/segments/ready-made", {"key": "x"})["message"]
    )
    told = program.refused(422, "POST", "/segments/ready-made", {"key": asking["key"]})
    assert told["field"] == asking["parameter"]
    wanted = {"key": asking["key"], "parameter": "scarves"}
    made = program.told("POST", "/segments/ready-made", wanted)
    assert made["ready_made"] == asking["key"]
    assert program.told("GET", f"/segments/{made['id']}")["name"] == made["name"]
    assert stranger.told("GET", "/segments")["segments"] == []


def test_of_many_customers_each_is_kept_or_refused_by_itself_and_twice_is_once(
    program: Program, stage: Stage
) -> None:
    theirs = stage.customer("Eve", store_id=stage.stranger_id)
    no = {"state": "unsubscribed", "source": "form", "at": "2026-01-05T10:00:00Z"}
    program.told("POST", "/customers", {"email": "no@example.com", "consent": {"email": no}})
    yes = {**no, "state": "subscribed"}
    rows = [
        {"email": "one@example.com", "first_name": "One"},
        {"email": "no address"},
        {"id": theirs, "first_name": "X"},
        {"email": "two@example.com", "properties": {"birthday": "3.12.1990"}},
        {"email": "no@example.com", "consent": {"email": yes}},
        {"email": "ONE@example.com", "last_name": "Two"},
    ]
    for _ in "12":
        told = program.told("POST", "/customers/batch", {"customers": rows})
        fates = [(one["state"], one["field"]) for one in told["customers"]]
        assert fates == [
            ("kept", None),
            ("refused", "email"),
            ("refused", "id"),
            ("refused", "properties.birthday"),
            ("refused", "consent.email"),
            ("kept", None),
        ]
        assert told["kept"] == 2
        assert all(one["message"] for one in told["customers"] if one["state"] == "refused")
        assert told["customers"][0]["id"] == told["customers"][5]["id"]
    one = program.told("GET", "/customers?email=one@example.com")["customers"][0]
    assert (one["first_name"], one["last_name"]) == ("One", "Two")
    for bad in ({"customers": []}, {"customers": rows[:1] * 201}, {"customers": ["x"]}):
        program.refused(422, "POST", "/customers/batch", bad)
