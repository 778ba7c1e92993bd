"""The nouns: what the app knows about a store, its customers and what they were sent.

Every time is timezone-aware UTC. Money is an integer of minor units with its ISO 4217
currency beside it (`marketing.money`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from marketing.categories import Category
from marketing.chat import ChatContent
from marketing.hints import ToldInPart
from marketing.marks import Landing
from marketing.parcels import Parcel
from marketing.places import Place as Place  # noqa: PLC0414  a noun like those below
from marketing.reasons import Reason as Reason  # noqa: PLC0414  another
from marketing.store_profile import StoreLook as StoreLook  # noqa: PLC0414  another
from marketing.store_profile import StoreProfile as StoreProfile  # noqa: PLC0414  another


class Platform(StrEnum):
    """The commerce systems a store can live on."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    BIGCOMMERCE = "bigcommerce"


class ChannelName(StrEnum):
    """The ways to reach a customer."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    WEBCHAT = "webchat"


class StoreStatus(StrEnum):
    """Where a store stands with us."""

    INSTALLED = "installed"
    NEEDS_REAUTH = "needs_reauth"
    UNINSTALLED = "uninstalled"


class ConsentState(StrEnum):
    """What a customer said about marketing on one channel."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    NOT_SUBSCRIBED = "not_subscribed"
    PENDING = "pending"
    INVALID = "invalid"


class ConsentSource(StrEnum):
    """Where a consent came from."""

    PLATFORM = "platform"
    CHECKOUT = "checkout"
    ORDER = "order"
    UNSUBSCRIBE_LINK = "unsubscribe_link"
    ONE_CLICK = "one_click"
    REPLY = "reply"
    """The customer wrote back that they want no more, or want it again."""
    MERCHANT = "merchant"
    COMPLAINT = "complaint"
    FORM = "form"
    """A form of another program: on the store's pages, or elsewhere."""
    CHAT = "chat"
    """The customer gave an address in a conversation, after being told what for."""
    KEYWORD = "keyword"
    """The customer wrote the word that the store asks for; `storage.opt_ins` has its wording."""
    IN_PERSON = "in_person"
    IMPORT = "import"
    """A list that was kept elsewhere before."""


class MessageState(StrEnum):
    """The ledger's states of one message; `marketing.ledger` says which may follow which."""

    DUE = "due"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    BOUNCED = "bounced"
    FAILED = "failed"
    RETRY_WAIT = "retry_wait"
    HELD = "held"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    ABANDONED = "abandoned"
    DEAD = "dead"


class MessageStatus(StrEnum):
    """What a provider can report of a message after hand-over."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    FAILED = "failed"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class MessageKind(StrEnum):
    """Marketing needs consent; transactional answers something the customer did."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class BadSignature(Exception):
    """Not signed by whom it claims to come from."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One customer's word on one channel. A record for ingest: `customer` names whose."""

    channel: ChannelName
    state: ConsentState
    source: ConsentSource
    changed_at: datetime
    customer: "CustomerKey | None" = None


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """The ways a platform may name a person; at least one is given."""

    external_id: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A person as the store has them. A field that is None was not told, and changes nothing.

    `region` is the part of their country by its ISO 3166-2 code without the country: `CA`.
    """

    key: CustomerKey
    updated_at: datetime
    created_at: datetime | None = None
    first_name: str | None = None
    last_name: str | None = None
    locale: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    tags: tuple[str, ...] | None = None
    consents: tuple[Consent, ...] = ()
    orders_count: int | None = None
    spent: int | None = None
    last_order_at: datetime | None = None
    birthday: str | None = None
    """As `1990-02-28`."""
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a cart or an order; prices in minor units, for one piece."""

    product_id: str | None
    variant_id: str | None
    title: str
    variant_title: str | None
    quantity: int
    price: int
    """In the shopper's presentment currency."""
    line_price: int
    store_price: int
    """The same for one piece in the store's currency."""
    sku: str | None = None
    image_url: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart or checkout as the platform last told it; `recovery_url` restores it."""

    external_id: str
    """Shopify: the checkout's token, else the cart's."""
    customer: CustomerKey | None
    currency: str
    """The shopper's presentment currency."""
    store_currency: str
    items: tuple[Item, ...]
    subtotal: int
    total: int
    store_total: int
    created_at: datetime
    updated_at: datetime
    cart_token: str | None = None
    checkout_id: str | None = None
    recovery_url: str | None = None
    locale: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    accepts_marketing: bool = False
    first_name: str | None = None
    last_name: str | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    discount_codes: tuple[str, ...] = ()
    counts: bool = True
    """False for staff, test, draft, POS or B2B carts: left out of recovery by visible rules."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the platform last told it."""

    external_id: str
    name: str
    customer: CustomerKey | None
    currency: str
    store_currency: str
    items: tuple[Item, ...]
    subtotal: int
    total: int
    store_total: int
    store_refunded: int
    placed_at: datetime
    updated_at: datetime
    cart_token: str | None = None
    checkout_token: str | None = None
    cancelled_at: datetime | None = None
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    parcels: tuple[Parcel, ...] = ()
    discount_codes: tuple[str, ...] = ()
    locale: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    accepts_marketing: bool = False
    source: str = "web"
    counts: bool = True
    """False for test, draft, POS, staff and B2B orders; they still end a cart sequence."""
    status_url: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_placed: bool = True
    """False while its payment is awaited, and when that never came: no order of ours, unless it
    was one before."""
    landing: Landing | None = None
    """How the visit began in which it was placed."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to buy a product; price in minor units of the store's currency."""

    external_id: str
    title: str
    price: int
    compare_at_price: int | None = None
    sku: str | None = None
    available: bool = True
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue."""

    external_id: str
    title: str
    handle: str
    updated_at: datetime
    url: str | None = None
    image_url: str | None = None
    product_type: str | None = None
    vendor: str | None = None
    status: str = "active"
    tags: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    created_at: datetime | None = None
    is_published: bool = True
    """Shown in the online store."""
    rating: int | None = None
    """In hundredths of a star out of five; None was not told, and changes nothing."""
    rating_count: int | None = None
    categories: tuple[Category, ...] | None = None
    """All that it stands in, besides its type; None was not told, and has to be asked for."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that the platform deleted."""

    noun: str
    """`customer`, `cart`, `product`, `order` or `category`."""
    external_id: str
    also: tuple[str, ...] = ()
    """Further names it may be known by here, likeliest first: Shopify tells a deleted
    checkout by its number (`Cart.checkout_id`) or its `Cart.cart_token`, not its token."""
    into: str | None = None
    """The record that it became part of, when it was merged into another."""


@dataclass(frozen=True, slots=True)
class TagsChanged:
    """Tags that a customer gained or lost."""

    customer: CustomerKey
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back on an order, in the store's currency; unique by `external_id`."""

    external_id: str
    order_external_id: str
    store_amount: int
    refunded_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """What a known shopper did on the store's pages, as the store's own server says.

    `name`: an event of the pixel's (`product.viewed`); `data` is that event's, ids the platform's.
    """

    visitor: str
    customer: CustomerKey
    name: str
    at: datetime
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The merchant removed the app; stale when older than the last install."""

    happened_at: datetime


@dataclass(frozen=True, slots=True)
class ScopesChanged:
    """What the app may now do in the store."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """A privacy topic of the platform: `data_request`, `customer_redact` or `store_redact`."""

    kind: str
    customer: CustomerKey | None = None
    orders: tuple[str, ...] = ()
    request_id: str | None = None
    customer_id: str | None = None
    """Ours, where the panel asks: somebody known from a chat alone has no other name."""


Record = (
    StoreProfile
    | Customer
    | Consent
    | TagsChanged
    | Cart
    | Order
    | Refund
    | Parcel
    | Product
    | Category
    | Gone
    | Visit
    | Uninstalled
    | ScopesChanged
    | ToldInPart
    | PrivacyRequest
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a webhook or an import page told us: the news' name and the new state."""

    name: str
    """An event name of `marketing.events`, such as `cart.updated`."""
    occurred_at: datetime
    record: Record
    is_state: bool = False
    """The platform tells how a thing stands; what happened follows from what we had."""


@dataclass(frozen=True, slots=True)
class Signing:
    """In whose name a message is signed, and by which key."""

    domain: str
    selector: str
    private_key: str = field(repr=False)
    """PEM."""


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message ready for hand-over, to one customer, once."""

    message_id: str
    """Our ledger id, the client reference."""
    channel: ChannelName
    to: str
    to_name: str | None
    sender: str
    sender_name: str | None
    subject: str
    html: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers such as Message-ID, List-Unsubscribe; values without CR or LF."""
    signing: Signing | None = None
    """E-mail: the store's own domain that it is from; None: the operator's shared sender."""
    chat: ChatContent | None = None
    """Chats: buttons, cards and who wrote it; None: `text` alone, by a machine."""
    window_age: timedelta | None = None
    """Chats: how long ago the customer wrote, where that is known."""


JsonObject = dict[str, Any]
