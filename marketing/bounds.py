"""How short and how long a time in a flow may be."""

from collections.abc import Iterator
from datetime import timedelta

from marketing.problems import Problem
from marketing.said import say

LONGEST = timedelta(days=365)
OUT_OF_BOUNDS = say("is out of bounds")


def bounds(step: str, field: str, value: timedelta, least: timedelta) -> Iterator[Problem]:
    """Give what is wrong with a time: shorter than `least`, or longer than a year."""
    if value < least:
        yield Problem(
            step, field, say("is too short"), say("Use {least} at the least.", least=least)
        )
    if value > LONGEST:
        yield Problem(step, field, say("is too long"), say("Use a year at the most."))
