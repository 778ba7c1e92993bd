"""What a flow is to be expected to do and to cost, from what its store's own past says.

The engine lives through each trigger of the last days again. What somebody met by now is certain;
what would still come if nothing else happened is possible. So a figure is a range: between the
two, and as much wider as chance and a sample make it. Nothing is said where nothing is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt

from marketing.backfill import known_by, next_moment
from marketing.engine import advance
from marketing.enrollment import Do, Effect, Enrollment, EnrollmentState, Facts, MakeCode, Send
from marketing.flow import Coupon, Flow, Off

Z = 1.96
"""Nineteen of twenty such ranges hold what comes."""
NONE_SEEN = 3
"""Who was not seen once in a time is, nineteen times of twenty, seen less than three times."""
ENOUGH_CODES = 20
"""Codes that must have been granted before their use says anything of the next ones."""
ENOUGH_SENT = 100
"""Messages that must have gone out before what they earned says anything of the next ones."""
ENOUGH_ORDERS = 5
"""Orders that must be there for a mean basket."""


@dataclass(frozen=True, slots=True)
class Range:
    """From at least to at most, of people, messages or minor units."""

    low: int
    high: int

    def times(self, low: float, high: float | None = None) -> "Range":
        """Give it at so much each; with two amounts between the one and the other."""
        return Range(round(self.low * low), round(self.high * (low if high is None else high)))


@dataclass(frozen=True, slots=True)
class Way:
    """The steps that send or give something which one person came to, as often as they did."""

    certain: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    """The certain ones, and what would follow them if nothing else happened."""


@dataclass(slots=True)
class Tally:
    """How many were seen, each standing for as many as were looked at one in so many."""

    sum: float = 0.0
    spread: float = 0.0

    def add(self, weight: float) -> None:
        """Count one who stands for `weight` of them."""
        self.sum += weight
        self.spread += weight * weight

    def margin(self) -> float:
        """Give by how much it may be off: next month is another draw, and so is a sample."""
        return Z * sqrt(self.spread) if self.sum else NONE_SEEN


@dataclass(slots=True)
class Seen:
    """Of one step, or of people: for certain, and at most."""

    certain: Tally = field(default_factory=Tally)
    possible: Tally = field(default_factory=Tally)

    def range(self, scale: float = 1.0) -> Range:
        """Give what a month is to be expected to bring; `scale`: months for each looked at."""
        low = max(0.0, self.certain.sum - self.certain.margin())
        high = self.possible.sum + self.possible.margin()
        return Range(round(low * scale), round(high * scale))


def way_of(flow: Flow, begun: Enrollment, facts: Facts, now: datetime) -> Way:
    """Give what somebody who entered then met, and what they would still meet."""
    enrollment, moment = begun, begun.entered_at
    met: list[str] = []
    while moment <= now and enrollment.state is EnrollmentState.ACTIVE:
        enrollment, effects = advance(flow, enrollment, known_by(facts, moment), moment)
        met += _giving(effects)
        if enrollment.state is EnrollmentState.ACTIVE:
            moment = next_moment(enrollment, facts, moment)
    certain = tuple(met)
    for _ in flow.steps_by_id:  # no step is come to twice
        if enrollment.state is not EnrollmentState.ACTIVE or enrollment.due_at is None:
            break
        enrollment, effects = advance(flow, enrollment, facts, enrollment.due_at)
        met += _giving(effects)
    return Way(certain, tuple(met))


def _giving(effects: Iterable[Effect]) -> Iterable[str]:
    for one in effects:
        if isinstance(one, Send | MakeCode | Do):
            yield one.step_id


@dataclass(frozen=True, slots=True)
class Use:
    """How many codes were granted, how many used, and what these took off at the most."""

    granted: int = 0
    redeemed: int = 0
    taken_off: int = 0

    @property
    def says_something(self) -> bool:
        """Say whether there are enough of them to expect the same again."""
        return self.granted >= ENOUGH_CODES


@dataclass(frozen=True, slots=True)
class CodeCost:
    """What the codes of a step may come to; `basis`: `own`, `store`, `all_used` or `unknown`."""

    cost: Range | None
    basis: str
    share: Range | None = None
    """How many of a hundred are used."""
    each: int | None = None
    """What one takes off."""


def code_cost(step: Coupon, codes: Range, own: Use, store: Use, basket: int | None) -> CodeCost:
    """Reckon what so many codes may cost; `basket` is the store's mean order, None: too few.

    Of a store where too few codes were given, only that no more than all of them are used is known.
    """
    each = _each(step, own, basket)
    if each is None:
        return CodeCost(None, "unknown")
    for basis, use in (("own", own), ("store", store)):
        if use.says_something:
            low, high = share_of(use.redeemed, use.granted)
            share = Range(round(100 * low), round(100 * high))
            return CodeCost(codes.times(low * each, high * each), basis, share, each)
    return CodeCost(Range(0, codes.high * each), "all_used", None, each)


def _each(step: Coupon, own: Use, basket: int | None) -> int | None:
    if own.says_something and own.redeemed:
        return round(own.taken_off / own.redeemed)
    if step.off is Off.AMOUNT:
        return step.amount
    if step.off is Off.PERCENT and basket is not None:
        return round(basket * (step.percent or 0) / 100)
    return None


def share_of(hits: int, of: int) -> tuple[float, float]:
    """Give Wilson's interval of a share, 95 %."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def revenue_of(messages: Range, earned: int, sent: int) -> Range | None:
    """Give what messages are to bring in, by what the same step brought; None: not known yet."""
    return messages.times(earned / sent) if sent >= ENOUGH_SENT else None


def sum_of(ranges: Sequence[Range | None]) -> Range | None:
    """Give the sum of ranges; None where one of them is not known."""
    known = [one for one in ranges if one is not None]
    if len(known) < len(ranges):
        return None
    return Range(sum(one.low for one in known), sum(one.high for one in known))
