"""Which platforms keep no store credit, and what a flow that would give it lacks there."""

from collections.abc import Iterable
from typing import Final

from marketing.complements import NAMES
from marketing.flow import Step
from marketing.model import Platform
from marketing.reward import Reward
from marketing.said import say
from marketing.templates import Problem

WITHOUT_CREDIT: Final = frozenset({Platform.WOOCOMMERCE})
GIVE_A_CODE = say("Let it give a code instead, or take the step away.")


def has_credit(platform: Platform) -> bool:
    """Say whether customers of a store on this platform may have store credit."""
    return platform not in WITHOUT_CREDIT


def creditless(steps: Iterable[Step], platform: Platform) -> tuple[Problem, ...]:
    """Give the steps that would give credit, and no code in its place, where there is none."""
    if has_credit(platform):
        return ()
    said = say("{platform} has no store credit.", platform=NAMES[platform])
    return tuple(
        Problem(step.id, "or_code", said, GIVE_A_CODE)
        for step in steps
        if isinstance(step, Reward) and not step.or_code
    )
