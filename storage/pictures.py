"""What the catalogue adds to a cart's lines: webhooks tell neither a picture nor an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from storage.among import among
from storage.schema import products


@dataclass(frozen=True, slots=True)
class Look:
    """How a product looks and where it is; `variants` has the pictures of those with their own."""

    image_url: str | None
    url: str | None
    variants: Mapping[str, str]

    def picture_of(self, variant_id: str | None) -> str | None:
        """Give the variant's own picture, else the product's."""
        return self.variants.get(variant_id or "") or self.image_url


def looks(
    connection: Connection, store_id: str, carts: Iterable[Mapping[str, Any]]
) -> dict[str, Look]:
    """Give the looks of all products in these carts, by the platform's product id."""
    wanted = {item["product_id"] for cart in carts for item in cart["items"]} - {None}
    if not wanted:
        return {}
    p = products.c
    query = select(p.external_id, p.image_url, p.url, p.variants).where(
        p.store_id == store_id, among(p.external_id, wanted), p.deleted_at.is_(None)
    )
    return {row.external_id: _look(row) for row in connection.execute(query)}


def _look(row: Any) -> Look:
    own = {one["external_id"]: one["image_url"] for one in row.variants if one.get("image_url")}
    return Look(row.image_url, row.url, own)
