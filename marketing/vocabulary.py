"""What a condition may ask about, kind by kind, for whoever builds one by hand.

It offers less than `marketing.condition_rules` lets pass: what makes sense to a merchant. A
document with anything else is as good; it was only not made here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketing import segments
from marketing.condition_rules import SOURCES
from marketing.conditions import MOMENTS
from marketing.events import EventName
from marketing.model import ChannelName, ConsentSource, ConsentState
from marketing.rfm import GROUPS as RFM_GROUPS


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of conditions: a dotted path, the kind of its values, and what they may be."""

    field: str
    group: str
    """Under which heading it is offered."""
    kind: str
    """One of `OPERATORS`; `money` is in minor units of the store's currency."""
    choices: tuple[str, ...] = ()
    """All values there are, where that is known."""
    suggest: str | None = None
    """Where values come from: one of `SUGGESTED`, or `countries`, which browsers know."""

    @property
    def is_open(self) -> bool:
        """Whether the field's last name is the merchant's: `customer.properties.<name>`."""
        return self.field.endswith(".")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """By what a count of events or orders is narrowed, and where its values come from."""

    name: str
    suggest: str | None = None
    choices: tuple[str, ...] = ()
    kind: str = "text"


SUGGESTED = (
    *("tags", "products", "categories", "codes", "properties", "segments", "locales"),
    *("regions", "cities"),
)
ORDERED = ("gte", "lte", "gt", "lt", "eq", "ne")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("eq", "ne", "in", "contains", "starts_with", "exists"),
    "choice": ("eq", "ne", "in", "exists"),
    "number": (*ORDERED, "exists"),
    "money": (*ORDERED, "exists"),
    "moment": ("within", "before", "gte", "lt", "exists"),
    "truth": ("eq",),
    "list": ("contains",),
    "property": ("eq", "ne", "in", "contains", "starts_with", *ORDERED[:4], "exists"),
    "measure": ORDERED,
    "measured_moment": ("within", "before", "gte", "lt", "exists"),
}
"""By kind the operators that say something, the most usual first."""
_STATES = tuple(one.value for one in ConsentState)
_OPEN_STATES = (ConsentState.SUBSCRIBED.value, ConsentState.UNSUBSCRIBED.value)
_SOURCES = tuple(one.value for one in ConsentSource)
_CHANNELS = tuple(one.value for one in ChannelName)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "email_consent": _STATES,
    "sms_consent": _STATES,
    "email_consent_source": _SOURCES,
    "sms_consent_source": _SOURCES,
    "whatsapp_consent": _STATES,
    "whatsapp_consent_source": _SOURCES,
    **dict.fromkeys(segments.CHAT_CONSENTS, _OPEN_STATES),
    "rfm.group": tuple(name for name, _, _ in RFM_GROUPS),
}
_SUGGEST = {
    "country": "countries",
    "region": "regions",
    "city": "cities",
    "tags": "tags",
    "locale": "locales",
}
_MONEY = frozenset({"spent", "platform_spent"})
_BY_GROUP: Mapping[str, tuple[str, ...]] = {
    "customer": ("tags", "country", "region", "city", "locale", "created_at", "is_staff"),
    "consent": (
        *("email_consent", "email_consent_at", "email_consent_source"),
        *("sms_consent", "sms_consent_at", "sms_consent_source"),
        *("whatsapp_consent", "whatsapp_consent_at", "whatsapp_consent_source"),
        *segments.CHAT_CONSENTS,
    ),
    "bought": (
        *("platform_orders_count", "platform_spent", "last_email_at", "last_sms_at"),
        *("rfm.group", "rfm.recency", "rfm.frequency", "rfm.monetary"),
    ),
    "contact": ("email", "phone", "first_name", "last_name", "timezone"),
}
TOLD_BY_ORDERS = frozenset({"orders_count", "spent", "first_order_at", "last_order_at"})
"""Columns that say what `orders` measures say of all orders: one way to ask is enough."""
FOR_PROGRAMS = frozenset({"id", "external_id", "updated_at"})


def _customer_fact(group: str, name: str) -> Fact:
    suggest, choices = _SUGGEST.get(name), _CHOICES.get(name, ())
    return Fact(f"customer.{name}", group, _kind(name), choices, suggest)


def _kind(name: str) -> str:
    if name in _MONEY:
        return "money"
    if name in _CHOICES or name == "country":
        return "choice"
    kinds = {
        "text": segments.TEXTS,
        "number": segments.NUMBERS,
        "moment": segments.MOMENTS,
        "truth": segments.TRUTHS,
        "list": segments.LISTS,
    }
    return next(kind for kind, names in kinds.items() if name in names)


OF_CUSTOMERS: tuple[Fact, ...] = (
    *(_customer_fact(group, name) for group, names in _BY_GROUP.items() for name in names),
    Fact("customer.properties.", "contact", "property", suggest="properties"),
)
_OF_CARTS = (
    Fact("cart.store_total", "cart", "money"),
    Fact("cart.item_count", "cart", "number"),
    Fact("cart.discount_codes", "cart", "list", suggest="codes"),
    Fact("cart.country", "cart", "choice", suggest="countries"),
    Fact("cart.created_at", "cart", "moment"),
)
_OF_ORDERS = (
    Fact("order.store_total", "order", "money"),
    Fact("order.store_refunded", "order", "money"),
    Fact("order.discount_codes", "order", "list", suggest="codes"),
    Fact("order.source", "order", "text"),
    Fact("order.placed_at", "order", "moment"),
    Fact("order.fulfilled_at", "order", "moment"),
    Fact("order.cancelled_at", "order", "moment"),
)


def _event(name: str, kind: str, choices: tuple[str, ...] = (), suggest: str | None = None) -> Fact:
    return Fact(f"event.{name}", "event", kind, choices, suggest)


_PRODUCT = _event("product_id", "choice", suggest="products")
_CATEGORY = _event("category", "text", suggest="categories")
_CATEGORIES = _event("categories", "list", suggest="categories")
_CHANNEL = _event("channel", "choice", _CHANNELS)
_SAID = (_CHANNEL, _event("source", "choice", _SOURCES))
_OF_EVENTS: Mapping[str, tuple[Fact, ...]] = {
    EventName.PRODUCT_VIEWED: (_PRODUCT, _CATEGORY, _CATEGORIES),
    EventName.PRODUCT_BROWSED: (_PRODUCT, _CATEGORY, _CATEGORIES),
    EventName.PRODUCT_ADDED: (_PRODUCT, _CATEGORY, _CATEGORIES, _event("quantity", "number")),
    EventName.CATEGORY_VIEWED: (_CATEGORY,),
    EventName.CATEGORY_BROWSED: (_CATEGORY,),
    EventName.PRODUCT_PUBLISHED: (_PRODUCT, _CATEGORY),
    EventName.PRODUCT_RESTOCKED: (_PRODUCT,),
    EventName.PRODUCT_PRICE_DROPPED: (_PRODUCT, _event("from", "money"), _event("to", "money")),
    EventName.PRODUCT_WANTED: (_PRODUCT,),
    EventName.REVIEW_POSTED: (_PRODUCT, _event("rating", "number")),
    EventName.CUSTOMER_SUBSCRIBED: _SAID,
    EventName.CUSTOMER_UNSUBSCRIBED: _SAID,
    EventName.CUSTOMER_TAGGED: (_event("added", "list", suggest="tags"),),
    EventName.CUSTOMER_UNTAGGED: (_event("removed", "list", suggest="tags"),),
    EventName.CUSTOMER_REACHED: (_event("orders", "number"), _event("spent", "money")),
    EventName.MESSAGE_RECEIVED: (_CHANNEL, _event("keyword", "text")),
    EventName.ORDER_REFUNDED: (_event("store_amount", "money"),),
    EventName.CUSTOM: (Fact("event.properties.", "event", "property"),),
}
_BY_PRODUCT = (Narrowing("product_id", "products"), Narrowing("category", "categories"))
COUNTED: Mapping[str, tuple[Narrowing, ...]] = {
    EventName.PRODUCT_VIEWED: _BY_PRODUCT,
    EventName.CATEGORY_VIEWED: _BY_PRODUCT[1:],
    EventName.PRODUCT_ADDED: _BY_PRODUCT,
    EventName.CHECKOUT_STARTED: (),
    EventName.PRODUCT_WANTED: _BY_PRODUCT[:1],
    EventName.CART_ABANDONED: (),
    EventName.MESSAGE_SENT: (),
    EventName.MESSAGE_OPENED: (),
    EventName.MESSAGE_CLICKED: (),
    EventName.MESSAGE_BOUNCED: (),
    EventName.MESSAGE_RECEIVED: (Narrowing("channel", choices=_CHANNELS),),
    EventName.REVIEW_POSTED: (*_BY_PRODUCT[:1], Narrowing("rating", kind="number")),
    EventName.ORDER_CANCELLED: (),
    EventName.ORDER_REFUNDED: (),
    EventName.CUSTOM: (Narrowing("name"),),
}
"""The events that are counted, and what each may be narrowed by."""
_TAKEN = {"count": "number", "spent": "money", "average": "money"}
TAKEN: Mapping[str, str] = {
    take: "measured_moment" if take in MOMENTS else _TAKEN[take] for take in SOURCES["orders"]
}
"""What orders come to, and of which kind that is."""
ORDERS_BY = (*_BY_PRODUCT, Narrowing("code", "codes"))


def facts(trigger: str | None = None) -> Sequence[Fact]:
    """Give the fields that may be asked about: the customer's, and those that a trigger brings.

    `trigger` is the name of the event that begins or ends a flow; None: a segment asks.
    """
    if trigger is None:
        return OF_CUSTOMERS
    noun = trigger.partition(".")[0]
    carts = _OF_CARTS if noun == "cart" else ()
    is_order = noun == "order" or trigger == EventName.CUSTOMER_REACHED
    return (*carts, *(_OF_ORDERS if is_order else ()), *_OF_EVENTS.get(trigger, ()), *OF_CUSTOMERS)
