"""The merchant's buttons: each tells the app by Shopify's own webhooks, which it understands."""

import json
import time
from typing import Any

import httpx
import pytest

from connectors.base import Webhook
from connectors.shopify import declaration, webhooks
from marketing.model import Change, Consent, Order, Product, TagsChanged
from marketing.parcels import Parcel
from sandbox.serve import Sandbox
from sandbox.webhooks import read_subscriptions
from sandbox.world import SAMPLE_SHOP
from tests.sandbox.fake_app import FakeApp


class Merchant:
    """Presses buttons in the store admin, and sees what the app was told."""

    def __init__(self, sandbox: Sandbox, app: FakeApp) -> None:
        self.world, self.app = sandbox.world, app

    def first(self, kind: str) -> dict[str, Any]:
        return self.world.state.all(SAMPLE_SHOP, kind)[0]

    def presses(self, page: str, id_: int, act: str, **form: str) -> list[Change]:
        """Press a button, and give what the app reads in the webhooks that it got."""
        seen = len(self.app.webhooks)
        address = f"{self.world.admin_url}/shops/{SAMPLE_SHOP}/{page}/{id_}/{act}"
        assert httpx.post(address, data=form).status_code == 303
        give_up = time.monotonic() + 60
        while self.world.outbox.pending():
            assert time.monotonic() < give_up, "webhooks are still on their way"
            time.sleep(0.02)
        told: list[Change] = []
        self.topics = []
        for headers, body in self.app.webhooks[seen:]:
            topic = {name.lower(): value for name, value in headers.items()}["x-shopify-topic"]
            self.topics.append(topic)
            webhook = Webhook("1", topic, SAMPLE_SHOP, body, store_currency="USD")
            told += webhooks.parse(webhook)
            assert json.loads(body)
        return told


@pytest.fixture
def merchant(installed: Sandbox, fake_app: FakeApp) -> Merchant:
    return Merchant(installed, fake_app)


def one(told: list[Change], kind: type) -> Any:
    return next(change.record for change in told if isinstance(change.record, kind))


def test_an_order_is_sent_with_its_tracking_and_arrives(merchant: Merchant) -> None:
    order = next(
        one for one in merchant.world.state.all(SAMPLE_SHOP, "order") if not one["cancelled_at"]
    )
    sent = merchant.presses("orders", order["id"], "fulfil", tracking="1Z77")
    assert set(merchant.topics) == {"fulfillments/create", "orders/fulfilled", "orders/updated"}
    parcel, told = one(sent, Parcel), one(sent, Order)
    assert (parcel.tracking_number, parcel.order_external_id) == ("1Z77", str(order["id"]))
    assert [each.tracking_number for each in told.parcels] == ["1Z77"]
    arrived = merchant.presses("orders", order["id"], "deliver")
    assert set(merchant.topics) == {"fulfillment_events/create", "fulfillments/update"}
    assert all(change.record.delivered_at for change in arrived)  # type: ignore[union-attr]


def test_goods_are_sold_out_restocked_reduced_hidden_shown_and_new(merchant: Merchant) -> None:
    product = merchant.first("product")
    before = float(product["variants"][0]["price"])
    gone = one(merchant.presses("products", product["id"], "stock", count="0"), Product)
    assert not any(each.available for each in gone.variants)
    back = one(merchant.presses("products", product["id"], "stock", count="7"), Product)
    assert all(each.available for each in back.variants)
    lower = one(merchant.presses("products", product["id"], "reduce", percent="25"), Product)
    assert lower.variants[0].price == round(before * 75)
    hidden = one(merchant.presses("products", product["id"], "show", on="0"), Product)
    assert (hidden.status, hidden.is_published) == ("draft", False)
    shown = one(merchant.presses("products", product["id"], "show", on="1"), Product)
    assert (shown.status, shown.is_published) == ("active", True)
    assert merchant.topics == ["products/update"]
    new = one(merchant.presses("products", product["id"], "again"), Product)
    assert merchant.topics == ["products/create"]
    assert new.external_id != str(product["id"])
    assert new.product_type == product["product_type"]


def test_customers_are_tagged_and_agree_to_texts(merchant: Merchant) -> None:
    person = merchant.first("customer")
    added = one(merchant.presses("customers", person["id"], "tag", tag="vip"), TagsChanged)
    assert (added.added, added.removed) == (("vip",), ())
    removed = one(merchant.presses("customers", person["id"], "tag", tag="vip"), TagsChanged)
    assert (removed.added, removed.removed) == ((), ("vip",))
    yes = one(merchant.presses("customers", person["id"], "texts", on="1"), Consent)
    assert (yes.channel, yes.state) == ("sms", "subscribed")
    no = one(merchant.presses("customers", person["id"], "texts", on="0"), Consent)
    assert no.state == "unsubscribed"


def test_every_topic_that_we_read_is_declared_and_every_declared_one_is_read() -> None:
    assert set(read_subscriptions(declaration.FILE).uri) == set(webhooks.TOPICS)


def test_a_hidden_product_is_not_in_the_shop_front_and_a_sold_out_one_can_be_asked_for(
    merchant: Merchant, visitor: httpx.Client
) -> None:
    product = merchant.first("product")
    merchant.presses("products", product["id"], "show", on="0")
    assert product["title"] not in visitor.get("/").text
    merchant.presses("products", product["id"], "show", on="1")
    merchant.presses("products", product["id"], "stock", count="0")
    page = visitor.get(f"/products/{product['handle']}").text
    assert "Sold out" in page
    assert "Tell me when it is back" in page
    assert "We will write" in visitor.get(f"/products/{product['handle']}?wanted=1").text
