"""When somebody of a store's answers: hours of each weekday, by the store's own clock.

A store without hours answers at any time. Spans of open time are what an answer is promised in:
half an hour that begins ten minutes before closing ends twenty minutes after the next opening.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from marketing.conversation_settings import ConversationSettings, Hours

DAYS = 8
"""From any moment on, an opening comes within these, if there is one."""
LONGEST = 60
"""Days after which a span ends in any case."""


def is_open(hours: Hours, zone: str, at: datetime) -> bool:
    """Say whether somebody answers now."""
    return not hours or any(opens <= at < closes for opens, closes in _spans(hours, zone, at, 1))


def next_opening(hours: Hours, zone: str, at: datetime) -> datetime:
    """Give when somebody answers again: now, where it is open or always is."""
    if is_open(hours, zone, at):
        return at
    return next(opens for opens, _ in _spans(hours, zone, at, DAYS) if opens > at)


def after(hours: Hours, zone: str, at: datetime, span: timedelta) -> datetime:
    """Give when so much open time has passed."""
    if not hours:
        return at + span
    left = span
    for opens, closes in _spans(hours, zone, at, LONGEST):
        begins = max(opens, at)
        if closes <= begins:
            continue
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    return at + timedelta(days=LONGEST)


def answer_by(settings: ConversationSettings, zone: str, since: datetime) -> datetime | None:
    """Give when the first answer to whoever waits since then is due; None: nobody promised one."""
    if settings.answer_within is None:
        return None
    return after(settings.hours, zone, since, settings.answer_within)


def _spans(
    hours: Hours, zone: str, since: datetime, days: int
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans of the day of a moment and those after it."""
    there = ZoneInfo(zone)
    first: date = since.astimezone(there).date()
    for day in (first + timedelta(days=number) for number in range(days + 1)):
        if day.isoweekday() in hours:
            opens, closes = hours[day.isoweekday()]
            yield (
                datetime.combine(day, opens, there).astimezone(since.tzinfo),
                datetime.combine(day, closes, there).astimezone(since.tzinfo),
            )
