"""Whoever may be in several zones is written to when all of them have day, and not later."""

from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketing.timing import LOOKS_AHEAD, allowed_everywhere, next_allowed, quiet_hours
from tests.marketing.test_time_properties import CLOCKS, MOMENTS, ZONES

QUARTER = timedelta(minutes=15)


@given(MOMENTS, CLOCKS, CLOCKS, st.lists(ZONES, min_size=1, max_size=4, unique=True))
def test_what_waits_for_several_zones_goes_when_all_of_them_have_day_and_not_later(
    now: datetime, start: time, end: time, zones: list[str]
) -> None:
    window = quiet_hours(start, end)
    at = allowed_everywhere(now, window, zones)
    quarters = [now + n * QUARTER for n in range(4 * 24)]
    open_then = [
        one for one in quarters if all(next_allowed(one, window, zone) == one for zone in zones)
    ]
    if at is None:
        assert not open_then
        return
    assert now <= at < now + LOOKS_AHEAD
    assert all(next_allowed(at, window, zone) == at for zone in zones)
    assert not open_then or at <= open_then[0]
    assert allowed_everywhere(at, window, zones[:1]) == at
