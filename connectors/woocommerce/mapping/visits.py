"""What known shoppers look at: told by the plugin, from the server and signed."""

from connectors.woocommerce.mapping import fields
from connectors.woocommerce.mapping.fields import Telling
from marketing.events import EventName
from marketing.model import Change, CustomerKey, JsonObject, Visit

KINDS = {
    "product.viewed": EventName.PRODUCT_VIEWED,
    "category.viewed": EventName.CATEGORY_VIEWED,
    "cart.added": EventName.PRODUCT_ADDED,
}
LONGEST = 100


def visit(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read reprise.visit; without consent, or about nobody or nothing, it tells nothing."""
    name = KINDS.get(fields.text(payload.get("kind")) or "")
    if name is None or fields.record(payload.get("consent")).get("marketing") is False:
        return []
    who = CustomerKey(
        external_id=fields.identifier(payload.get("customer_id")),
        email=fields.email(payload.get("email")),
    )
    visitor = (fields.text(payload.get("visitor")) or "")[:LONGEST]
    data = _about(payload, name)
    if not visitor or not data or who == CustomerKey():
        return []
    at = min(fields.moment(payload.get("at")) or telling.at, telling.at)
    return [Change(name, at, Visit(visitor, who, name, at, data))]


def _about(payload: JsonObject, name: EventName) -> dict[str, str]:
    if name is EventName.CATEGORY_VIEWED:
        category = fields.words(payload.get("category"))
        return {"category": category[:LONGEST]} if category else {}
    product_id = fields.identifier(payload.get("product_id"))
    variant_id = fields.identifier(payload.get("variation_id"))
    told = {"product_id": product_id, "variant_id": variant_id}
    return {key: value for key, value in told.items() if value} if product_id else {}
