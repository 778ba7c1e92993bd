"""Our web pixel in a store's pages: switched on per store, and where a cart's link leads."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from connectors.base import Credentials, StoreRefused
from connectors.shopify import documents
from connectors.shopify.client import AdminClient, InputRefused


def activate(client: AdminClient, credentials: Credentials, public_key: str, endpoint: str) -> None:
    """Switch the pixel on, or tell the one that is on the key and the address. Safe to repeat."""
    settings = orjson.dumps({"accountID": public_key, "endpoint": endpoint}).decode()
    pixel = {"settings": settings}
    try:
        client.mutate(credentials, documents.CREATE_PIXEL, {"pixel": pixel})
    except InputRefused as refused:
        if "TAKEN" not in refused.codes:
            raise
        known = _known(client.run(credentials, documents.FIND_PIXEL, {}))
        client.mutate(credentials, documents.UPDATE_PIXEL, {"id": known, "pixel": pixel})


def _known(data: dict[str, Any]) -> str:
    pixel = data.get("webPixel")
    if not pixel:
        raise StoreRefused("the store has a pixel of ours but does not name it")
    return str(pixel["id"])


def cart_address(storefront_url: str, lines: Sequence[tuple[str, int]]) -> str:
    """Give Shopify's permalink to a cart of these (variant id, quantity)."""
    told = ",".join(f"{variant}:{quantity}" for variant, quantity in lines)
    return f"{storefront_url.rstrip('/')}/cart/{told}"


def with_code(address: str, code: str) -> str:
    """Add the code that the checkout begins with.

    Shopify says so of permalinks; of recovery links it is not confirmed, and does no harm there.
    """
    parts = urlsplit(address)
    queries = [parts.query] if parts.query else []
    return parts._replace(query="&".join([*queries, urlencode({"discount": code})])).geturl()
