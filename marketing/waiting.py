"""When a wait is over: delays by duration, clock, weekday or date, and waits for an event."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from marketing.conditions import fact, holds
from marketing.enrollment import Happened
from marketing.events import EventName
from marketing.flow import Delay, WaitForEvent
from marketing.questions import LOOK_AGAIN, Question
from marketing.timing import at_local, zone_of

A_DAY = timedelta(days=1)
FOREVER = 9000
"""From this year on a date only says that there is none, as 9999-12-31 does."""


def end_of_delay(step: Delay, base: datetime, values: Mapping[str, Any], zone: str) -> datetime:
    """Give when a delay that counts from `base` is over, never before it.

    A missing date is no wait, nor is one out of all bounds; one that is over already waits for
    its hour and weekday only.
    """
    if step.until_field:
        over = _date_over(step, values, zone)
        return base if over is None else _by_clock(step, max(base, over), zone)
    if not step.by_clock:
        return base + step.duration
    return _by_clock(step, _days_later(base, step.duration, zone), zone)


def _date_over(step: Delay, values: Mapping[str, Any], zone: str) -> datetime | None:
    """Give the date in the data with the duration added, if there is one to be waited for."""
    try:
        found = moment_of(fact(values, step.until_field or ""), zone)
        over = found and found + step.duration
    except OverflowError:
        return None
    return over if over and over.year < FOREVER else None


def moment_of(found: Any, zone: str) -> datetime | None:
    """Read a moment, or a date as its beginning in the zone; None for anything else."""
    try:
        if isinstance(found, str):
            found = datetime.fromisoformat(found)
    except ValueError:
        return None
    if isinstance(found, datetime):
        if found.tzinfo is None:
            return at_local(found.date(), found.time(), zone_of(zone))
        return found.astimezone(UTC)
    return at_local(found, time(), zone_of(zone)) if isinstance(found, date) else None


def _days_later(base: datetime, duration: timedelta, zone: str) -> datetime:
    """Add whole days by the calendar, so that a day of 23 hours is a day; the rest by the clock."""
    local = zone_of(zone)
    days, rest = duration // A_DAY, duration % A_DAY
    if not days:  # Else the second of an hour that exists twice would become the first.
        return base + rest
    here = base.astimezone(local)
    return at_local(here.date() + days * A_DAY, here.time(), local) + rest


def _by_clock(step: Delay, at: datetime, zone: str) -> datetime:
    """Give the first moment from `at` on that has the step's hour and weekday."""
    local = zone_of(zone)
    first = at.astimezone(local).date()
    for offset in range(9):
        day = first + offset * A_DAY
        if step.weekdays and day.weekday() not in step.weekdays:
            continue
        hour = time.fromisoformat(step.until) if step.until else time()
        opens = at_local(day, hour, local)
        if step.until is None:
            return max(at, opens)
        if opens >= at:
            return opens
    return at


def awaited(
    step: WaitForEvent, events: Iterable[Happened], reached: datetime, values: Mapping[str, Any]
) -> Happened | None:
    """Give the first event since the step was reached that the step waits for."""
    for one in events:
        in_time = reached <= one.occurred_at <= reached + step.timeout
        if one.name == step.event and in_time and holds(step.filter, {**values, "event": one.data}):
            return one
    return None


def answer_to(step_id: str, enrollment_id: str, events: Iterable[Happened]) -> Happened | None:
    """Give the first answer to a question of this very way through the flow."""
    for one in events:
        whose = (one.data.get("step_id"), one.data.get("enrollment_id"))
        if one.name == EventName.QUESTION_ANSWERED and whose == (step_id, enrollment_id):
            return one
    return None


def end_of_question(
    step: Question, reached: datetime, asked: Mapping[str, datetime | None], now: datetime
) -> datetime:
    """Give when a question is no longer waited for: its time counts from when it went out.

    `asked` has it, None while it is put off; of one that never went nothing is known.
    """
    went_out = asked.get(step.id, reached)
    if went_out is None:
        return max(reached + step.timeout, now + LOOK_AGAIN)
    return max(went_out, reached) + step.timeout
