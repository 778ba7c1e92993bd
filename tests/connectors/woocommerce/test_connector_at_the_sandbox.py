"""WooCommerce's connector against the shop that the sandbox plays, quirks and all."""

import json

import pytest

import connectors
from connectors.base import Credentials, StoreConnector
from connectors.woocommerce.mapping.orders import AWAITS_PAYMENT, NO_ORDER_YET
from marketing.model import CustomerKey, Platform
from sandbox.faults import Fault
from sandbox.serve import Sandbox
from sandbox.woo_keys import new_key
from tests.connectors.woocommerce.test_connector import APP_KEY, WooCommercesSide
from tests.contracts.connector_contract import ConnectorContract
from tests.sandbox.conftest import fake_app, sandbox

__all__ = ["fake_app", "sandbox"]


class SandboxsSide(WooCommercesSide):
    """The sandbox as the contract's `Store`; it signs what the stand-in's side signs."""

    def __init__(self, opened: Sandbox) -> None:
        self.shop, self._faults = opened.world.woo, opened.world.faults
        self.domain = self.shop.domain
        self.key = new_key(self.shop, "tests", "read_write")

    def known_customer(self) -> CustomerKey:
        somebody = next(one for one in self.shop.all("woo_customer") if one["role"] == "customer")
        return CustomerKey(str(somebody["id"]), somebody["email"])

    def consent_of(self, customer: CustomerKey) -> str:
        found = self.shop.get("woo_customer", int(customer.external_id or 0)) or {}
        meta = {one["key"]: one["value"] for one in found["meta_data"]}
        return str(meta["reprise_email_consent"])

    def discount_ids(self) -> list[str]:
        return [str(one["id"]) for one in self.shop.all("woo_coupon")]

    def is_down(self) -> None:
        self._from_now_on(502, "")

    def is_busy(self, seconds: float) -> None:
        self._from_now_on(429, str(int(seconds)))

    def takes_no_token(self) -> None:
        code = "woocommerce_rest_authentication_error"
        self._from_now_on(401, json.dumps({"code": code, "message": "Consumer key is invalid."}))

    def _from_now_on(self, code: int, text: str) -> None:
        self._faults.clear()
        self._faults.order(Fault("woo", "reply", left=None, code=code, text=text))


@pytest.fixture
def store(sandbox: Sandbox) -> SandboxsSide:
    side = SandboxsSide(sandbox)
    for coupon in side.shop.all("woo_coupon"):
        side.shop.drop("woo_coupon", coupon["id"])
    for order in side.shop.all("woo_order"):
        if order["status"] in NO_ORDER_YET | AWAITS_PAYMENT:  # told as a cart, too, or not at all
            side.shop.drop("woo_order", order["id"])
    return side


@pytest.fixture
def credentials(store: SandboxsSide) -> Credentials:
    return Credentials(store.domain, f"{store.key['consumer_key']}:{store.key['consumer_secret']}")


@pytest.fixture
def connector() -> StoreConnector:
    return connectors.build(
        shopify_client_id="client",
        shopify_client_secrets=("secret",),
        woocommerce_store_url="http://{domain}",
        app_keys=(APP_KEY,),
        demo=True,
    )[Platform.WOOCOMMERCE]


class TestWooCommerceAtTheSandbox(ConnectorContract):
    """The battery, unchanged, against the sandbox's shop."""


def test_reviews_are_read_newest_first_and_without_markup(
    connector: StoreConnector, credentials: Credentials, store: SandboxsSide
) -> None:
    page = connector.fetch_reviews(credentials, None)
    numbers = [int(one.external_id.removeprefix(page.prefix)) for one in page.reviews]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == len(store.shop.all("woo_review")) > 0
    assert not any("<" in (one.text or "") for one in page.reviews)
    assert all(one.customer for one in page.reviews)


def test_hooks_are_made_once_and_taken_out_again(
    connector: StoreConnector, credentials: Credentials, store: SandboxsSide
) -> None:
    app_url = "http://127.0.0.1:9"
    made = connector.listen(credentials, "the-public-key", app_url).made
    assert made == len(store.shop.all("woo_webhook"))
    assert connector.listen(credentials, "the-public-key", app_url).made == 0
    connector.part(credentials, "the-public-key", app_url)
    assert store.shop.all("woo_webhook") == []
