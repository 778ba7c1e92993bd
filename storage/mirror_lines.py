"""What customers bought, product by product: kept with the orders that tell it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete

from marketing.model import Item
from storage.among import among
from storage.bulk import Insert
from storage.schema import order_lines

Line = tuple[str, str, datetime, int]
"""(product id, customer id, when it was ordered, what its pieces come to)."""
Lines = frozenset[Line]

_ADD = Insert(
    order_lines, ("store_id", "order_id", "product_id", "customer_id", "placed_at", "amount")
)


def lines_of(order: Mapping[str, Any]) -> Lines:
    """Give what an order's row says was bought; none if it does not count, or nobody knows by whom.

    Its items are objects, or `Item`s where the platform just told them.
    """
    if not order["counts"] or order["cancelled_at"] or not order["customer_id"]:
        return frozenset()
    amounts: dict[str, int] = {}
    for product_id, amount in map(_bought, order["items"]):
        if product_id is not None:
            amounts[product_id] = amounts.get(product_id, 0) + amount
    whose, at = order["customer_id"], order["placed_at"]
    return frozenset((product_id, whose, at, amount) for product_id, amount in amounts.items())


def _bought(item: Any) -> tuple[str | None, int]:
    if isinstance(item, Item):
        return item.product_id, item.store_price * item.quantity
    return item["product_id"], item["store_price"] * item["quantity"]


def tell(connection: Connection, changed: Sequence[tuple[Mapping[str, Any], Lines]]) -> None:
    """Write anew what was bought by these orders; each comes with the lines it had before."""
    told = [(order, had, lines_of(order)) for order, had in changed]
    other = [(order, had, lines) for order, had, lines in told if had != lines]
    _forget(connection, [order for order, had, _ in other if had])
    _ADD.run(connection, list(_rows((order, lines) for order, _, lines in other)))


def _forget(connection: Connection, gone: Iterable[Mapping[str, Any]]) -> None:
    by_store: dict[str, list[str]] = {}
    for order in gone:
        by_store.setdefault(order["store_id"], []).append(order["id"])
    line = order_lines.c
    for store_id, ids in sorted(by_store.items()):
        theirs = (line.store_id == store_id, among(line.order_id, ids))
        connection.execute(delete(order_lines).where(*theirs))


def _rows(told: Iterable[tuple[Mapping[str, Any], Lines]]) -> Iterable[dict[str, Any]]:
    for order, lines in told:
        for product_id, customer_id, placed_at, amount in sorted(lines):
            yield {
                "store_id": order["store_id"],
                "order_id": order["id"],
                "product_id": product_id,
                "customer_id": customer_id,
                "placed_at": placed_at,
                "amount": amount,
            }
