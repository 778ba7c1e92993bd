"""Moving on in batches: one row's trouble is its own, and a crash finds its culprit."""

from datetime import timedelta

from jobs import abandon, advance, publish, reap
from marketing.model import Reason
from storage import batches, enrollment_turns, enrollments, schema
from storage.enrollments import Ending
from tests.jobs.stage import HOUR, MINUTE, Stage


def entered(stage: Stage, count: int) -> None:
    stage.seed_cart_people(count)
    stage.pass_time(HOUR)
    while abandon.drain(stage.runtime, [stage.store_id]):
        pass


def due_ids(stage: Stage) -> list[str]:
    with stage.database.reading() as connection:
        rows, _ = enrollment_turns.front(connection, stage.store_id, stage.now, 10)
    return [one.enrollment.id for one in rows]


def move_on(stage: Stage) -> None:
    while advance.drain(stage.runtime, [stage.store_id]):
        pass


def test_a_batch_moves_on_with_the_due_times_of_its_rows(stage: Stage) -> None:
    entered(stage, 700)
    move_on(stage)
    rows = stage.rows(schema.enrollments)
    assert {row.step_id for row in rows} == {"until-objection"}
    assert {row.due_at - row.anchor_at for row in rows} == {12 * HOUR}
    assert stage.states() == {"due": 700}


def test_a_row_that_cannot_go_on_is_dead_and_its_neighbours_move(stage: Stage) -> None:
    entered(stage, 5)
    broken = stage.rows(schema.enrollments)[2].id
    stage.change(schema.enrollments, broken, step_id="no such step")
    move_on(stage)
    assert stage.states(schema.enrollments) == {"active": 4, "dead": 1}
    (dead,) = stage.rows(schema.enrollments, state="dead")
    assert "no such step" in dead.error
    stage.change(schema.enrollments, broken, step_id="reminder")
    with stage.database.writing() as connection:
        assert not enrollments.redrive(connection, stage.stranger_id, broken)
        assert enrollments.redrive(connection, stage.store_id, broken)
    move_on(stage)
    assert stage.states() == {"due": 5}


def test_what_a_dead_worker_had_in_hand_is_taken_singly(stage: Stage) -> None:
    entered(stage, 5)
    with stage.database.writing() as connection:
        ids = due_ids(stage)
        past = stage.database.real_now(connection) - timedelta(seconds=1)
        batches.begin(
            connection, "advance", ids, owner="dead", lease_until=past, store_id=stage.store_id
        )
    reap.sweep(stage.runtime)
    assert all(row.alone for row in stage.rows(schema.enrollments))
    assert stage.rows(schema.batches) == []
    move_on(stage)
    assert stage.states() == {"due": 5}
    assert not any(row.alone for row in stage.rows(schema.enrollments))


def test_one_that_kills_alone_three_times_is_dead(stage: Stage) -> None:
    entered(stage, 2)
    ids = due_ids(stage)
    for _ in range(4):
        with stage.database.writing() as connection:
            past = stage.database.real_now(connection) - timedelta(seconds=1)
            batches.begin(
                connection, "advance", ids[:1], owner="x", lease_until=past, store_id=stage.store_id
            )
        reap.sweep(stage.runtime)
    assert stage.states(schema.enrollments) == {"active": 1, "dead": 1}


def test_a_paused_flow_keeps_everybody_in_place_and_goes_on(stage: Stage) -> None:
    entered(stage, 3)
    publish.pause(stage.runtime, stage.store_id, stage.flow_id())
    stage.work()
    stage.pass_time(12 * HOUR)
    stage.work()
    assert stage.messages() == []
    assert {row.due_at for row in stage.rows(schema.enrollments)} == {None}
    publish.resume(stage.runtime, stage.store_id, stage.flow_id())
    move_on(stage)
    assert len(stage.messages()) == 6


def test_a_pause_between_the_step_and_the_send_holds_the_message(stage: Stage) -> None:
    entered(stage, 2)
    move_on(stage)
    publish.pause(stage.runtime, stage.store_id, stage.flow_id())
    stage.work()
    assert stage.states() == {"held": 2}
    publish.resume(stage.runtime, stage.store_id, stage.flow_id())
    stage.work()
    assert stage.states() == {"sent": 2}


def test_an_order_that_the_news_missed_still_ends_the_sequence(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(2 * HOUR)
    stage.order(ada)
    stage.live(11 * HOUR)
    (over,) = stage.rows(schema.enrollments)
    assert (over.state, over.end_reason) == ("ended", "order_placed")
    assert [row.step_id for row in stage.messages()] == ["reminder"]


def test_cart_activity_moves_the_next_message(stage: Stage) -> None:
    ada = stage.customer()
    cart = stage.cart(ada)
    stage.live(2 * HOUR)
    back_at = stage.now
    stage.change(schema.carts, cart, updated_at=back_at)
    stage.live(10 * HOUR + 5 * MINUTE)
    assert [row.step_id for row in stage.messages()] == ["reminder"]
    stage.live(2 * HOUR)
    later = stage.messages(step_id="objection")[0]
    assert later.due_at == back_at + 12 * HOUR


def test_a_row_that_was_touched_after_it_was_read_is_decided_anew(stage: Stage) -> None:
    entered(stage, 3)
    ordered_by = stage.rows(schema.enrollments)[0]
    with stage.database.reading() as connection:
        batch = advance._front(stage.runtime, connection, stage.store_id)
    with stage.database.writing() as connection:
        batch_id = advance._note(stage.runtime, connection, batch)
        gone = Ending(ordered_by.id, Reason.ORDER_PLACED, stage.now)
        enrollments.end(connection, stage.store_id, [gone])
    advance._decide_and_write(stage.runtime, batch, batch_id)
    assert stage.states(schema.enrollments) == {"active": 2, "ended": 1}
    assert ordered_by.id not in {row.enrollment_id for row in stage.messages()}
    assert len(stage.messages()) == 2
    assert stage.rows(schema.batches) == []
