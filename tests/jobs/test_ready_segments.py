"""The segments to begin with: each has whom it says, by the real jobs, in the store's currency."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs import segments
from marketing import ready_segments
from marketing.events import EventName
from marketing.segment_schema import load
from marketing.segments import BadSegment
from storage import due, schema
from storage.mirror_orders import count_again
from storage.segments import get, members
from tests.jobs.stage import Stage
from tests.jobs.test_segments import happened, sweep

DAY = timedelta(days=1)
COLUMNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "spent-over-500": ({"spent": 50_001}, {"spent": 50_000}),
    "bought-once": ({"orders_count": 1}, {"orders_count": 2}),
    "vips": ({"tags": ["vip"]}, {"tags": ["vips"]}),
    "new-subscribers": ({"days_ago": 29}, {"days_ago": 31}),
    "gone-quiet": ({"joined": 91}, {"joined": 89}),
}
"""Of each: a customer who belongs and one who does not."""
RFM = {
    "champions": (10, 4), "loyal": (70, 4), "potential": (40, 2), "new-customers": (10, 1),
    "at-risk": (120, 3), "cant-lose": (200, 5), "hibernating": (120, 1), "promising": (40, 1),
}  # fmt: skip
"""Of each group: days since the last order, and orders of the last year, in a small store."""


def begin(stage: Stage, key: str, parameter: str | None = None) -> str:
    segment_id = segments.create_ready_made(stage.runtime, stage.store_id, key, parameter)
    sweep(stage)
    return segment_id


def who_is_in(stage: Stage, segment_id: str) -> list[str]:
    with stage.database.reading() as connection:
        return members(connection, stage.store_id, segment_id)


def put(stage: Stage, days_ago: int | None = None, joined: int = 200, **columns: Any) -> str:
    at = stage.now - days_ago * DAY if days_ago else None
    given = {"email_consent_at": at, "created_at": stage.now - joined * DAY, **columns}
    return stage.customer(**given)


def test_every_ready_made_segment_makes_sense() -> None:
    keys = [one.key for one in ready_segments.all_of_them()]
    assert {*COLUMNS, *RFM, "interested-in"} == set(keys)
    for one in ready_segments.all_of_them():
        parameter = "scarves" if one.parameter else None
        assert load(ready_segments.document(one.key, "USD", parameter)).name


@pytest.mark.parametrize("key", COLUMNS)
def test_a_ready_made_segment_has_whom_it_says(stage: Stage, key: str) -> None:
    belongs, stranger = (put(stage, **columns) for columns in COLUMNS[key])
    found = who_is_in(stage, segment_id := begin(stage, key))
    assert (belongs in found, stranger in found) == (True, False)
    with stage.database.reading() as connection:
        stored = get(connection, stage.store_id, segment_id)
    assert stored
    assert stored.ready_made == key


def test_who_opened_or_ordered_lately_has_not_gone_quiet(stage: Stage) -> None:
    opened, ordered, quiet = (put(stage) for _ in range(3))
    segment_id = begin(stage, "gone-quiet")
    happened(stage, opened, EventName.MESSAGE_OPENED, {"message_id": "m"})
    stage.change(schema.customers, ordered, last_order_at=stage.now)
    happened(stage, ordered, EventName.ORDER_PLACED, {})
    assert who_is_in(stage, segment_id) == [quiet]
    stage.pass_time(91 * DAY)
    sweep(stage)
    assert who_is_in(stage, segment_id) == sorted([opened, ordered, quiet])


def test_interest_is_in_the_category_that_was_named(stage: Stage) -> None:
    keen, idle = put(stage), put(stage)
    segment_id = begin(stage, "interested-in", "scarves")
    for _ in range(2):
        happened(stage, keen, EventName.CATEGORY_VIEWED, {"category": "scarves"})
        happened(stage, idle, EventName.CATEGORY_VIEWED, {"category": "hats"})
    assert who_is_in(stage, segment_id) == [keen]
    with pytest.raises(BadSegment) as refused:
        begin(stage, "interested-in")
    assert refused.value.problems[0].field == "category"


def test_money_is_the_stores_own() -> None:
    def limit(currency: str) -> int:
        value: int = ready_segments.document("spent-over-500", currency)["condition"]["value"]
        return value

    assert [limit(one) for one in ("USD", "JPY", "KWD")] == [50_000, 500, 500_000]


def bought(stage: Stage, days_ago: int, count: int) -> str:
    """Put somebody with so many orders, the last so many days ago."""
    who = stage.customer()
    for number in range(count):
        stage.order(who, placed_at=stage.now - (days_ago + number * 10) * DAY)
    with stage.database.writing() as connection:
        count_again(connection, [(stage.store_id, who)])
    return who


def test_the_groups_of_buyers_have_each_buyer_once(stage: Stage) -> None:
    whose = {key: bought(stage, *told) for key, told in RFM.items()}
    never = stage.customer()
    found = {key: begin(stage, key) for key in RFM}
    assert {key: who_is_in(stage, one) for key, one in found.items()} == {
        key: [who] for key, who in whose.items()
    }
    assert stage.rows(schema.rfm_scores, customer_id=never) == []


@pytest.mark.parametrize("hour", [1, 4])
def test_buyers_are_scored_every_night_by_the_stores_clock(stage: Stage, hour: int) -> None:
    begun = stage.now.astimezone(ZoneInfo(stage.store.timezone))
    so_far = timedelta(hours=begun.hour, minutes=begun.minute)
    stage.pass_time((timedelta(hours=hour) - so_far) % DAY)
    ada = bought(stage, 20, 1)
    new, hibernating = begin(stage, "new-customers"), begin(stage, "hibernating")
    assert (who_is_in(stage, new), who_is_in(stage, hibernating)) == ([ada], [])
    (run,) = stage.rows(schema.rfm_runs)
    local = run.due_at.astimezone(ZoneInfo(stage.store.timezone))
    assert (local.hour, local.minute) == (3, 0)
    assert timedelta() < run.due_at - stage.now <= 25 * timedelta(hours=1)  # the next such hour
    stage.pass_time(90 * DAY)
    with stage.database.reading() as connection:
        assert due.stores(connection, due.SCORES, stage.now) == [stage.store_id]
    sweep(stage)
    assert (who_is_in(stage, new), who_is_in(stage, hibernating)) == ([], [ada])
    for segment_id in (new, hibernating):
        segments.remove(stage.runtime, stage.store_id, segment_id)
    stage.pass_time(2 * DAY)
    sweep(stage)
    assert stage.rows(schema.rfm_runs) == stage.rows(schema.rfm_scores) == []


def test_a_ready_made_segment_that_is_none_is_told_apart(stage: Stage) -> None:
    with pytest.raises(segments.NoSuchSegment):
        begin(stage, "everyone")
