"""Segments that are due together: looked at in one go, a stretch of customers at a time."""

from typing import Any

from jobs import segments
from storage import schema
from storage.segments import StoredSegment, of_store
from tests.jobs.stage import Stage
from tests.jobs.test_segments import BIG, DAY, VIEWED, VIP, make, moves, sweep, who_is_in

NOT_VIP: dict[str, Any] = {"op": "none", "of": [VIP]}
LATELY = {"op": "within", "field": "customer.last_order_at", "value": "P30D"}
BOUGHT = {"op": "gte", "orders": "count", "within": "P30D", "value": 2}


def five(stage: Stage) -> list[str]:
    """Keep so many segments that they are looked at together."""
    told = [BIG, VIP, NOT_VIP, LATELY, BOUGHT]
    return [make(stage, one, f"S{at}") for at, one in enumerate(told)]


def stored(stage: Stage) -> list[StoredSegment]:
    with stage.database.reading() as connection:
        return of_store(connection, stage.store_id)


def test_what_was_missed_is_healed_in_all_of_them_and_told_once(stage: Stage) -> None:
    ada, bob = stage.customer(), stage.customer("Bob", tags=["vip"])
    stage.customer("Eve", store_id=stage.stranger_id, spent=9000)
    big, vip, plain, *_ = five(stage)
    assert [who_is_in(stage, one) for one in (big, vip, plain)] == [[], [bob], [ada]]
    stage.change(schema.customers, ada, spent=9000, tags=["vip"])
    stage.pass_time(DAY)
    sweep(stage)
    assert sorted(moves(stage)) == sorted([
        ("segment.left", plain, ada), ("segment.entered", big, ada), ("segment.entered", vip, ada),
    ])  # fmt: skip
    assert [who_is_in(stage, one) for one in (big, plain)] == [[ada], []]
    assert {one.looked_to for one in stored(stage)} == {None}
    assert all(one.due_at and one.refreshed_at and one.due_at > one.refreshed_at
               for one in stored(stage))  # fmt: skip


def test_a_look_that_died_goes_on_where_it_was_and_decides_nothing_twice(stage: Stage) -> None:
    people = [stage.customer(f"P{number}") for number in range(5)]
    big, *_ = five(stage)
    for one in people:
        stage.change(schema.customers, one, spent=9000)
    stage.pass_time(DAY)
    assert segments.sweep(stage.runtime, stage.store_id, length=2)
    half = who_is_in(stage, big)
    assert half == sorted(people)[:2]
    assert {one.looked_to for one in stored(stage)} == {half[-1]}
    while segments.sweep(stage.runtime, stage.store_id, length=2):
        pass
    assert who_is_in(stage, big) == sorted(people)
    told = [move for move in moves(stage) if move[1] == big]
    assert sorted(told) == sorted(("segment.entered", big, one) for one in people)


def test_a_segment_changed_in_the_midst_of_a_look_is_built_anew(stage: Stage) -> None:
    people = sorted(stage.customer(f"P{number}", tags=["vip"]) for number in range(3))
    big, *_ = five(stage)
    stage.pass_time(DAY)
    segments.sweep(stage.runtime, stage.store_id, length=1)
    segments.change(stage.runtime, stage.store_id, big, {"name": "S0", "condition": VIP | MORE})
    while segments.sweep(stage.runtime, stage.store_id, length=1):
        pass
    assert who_is_in(stage, big) == people
    assert {one.state for one in stored(stage)} == {"ready"}


MORE = {"value": "vip"}


def test_what_is_heard_in_the_midst_of_a_look_is_looked_at_again(stage: Stage) -> None:
    stage.customer(), stage.customer("Bob")
    five(stage)
    make(stage, VIEWED, "Viewers")
    stage.pass_time(DAY)
    segments.sweep(stage.runtime, stage.store_id, length=1)
    with stage.database.writing() as connection:
        now = stage.database.now(connection)
        segments.membership.look_soon(connection, stage.store_id, ["product.viewed"], now)
    while segments.sweep(stage.runtime, stage.store_id, length=1):
        pass
    (viewers,) = [one for one in stored(stage) if one.name == "Viewers"]
    assert viewers.due_at is not None
    assert viewers.due_at <= now + segments.membership.SOONEST


def test_one_that_asks_about_another_follows_it_in_the_same_look(stage: Stage) -> None:
    ada = stage.customer()
    big, *_ = five(stage)
    inside = make(stage, {"op": "in_segment", "value": big}, "Inside")
    outside = make(stage, {"op": "none", "of": [{"op": "in_segment", "value": big}]}, "Outside")
    assert who_is_in(stage, outside) == [ada]
    stage.change(schema.customers, ada, spent=9000)
    stage.pass_time(DAY)
    sweep(stage)
    assert [who_is_in(stage, one) for one in (big, inside, outside)] == [[ada], [ada], []]
