"""Letting many into a flow: everyone once, whatever happens meanwhile, and nobody else's people."""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs import drafts, intake, intake_orders, publish, segments
from jobs.intake_orders import NotHere, NotNow
from marketing import flow_schema
from marketing.said import in_language, recalled
from marketing.sources import EVERYONE, Source
from storage import due, intakes, schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_segments import BIG, sweep
from tests.jobs.test_steps import MAIL, a_flow

MANUAL = {"event": "manual"}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def drain(stage: Stage) -> None:
    while intake.drain(stage.runtime, [stage.store_id, stage.stranger_id]):
        pass


def entered(stage: Stage, flow_id: str) -> list[str]:
    return [row.customer_id for row in stage.rows(schema.enrollments, flow_id=flow_id)]


def order(stage: Stage, flow_id: str, source: Source = EVERYONE) -> str:
    return intake_orders.order(stage.runtime, stage.store_id, flow_id, source).id


def one(stage: Stage, intake_id: str) -> intakes.Intake:
    return intake_orders.find(stage.runtime, stage.store_id, intake_id)


def test_everyone_of_the_store_enters_once_and_is_written_to(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    people = stage.seed_cart_people(intake.BATCH + 20)
    stage.seed_cart_people(5, stage.stranger_id)
    stage.customer("Gone", erased_at=stage.now, deleted_at=stage.now)
    intake_id = order(stage, flow_id)
    drain(stage)
    stage.work()
    assert stage.sink.counts() == dict.fromkeys(people, 1)
    done = one(stage, intake_id)
    assert (done.state, done.seen, done.entered) == ("done", len(people), len(people))
    assert (done.due_at, done.refused) == (None, {})


def test_named_customers_enter_and_those_kept_out_have_their_reason(stage: Stage) -> None:
    only = {"op": "eq", "field": "customer.country", "value": "CA"}
    flow_id = a_flow(stage, MAIL, trigger={**MANUAL, "filter": only})
    home, away = stage.customer(country="CA"), stage.customer("Ben", country="US")
    stage.customer("Eve", country="CA")
    intake_id = order(stage, flow_id, Source(customers=(home, away)))
    drain(stage)
    assert entered(stage, flow_id) == [home]
    assert one(stage, intake_id).refused == {"filtered": 1}
    (skipped,) = stage.events("flow.skipped")
    assert (skipped.customer_id, skipped.data["reason"]) == (away, "filtered")


def test_a_second_order_is_a_second_time_unless_the_flow_lets_in_once(stage: Stage) -> None:
    twice = a_flow(stage, MAIL, trigger=MANUAL)
    once = a_flow(stage, MAIL, trigger={**MANUAL, "reentry": "once"})
    stage.customer()
    for flow_id in (twice, once, twice, once):
        intake_id = order(stage, flow_id)
        drain(stage)
    assert (len(entered(stage, twice)), len(entered(stage, once))) == (2, 1)
    assert one(stage, intake_id).refused == {"already_enrolled": 1}


def test_a_batch_that_is_done_again_changes_nothing(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    stage.seed_cart_people(30)
    intake_id = order(stage, flow_id)
    drain(stage)
    stage.change(schema.intakes, intake_id, cursor=None, state="running", due_at=stage.now)
    drain(stage)
    assert len(entered(stage, flow_id)) == 30
    stage.work()
    assert set(stage.sink.counts().values()) == {1}


@pytest.mark.parametrize(
    ("bring_there", "words"),
    [
        (lambda *_: None, "is a draft. Publish it first"),
        (lambda stage, flow_id: (publish.publish(stage.runtime, stage.store_id, flow_id),
         publish.pause(stage.runtime, stage.store_id, flow_id)), "is paused. Let it go on first"),
    ],
)  # fmt: skip
def test_a_flow_that_is_not_live_lets_nobody_in(
    stage: Stage, bring_there: Callable[[Stage, str], Any], words: str
) -> None:
    document = {"name": "Later", "trigger": MANUAL, "steps": [MAIL]}
    flow_id = drafts.create(stage.runtime, stage.store_id, document)
    bring_there(stage, flow_id)
    with pytest.raises(NotNow, match=words):
        order(stage, flow_id)
    assert stage.rows(schema.intakes) == []


def test_another_stores_flows_customers_and_intakes_lead_nowhere(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    theirs = stage.customer("Eve", stage.stranger_id)
    runtime = stage.runtime
    with pytest.raises(NotHere, match="no customer"):
        order(stage, flow_id, Source(customers=(theirs,)))
    with pytest.raises(NotHere, match="no such flow"):
        intake_orders.order(runtime, stage.stranger_id, flow_id, EVERYONE)
    intake_id = order(stage, flow_id)
    with pytest.raises(NotHere):
        intake_orders.find(runtime, stage.stranger_id, intake_id)
    with pytest.raises(NotHere):
        intake_orders.cancel(runtime, stage.stranger_id, intake_id)
    drain(stage)
    assert entered(stage, flow_id) == []


def test_an_intake_waits_while_its_flow_is_paused_and_goes_on_with_it(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    stage.customer()
    intake_id = order(stage, flow_id)
    publish.pause(stage.runtime, stage.store_id, flow_id)
    drain(stage)
    assert (one(stage, intake_id).due_at, entered(stage, flow_id)) == (None, [])
    publish.resume(stage.runtime, stage.store_id, flow_id)
    drain(stage)
    assert len(entered(stage, flow_id)) == 1


def test_everyone_of_one_intake_goes_through_the_version_it_began_with(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    stage.customer()
    order(stage, flow_id)
    changed = {"name": "New", "trigger": MANUAL, "steps": [{**MAIL, "id": "other"}]}
    drafts.save_draft(stage.runtime, stage.store_id, flow_id, changed)
    publish.publish(stage.runtime, stage.store_id, flow_id)
    drain(stage)
    stage.work()
    assert [row.step_id for row in stage.messages()] == ["mail"]


def test_an_intake_that_is_called_off_lets_nobody_else_in(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    stage.seed_cart_people(intake.BATCH + 5)
    intake_id = order(stage, flow_id)
    intake.take_batch(stage.runtime, stage.store_id)
    assert intake_orders.cancel(stage.runtime, stage.store_id, intake_id).state == "cancelled"
    drain(stage)
    assert len(entered(stage, flow_id)) == intake.BATCH
    with pytest.raises(NotNow, match="has ended already"):
        intake_orders.cancel(stage.runtime, stage.store_id, intake_id)


def test_a_batch_that_fails_is_tried_again_later_and_given_up_with_words(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    stage.customer()
    intake_id = order(stage, flow_id)
    stage.change(schema.intakes, intake_id, source={"nobody": 1})
    drain(stage)
    first = one(stage, intake_id)
    assert (first.failures, first.state) == (1, "waiting")
    assert recalled(first.error or "").endswith("It is tried again by itself.")
    for _ in range(intake.TRIES):
        stage.pass_time(HOUR)
        drain(stage)
    given_up = one(stage, intake_id)
    assert (given_up.state, given_up.due_at) == ("failed", None)
    words = recalled(given_up.error or "")
    assert words == "Something went wrong on our side, several times in a row."
    assert in_language(words, "de").startswith("Bei uns ist etwas schiefgegangen")
    assert "nobody" in caplog.text, "what exactly is the operator's to read"


def test_a_store_that_left_lets_nobody_in(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    stage.customer()
    intake_id = order(stage, flow_id)
    stage.change(schema.stores, stage.store_id, status="uninstalled")
    drain(stage)
    over = one(stage, intake_id)
    assert (over.state, "not installed" in (over.error or "")) == ("cancelled", True)


def test_a_stores_intakes_and_two_stores_take_turns(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    document = {"name": "Theirs", "trigger": MANUAL, "steps": [MAIL]}
    theirs = stage.put_flow(flow_schema.load(document), stage.stranger_id)
    people = stage.seed_cart_people(3 * intake.BATCH)
    stage.customer("Eve", stage.stranger_id)
    order(stage, flow_id)
    (last,) = stage.rows(schema.customers, email=people[-1])
    small = order(stage, flow_id, Source(customers=(last.id,)))
    intake_orders.order(stage.runtime, stage.stranger_id, theirs, EVERYONE)
    for _ in range(2):
        stage.pass_time(MINUTE)
        intake.take_batch(stage.runtime, stage.store_id)
    assert one(stage, small).state == "done"
    intake.take_batch(stage.runtime, stage.stranger_id)
    assert len(entered(stage, theirs)) == 1


def test_an_intake_is_in_the_clocks_eyes_till_it_is_over(stage: Stage) -> None:
    def seen() -> tuple[due.Kind, ...]:
        with stage.database.reading() as connection:
            return due.look(connection, *stage.database.moments(connection)).due

    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    assert due.INTAKES not in seen()
    order(stage, flow_id)
    assert due.INTAKES in seen()
    drain(stage)
    assert due.INTAKES not in seen()


def test_a_segments_members_enter_once_they_are_known(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    rich = stage.customer(spent=5001)
    stage.customer("Bob", spent=5)
    document = {"name": "Big", "condition": BIG}
    segment_id = segments.create(stage.runtime, stage.store_id, document)
    intake_id = order(stage, flow_id, Source(segment=segment_id))
    drain(stage)
    assert (one(stage, intake_id).state, entered(stage, flow_id)) == ("waiting", [])
    sweep(stage)
    stage.pass_time(MINUTE)
    drain(stage)
    assert (one(stage, intake_id).state, entered(stage, flow_id)) == ("done", [rich])
    with pytest.raises(NotHere, match="no segment"):
        intake_orders.order(
            stage.runtime, stage.stranger_id, flow_of(stage), Source(segment=segment_id)
        )


def flow_of(stage: Stage) -> str:
    """The stranger's own flow."""
    return stage.flow_id(stage.stranger_id)


@pytest.mark.slow
def test_a_batch_costs_the_same_however_many_are_still_to_come(stage: Stage) -> None:
    flow_id = a_flow(stage, MAIL, trigger=MANUAL)
    crowd = [_plain_customer(stage, number) for number in range(20_000)]
    with stage.database.writing() as connection:
        connection.execute(schema.customers.insert(), crowd)
    last_id = sorted(row["id"] for row in crowd)[-intake.BATCH - 1]
    crowd.clear()
    intake_id = order(stage, flow_id)
    intake.take_batch(stage.runtime, stage.store_id)  # what is read once per process
    first = _memory(lambda: intake.take_batch(stage.runtime, stage.store_id))
    stage.change(schema.intakes, intake_id, cursor=last_id)
    last = _memory(lambda: intake.take_batch(stage.runtime, stage.store_id))
    assert max(first, last) < 8_000_000
    assert len(entered(stage, flow_id)) == 3 * intake.BATCH


def _plain_customer(stage: Stage, number: int) -> dict[str, Any]:
    moments = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    who = {"external_id": f"crowd-{number}", "email": f"crowd{number}@example.com"}
    return {"store_id": stage.store_id, "id": schema.new_id(), **who, **moments}


def _memory(work: Callable[[], object]) -> int:
    """Give the most memory that something takes while it runs, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
