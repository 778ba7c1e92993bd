"""What the API tells of codes and rewards: drawn, on the timeline, and a month's budget."""

from datetime import timedelta

from marketing import flow_schema
from storage import flows
from storage.database import Database
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, Ask
from tests.embedded_ui.test_api import FORM, told
from tests.seeding import Rows, SmallStore, at


def test_codes_and_rewards_are_drawn_with_what_they_give(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    steps = [
        {"kind": "coupon", "id": "ship", "off": "free_shipping", "valid_for": "P1D",
         "minimum": 4000},
        {"kind": "coupon", "id": "five", "off": "amount", "amount": 500, "valid_for": "P2D"},
        {"kind": "reward", "id": "gift", "amount": 700, "every": 5, "or_code": True},
    ]  # fmt: skip
    document = {"name": "Loyalty", "trigger": {"event": "order.placed"}, "steps": steps}
    flow = flow_schema.load(document)
    with database.writing() as connection:
        flow_id = flows.create(connection, maple.id, flow, document, database.now(connection))
    drawn = told(ask, f"/flows/{flow_id}")["steps"]
    assert [one["kind"] for one in drawn] == ["coupon", "coupon", "reward"]
    assert [(one["off"], one["amount"], one["minimum"]) for one in drawn[:2]] == [
        ("free_shipping", None, 4000),
        ("amount", 500, None),
    ]
    gift = drawn[2]
    assert (gift["amount"], gift["every"], gift["orders"]) == (700, 5, None)
    assert (gift["or_code"], gift["valid_seconds"]) == (True, None)


def test_the_timeline_tells_what_was_given(ask: Ask, maple: SmallStore, database: Database) -> None:
    moment = at("2026-11-20 10:00")
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        for number, state in enumerate(("credited", "coded", "failed")):
            enrollment = rows.enrollment(maple.flow, maple.cleo, moment)
            given_at = moment + timedelta(hours=number)
            error = "No account." if state == "failed" else None
            rows.reward(maple.flow, enrollment, maple.cleo, given_at, state=state, error=error)
            if state == "coded":
                rows.code(enrollment, maple.cleo, moment, step_id="gift", code="THANKS-1")
    entries = told(ask, f"/customers/{maple.cleo}/timeline")["entries"][:3]
    assert [entry["kind"] for entry in entries] == ["reward"] * 3
    failed, coded, credited = (entry["reward"] for entry in entries)
    assert (failed["state"], failed["error"], failed["code"]) == ("failed", "No account.", None)
    assert (coded["state"], coded["code"]) == ("coded", "THANKS-1")
    assert (credited["amount"], credited["currency"]) == (500, "USD")
    assert credited["flow_name"]
    assert ask(f"/customers/{maple.cleo}/timeline", domain=NEIGHBOUR).status_code == 404


def test_a_months_codes_are_told_of_before_they_are_used_up(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    assert told(ask, "/settings")["code_budget_count"] is None
    told(ask, "/settings", method="PUT", json={**FORM, "code_budget_count": 10})

    def problems(domain: str = MAPLE) -> dict[str, int]:
        found = told(ask, "/dashboard", domain=domain)["problems"]
        return {one["kind"]: one["count"] for one in found}

    for number in range(8):
        assert "code_budget" not in problems()
        with database.writing() as connection:
            rows, now = Rows(connection, maple.id), database.now(connection)
            enrollment = rows.enrollment(maple.flow, maple.cleo, now, trigger_key=f"n{number}")
            rows.code(enrollment, maple.cleo, now)
    assert problems()["code_budget"] == 80
    assert "code_budget" not in problems(NEIGHBOUR)
