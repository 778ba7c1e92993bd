"""Codes at their end: what a message says of it is true, and what ran out is cleared away."""

from datetime import timedelta

from connectors.base import StoreUnavailable
from jobs import codes, outbox
from storage import schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_code_guards import cart_flow, order_flow, outcome
from tests.jobs.test_code_pools import offered
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import DAY


def a_code_ahead(stage: Stage) -> tuple[str, str]:
    """A cart's code made, its message due in ten minutes: the customer and the code."""
    cart_flow(stage)
    ada = stage.customer()
    stage.cart(ada)
    stage.live(HOUR + 5 * MINUTE, 5 * MINUTE)
    (code,) = stage.rows(schema.codes)
    return ada, code.id


def test_a_code_whose_end_is_being_moved_is_not_offered_before_the_store_knows(
    stage: Stage,
) -> None:
    ada, code_id = a_code_ahead(stage)
    (code,) = stage.rows(schema.codes)
    later = code.ends_at + DAY
    soon = stage.now + DAY
    stage.change(schema.codes, code_id, state="pending", ends_at=later, due_at=soon)
    stage.live(30 * MINUTE, 10 * MINUTE)
    assert [row.reason for row in stage.messages()] == ["awaiting_code"]
    assert offered(stage) == []
    stage.change(schema.codes, code_id, due_at=stage.now)
    stage.work()
    assert stage.shop.extended == {code.external_id: later}
    assert outcome(stage, ada) == (True, None)


def clear(stage: Stage) -> None:
    """The outbox's times are real ones: they have come."""
    with stage.database.reading() as connection:
        now = stage.database.real_now(connection)
    for row in stage.rows(schema.outbox, state="pending"):
        stage.change(schema.outbox, row.id, due_at=now - timedelta(seconds=1))
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass


def test_the_discount_of_a_code_that_ran_out_unused_is_removed(stage: Stage) -> None:
    order_flow(stage)
    ada, ben = stage.customer(), stage.customer("Ben")
    for one in (ada, ben):
        ordered(stage, one)
    stage.work()
    used, unused = stage.rows(schema.codes, customer_id=ada) + stage.rows(
        schema.codes, customer_id=ben
    )
    ordered(stage, ada, discount_codes=[used.code])
    calls = stage.rows(schema.outbox, kind="clear_code")
    with stage.database.reading() as connection:
        real_now = stage.database.real_now(connection)
    waits = {round((row.due_at - real_now) / HOUR) for row in calls}
    assert waits == {round((codes.CLEAN_AFTER + DAY) / HOUR)}
    stage.pass_time(8 * DAY)
    stage.shop.delete_failures = [StoreUnavailable("down")]
    clear(stage)
    clear(stage)
    assert stage.shop.deleted == [unused.external_id]


def test_a_code_that_is_still_good_is_left_alone(stage: Stage) -> None:
    order_flow(stage)
    ordered(stage, stage.customer())
    stage.work()
    clear(stage)
    assert stage.shop.deleted == []


def test_a_store_that_removed_us_is_not_asked(stage: Stage) -> None:
    order_flow(stage)
    ordered(stage, stage.customer())
    stage.work()
    stage.pass_time(8 * DAY)
    stage.change(schema.stores, stage.store_id, status="uninstalled")
    clear(stage)
    assert stage.shop.deleted == []
    assert {row.state for row in stage.rows(schema.outbox, kind="clear_code")} == {"done"}
