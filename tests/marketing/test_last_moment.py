"""Until when somebody may still be placed: what is read off the steps is what the engine says."""

from datetime import timedelta
from typing import Any

import pytest

from marketing import flow_schema
from marketing.backfill import stand
from marketing.enrollment import Enrollment, Facts
from marketing.last_moment import FOREVER, last_moment
from tests.marketing.test_backfill import (
    COUPON,
    DAY,
    NOW,
    WAIT,
    WELCOME,
    begun,
    delay,
    mail,
)

A_MOMENT = timedelta(seconds=1)
SINCE = {"kind": "delay", "id": "since", "duration": "P3D", "since": "trigger"}
TEN = {"kind": "delay", "id": "ten", "duration": "P1D", "until": "10:00"}
MONDAY = {"kind": "delay", "id": "monday", "weekdays": [0]}
BIRTHDAY = {"kind": "delay", "id": "day", "until_field": "customer.birthday"}


def branch(yes: list[dict[str, Any]], no: list[dict[str, Any]]) -> dict[str, Any]:
    condition = {"op": "exists", "field": "customer.email"}
    return {"kind": "condition", "id": "fork", "condition": condition, "yes": yes, "no": no}


@pytest.mark.parametrize(
    ("steps", "days"),
    [
        ([mail("one")], 0),
        ([delay("two", 2), mail("one"), SINCE, mail("three")], 3),
        ([delay("two", 2), mail("one"), COUPON, delay("more", 9), mail("code")], 2),
        ([branch([delay("long", 5)], [delay("short", 1)]), delay("two", 2), mail("end")], 7),
        ([branch([delay("long", 5), COUPON], [delay("short", 1)]), delay("two", 2)], 5),
        ([branch([COUPON], [{"kind": "exit", "id": "out"}]), delay("two", 2)], 0),
        ([WAIT, mail("end")], 13),
        ([TEN, mail("end")], 2),
        ([MONDAY, mail("end")], 7),
        ([BIRTHDAY, mail("end")], FOREVER.days),
    ],
)
def test_the_longest_of_all_ways_counts_up_to_its_end_or_its_gift(
    steps: list[dict[str, Any]], days: int
) -> None:
    told = {"name": "Past", "trigger": {"event": "customer.created"}, "steps": steps}
    assert last_moment(flow_schema.read(told)) == days * DAY


def test_a_moment_before_the_engine_still_places_and_then_no_more() -> None:
    span = last_moment(WELCOME)
    before, then = (
        stand(WELCOME, begun(WELCOME, ago), Facts(), NOW) for ago in (span - A_MOMENT, span)
    )
    assert isinstance(before, Enrollment)
    assert not isinstance(then, Enrollment)
