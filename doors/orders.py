"""What is ordered at a door and done later: how it says no."""

from collections.abc import Callable
from typing import TypeVar

from doors.json_api import refuse
from jobs.intake_orders import NotHere, NotNow

T = TypeVar("T")


def answered(act: Callable[[], T]) -> T:
    """Do something, or say no in the door's way."""
    try:
        return act()
    except NotHere as missing:
        refuse(404, missing.said)
    except NotNow as refused:
        refuse(409, refused.said)
