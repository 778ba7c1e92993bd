"""A product as messages show it: out of the mirror, and only what is known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ware:
    """One product of the catalogue; prices in minor units of the store's currency."""

    id: str
    """The platform's."""
    title: str
    url: str | None = None
    image_url: str | None = None
    category: str | None = None
    is_published: bool = True
    variants: Sequence[Told] = ()
    """`marketing.model.Variant` as objects."""
    rating: float | None = None
    """Out of five; None: nobody rated it."""
    reviews_count: int | None = None

    def is_available(self, variant_id: str | None = None) -> bool:
        """Say whether it can be bought: this variant, or any where it is none of them."""
        own = [one for one in self.variants if one["external_id"] == variant_id]
        of_any = own or self.variants
        return not of_any or any(one.get("available", True) for one in of_any)

    def picture_of(self, variant_id: str | None) -> str | None:
        """Give the variant's own picture, else the product's."""
        own = (one.get("image_url") for one in self.variants if one["external_id"] == variant_id)
        return next(own, None) or self.image_url

    def shown(self, currency: str, variant_id: str | None = None) -> dict[str, Any]:
        """Give what templates know of it (`marketing.rendering`)."""
        own = [one for one in self.variants if one["external_id"] == variant_id]
        cheapest = min(own or self.variants, key=lambda one: one["price"], default=None)
        price = cheapest["price"] if cheapest else None
        before = cheapest.get("compare_at_price") if cheapest else None
        return {
            "title": self.title,
            "url": self.url,
            "image_url": self.picture_of(variant_id),
            "category": self.category,
            "currency": currency,
            "price": price,
            "compare_at": before if before and price is not None and before > price else None,
            "varies": not own and len({one["price"] for one in self.variants}) > 1,
            "available": self.is_available(variant_id),
            "rating": None if self.rating is None else round(self.rating, 1),
            "reviews_count": self.reviews_count,
        }
