"""One language everywhere: counts, sums and segments in filters, steps, waits and exits."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import segments
from marketing import flow_schema
from marketing.events import EventName
from marketing.flow_schema import BadFlow
from storage import schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow, tell

DAY = timedelta(days=1)
KEEN = {"op": "gte", "events": "product.viewed", "within": "P7D", "value": 2}
SPENDER = {"op": "gt", "orders": "spent", "within": "P30D", "value": 5000}
REVIEWED = {"event": "review.posted"}
TAG = {"kind": "update_customer", "id": "yes", "add_tags": ["yes"]}
NO = {"kind": "update_customer", "id": "no", "add_tags": ["no"]}
WAIT = {"kind": "delay", "id": "wait", "duration": "P1D"}


def entered(stage: Stage, flow_id: str) -> list[str]:
    return [row.customer_id for row in stage.rows(schema.enrollments, flow_id=flow_id)]


def tags(stage: Stage, customer_id: str) -> list[str]:
    (row,) = stage.rows(schema.customers, id=customer_id)
    found: list[str] = row.tags
    return found


def test_a_trigger_filter_counts_what_happened_in_a_window(stage: Stage) -> None:
    flow_id = a_flow(stage, TAG, trigger={**REVIEWED, "filter": KEEN})
    ada = stage.customer()
    tell(stage, EventName.REVIEW_POSTED, ada, number=1)
    for number in range(2):
        tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="p1", number=number)
    stage.pass_time(8 * DAY)
    tell(stage, EventName.REVIEW_POSTED, ada, number=2)
    assert entered(stage, flow_id) == []
    for number in range(2):
        tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="p1", number=number)
    tell(stage, EventName.REVIEW_POSTED, ada, number=3)
    assert entered(stage, flow_id) == [ada]


def test_a_condition_step_sums_up_orders_and_asks_for_a_segment(stage: Stage) -> None:
    made = {"name": "Vip", "condition": {"op": "contains", "field": "customer.tags", "value": "v"}}
    vip = segments.create(stage.runtime, stage.store_id, made)
    test = {"op": "all", "of": [SPENDER, {"op": "in_segment", "value": vip}]}
    step = {"kind": "condition", "id": "ask", "condition": test, "yes": [TAG], "no": [NO]}
    a_flow(stage, step)
    ada, ben, eve = (stage.customer(name, tags=["v"]) for name in ("Ada", "Ben", "Eve"))
    stage.change(schema.customers, eve, tags=[])
    while segments.drain(stage.runtime, [stage.store_id]):
        pass
    ordered(stage, ada, store_total=5001)
    ordered(stage, ben, store_total=4999)
    ordered(stage, eve, store_total=5001)
    stage.live(MINUTE)
    assert [tags(stage, one) for one in (ada, ben, eve)] == [["v", "yes"], ["v", "no"], ["no"]]


def test_the_flows_filter_is_asked_again_before_each_message(stage: Stage) -> None:
    never = {"op": "eq", "orders": "count", "within": "P30D", "value": 0}
    document = {"name": "Lonely", "trigger": REVIEWED, "filter": never,
                "steps": [WAIT, MAIL]}  # fmt: skip
    stage.put_flow(flow_schema.load(document))
    ada, ben = stage.customer(), stage.customer("Ben")
    for who in (ada, ben):
        tell(stage, EventName.REVIEW_POSTED, who)
    order = stage.order(ben, placed_at=stage.now)
    stage.change(schema.customers, ben, last_order_at=stage.now)
    stage.live(25 * HOUR)
    states = {row.customer_id: (row.state, row.reason) for row in stage.messages()}
    assert order
    assert states == {ada: ("sent", None), ben: ("skipped", "filtered")}


def test_a_wait_takes_only_what_its_filter_lets_through(stage: Stage) -> None:
    often = {"op": "gte", "events": "product.viewed", "value": 3}
    wait = {"kind": "wait_for_event", "id": "w", "event": "product.viewed", "timeout": "P3D",
            "filter": often, "yes": [TAG], "no": [NO]}  # fmt: skip
    a_flow(stage, wait, trigger=REVIEWED)
    ada = stage.customer()
    tell(stage, EventName.REVIEW_POSTED, ada)
    for number in range(2):
        tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="p1", number=number)
        stage.live(HOUR)
    assert tags(stage, ada) == []
    tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="p1", number=3)
    stage.live(MINUTE)
    assert tags(stage, ada) == ["yes"]


def flow_with_exit(stage: Stage, exit_on: Any) -> str:
    document = {"name": "Exit", "trigger": REVIEWED, "exits": [exit_on],
                "steps": [WAIT, TAG]}  # fmt: skip
    return stage.put_flow(flow_schema.load(document))


def test_an_exit_with_a_filter_ends_only_what_it_lets_through(stage: Stage) -> None:
    big = {"op": "gte", "field": "event.rating", "value": 4}
    flow_id = flow_with_exit(stage, {"event": "custom", "filter": big})
    ada, ben = stage.customer(), stage.customer("Ben")
    for who in (ada, ben):
        tell(stage, EventName.REVIEW_POSTED, who)
    stage.pass_time(HOUR)
    tell(stage, EventName.CUSTOM, ada, rating=5)
    tell(stage, EventName.CUSTOM, ben, rating=3)
    rows = stage.rows(schema.enrollments, flow_id=flow_id)
    assert {row.customer_id: (row.state, row.end_reason) for row in rows} == {
        ada: ("ended", "exit_event"),
        ben: ("active", None),
    }
    stage.live(25 * HOUR)
    assert [tags(stage, one) for one in (ada, ben)] == [[], ["yes"]]


def test_an_exit_may_ask_what_the_customer_did_before(stage: Stage) -> None:
    flow_id = flow_with_exit(stage, {"event": "order.placed", "filter": SPENDER})
    ada = stage.customer()
    tell(stage, EventName.REVIEW_POSTED, ada)
    ordered(stage, ada, store_total=3000)
    stage.live(HOUR)
    assert [row.state for row in stage.rows(schema.enrollments, flow_id=flow_id)] == ["active"]
    ordered(stage, ada, store_total=2001)
    rows = stage.rows(schema.enrollments, flow_id=flow_id)
    assert [row.end_reason for row in rows] == ["order_placed"]


def test_an_exit_that_nobody_told_is_found_when_the_flow_goes_on(stage: Stage) -> None:
    big = {"op": "gte", "field": "event.rating", "value": 4}
    flow_with_exit(stage, {"event": "custom", "filter": big})
    ada = stage.customer()
    tell(stage, EventName.REVIEW_POSTED, ada)
    with stage.database.writing() as connection:
        event = {"store_id": stage.store_id, "id": schema.new_id(), "dedupe_key": "lost"}
        told = {"customer_id": ada, "name": "custom", "occurred_at": stage.now + HOUR}
        data = {"data": {"rating": 5}}
        connection.execute(schema.events.insert().values(**event, **told, **data))
    stage.live(25 * HOUR)
    assert tags(stage, ada) == []


def test_a_flow_that_asks_about_no_segment_of_the_store_is_not_published(stage: Stage) -> None:
    made = {"name": "Theirs", "condition": {"op": "percent", "value": 50}}
    theirs = segments.create(stage.runtime, stage.stranger_id, made)
    with pytest.raises(BadFlow, match="a segment that is not in this store"):
        a_flow(stage, TAG, trigger={"event": "segment.entered", "segment": theirs})
    test = {"op": "in_segment", "value": theirs}
    with pytest.raises(BadFlow, match="a segment that is not in this store"):
        a_flow(stage, TAG, trigger={**REVIEWED, "filter": test})
    with pytest.raises(BadFlow) as refused:
        a_flow(stage, {"kind": "condition", "id": "ours", "condition": test, "yes": [TAG]})
    assert [(one.step, one.field) for one in refused.value.problems] == [("ours", "condition")]


def test_a_percentage_is_the_same_people_at_every_step(stage: Stage) -> None:
    half = {"op": "percent", "value": 50, "salt": "spring"}
    again = {"kind": "condition", "id": "again", "condition": half, "yes": [TAG], "no": [NO]}
    flow_id = a_flow(stage, again, trigger={**REVIEWED, "filter": half})
    people = [stage.customer(f"P{number}") for number in range(24)]
    for who in people:
        tell(stage, EventName.REVIEW_POSTED, who)
    stage.live(MINUTE)
    inside = entered(stage, flow_id)
    assert 0 < len(inside) < len(people)
    assert all(tags(stage, one) == ["yes"] for one in inside)
