"""One discount code for one recipient."""

from datetime import datetime

from connectors.base import Credentials, DiscountRequest, StoreRefused
from connectors.shopify import documents
from connectors.shopify.client import AdminClient, InputRefused
from marketing.model import JsonObject


def create(client: AdminClient, credentials: Credentials, request: DiscountRequest) -> str:
    """Make a code that works once, for whoever has it, and return the discount's id.

    A code that is taken by a discount of the same title is an earlier try of this very
    call: its id is returned. Taken by another, it is refused.
    """
    variables = {"discount": _input(request)}
    try:
        result = client.mutate(credentials, documents.CREATE_DISCOUNT, variables)
    except InputRefused as refused:
        if "TAKEN" not in refused.codes:
            raise
        return _find_ours(client, credentials, request)
    return _id(result.get("codeDiscountNode"))


def extend(
    client: AdminClient, credentials: Credentials, external_id: str, ends_at: datetime
) -> None:
    """Move the end of a code; nothing else of it changes."""
    variables = {"id": external_id, "discount": {"endsAt": ends_at.isoformat()}}
    client.mutate(credentials, documents.EXTEND_DISCOUNT, variables)


def _input(request: DiscountRequest) -> JsonObject:
    return {
        "title": request.title,
        "code": request.code,
        "startsAt": request.starts_at.isoformat(),
        "endsAt": request.ends_at.isoformat(),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        # Not for one customer alone: a guest at checkout is no customer yet.
        "context": {"all": "ALL"},
        "customerGets": {
            "value": {"percentage": request.percent / 100},
            "items": {"all": True},
        },
    }


def _find_ours(client: AdminClient, credentials: Credentials, request: DiscountRequest) -> str:
    data = client.run(credentials, documents.FIND_DISCOUNT, {"code": request.code})
    node = data.get("codeDiscountNodeByCode") or {}
    if (node.get("codeDiscount") or {}).get("title") != request.title:
        raise StoreRefused(f"the code {request.code} belongs to another discount")
    return _id(node)


def _id(node: JsonObject | None) -> str:
    if not node or not node.get("id"):
        raise StoreRefused("the store made a discount but did not name it")
    return str(node["id"])
