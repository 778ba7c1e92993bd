"""Categories: where a store has its products stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the store's own making, with any number of products; Shopify's collections."""

    external_id: str
    name: str
