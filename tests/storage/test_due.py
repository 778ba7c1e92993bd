"""What is due, store by store, and when the next thing is."""

from datetime import timedelta

from storage import due, schema
from tests.jobs.stage import HOUR, MINUTE, Stage


def look(stage: Stage) -> due.Look:
    with stage.database.reading() as connection:
        return due.look(connection, *stage.database.moments(connection))


def stores(stage: Stage, kind: due.Kind) -> list[str]:
    with stage.database.reading() as connection:
        return due.stores(connection, kind, stage.database.now(connection))


def test_each_store_with_something_due_is_named_once(stage: Stage) -> None:
    for store_id in (stage.store_id, stage.stranger_id):
        for name in ("Ada", "Ben"):
            stage.cart(stage.customer(name, store_id), store_id)
    assert stores(stage, due.CARTS) == []
    stage.pass_time(HOUR)
    assert sorted(stores(stage, due.CARTS)) == sorted([stage.store_id, stage.stranger_id])
    stage.change(schema.carts, stage.rows(schema.carts)[0].id, idle_at=None)
    assert len(stores(stage, due.CARTS)) == 2


def test_a_look_tells_what_is_due_and_when_the_next_thing_is(stage: Stage) -> None:
    stage.do_the_days_round()
    assert look(stage).due == ()
    left_at = stage.now
    stage.cart(stage.customer(), updated_at=left_at)
    seen = look(stage)
    assert (seen.due, seen.business_next) == ((), left_at + HOUR)
    stage.pass_time(HOUR)
    stage.cart(stage.customer("Ben"), updated_at=left_at, idle_at=left_at + 3 * HOUR)
    seen = look(stage)
    assert (seen.due, seen.business_next) == ((due.CARTS,), left_at + 3 * HOUR)
    assert seen.real_next is None


def test_the_clock_looks_at_every_kind_of_thing_that_waits() -> None:
    every = {one for one in vars(due).values() if isinstance(one, due.Kind)}
    assert set(due.KINDS) == every


def test_counting_covers_what_is_in_somebodys_hands(stage: Stage) -> None:
    def waiting() -> dict[str, int]:
        with stage.database.reading() as connection:
            counts = due.count(connection, *stage.database.moments(connection))
        return {kind: count for kind, count in counts.items() if count}

    stage.do_the_days_round()
    stage.cart(stage.customer())
    assert waiting() == {}
    stage.pass_time(HOUR)
    assert waiting() == {"carts": 1}
    stage.work()
    assert waiting() == {}
    (sent,) = stage.messages()
    stage.change(schema.messages, sent.id, state="handing_over")
    assert waiting() == {"in_flight": 1}
    stage.change(schema.messages, sent.id, state="retry_wait", retry_at=sent.due_at - 30 * HOUR)
    assert waiting() == {"retries": 1}
    stage.change(schema.messages, sent.id, state="due", not_before=stage.now + MINUTE)
    assert waiting() == {}
    stage.pass_time(timedelta(minutes=2))
    assert waiting() == {"messages": 1}
