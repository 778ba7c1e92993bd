"""What carts and orders tell about who cares for which product."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from marketing.model import Item
from storage.interests import KEEP_INTERESTS, Done
from storage.mirror_carts import Baskets
from storage.mirror_customers import Person, settled
from storage.mirror_orders import Purchases


def done(baskets: Baskets, purchases: Purchases, now: datetime) -> Iterator[Done]:
    """Give what a batch's carts and new orders tell: what was put in, and what was bought."""
    for basket in baskets.told():
        if not _is_erased(basket.person):
            yield from _done(basket.row, "added_at", basket.row["updated_at"], basket.had)
    for purchase in purchases.new():
        placed_at = purchase.row["placed_at"]
        if placed_at > now - KEEP_INTERESTS and not _is_erased(purchase.person):
            yield from _done(purchase.row, "bought_at", placed_at, ())


def _done(
    row: dict[str, Any], what: str, at: datetime, had: Iterable[str | None]
) -> Iterator[Done]:
    if row["customer_id"] is None:
        return
    known = set(had)
    for item in row["items"]:
        product_id, variant_id = _named(item)
        if product_id and product_id not in known:
            known.add(product_id)
            yield Done(row["store_id"], row["customer_id"], product_id, what, at, variant_id)


def _named(item: Any) -> tuple[str | None, str | None]:
    if isinstance(item, Item):
        return item.product_id, item.variant_id
    return item["product_id"], item["variant_id"]


def _is_erased(person: Person | None) -> bool:
    found = settled(person)
    return found is not None and found.is_erased
