"""The reward step: store credit for loyal customers, and with which order it is due."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Reward:
    """Put store credit on the customer's account, once; else a code of the same amount.

    The amount is in minor units of the store's currency. Orders are counted up to the one that
    began the flow: with `every` 5 it is given with the 5th, the 10th ..., each number once.
    """

    id: str
    amount: int
    expires_after: timedelta | None = None
    """None: it never runs out; a code that is given instead does, after 90 days."""
    every: int | None = None
    """With each so many-th order ..."""
    orders: int | None = None
    """... or with this one alone; neither: each time."""
    or_code: bool = False
    """A code where the store has no credit to give, or the customer no account."""
    prefix: str = "THANKS"

    def is_due(self, number: int) -> bool:
        """Say if it is due with a customer's order of this number."""
        if self.orders is not None:
            return number == self.orders
        return self.every is None or (number > 0 and number % self.every == 0)
