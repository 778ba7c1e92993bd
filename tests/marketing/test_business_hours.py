"""When somebody answers: by the store's clock, over nights, weekends and changes of the clock."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.business_hours import after, is_open, next_opening
from marketing.conversation_settings import settings_of

WEEK = dict.fromkeys(range(1, 6), (time(9), time(17)))
BERLIN = "Europe/Berlin"


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(26, 9), at(26, 9)),
        (at(26, 7), at(26, 8)),
        (at(26, 16), at(27, 8)),
        (at(27, 16), at(30, 8)),
        (at(28, 12), at(30, 8)),
        (at(23, 12, month=10), at(23, 12, month=10)),
        (at(24, 12, month=10), at(26, 8, month=10)),
    ],
)
def test_who_writes_at_night_or_on_a_weekend_is_told_when(now: datetime, opens: datetime) -> None:
    assert next_opening(WEEK, BERLIN, now) == opens
    assert is_open(WEEK, BERLIN, now) is (now == opens)


def test_open_time_counts_and_closed_time_does_not() -> None:
    half_an_hour = timedelta(minutes=30)
    assert after(WEEK, BERLIN, at(26, 15, 50), half_an_hour) == at(27, 8, 20)
    assert after(WEEK, BERLIN, at(27, 15, 50), half_an_hour) == at(30, 8, 20)
    assert after({}, BERLIN, at(28, 3), half_an_hour) == at(28, 3, 30)


@given(st.integers(0, 365 * 24 * 60), st.integers(1, 3000))
def test_an_answer_is_due_while_somebody_is_there_and_never_early(since: int, minutes: int) -> None:
    now, span = at(1, 0, month=1) + timedelta(minutes=since), timedelta(minutes=minutes)
    due = after(WEEK, BERLIN, now, span)
    assert due >= now + span
    assert is_open(WEEK, BERLIN, due - timedelta(seconds=1))


def test_settings_that_make_no_sense_have_the_default() -> None:
    told = {
        "own_words": ["boss", 7, ""],
        "hours": {"1": {"start": "09:00", "end": "08:00"}, "2": {"start": "09:00", "end": "12:00"}},
        "answer_minutes": True,
        "back_hours": 12,
        "emails": "ada@example.com",
    }
    found = settings_of({"conversations": told})
    assert found.own_words == ("boss",)
    assert found.hours == {2: (time(9), time(12))}
    assert (found.answer_within, found.back_after) == (None, timedelta(hours=12))
    assert (found.emails, found.is_automatic) == ((), True)
    assert settings_of({"conversations": "?"}) == settings_of({})
