"""Shopify's collections: which products stand in one, and in which ones a product stands."""

from collections.abc import Iterator
from typing import Final

from connectors.base import Credentials, WholeCategory
from connectors.shopify import documents
from connectors.shopify.client import AdminClient
from connectors.shopify.mapping import fields
from marketing.categories import Category
from marketing.model import JsonObject

MOST_PAGES: Final = 100
"""Of 250 products; further down Shopify gives no more."""


def fetch(client: AdminClient, credentials: Credentials, external_id: str) -> WholeCategory | None:
    """Read a collection with all of its products; None: there is none."""
    first = _page(client, credentials, external_id, None)
    if first is None:
        return None
    name = fields.name(first.get("title")) or ""
    ids = tuple(_ids(client, credentials, external_id, first))
    return WholeCategory(Category(external_id, name), ids)


def _ids(
    client: AdminClient, credentials: Credentials, external_id: str, first: JsonObject
) -> Iterator[str]:
    found: JsonObject | None = first
    for _ in range(MOST_PAGES):
        page = fields.record(fields.record(found).get("products"))
        for node in fields.records(page.get("nodes")):
            if product_id := fields.own_id(node):
                yield product_id
        info = fields.record(page.get("pageInfo"))
        if info.get("hasNextPage") is not True:
            return
        found = _page(client, credentials, external_id, fields.text(info.get("endCursor")))


def _page(
    client: AdminClient, credentials: Credentials, external_id: str, after: str | None
) -> JsonObject | None:
    told: JsonObject = {"id": f"gid://shopify/Collection/{external_id}", "after": after}
    found = client.run(credentials, documents.COLLECTION, told).get("collection")
    return found if isinstance(found, dict) else None


def of_product(
    client: AdminClient, credentials: Credentials, product_id: str
) -> tuple[Category, ...]:
    """Read in which collections a product stands; none where it is gone."""
    told: JsonObject = {"id": f"gid://shopify/Product/{product_id}"}
    product = fields.record(client.run(credentials, documents.COLLECTIONS_OF, told).get("product"))
    nodes = fields.records(fields.record(product.get("collections")).get("nodes"))
    named = ((fields.own_id(one), fields.name(one.get("title"))) for one in nodes)
    return tuple(Category(own_id, name) for own_id, name in named if own_id and name)
