"""What a shopper's money is worth in the store's: at the rate the platform last gave.

A checkout in another currency than the store's tells no amount in the store's; its orders
tell both. The newest order in that currency gives the rate of the day.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from sqlalchemy import Connection, select

from storage.schema import orders

Pair = tuple[str, str]
"""A store's id and a shopper's currency."""


def rates(connection: Connection, pairs: Iterable[Pair]) -> dict[Pair, Fraction]:
    """Give store minor units per shopper's minor unit; a pair without any order is left out."""
    found = {pair: _rate(connection, *pair) for pair in set(pairs)}
    return {pair: rate for pair, rate in found.items() if rate is not None}


def _rate(connection: Connection, store_id: str, currency: str) -> Fraction | None:
    o = orders.c
    query = (
        select(o.total, o.store_total)
        .where(o.store_id == store_id, o.currency == currency, o.currency != o.store_currency)
        .where(o.total > 0, o.store_total > 0)
        .order_by(o.placed_at.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return Fraction(row.store_total, row.total) if row else None


def worth(amount: int, pair: Pair, known: Mapping[Pair, Fraction]) -> int:
    """Give an amount in the store's minor units, 0 where no rate is known."""
    return round(amount * known[pair]) if pair in known else 0
