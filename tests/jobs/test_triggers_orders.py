"""Triggers of orders: each topic fires once, whatever comes first, twice, or late."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import arrive
from marketing.model import CustomerKey
from storage import privacy, schema, stores
from tests.jobs.firing import entries, flow_on
from tests.jobs.inbound import STRANGER, Inbound, iso
from tests.jobs.stage import HOUR, Stage

DAY = 24 * HOUR
TRACKING = {
    "tracking_company": "DHL",
    "tracking_number": "JD1",
    "tracking_url": "https://d.example/JD1",
}


class Orders(Inbound):
    """A store whose platform tells of one order; its customer is Ada."""

    def says(self, topic: str, number: int = 1, **fields: Any) -> None:
        now = iso(self.stage.now)
        told = {
            "id": number, "admin_graphql_api_id": f"gid://shopify/Order/{number}",
            "name": f"#{number}", "email": "ada@example.com", "contact_email": "ada@example.com",
            "customer": None, "checkout_token": None, "cart_token": None, "updated_at": now,
            "created_at": now, "cancelled_at": None, "test": False, "source_name": "web",
            "refunds": [], "fulfillments": [], "financial_status": "pending",
            "fulfillment_status": None,
        }  # fmt: skip
        self.hear(topic, **{**told, **fields})

    def sends(self, number: int = 1, parcels: int = 1, **fields: Any) -> None:
        """Tell that the order was fulfilled, in so many parcels."""
        now = iso(self.stage.now)
        sent = [self.parcel(n + 1, number) for n in range(parcels)]
        self.says("orders/fulfilled", number, created_at=now, fulfillment_status="fulfilled",
                  **{"fulfillments": sent, **fields})  # fmt: skip

    def parcel(self, parcel_id: int, number: int = 1, **fields: Any) -> dict[str, Any]:
        now = iso(self.stage.now)
        told = {"id": parcel_id, "order_id": number, "created_at": now, "updated_at": now}
        return {**told, "status": "success", "shipment_status": None, **fields}

    def carries(self, status: str, parcel_id: int = 1, number: int = 1, **fields: Any) -> None:
        told = {"fulfillment_id": parcel_id, "order_id": number, "status": status}
        self.hear("fulfillment_events/create",
                  **{**told, "happened_at": iso(self.stage.now), **fields})  # fmt: skip

    def lives(self, by: timedelta, step: timedelta = 6 * HOUR) -> None:
        left = by
        while left > timedelta():
            self.stage.pass_time(min(step, left))
            left -= step
            self.ingest()
            for store_id in (self.stage.store_id, self.stage.stranger_id):
                arrive.drain(self.runtime, [store_id])

    @property
    def order_row(self) -> Any:
        (row,) = self.stage.rows(schema.orders, store_id=self.stage.store_id)
        return row


@pytest.fixture
def orders(stage: Stage) -> Orders:
    return Orders(stage)


@pytest.mark.parametrize(
    ("event", "topic", "fields"),
    [
        ("order.placed", "orders/create", {}),
        ("order.paid", "orders/paid", {"financial_status": "paid"}),
        ("order.fulfilled", "orders/fulfilled", {"fulfillment_status": "fulfilled"}),
        ("order.cancelled", "orders/cancelled", {"cancelled_at": True}),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_each_topic_fires_its_trigger_once_known_before_or_not(
    orders: Orders, event: str, topic: str, fields: dict[str, Any], known: bool
) -> None:
    stage = orders.stage
    flow, lines = flow_on(stage, event), flow_on(stage, event, per_line=True)
    theirs = flow_on(stage, event, stage.stranger_id)
    told = {name: iso(stage.now) if value is True else value for name, value in fields.items()}
    if known and topic != "orders/create":
        orders.says("orders/create")
        orders.ingest()
    for _ in range(3):
        orders.says(topic, **told)
    orders.ingest()
    (ada,) = stage.rows(schema.customers)
    assert entries(stage, flow) == [(ada.id, "order:1")]
    count = len(orders.order_row.items)
    keys = sorted(key for _, key in entries(stage, lines))
    assert keys == [f"line:{orders.order_row.id}:{n + 1}" for n in range(count)]
    assert count > 1
    assert entries(stage, theirs) == []


def test_a_refund_fires_once_and_each_further_one_again(orders: Orders) -> None:
    flow = flow_on(orders.stage, "order.refunded")
    orders.says("orders/create")
    orders.ingest()
    now = iso(orders.stage.now)
    for refund in (7, 7, 8):
        orders.hear("refunds/create", id=refund, order_id=1, processed_at=now, created_at=now)
    orders.ingest()
    assert len(orders.stage.events("order.refunded")) == 2
    assert [key for _, key in entries(orders.stage, flow)] == ["order:1"]


def test_tracking_is_kept_whatever_tells_it_first(orders: Orders) -> None:
    """The parcel, its carrier, and the order, in the worst order there is."""
    orders.hear("fulfillments/update", **{**orders.parcel(1), **TRACKING})
    orders.carries("in_transit")
    orders.ingest()
    assert orders.stage.rows(schema.orders) == []
    orders.says("orders/create")
    orders.ingest()
    row = orders.order_row
    assert (row.tracking_company, row.tracking_number, row.tracking_url) == tuple(TRACKING.values())


def test_a_parcels_older_word_takes_nothing_back(orders: Orders) -> None:
    before = iso(orders.stage.now - HOUR)
    orders.sends()
    orders.hear("fulfillments/update", **{**orders.parcel(1), **TRACKING})
    old = {**orders.parcel(1, updated_at=before), "tracking_number": "OLD", "tracking_url": None}
    orders.hear("fulfillments/create", **{**old, "tracking_company": None})
    orders.ingest()
    assert orders.order_row.tracking_number == "JD1"
    orders.hear("fulfillments/update", **{**orders.parcel(1, status="cancelled"), **TRACKING})
    orders.ingest()
    assert orders.order_row.tracking_number is None


def test_the_body_of_a_parcel_names_a_recipient_and_is_not_kept(orders: Orders) -> None:
    orders.says("orders/create")
    orders.hear("fulfillments/create", **orders.parcel(1))
    orders.ingest()
    bodies = {row.topic: row.body for row in orders.stage.rows(schema.inbox)}
    assert bodies["fulfillments/create"] is None
    assert bodies["orders/create"] is not None


def test_how_parcels_could_be_followed_goes_with_their_customer(orders: Orders) -> None:
    stage = orders.stage
    whose = {"customer": {"id": 77, "email": "ada@example.com"}}
    orders.says("orders/create", **whose)
    orders.hear("fulfillments/create", **{**orders.parcel(1), **TRACKING})
    orders.ingest()
    with stage.database.writing() as connection:
        hashed = stage.runtime.secrets.address_hash
        key = CustomerKey("77", "ada@example.com")
        privacy.erase(connection, stage.store, key, hashed, stage.now)
    again = {**orders.parcel(1, updated_at=iso(stage.now + HOUR)), **TRACKING}
    orders.says("orders/updated", updated_at=iso(stage.now + HOUR), fulfillments=[again], **whose)
    orders.ingest()
    (parcel,) = stage.rows(schema.parcels)
    assert (parcel.tracking_number, parcel.tracking_url) == (None, None)
    assert (orders.order_row.tracking_number, orders.order_row.tracking_url) == (None, None)


def test_an_order_is_delivered_when_the_carrier_says_so_of_its_last_parcel(orders: Orders) -> None:
    stage = orders.stage
    flow = flow_on(stage, "order.delivered")
    orders.says("orders/create")
    orders.sends(parcels=2)
    orders.lives(2 * DAY)
    orders.carries("delivered", 1)
    orders.ingest()
    assert entries(stage, flow) == []
    orders.lives(12 * HOUR)
    for _ in range(2):
        orders.carries("delivered", 2)
    orders.ingest()
    (ada,) = stage.rows(schema.customers)
    assert entries(stage, flow) == [(ada.id, "order:1")]
    (told,) = stage.events("order.delivered")
    assert told.occurred_at == orders.order_row.delivered_at
    orders.lives(25 * DAY, DAY)
    assert len(stage.events("order.delivered")) == 1


def test_delivered_before_anybody_said_it_was_sent_waits_for_that_word(orders: Orders) -> None:
    flow = flow_on(orders.stage, "order.delivered")
    orders.carries("delivered")
    orders.ingest()
    orders.says("orders/create")
    orders.ingest()
    assert entries(orders.stage, flow) == []
    orders.sends()
    orders.ingest()
    assert [key for _, key in entries(orders.stage, flow)] == ["order:1"]


@pytest.mark.parametrize(("days", "settings"), [(5, {}), (2, {"transit_days": 2})])
def test_without_a_carrier_the_transit_days_decide(
    orders: Orders, days: int, settings: dict[str, Any]
) -> None:
    stage = orders.stage
    with stage.database.writing() as connection:
        stores.set_settings(connection, stage.store_id, settings)
    flow = flow_on(stage, "order.delivered")
    orders.sends()
    orders.ingest()
    sent_at = orders.order_row.fulfilled_at
    orders.lives(days * DAY - HOUR)
    assert entries(stage, flow) == []
    orders.lives(2 * HOUR, HOUR)
    assert [key for _, key in entries(stage, flow)] == ["order:1"]
    (told,) = stage.events("order.delivered")
    assert told.occurred_at == sent_at + days * DAY == orders.order_row.delivered_at
    orders.carries("delivered")
    orders.lives(DAY)
    assert len(stage.events("order.delivered")) == 1


def test_a_carrier_who_tells_where_it_is_is_waited_for(orders: Orders) -> None:
    flow = flow_on(orders.stage, "order.delivered")
    orders.sends()
    orders.carries("out_for_delivery")
    orders.lives(8 * DAY, DAY)
    assert entries(orders.stage, flow) == []
    orders.carries("delivered")
    orders.ingest()
    assert len(entries(orders.stage, flow)) == 1


def test_what_was_cancelled_or_sent_before_the_install_is_never_taken_for_delivered(
    orders: Orders,
) -> None:
    stage = orders.stage
    flow = flow_on(stage, "order.delivered")
    orders.sends(1)
    orders.ingest()
    orders.says("orders/cancelled", 1, cancelled_at=iso(stage.now))
    stage.change(schema.stores, stage.store_id, installed_at=stage.now + HOUR)
    orders.ingest()
    orders.sends(2)
    orders.sends(3, domain=STRANGER)
    orders.lives(7 * DAY, DAY)
    assert entries(stage, flow) == []
    assert {row.store_id for row in stage.events("order.delivered")} == {stage.stranger_id}


def test_an_order_sent_long_ago_is_no_news_when_it_is_touched_again(orders: Orders) -> None:
    long_ago = iso(orders.stage.now - 60 * DAY)
    parcel = orders.parcel(1, created_at=long_ago, updated_at=long_ago)
    orders.says("orders/updated", fulfillment_status="fulfilled", fulfillments=[parcel])
    orders.lives(DAY)
    assert orders.order_row.delivery_due_at is None
    assert orders.stage.events("order.delivered") == []


def test_a_number_of_orders_is_reached_by_the_order_that_makes_it_and_once(orders: Orders) -> None:
    """Imported orders count without firing; what does not count fires nothing."""
    stage = orders.stage
    third = flow_on(stage, "customer.reached", orders=3)
    known = {"email": "ada@example.com", "email_key": "ada@example.com", "email_consent": None}
    ada = stage.customer(**known)
    for _ in range(2):
        stage.order(ada, imported=True, placed_at=stage.now - 30 * DAY)
    orders.says("orders/create", 7, source_name="pos")
    orders.ingest()
    assert entries(stage, third) == []
    orders.says("orders/create", 8)
    orders.ingest()
    assert entries(stage, third) == [(ada, "orders:3")]
    orders.says("orders/cancelled", 8, cancelled_at=iso(stage.now))
    orders.says("orders/create", 9)
    orders.says("orders/create", 10)
    orders.ingest()
    assert entries(stage, third) == [(ada, "orders:3")]


def test_a_sum_is_reached_by_what_was_not_given_back(orders: Orders) -> None:
    stage = orders.stage
    orders.says("orders/create", 1)
    orders.ingest()
    total = orders.order_row.store_total
    flow = flow_on(stage, "customer.reached", spent=2 * total)
    now = iso(stage.now)
    payment = {"kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}
    orders.hear("refunds/create", id=7, order_id=1, processed_at=now, transactions=[payment])
    orders.ingest()
    orders.says("orders/create", 2)
    orders.ingest()
    assert entries(stage, flow) == []
    orders.says("orders/create", 3)
    orders.ingest()
    assert [key for _, key in entries(stage, flow)] == [f"spent:{2 * total}"]
