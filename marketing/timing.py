"""Local time, durations and pacing: windows in the customer's zone, ISO 8601, caps.

Rules for local times: an hour that does not exist moves on by the gap (02:30 becomes 03:30);
one that exists twice counts once, the first time.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ISO_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)
EVERY_DAY = frozenset(range(7))


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
        if now < closes:
            return max(now, opens)
    raise AssertionError("a window opens within eight days")


def _span(day: date, window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give when the window that opens on this local day opens and closes."""
    next_day = window.closes <= window.opens
    closing_day = day + timedelta(days=1) if next_day else day
    return at_local(day, window.opens, zone), at_local(closing_day, window.closes, zone)


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
