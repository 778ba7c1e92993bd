"""What the figures of the panel mean: one small function each, and one sentence to show.

Money is minor units of the store's currency. A figure that has no meaning yet (nothing to
divide by) is None, never zero. `DEFINITIONS` holds the sentences the panel shows beside each.
"""

from collections.abc import Mapping
from typing import Final


def cart_recovery_rate(recovered: int, abandoned: int) -> float | None:
    """Abandoned carts whose order is credited to a message, of all abandoned carts.

    Both count carts that count, abandoned in the period and having a customer we can name;
    those not written to for want of consent are part of `abandoned`. 0.12 is 12 %.
    """
    return _share(recovered, abandoned)


def attributed_revenue(totals: int, refunded: int) -> int:
    """Order totals credited to messages, less what was refunded on these very orders."""
    return totals - refunded


def customer_lifetime_value(spent: int, refunded: int, buyers: int) -> int | None:
    """What customers with an order have spent so far, net of refunds, per customer.

    A look back, no forecast. Counted orders only, rounded half up to a minor unit.
    """
    return _per(spent - refunded, buyers)


def repeat_purchase_rate(buyers_again: int, buyers: int) -> float | None:
    """Customers with two or more counted orders, of those with at least one."""
    return _share(buyers_again, buyers)


def revenue_per_recipient(attributed: int, recipients: int) -> int | None:
    """Attributed revenue, per message handed over to a provider.

    Each message handed over counts once, a bounced one too; skipped and expired ones don't.
    Rounded half up to a minor unit.
    """
    return _per(attributed, recipients)


def revenue_share(attributed: int, store_revenue: int) -> float | None:
    """Attributed revenue, of everything the store took in the same days, net of refunds."""
    return _share(attributed, store_revenue)


DEFINITIONS: Final[Mapping[str, str]] = {
    "attributed_revenue": (
        "Orders credited to a message, less refunds. An order is credited to the last message "
        "its customer clicked in the days before it, otherwise to the last one opened."
    ),
    "cart_recovery_rate": (
        "Abandoned carts that were bought after a message earned the order, of all abandoned "
        "carts, including those nobody was written to about."
    ),
    "customer_lifetime_value": (
        "What your customers with an order have spent so far, less refunds, on average. "
        "A look back, not a forecast."
    ),
    "repeat_purchase_rate": "Customers with two or more orders, of all with at least one.",
    "revenue_per_recipient": "Attributed revenue for each message that was sent.",
    "not_written_to": (
        "Abandoned carts, and their value, whose customer has not agreed to marketing messages."
    ),
}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _per(amount: int, count: int) -> int | None:
    """Divide, rounding half up, negative amounts like positive ones towards plus."""
    return (2 * amount + count) // (2 * count) if count > 0 else None
