"""When a block is shown: conditions by name, or a Liquid condition of the author's own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A condition with a name: its Liquid, its label in the editor, what it asks about."""

    liquid: str
    label: str
    noun: str = ""
    """A noun of the context that not every flow has."""


CONDITIONS: Mapping[str, Named] = {
    "has_first_name": Named("customer.first_name", "The first name is known"),
    "has_no_first_name": Named("not customer.first_name", "The first name is not known"),
    "is_returning": Named("customer.orders_count > 0", "The customer has ordered before"),
    "is_new": Named("customer.orders_count == 0", "The customer has not ordered yet"),
    "has_code": Named("coupon", "There is a code", "coupon"),
    "has_no_code": Named("not coupon", "There is no code", "coupon"),
    "has_credit": Named('reward.kind == "store_credit"', "Store credit was given", "reward"),
    "cart_has_items": Named("cart.items.size > 0", "There is something in the cart", "cart"),
    "has_order": Named("order", "There is an order", "order"),
    "has_no_order": Named("not order", "There is no order", "order"),
    "has_order_page": Named("order.status_url", "The order has a page", "order"),
    "has_product": Named("product", "The product is in the store", "product"),
    "has_no_product": Named("not product", "The product is no longer in the store", "product"),
    "product_available": Named("product.available", "The product is in stock", "product"),
    "product_unavailable": Named(
        "not product.available", "The product is sold out or gone", "product"
    ),
    "has_recommendations": Named("recommendations.size > 0", "There is something to recommend"),
    "has_no_recommendations": Named("recommendations.size == 0", "There is nothing to recommend"),
    "has_reviews": Named("reviews.size > 0", "There are reviews"),
    "has_no_reviews": Named("reviews.size == 0", "There are no reviews"),
    "has_free_shipping": Named("store.free_shipping_threshold", "The store ships free from a sum"),
    "has_no_free_shipping": Named(
        "not store.free_shipping_threshold", "The store does not say that it ships free"
    ),
    "has_return_days": Named("store.return_days", "The store takes things back"),
    "has_store_email": Named("store.email", "The store has an address for answers"),
    "has_founder": Named("store.founder_name", "The founder's name is known"),
    "has_no_founder": Named("not store.founder_name", "The founder's name is not known"),
    "has_story": Named("store.story", "The store's story is told"),
    "has_no_story": Named("not store.story", "The store's story is not told"),
}

MAX_WHEN = 400
_STRAY = re.compile(r"[{}%\r\n]")


def liquid_of(when: str) -> str:
    """Give a condition as Liquid has it between `{% if` and `%}`."""
    named = CONDITIONS.get(when)
    return named.liquid if named else when


def is_condition(when: str) -> bool:
    """Say whether it can stand in a tag; whether it means anything shows when it is parsed."""
    return bool(when.strip()) and len(when) <= MAX_WHEN and not _STRAY.search(when)


def guarded(when: str | None, inner: str) -> str:
    """Give `inner`, shown under a condition."""
    return f"{{% if {liquid_of(when)} %}}{inner}{{% endif %}}" if when else inner
