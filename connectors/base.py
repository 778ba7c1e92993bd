"""What every store platform must be able to do for us.

A connector knows one platform's API and nothing else: it takes credentials and hands back
our own nouns. It never writes to the database and never enqueues; the jobs do both. Any
method that calls out may raise a `StoreError`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketing.categories import Category
from marketing.flow import Off
from marketing.model import (
    BadSignature,
    Change,
    ChannelName,
    ConsentState,
    CustomerKey,
    Platform,
    StoreProfile,
)
from marketing.reviews import Review

__all__ = [
    "BadSignature",
    "CodeImport",
    "Credentials",
    "Credit",
    "CreditRequest",
    "DiscountRequest",
    "Installation",
    "Listening",
    "MalformedWebhook",
    "Page",
    "ReviewPage",
    "SignedIn",
    "StoreConnector",
    "StoreError",
    "StoreRefused",
    "StoreThrottled",
    "StoreUnavailable",
    "TokenRefused",
    "UnreadableWebhook",
    "Webhook",
    "WholeCategory",
]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One notification from a store, verified but not yet understood."""

    id: str
    topic: str
    store_domain: str
    body: bytes
    event_id: str | None = None
    triggered_at: datetime | None = None
    api_version: str | None = None
    received_at: datetime | None = None
    """When we took it; stands in for a `triggered_at` that was not told."""
    store_currency: str | None = None
    """The store's own, as far as we know it: platforms tell product prices without one."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What it takes to call one store's API."""

    store_domain: str
    access_token: str


@dataclass(frozen=True, slots=True)
class Installation:
    """What is left in our hands once the merchant has said yes; lifetimes are real time."""

    store_domain: str
    access_token: str
    scopes: frozenset[str]
    access_expires_at: datetime | None = None
    refresh_token: str | None = None
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an import: what it told, where the next begins (None: the end)."""

    changes: tuple[Change, ...]
    cursor: str | None
    total: int | None = None
    as_of: datetime | None = None
    """What the store's own clock said, if it said so: where asking for what is new goes on."""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of a store's approved reviews, the newest first; the cursor's None is the end."""

    reviews: tuple[Review, ...]
    cursor: str | None
    prefix: str = ""
    """What stands before the platform's number in each review's id."""
    newest: int | None = None
    oldest: int = 0
    """The numbers it reaches from and to; a newest of None: whatever is newer, too."""

    def covers(self, external_id: str) -> bool:
        """Say whether the page would have a review of this id, if the store still shows it."""
        number = external_id.removeprefix(self.prefix)
        if not number.isdecimal():
            return False
        return self.oldest <= int(number) and (self.newest is None or int(number) <= self.newest)


@dataclass(frozen=True, slots=True)
class DiscountRequest:
    """One discount and its code; money in minor units of the store's `currency`."""

    code: str
    percent: int
    title: str
    starts_at: datetime
    ends_at: datetime
    off: Off = Off.PERCENT
    amount: int = 0
    currency: str = "USD"
    minimum: int | None = None
    """What the order must come to."""
    customer: CustomerKey | None = None
    """Whose it is alone; None: whoever has the code."""
    is_combinable: bool = False


@dataclass(frozen=True, slots=True)
class CodeImport:
    """How a platform gets on with codes that a discount was given."""

    is_done: bool
    added: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    """Codes that exist already: perhaps by an earlier try of ours (`discount_of`)."""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """Money for a customer's account with the store, in minor units of the currency."""

    customer: CustomerKey
    amount: int
    currency: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit on a customer's account, as the platform has it."""

    external_id: str
    amount: int
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Listening:
    """What was found and done when a store was told how to reach us."""

    revived: int = 0
    """Hooks that the store had given up."""
    made: int = 0
    plugin: str | None = None
    """The version of our companion in the store; None: there is none."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a panel's token proves: the store, and which of its people has it open."""

    store_domain: str
    user_id: str
    """The platform's own id of the person."""


@dataclass(frozen=True, slots=True)
class WholeCategory:
    """A category with the ids of all the products that stand in it."""

    category: Category
    product_ids: tuple[str, ...]


class StoreConnector(Protocol):
    """The battery in `tests/contracts/connector_contract.py` holds for every one of these."""

    platform: Platform

    def authenticate(self, session_token: str, *, now: datetime) -> SignedIn:
        """Return whose panel a token proves to be, or raise `BadSignature`."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> Webhook:
        """Return the webhook; raise `MalformedWebhook` (400) or `BadSignature` (401)."""

    def parse(self, webhook: Webhook) -> list[Change]:
        """Translate a webhook into our words; empty for topics we ignore.

        Raises `UnreadableWebhook` for JSON that cannot mean what its topic says.
        """

    def refresh(self, store_domain: str, refresh_token: str, *, now: datetime) -> Installation:
        """Trade a refresh token for new credentials; `now` is real time.

        Safe to repeat until what it gave is used. Raises `TokenRefused` when only the
        merchant can help.
        """

    def fetch_profile(self, credentials: Credentials) -> StoreProfile:
        """Read what the platform says about the store itself."""

    def fetch_page(self, credentials: Credentials, noun: str, cursor: str | None) -> Page:
        """Read one page of `customer`, `product` or `order` records, oldest first.

        `cart`: checkouts that were left in the last 30 days, where the platform keeps them.
        """

    def fetch_reviews(self, credentials: Credentials, cursor: str | None) -> ReviewPage:
        """Read one page of the reviews that the platform itself keeps; none if it keeps none."""

    def fetch_category(self, credentials: Credentials, external_id: str) -> WholeCategory | None:
        """Read a category with all of its products; None: there is none."""

    def categories_of(self, credentials: Credentials, product_id: str) -> tuple[Category, ...]:
        """Read in which categories a product stands, of one whose record did not say."""

    def create_discount(self, credentials: Credentials, request: DiscountRequest) -> str:
        """Make a code and return the platform's id of it.

        A code that is taken already is looked up and its id returned: the caller stored the
        code before the call, so whoever took it was an earlier try of the same call.
        """

    def extend_discount(
        self, credentials: Credentials, external_id: str, ends_at: datetime, off: Off
    ) -> None:
        """Let a code last longer: its message moved on with its cart. Safe to repeat."""

    def deactivate_discount(self, credentials: Credentials, external_id: str) -> None:
        """Let a code work no more. Safe to repeat; one that is gone is fine."""

    def delete_discount(self, credentials: Credentials, external_id: str) -> None:
        """Remove a discount with all its codes. Safe to repeat; one that is gone is fine."""

    def add_codes(self, credentials: Credentials, external_id: str, codes: Sequence[str]) -> str:
        """Give a discount more codes, 250 at the most; return the id of the platform's import."""

    def code_import(self, credentials: Credentials, import_id: str) -> CodeImport:
        """Say how far an import of codes has come."""

    def discount_of(self, credentials: Credentials, code: str) -> str | None:
        """Give the id of the discount that a code belongs to; None: nobody has it."""

    def credit_customer(self, credentials: Credentials, request: CreditRequest) -> str:
        """Put money on a customer's account and return the transaction's id.

        Asked once, never repeated inside: `StoreUnavailable` means that it may have happened.
        """

    def recent_credits(self, credentials: Credentials, customer: CustomerKey) -> list[Credit]:
        """Give the latest credits on a customer's accounts, the newest first."""

    def since(self, noun: str, at: datetime) -> str | None:
        """Give the cursor that reads what changed after `at`; None: the platform tells it all."""

    def listen(self, credentials: Credentials, public_key: str, app_url: str) -> Listening:
        """See that the store tells us what happens there. Safe to repeat."""

    def part(self, credentials: Credentials, public_key: str, app_url: str) -> None:
        """Take everything of ours out of the store, as far as it lets us. Safe to repeat."""

    def activate_pixel(self, credentials: Credentials, public_key: str, endpoint: str) -> None:
        """Have the store's pages tell `endpoint`/`public_key` what is viewed. Safe to repeat."""

    def cart_address(self, storefront_url: str, lines: Sequence[tuple[str, int]]) -> str:
        """Give the address that opens a cart of these (variant id, quantity)."""

    def with_code(self, cart_address: str, code: str) -> str:
        """Give a cart's address that applies a code as well, as far as the platform can."""

    def write_tags(
        self,
        credentials: Credentials,
        customer: CustomerKey,
        add: Sequence[str],
        remove: Sequence[str],
    ) -> None:
        """Tell the platform which tags a customer gained and lost. Safe to repeat."""

    def write_consent(
        self,
        credentials: Credentials,
        customer: CustomerKey,
        channel: ChannelName,
        state: ConsentState,
        changed_at: datetime,
    ) -> None:
        """Tell the platform what the customer said. Safe to repeat."""


class StoreError(Exception):
    """The store could not be asked, or made no sense; `retryable` says if later may help."""

    retryable = True


class StoreUnavailable(StoreError):
    """Time-out, connection failure or a 5xx."""


class StoreThrottled(StoreError):
    """Asked too much; `retry_after` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"throttled, try again in {retry_after:.1f} s")
        self.retry_after = retry_after


class StoreRefused(StoreError):
    """The store understood and said no: scope, approval, input."""

    retryable = False


class TokenRefused(StoreError):
    """The access token is not taken (any more): refresh it, or ask the merchant again."""


class MalformedWebhook(Exception):
    """A required header is missing or the body is not JSON."""


class UnreadableWebhook(Exception):
    """Signed and legal JSON, but not what its topic promises; its words are for people.

    Ingest records it beside the webhook and goes on: no later try will read it better.
    """
