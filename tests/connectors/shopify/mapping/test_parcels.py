"""Parcels out of webhooks: tracking, how far they have come, and inside their orders."""

from datetime import UTC, datetime

import pytest

from connectors.base import UnreadableWebhook
from connectors.shopify.mapping import orders, parcels
from connectors.shopify.mapping.fields import Telling
from marketing.events import EventName
from marketing.parcels import Parcel
from tests.payloads.shopify import sample

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SENT = datetime(2022, 1, 1, tzinfo=UTC)
TELLING = Telling(EventName.ORDER_UPDATED, "maple.myshopify.com", AT, "USD")
TRACKING = "https://www.ups.com/WebTracking?loc=en_US&requester=ST&trackNums=1z827wk74630"


def told(topic: str, **changes: object) -> Parcel:
    read = parcels.carrier_word if topic.startswith("fulfillment_events") else parcels.parcel
    (change,) = read(sample(topic, **changes), TELLING)
    assert isinstance(change.record, Parcel)
    return change.record


def test_a_fulfilment_is_a_parcel_with_its_tracking() -> None:
    assert told("fulfillments/create") == Parcel(
        external_id="123456",
        order_external_id="820982911946154500",
        updated_at=SENT,
        shipped_at=SENT,
        tracking_company="UPS",
        tracking_number="1z827wk74630",
        tracking_url=TRACKING,
        is_cancelled=False,
    )


@pytest.mark.parametrize(
    ("changes", "followed", "arrived"),
    [
        ({"shipment_status": "in_transit"}, True, None),
        ({"shipment_status": "delivered"}, True, SENT),
        ({"shipment_status": "label_printed"}, False, None),
        ({"shipment_status": 7}, False, None),
    ],
)
def test_a_fulfilment_tells_how_far_it_has_come(
    changes: dict[str, object], followed: bool, arrived: datetime | None
) -> None:
    parcel = told("fulfillments/update", **changes)
    assert (parcel.is_followed, parcel.delivered_at) == (followed, arrived)


@pytest.mark.parametrize("status", ["cancelled", "error", "failure"])
def test_a_fulfilment_that_came_to_nothing_is_cancelled(status: str) -> None:
    assert told("fulfillments/update", status=status).is_cancelled


def test_a_carrier_tells_of_the_parcel_and_nothing_else() -> None:
    parcel = told("fulfillment_events/create", status="delivered")
    assert (parcel.external_id, parcel.delivered_at, parcel.updated_at) == ("123456", SENT, None)
    assert told("fulfillment_events/create").delivered_at is None


def test_an_order_brings_its_parcels_along() -> None:
    body = sample("orders/fulfilled", fulfillments=[sample("fulfillments/create"), {"id": None}, 7])
    (change,) = orders.order(body, TELLING)
    (parcel,) = change.record.parcels  # type: ignore[union-attr]
    assert (parcel.external_id, parcel.tracking_url) == ("123456", TRACKING)


@pytest.mark.parametrize(
    "changes", [{"order_id": None}, {"id": None, "admin_graphql_api_id": None}]
)
def test_a_parcel_of_no_order_or_without_an_id_is_unreadable(changes: dict[str, object]) -> None:
    with pytest.raises(UnreadableWebhook):
        parcels.parcel(sample("fulfillments/create", **changes), TELLING)
