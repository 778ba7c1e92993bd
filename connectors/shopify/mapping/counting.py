"""The visible rules of which carts and orders count for recovery and attribution.

One that does not count still ends a cart sequence. The same rules read a checkout, an
order and an imported order.
"""

from collections.abc import Callable

from connectors.shopify.mapping import fields
from marketing.model import JsonObject

POINT_OF_SALE = frozenset({"pos", "android", "iphone", "shopify_pos"})
DRAFT = frozenset({"shopify_draft_order", "draft_order"})


def _source(payload: JsonObject) -> str:
    return (fields.text(payload.get("source_name")) or "").lower()


def _sold_to_company(payload: JsonObject) -> bool:
    return fields.own_id(fields.record(payload.get("company"))) is not None


RULES: dict[str, Callable[[JsonObject], bool]] = {
    "test": lambda payload: payload.get("test") is True,
    "draft": lambda payload: _source(payload) in DRAFT,
    "point of sale": lambda payload: _source(payload) in POINT_OF_SALE,
    "staff": lambda payload: fields.identifier(payload.get("user_id")) is not None,
    "company": _sold_to_company,
}


def why_not(payload: JsonObject) -> str | None:
    """Give the name of the first rule that leaves this one out, or None: it counts."""
    return next((name for name, applies in RULES.items() if applies(payload)), None)
