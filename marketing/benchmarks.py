"""What is usual elsewhere: bands that a store's figures are held against, each with its source.

`SEED`: the article that Reprise began from. `KLAVIYO`: Klaviyo's benchmark report over what its
customers sent in 2023, in US dollars; a store in another currency is told no money of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SEED, KLAVIYO = "seed", "klaviyo_2023"
ENOUGH = 200
"""So many messages tell something about their rate: a hundred for each half of a test."""

A_HUNDRED = 100


class Standing(StrEnum):
    """Where a figure stands against its band."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    TOP = "top"


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` a figure is usual, above `high` better than that, from `top` among the best."""

    low: float
    high: float
    top: float | None
    source: str
    needed: int = ENOUGH
    """Of what the figure is made (messages, carts, customers) so many must have been seen: fewer
    are anything by chance. A hundred tell a share to about six points either way."""

    def standing(self, value: float) -> Standing:
        """Say where a figure stands."""
        if value < self.low:
            return Standing.BELOW
        if self.top is not None and value >= self.top:
            return Standing.TOP
        return Standing.WITHIN if value <= self.high else Standing.ABOVE


CART_RECOVERY: Final = Band(0.10, 0.15, 0.20, SEED, A_HUNDRED)
REPEAT_PURCHASE: Final = Band(0.20, 0.30, None, SEED, A_HUNDRED)
OF_MESSAGES: Final = {
    "open": Band(0.520, 0.681, 0.681, KLAVIYO),
    "click": Band(0.053, 0.130, 0.130, KLAVIYO),
    "order": Band(0.0171, 0.0571, 0.0571, KLAVIYO),
}
"""All flows: from the average to the best tenth."""
PER_RECIPIENT: Final = {
    "cart.abandoned": 365,
    "customer.subscribed": 265,
    "customer.created": 265,
    "product.browsed": 107,
    "category.browsed": 107,
    "order.placed": 41,
    "order.paid": 41,
    "order.fulfilled": 41,
    "order.delivered": 41,
}
"""Average revenue per message of flows by their trigger, in US cents."""
CAMPAIGN: Final = 11


def per_recipient(sent: Iterable[tuple[str | None, int]], currency: str) -> Band | None:
    """Give what is usual for a store's own mix of messages: (trigger, None: a campaign; count).

    None where nobody publishes a figure: another currency, or none of these flows.
    """
    told = [
        (CAMPAIGN if trigger is None else PER_RECIPIENT[trigger], count)
        for trigger, count in sent
        if count and (trigger is None or trigger in PER_RECIPIENT)
    ]
    messages = sum(count for _, count in told)
    if currency != "USD" or not messages:
        return None
    usual = round(sum(each * count for each, count in told) / messages)
    return Band(usual, usual, None, KLAVIYO)


@dataclass(frozen=True, slots=True)
class Rates:
    """What came of one message of a flow."""

    sent: int
    opened: int
    clicked: int
    ordered: int

    def of(self, aspect: str) -> float | None:
        """Give a rate by its name in `OF_MESSAGES`; None while too few were sent to tell."""
        counts = {"open": self.opened, "click": self.clicked, "order": self.ordered}
        return counts[aspect] / self.sent if self.sent >= ENOUGH else None


def weakest(rates: Rates) -> tuple[str, float] | None:
    """Give where a message falls short the most of what is usual: the aspect, and how far (0..1).

    An earlier stage goes first where two are as weak: who does not open can't click.
    """
    short = {}
    for aspect, band in OF_MESSAGES.items():
        rate = rates.of(aspect)
        if rate is not None and rate < band.low:
            short[aspect] = 1 - rate / band.low
    worst = max(short, key=lambda aspect: short[aspect], default=None)
    return (worst, short[worst]) if worst else None
