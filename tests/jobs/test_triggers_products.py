"""Triggers of products: new in a favourite category, back in stock, a lower price."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Webhook
from jobs import announce, reap
from marketing.model import CustomerKey, PrivacyRequest
from storage import interests, mirror, privacy, schema, stores
from storage.interests import Done
from tests.jobs.firing import entries, flow_on
from tests.jobs.inbound import STRANGER, Inbound, iso
from tests.jobs.stage import HOUR, Stage
from tests.payloads.shopify import sample

DAY = 24 * HOUR
LAMP = sample("orders/create")["line_items"][0]["product_id"]


class Goods(Inbound):
    """A store whose platform tells of one lamp in two variants."""

    def says(
        self, product_id: int = LAMP, *, topic: str = "products/update", **fields: Any
    ) -> None:
        now = iso(self.stage.now)
        prices, stock = fields.pop("prices", ("40.00", "60.00")), fields.pop("stock", (5, 5))
        told = {
            "id": product_id, "admin_graphql_api_id": f"gid://shopify/Product/{product_id}",
            "title": "Lamp", "product_type": "Lamps", "status": "active", "updated_at": now,
            "created_at": "2025-01-01T00:00:00Z", "published_at": "2025-01-01T00:00:00Z",
            "variants": [
                {"id": n + 1, "title": f"V{n + 1}", "price": price, "inventory_quantity": count,
                 "inventory_policy": "deny"}
                for n, (price, count) in enumerate(zip(prices, stock, strict=True))
            ],
        }  # fmt: skip
        self.hear(topic, **{**told, **fields})

    def did(self, who: str, what: str = "viewed_at", product_id: int = LAMP, **more: Any) -> None:
        store_id = more.pop("store_id", self.stage.store_id)
        one = Done(store_id, who, str(product_id), what, self.stage.now, **more)
        with self.runtime.database.writing() as connection:
            interests.note(connection, [one])

    def goes_by(self, by: timedelta = HOUR) -> None:
        self.stage.pass_time(by)
        self.works()

    def works(self) -> None:
        self.ingest()
        for store_id in (self.stage.store_id, self.stage.stranger_id):
            while announce.drain(self.runtime, [store_id]):
                pass


@pytest.fixture
def goods(stage: Stage) -> Goods:
    given = Goods(stage)
    for domain in ("maple.myshopify.com", STRANGER):
        given.says(domain=domain)
    given.goes_by()
    return given


def who(stage: Stage, flow: str) -> set[str]:
    return {one for one, _ in entries(stage, flow)}


def test_back_in_stock_is_told_once_to_whoever_wanted_it_meanwhile(goods: Goods) -> None:
    stage = goods.stage
    flow, theirs = (
        flow_on(stage, "product.back_in_stock", one) for one in (None, stage.stranger_id)
    )
    early, ada, ben, cleo = (stage.customer(name) for name in ("Early", "Ada", "Ben", "Cleo"))
    goods.did(early)
    goods.says(stock=(0, 5))
    goods.goes_by()
    goods.did(ada)
    goods.did(ben, variant_id="2")
    goods.did(cleo, "added_at", variant_id="1")
    goods.goes_by()
    goods.did(cleo, "bought_at")
    for _ in range(3):
        goods.says(stock=(3, 5))
    goods.goes_by()
    assert who(stage, flow) == {ada}
    assert entries(stage, theirs) == []
    (told,) = stage.events("product.back_in_stock")
    assert (told.data["product_id"], told.data["variant_id"]) == (str(LAMP), "1")
    assert told.data["category"] == "Lamps"
    goods.says(stock=(0, 5))
    goods.goes_by()
    goods.did(ada)
    goods.says(stock=(1, 5))
    goods.goes_by()
    assert [one for one, _ in entries(stage, flow)] == [ada, ada]


def test_an_older_word_of_a_product_announces_nothing(goods: Goods) -> None:
    stage = goods.stage
    flow = flow_on(stage, "product.back_in_stock")
    goods.did(stage.customer())
    before = iso(stage.now)
    goods.goes_by()
    goods.says(stock=(0, 0))
    goods.goes_by()
    goods.did(stage.customer("Ben"))
    goods.says(stock=(5, 5), updated_at=before)
    goods.goes_by()
    assert entries(stage, flow) == []
    assert stage.rows(schema.announcements) == []


def test_whoever_asked_is_told_whenever_that_was_and_once(goods: Goods) -> None:
    stage = goods.stage
    flow = flow_on(stage, "product.back_in_stock")
    ada = stage.customer()
    goods.did(ada, "asked_at", variant_id="1")
    goods.goes_by(40 * DAY)
    for stock in ((0, 5), (2, 5), (0, 5), (2, 5)):
        goods.says(stock=stock)
        goods.goes_by()
    assert [one for one, _ in entries(stage, flow)] == [ada]


@pytest.mark.parametrize(("percent", "price", "fires"), [(5, "38.00", True), (5, "38.10", False),
                                                         (20, "33.00", False)])  # fmt: skip
def test_a_price_drop_is_told_from_the_stores_own_mark_on(
    goods: Goods, percent: int, price: str, fires: bool
) -> None:
    stage = goods.stage
    with stage.database.writing() as connection:
        stores.set_settings(connection, stage.store_id, {"price_drop_percent": percent})
    flow = flow_on(stage, "product.price_dropped")
    ada, ben = stage.customer(), stage.customer("Ben")
    goods.did(ada, variant_id="1")
    goods.did(ben, "added_at", variant_id="2")
    goods.says(prices=(price, "60.00"))
    goods.goes_by()
    assert who(stage, flow) == ({ada} if fires else set())
    for told in stage.events("product.price_dropped"):
        assert (told.data["from"], told.data["to"]) == (4000, 3800)


def test_what_lies_in_a_cart_and_what_was_bought_come_from_webhooks(goods: Goods) -> None:
    stage = goods.stage
    flow = flow_on(stage, "product.price_dropped")
    line = {"product_id": LAMP, "variant_id": 1, "title": "Lamp", "quantity": 1, "price": "40.00"}
    goods.checkout("t1", "ada@example.com", line_items=[line])
    goods.checkout("t2", "ben@example.com", line_items=[line])
    goods.ingest()
    goods.order(1, "t2", "ben@example.com")
    goods.goes_by()
    assert len(stage.rows(schema.interests, product_id=str(LAMP))) == 2
    goods.says(prices=("20.00", "60.00"))
    goods.goes_by()
    names = {row.id: row.email for row in stage.rows(schema.customers)}
    assert {names[one] for one in who(stage, flow)} == {"ada@example.com"}


def test_a_new_product_is_told_to_those_whose_favourite_category_it_is(goods: Goods) -> None:
    stage = goods.stage
    goods.says(2, product_type="Rugs")
    goods.ingest()
    flow = flow_on(stage, "product.published")
    ada, ben = stage.customer(), stage.customer("Ben")
    goods.did(ada, "bought_at")
    goods.did(ben)
    goods.did(ben, "added_at", 2)
    now = iso(stage.now)
    goods.says(3, topic="products/create", created_at=now, status="draft", published_at=None)
    goods.says(4, topic="products/create", created_at=now, product_type="Lamps")
    goods.says(5, topic="products/create", created_at=now, product_type="")
    goods.goes_by()
    assert entries(stage, flow) == [(ada, "product:4")]
    goods.says(3, created_at=now, published_at=iso(stage.now))
    goods.goes_by()
    assert entries(stage, flow)[1:] == [(ada, "product:3")]


def test_a_catalogue_that_is_copied_announces_nothing(goods: Goods) -> None:
    stage = goods.stage
    flow_on(stage, "product.price_dropped")
    goods.did(stage.customer())
    goods.says(prices=("10.00", "10.00"))
    (row,) = stage.rows(schema.inbox, state="pending")
    changes = goods.runtime.connectors[stage.store.platform].parse(_webhook(row))
    with stage.database.writing() as connection:
        told = [mirror.Told(stage.store, one, stage.now) for one in changes]
        mirror.absorb(connection, told, stage.runtime.secrets.address_hash, imported=True)
    assert stage.rows(schema.announcements) == []


def _webhook(row: Any) -> Any:
    return Webhook(row.webhook_id, row.topic, row.store_domain, row.body, store_currency="USD")


def test_a_hundred_thousand_are_told_a_page_at_a_time(
    goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "PAGE", 3)
    stage = goods.stage
    flow = flow_on(stage, "product.price_dropped")
    everybody = {stage.customer(f"N{n}") for n in range(8)}
    for one in everybody:
        goods.did(one)
    goods.says(prices=("20.00", "60.00"))
    stage.pass_time(HOUR)
    goods.ingest()
    assert announce.tell(goods.runtime, stage.store_id)
    assert len(entries(stage, flow)) == 3
    (row,) = stage.rows(schema.announcements)
    assert row.cursor is not None
    goods.works()
    assert who(stage, flow) == everybody
    assert len(stage.events("product.price_dropped")) == 8


def test_what_is_over_before_everybody_was_told_is_told_to_nobody_else(
    goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "PAGE", 2)
    stage = goods.stage
    flow = flow_on(stage, "product.price_dropped")
    for name in ("Ada", "Ben", "Cleo", "Dan"):
        goods.did(stage.customer(name))
    goods.says(prices=("20.00", "60.00"))
    stage.pass_time(HOUR)
    goods.ingest()
    announce.tell(goods.runtime, stage.store_id)
    goods.says(prices=("40.00", "60.00"))
    goods.goes_by()
    assert len(entries(stage, flow)) == 2


def test_without_a_flow_that_listens_nobody_is_told_not_even_later(goods: Goods) -> None:
    stage = goods.stage
    goods.did(stage.customer())
    goods.says(prices=("20.00", "60.00"))
    goods.goes_by()
    assert stage.events("product.price_dropped") == []
    flow = flow_on(stage, "product.price_dropped")
    goods.goes_by()
    assert entries(stage, flow) == []


def test_interests_follow_their_customer_and_go_with_them(goods: Goods) -> None:
    stage = goods.stage
    kept = stage.customer("Kept", external_id="1")
    gone = stage.customer("Gone", external_id="2", email="gone@example.com")
    goods.did(gone)
    goods.did(kept, "bought_at")
    goods.hear("customers/merge", status="completed",
               admin_graphql_api_customer_kept_id="gid://shopify/Customer/1",
               admin_graphql_api_customer_deleted_id="gid://shopify/Customer/2")  # fmt: skip
    goods.ingest()
    (row,) = stage.rows(schema.interests)
    assert (row.customer_id, row.viewed_at is None, row.bought_at is None) == (kept, False, False)
    with stage.database.writing() as connection:
        told = privacy.export(connection, stage.store_id, kept)
        assert [one["product_id"] for one in told["interests"]] == [str(LAMP)]
        asked = PrivacyRequest("customer_redact", CustomerKey("1"))
        assert asked.customer
        hashed = stage.runtime.secrets.address_hash
        privacy.erase(connection, stage.store, asked.customer, hashed, stage.now)
    assert stage.rows(schema.interests) == []


def test_old_interests_and_old_announcements_are_forgotten(goods: Goods) -> None:
    stage = goods.stage
    flow_on(stage, "product.price_dropped")
    goods.did(stage.customer())
    goods.says(prices=("20.00", "60.00"))
    goods.goes_by()
    stage.pass_time(181 * DAY)
    reap.sweep(stage.runtime)
    assert stage.rows(schema.interests) == stage.rows(schema.announcements) == []
