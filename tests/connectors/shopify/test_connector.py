"""Shopify's connector, whole, against the sandbox, which runs our documents on the real schema."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest

import connectors
from connectors.base import Credentials, StoreConnector, StoreRefused, TokenRefused
from connectors.shopify import documents, signatures, webhooks
from connectors.shopify.client import AdminClient
from connectors.shopify.connector import ShopifyConnector
from connectors.shopify.http import Http
from connectors.shopify.tokens import StaleSessionToken
from marketing.model import Customer, CustomerKey, Order, Platform, Product, StoreLook
from sandbox import oauth as sandbox_oauth
from sandbox.faults import Fault
from sandbox.oauth import Client
from sandbox.serve import Sandbox
from sandbox.world import SAMPLE_SHOP, STRANGER_SHOP, Settings
from tests.connectors.shopify.conftest import CLIENT_ID, OLD_SECRET, SECRET
from tests.contracts.connector_contract import ConnectorContract, all_pages
from tests.payloads.shopify import sample


class ShopifysSide:
    """The sandbox as the contract's `Store`."""

    domain = SAMPLE_SHOP

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._world = sandbox.world

    def webhook(self, topic: str = "checkouts/update") -> tuple[dict[str, str], bytes]:
        body = orjson.dumps(sample("checkouts/update"))
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-API-Version": documents.API_VERSION,
            "X-Shopify-Webhook-Id": "b54557e4-8a5f",
            "X-Shopify-Triggered-At": "2026-11-22T19:00:00Z",
            "X-Shopify-Hmac-Sha256": sandbox_oauth.webhook_hmac(SECRET, body),
        }
        return headers, body

    def unknown_webhook(self) -> tuple[dict[str, str], bytes]:
        return self.webhook("markets/create")

    def required_headers(self) -> list[str]:
        names = ["Topic", "Shop-Domain", "API-Version", "Webhook-Id"]
        return [f"X-Shopify-{name}" for name in names]

    def session_token(self) -> str:
        return sandbox_oauth.session_token(self.domain, CLIENT_ID, SECRET)

    def tokens(self) -> dict[str, Any]:
        asked = {
            "client_id": CLIENT_ID,
            "client_secret": SECRET,
            "grant_type": sandbox_oauth.TOKEN_EXCHANGE,
            "subject_token": self.session_token(),
            "subject_token_type": sandbox_oauth.ID_TOKEN,
            "requested_token_type": sandbox_oauth.OFFLINE,
            "expiring": "1",
        }
        return self._world.desk.answer(self.domain, "read_orders", asked)

    def refresh_token(self) -> str:
        return str(self.tokens()["refresh_token"])

    def known_customer(self) -> CustomerKey:
        somebody = self._world.state.all(self.domain, "customer")[0]
        return CustomerKey(str(somebody["id"]), somebody["email"])

    def consent_of(self, customer: CustomerKey) -> str:
        found = self._world.state.get(self.domain, "customer", customer.external_id)
        assert found
        return str(found["consent"]["state"])

    def discounts(self) -> list[dict[str, Any]]:
        return self._world.state.all(self.domain, "discount")

    def discount_ids(self) -> list[str]:
        return [f"gid://shopify/DiscountCodeNode/{one['id']}" for one in self.discounts()]

    def _suffers(self, what: str, **details: Any) -> None:
        self._world.faults.clear()
        self._world.faults.order(Fault("graphql", what, left=None, **details))

    def is_down(self) -> None:
        self._suffers("reply", code=502)

    def is_busy(self, seconds: float) -> None:
        self._suffers("reply", code=429, seconds=seconds)

    def takes_no_token(self) -> None:
        self._suffers("expired")

    def recovers(self) -> None:
        self._world.faults.clear()
        for discount in self.discounts():
            self._world.state.drop(self.domain, "discount", discount["id"])


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    client = Client(CLIENT_ID, (SECRET, OLD_SECRET))
    # Nobody is at the app's address: only the store is asked here.
    opened = Sandbox(Settings(tmp_path_factory.mktemp("store"), "http://127.0.0.1:9", client))
    opened.start()
    opened.world.install(SAMPLE_SHOP)
    yield opened
    opened.stop()


@pytest.fixture
def store(sandbox: Sandbox) -> Iterator[ShopifysSide]:
    side = ShopifysSide(sandbox)
    yield side
    side.recovers()


@pytest.fixture
def credentials(store: ShopifysSide) -> Credentials:
    return Credentials(SAMPLE_SHOP, store.tokens()["access_token"])


@pytest.fixture
def connector(sandbox: Sandbox) -> Iterator[StoreConnector]:
    """The connector that the app builds, but it does not really wait before trying again."""
    admin_url = sandbox.world.admin_url + "/shops/{shop}"
    built = connectors.build(
        shopify_client_id=CLIENT_ID,
        shopify_client_secrets=(SECRET, OLD_SECRET),
        shopify_admin_url=admin_url,
        demo=True,
    )[Platform.SHOPIFY]
    assert isinstance(built, ShopifyConnector)
    http = Http(use_proxies=False)
    built.admin = AdminClient(http, admin_url, sleep=lambda _: None)
    yield built
    http.close()
    built.close()


class TestShopify(ConnectorContract):
    """The battery, and nothing of our own: what is special to Shopify follows below."""


def test_a_code_is_made_for_one_use_by_anybody(
    connector: StoreConnector, credentials: Credentials, store: ShopifysSide
) -> None:
    TestShopify().test_a_code_that_we_took_ourselves_is_success(connector, credentials, store)
    [discount] = store.discounts()
    assert (discount["code"], discount["percentage"]) == ("BACK-7F3K", 0.1)
    assert (discount["usage_limit"], discount["once_per_customer"]) == (1, True)
    assert discount["customers"] == []
    life = datetime.fromisoformat(discount["ends_at"]) - datetime.fromisoformat(
        discount["starts_at"]
    )
    assert life.total_seconds() == 24 * 3600


def test_an_answer_lost_on_the_way_makes_no_second_code(
    connector: StoreConnector, credentials: Credentials, store: ShopifysSide, sandbox: Sandbox
) -> None:
    """The code was made, then the line failed: the next try finds it taken, by ourselves."""
    sandbox.world.faults.order(Fault("graphql", "lost", match="CreateDiscount"))
    TestShopify().test_a_code_that_we_took_ourselves_is_success(connector, credentials, store)


def test_an_import_reads_what_the_store_holds(
    connector: StoreConnector, credentials: Credentials, sandbox: Sandbox
) -> None:
    told = {
        noun: [
            change.record
            for page in all_pages(connector, credentials, noun)
            for change in page.changes
        ]
        for noun in ("customer", "product", "order")
    }
    state = sandbox.world.state
    for noun, records in told.items():
        held = {str(one["id"]) for one in state.all(SAMPLE_SHOP, noun)}
        named = {
            one.key.external_id if isinstance(one, Customer) else getattr(one, "external_id", "")
            for one in records
        }
        assert named == held
    customers = [one for one in told["customer"] if isinstance(one, Customer)]
    states = {consent.state.value for one in customers for consent in one.consents}
    assert states >= {"subscribed", "unsubscribed"}
    assert all(one.orders_count is not None and one.spent is not None for one in customers)
    products = [one for one in told["product"] if isinstance(one, Product)]
    assert all(one.image_url and one.variants[0].price > 0 for one in products)
    orders = [one for one in told["order"] if isinstance(one, Order)]
    assert {"EUR", "USD"} <= {one.currency for one in orders}
    assert {one.store_currency for one in orders} == {"USD"}
    assert all(one.customer and one.items and one.store_total for one in orders)


def test_collections_are_read_from_both_sides_and_come_with_the_import(
    connector: StoreConnector, credentials: Credentials, sandbox: Sandbox
) -> None:
    products = sandbox.world.state.all(SAMPLE_SHOP, "product")
    mug = next(one for one in products if one["collection"] == "table")
    [category] = connector.categories_of(credentials, str(mug["id"]))
    found = connector.fetch_category(credentials, category.external_id)
    assert found
    assert found.category == category
    there = {str(one["id"]) for one in products if one["collection"] == "table"}
    assert set(found.product_ids) == there
    assert connector.fetch_category(credentials, "1") is None
    assert connector.categories_of(credentials, "1") == ()
    told = [
        change.record
        for page in all_pages(connector, credentials, "product")
        for change in page.changes
    ]
    imported = {one.external_id: one.categories for one in told if isinstance(one, Product)}
    assert imported[str(mug["id"])] == (category,)


def test_what_we_may_not_see_is_left_out(
    connector: StoreConnector, credentials: Credentials, sandbox: Sandbox
) -> None:
    """Protected customer data that is not approved yet: names and sums come, addresses don't."""
    denied = Fault("graphql", "denied", left=None, text="defaultEmailAddress", match="Customers")
    sandbox.world.faults.order(denied)
    page = connector.fetch_page(credentials, "customer", None)
    assert page.changes
    customers = [one.record for one in page.changes if isinstance(one.record, Customer)]
    assert all(one.key.email is None and one.consents == () for one in customers)


def test_nothing_to_see_is_a_refusal(
    connector: StoreConnector, credentials: Credentials, sandbox: Sandbox
) -> None:
    sandbox.world.faults.order(Fault("graphql", "denied", left=None, text="orders"))
    with pytest.raises(StoreRefused):
        connector.fetch_page(credentials, "order", "bm90IGEgY3Vyc29y")


def test_the_stores_brand_comes_with_its_profile_and_who_has_none_tells_none(
    connector: ShopifyConnector, credentials: Credentials, sandbox: Sandbox
) -> None:
    look = connector.fetch_profile(credentials).look
    logo = f"{sandbox.world.front_url}/cdn/shop/maple-and-moss-logo.png"
    assert look == StoreLook(logo, "#47603f", "#faf7f1", "#a4532f")
    assert httpx.get(logo).headers["content-type"] == "image/png"
    assert connector.storefront.fetch_look(STRANGER_SHOP) is None


def test_parting_takes_the_app_out_of_the_store(
    connector: StoreConnector, credentials: Credentials, sandbox: Sandbox
) -> None:
    try:
        connector.part(credentials, "the-public-key", "https://app.example.com")
        assert not sandbox.world.is_installed(SAMPLE_SHOP)
        with pytest.raises(TokenRefused):
            connector.fetch_profile(credentials)
    finally:
        sandbox.world.install(SAMPLE_SHOP)


def test_another_stores_token_opens_nothing(
    connector: StoreConnector, credentials: Credentials
) -> None:
    foreign = Credentials(STRANGER_SHOP, credentials.access_token)
    with pytest.raises(TokenRefused):
        connector.fetch_profile(foreign)


def test_a_stale_session_token_is_not_a_failure_of_ours(connector: ShopifyConnector) -> None:
    stale = sandbox_oauth.session_token(SAMPLE_SHOP, CLIENT_ID, SECRET, life=-60)
    with pytest.raises(StaleSessionToken):
        connector.tokens.exchange(SAMPLE_SHOP, stale, now=datetime.now(UTC))


def test_the_grant_of_the_consent_screen_is_traded(
    connector: ShopifyConnector, sandbox: Sandbox
) -> None:
    code = sandbox.world.desk.new_code(SAMPLE_SHOP)
    given = connector.tokens.redeem(SAMPLE_SHOP, code, now=datetime.now(UTC))
    assert given.refresh_token
    with pytest.raises(StoreRefused):
        connector.tokens.redeem(SAMPLE_SHOP, code, now=datetime.now(UTC))


def test_the_sandbox_signs_as_we_do() -> None:
    query = {"shop": SAMPLE_SHOP, "timestamp": str(int(time.time())), "host": "aGVsbG8"}
    signed = sandbox_oauth.query_hmac(SECRET, query)
    assert signatures.signs_query((SECRET,), list(query.items()), signed)


def test_the_app_is_declared_with_all_we_read(sandbox: Sandbox) -> None:
    assert set(webhooks.TOPICS) <= set(sandbox.world.subscriptions.uri)
    assert set(sandbox.world.subscriptions.uri.values()) == {"/webhooks/shopify"}


def test_a_code_joins_what_a_link_says_already_and_a_setting_keeps_it_out() -> None:
    recover = "https://maple.example/1/checkouts/ac/t/recover?key=a%2Bb#x"
    told = ShopifyConnector("client", ("secret",))
    assert told.with_code(recover, "BACK 1&2") == (
        "https://maple.example/1/checkouts/ac/t/recover?key=a%2Bb&discount=BACK+1%262#x"
    )
    assert told.with_code("https://maple.example/cart/1:2", "A").endswith("/cart/1:2?discount=A")
    silent = ShopifyConnector("client", ("secret",), codes_in_links=False)
    assert silent.with_code(recover, "A") == recover
    for connector in (told, silent):
        connector.close()
