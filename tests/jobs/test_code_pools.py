"""Pools of codes: filled ahead, each code once, never empty when a message is due, cleared away."""

import importlib
import itertools
from datetime import timedelta
from typing import Any

import pytest
from rq import Queue
from rq.serializers import JSONSerializer

from connectors.base import StoreRefused, StoreThrottled, StoreUnavailable, TokenRefused
from jobs import pools
from jobs.clock import Clock
from jobs.grants import POOL_SIZE
from marketing import flow_schema
from storage import reports, schema
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import DAY, MAIL, WORDS

OFFER = {
    **MAIL,
    "id": "offer",
    "coupon": "code",
    "template": {
        **WORDS,
        "text": "{% if coupon %}Your code: {{ coupon.code }}{% else %}No code{% endif %}",
    },
}
COUPON: dict[str, Any] = {
    "kind": "coupon", "id": "code", "percent": 10, "valid_for": "P2D", "once_per": None,
    "pool": True,
}  # fmt: skip


def a_pool_flow(stage: Stage, store_id: str | None = None, **coupon: Any) -> str:
    step = {**COUPON, **coupon}
    document = {"name": "Thanks", "trigger": {"event": "order.placed"}, "steps": [step, OFFER]}
    return stage.put_flow(flow_schema.load(document), store_id)


def fill(stage: Stage) -> None:
    while pools.drain(stage.runtime, [stage.store_id]):
        pass


def open_pools(stage: Stage) -> list[Any]:
    return sorted(stage.rows(schema.code_pools), key=lambda row: row.ends_at)


def ready(stage: Stage) -> int:
    return len(stage.rows(schema.pool_codes, state="ready"))


def wait_is_over(stage: Stage) -> None:
    """The pause after a failed call, or the lease of a worker that died, has passed."""
    for row in stage.rows(schema.code_pools):
        stage.change(schema.code_pools, row.id, retry_at=None, lease_until=None)


def offered(stage: Stage) -> list[str]:
    """The first line of each mail."""
    bodies = [mail.get_body(("plain",)) for mail in stage.sink.mails]
    return [body.get_content().splitlines()[0] for body in bodies if body]


def problems(stage: Stage, store_id: str | None = None) -> dict[str, int]:
    with stage.database.reading() as connection:
        found = reports.problems(connection, store_id or stage.store_id, stage.now - 7 * DAY)
    return {one.kind: one.count for one in found}


def test_going_live_fills_a_pool_for_each_day_to_come(stage: Stage) -> None:
    a_pool_flow(stage)
    fill(stage)
    rows = open_pools(stage)
    steps = [after.ends_at - before.ends_at for before, after in itertools.pairwise(rows)]
    assert all(23 * HOUR <= step <= 25 * HOUR for step in steps)
    assert len(rows) == pools.AHEAD + 1
    assert all(row.ends_at > stage.now + 2 * DAY for row in rows)
    assert ready(stage) == POOL_SIZE * len(rows)
    codes = stage.rows(schema.pool_codes)
    assert {row.code: stage.shop.codes[row.code] for row in codes} == stage.shop.codes
    assert len(stage.shop.made) == len(rows), "one parent discount each"


def test_the_clock_has_a_worker_look_after_pools(stage: Stage) -> None:
    a_pool_flow(stage)
    Clock(stage.runtime).tick()
    bulk = Queue("bulk", connection=stage.runtime.queues.redis, serializer=JSONSerializer)
    asked = [job.args for job in bulk.jobs]
    assert ["pools", [stage.store_id]] in asked
    for verb, store_ids in asked:
        importlib.import_module(f"jobs.{verb}").drain(stage.runtime, store_ids)
    assert ready(stage) == POOL_SIZE * (pools.AHEAD + 1)


def test_a_message_offers_a_code_of_the_pool_without_a_call_at_send_time(stage: Stage) -> None:
    a_pool_flow(stage)
    fill(stage)
    calls = stage.shop.calls
    people = [stage.customer(f"P{number}") for number in range(3)]
    for one in people:
        ordered(stage, one)
    stage.work()
    codes = stage.rows(schema.codes)
    assert stage.shop.calls == calls
    assert {row.state for row in codes} == {"created"}
    assert sorted(offered(stage)) == sorted(f"Your code: {row.code}" for row in codes)
    assert len({row.code for row in codes}) == len(people)
    (pool,) = {(row.pool_id, row.ends_at) for row in codes}
    assert pool[1] - stage.now >= 2 * DAY, "it lasts at least as long as the step says"
    owners = {row.code_id for row in stage.rows(schema.pool_codes, state="taken")}
    assert owners == {row.id for row in codes}


def test_each_kind_of_code_is_its_own_pool(stage: Stage) -> None:
    a_pool_flow(stage)
    a_pool_flow(stage, percent=None, off="amount", amount=500, minimum=4000)
    a_pool_flow(stage, percent=None, off="free_shipping")
    fill(stage)
    made = list(stage.shop.made.values())
    assert {(one.off, one.percent, one.amount, one.minimum) for one in made} == {
        ("percent", 10, 0, None),
        ("amount", 0, 500, 4000),
        ("free_shipping", 0, 0, None),
    }
    assert ready(stage) == len(made) * POOL_SIZE


def test_flows_that_offer_the_same_share_a_pool(stage: Stage) -> None:
    a_pool_flow(stage)
    a_pool_flow(stage)
    assert len(open_pools(stage)) == pools.AHEAD + 1


def test_a_pool_that_is_used_grows_before_it_is_empty(stage: Stage) -> None:
    a_pool_flow(stage)
    fill(stage)
    for number in range(POOL_SIZE * 3 // 5):
        ordered(stage, stage.customer(f"P{number}"))
    stage.work()
    fill(stage)
    (pool,) = {row.pool_id for row in stage.rows(schema.codes)}
    (row,) = stage.rows(schema.code_pools, id=pool)
    assert row.size == POOL_SIZE * 6 // 5
    assert len(stage.rows(schema.pool_codes, pool_id=pool, state="ready")) == row.size


def test_an_empty_pool_holds_no_message_up(stage: Stage) -> None:
    """Its code is made for it alone."""
    a_pool_flow(stage)
    stage.shop.import_failures = [StoreUnavailable("down")] * 50
    stage.shop.failures = [StoreUnavailable("down")] * 3
    fill(stage)
    ordered(stage, stage.customer())
    stage.work()
    (code,) = stage.rows(schema.codes)
    assert (code.state, code.pool_id) == ("created", None)
    assert stage.shop.made[code.code].percent == 10
    assert offered(stage) == [f"Your code: {code.code}"]


def test_the_stranger_store_has_no_part_in_a_pool(stage: Stage) -> None:
    a_pool_flow(stage)
    a_pool_flow(stage, stage.stranger_id)
    fill(stage)
    assert {row.store_id for row in stage.rows(schema.pool_codes)} == {stage.store_id}
    ordered(stage, stage.customer())
    stage.work()
    theirs = [row.code for row in stage.rows(schema.pool_codes, store_id=stage.stranger_id)]
    ours = [row.code for row in stage.rows(schema.pool_codes, store_id=stage.store_id)]
    assert theirs
    assert not set(ours) & set(theirs)
    states = {row.store_id for row in stage.rows(schema.pool_codes, state="taken")}
    assert states == {stage.store_id}


# --- what goes wrong --------------------------------------------------------------------------


class Died(BaseException):
    """A worker's end in the middle of its work."""


def test_codes_asked_for_before_a_crash_are_asked_for_again_and_no_others(stage: Stage) -> None:
    a_pool_flow(stage)
    stage.shop.import_failures = [Died()]  # type: ignore[list-item]
    with pytest.raises(Died):
        fill(stage)
    wait_is_over(stage)
    fill(stage)
    first, *others = [sorted(texts) for texts in stage.shop.asked]
    assert others.count(first) == 1
    assert len(stage.rows(schema.pool_codes)) == len(open_pools(stage)) * POOL_SIZE


def test_an_import_whose_answer_was_lost_is_ours_all_the_same(stage: Stage) -> None:
    a_pool_flow(stage)
    stage.shop.loses_answers = 1
    fill(stage)
    assert ready(stage) < POOL_SIZE * (pools.AHEAD + 1)
    wait_is_over(stage)
    fill(stage)
    assert ready(stage) == POOL_SIZE * (pools.AHEAD + 1)
    assert {row.code for row in stage.rows(schema.pool_codes)} == set(stage.shop.codes)


def test_a_code_that_somebody_else_has_is_never_handed_out(stage: Stage) -> None:
    a_pool_flow(stage)
    stage.shop.loses_answers = 1
    fill(stage)
    stolen = stage.shop.asked[0][0]
    stage.shop.codes[stolen] = "gid://discount/of-another-app"
    wait_is_over(stage)
    fill(stage)
    (row,) = stage.rows(schema.pool_codes, code=stolen)
    assert row.state == "refused"
    assert ready(stage) == POOL_SIZE * (pools.AHEAD + 1), "another took its place"


def test_a_slow_import_is_come_back_to(stage: Stage) -> None:
    a_pool_flow(stage)
    stage.shop.looks_needed = 1000  # by then it is over, however often a slow machine looks
    fill(stage)
    assert all(row.import_id for row in open_pools(stage))
    assert ready(stage) == len(open_pools(stage)), "the first of each"
    stage.shop.looks_needed = 1
    wait_is_over(stage)
    fill(stage)
    assert ready(stage) == POOL_SIZE * (pools.AHEAD + 1)


def test_a_store_that_throttles_is_left_alone_for_as_long_as_it_asks(stage: Stage) -> None:
    a_pool_flow(stage)
    stage.shop.import_failures = [StoreThrottled(90.0)]
    fill(stage)
    waiting = [row for row in open_pools(stage) if row.retry_at]
    with stage.database.reading() as connection:
        real_now = stage.database.real_now(connection)
    assert len(waiting) == 1
    assert timedelta(seconds=80) < waiting[0].retry_at - real_now < timedelta(seconds=91)
    assert waiting[0].state == "open"


@pytest.mark.parametrize("failure", [StoreRefused("no scope"), TokenRefused("uninstalled")])
def test_a_refused_pool_is_told_to_the_merchant_and_tried_again_the_next_day(
    stage: Stage, failure: Exception
) -> None:
    a_pool_flow(stage)
    stage.shop.import_failures = [failure]  # type: ignore[list-item]
    assert "low_code_pools" not in problems(stage)
    fill(stage)
    assert problems(stage)["low_code_pools"] == 1
    assert problems(stage, stage.stranger_id) == {}
    stage.live(25 * HOUR, 5 * HOUR)
    assert "low_code_pools" not in problems(stage)
    assert {row.state for row in open_pools(stage)} == {"open"}


def test_codes_that_are_ready_are_good_while_their_pool_can_not_be_filled(stage: Stage) -> None:
    a_pool_flow(stage)
    fill(stage)
    stage.shop.import_failures = [StoreRefused("too many codes")] * 9
    for number in range(POOL_SIZE):
        ordered(stage, stage.customer(f"P{number}"))
        if number == POOL_SIZE // 2:
            stage.work()
            fill(stage)
            assert problems(stage)["low_code_pools"] == 1
    stage.work()
    assert {bool(row.pool_id) for row in stage.rows(schema.codes)} == {True}
    assert len(offered(stage)) == POOL_SIZE


# --- day by day -------------------------------------------------------------------------------


def test_the_pool_of_a_new_day_is_there_before_the_day(stage: Stage) -> None:
    a_pool_flow(stage)
    fill(stage)
    before = {row.ends_at for row in open_pools(stage)}
    stage.live(3 * DAY, 6 * HOUR)
    later = {row.ends_at for row in open_pools(stage)} - before
    assert len(later) == 3
    calls = stage.shop.calls
    ordered(stage, stage.customer())
    stage.work()
    (code,) = stage.rows(schema.codes)
    assert code.pool_id
    assert stage.shop.calls == calls


def test_a_pool_that_ran_out_is_cleared_away_at_the_platform(stage: Stage) -> None:
    flow_id = a_pool_flow(stage)
    fill(stage)
    ordered(stage, stage.customer())
    stage.work()
    (code,) = stage.rows(schema.codes)
    (pool,) = stage.rows(schema.code_pools, id=code.pool_id)
    stage.change(schema.flows, flow_id, status="paused")
    stage.live(pool.ends_at - stage.now + timedelta(days=1), 12 * HOUR)
    assert stage.shop.deleted == [], "whoever was promised a code may ask about it"
    stage.shop.delete_failures = [StoreUnavailable("down")]
    stage.live(pools.CLEAN_AFTER, 12 * HOUR)
    wait_is_over(stage)
    stage.live(3 * DAY, 12 * HOUR)
    rows = open_pools(stage)
    assert {row.state for row in rows} == {"closed"}
    assert sorted(stage.shop.deleted) == sorted(row.external_id for row in rows)
    assert stage.shop.codes == {}
    assert [row.code for row in stage.rows(schema.pool_codes)] == [code.code], "its owner's"


def test_a_discount_that_may_not_be_removed_is_left_after_a_month(stage: Stage) -> None:
    flow_id = a_pool_flow(stage)
    fill(stage)
    stage.change(schema.flows, flow_id, status="paused")
    stage.shop.delete_failures = [StoreRefused("no scope")] * 200
    stage.live(20 * DAY, 5 * DAY)
    assert {row.state for row in open_pools(stage)} == {"failed"}
    stage.live(30 * DAY, 5 * DAY)
    assert {(row.state, row.due_at) for row in open_pools(stage)} == {("closed", None)}


def test_an_order_with_a_pools_code_redeems_it(stage: Stage) -> None:
    a_pool_flow(stage)
    fill(stage)
    ada = stage.customer()
    ordered(stage, ada)
    stage.work()
    (code,) = stage.rows(schema.codes)
    second = ordered(stage, ada, discount_codes=[code.code])
    (code,) = stage.rows(schema.codes, id=code.id)
    assert code.redeemed_order_id == second
