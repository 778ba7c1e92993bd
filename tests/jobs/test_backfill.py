"""People from the past through the real jobs: placed where they would stand, told nothing late."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import backfill, intake, intake_orders
from jobs.intake_orders import NotHere, NotNow
from marketing.events import EventName
from storage import events, schema
from storage.events import Event
from storage.intakes import Intake
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow, tell
from tests.seeding import an_item

DAY = timedelta(days=1)
CREATED = {"event": "customer.created"}


def delay(step: str, days: int) -> dict[str, Any]:
    return {"kind": "delay", "id": step, "duration": f"P{days}D"}


STEPS = (MAIL, delay("two", 2), {**MAIL, "id": "second"}, delay("three", 3), {**MAIL, "id": "last"})


def look_back(stage: Stage, flow_id: str, days: int = 30, *, dry: bool = False) -> Intake:
    ask = stage.runtime, stage.store_id, flow_id
    wanted = intake_orders.order_past(*ask, days, is_rehearsal=dry)
    while intake.drain(stage.runtime, [stage.store_id, stage.stranger_id]):
        pass
    return intake_orders.find(stage.runtime, stage.store_id, wanted.id)


def person(stage: Stage, ago: timedelta, name: str = "Ada", **more: Any) -> str:
    return stage.customer(name, created_at=stage.now - ago, **more)


def standing(stage: Stage, flow_id: str) -> dict[str, tuple[str, timedelta]]:
    rows = stage.rows(schema.enrollments, flow_id=flow_id, state="active")
    return {row.customer_id: (row.step_id, row.due_at - row.entered_at) for row in rows}


def test_customers_of_the_past_stand_where_they_would_and_hear_only_what_comes(
    stage: Stage,
) -> None:
    flow_id = a_flow(stage, *STEPS, trigger=CREATED)
    new, older = person(stage, DAY), person(stage, 3 * DAY, "Ben")
    person(stage, 6 * DAY, "Through")
    person(stage, 40 * DAY, "Long ago")
    person(stage, DAY, "Gone", deleted_at=stage.now)
    stage.customer("Eve", stage.stranger_id, created_at=stage.now - DAY)
    done = look_back(stage, flow_id)
    assert standing(stage, flow_id) == {new: ("two", 2 * DAY), older: ("three", 5 * DAY)}
    assert (done.state, done.entered) == ("done", 2)
    assert (done.standing, done.refused) == ({"two": 1, "three": 1}, {"completed": 1})
    stage.work()
    assert (stage.messages(), stage.sink.mails) == ([], [])
    stage.live(6 * DAY, 6 * HOUR)
    said = {(row.customer_id, row.step_id) for row in stage.messages(state="sent")}
    assert said == {(new, "second"), (new, "last"), (older, "last")}


def test_a_dry_run_counts_the_same_and_writes_nothing(stage: Stage) -> None:
    flow_id = a_flow(stage, *STEPS, trigger=CREATED)
    for days in (1, 1, 3, 9):
        person(stage, days * DAY)
    dry = look_back(stage, flow_id, dry=True)
    assert (dry.is_rehearsal, dry.standing) == (True, {"two": 2, "three": 1})
    assert (stage.rows(schema.enrollments), stage.events("flow.entered")) == ([], [])
    real = look_back(stage, flow_id)
    assert (real.standing, real.refused) == (dry.standing, dry.refused)
    again = look_back(stage, flow_id)
    assert (again.entered, again.refused) == (0, {"already_enrolled": 3, "completed": 1})


def test_imported_orders_count_and_those_left_out_by_rule_do_not(stage: Stage) -> None:
    placed = {"event": "order.placed"}
    flow_id = a_flow(stage, *STEPS, trigger=placed)
    ada, ben = stage.customer(), stage.customer("Ben")
    order = stage.order(ada, placed_at=stage.now - DAY, imported=True)
    stage.order(ben, placed_at=stage.now - 3 * DAY)
    stage.order(stage.customer("Staff"), placed_at=stage.now - DAY, counts=False)
    done = look_back(stage, flow_id)
    assert {who: step for who, (step, _) in standing(stage, flow_id).items()} == {
        ada: "two",
        ben: "three",
    }
    (row,) = stage.rows(schema.enrollments, customer_id=ada)
    (kept,) = stage.rows(schema.orders, id=order)
    assert (row.trigger_key, row.order_id) == (f"order:{kept.external_id}", order)
    assert done.refused == {"not_counted": 1}


def test_the_past_is_placed_exactly_where_the_live_flow_brought_people(stage: Stage) -> None:
    """One flow lives through a week, its twin looks back on it: each stands alike in both."""
    wait = {"kind": "wait_for_event", "id": "wait", "event": "product.viewed", "timeout": "P2D",
            "yes": [delay("eager", 6)], "no": [delay("cool", 7)]}  # fmt: skip
    kind = {"op": "contains", "field": "customer.tags", "value": "vip"}
    fork = {"kind": "condition", "id": "fork", "condition": kind, "yes": [delay("rich", 1)]}
    morning = {"kind": "delay", "id": "morning", "duration": "PT1H", "until": "10:00"}
    steps = (MAIL, morning, fork, wait, {**MAIL, "id": "end"})
    live = a_flow(stage, *steps)
    people = [stage.customer(name, tags=["vip"] * (name < "C")) for name in ("Ada", "Ben", "Cy")]
    for who in people:
        ordered(stage, who)
        stage.live(30 * HOUR, 2 * HOUR)
        tell(stage, EventName.PRODUCT_VIEWED, who, product_id="7")
    stage.live(20 * HOUR, 2 * HOUR)
    twin = a_flow(stage, *steps)
    sent = len(stage.sink.mails)
    look_back(stage, twin)
    places = [
        {
            (row.customer_id, row.trigger_key): (row.step_id, row.due_at, dict(row.choices))
            for row in stage.rows(schema.enrollments, flow_id=flow_id, state="active")
        }
        for flow_id in (live, twin)
    ]
    assert places[0] == places[1]
    assert len(places[0]) == 3
    assert len(stage.sink.mails) == sent


def test_whoever_came_in_live_is_not_placed_once_more(stage: Stage) -> None:
    flow_id = a_flow(stage, delay("two", 2), MAIL)
    ada = stage.customer()
    ordered(stage, ada)
    stage.live(6 * HOUR)
    done = look_back(stage, flow_id)
    assert (done.entered, done.refused) == (0, {"already_enrolled": 1})
    assert len(stage.rows(schema.enrollments, flow_id=flow_id)) == 1


def test_carts_of_the_past_are_placed_by_their_activity_up_to_the_coupon(stage: Stage) -> None:
    flow_id = stage.flow_id()
    ada, ben, eve = stage.customer(), stage.customer("Ben"), stage.customer("Eve")
    idle = {"idle_at": None}
    stage.cart(ada, updated_at=stage.now - 5 * HOUR, **idle)
    stage.cart(ben, updated_at=stage.now - 5 * HOUR, completed_at=stage.now, **idle)
    stage.cart(eve, updated_at=stage.now - 24 * HOUR + 10 * MINUTE, **idle)
    stage.cart(stage.customer("New"), updated_at=stage.now - 5 * MINUTE, **idle)
    stage.cart(ada, updated_at=stage.now - 9 * HOUR, items=[an_item(100)], **idle)
    done = look_back(stage, flow_id)
    (row,) = stage.rows(schema.enrollments, state="active")
    assert (row.customer_id, row.due_at - row.anchor_at) == (ada, 12 * HOUR)
    assert done.refused == {"order_placed": 1, "replaced": 1, "code_unavailable": 1}
    assert stage.rows(schema.codes) == []
    stage.work()
    assert stage.sink.mails == []
    stage.live(9 * HOUR)
    assert [one.step_id for one in stage.messages(customer_id=ada)] == ["objection"]


def test_events_of_the_timeline_count_page_by_page(stage: Stage) -> None:
    trigger = {"event": "customer.tagged", "tag": "vip"}
    flow_id = a_flow(stage, delay("nine", 9), MAIL, trigger=trigger)
    stage.seed_cart_people(backfill.BATCH + 5)
    people = stage.rows(schema.customers, store_id=stage.store_id)
    tagged = [
        Event(
            stage.store_id,
            EventName.CUSTOMER_TAGGED,
            stage.now - HOUR,
            f"tagged:{number}",
            one.id,
            {"added": ["vip" if number else "other"]},
        )
        for number, one in enumerate(people)
    ]
    with stage.database.writing() as connection:
        events.append_many(connection, tagged)
    done = look_back(stage, flow_id)
    assert set(standing(stage, flow_id)) == {one.id for one in people[1:]}
    assert done.standing == {"nine": backfill.BATCH + 4}


def test_re_entry_is_judged_as_it_would_have_been(stage: Stage) -> None:
    flow_id = a_flow(
        stage, delay("nine", 9), MAIL, trigger={"event": "order.placed", "reentry": "P3D"}
    )
    ada = stage.customer()
    for days in (8, 7, 4, 2):
        stage.order(ada, placed_at=stage.now - days * DAY)
    done = look_back(stage, flow_id)
    rows = stage.rows(schema.enrollments, flow_id=flow_id)
    assert sorted(stage.now - row.entered_at > 5 * DAY for row in rows) == [False, True]
    assert done.refused == {"already_enrolled": 2}


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ({"event": "manual"}, "Enroll a segment instead"),
        ({"event": "date.reached", "property": "birthday"}, "begins on a date"),
        ({"event": "product.price_dropped"}, "may have risen"),
        ({"event": "product.browsed", "idle": "PT4H"}, "viewed last"),
    ],
)
def test_what_has_no_past_is_refused_with_the_reason(
    stage: Stage, trigger: dict[str, Any], words: str
) -> None:
    flow_id = a_flow(stage, MAIL, trigger=trigger)
    with pytest.raises(NotNow, match=words):
        look_back(stage, flow_id)
    with pytest.raises(NotHere):
        intake_orders.order_past(stage.runtime, stage.stranger_id, flow_id, 3, is_rehearsal=True)
    assert stage.rows(schema.intakes) == []
