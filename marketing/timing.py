"""Local time, durations and pacing: windows in the customer's zone, ISO 8601, caps.

Rules for local times: an hour that does not exist moves on by the gap (02:30 becomes 03:30);
one that exists twice counts once, the first time. A window is careful instead: it is open only
while the clock on the wall says so, whichever time that clock shows an hour.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ISO_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)
EVERY_DAY = frozenset(range(7))
LOOKS_AHEAD = timedelta(days=15)
"""Two weeks, with the days on which clocks change: after that every week is like the last."""


@dataclass(frozen=True, slots=True)
class Window:
    """The local hours in which one may write; a window that closes by morning is fine.

    `days` are weekdays on which it opens, Monday 0. Opening and closing alike: always open.
    """

    opens: time
    closes: time
    days: frozenset[int] = EVERY_DAY


def quiet_hours(start: time, end: time) -> Window:
    """Give the window that is open outside quiet hours: `quiet_hours(21:00, 08:00)`."""
    return Window(opens=end, closes=start)


def next_allowed(now: datetime, window: Window | None, zone: str) -> datetime:
    """Give the first moment from `now` on at which the window is open: `now` itself if it is."""
    if window is None or (window.opens == window.closes and window.days == EVERY_DAY):
        return now
    local, days_open = zone_of(zone), window.days or EVERY_DAY
    today = now.astimezone(local).date()
    for offset in range(-1, 9):
        day = today + timedelta(days=offset)
        if day.weekday() not in days_open:
            continue
        opens, closes = _span(day, window, local)
        if max(now, opens) < closes:
            return max(now, opens)
    raise AssertionError("a window opens within eight days")


def _span(day: date, window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give when the window that opens on this local day opens and closes.

    An hour that exists twice opens it the second time and closes it the first; one that does
    not exist opens it after the gap and closes it before. On such a day it may not open at all.
    """
    next_day = window.closes <= window.opens
    closing_day = day + timedelta(days=1) if next_day else day
    opens, closes = _both(day, window.opens, zone), _both(closing_day, window.closes, zone)
    return max(opens), min(closes)


def _both(day: date, hour: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the two readings of a local hour: alike, but where clocks change."""
    local = datetime.combine(day, hour, zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def at_local(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """Give the UTC moment of a local day and hour, by the rules on top of this page."""
    return datetime.combine(day, hour.replace(fold=0), zone).astimezone(UTC)


def zone_of(*names: str | None) -> ZoneInfo:
    """Give the first zone that exists, else UTC: `zone_of(customer.timezone, store.timezone)`."""
    for name in names:
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Say whether there is a time zone of this name."""
    return zone_of(name, None).key == name


def allowed_everywhere(
    now: datetime, windows: Window | Collection[Window] | None, zones: Collection[str]
) -> datetime | None:
    """Give the first moment from `now` on at which these windows are open in each of these zones.

    None: within `LOOKS_AHEAD` there is none, for by the time one opens in one zone another is
    closed, or it is in another.
    """
    each = windows if isinstance(windows, Collection) else [windows]
    both, at = list(product(each, zones)), now
    while at - now < LOOKS_AHEAD:
        last = max((next_allowed(at, window, zone) for window, zone in both), default=at)
        if last == at:
            return at
        at = last
    return None


def duration_of(text: str) -> timedelta:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and whole seconds.

    Raises ValueError, also for years and months: they have no fixed length.
    """
    found = ISO_DURATION.fullmatch(text)
    parts = {k: int(v) for k, v in found.groupdict().items() if v} if found else {}
    if not parts or text.endswith("T"):
        raise ValueError(f"{text!r} is no ISO 8601 duration such as PT12H or P1D")
    return timedelta(**parts)


def iso_duration(duration: timedelta) -> str:
    """Write a duration as ISO 8601 in days, hours, minutes and seconds: `P1DT30M` and so on."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = (hours // 24, hours % 24) if hours >= 48 or hours == 24 else (0, hours)
    day = f"{days}D" if days else ""
    clock = "".join(f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    if not day and not clock:
        return "PT0S"
    return f"P{day}" + (f"T{clock}" if clock else "")


def capped_until(last_at: datetime | None, cap: timedelta, now: datetime) -> datetime | None:
    """Give when a frequency cap lets the next message go; None: it may go now."""
    if last_at is None or last_at + cap <= now:
        return None
    return last_at + cap
