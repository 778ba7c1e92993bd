"""How a split picks its winner by itself: by what, after how long, and from how many people."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class By(StrEnum):
    """What an A/B test compares: the people who clicked, who ordered, or what each brought in."""

    CLICKS = "clicks"
    ORDERS = "orders"
    REVENUE = "revenue"


@dataclass(frozen=True, slots=True)
class Picking:
    """How a split picks its winner by itself: `marketing.experiments`."""

    by: By
    after: timedelta = timedelta(days=7)
    """How long each person is given from the split on; who has had less does not count yet."""
    least: int = 1000
    """People that each variant needs first."""
