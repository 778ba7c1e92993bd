"""The mirror of products: newest word wins; a deleted one stays, marked, for old carts' sake."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from marketing.announcing import Announcement, Before, announcements, is_sorted_anew, out_since
from marketing.categories import Category
from marketing.model import Gone, Product, Variant
from marketing.policy import policy_of
from storage import product_categories
from storage.many import find_rows, upsert_rows
from storage.schema import products
from storage.stores import Store

KEY = ("store_id", "external_id")
COLUMNS = (
    *KEY, "title", "handle", "url", "image_url", "product_type", "vendor", "status", "tags",
    "variants", "created_at", "updated_at", "deleted_at", "is_published", "out_since", "rating",
    "rating_count",
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
        self.announced: list[tuple[str, Announcement]] = []
        """What is to be told to those who care, by store id."""
        self.unsorted: dict[tuple[str, str], None] = {}
        """Products whose categories have to be asked for, as (store id, external id)."""
        self._sorted: dict[tuple[str, str], tuple[Category, ...]] = {}

    @classmethod
    def load(cls, connection: Connection, external: Iterable[tuple[str, str]]) -> "Wares":
        """Read and lock the products of these (store, external id) pairs."""
        wares = cls()
        for row in find_rows(connection, products, KEY, external, SELECTED, lock=True):
            wares._all[row.store_id, row.external_id] = Ware(dict(zip(COLUMNS, row, strict=True)))
        return wares

    def tell(self, store: Store, told: Product) -> bool:
        """Take a product's record; False when we know a newer one, or that it was deleted."""
        store_id = store.id
        known = self._all.get((store_id, told.external_id))
        if known is not None:
            last = max(known.row["updated_at"], known.row["deleted_at"] or told.updated_at)
            if told.updated_at < last:
                return False
        before = known.row if known is not None else None
        percent = policy_of(store.settings).price_drop_percent
        news = announcements(_before(before) if before else None, told, percent)
        self.announced += [(store_id, one) for one in news]
        self._sort(store_id, told, before)
        row = _row(store_id, told, before or {})
        self._all[store_id, told.external_id] = Ware(row, is_changed=True)
        return True

    def _sort(self, store_id: str, told: Product, before: Mapping[str, Any] | None) -> None:
        if told.categories is not None:
            self._sorted[store_id, told.external_id] = told.categories
        elif before is None or is_sorted_anew(before, told):
            self.unsorted[store_id, told.external_id] = None

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
        for (store_id, product_id), told in self._sorted.items():
            product_categories.of_product(connection, store_id, product_id, told)


def _before(row: Mapping[str, Any]) -> Before:
    variants = [asdict(one) if isinstance(one, Variant) else one for one in row["variants"]]
    return Before(
        is_on_sale=row["status"] == "active" and row["is_published"] and not row["deleted_at"],
        variants={one["external_id"]: one for one in variants},
        out_since=row["out_since"],
    )


def _row(store_id: str, told: Product, before: Mapping[str, Any]) -> dict[str, Any]:
    rated = told.rating_count is not None
    return {
        "is_published": told.is_published,
        "out_since": out_since(before.get("out_since", {}), told.variants, told.updated_at),
        "rating": told.rating if rated else before.get("rating"),
        "rating_count": told.rating_count if rated else before.get("rating_count"),
        "store_id": store_id, "external_id": told.external_id, "title": told.title,
        "handle": told.handle, "url": told.url, "image_url": told.image_url,
        "product_type": told.product_type, "vendor": told.vendor, "status": told.status,
        "tags": list(told.tags), "variants": told.variants, "created_at": told.created_at,
        "updated_at": told.updated_at, "deleted_at": None,
    }  # fmt: skip
