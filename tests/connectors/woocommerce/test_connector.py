"""WooCommerce's connector, whole, against a stand-in of a store's REST API."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest

import connectors
from connectors.base import (
    Credentials,
    DiscountRequest,
    SignedIn,
    StoreConnector,
    StoreRefused,
    TokenRefused,
)
from connectors.woocommerce import secrets, sessions
from connectors.woocommerce.webhooks import HOOKS
from marketing.flow import Off
from marketing.model import Customer, CustomerKey, Order, Platform, Product
from tests.connectors.woocommerce.standin import (
    KEY,
    SECRET,
    START,
    StandIn,
    a_product,
    an_order,
    stamp,
)
from tests.contracts.connector_contract import NOW, REQUEST, ConnectorContract, all_pages

APP_KEY = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0="
STORE_KEY = "store-key-of-ours"
APP = "https://app.example.com"


class WooCommercesSide:
    """The stand-in as the contract's `Store`."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
        self.domain = standin.domain

    def webhook(self, topic: str = "reprise.cart.updated") -> tuple[dict[str, str], bytes]:
        cart = {
            "token": "t0k3n", "updated_at": "2026-11-22T18:59:00Z", "email": "ada@example.com",
            "customer_id": 0, "currency": "EUR", "total": "24.90", "consent": {"email": None},
            "items": [{"product_id": 14, "variation_id": 0, "quantity": 1, "price": "24.90"}],
        }  # fmt: skip
        body = orjson.dumps(cart)
        secret = secrets.store_secret(APP_KEY, STORE_KEY)
        headers = {
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-ID": "reprise",
            "X-WC-Webhook-Delivery-ID": "0c8f4e5e",
            "X-WC-Webhook-Signature": secrets.signature(secret, body),
            "X-Reprise-Store-Key": STORE_KEY,
            "X-Reprise-Store-Domain": self.domain,
        }
        return headers, body

    def unknown_webhook(self) -> tuple[dict[str, str], bytes]:
        return self.webhook("coupon.updated")

    def required_headers(self) -> list[str]:
        ours = ["X-Reprise-Store-Key", "X-Reprise-Store-Domain"]
        return [*ours, *(f"X-WC-Webhook-{name}" for name in ("Topic", "ID", "Delivery-ID"))]

    def session_token(self) -> str:
        return sessions.issue((APP_KEY,), SignedIn(self.domain, "7"), now=datetime.now(UTC))

    def refresh_token(self) -> str | None:
        return None

    def known_customer(self) -> CustomerKey:
        somebody = self._standin.rows["customers"][0]
        return CustomerKey(str(somebody["id"]), somebody["email"])

    def consent_of(self, customer: CustomerKey) -> str:
        rows = self._standin.rows["customers"]
        [found] = [row for row in rows if str(row["id"]) == customer.external_id]
        meta = {one["key"]: one["value"] for one in found["meta_data"]}
        return str(meta["reprise_email_consent"])

    def discount_ids(self) -> list[str]:
        return [str(row["id"]) for row in self._standin.rows["coupons"]]

    def is_down(self) -> None:
        self._standin.fault = (502, {}, {})

    def is_busy(self, seconds: float) -> None:
        self._standin.fault = (429, {}, {"Retry-After": str(seconds)})

    def takes_no_token(self) -> None:
        code = "woocommerce_rest_authentication_error"
        self._standin.fault = (401, {"code": code, "message": "Consumer key is invalid."}, {})


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn().running() as standin:
        yield standin


@pytest.fixture
def store(standin: StandIn) -> WooCommercesSide:
    return WooCommercesSide(standin)


@pytest.fixture
def credentials(store: WooCommercesSide) -> Credentials:
    return Credentials(store.domain, f"{KEY}:{SECRET}")


@pytest.fixture
def connector() -> StoreConnector:
    return connectors.build(
        shopify_client_id="client",
        shopify_client_secrets=("secret",),
        woocommerce_store_url="http://{domain}",
        app_keys=(APP_KEY,),
        demo=True,
    )[Platform.WOOCOMMERCE]


class TestWooCommerce(ConnectorContract):
    """The battery, and nothing of our own: what is special to WooCommerce follows below."""


def test_guests_are_customers_by_the_address_of_their_orders(
    connector: StoreConnector, credentials: Credentials
) -> None:
    order = all_pages(connector, credentials, "order")[0].changes[0].record
    assert isinstance(order, Order)
    assert order.customer == CustomerKey(email="guest1@example.com")
    assert (order.first_name, order.country) == ("Gus", "DE")
    assert (order.region, order.city) == ("BE", "Berlin")


def test_an_order_is_read_to_the_cent(connector: StoreConnector, credentials: Credentials) -> None:
    order = connector.fetch_page(credentials, "order", None).changes[0].record
    assert isinstance(order, Order)
    [item] = order.items
    assert (order.total, order.subtotal, order.currency) == (2490, 2000, "EUR")
    assert (item.title, item.variant_id, item.price) == ("Scarf \N{EN DASH} Red", "2", 1000)


def test_what_changes_during_an_import_shifts_nothing_out_of_sight(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    page = connector.fetch_page(credentials, "order", None)
    read = {change.record.external_id for change in page.changes}  # type: ignore[union-attr]
    for row in standin.rows["orders"][:20]:  # read already, and changed now
        row["date_modified_gmt"] = stamp(datetime.now(UTC) + timedelta(seconds=5))
    while page.cursor:
        page = connector.fetch_page(credentials, "order", page.cursor)
        read |= {change.record.external_id for change in page.changes}  # type: ignore[union-attr]
    assert read == {str(number) for number in range(1, 131)}


def test_hundreds_of_products_of_one_second_are_all_read(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    same = stamp(START)
    standin.rows["products"] = [
        a_product(number, date_modified_gmt=same) for number in range(1, 231)
    ]
    told = [
        change for page in all_pages(connector, credentials, "product") for change in page.changes
    ]
    assert len({change.record.external_id for change in told}) == 230  # type: ignore[union-attr]


def test_the_price_of_a_product_with_variations_is_theirs(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    standin.rows["products"] = [a_product(1, type="variable", variations=[5, 6])]
    red = {"id": 5, "price": "9.00", "stock_status": "instock", "attributes": [{"option": "Red"}]}
    blue = {"id": 6, "price": "8", "stock_status": "outofstock", "attributes": [{"option": "Blue"}]}
    standin.variations = {1: [red, blue]}
    product = connector.fetch_page(credentials, "product", None).changes[0].record
    assert isinstance(product, Product)
    told = [(one.external_id, one.title, one.price, one.available) for one in product.variants]
    assert told == [("5", "Red", 900, True), ("6", "Blue", 800, False)]
    assert (product.rating, product.rating_count) == (450, 12)


def test_only_what_changed_since_is_asked_for_and_an_order_once_read_may_come_again(
    connector: StoreConnector, credentials: Credentials
) -> None:
    cursor = connector.since("order", START + timedelta(hours=100))
    page = connector.fetch_page(credentials, "order", cursor)
    assert len(page.changes) == 30
    assert page.as_of is not None
    assert page.as_of <= datetime.now(UTC)


def test_new_accounts_are_asked_for_newest_first_as_far_back_as_needed(
    connector: StoreConnector, credentials: Credentials
) -> None:
    cursor = connector.since("customer", START + timedelta(hours=110))
    page = connector.fetch_page(credentials, "customer", cursor)
    first = page.changes[0].record
    assert isinstance(first, Customer)
    assert first.key.external_id == "120"
    assert page.cursor is None


def test_a_draft_of_the_checkout_is_left_out_and_an_unknown_status_is_an_order(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    standin.rows["orders"] = [
        an_order(1, status="checkout-draft"),
        an_order(2, status="awaiting-pickup"),
    ]
    [change] = connector.fetch_page(credentials, "order", None).changes
    assert isinstance(change.record, Order)
    assert (change.record.external_id, change.record.is_placed) == ("2", True)


def test_keys_are_for_good_and_only_the_merchant_gives_new_ones(
    connector: StoreConnector, store: WooCommercesSide
) -> None:
    with pytest.raises(TokenRefused):
        connector.refresh(store.domain, "anything", now=NOW)


def test_a_store_describes_itself_in_its_own_words(
    connector: StoreConnector, credentials: Credentials
) -> None:
    profile = connector.fetch_profile(credentials)
    assert (profile.name, profile.currency, profile.country) == ("Maple & Moss", "EUR", "DE")
    assert (profile.timezone, profile.locale) == ("Etc/GMT-2", "de")
    assert profile.email == "hi@maple.example"


# codes


def test_a_code_ends_when_it_should_though_the_store_lives_in_another_zone(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    connector.create_discount(credentials, REQUEST)
    [coupon] = standin.rows["coupons"]
    assert coupon["date_expires_gmt"] == "2026-11-23T19:00:00"
    assert coupon["date_expires"] == "2026-11-23T21:00:00"


def test_a_store_that_keeps_no_end_gets_no_code(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    standin.keeps_ends = False
    with pytest.raises(StoreRefused):
        connector.create_discount(credentials, REQUEST)
    assert standin.rows["coupons"] == []


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (Off.PERCENT, {"discount_type": "percent", "amount": "10", "free_shipping": False}),
        (Off.AMOUNT, {"discount_type": "fixed_cart", "amount": "7.50", "free_shipping": False}),
        (Off.FREE_SHIPPING, {"discount_type": "fixed_cart", "amount": "0", "free_shipping": True}),
    ],
)
def test_a_code_gives_off_what_its_step_says(
    connector: StoreConnector,
    credentials: Credentials,
    standin: StandIn,
    off: Off,
    told: dict[str, object],
) -> None:
    request = DiscountRequest(
        "SAVE", 10, "Ten", NOW, NOW + timedelta(days=1),
        off=off, amount=750, currency="EUR", minimum=5000,
    )  # fmt: skip
    connector.create_discount(credentials, request)
    [coupon] = standin.rows["coupons"]
    assert {name: coupon[name] for name in told} == told
    assert (coupon["code"], coupon["minimum_amount"], coupon["usage_limit"]) == ("save", "50.00", 1)


@pytest.mark.parametrize("plugin", [False, True])
def test_a_code_is_bound_to_an_address_only_where_the_plugin_sets_that_first(
    connector: StoreConnector, credentials: Credentials, standin: StandIn, plugin: bool
) -> None:
    standin.plugin = {"version": "1.0.0", "connected": True} if plugin else None
    request = DiscountRequest(
        "MINE", 10, "Mine", NOW, NOW + timedelta(days=1), customer=CustomerKey("3")
    )
    connector.create_discount(credentials, request)
    [coupon] = standin.rows["coupons"]
    assert coupon.get("email_restrictions") == (["ada3@example.com"] if plugin else None)


def test_a_code_is_extended_and_ended_and_removed_with_all_its_copies(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    external_id = connector.create_discount(credentials, REQUEST)
    connector.extend_discount(credentials, external_id, NOW + timedelta(days=3), Off.PERCENT)
    assert standin.rows["coupons"][0]["date_expires_gmt"] == "2026-11-25T19:00:00"
    codes = [f"MANY-{number}" for number in range(250)]
    done = connector.code_import(credentials, connector.add_codes(credentials, external_id, codes))
    assert (done.is_done, len(done.added)) == (True, 250)
    assert {row["date_expires_gmt"] for row in standin.rows["coupons"]} == {"2026-11-25T19:00:00"}
    assert connector.discount_of(credentials, "many-17") == external_id
    connector.deactivate_discount(credentials, external_id)
    assert all(row["date_expires_gmt"] < "2002" for row in standin.rows["coupons"])
    for _ in range(2):
        connector.delete_discount(credentials, external_id)
    assert standin.rows["coupons"] == []


def test_codes_that_exist_already_are_told_apart(
    connector: StoreConnector, credentials: Credentials
) -> None:
    external_id = connector.create_discount(credentials, REQUEST)
    connector.add_codes(credentials, external_id, ["TWICE"])
    again = connector.add_codes(credentials, external_id, ["TWICE", "ONCE"])
    done = connector.code_import(credentials, again)
    assert (done.added, done.taken) == (("ONCE",), ("TWICE",))


# listening


def test_hooks_are_made_once_woken_when_given_up_and_made_anew_when_lost(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    assert connector.listen(credentials, STORE_KEY, APP).made == len(HOOKS)
    hooks = standin.rows["webhooks"]
    assert {row["topic"] for row in hooks} == set(HOOKS)
    assert {row["secret"] for row in hooks} == {secrets.store_secret(APP_KEY, STORE_KEY)}
    hooks[0]["status"] = "disabled"
    del hooks[3]
    found = connector.listen(credentials, STORE_KEY, APP)
    assert (found.revived, found.made, found.plugin) == (1, 1, None)
    assert {row["status"] for row in hooks} == {"active"}
    assert len(hooks) == len(HOOKS)


def test_the_hooks_of_others_are_left_alone(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    other = {"id": 1, "topic": "order.updated", "status": "disabled", "delivery_url": "https://x"}
    standin.rows["webhooks"] = [dict(other)]
    connector.listen(credentials, STORE_KEY, APP)
    connector.part(credentials, STORE_KEY, APP)
    assert standin.rows["webhooks"] == [other]


def test_the_plugin_is_handed_the_connection_and_forgets_it_when_we_part(
    connector: StoreConnector, credentials: Credentials, standin: StandIn
) -> None:
    standin.plugin = {"version": "1.0.0", "connected": False}
    assert connector.listen(credentials, STORE_KEY, APP).plugin == "1.0.0"
    assert standin.plugin["app_url"] == APP
    assert standin.plugin["secret"] == secrets.store_secret(APP_KEY, STORE_KEY)
    connector.part(credentials, STORE_KEY, APP)
    assert standin.plugin["connected"] is False


# links


def test_a_carts_link_fills_a_cart_and_applies_the_code_and_a_payment_page_takes_none(
    connector: StoreConnector,
) -> None:
    link = connector.cart_address("https://shop.example/", [("14", 2), ("12", 1)])
    assert link == "https://shop.example/checkout-link/?products=14:2,12:1"
    assert connector.with_code(link, "BACK 7") == f"{link}&coupon=BACK%207"
    restore = "https://shop.example/?reprise_restore=abc"
    assert connector.with_code(restore, "X") == f"{restore}&coupon=X"
    pay = "https://shop.example/checkout/order-pay/7/?key=wc_order_1"
    assert connector.with_code(pay, "X") == pay
