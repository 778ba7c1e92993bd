"""The mirror of products: newest word wins; a deleted one stays, marked, for old carts' sake."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from marketing.model import Gone, Product
from storage.many import find_rows, upsert_rows
from storage.schema import products

KEY = ("store_id", "external_id")
COLUMNS = (
    *KEY, "title", "handle", "url", "image_url", "product_type", "vendor", "status", "tags",
    "variants", "created_at", "updated_at", "deleted_at",
)  # fmt: skip
SELECTED = [products.c[name] for name in COLUMNS]


@dataclass(slots=True, eq=False)
class Ware:
    """One product in memory."""

    row: dict[str, Any]
    is_changed: bool = False


class Wares:
    """The products that one batch is about, of all its stores."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], Ware] = {}

    @classmethod
    def load(cls, connection: Connection, external: Iterable[tuple[str, str]]) -> "Wares":
        """Read and lock the products of these (store, external id) pairs."""
        wares = cls()
        for row in find_rows(connection, products, KEY, external, SELECTED, lock=True):
            wares._all[row.store_id, row.external_id] = Ware(dict(zip(COLUMNS, row, strict=True)))
        return wares

    def tell(self, store_id: str, told: Product) -> bool:
        """Take a product's record; False when we know a newer one, or that it was deleted."""
        known = self._all.get((store_id, told.external_id))
        if known is not None:
            last = max(known.row["updated_at"], known.row["deleted_at"] or told.updated_at)
            if told.updated_at < last:
                return False
        self._all[store_id, told.external_id] = Ware(_row(store_id, told), is_changed=True)
        return True

    def lose(self, store_id: str, told: Gone, at: datetime) -> bool:
        """Mark a product as deleted; False when we don't have it."""
        known = self._all.get((store_id, told.external_id))
        if known is None:
            return False
        if known.row["deleted_at"] is None:
            known.row["deleted_at"], known.is_changed = at, True
        return True

    def save(self, connection: Connection) -> None:
        """Write every product that changed."""
        upsert_rows(connection, products, [one.row for one in self._all.values() if one.is_changed])


def _row(store_id: str, told: Product) -> dict[str, Any]:
    return {
        "store_id": store_id, "external_id": told.external_id, "title": told.title,
        "handle": told.handle, "url": told.url, "image_url": told.image_url,
        "product_type": told.product_type, "vendor": told.vendor, "status": told.status,
        "tags": list(told.tags), "variants": told.variants, "created_at": told.created_at,
        "updated_at": told.updated_at, "deleted_at": None,
    }  # fmt: skip
