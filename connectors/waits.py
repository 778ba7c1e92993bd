"""How long a platform asks us to wait, within what we are willing to believe."""

import math

SHORTEST_WAIT = 1.0
LONGEST_WAIT = 3600.0
"""Seconds."""


def retry_after(header: str | None) -> float:
    """Give the seconds of a Retry-After, between a second and an hour, whatever it says."""
    try:
        seconds = float(header or "")
    except ValueError:
        return SHORTEST_WAIT
    if math.isnan(seconds):
        return SHORTEST_WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)
