"""Reviews: what customers say about products, as another program tells it."""

from dataclasses import dataclass
from datetime import datetime

from marketing.model import CustomerKey


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody said about a product, as another program tells it."""

    external_id: str
    """The program's own id of it: told again, it is the same review."""
    product_id: str
    """The platform's id."""
    rating: int
    """1 to 5."""
    posted_at: datetime
    customer: CustomerKey | None = None
    title: str | None = None
    text: str | None = None
    author: str | None = None
    is_verified: bool = False
    """Whoever wrote it has bought the product, by the program's word."""
