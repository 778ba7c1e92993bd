"""Segments: built by a job, kept up by what happens, swept by time, and heard of by flows."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jobs import drafts, enroll, publish, segments, track
from marketing.events import EventName, News
from marketing.flow import Condition, Delay, Flow, Trigger, UpdateCustomer
from marketing.flow_schema import dump
from marketing.model import CustomerKey
from marketing.segments import BadSegment
from storage import due, events, privacy, schema
from storage.events import Event
from storage.segments import get, members, of_store, sizes
from tests.jobs.inbound import Inbound
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_enroll import hit, tell

DAY = timedelta(days=1)
BIG = {"op": "gt", "field": "customer.spent", "value": 5000}
VIEWED = {"op": "gte", "events": "product.viewed", "within": "P30D", "value": 2}
VIP = {"op": "contains", "field": "customer.tags", "value": "vip"}


def make(stage: Stage, condition: Any, name: str = "Them", **more: Any) -> str:
    """Keep a segment and let the job build it."""
    document = {"name": name, "condition": condition}
    segment_id = segments.create(stage.runtime, stage.store_id, document, **more)
    sweep(stage)
    return segment_id


def sweep(stage: Stage) -> None:
    for store_id in (stage.store_id, stage.stranger_id):
        while segments.drain(stage.runtime, [store_id]):
            pass


def who_is_in(stage: Stage, segment_id: str, store_id: str | None = None) -> list[str]:
    with stage.database.reading() as connection:
        return members(connection, store_id or stage.store_id, segment_id)


def moves(stage: Stage) -> list[tuple[str, str, str]]:
    rows = [*stage.events("segment.entered"), *stage.events("segment.left")]
    return [(row.name, row.data["segment_id"], row.customer_id) for row in rows]


def test_a_new_segment_is_built_by_a_job_and_nobody_entered_it(stage: Stage) -> None:
    rich = stage.customer(spent=5001)
    stage.customer("Bob", spent=5000)
    stage.customer("Eve", store_id=stage.stranger_id, spent=9000)
    document = {"name": "Big", "condition": BIG}
    segment_id = segments.create(stage.runtime, stage.store_id, document)
    with stage.database.reading() as connection:
        before = get(connection, stage.store_id, segment_id)
        stranger = get(connection, stage.stranger_id, segment_id)
    assert before
    assert before.state == "building"
    assert stranger is None
    assert who_is_in(stage, segment_id) == []
    sweep(stage)
    with stage.database.reading() as connection:
        (after,) = of_store(connection, stage.store_id)
        counted = sizes(connection, stage.store_id, [segment_id])
        strange = sizes(connection, stage.stranger_id, [segment_id])
    assert (after.state, after.built_at) == ("ready", after.refreshed_at)
    assert who_is_in(stage, segment_id) == [rich]
    assert who_is_in(stage, segment_id, stage.stranger_id) == []
    assert (counted, strange) == ({segment_id: 1}, {segment_id: 0})
    assert moves(stage) == []


def test_a_segment_that_announces_tells_of_those_it_begins_with(stage: Stage) -> None:
    rich = stage.customer(spent=5001)
    segment_id = make(stage, BIG, announces=True)
    assert moves(stage) == [("segment.entered", segment_id, rich)]


def test_an_order_moves_its_customer_in_the_batch_that_tells_of_it(stage: Stage) -> None:
    inbound = Inbound(stage)
    buyers = make(stage, {"op": "gte", "orders": "count", "value": 1})
    others = make(stage, {"op": "none", "of": [{"op": "in_segment", "value": buyers}]}, "Others")
    inbound.checkout()
    inbound.ingest()
    (ada,) = [row.id for row in stage.rows(schema.customers)]
    assert [who_is_in(stage, one) for one in (buyers, others)] == [[], [ada]]
    inbound.order(1001)
    inbound.ingest()
    assert [who_is_in(stage, one) for one in (buyers, others)] == [[ada], []]
    assert moves(stage)[1:] == [("segment.entered", buyers, ada), ("segment.left", others, ada)]
    inbound.ingest()
    assert len(moves(stage)) == len(set(moves(stage)))


def test_an_opened_message_moves_its_reader(stage: Stage) -> None:
    readers = make(stage, {"op": "gte", "events": "message.opened", "value": 1})
    ada = stage.customer()
    stage.cart(ada)
    stage.live(2 * HOUR)
    (sent,) = stage.messages(state="sent")
    hit(stage, sent.id, "open", stage.now)
    track.drain(stage.runtime, [])
    assert who_is_in(stage, readers) == [ada]
    assert moves(stage) == [("segment.entered", readers, ada)]


def test_an_event_of_another_program_and_a_tag_move_their_customer(stage: Stage) -> None:
    ada = stage.customer()
    quiz = {"op": "gte", "events": "custom", "value": 1, "where": {"name": "quiz"}}
    both = make(stage, {"op": "all", "of": [quiz, VIP]})
    happened(stage, ada, EventName.CUSTOM, {"name": "quiz", "properties": {}})
    assert who_is_in(stage, both) == []
    stage.change(schema.customers, ada, tags=["vip"])
    tell(stage, News(EventName.CUSTOMER_TAGGED, stage.now, ada, data={"added": ["vip"]}))
    assert who_is_in(stage, both) == [ada]


def happened(stage: Stage, who: str, name: EventName, data: dict[str, Any]) -> None:
    """Keep an event and tell it, as the doors do."""
    told = Event(stage.store_id, name, stage.now, schema.new_id(), who, data)
    with stage.database.writing() as connection:
        events.append_many(connection, [told])
        news = [News(name, told.occurred_at, who, data=data)]
        enroll.react(connection, stage.runtime, stage.store, news, stage.now)


def test_time_alone_moves_a_customer_when_the_moment_comes(stage: Stage) -> None:
    ada = stage.customer()
    viewers = make(stage, VIEWED)
    for _ in range(2):
        happened(stage, ada, EventName.PRODUCT_VIEWED, {"product_id": "p1"})
    assert who_is_in(stage, viewers) == [ada]
    stage.pass_time(30 * DAY - HOUR)
    sweep(stage)
    assert who_is_in(stage, viewers) == [ada]
    stage.pass_time(HOUR + timedelta(minutes=6))
    sweep(stage)
    assert who_is_in(stage, viewers) == []
    assert moves(stage)[-1] == ("segment.left", viewers, ada)


def test_the_clock_knows_when_time_moves_somebody(stage: Stage) -> None:
    ada = stage.customer()
    hour = make(stage, {**VIEWED, "within": "PT1H", "value": 1})
    with stage.database.reading() as connection:
        assert due.stores(connection, due.SEGMENTS, stage.now) == []
        quiet = get(connection, stage.store_id, hour)
    happened(stage, ada, EventName.PRODUCT_VIEWED, {"product_id": "p1"})
    with stage.database.reading() as connection:
        soon = get(connection, stage.store_id, hour)
    assert quiet
    assert soon
    assert quiet.due_at
    assert soon.due_at
    assert quiet.due_at - stage.now > 23 * HOUR
    assert soon.due_at - stage.now <= HOUR
    stage.pass_time(HOUR)
    with stage.database.reading() as connection:
        assert due.stores(connection, due.SEGMENTS, stage.now) == [stage.store_id]
        assert due.SEGMENTS in due.look(connection, *stage.database.moments(connection)).due


def welcome(segment: str, event: str = "segment.entered", **more: Any) -> Flow:
    trigger = Trigger(event, segment=segment)
    return Flow("On it", trigger, (UpdateCustomer("tag", add_tags=("seen",)),), **more)


def states(stage: Stage, flow_id: str) -> list[str]:
    return [row.state for row in stage.rows(schema.enrollments, flow_id=flow_id)]


def test_entering_and_leaving_begin_flows_each_once(stage: Stage) -> None:
    ada = stage.customer()
    big, vip = make(stage, BIG), make(stage, VIP, "Vip")
    coming, going = stage.put_flow(welcome(big)), stage.put_flow(welcome(big, "segment.left"))
    other = stage.put_flow(welcome(vip))
    stage.change(schema.customers, ada, spent=6000)
    tell(stage, News(EventName.ORDER_PAID, stage.now, ada))
    tell(stage, News(EventName.ORDER_PAID, stage.now, ada))
    assert [len(states(stage, one)) for one in (coming, going, other)] == [1, 0, 0]
    stage.change(schema.customers, ada, spent=0)
    tell(stage, News(EventName.ORDER_REFUNDED, stage.now, ada))
    assert [len(states(stage, one)) for one in (coming, going, other)] == [1, 1, 0]
    stage.work()
    assert [row.data["added"] for row in stage.events("customer.tagged")] == [["seen"]]


def test_a_flow_does_not_go_round_by_its_own_steps(stage: Stage) -> None:
    ada = stage.customer(tags=["hot"])
    hot = make(stage, {"op": "contains", "field": "customer.tags", "value": "hot"})
    steps = (
        UpdateCustomer("cool", remove_tags=("hot",)),
        Delay("rest", 2 * DAY),
        UpdateCustomer("heat", add_tags=("hot",)),
    )
    flow_id = stage.put_flow(Flow("Ring", Trigger("segment.entered", segment=hot), steps))
    stage.change(schema.customers, ada, tags=[])
    tell(stage, News(EventName.CUSTOMER_UNTAGGED, stage.now, ada, data={"removed": ["hot"]}))
    stage.change(schema.customers, ada, tags=["hot"])
    tell(stage, News(EventName.CUSTOMER_TAGGED, stage.now, ada, data={"added": ["hot"]}))
    stage.live(5 * DAY, DAY)
    assert states(stage, flow_id) == ["ended"]
    names = [name for name, *_ in moves(stage)]
    assert Counter(names) == {"segment.entered": 2, "segment.left": 2}
    (skipped,) = [row for row in stage.events("flow.skipped") if row.data["flow_id"] == flow_id]
    assert skipped.data["reason"] == "own_doing"


def test_a_property_that_a_flow_sets_moves_the_customer_too(stage: Stage) -> None:
    ada = stage.customer()
    gold = make(stage, {"op": "eq", "field": "customer.properties.tier", "value": "gold"})
    steps = (UpdateCustomer("gild", properties={"tier": "gold"}),)
    stage.put_flow(Flow("Gild", Trigger("review.posted"), steps))
    tell(stage, News(EventName.REVIEW_POSTED, stage.now, ada))
    stage.work()
    assert who_is_in(stage, gold) == [ada]


def test_leaving_a_segment_for_a_moment_ends_no_run(stage: Stage) -> None:
    ada = stage.customer(spent=0)
    big = make(stage, BIG)
    flow_id = stage.put_flow(
        Flow("Slow", Trigger("segment.entered", segment=big), (Delay("wait", DAY),
             UpdateCustomer("tag", add_tags=("seen",)))),
    )  # fmt: skip
    for spent in (6000, 0, 6000):
        stage.change(schema.customers, ada, spent=spent)
        tell(stage, News(EventName.ORDER_UPDATED, stage.now, ada))
    assert states(stage, flow_id) == ["active"]
    stage.live(25 * HOUR)
    assert states(stage, flow_id) == ["ended"]
    assert stage.events("customer.tagged")


def test_another_condition_is_built_anew_in_silence(stage: Stage) -> None:
    ada, bob = stage.customer(spent=6000), stage.customer("Bob", tags=["vip"])
    segment_id = make(stage, BIG)
    document = {"name": "Other", "condition": VIP}
    segments.change(stage.runtime, stage.store_id, segment_id, document)
    with stage.database.reading() as connection:
        changed = get(connection, stage.store_id, segment_id)
    assert changed
    assert (changed.state, changed.revision) == ("building", 2)
    assert who_is_in(stage, segment_id) == [ada]
    sweep(stage)
    assert who_is_in(stage, segment_id) == [bob]
    assert moves(stage) == []


def test_what_a_missed_event_left_wrong_is_healed_by_the_sweep(stage: Stage) -> None:
    ada = stage.customer()
    segment_id = make(stage, BIG)
    stage.change(schema.customers, ada, spent=9000)
    stage.pass_time(DAY)
    sweep(stage)
    assert moves(stage) == [("segment.entered", segment_id, ada)]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"op": "in_segment", "value": "nowhere"}, "a segment that is not in this store"),
        ({"op": "eq", "field": "customer.shoe", "value": 1}, "customer.shoe"),
        ({"op": "eq", "field": "cart.total", "value": 1}, "cart.total"),
        ({"op": "within", "field": "customer.country", "value": "P1D"}, "customer.country"),
        ({"op": "gt", "orders": "spent", "value": "much"}, "no whole number"),
        ({"op": "eq", "field": "customer.country", "value": "\0"}, "can't be kept"),
    ],
)
def test_a_segment_that_makes_no_sense_is_refused(stage: Stage, condition: Any, told: str) -> None:
    with pytest.raises(BadSegment) as refused:
        make(stage, condition)
    (problem,) = refused.value.problems
    assert problem.field == "condition"
    assert told in problem.message
    assert problem.remedy.endswith(".")


def test_segments_do_not_ask_about_themselves(stage: Stage) -> None:
    one = make(stage, BIG)
    two = make(stage, {"op": "in_segment", "value": one}, "Two")
    ring = {"name": "One", "condition": {"op": "in_segment", "value": two}}
    with pytest.raises(BadSegment, match="itself"):
        segments.change(stage.runtime, stage.store_id, one, ring)
    with pytest.raises(BadSegment, match="another segment"):
        make(stage, VIP, "Two")


def test_a_segment_in_use_stays(stage: Stage) -> None:
    one = make(stage, BIG)
    two = make(stage, {"op": "in_segment", "value": one}, "Two")
    stage.put_flow(replace(welcome(one), name="Flow", filter=Condition("in_segment", value=one)))
    with pytest.raises(segments.SegmentInUse) as refused:
        segments.remove(stage.runtime, stage.store_id, one)
    assert refused.value.users == ("Two", "Flow")
    segments.remove(stage.runtime, stage.store_id, two)
    with pytest.raises(segments.NoSuchSegment):
        segments.remove(stage.runtime, stage.stranger_id, one)


def test_a_paused_flow_and_a_draft_keep_their_segment_and_are_named(stage: Stage) -> None:
    big, vip = make(stage, BIG), make(stage, VIP, "Regulars")
    asks = replace(welcome(big), name="Flow", filter=Condition("in_segment", value=big))
    flow_id = stage.put_flow(asks)
    publish.pause(stage.runtime, stage.store_id, flow_id)
    bare = {**dump(replace(asks, filter=None)), "name": "Idea"}
    told = {"event": "segment.entered", "segment": vip}
    drafts.create(stage.runtime, stage.store_id, {**bare, "trigger": told}, is_unfinished=True)
    for segment_id, users in ((big, ("Flow",)), (vip, ("Idea",))):
        with pytest.raises(segments.SegmentInUse) as refused:
            segments.remove(stage.runtime, stage.store_id, segment_id)
        assert refused.value.users == users


def test_a_condition_is_counted_before_it_is_kept(stage: Stage) -> None:
    ada = stage.customer(spent=6000, phone="+15550100", sms_consent="subscribed")
    stage.customer("Bob", spent=6000, email_consent="unsubscribed")
    stage.customer("Eve", store_id=stage.stranger_id, spent=9000)
    document = {"name": "Big", "condition": BIG}
    found = segments.count(stage.runtime, stage.store_id, document)
    assert (found.customers, found.reach) == (2, {"email": 1, "sms": 1})
    assert ada in found.samples
    assert stage.rows(schema.segments) == []


def test_who_is_erased_is_in_no_segment(stage: Stage) -> None:
    ada = stage.customer(external_id="77", spent=6000)
    segment_id = make(stage, BIG)
    with stage.database.writing() as connection:
        key = CustomerKey("77", None, None)
        privacy.erase(connection, stage.store, key, lambda *told: "".join(told), stage.now)
    assert who_is_in(stage, segment_id) == []
    assert stage.rows(schema.segment_members, customer_id=ada) == []


def test_what_only_the_timeline_hears_of_is_counted_by_the_next_sweep(stage: Stage) -> None:
    ada = stage.customer()
    written_to = make(stage, {"op": "gte", "events": "message.sent", "value": 1})
    left = make(stage, {"op": "gte", "events": "cart.abandoned", "value": 1}, "Left a cart")
    stage.cart(ada)
    stage.live(2 * HOUR)
    sweep(stage)
    assert [who_is_in(stage, one) for one in (written_to, left)] == [[ada], [ada]]
    assert len(moves(stage)) == 2


def test_two_changes_at_once_make_no_circle_and_two_segments_no_name_twice(stage: Stage) -> None:
    half = {"op": "percent", "value": 50}
    one, two = make(stage, half, "one"), make(stage, half, "two")

    def ask(segment_id: str | None, name: str, condition: Any) -> bool:
        told = {"name": name, "condition": condition}
        try:
            if segment_id:
                segments.change(stage.runtime, stage.store_id, segment_id, told)
            else:
                segments.create(stage.runtime, stage.store_id, told)
        except BadSegment:
            return False
        return True

    in_two, in_one = ({"op": "in_segment", "value": other} for other in (two, one))
    with ThreadPoolExecutor(4) as pool:
        for turn in range(5):
            told = list(pool.map(ask, (one, two), ("one", "two"), (in_two, in_one)))
            assert sorted(told) == [False, True]
            assert ask(one, "one", half)
            assert ask(two, "two", half)
            assert sum(pool.map(ask, [None] * 4, [f"new {turn}"] * 4, [half] * 4)) == 1
