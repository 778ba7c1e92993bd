"""A store's settings of its conversations: who takes over, when, and who is told.

`settings_of` reads them from the store's settings document (`conversations`); what is missing or
makes no sense there has the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from marketing.agent_wish import MOST_OWN_WORDS
from marketing.hand_over_rules import MOST_AN_HOUR, TRIABLE

KEY = "conversations"
Hours = Mapping[int, tuple[time, time]]
"""ISO weekday (1: Monday) -> when somebody answers; a day without an entry is closed."""


@dataclass(frozen=True, slots=True)
class ConversationSettings:
    """What holds for a store's conversations."""

    is_automatic: bool = True
    """Rules that only guess bring a person; else they offer one."""
    most_an_hour: int = MOST_AN_HOUR
    """How many they bring in an hour; to more customers they offer a person."""
    on_trial: frozenset[str] = frozenset()
    """Rules of `TRIABLE` that are counted, and do nothing."""
    own_words: tuple[str, ...] = ()
    hours: Hours = field(default_factory=dict)
    """Empty: somebody answers at any time."""
    answer_within: timedelta | None = None
    """Business time until the first answer; None: nobody watches it."""
    back_after: timedelta | None = None
    """A conversation nobody wrote in for so long goes back to automation; None: never."""
    emails: tuple[str, ...] = ()
    """Who is written to when a person is wanted."""
    slack_url: str = ""
    """Slack's incoming webhook: whoever has it can write into the channel."""
    webhook_url: str = ""
    """A program that is told as well; signed as flows' calls are."""


def settings_of(document: Mapping[str, Any]) -> ConversationSettings:
    """Read a store's settings document."""
    told = document.get(KEY)
    if not isinstance(told, Mapping):
        return ConversationSettings()
    return ConversationSettings(
        is_automatic=told.get("is_automatic") is not False,
        most_an_hour=_whole(told.get("most_an_hour")) or MOST_AN_HOUR,
        on_trial=frozenset(_texts(told.get("on_trial"))).intersection(TRIABLE),
        own_words=_texts(told.get("own_words"))[:MOST_OWN_WORDS],
        hours=_hours(told.get("hours")),
        answer_within=_span(told.get("answer_minutes"), timedelta(minutes=1)),
        back_after=_span(told.get("back_hours"), timedelta(hours=1)),
        emails=_texts(told.get("emails")),
        slack_url=_text(told.get("slack_url")),
        webhook_url=_text(told.get("webhook_url")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else []
    return tuple(one for one in given if isinstance(one, str) and 0 < len(one) <= 320)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _span(value: Any, unit: timedelta) -> timedelta | None:
    count = _whole(value)
    return count * unit if count else None


def _whole(value: Any) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 < value <= 100_000 else None


def _hours(value: Any) -> Hours:
    found: dict[int, tuple[time, time]] = {}
    for day, span in value.items() if isinstance(value, Mapping) else ():
        try:
            opens, closes = (time.fromisoformat(span[name]) for name in ("start", "end"))
            if 1 <= int(day) <= 7 and opens < closes:
                found[int(day)] = (opens, closes)
        except (KeyError, TypeError, ValueError):
            continue
    return found
