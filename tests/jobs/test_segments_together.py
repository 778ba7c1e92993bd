"""Segments that time moves: those that are due together look at those whose moment it was."""

from typing import Any

from sqlalchemy import update

from jobs import membership, segments
from storage import schema
from storage.segments import StoredSegment, of_store
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_segments import BIG, DAY, VIEWED, VIP, make, moves, sweep, who_is_in

LATELY = {"op": "within", "field": "customer.last_order_at", "value": "P30D"}
BOUGHT = {"op": "gte", "orders": "count", "within": "P30D", "value": 1}
QUIET = {"op": "all", "of": [VIP, {"op": "none", "of": [LATELY]}]}


def stored(stage: Stage) -> list[StoredSegment]:
    with stage.database.reading() as connection:
        return of_store(connection, stage.store_id)


def buyer(stage: Stage, name: str, days: int, **row: Any) -> str:
    """Put in a customer whose last order is so old."""
    at = stage.now - days * DAY
    return stage.customer(name, orders_count=1, first_order_at=at, last_order_at=at, **row)


def be_due(stage: Stage) -> None:
    """Let time alone be the reason to look at all segments."""
    with stage.database.writing() as connection:
        now = stage.database.now(connection)
        connection.execute(update(schema.segments).values(due_at=now, whole_at=now + DAY))


def test_time_moves_a_customer_in_all_segments_at_once(stage: Stage) -> None:
    ada = buyer(stage, "Ada", 29, tags=["vip"])
    buyer(stage, "Eve", 29, store_id=stage.stranger_id, tags=["vip"])
    lately, quiet = make(stage, LATELY, "Lately"), make(stage, QUIET, "Quiet")
    inside = make(stage, {"op": "in_segment", "value": lately}, "Inside")
    assert [who_is_in(stage, one) for one in (lately, quiet, inside)] == [[ada], [], [ada]]
    stage.pass_time(DAY - HOUR)
    sweep(stage)
    assert moves(stage) == []
    stage.pass_time(HOUR)
    be_due(stage)
    assert segments.sweep(stage.runtime, stage.store_id)
    assert sorted(moves(stage)) == sorted([
        ("segment.left", lately, ada), ("segment.entered", quiet, ada),
        ("segment.left", inside, ada),
    ])  # fmt: skip
    be_due(stage)
    sweep(stage)
    assert len(moves(stage)) == 3


def test_who_was_missed_is_found_by_the_look_at_everybody_once_a_day(stage: Stage) -> None:
    ada = stage.customer()
    lately, big = make(stage, LATELY, "Lately"), make(stage, BIG, "Big")
    stage.change(schema.customers, ada, spent=9000)
    stage.pass_time(HOUR)
    be_due(stage)
    sweep(stage)
    assert who_is_in(stage, big) == []
    stage.pass_time(DAY)
    sweep(stage)
    assert who_is_in(stage, big) == [ada]
    assert who_is_in(stage, lately) == []


def test_a_look_is_of_the_time_since_the_last_one_however_long_that_was(stage: Stage) -> None:
    young = [buyer(stage, f"P{days}", days) for days in (25, 26)]
    people = sorted([*young, *(buyer(stage, f"P{days}", days) for days in (28, 29))])
    lately = make(stage, LATELY)
    assert who_is_in(stage, lately) == people
    stage.pass_time(3 * DAY - HOUR)
    be_due(stage)
    segments.sweep(stage.runtime, stage.store_id)
    assert who_is_in(stage, lately) == sorted(young)


def test_what_is_heard_in_the_midst_of_a_look_stays_due(stage: Stage) -> None:
    make(stage, VIEWED, "Viewers")
    (before,) = stored(stage)
    with stage.database.writing() as connection:
        now = stage.database.now(connection)
        membership.look_soon(connection, stage.store_id, ["product.viewed"], now)
    with stage.database.writing() as connection:
        segments.finish(stage.runtime, connection, [before], now, whole=True)
    (after,) = stored(stage)
    assert after.whole_at == now + membership.SOONEST
    assert after.due_at == after.whole_at


def test_so_many_are_moved_that_everybody_is_looked_at(stage: Stage) -> None:
    people = sorted(buyer(stage, f"P{number}", 29) for number in range(3))
    bought, lately = make(stage, BOUGHT, "Bought"), make(stage, LATELY, "Lately")
    assert [who_is_in(stage, one) for one in (bought, lately)] == [people, people]
    stage.pass_time(DAY + HOUR)
    be_due(stage)
    while segments.sweep(stage.runtime, stage.store_id, most=2):
        pass
    assert [who_is_in(stage, one) for one in (bought, lately)] == [[], []]
    assert len(moves(stage)) == 6
