"""Money of the sample shops: exact decimals, and rates that never move."""

from decimal import ROUND_HALF_UP, Decimal

# What one dollar buys; made up once and for all, so that every figure can be worked out again.
RATES: dict[str, Decimal] = {
    "USD": Decimal(1),
    "EUR": Decimal("0.92"),
    "GBP": Decimal("0.79"),
    "CAD": Decimal("1.36"),
    "AUD": Decimal("1.52"),
    "JPY": Decimal(150),
}
_WHOLE = {"JPY"}


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the currency's smallest coin."""
    coin = Decimal(1) if currency in _WHOLE else Decimal("0.01")
    return amount.quantize(coin, ROUND_HALF_UP)


def presented(amount: Decimal, currency: str) -> Decimal:
    """A dollar amount in the shopper's currency."""
    return rounded(amount * RATES[currency], currency)


def text(amount: Decimal) -> str:
    """As Shopify writes amounts in webhooks: two places, whatever the currency."""
    return f"{amount:.2f}"


_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$", "JPY": "¥"}


def shown(amount: Decimal, currency: str) -> str:
    """For people: $1,234.50."""
    places = 0 if currency in _WHOLE else 2
    return f"{_SIGNS.get(currency, currency + ' ')}{amount:,.{places}f}"
