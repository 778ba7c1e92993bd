"""What a step that gives something may get wrong: a discount code, store credit."""

import re
from collections.abc import Iterator
from datetime import timedelta

from marketing.bounds import OUT_OF_BOUNDS, bounds
from marketing.flow import Coupon, Off
from marketing.problems import Problem
from marketing.reward import Reward
from marketing.said import say

SHORTEST_VALIDITY = timedelta(hours=1)
SHORTEST_CREDIT = timedelta(days=1)
MOST_ORDERS = 10_000
MOST_PERCENT = 100
MOST_MONEY = 10**12
"""In minor units: what is more is a slip of the hand."""
CODE_PREFIX = r"[A-Z0-9][A-Z0-9-]{0,11}"


def coupon_problems(step: Coupon) -> Iterator[Problem]:
    """Give what is wrong with a code: how long it lasts, what it takes off, how it begins."""
    yield from bounds(step.id, "valid_for", step.valid_for, SHORTEST_VALIDITY)
    if step.once_per is not None:
        yield from bounds(step.id, "once_per", step.once_per, SHORTEST_VALIDITY)
    if step.minimum is not None:
        yield from _money_bounds(step.id, "minimum", step.minimum)
    yield from _value_problems(step)
    yield from _prefix_problems(step)


def reward_problems(step: Reward) -> Iterator[Problem]:
    """Give what is wrong with a reward: its sum, how long it lasts, whose orders earn it."""
    yield from _money_bounds(step.id, "amount", step.amount)
    if step.expires_after is not None:
        yield from bounds(step.id, "expires_after", step.expires_after, SHORTEST_CREDIT)
    for field, count in (("every", step.every), ("orders", step.orders)):
        if count is not None and not 1 <= count <= MOST_ORDERS:
            yield Problem(step.id, field, OUT_OF_BOUNDS, say("Use 1 to {most}.", most=MOST_ORDERS))
    if step.every is not None and step.orders is not None:
        yield Problem(
            step.id, "orders", say("can't stand beside every"), say("Use one of the two.")
        )
    yield from _prefix_problems(step)


def _prefix_problems(step: Coupon | Reward) -> Iterator[Problem]:
    """A draft keeps whatever was typed here, so that nothing else of it is lost."""
    if not re.fullmatch(CODE_PREFIX, step.prefix):
        remedy = say("Use 1 to 12 capitals, digits and -.")
        yield Problem(step.id, "prefix", say("can't begin a code"), remedy)


def _money_bounds(step: str, field: str, amount: int) -> Iterator[Problem]:
    """Hold a sum to what can be meant; the words name no bound: nobody counts in cents."""
    if amount < 1:
        yield Problem(step, field, OUT_OF_BOUNDS, say("Use an amount above 0."))
    elif amount > MOST_MONEY:
        yield Problem(step, field, OUT_OF_BOUNDS, say("Use a smaller amount."))


def _value_problems(step: Coupon) -> Iterator[Problem]:
    """A code takes off one thing: a part, an amount, or the shipping."""
    wanted = {Off.PERCENT: "percent", Off.AMOUNT: "amount"}.get(step.off)
    for field, value in (("percent", step.percent), ("amount", step.amount)):
        if field == wanted and value is None:
            yield Problem(
                step.id, field, say("is missing"), say("Say how much the code takes off.")
            )
        elif field == wanted == "amount":
            yield from _money_bounds(step.id, field, value or 0)
        elif field == wanted and not 1 <= (value or 0) <= MOST_PERCENT:
            remedy = say("Use 1 to {most}.", most=MOST_PERCENT)
            yield Problem(step.id, field, OUT_OF_BOUNDS, remedy)
        elif field != wanted and value is not None:
            yield Problem(
                step.id,
                field,
                say("has no meaning here"),
                say("Leave it out: off is {off}.", off=step.off.value),
            )
