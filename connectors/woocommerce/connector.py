"""WooCommerce, as the jobs see it: the `StoreConnector` made of this folder's parts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

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
    StoreRefused,
    TokenRefused,
    Webhook,
    WholeCategory,
)
from connectors.woocommerce import (
    consent,
    discounts,
    hooks,
    imports,
    plugin,
    reviews,
    secrets,
    sessions,
    store,
    webhooks,
)
from connectors.woocommerce.client import RestClient
from connectors.woocommerce.http import Http
from connectors.woocommerce.mapping import carts
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

DOOR = "/webhooks/woocommerce"
NO_CREDIT = "WooCommerce has no store credit: offer a code instead"


class WooCommerceConnector:
    """Built once a process; safe to share between threads."""

    platform = Platform.WOOCOMMERCE

    def __init__(
        self,
        app_keys: tuple[str, ...],
        store_url: str = "https://{domain}",
        *,
        may_be_local: bool = False,
    ) -> None:
        self._app_keys = app_keys
        self.client = RestClient(Http(may_be_local=may_be_local), store_url)

    def authenticate(self, session_token: str, *, now: datetime) -> SignedIn:
        """Return the store and the person that the panel's token proves; `now` is real time."""
        return sessions.signed_in(self._app_keys, session_token, now)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Webhook:
        """Return the webhook; raise `MalformedWebhook` (400) or `BadSignature` (401)."""
        return webhooks.verify(self._app_keys, headers, body)

    def parse(self, webhook: Webhook) -> list[Change]:
        """Translate a webhook into our words, or raise `UnreadableWebhook`."""
        return webhooks.parse(webhook, self.client.home(webhook.store_domain))

    def refresh(self, store_domain: str, refresh_token: str, *, now: datetime) -> Installation:
        """Keys are good until the merchant revokes them: only a new connection helps then."""
        raise TokenRefused("the store's key is revoked: connect the store again")

    def fetch_profile(self, credentials: Credentials) -> StoreProfile:
        """Read what WooCommerce says about the store itself."""
        return store.fetch_profile(self.client, credentials)

    def fetch_page(self, credentials: Credentials, noun: str, cursor: str | None) -> Page:
        """Read one page of `customer`, `product` or `order` records, oldest change first."""
        return imports.fetch_page(self.client, credentials, noun, cursor)

    def fetch_reviews(self, credentials: Credentials, cursor: str | None) -> ReviewPage:
        """Read one page of the store's approved reviews, the newest first."""
        return reviews.fetch(self.client, credentials, cursor)

    def fetch_category(self, credentials: Credentials, external_id: str) -> WholeCategory | None:
        """Give none: WooCommerce's products say themselves where they stand."""
        return None

    def categories_of(self, credentials: Credentials, product_id: str) -> tuple[Category, ...]:
        """Give none: a product's own record has them all."""
        return ()

    def create_discount(self, credentials: Credentials, request: DiscountRequest) -> str:
        """Make a coupon for one recipient and return its id."""
        return discounts.create(self.client, credentials, request)

    def extend_discount(
        self, credentials: Credentials, external_id: str, ends_at: datetime, off: Off
    ) -> None:
        """Let a code last longer. Safe to repeat."""
        discounts.extend(self.client, credentials, external_id, ends_at)

    def deactivate_discount(self, credentials: Credentials, external_id: str) -> None:
        """Let a code work no more. Safe to repeat."""
        discounts.deactivate(self.client, credentials, external_id)

    def delete_discount(self, credentials: Credentials, external_id: str) -> None:
        """Remove a coupon with all its copies. Safe to repeat."""
        discounts.delete(self.client, credentials, external_id)

    def add_codes(self, credentials: Credentials, external_id: str, codes: Sequence[str]) -> str:
        """Make more codes like a coupon, at once; the id says what became of each."""
        return discounts.add_codes(self.client, credentials, external_id, codes)

    def code_import(self, credentials: Credentials, import_id: str) -> CodeImport:
        """Say what became of an import of codes: here they are never under way."""
        return discounts.code_import(import_id)

    def discount_of(self, credentials: Credentials, code: str) -> str | None:
        """Give the id of the coupon that a code is, or is a copy of."""
        return discounts.discount_of(self.client, credentials, code)

    def credit_customer(self, credentials: Credentials, request: CreditRequest) -> str:
        """Refuse: WooCommerce keeps no money for its customers."""
        raise StoreRefused(NO_CREDIT)

    def recent_credits(self, credentials: Credentials, customer: CustomerKey) -> list[Credit]:
        """Give none: WooCommerce keeps no money for its customers."""
        return []

    def since(self, noun: str, at: datetime) -> str | None:
        """Give the cursor that reads what changed after a moment of the store's clock."""
        return imports.since(noun, at)

    def listen(self, credentials: Credentials, public_key: str, app_url: str) -> Listening:
        """Make, wake and re-key our hooks, and hand the plugin its connection."""
        secret = secrets.store_secret(self._app_keys[0], public_key)
        kept = hooks.keep(self.client, credentials, _door(app_url, public_key), secret)
        told = {"app_url": app_url, "store_key": public_key, "secret": secret}
        found = plugin.connect(self.client, credentials, told)
        return Listening(kept.revived, kept.made, found.version if found else None)

    def part(self, credentials: Credentials, public_key: str, app_url: str) -> None:
        """Take our hooks out and have the plugin forget us; the key stays the merchant's."""
        hooks.remove(self.client, credentials, _door(app_url, public_key))
        plugin.disconnect(self.client, credentials)

    def activate_pixel(self, credentials: Credentials, public_key: str, endpoint: str) -> None:
        """There is no pixel: what shoppers look at, the plugin tells by its own signals."""

    def cart_address(self, storefront_url: str, lines: Sequence[tuple[str, int]]) -> str:
        """Give the address that opens a cart of these (variant id, quantity)."""
        return carts.cart_address(storefront_url.rstrip("/"), lines)

    def with_code(self, cart_address: str, code: str) -> str:
        """Give a cart's address that applies a code as well; a payment page takes none."""
        if "reprise_restore=" not in cart_address and "/checkout-link/" not in cart_address:
            return cart_address
        return f"{cart_address}&coupon={quote(code, safe='')}"

    def write_tags(
        self,
        credentials: Credentials,
        customer: CustomerKey,
        add: Sequence[str],
        remove: Sequence[str],
    ) -> None:
        """Do nothing: WooCommerce has no tags for customers, so they live with us alone."""

    def write_consent(
        self,
        credentials: Credentials,
        customer: CustomerKey,
        channel: ChannelName,
        state: ConsentState,
        changed_at: datetime,
    ) -> None:
        """Keep with the customer's account what they said. Safe to repeat."""
        consent.write(self.client, credentials, customer, channel, (state, changed_at))


def _door(app_url: str, public_key: str) -> str:
    return f"{app_url}{DOOR}/{public_key}"
