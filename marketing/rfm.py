"""Recency, frequency and sums of a store's buyers, 1 to 5 each, and the group that they make.

Scores are quintiles by rank within the store, ties broken by their average rank; a store with
fewer than 50 buyers has fixed thresholds instead.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T", int, datetime)
FEWEST = 50
YEAR = timedelta(days=365)
ANY = range(1, 6)
GROUPS = (
    ("champions", range(4, 6), range(4, 6)),
    ("cant_lose", range(1, 2), range(4, 6)),
    ("at_risk", range(1, 3), range(3, 6)),
    ("loyal", ANY, range(4, 6)),
    ("potential", range(4, 6), range(2, 4)),
    ("new", range(5, 6), range(1, 2)),
    ("hibernating", range(1, 3), range(1, 3)),
    ("promising", ANY, ANY),
)
"""Each group with its scores of recency and of frequency; the first that fits has the buyer."""
RECENCY_DAYS = (180, 90, 60, 30)
"""In a small store: bought so many days ago or less scores 2, 3, 4, 5."""
FREQUENCY_COUNTS = (2, 3, 4, 5)
MONETARY_UNITS = (50, 100, 200, 500)
"""In whole units of the store's currency."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer who bought, and what they did in the last 365 days."""

    customer_id: str
    last_order_at: datetime
    orders: int
    spent: int
    """In minor units of the store's currency."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a buyer scores; 5 is best."""

    customer_id: str
    recency: int
    frequency: int
    monetary: int
    group: str


def scores(buyers: Sequence[Buyer], now: datetime, *, minor_units: int = 100) -> list[Score]:
    """Score all the buyers of one store; `minor_units` are in one unit of its currency."""
    if len(buyers) < FEWEST:
        return [_by_thresholds(one, now, minor_units) for one in buyers]
    recency = _quintiles([one.last_order_at for one in buyers])
    frequency = _quintiles([one.orders for one in buyers])
    monetary = _quintiles([one.spent for one in buyers])
    return [
        _score(one, recency(one.last_order_at), frequency(one.orders), monetary(one.spent))
        for one in buyers
    ]


def _quintiles(values: Sequence[T]) -> Callable[[T], int]:
    """Give how a value scores among these: ceil(5 x its average rank / how many)."""
    ordered = sorted(values)

    def score(value: T) -> int:
        below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
        average_rank = (below + 1 + upto) / 2
        return math.ceil(5 * average_rank / len(ordered))

    return score


def _by_thresholds(one: Buyer, now: datetime, minor_units: int) -> Score:
    days = (now - one.last_order_at) / timedelta(days=1)
    return _score(
        one,
        1 + sum(days <= limit for limit in RECENCY_DAYS),
        1 + sum(one.orders >= limit for limit in FREQUENCY_COUNTS),
        1 + sum(one.spent >= limit * minor_units for limit in MONETARY_UNITS),
    )


def _score(one: Buyer, recency: int, frequency: int, monetary: int) -> Score:
    return Score(one.customer_id, recency, frequency, monetary, group_of(recency, frequency))


def group_of(recency: int, frequency: int) -> str:
    """Give the one group of these scores: where descriptions overlap, the most special wins."""
    return next(name for name, r, f in GROUPS if recency in r and frequency in f)
