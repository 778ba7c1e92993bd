"""One order, one message: the last human click, otherwise the last human open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketing.attribution import Attribution, Touch, TouchKind, credit
from marketing.policy import Windows

PLACED = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
OPEN, CLICK, LANDED = TouchKind.OPEN, TouchKind.CLICK, TouchKind.LANDED


def touch(message: str, kind: TouchKind, hours_before: float, *, machine: bool = False) -> Touch:
    return Touch(message, kind, PLACED - timedelta(hours=hours_before), machine)


@pytest.mark.parametrize(
    ("touches", "message"),
    [
        ([], None),
        ([touch("m1", CLICK, 1)], "m1"),
        ([touch("m1", CLICK, 30), touch("m2", CLICK, 2)], "m2"),
        ([touch("m1", CLICK, 30), touch("m2", OPEN, 2)], "m1"),
        ([touch("m1", OPEN, 30), touch("m2", OPEN, 2)], "m2"),
        ([touch("m1", CLICK, 120)], "m1"),
        ([touch("m1", CLICK, 120.01)], None),
        ([touch("m1", CLICK, 121), touch("m2", OPEN, 2)], "m2"),
        ([touch("m1", CLICK, 0)], "m1"),
        ([touch("m1", CLICK, -0.01)], None),
        ([touch("m1", CLICK, 1, machine=True)], None),
        ([touch("m1", CLICK, 1, machine=True), touch("m2", OPEN, 9)], "m2"),
        ([touch("m1", OPEN, 1, machine=True)], None),
        ([touch("m1", CLICK, 1), touch("m2", CLICK, 1)], "m2"),
        ([touch("m2", CLICK, 1), touch("m1", CLICK, 1)], "m2"),
        ([touch("m1", CLICK, 30), touch("m2", LANDED, 1)], "m1"),
        ([touch("m1", CLICK, 1, machine=True), touch("m1", LANDED, 0)], "m1"),
        ([touch("m1", OPEN, 1), touch("m2", LANDED, 30)], "m2"),
        ([touch("m1", LANDED, 121), touch("m2", OPEN, 2)], "m2"),
    ],
)
def test_who_earned_the_order(touches: list[Touch], message: str | None) -> None:
    found = credit(PLACED, touches)
    assert (found.message_id if found else None) == message


def test_an_order_told_in_whole_seconds_has_the_clicks_of_its_second() -> None:
    late = Touch("m1", CLICK, PLACED + timedelta(milliseconds=999))
    assert credit(PLACED, [late]) == Attribution("m1", CLICK, late.occurred_at)
    assert credit(PLACED, [replace(late, occurred_at=PLACED + timedelta(seconds=1))]) is None
    exact = PLACED + timedelta(milliseconds=500)
    assert credit(exact, [late]) is None
    assert credit(exact, [replace(late, occurred_at=exact)])


def test_windows_are_settings() -> None:
    touches = [touch("clicked", CLICK, 30), touch("opened", OPEN, 30)]
    short_click = Windows(click=timedelta(hours=24))
    short = Windows(timedelta(hours=24), timedelta(hours=24))
    assert credit(PLACED, touches, short_click) == Attribution(
        "opened", OPEN, PLACED - timedelta(hours=30)
    )
    assert credit(PLACED, touches, short) is None


def test_an_order_that_does_not_count_is_credited_to_nothing() -> None:
    assert credit(PLACED, [touch("m1", CLICK, 1)], counts=False) is None
