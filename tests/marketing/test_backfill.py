"""People from the past, purely: where they would stand now, or why they would not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketing import flow_schema
from marketing.backfill import NO_PAST, stand
from marketing.engine import advance
from marketing.enrollment import Enrollment, Facts, Happened
from marketing.flow import Flow
from marketing.model import Reason
from marketing.triggers import KINDS
from tests.marketing.test_campaigns import MAIL

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def delay(step: str, days: int) -> dict[str, Any]:
    return {"kind": "delay", "id": step, "duration": f"P{days}D"}


def mail(step: str) -> dict[str, Any]:
    return {**MAIL, "id": step}


WAIT = {"kind": "wait_for_event", "id": "wait", "event": "product.viewed", "timeout": "P4D",
        "yes": [delay("eager", 9)], "no": [delay("cool", 9)]}  # fmt: skip
REWARD = {"kind": "reward", "id": "credit", "amount": 500}
COUPON = {"kind": "coupon", "id": "code", "percent": 10, "valid_for": "P2D"}


def a_flow(*steps: dict[str, Any], exits: tuple[str, ...] = ()) -> Flow:
    trigger = {"event": "customer.created"}
    told = {"name": "Past", "trigger": trigger, "steps": list(steps), "exits": list(exits)}
    return flow_schema.load(told)


WELCOME = a_flow(
    mail("one"), delay("two-days", 2), mail("two"), delay("three-days", 3), mail("three"),
    exits=("order.placed",),
)  # fmt: skip


def begun(flow: Flow, ago: timedelta) -> Enrollment:
    at = NOW - ago
    first = flow.first_step_id
    return Enrollment("e", "f", "v", "c", "day", at, at, step_id=first, due_at=at)


def placed(flow: Flow, ago: timedelta, facts: Facts | None = None) -> Enrollment:
    found = stand(flow, begun(flow, ago), facts or Facts(), NOW)
    assert isinstance(found, Enrollment)
    return found


@pytest.mark.parametrize(
    ("days", "step", "due_in"),
    [(0, "two-days", 2), (1, "two-days", 1), (2, "three-days", 3), (4, "three-days", 1)],
)
def test_everybody_stands_where_their_own_trigger_would_have_brought_them(
    days: int, step: str, due_in: int
) -> None:
    found = placed(WELCOME, days * DAY)
    assert (found.step_id, found.due_at) == (step, NOW + due_in * DAY)
    assert (found.entered_at, found.anchor_at) == (NOW - days * DAY, NOW - days * DAY)


@pytest.mark.parametrize("days", [5, 30])
def test_whoever_would_be_through_is_not_placed(days: int) -> None:
    assert stand(WELCOME, begun(WELCOME, days * DAY), Facts(), NOW) is Reason.COMPLETED


def test_an_exit_since_then_ends_them_and_one_of_before_does_not() -> None:
    ordered = Facts(happened={"order.placed": NOW - DAY})
    begins = begun(WELCOME, 4 * DAY)
    assert stand(WELCOME, begins, ordered, NOW) is Reason.ORDER_PLACED
    # Past the last step nothing is left to be ended.
    late = Facts(happened={"order.placed": NOW})
    assert stand(WELCOME, begun(WELCOME, 6 * DAY), late, NOW) is Reason.COMPLETED


@pytest.mark.parametrize(("ago", "step"), [(6, "eager"), (3, "eager"), (1, "cool")])
def test_a_wait_went_the_way_that_things_went(ago: int, step: str) -> None:
    viewed = Happened("product.viewed", NOW - ago * DAY, {})
    found = placed(a_flow(WAIT, mail("end")), 7 * DAY, Facts(events=[viewed]))
    assert found.step_id == step


@pytest.mark.parametrize("gift", [COUPON, REWARD])
def test_before_a_gift_they_are_placed_past_it_they_are_not(gift: dict[str, Any]) -> None:
    flow = a_flow(delay("first", 2), gift, delay("then", 2), mail("end"))
    assert placed(flow, DAY).step_id == "first"
    assert stand(flow, begun(flow, 3 * DAY), Facts(), NOW) is Reason.CODE_UNAVAILABLE


def test_going_on_from_there_is_going_on_as_if_one_had_been_there() -> None:
    """From the place found, only what is still to come is said, at its own time."""
    found = placed(WELCOME, 4 * DAY)
    _, effects = advance(WELCOME, found, Facts(), NOW)
    assert effects == ()
    ended, effects = advance(WELCOME, found, Facts(), NOW + 2 * DAY)
    assert [getattr(one, "step_id", "") for one in effects][:1] == ["three"]
    assert ended.end_reason is Reason.COMPLETED


def test_a_variant_is_drawn_as_it_would_have_been() -> None:
    arms = [{"key": key, "weight": 1, "steps": [delay(key, 9)]} for key in ("a", "b")]
    flow = a_flow({"kind": "split", "id": "try", "variants": arms}, mail("end"))
    begins = begun(flow, DAY)
    live, _ = advance(flow, begins, Facts(), begins.entered_at)
    assert placed(flow, DAY).step_id == live.step_id


def test_what_has_no_past_is_a_trigger_and_says_why_in_a_sentence() -> None:
    assert set(NO_PAST) < set(KINDS)
    assert all(words.endswith(".") for words in NO_PAST.values())
