"""Local hours, the days on which clocks change, durations, caps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.timing import (
    Window,
    at_local,
    capped_until,
    duration_of,
    iso_duration,
    next_allowed,
    quiet_hours,
    zone_of,
)

NIGHT = quiet_hours(time(21), time(8))
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "moment"),
    [
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:30"),
        ("America/New_York", "2027-03-14", "02:30", "2027-03-14T07:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),
        ("UTC", "2028-02-29", "23:59", "2028-02-29T23:59"),
    ],
)
def test_missing_hours_move_on_by_the_gap_and_double_ones_count_once(
    zone: str, day: str, hour: str, moment: str
) -> None:
    found = at_local(date.fromisoformat(day), time.fromisoformat(hour), ZoneInfo(zone))
    assert found == utc(moment)


@pytest.mark.parametrize(
    ("now", "zone", "allowed"),
    [
        ("2026-03-02T12:00", "UTC", "2026-03-02T12:00"),
        ("2026-03-02T20:59", "UTC", "2026-03-02T20:59"),
        ("2026-03-02T21:00", "UTC", "2026-03-03T08:00"),
        ("2026-03-03T07:59", "UTC", "2026-03-03T08:00"),
        ("2026-03-03T08:00", "UTC", "2026-03-03T08:00"),
        ("2026-12-31T23:30", "UTC", "2027-01-01T08:00"),
        ("2026-03-02T21:00", "America/New_York", "2026-03-02T21:00"),
        # The night in which Berlin's clocks go forward, and back, is an hour off in UTC.
        ("2027-03-27T22:00", "Europe/Berlin", "2027-03-28T06:00"),
        ("2026-10-24T22:00", "Europe/Berlin", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_over_midnight(now: str, zone: str, allowed: str) -> None:
    assert next_allowed(utc(now), NIGHT, zone) == utc(allowed)


def test_quiet_hours_by_day() -> None:
    siesta = quiet_hours(time(13), time(15))
    assert next_allowed(utc("2026-03-02T14:00"), siesta, "UTC") == utc("2026-03-02T15:00")
    assert next_allowed(utc("2026-03-02T22:00"), siesta, "UTC") == utc("2026-03-02T22:00")


def test_a_window_of_weekdays_opens_at_its_own_hour_on_the_next_of_them() -> None:
    office = Window(time(9), time(17), frozenset({0, 1, 2, 3, 4}))
    friday_evening = utc("2026-03-06T18:30")
    assert next_allowed(friday_evening, office, "UTC") == utc("2026-03-09T09:00")


def test_a_window_that_crosses_midnight_belongs_to_the_day_it_opens_on() -> None:
    friday_night = Window(time(22), time(2), frozenset({4}))
    saturday_one = utc("2026-03-07T01:00")
    assert next_allowed(saturday_one, friday_night, "UTC") == saturday_one
    assert next_allowed(utc("2026-03-07T02:00"), friday_night, "UTC") == utc("2026-03-13T22:00")


def test_a_window_whose_hours_do_not_exist_that_day_stays_shut() -> None:
    window = Window(time(2, 15), time(2, 45))
    spring = utc("2027-03-28T00:00")
    assert next_allowed(spring, window, "Europe/Berlin") == utc("2027-03-29T00:15")
    sundays = Window(time(2, 15), time(2, 45), frozenset({6}))
    assert next_allowed(spring, sundays, "Europe/Berlin") == utc("2027-04-04T00:15")


def test_no_window_and_an_always_open_one_allow_everything() -> None:
    now = utc("2026-03-02T03:00")
    assert next_allowed(now, None, "UTC") == now
    assert next_allowed(now, Window(time(8), time(8)), "UTC") == now


@given(MOMENTS, st.times(), st.times(), ZONES, st.sets(st.integers(0, 6)))
def test_the_next_allowed_moment_is_allowed_and_never_before(
    now: datetime, opens: time, closes: time, zone: str, days: set[int]
) -> None:
    window = Window(opens, closes, frozenset(days))
    allowed = next_allowed(now, window, zone)
    assert now <= allowed <= now + timedelta(days=9)
    assert next_allowed(allowed, window, zone) == allowed


def test_the_first_zone_that_exists_is_taken() -> None:
    assert zone_of(None, "", "Mars/Olympus", "../etc", "Europe/Berlin").key == "Europe/Berlin"
    assert zone_of(None, "\0").key == "UTC"


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT1H", timedelta(hours=1)),
        ("PT23H45M", timedelta(hours=23, minutes=45)),
        ("P1D", timedelta(days=1)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT12H", timedelta(hours=36)),
        ("PT90S", timedelta(seconds=90)),
        ("PT0S", timedelta()),
    ],
)
def test_durations_are_read(text: str, duration: timedelta) -> None:
    assert duration_of(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1H",
        "P1M",
        "P1Y",
        "PT-1H",
        "-PT1H",
        "PT1.5H",
        "PT1H\n",
        "P1H",
        "PT٣H",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no ISO 8601 duration"):
        duration_of(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(hours=12), "PT12H"),
        (timedelta(hours=24), "P1D"),
        (timedelta(hours=36), "PT36H"),
        (timedelta(days=30), "P30D"),
        (timedelta(days=2, minutes=1), "P2DT1M"),
        (timedelta(), "PT0S"),
    ],
)
def test_durations_are_written(duration: timedelta, text: str) -> None:
    assert iso_duration(duration) == text


@given(st.integers(0, 10**8))
def test_a_written_duration_reads_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert duration_of(iso_duration(duration)) == duration


def test_a_cap_ends_exactly_when_its_time_is_over() -> None:
    now, cap = utc("2026-03-02T12:00"), timedelta(hours=16)
    assert capped_until(None, cap, now) is None
    assert capped_until(now - cap, cap, now) is None
    just = now - cap + timedelta(microseconds=1)
    assert capped_until(just, cap, now) == just + cap
