"""The calendar of triggers: birthdays, other dates, and customers who stayed away."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from marketing import calendar
from marketing.flow import Trigger

NEW_YORK, TOKYO = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")


def a_trigger(**fields: Any) -> Trigger:
    return Trigger(**{"event": "date.reached", "property": "birthday", **fields})


@pytest.mark.parametrize(
    ("value", "day", "fields", "reached"),
    [
        ("1990-05-04", "2026-05-04", {}, "2026-05-04"),
        ("1990-05-04T23:00:00Z", "2026-05-04", {}, "2026-05-04"),
        ("--05-04", "2026-05-04", {}, "2026-05-04"),
        ("1990-05-04", "2026-05-05", {}, None),
        ("1990-05-04", "2026-05-01", {"days": -3}, "2026-05-04"),
        ("1990-12-30", "2027-01-02", {"days": 3}, "2026-12-30"),
        ("1990-01-02", "2026-12-30", {"days": -3}, "2027-01-02"),
        ("1992-02-29", "2026-02-28", {}, "2026-02-28"),
        ("1992-02-29", "2026-03-01", {}, None),
        ("1992-02-29", "2028-02-28", {}, None),
        ("1992-02-29", "2028-02-29", {}, "2028-02-29"),
        ("--02-29", "2027-02-28", {}, "2027-02-28"),
        ("1992-02-29", "2026-03-07", {"days": 7}, "2026-02-28"),
        ("2026-06-01", "2026-05-18", {"days": -14}, "2026-06-01"),
        ("2027-06-01", "2026-05-18", {"days": -14}, None),
        ("2026-06-01", "2026-06-01", {"yearly": False}, "2026-06-01"),
        ("2025-06-01", "2026-06-01", {"yearly": False}, None),
        ("--06-01", "2026-06-01", {"yearly": False}, None),
        ("yesterday", "2026-06-01", {}, None),
        ("2026-13-01", "2026-06-01", {}, None),
        ("", "2026-06-01", {}, None),
        (19900504, "2026-05-04", {}, None),
        (None, "2026-05-04", {}, None),
        (True, "2026-05-04", {}, None),
    ],
)
def test_a_date_is_reached_on_its_day(
    value: Any, day: str, fields: dict[str, Any], reached: str | None
) -> None:
    found = calendar.reached(a_trigger(**fields), value, date.fromisoformat(day), NEW_YORK)
    assert (found and found.isoformat()) == reached


@pytest.mark.parametrize(
    ("zone", "day", "reached"),
    [
        (NEW_YORK, "2026-03-01", True),
        (TOKYO, "2026-03-01", False),
        (TOKYO, "2026-03-02", True),
        (NEW_YORK, "2025-03-01", False),
    ],
)
def test_the_anniversary_of_a_moment_is_the_local_day_it_was_from_the_next_year_on(
    zone: ZoneInfo, day: str, reached: bool
) -> None:
    made_at = datetime(2025, 3, 2, 1, tzinfo=UTC)
    trigger = a_trigger(property="created_at")
    assert bool(calendar.reached(trigger, made_at, date.fromisoformat(day), zone)) is reached


def test_n_days_after_a_moment_once() -> None:
    trigger = a_trigger(property="first_order_at", days=30, yearly=False)
    ordered_at = datetime(2026, 3, 2, 1, tzinfo=UTC)  # the evening before in New York
    assert calendar.reached(trigger, ordered_at, date(2026, 3, 31), NEW_YORK) == date(2026, 3, 1)
    assert calendar.reached(trigger, ordered_at, date(2026, 4, 1), NEW_YORK) is None


def test_a_customer_has_lapsed_on_one_day_only() -> None:
    trigger = Trigger("customer.lapsed", days=90)
    ordered_at = datetime(2026, 8, 1, 2, tzinfo=UTC)
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(60)]
    hits = [day for day in days if calendar.lapsed(trigger, ordered_at, day, NEW_YORK)]
    assert hits == [date(2026, 10, 29)]
    assert calendar.lapsed(trigger, None, days[0], NEW_YORK) is None


def test_a_look_begins_with_the_next_hour_to_come_and_leaves_out_what_is_too_late() -> None:
    trigger = a_trigger(at="09:30")
    morning = datetime(2026, 5, 4, 13, tzinfo=UTC)  # nine in New York
    assert calendar.first_day(trigger, morning, NEW_YORK) == date(2026, 5, 4)
    assert calendar.first_day(trigger, morning + timedelta(hours=1), NEW_YORK) == date(2026, 5, 5)
    assert calendar.moment_of(trigger, date(2026, 5, 4), NEW_YORK) == datetime(
        2026, 5, 4, 13, 30, tzinfo=UTC
    )
    back = morning + timedelta(days=9)
    assert calendar.next_day(trigger, date(2026, 5, 4), back, NEW_YORK) == date(2026, 5, 13)
    soon = morning + timedelta(hours=20)
    assert calendar.next_day(trigger, date(2026, 5, 4), soon, NEW_YORK) == date(2026, 5, 5)
