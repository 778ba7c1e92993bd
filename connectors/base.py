"""What every store platform must be able to do for us.

A connector knows one platform's API and nothing else: it takes credentials and hands back
our own nouns. It never writes to the database and never enqueues; the jobs do both. Any
method that calls out may raise a `StoreError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketing.model import (
    BadSignature,
    Change,
    ChannelName,
    ConsentState,
    CustomerKey,
    Platform,
    StoreProfile,
)

__all__ = [
    "BadSignature",
    "Credentials",
    "DiscountRequest",
    "Installation",
    "MalformedWebhook",
    "Page",
    "StoreConnector",
    "StoreError",
    "StoreRefused",
    "StoreThrottled",
    "StoreUnavailable",
    "TokenRefused",
    "UnreadableWebhook",
    "Webhook",
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


@dataclass(frozen=True, slots=True)
class DiscountRequest:
    """One unique code for one recipient."""

    code: str
    percent: int
    title: str
    starts_at: datetime
    ends_at: datetime


class StoreConnector(Protocol):
    """The battery in `tests/contracts/connector_contract.py` holds for every one of these."""

    platform: Platform

    def authenticate(self, session_token: str, *, now: datetime) -> str:
        """Return the store domain that the panel's token proves, or raise `BadSignature`."""

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
        """Read one page of `customer`, `product` or `order` records, oldest first."""

    def create_discount(self, credentials: Credentials, request: DiscountRequest) -> str:
        """Make a code and return the platform's id of it.

        A code that is taken already is looked up and its id returned: the caller stored the
        code before the call, so whoever took it was an earlier try of the same call.
        """

    def extend_discount(
        self, credentials: Credentials, external_id: str, ends_at: datetime
    ) -> None:
        """Let a code last longer: its message moved on with its cart. Safe to repeat."""

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
