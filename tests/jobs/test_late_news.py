"""News that comes late, twice, out of order or in the middle: each wait, exit and act holds."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import advance, enroll, publish, track
from marketing import flow_schema
from marketing.events import EventName, News
from marketing.links import Link
from sandbox.faults import Fault
from storage import enrollments, schema
from storage.events import Event, append_many
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import hit, ordered
from tests.jobs.test_steps import MAIL, a_flow, tell

DAY = timedelta(days=1)
VIEWED: dict[str, Any] = {
    "kind": "wait_for_event", "id": "wait", "event": "product.viewed", "timeout": "P3D",
    "yes": [{**MAIL, "id": "seen"}], "no": [{**MAIL, "id": "unseen"}],
}  # fmt: skip
SEVEN = {"op": "eq", "field": "event.product_id", "value": "7"}


def waiting(stage: Stage, step: dict[str, Any]) -> str:
    """Put a customer at the beginning of a wait."""
    a_flow(stage, step)
    ada = stage.customer()
    ordered(stage, ada)
    stage.work()
    return ada


def steps_of(stage: Stage) -> list[str]:
    return [row.step_id for row in stage.messages()]


def front(stage: Stage) -> advance.Batch:
    with stage.database.reading() as connection:
        return advance._front(stage.runtime, connection, stage.store_id)


def write(stage: Stage, batch: advance.Batch) -> None:
    batch_id = stage.database.write(lambda c: advance._note(stage.runtime, c, batch))
    advance._decide_and_write(stage.runtime, batch, batch_id)


# --- waits ------------------------------------------------------------------------------------


def test_what_happens_between_the_reading_and_the_writing_of_a_batch_is_seen(stage: Stage) -> None:
    ada = waiting(stage, {**VIEWED, "filter": SEVEN})
    tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="1")
    batch = front(stage)
    # By a transaction that began before the batch was read, and whose clock is the earlier.
    store, earlier = stage.store, batch.now - timedelta(milliseconds=5)
    with stage.database.writing() as connection:
        told = {"product_id": "7"}
        append_many(
            connection, [Event(store.id, EventName.PRODUCT_VIEWED, earlier, "seven", ada, told)]
        )
        news = News(EventName.PRODUCT_VIEWED, earlier, ada, data=told)
        enroll.react(connection, stage.runtime, store, [news], earlier)
    write(stage, batch)
    stage.work()
    assert steps_of(stage) == ["seen"]


def test_two_workers_with_the_same_rows_do_what_is_to_be_done_once(stage: Stage) -> None:
    call = {"kind": "call_webhook", "id": "call", "url": "https://hooks.example/1"}
    a_flow(stage, call, {"kind": "delay", "id": "d", "duration": "PT1M"}, MAIL)
    ordered(stage, stage.customer())
    first, second = front(stage), front(stage)
    write(stage, first)
    (asked,) = stage.rows(schema.outbox, kind="call_webhook")
    stage.change(schema.outbox, asked.id, state="done")
    # As if its clock were ahead: by it the row is due again already.
    write(stage, replaced(second, now=second.now + 2 * MINUTE))
    (asked,) = stage.rows(schema.outbox, kind="call_webhook")
    assert asked.state == "done"


def replaced(batch: advance.Batch, **more: Any) -> advance.Batch:
    return advance.Batch(
        **{name: more.get(name, getattr(batch, name)) for name in advance.Batch.__slots__}
    )


def test_what_happened_while_the_flow_was_paused_is_seen_when_it_goes_on(stage: Stage) -> None:
    a_flow(stage, VIEWED)
    ada = stage.customer()
    order = ordered(stage, ada)
    stage.work()
    (row,) = stage.rows(schema.enrollments, order_id=order)
    publish.pause(stage.runtime, stage.store_id, row.flow_id)
    tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="1")
    stage.work()
    assert steps_of(stage) == []
    publish.resume(stage.runtime, stage.store_id, row.flow_id)
    stage.work()
    assert steps_of(stage) == ["seen"]


def test_news_after_the_time_out_changes_nothing_any_more(stage: Stage) -> None:
    ada = waiting(stage, VIEWED)
    stage.live(3 * DAY + HOUR, 12 * HOUR)
    assert steps_of(stage) == ["unseen"]
    store, now = stage.store, stage.now
    with stage.database.writing() as connection:
        late = Event(store.id, EventName.PRODUCT_VIEWED, now - DAY, "late", ada, {})
        append_many(connection, [late])
        news = News(EventName.PRODUCT_VIEWED, now - DAY, ada)
        enroll.react(connection, stage.runtime, store, [news], now)
    stage.live(2 * HOUR)
    assert steps_of(stage) == ["unseen"]


def test_of_two_events_the_earlier_counts_though_it_came_in_later(stage: Stage) -> None:
    ada = waiting(stage, VIEWED)
    stage.pass_time(4 * HOUR)
    store, now = stage.store, stage.now
    with stage.database.writing() as connection:
        for hours in (1, 3):
            one = Event(store.id, EventName.PRODUCT_VIEWED, now - hours * HOUR, f"{hours}", ada, {})
            append_many(connection, [one])
            news = News(EventName.PRODUCT_VIEWED, one.occurred_at, ada)
            enroll.react(connection, stage.runtime, store, [news, news], now)
    stage.work()
    (message,) = stage.messages()
    assert (message.step_id, message.due_at) == ("seen", now - 3 * HOUR)


@pytest.mark.parametrize(("kind", "name"), [("open", "opened"), ("click", "clicked")])
def test_what_customers_do_with_a_message_ends_a_wait_at_once(
    stage: Stage, kind: str, name: str
) -> None:
    about = {"op": "eq", "field": "event.step_id", "value": "mail"}
    wait = {**VIEWED, "event": f"message.{name}", "filter": about}
    a_flow(stage, MAIL, wait)
    ordered(stage, stage.customer())
    stage.work()
    (mail,) = stage.messages()
    hit(stage, mail.id, kind, mail.sent_at + 20 * MINUTE)
    stage.pass_time(HOUR)
    track.drain(stage.runtime, [])
    stage.work()
    assert steps_of(stage) == ["mail", "seen"]


def test_a_bounce_ends_a_wait_at_once(stage: Stage) -> None:
    stage.sink.faults.order(Fault("rcpt", "reply", code=550, text="5.1.1 No such user"))
    note = {"kind": "notify_staff", "id": "n", "subject": "Bounced", "text": "Look"}
    a_flow(stage, MAIL, {**VIEWED, "event": "message.bounced", "yes": [note]})
    ordered(stage, stage.customer())
    stage.work()
    stage.work()
    assert len(stage.rows(schema.outbox, kind="notify_staff")) == 1


def test_a_wait_knows_what_the_step_before_it_changed(stage: Stage) -> None:
    tag = {"kind": "update_customer", "id": "tag", "add_tags": ["vip"]}
    a_flow(stage, tag, {**VIEWED, "event": "customer.tagged"})
    ordered(stage, stage.customer())
    stage.work()
    stage.work()
    assert steps_of(stage) == ["seen"]


# --- exits ------------------------------------------------------------------------------------


def fulfilled(stage: Stage, **more: Any) -> None:
    delay = {"kind": "delay", "id": "d", "duration": "P7D"}
    document = {"name": "Review", "trigger": {"event": "order.fulfilled"}, "steps": [delay, MAIL]}
    stage.put_flow(flow_schema.load({**document, **more}))


def test_an_exit_whose_news_overtook_the_triggers_ends_the_flow(stage: Stage) -> None:
    fulfilled(stage, exits=["order.refunded"])
    ada = stage.customer()
    shipped_at = stage.now
    stage.pass_time(2 * HOUR)
    tell(stage, EventName.ORDER_REFUNDED, ada)
    store, now = stage.store, stage.now
    with stage.database.writing() as connection:
        news = News(EventName.ORDER_FULFILLED, shipped_at, ada)
        enroll.react(connection, stage.runtime, store, [news], now)
    stage.work()
    (over,) = stage.rows(schema.enrollments)
    assert (over.state, over.end_reason) == ("ended", "exit_event")


def test_an_exit_in_the_same_batch_as_its_trigger_ends_the_flow(stage: Stage) -> None:
    fulfilled(stage, exits=["order.refunded"])
    ada, store, now = stage.customer(), stage.store, stage.now
    names = (EventName.ORDER_FULFILLED, EventName.ORDER_REFUNDED)
    with stage.database.writing() as connection:
        append_many(connection, [Event(store.id, one, now, one, ada, {}) for one in names])
        news = [News(one, now, ada) for one in names]
        enroll.react(connection, stage.runtime, store, news, now)
    stage.work()
    (over,) = stage.rows(schema.enrollments)
    assert (over.state, over.end_reason) == ("ended", "exit_event")


def test_another_order_ends_a_flow_that_its_own_order_began(stage: Stage) -> None:
    delay = {"kind": "delay", "id": "d", "duration": "P21D"}
    document = {"name": "Next", "trigger": {"event": "order.placed"}, "exits": ["order.placed"],
                "steps": [delay, MAIL]}  # fmt: skip
    stage.put_flow(flow_schema.load(document))
    ada = stage.customer()
    ordered(stage, ada)
    stage.live(2 * HOUR)
    (under_way,) = stage.rows(schema.enrollments)
    assert under_way.state == "active"
    ordered(stage, ada)
    states = {row.id: row.state for row in stage.rows(schema.enrollments)}
    assert states[under_way.id] == "ended"
    assert sorted(states.values()) == ["active", "ended"]


def test_unsubscribing_by_our_link_is_an_exit_and_a_trigger_as_any_news_of_it(stage: Stage) -> None:
    delay = {"kind": "delay", "id": "d", "duration": "P1D"}
    document = {
        "name": "Steps",
        "trigger": {"event": "order.placed"},
        "exits": ["customer.unsubscribed"],
        "steps": [MAIL, delay, {**MAIL, "id": "later"}],
    }
    stage.put_flow(flow_schema.load(document))
    note = {"kind": "notify_staff", "id": "n", "subject": "Gone", "text": "Look"}
    a_flow(stage, note, trigger={"event": "customer.unsubscribed", "channel": "email"})
    ordered(stage, stage.customer())
    stage.work()
    (mail,) = stage.messages()
    for _ in range(2):
        track.unsubscribe(stage.runtime, Link(stage.store_id, mail.id), one_click=True)
        stage.work()
    ways = {row.trigger_key[:5]: row.end_reason for row in stage.rows(schema.enrollments)}
    assert ways["order"] == "unsubscribed"
    assert len(stage.rows(schema.enrollments)) == 2
    assert len(stage.rows(schema.outbox, kind="notify_staff")) == 1


def test_a_touch_is_counted_by_whoever_makes_one(stage: Stage) -> None:
    waiting(stage, VIEWED)
    (row,) = stage.rows(schema.enrollments)
    with stage.database.writing() as connection:
        enrollments.hasten(connection, stage.store_id, [row.id], stage.now)
        enrollments.hasten(connection, stage.stranger_id, [row.id], stage.now)
    (after,) = stage.rows(schema.enrollments)
    assert after.touched == row.touched + 1
