"""Deciding an A/B test by itself: whether a variant leads for sure, whatever day one looks.

The rule is always valid: a normal-mixture confidence sequence (mSPRT; Robbins 1970, Johari et
al. 2022) on the difference of two means of people, so that looking every day finds a winner where
there is none in at most one test of twenty. With k variants the leader has to beat each other
one at the level 0.05 / (k - 1), which keeps that bound for the test as a whole.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketing.flow import Split
from marketing.picking import By, Picking

ALPHA = 0.05
PEOPLE, CONVERSIONS = 1000, 100
"""Each variant needs one of the two before the differences mean anything."""
UNEVEN = 0.001
"""Below this chance the numbers of people don't fit the weights: something is wrong."""
PRIORS: Mapping[By, float] = {By.CLICKS: 0.25, By.ORDERS: 0.25, By.REVENUE: 0.15}
"""The difference that we look out for, as a part of the common mean."""
ALIKE = 0.1
"""Differences for sure below this part of the common mean are none."""
MOMENT = ".at"
"""With it a split's id names, in `Enrollment.choices`, when someone came to it."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What came of the people of one variant, each with the time that the test gives them."""

    key: str
    weight: int
    people: int = 0
    converted: int = 0
    """Those who clicked, or ordered."""
    total: float = 0.0
    """Of what is compared: 1 for each who converted, or their revenue in minor units."""
    squares: float = 0.0
    """The sum of its squares."""

    @property
    def mean(self) -> float:
        """Give what one person brings: a rate, or money; 0 while there is nobody."""
        return self.total / self.people if self.people else 0.0

    @property
    def variance(self) -> float:
        """Give the variance of the mean."""
        return max(0.0, self.squares / self.people - self.mean**2) / self.people


class State(StrEnum):
    """Where a test stands."""

    NOT_YET = "not_yet"
    LEADS = "leads"
    ALIKE = "alike"
    """No variant is better by what would matter."""


class Why(StrEnum):
    """Why there is no winner yet."""

    EARLY = "early"
    FEW = "few"
    UNEVEN = "uneven"
    OPEN = "open"
    """The differences could be chance."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at a test gave; the difference is the leader's to the closest other variant."""

    state: State
    why: Why | None = None
    leader: str | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    """The bounds of the difference, true at every look together."""


def earliest(picking: Picking, begun_at: datetime) -> datetime:
    """Give the first moment at which anybody has had their time."""
    return begun_at + picking.after


def moment_key(split: Split) -> str:
    """Give the name under which `Enrollment.choices` keeps when someone came to a split."""
    return f"{split.id}{MOMENT}"


def verdict(picking: Picking, arms: Sequence[Arm], running: timedelta) -> Verdict:
    """Decide a test by its arms, those of weight 0 left out, after it has run so long."""
    arms = [arm for arm in arms if arm.weight > 0]
    if running < picking.after or len(arms) < 2:
        return Verdict(State.NOT_YET, Why.EARLY)
    if not all(_is_enough(arm, picking.least) for arm in arms):
        return Verdict(State.NOT_YET, Why.FEW)
    if chance_of_shares(arms) < UNEVEN:
        return Verdict(State.NOT_YET, Why.UNEVEN)
    return _compared(arms, PRIORS[picking.by])


def _is_enough(arm: Arm, least: int) -> bool:
    return arm.people >= least and (arm.people >= PEOPLE or arm.converted >= CONVERSIONS)


def _compared(arms: Sequence[Arm], prior: float) -> Verdict:
    leader = max(arms, key=lambda arm: arm.mean)
    mean = sum(arm.total for arm in arms) / sum(arm.people for arm in arms)
    if mean <= 0:
        return Verdict(State.NOT_YET, Why.OPEN)
    alpha = ALPHA / (len(arms) - 1)
    others = [arm for arm in arms if arm is not leader]
    found = [(leader.mean - arm.mean, radius(leader, arm, prior * mean, alpha)) for arm in others]
    difference, wide = min(found, key=lambda one: one[0] - one[1])
    told = (leader.key, difference, difference - wide, difference + wide)
    if difference > wide:
        return Verdict(State.LEADS, None, *told)
    if all(apart + wide <= ALIKE * mean for apart, wide in found):
        return Verdict(State.ALIKE, None, *told)
    return Verdict(State.NOT_YET, Why.OPEN, *told)


def radius(one: Arm, other: Arm, prior: float, alpha: float) -> float:
    """Give how far the difference of two means may lie off, at all looks together.

    `prior` is the standard deviation of the differences that are looked out for.
    """
    variance, wanted = one.variance + other.variance, prior**2
    if variance == 0:
        return math.inf
    wide = variance + wanted
    return math.sqrt(variance * wide / wanted * (math.log(wide / variance) - 2 * math.log(alpha)))


def chance_of_shares(arms: Sequence[Arm]) -> float:
    """Give the chance of shares as uneven as these, by Pearson's chi-squared test."""
    people, weight = sum(arm.people for arm in arms), sum(arm.weight for arm in arms)
    expected = [people * arm.weight / weight for arm in arms]
    pairs = zip(arms, expected, strict=True)
    return _beyond(sum((arm.people - told) ** 2 / told for arm, told in pairs), len(arms) - 1)


def _beyond(squared: float, freedom: int) -> float:
    """Give the upper tail of the chi-squared distribution, by its recurrence."""
    half = squared / 2
    first = 1 if freedom % 2 else 2
    found = math.erfc(math.sqrt(half)) if first == 1 else math.exp(-half)
    for degrees in range(first, freedom, 2):
        found += half ** (degrees / 2) * math.exp(-half) / math.gamma(degrees / 2 + 1)
    return found
