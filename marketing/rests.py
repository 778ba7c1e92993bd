"""How long an address is left alone after a provider said that it is to be."""

from datetime import timedelta
from enum import StrEnum


class RestKind(StrEnum):
    """Why an address rests on a channel."""

    MARKETING = "marketing"
    """The provider lets no more marketing through to them for now."""
    UNREACHABLE = "unreachable"
    """Messages do not reach them: perhaps they left the channel."""
    WINDOW = "window"
    """The provider counts their last word as too long ago; no rest, it is only remembered."""


DAY = timedelta(days=1)
LONGEST = timedelta(days=30)
FAILURES = 3
"""So many messages that reached nobody make an address unreachable."""


def lasts(kind: RestKind, times: int) -> timedelta:
    """Give how long an address rests, the `times`th time that it was told.

    Marketing: a day, two, four ... thirty at the most. Meta asks for growing intervals after
    131049: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes, 2026-11-22.
    """
    match kind:
        case RestKind.MARKETING:
            return min(DAY * (1 << min(times - 1, 10)), LONGEST)
        case RestKind.UNREACHABLE:
            return LONGEST if times >= FAILURES else timedelta()
        case RestKind.WINDOW:
            return timedelta()
