"""Until when somebody from the past may still be placed in a flow, read off its steps alone."""

from datetime import timedelta

from marketing.flow import (
    Coupon,
    Delay,
    Exit,
    Flow,
    Since,
    Step,
    WaitForEvent,
    branches_of,
)
from marketing.questions import Question
from marketing.reward import Reward

FOREVER = timedelta(days=36_500)
"""Of a wait for a date in the data, which may be any."""
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)

Ends = tuple[timedelta, timedelta | None]
"""The latest end so far, and when those go on who go on; None: nobody does."""


def last_moment(flow: Flow) -> timedelta:
    """Give how long after a trigger's last activity its way has surely ended, or given something.

    From then on `marketing.backfill.stand` places nobody. Of several ways the longest counts.
    """
    end, goes_on = _through(flow.steps, flow.trigger.idle or timedelta())
    return max(end, goes_on or end)


def _through(steps: tuple[Step, ...], begun: timedelta) -> Ends:
    end = at = begun
    for step in steps:
        if isinstance(step, Coupon | Reward | Exit):
            return max(end, at), None
        ways = [_through(way, _after(step, at)) for way in branches_of(step)] or [
            (at, _after(step, at))
        ]
        end = max(end, *(ended for ended, _ in ways))
        going = [goes_on for _, goes_on in ways if goes_on is not None]
        if not going:
            return end, None
        at = max(going)
    return end, at


def _after(step: Step, at: timedelta) -> timedelta:
    """Give when a step is over at the latest."""
    if isinstance(step, WaitForEvent | Question):
        return min(FOREVER, at + step.timeout)
    if not isinstance(step, Delay):
        return at
    if step.until_field:
        return FOREVER
    until = max(at, step.duration) if step.since is Since.TRIGGER else at + step.duration
    by_clock = A_WEEK if step.weekdays else A_DAY if step.until else timedelta()
    return min(FOREVER, until + by_clock)
