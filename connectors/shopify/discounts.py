"""Discounts and their codes: one for one recipient, or one with many codes made ahead."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.base import CodeImport, Credentials, DiscountRequest, StoreRefused
from connectors.shopify import documents
from connectors.shopify.client import AdminClient, InputRefused
from marketing.flow import Off
from marketing.model import JsonObject
from marketing.money import decimals

DUPLICATES = frozenset({"TAKEN", "DUPLICATE"})


def create(client: AdminClient, credentials: Credentials, request: DiscountRequest) -> str:
    """Make a code that works once and return the discount's id.

    A code that is taken by a discount of the same title is an earlier try of this very
    call: its id is returned. Taken by another, it is refused.
    """
    is_shipping = request.off is Off.FREE_SHIPPING
    document = documents.CREATE_FREE_SHIPPING if is_shipping else documents.CREATE_DISCOUNT
    try:
        result = client.mutate(credentials, document, {"discount": _input(request)})
    except InputRefused as refused:
        if "TAKEN" not in refused.codes:
            raise
        return _find_ours(client, credentials, request)
    return _id(result.get("codeDiscountNode"))


def extend(
    client: AdminClient, credentials: Credentials, external_id: str, ends_at: datetime, off: Off
) -> None:
    """Move the end of a code; nothing else of it changes."""
    is_shipping = off is Off.FREE_SHIPPING
    document = documents.EXTEND_FREE_SHIPPING if is_shipping else documents.EXTEND_DISCOUNT
    variables = {"id": external_id, "discount": {"endsAt": ends_at.isoformat()}}
    client.mutate(credentials, document, variables)


def deactivate(client: AdminClient, credentials: Credentials, external_id: str) -> None:
    """Let a code work no more; a discount that is gone works no more either."""
    _unless_gone(client, credentials, documents.DEACTIVATE_DISCOUNT, external_id)


def delete(client: AdminClient, credentials: Credentials, external_id: str) -> None:
    """Remove a discount with all its codes, if it is still there."""
    _unless_gone(client, credentials, documents.DELETE_DISCOUNT, external_id)


def _unless_gone(
    client: AdminClient, credentials: Credentials, document: str, external_id: str
) -> None:
    try:
        client.mutate(credentials, document, {"id": external_id})
    except InputRefused as refused:
        # Shopify's word for an id that it does not know.
        if not refused.codes <= {"INVALID"}:
            raise


def add_codes(
    client: AdminClient, credentials: Credentials, external_id: str, codes: Sequence[str]
) -> str:
    """Start an import of codes, 250 at the most, and return its id."""
    variables = {"id": external_id, "codes": [{"code": code} for code in codes]}
    result = client.mutate(credentials, documents.ADD_CODES, variables)
    return _id(result.get("bulkCreation"))


def code_import(client: AdminClient, credentials: Credentials, import_id: str) -> CodeImport:
    """Say how far an import has come, code by code."""
    data = client.run(credentials, documents.CODE_IMPORT, {"id": import_id})
    told = data.get("discountRedeemCodeBulkCreation")
    if not told:
        raise StoreRefused("the store forgot an import of codes")
    if not told["done"]:
        return CodeImport(is_done=False)
    nodes = told["codes"]["nodes"]
    return CodeImport(
        is_done=True,
        added=tuple(node["code"] for node in nodes if not node["errors"]),
        taken=tuple(node["code"] for node in nodes if _is_taken(node)),
        refused=tuple(node["code"] for node in nodes if node["errors"] and not _is_taken(node)),
    )


def _is_taken(node: JsonObject) -> bool:
    return any(error.get("code") in DUPLICATES for error in node["errors"])


def discount_of(client: AdminClient, credentials: Credentials, code: str) -> str | None:
    """Give the id of the discount that has a code."""
    data = client.run(credentials, documents.FIND_DISCOUNT, {"code": code})
    node = data.get("codeDiscountNodeByCode")
    return str(node["id"]) if node else None


def _input(request: DiscountRequest) -> JsonObject:
    told: JsonObject = {
        "title": request.title,
        "code": request.code,
        "startsAt": request.starts_at.isoformat(),
        "endsAt": request.ends_at.isoformat(),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": _context(request),
        "combinesWith": dict.fromkeys(
            ("orderDiscounts", "productDiscounts", "shippingDiscounts"), request.is_combinable
        ),
        **_minimum(request),
    }
    if request.off is Off.FREE_SHIPPING:
        # Shipping can't be combined with shipping: the field itself is refused there.
        told["combinesWith"].pop("shippingDiscounts")
        return {**told, "destination": {"all": True}}
    return {**told, "customerGets": {"value": _value(request), "items": {"all": True}}}


def _context(request: DiscountRequest) -> JsonObject:
    """A customer whom Shopify does not know by an id can't be named: a guest has none."""
    if request.customer is None or not request.customer.external_id:
        return {"all": "ALL"}
    return {"customers": {"add": [f"gid://shopify/Customer/{request.customer.external_id}"]}}


def _value(request: DiscountRequest) -> JsonObject:
    if request.off is Off.PERCENT:
        return {"percentage": request.percent / 100}
    amount = major(request.amount, request.currency)
    return {"discountAmount": {"amount": amount, "appliesOnEachItem": False}}


def _minimum(request: DiscountRequest) -> JsonObject:
    if request.minimum is None:
        return {}
    least = major(request.minimum, request.currency)
    return {"minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": least}}}


def major(amount: int, currency: str) -> str:
    """Write minor units as Shopify does: `(1999, "USD")` gives `19.99`."""
    return f"{Decimal(amount).scaleb(-decimals(currency)):f}"


def _find_ours(client: AdminClient, credentials: Credentials, request: DiscountRequest) -> str:
    data = client.run(credentials, documents.FIND_DISCOUNT, {"code": request.code})
    node = data.get("codeDiscountNodeByCode") or {}
    if (node.get("codeDiscount") or {}).get("title") != request.title:
        raise StoreRefused(f"the code {request.code} belongs to another discount")
    return _id(node)


def _id(node: dict[str, Any] | None) -> str:
    if not node or not node.get("id"):
        raise StoreRefused("the store made a discount but did not name it")
    return str(node["id"])
