"""The merge tags that the editor offers: what each is called, shows, and falls back to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketing import samples
from marketing.blocks.conditions import CONDITIONS, Named
from marketing.events import EventName
from marketing.rendering import RenderingFailed, plain_words


@dataclass(frozen=True, slots=True)
class Tag:
    """One merge tag: the Liquid between its braces, and its words."""

    name: str
    """Also what it is without its filters."""
    label: str
    group: str
    filters: str = ""
    fallback: str | None = None
    """What to say where it is not known; None: it always is, or nothing would fit."""

    @property
    def liquid(self) -> str:
        """Give it as a template has it."""
        return f"{{{{ {self.name}{self.filters} }}}}"

    @property
    def with_fallback(self) -> str | None:
        """Give it with the words for where it is not known."""
        if self.fallback is None:
            return None
        return f'{{{{ {self.name}{self.filters} | default: "{self.fallback}" }}}}'


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a link can lead that is another for each customer."""

    name: str
    href: str
    label: str
    group: str


TAGS = (
    Tag("customer.first_name", "First name", "customer", fallback="there"),
    Tag("customer.last_name", "Last name", "customer", fallback="customer"),
    Tag("customer.email", "Email address", "customer"),
    Tag("customer.orders_count", "Number of orders", "customer"),
    Tag("cart.items[0].title", "First thing in the cart", "cart", fallback="your cart"),
    Tag("cart.items.size", "Number of things in the cart", "cart"),
    Tag("cart.subtotal", "Cart before shipping and tax", "cart", " | money"),
    Tag("cart.total", "Total of the cart", "cart", " | money"),
    Tag("order.name", "Order number", "order", fallback="your order"),
    Tag("order.placed_at", "Date of the order", "order", " | date"),
    Tag("order.total", "Total of the order", "order", " | money: order.currency"),
    Tag("order.items[0].title", "First thing ordered", "order", fallback="your order"),
    Tag("order.tracking.number", "Tracking number", "order"),
    Tag("product.title", "Product", "product", fallback="it"),
    Tag("product.price", "Price of the product", "product", " | money: product.currency"),
    Tag("product.category", "Category of the product", "product", fallback="our store"),
    Tag("event.category", "Category it is about", "category", fallback="our store"),
    Tag("event.from", "Price before", "price", " | money: event.currency"),
    Tag("coupon.code", "The code", "code"),
    Tag("coupon.percent", "Percent off", "code"),
    Tag("coupon.amount", "Amount off", "code", " | money: coupon.currency"),
    Tag("coupon.ends_at", "Last day of the code", "code", " | date"),
    Tag("reward.amount", "Amount of the store credit", "reward", " | money: reward.currency"),
    Tag("reward.expires_at", "Last day of the store credit", "reward", " | date"),
    Tag("store.name", "Name of the store", "store"),
    Tag("store.email", "Address for answers", "store", fallback="this address"),
    Tag("store.founder_name", "Founder's name", "store", fallback="our team"),
    Tag("store.story", "Story of the store", "store"),
    Tag("store.return_days", "Days to return things", "store"),
    Tag("store.free_shipping_threshold", "Free shipping from", "store", " | money: store.currency"),
)
DESTINATIONS = (
    Destination("cart", "{{ cart.url }}", "The customer's cart", "cart"),
    Destination("order", "{{ order.status_url | default: store.url }}", "The order", "order"),
    Destination("parcel", "{{ order.tracking.url | default: store.url }}", "The parcel", "order"),
    Destination("product", "{{ product.url | default: store.url }}", "The product", "product"),
    Destination("store", "{{ store.url }}", "The store", "store"),
)
EVERYWHERE = frozenset({"customer", "store", "code", "reward"})
CART = (EventName.CART_ABANDONED, EventName.CHECKOUT_STARTED, EventName.PRODUCT_ADDED)
PRODUCT = (
    EventName.PRODUCT_BROWSED,
    EventName.PRODUCT_ADDED,
    EventName.REVIEW_POSTED,
    EventName.PRODUCT_PUBLISHED,
    EventName.PRODUCT_RESTOCKED,
    EventName.PRODUCT_PRICE_DROPPED,
)
CATEGORY = (EventName.CATEGORY_BROWSED, EventName.PRODUCT_PUBLISHED)
GROUP_OF_NOUN = {"cart": "cart", "order": "order", "product": "product"}


def groups_of(trigger: str | None) -> frozenset[str]:
    """Give the groups that make sense after a trigger; all of them without one."""
    if trigger is None:
        return frozenset(tag.group for tag in TAGS)
    is_order = trigger.startswith("order.") or trigger == EventName.CUSTOMER_REACHED
    told = {
        "cart": trigger in CART,
        "order": is_order,
        "product": is_order or trigger in PRODUCT,
        "category": trigger in CATEGORY,
        "price": trigger == EventName.PRODUCT_PRICE_DROPPED,
    }
    return EVERYWHERE | {group for group, holds in told.items() if holds}


def tags_for(trigger: str | None) -> Iterator[Tag]:
    """Give the tags that make sense after a trigger."""
    groups = groups_of(trigger)
    return (tag for tag in TAGS if tag.group in groups)


def destinations_for(trigger: str | None) -> Iterator[Destination]:
    """Give where a link can lead after a trigger."""
    groups = groups_of(trigger)
    return (one for one in DESTINATIONS if one.group in groups)


def conditions_for(trigger: str | None) -> Iterator[tuple[str, Named]]:
    """Give the named conditions that make sense after a trigger."""
    groups = groups_of(trigger)
    for name, named in CONDITIONS.items():
        if named.noun not in GROUP_OF_NOUN or GROUP_OF_NOUN[named.noun] in groups:
            yield name, named


def example_of(tag: Tag, context: Mapping[str, Any]) -> str:
    """Give what a tag shows for a customer of these facts."""
    try:
        return plain_words(tag.liquid, context)
    except RenderingFailed:
        return ""


def fallback_of(path: str) -> str | None:
    """Give the words for where a fact is not known, if a tag has some."""
    return next((tag.fallback for tag in TAGS if tag.name == path), None)


def may_be_missing(path: str) -> bool:
    """Say whether a fact is not there for some customers."""
    return not plain_words(f"{{{{ {path} }}}}", samples.as_little_as_possible()).strip()
