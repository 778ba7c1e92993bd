"""Money: how many digits a currency has, and a platform's decimal string as minor units."""

from decimal import ROUND_HALF_UP, Decimal

ZERO_DECIMAL = frozenset(
    [
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"),
        *("VND", "VUV", "XAF", "XOF", "XPF"),
    ]
)
THREE_DECIMAL = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def decimals(currency: str) -> int:
    """Give the number of digits after the point of an ISO 4217 currency."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def minor_units(amount: str | float | None, currency: str) -> int:
    """Turn a decimal amount into minor units: `("19.99", "USD")` gives 1999; None gives 0."""
    if amount is None:
        return 0
    scaled = Decimal(str(amount)).scaleb(decimals(currency))
    return int(scaled.to_integral_value(rounding=ROUND_HALF_UP))
