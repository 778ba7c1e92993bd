"""Where products stand: told by webhooks in part, read from the platform, and what follows."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from connectors.base import Credentials, WholeCategory
from connectors.shopify.connector import ShopifyConnector
from jobs import outbox, recommend
from marketing.categories import Category
from marketing.model import Platform
from storage import credentials, recommendations, schema
from storage.credentials import Tokens
from storage.suggestions import suggestions
from tests.jobs.firing import entries, flow_on
from tests.jobs.inbound import STRANGER, iso
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_browse import Shopper, shopper  # noqa: F401  the fixture
from tests.jobs.test_segments import make, sweep, who_is_in
from tests.jobs.test_triggers_products import LAMP, Goods

DAY = timedelta(days=1)
WINTER, ALL = Category("901", "Winter"), Category("902", "All")


@dataclass
class Store(ShopifyConnector):
    """The real connector, of a store whose shelves are these: category id -> product ids."""

    shelves: dict[Category, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__("client", ("secret",))

    def fetch_category(self, credentials: Credentials, external_id: str) -> WholeCategory | None:
        self.asked.append(f"category {external_id}")
        found = (one for one in self.shelves if one.external_id == external_id)
        return next((WholeCategory(one, tuple(self.shelves[one])) for one in found), None)

    def categories_of(self, credentials: Credentials, product_id: str) -> tuple[Category, ...]:
        self.asked.append(f"product {product_id}")
        return tuple(one for one, ids in self.shelves.items() if product_id in ids)


class Shelved(Goods):
    """A store of lamps and rugs, some of which stand in Winter."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.store = Store()
        self.runtime = replace(self.runtime, connectors={Platform.SHOPIFY: self.store})
        with self.runtime.database.writing() as connection:
            for store_id in (stage.store_id, stage.stranger_id):
                given = Tokens("token")
                credentials.keep(connection, self.runtime.secrets, store_id, given)

    def asks(self) -> None:
        """Make the calls that wait, as if their moment had come."""
        for row in self.stage.rows(schema.outbox, state="pending"):
            self.stage.change(schema.outbox, row.id, due_at=row.due_at - HOUR)
        while outbox.drain(self.runtime, [self.stage.store_id, self.stage.stranger_id]):
            pass

    def stands(self, product_id: int = LAMP) -> list[str]:
        rows = self.stage.rows(schema.product_categories, product_id=str(product_id))
        return sorted(row.name for row in rows)


@pytest.fixture
def shelved(stage: Stage) -> Shelved:
    given = Shelved(stage)
    for number in (LAMP, 2, 3, 4):
        given.says(number, product_type="Rugs" if number == 2 else "Lamps")
    given.goes_by()
    given.asks()
    given.store.asked.clear()
    return given


def test_a_product_that_changed_is_asked_where_it_stands_and_its_stock_asks_nothing(
    shelved: Shelved,
) -> None:
    shelved.store.shelves = {WINTER: [str(LAMP)]}
    shelved.says(product_type="Lamps", stock=(1, 0))
    shelved.goes_by()
    shelved.asks()
    assert (shelved.store.asked, shelved.stands()) == ([], [])
    shelved.says(product_type="Lamps", tags="winter")
    shelved.goes_by()
    shelved.asks()
    assert (shelved.store.asked, shelved.stands()) == ([f"product {LAMP}"], ["Winter"])
    shelved.asks()
    assert len(shelved.store.asked) == 1


def test_a_collection_is_read_when_it_changes_renamed_at_once_and_gone_when_deleted(
    shelved: Shelved,
) -> None:
    told = {"id": 901, "admin_graphql_api_id": "gid://shopify/Collection/901", "title": "Winter"}
    shelved.store.shelves = {WINTER: [str(LAMP), "2"]}
    shelved.hear("collections/create", **told)
    shelved.hear("collections/update", **told)
    shelved.goes_by()
    shelved.asks()
    assert shelved.store.asked == ["category 901"]
    assert (shelved.stands(), shelved.stands(2)) == (["Winter"], ["Winter"])
    shelved.hear("collections/update", **(told | {"title": "Snow"}))
    shelved.goes_by()
    assert shelved.stands() == ["Snow"]
    shelved.store.shelves = {Category("901", "Snow"): ["2"]}
    shelved.asks()
    assert (shelved.stands(), shelved.stands(2)) == ([], ["Snow"])
    shelved.store.shelves = {}
    shelved.hear("collections/delete", **told)
    shelved.goes_by()
    shelved.asks()
    assert shelved.stands(2) == []


def test_another_stores_collection_of_the_same_id_is_its_own(shelved: Shelved) -> None:
    stage = shelved.stage
    told = {"id": 901, "admin_graphql_api_id": "gid://shopify/Collection/901", "title": "Winter"}
    shelved.store.shelves = {WINTER: [str(LAMP)]}
    shelved.hear("collections/update", domain=STRANGER, **told)
    shelved.goes_by()
    shelved.asks()
    rows = stage.rows(schema.product_categories)
    assert {row.store_id for row in rows} == {stage.stranger_id}


def test_a_new_product_is_told_to_whoever_looked_at_its_collection(shelved: Shelved) -> None:
    stage = shelved.stage
    flow = flow_on(stage, "product.published")
    ada, ben, cleo = (stage.customer(name) for name in ("Ada", "Ben", "Cleo"))
    for who, name in ((ada, "Winter"), (ben, "All"), (cleo, "Summer")):
        shelved.did(who, product_id=f"category:{name}", category=name)  # type: ignore[arg-type]
    shelved.store.shelves = {WINTER: ["7"], ALL: ["7", "2", "3", "4", str(LAMP)]}
    now = iso(stage.now)
    shelved.says(7, topic="products/create", created_at=now, product_type="")
    shelved.ingest()
    shelved.asks()
    shelved.hear("collections/update", id=902, title="All")
    shelved.ingest()
    shelved.asks()
    shelved.goes_by()
    assert entries(stage, flow) == [(ada, "product:7")], "All is nobody's favourite"
    (told,) = stage.events("product.published")
    assert told.data["category"] == "Winter"


def test_products_without_a_type_speak_for_the_collections_they_stand_in(
    shelved: Shelved,
) -> None:
    stage = shelved.stage
    flow = flow_on(stage, "product.published")
    ada, ben = stage.customer(), stage.customer("Ben")
    shelved.store.shelves = {WINTER: ["8", "9"]}
    for number in (8, 9):
        created = iso(stage.now if number == 9 else stage.now - 90 * DAY)
        shelved.says(number, created_at=created, product_type="")
        if number == 8:
            shelved.ingest()
            shelved.did(ada, "added_at", 8)
            shelved.did(ben, "added_at", 3)
    shelved.ingest()
    shelved.asks()
    shelved.goes_by()
    assert entries(stage, flow) == [(ada, "product:9")]


def test_who_bought_of_a_collection_is_in_its_segment_when_products_move(
    shelved: Shelved,
) -> None:
    stage = shelved.stage
    by_name = {"op": "gte", "orders": "count", "value": 1, "where": {"category": "Winter"}}
    segment_id = make(stage, by_name)
    line = {"product_id": LAMP, "variant_id": 1, "title": "Lamp", "quantity": 1, "price": "40.00"}
    shelved.checkout(line_items=[line])
    shelved.ingest()
    (ada,) = [row.id for row in stage.rows(schema.customers)]
    shelved.order(1001)
    shelved.ingest()
    assert who_is_in(stage, segment_id) == []
    shelved.store.shelves = {WINTER: [str(LAMP)]}
    shelved.hear("collections/update", id=901, title="Winter")
    shelved.ingest()
    shelved.asks()
    stage.pass_time(timedelta(minutes=6))
    sweep(stage)
    assert who_is_in(stage, segment_id) == [ada]


def test_best_sellers_and_suggestions_know_the_collections_too(shelved: Shelved) -> None:
    stage = shelved.stage
    shelved.store.shelves = {WINTER: [str(LAMP), "2"]}
    shelved.hear("collections/update", id=901, title="Winter")
    line = {"product_id": LAMP, "variant_id": 1, "title": "Lamp", "quantity": 1, "price": "40.00"}
    shelved.order(1001)
    shelved.ingest()
    shelved.asks()
    (order,) = stage.rows(schema.orders)
    bought = [{**order.items[0], "product_id": str(line["product_id"])}]
    stage.change(schema.orders, order.id, items=bought)
    with stage.database.writing() as connection:
        recommendations.want(connection, stage.store_id, stage.now)
    recommend.drain(stage.runtime, [stage.store_id])
    lists = {row.name: row.product_ids for row in stage.rows(schema.product_lists)}
    assert lists["best:Winter"] == lists["best:Lamps"] == [str(LAMP)]
    with stage.database.reading() as connection:
        found = suggestions(connection, stage.store_id, "categories", "")
        theirs = suggestions(connection, stage.stranger_id, "categories", "")
    assert [one.value for one in found] == ["Lamps", "Winter", "Rugs"]
    assert theirs == []


def test_a_view_tells_where_its_product_stands_and_flows_and_segments_may_ask(
    stage: Stage,
    shopper: Shopper,
) -> None:
    where = {"store_id": stage.store_id, "external_id": "901", "name": "Winter"}
    with stage.database.writing() as connection:
        connection.execute(schema.product_categories.insert(), [{**where, "product_id": "p1"}])
    asked = {"op": "contains", "field": "event.categories"}
    flows = {
        name: flow_on(stage, "product.browsed", idle="PT1H", filter={**asked, "value": name})
        for name in ("Winter", "Summer")
    }
    counted = {"op": "gte", "events": "product.viewed", "value": 1, "within": "P30D"}
    segment_id = make(stage, {**counted, "where": {"category": "Winter"}})
    other = make(stage, {**counted, "where": {"category": "Summer"}}, "Other")
    ada = _known(stage, shopper)
    shopper.views("p1")
    shopper.lives(2 * HOUR)
    assert [who for who, _ in entries(stage, flows["Winter"])] == [ada]
    assert entries(stage, flows["Summer"]) == []
    assert (who_is_in(stage, segment_id), who_is_in(stage, other)) == ([ada], [])


def test_a_category_page_in_another_language_is_the_same_category(
    stage: Stage,
    shopper: Shopper,
) -> None:
    where = {"store_id": stage.store_id, "external_id": "901", "name": "Winter"}
    with stage.database.writing() as connection:
        connection.execute(schema.product_categories.insert(), [{**where, "product_id": "p1"}])
    ada = _known(stage, shopper)
    looked = {"name": "category.viewed", "category": "Hiver", "category_id": "901"}
    unheard = {"name": "category.viewed", "category": "Nouveau", "category_id": "77"}
    assert shopper.tells(looked, unheard) == 204
    shopper.works()
    seen = {row.data["category"]: row for row in stage.events("category.viewed")}
    assert set(seen) == {"Winter", "Nouveau"}
    assert {row.customer_id for row in seen.values()} == {ada}
    assert "category_id" not in seen["Winter"].data


def _known(stage: Stage, shopper: Shopper) -> str:
    """Let the browser follow a link to a customer that was written to."""
    ada = stage.customer(email_consent="subscribed")
    stage.cart(ada)
    shopper.lives(HOUR + timedelta(minutes=1))
    (message,) = stage.messages(customer_id=ada)
    stage.order(ada)
    stage.pass_time(20 * HOUR)
    assert shopper.clicks(str(message.id)) == 204
    shopper.works()
    return ada
