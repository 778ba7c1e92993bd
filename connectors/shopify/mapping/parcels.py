"""Parcels (Shopify: fulfilments) out of webhooks, by themselves and inside their orders."""

from connectors.shopify.mapping import fields
from connectors.shopify.mapping.fields import Telling
from marketing.model import Change, JsonObject
from marketing.parcels import Parcel

ON_THE_WAY = frozenset(
    [
        *("carrier_picked_up", "in_transit", "out_for_delivery", "attempted_delivery"),
        *("delayed", "delivered", "failure"),
    ]
)
"""What a carrier says of a parcel in its hands; printing a label is no such word."""
CANCELLED = frozenset({"cancelled", "error", "failure"})


def parcel(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read fulfillments/create and fulfillments/update."""
    order_id = fields.demand(fields.identifier(payload.get("order_id")), "order")
    told = _parcel(payload, order_id, fields.demand(fields.own_id(payload), "parcel"))
    return [Change(telling.name, told.updated_at or telling.at, told)]


def parcels_of(order: JsonObject, order_id: str) -> tuple[Parcel, ...]:
    """Read the parcels inside an order."""
    told = ((fields.own_id(one), one) for one in fields.records(order.get("fulfillments")))
    return tuple(_parcel(one, order_id, parcel_id) for parcel_id, one in told if parcel_id)


def _parcel(payload: JsonObject, order_id: str, parcel_id: str) -> Parcel:
    progress = (fields.text(payload.get("shipment_status")) or "").lower()
    updated_at = fields.first_moment(payload, "updated_at", "created_at")
    arrived_at = fields.moment(payload.get("delivered_at")) or updated_at
    return Parcel(
        external_id=parcel_id,
        order_external_id=order_id,
        updated_at=updated_at,
        shipped_at=fields.moment(payload.get("created_at")),
        tracking_company=fields.text(payload.get("tracking_company")),
        tracking_number=fields.text(payload.get("tracking_number")),
        tracking_url=fields.web_address(payload.get("tracking_url")),
        delivered_at=arrived_at if progress == "delivered" else None,
        is_followed=progress in ON_THE_WAY,
        is_cancelled=(fields.text(payload.get("status")) or "").lower() in CANCELLED,
    )


def carrier_word(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read fulfillment_events/create: how far a parcel has come."""
    progress = (fields.text(payload.get("status")) or "").lower()
    happened_at = fields.first_moment(payload, "happened_at", "created_at") or telling.at
    if progress not in ON_THE_WAY:
        return []
    told = Parcel(
        external_id=fields.demand(fields.identifier(payload.get("fulfillment_id")), "parcel"),
        order_external_id=fields.demand(fields.identifier(payload.get("order_id")), "order"),
        delivered_at=happened_at if progress == "delivered" else None,
        is_followed=True,
    )
    return [Change(telling.name, happened_at, told)]
