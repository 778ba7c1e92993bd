"""Who a trigger lets in, who it keeps out, and what makes an entry the only one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketing import recipes
from marketing.enrollment import Enter, EntryFacts, Refuse
from marketing.entry import should_enroll, trigger_key
from marketing.flow import Condition, Flow, Trigger
from marketing.model import Reason

ACTIVITY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ENTRY = ACTIVITY + HOUR
CART = recipes.load("abandoned-cart")


def a_trigger(**more: object) -> EntryFacts:
    facts = EntryFacts(
        occurred_at=ENTRY, cart_id="c1", activity_at=ACTIVITY, arrived_at=ACTIVITY + MINUTE
    )
    return replace(facts, **more)  # type: ignore[arg-type]


def test_a_quiet_cart_lets_its_customer_in() -> None:
    assert should_enroll(CART, "cart.abandoned", a_trigger(), ENTRY) == Enter(
        "cart:c1", ACTIVITY, ENTRY, replaces=True
    )


def test_another_event_is_none_of_the_flows_business() -> None:
    assert should_enroll(CART, "order.placed", a_trigger(), ENTRY) is None


@pytest.mark.parametrize(
    ("more", "late", "reason"),
    [
        ({"counts": False}, 0, Reason.NOT_COUNTED),
        ({"emptied": True}, 0, Reason.CART_EMPTIED),
        ({"ordered_at": ACTIVITY}, 0, Reason.ORDER_PLACED),
        ({"ordered_at": ACTIVITY - MINUTE}, 0, None),
        ({"arrived_at": ACTIVITY + 24 * HOUR}, 23, None),
        ({"arrived_at": ACTIVITY + 24 * HOUR + MINUTE}, 23, Reason.ARRIVED_TOO_LATE),
        ({}, 24, None),
        ({}, 25, Reason.ARRIVED_TOO_LATE),
        ({"live_activity_at": ACTIVITY + MINUTE}, 0, Reason.REPLACED),
        ({"live_activity_at": ACTIVITY - MINUTE}, 0, None),
    ],
)
def test_who_is_kept_out_of_a_cart_flow(
    more: dict[str, object], late: int, reason: Reason | None
) -> None:
    answer = should_enroll(CART, "cart.abandoned", a_trigger(**more), ENTRY + late * HOUR)
    assert (answer.reason if isinstance(answer, Refuse) else None) is reason


@pytest.mark.parametrize(
    ("reentry", "days_ago", "enters"),
    [
        ("always", 0, True),
        ("once", 400, False),
        ("once", None, True),
        ("P30D", 29, False),
        ("P30D", 30, True),
    ],
)
def test_reentry(reentry: str, days_ago: int | None, *, enters: bool) -> None:
    flow = replace(CART, trigger=replace(CART.trigger, reentry=reentry))
    last = None if days_ago is None else ENTRY - timedelta(days=days_ago)
    answer = should_enroll(flow, "cart.abandoned", a_trigger(last_entered_at=last), ENTRY)
    assert isinstance(answer, Enter) is enters


@pytest.mark.parametrize("place", ["trigger", "flow"])
def test_both_filters_are_asked_at_entry(place: str) -> None:
    big = Condition("gt", field="cart.store_total", value=5000)
    trigger = replace(CART.trigger, filter=big)
    flow = replace(CART, trigger=trigger) if place == "trigger" else replace(CART, filter=big)
    poor = a_trigger(values={"cart": {"store_total": 1}})
    rich = a_trigger(values={"cart": {"store_total": 9999}})
    assert should_enroll(flow, "cart.abandoned", poor, ENTRY) == Refuse("cart:c1", Reason.FILTERED)
    assert isinstance(should_enroll(flow, "cart.abandoned", rich, ENTRY), Enter)


def test_trigger_keys() -> None:
    order = Flow("f", Trigger("order.placed"), ())
    day = Flow("f", Trigger("customer.created"), ())
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert trigger_key(CART, a_trigger(order_id="o1")) == "cart:c1"
    assert trigger_key(order, a_trigger(order_id="o1")) == "order:o1"
    in_berlin = EntryFacts(occurred_at=late, zone="Europe/Berlin")
    assert trigger_key(day, in_berlin) == "day:2026-03-02"


WORDS = Flow("f", Trigger("message.received", keywords=("hello",)), ())


@pytest.mark.parametrize(("minutes", "enters"), [(0, False), (9, False), (-9, False), (10, True)])
def test_words_begin_a_flow_again_after_ten_minutes(minutes: int, *, enters: bool) -> None:
    at = datetime(2026, 3, 1, 23, 59, 7, tzinfo=UTC)
    again = EntryFacts(occurred_at=at + timedelta(minutes=minutes), last_entered_at=at)
    answer = should_enroll(WORDS, "message.received", again, at + timedelta(minutes=20))
    assert isinstance(answer, Enter) is enters


def test_of_words_that_come_at_once_one_begins_a_flow() -> None:
    at = datetime(2026, 3, 1, 23, 52, 7, tzinfo=UTC)
    keys = {trigger_key(WORDS, EntryFacts(occurred_at=at + timedelta(seconds=s))) for s in (0, 9)}
    assert keys == {"wrote:2026-03-01T23:50:00+00:00"}
