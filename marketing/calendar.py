"""The calendar: which local day a date is reached or a customer has lapsed, and when to look."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marketing.entry import TOO_LATE
from marketing.events import EventName
from marketing.flow import Trigger
from marketing.said import say
from marketing.timing import at_local
from marketing.triggers import DEFAULT_AT

OWN_DATES = ("created_at", "first_order_at", "last_order_at")
"""What the mirror itself knows: the anniversaries of these begin a year later."""
LAST_ORDER = "last_order_at"
BIRTHDAY = "birthday"
"""The property that is a date in every store."""
UTC_ZONE = ZoneInfo("UTC")
NO_DATE = say("is no date"), say("Write it as 1990-02-28, or as --02-28 without the year.")


@dataclass(frozen=True, slots=True)
class Told:
    """A date as somebody told it; people may keep their year to themselves."""

    year: int | None
    month: int
    day: int


def read_date(value: Any, zone: ZoneInfo) -> Told | None:
    """Read `1990-02-28`, `--02-28`, or a moment, which is the local day it was; else None."""
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return Told(local.year, local.month, local.day)
    if not isinstance(value, str):
        return None
    without_year = value.startswith("--")
    text = f"2000-{value[2:7]}" if without_year else value[:10]
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return None
    return Told(None if without_year else read.year, read.month, read.day)


def is_date(value: Any) -> bool:
    """Say whether a property's value is a date that can be reached."""
    return read_date(value, UTC_ZONE) is not None


def reached(trigger: Trigger, value: Any, day: date, zone: ZoneInfo) -> date | None:
    """Give the date which this local day lies the trigger's number of days after; else None."""
    told = read_date(value, zone)
    meant = day - timedelta(days=trigger.days)
    if told is None:
        return None
    if not trigger.yearly:
        return meant if (told.year, told.month, told.day) == meant.timetuple()[:3] else None
    if (meant.month, meant.day) != _anniversary(told, meant.year):
        return None
    first = told.year or meant.year
    if trigger.property in OWN_DATES:
        first += 1
    return meant if meant.year >= first else None


def _anniversary(told: Told, year: int) -> tuple[int, int]:
    """Somebody born on a leap day has a birthday every year."""
    try:
        date(year, told.month, told.day)
    except ValueError:
        return 2, 28
    return told.month, told.day


def lapsed(trigger: Trigger, ordered_at: datetime | None, day: date, zone: ZoneInfo) -> date | None:
    """Give the day of the last order, if this day is the trigger's number of days after it."""
    if ordered_at is None:
        return None
    last = ordered_at.astimezone(zone).date()
    return last if last + timedelta(days=trigger.days) == day else None


def property_of(trigger: Trigger) -> str:
    """Give what of the customer the trigger looks at."""
    is_lapse = trigger.event == EventName.CUSTOMER_LAPSED
    return LAST_ORDER if is_lapse else trigger.property or ""


def date_in(trigger: Trigger, value: Any, day: date, zone: ZoneInfo) -> date | None:
    """Give the date that fires the trigger on this local day, if one does."""
    check = lapsed if trigger.event == EventName.CUSTOMER_LAPSED else reached
    return check(trigger, value, day, zone)


def moment_of(trigger: Trigger, day: date, zone: ZoneInfo) -> datetime:
    """Give when the trigger fires on a local day."""
    return at_local(day, time.fromisoformat(trigger.at or DEFAULT_AT), zone)


def first_day(trigger: Trigger, now: datetime, zone: ZoneInfo) -> date:
    """Give the next local day whose moment is still to come."""
    today = now.astimezone(zone).date()
    is_to_come = moment_of(trigger, today, zone) > now
    return today if is_to_come else today + timedelta(days=1)


def next_day(trigger: Trigger, day: date, now: datetime, zone: ZoneInfo) -> date:
    """Give the day after; days on which an outage has made everything too late are left out."""
    following = day + timedelta(days=1)
    if moment_of(trigger, following, zone) >= now - TOO_LATE:
        return following
    return first_day(trigger, now, zone)
