"""Shopify, as the jobs see it: the `StoreConnector` made of this folder's parts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import (
    CodeImport,
    Credentials,
    Credit,
    CreditRequest,
    DiscountRequest,
    Installation,
    Listening,
    Page,
    ReviewPage,
    SignedIn,
    Webhook,
    WholeCategory,
)
from connectors.shopify import (
    collections,
    consent,
    discounts,
    documents,
    imports,
    oauth,
    pixel,
    store_credit,
    webhooks,
)
from connectors.shopify.client import AdminClient
from connectors.shopify.http import Http
from connectors.shopify.look import StorefrontClient
from connectors.shopify.tokens import TokenEndpoint
from marketing.categories import Category
from marketing.flow import Off
from marketing.model import (
    Change,
    ChannelName,
    ConsentState,
    CustomerKey,
    Platform,
    StoreProfile,
)


class ShopifyConnector:
    """Built once a process; safe to share between threads."""

    platform = Platform.SHOPIFY

    def __init__(
        self,
        client_id: str,
        client_secrets: tuple[str, ...],
        admin_url: str = "https://{shop}",
        *,
        use_proxies: bool = True,
        codes_in_links: bool = True,
    ) -> None:
        self._http = http = Http(use_proxies=use_proxies)
        self._client_id = client_id
        self._secrets = client_secrets
        self._codes_in_links = codes_in_links
        self.admin = AdminClient(http, admin_url)
        self.storefront = StorefrontClient(http, admin_url)
        self.tokens = TokenEndpoint(http, client_id, client_secrets[0], admin_url)

    def close(self) -> None:
        """Close the kept connections."""
        self._http.close()

    def authenticate(self, session_token: str, *, now: datetime) -> SignedIn:
        """Return the shop and the person that the panel's token proves; `now` is real time."""
        return oauth.signed_in(self._client_id, self._secrets, session_token, now)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Webhook:
        """Return the webhook; raise `MalformedWebhook` (400) or `BadSignature` (401)."""
        return webhooks.verify(self._secrets, headers, body)

    def parse(self, webhook: Webhook) -> list[Change]:
        """Translate a webhook into our words, or raise `UnreadableWebhook`."""
        return webhooks.parse(webhook)

    def refresh(self, store_domain: str, refresh_token: str, *, now: datetime) -> Installation:
        """Trade a refresh token for new credentials; `now` is real time."""
        return self.tokens.refresh(store_domain, refresh_token, now=now)

    def fetch_profile(self, credentials: Credentials) -> StoreProfile:
        """Read what Shopify says about the store itself, and how its merchant has it look."""
        profile = imports.fetch_profile(self.admin, credentials)
        return replace(profile, look=self.storefront.fetch_look(credentials.store_domain))

    def fetch_page(self, credentials: Credentials, noun: str, cursor: str | None) -> Page:
        """Read one page of `customer`, `product` or `order` records, oldest change first."""
        return imports.fetch_page(self.admin, credentials, noun, cursor)

    def fetch_reviews(self, credentials: Credentials, cursor: str | None) -> ReviewPage:
        """Give none: on Shopify other apps keep them, and tell them by our API."""
        return ReviewPage((), None)

    def fetch_category(self, credentials: Credentials, external_id: str) -> WholeCategory | None:
        """Read a collection with all of its products; None: there is none."""
        return collections.fetch(self.admin, credentials, external_id)

    def categories_of(self, credentials: Credentials, product_id: str) -> tuple[Category, ...]:
        """Read in which collections a product stands."""
        return collections.of_product(self.admin, credentials, product_id)

    def create_discount(self, credentials: Credentials, request: DiscountRequest) -> str:
        """Make a code for one recipient and return the discount's id."""
        return discounts.create(self.admin, credentials, request)

    def extend_discount(
        self, credentials: Credentials, external_id: str, ends_at: datetime, off: Off
    ) -> None:
        """Let a code last longer. Safe to repeat."""
        discounts.extend(self.admin, credentials, external_id, ends_at, off)

    def deactivate_discount(self, credentials: Credentials, external_id: str) -> None:
        """Let a code work no more. Safe to repeat."""
        discounts.deactivate(self.admin, credentials, external_id)

    def delete_discount(self, credentials: Credentials, external_id: str) -> None:
        """Remove a discount with all its codes. Safe to repeat."""
        discounts.delete(self.admin, credentials, external_id)

    def add_codes(self, credentials: Credentials, external_id: str, codes: Sequence[str]) -> str:
        """Give a discount more codes; return the id of Shopify's import."""
        return discounts.add_codes(self.admin, credentials, external_id, codes)

    def code_import(self, credentials: Credentials, import_id: str) -> CodeImport:
        """Say how far an import of codes has come."""
        return discounts.code_import(self.admin, credentials, import_id)

    def discount_of(self, credentials: Credentials, code: str) -> str | None:
        """Give the id of the discount that a code belongs to."""
        return discounts.discount_of(self.admin, credentials, code)

    def credit_customer(self, credentials: Credentials, request: CreditRequest) -> str:
        """Put store credit on a customer's account, asked once; return the transaction's id."""
        return store_credit.credit(self.admin, credentials, request)

    def recent_credits(self, credentials: Credentials, customer: CustomerKey) -> list[Credit]:
        """Give the latest store credits of a customer, the newest first."""
        return store_credit.recent(self.admin, credentials, customer)

    def since(self, noun: str, at: datetime) -> str | None:
        """Shopify tells everything by itself, and tries again for two days: nobody asks."""
        return None

    def listen(self, credentials: Credentials, public_key: str, app_url: str) -> Listening:
        """Shopify knows our address from `shopify.app.toml`: there is nothing to tell."""
        return Listening()

    def part(self, credentials: Credentials, public_key: str, app_url: str) -> None:
        """Remove the app: Shopify takes hooks, pixel and tokens out with it."""
        self.admin.mutate(credentials, documents.UNINSTALL, {})

    def activate_pixel(self, credentials: Credentials, public_key: str, endpoint: str) -> None:
        """Switch our web pixel on in the store's pages. Safe to repeat."""
        pixel.activate(self.admin, credentials, public_key, endpoint)

    def cart_address(self, storefront_url: str, lines: Sequence[tuple[str, int]]) -> str:
        """Give the address that opens a cart of these (variant id, quantity)."""
        return pixel.cart_address(storefront_url, lines)

    def with_code(self, cart_address: str, code: str) -> str:
        """Give a cart's address that applies a code as well, unless the setting forbids it."""
        return pixel.with_code(cart_address, code) if self._codes_in_links else cart_address

    def write_tags(
        self,
        credentials: Credentials,
        customer: CustomerKey,
        add: Sequence[str],
        remove: Sequence[str],
    ) -> None:
        """Tell Shopify which tags a customer gained and lost. Safe to repeat."""
        consent.write_tags(self.admin, credentials, customer, add, remove)

    def write_consent(
        self,
        credentials: Credentials,
        customer: CustomerKey,
        channel: ChannelName,
        state: ConsentState,
        changed_at: datetime,
    ) -> None:
        """Tell Shopify what the customer said. Safe to repeat."""
        consent.write(self.admin, credentials, customer, channel, (state, changed_at))
