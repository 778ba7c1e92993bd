"""Reads what buyers wrote about a store's products: approved reviews, the newest first."""

from html import unescape

import nh3

from connectors.base import Credentials, ReviewPage
from connectors.woocommerce.client import NotThere, RestClient
from connectors.woocommerce.imports import has_next
from connectors.woocommerce.mapping import fields
from marketing.model import CustomerKey, JsonObject
from marketing.reviews import Review

PREFIX = "woocommerce-"
"""What WooCommerce's reviews are called with us, before their ids."""
SIZE = 100
MOST_PAGES = 20
"""Older ones than two thousand others are not read."""
LONGEST_TEXT = 5_000
FIELDS = "id,product_id,status,reviewer,reviewer_email,review,rating,verified,date_created_gmt"


def fetch(client: RestClient, credentials: Credentials, cursor: str | None) -> ReviewPage:
    """Read one page; a store without reviews has none."""
    number = int(cursor or 1)
    asked = {
        "status": "approved", "orderby": "id", "order": "desc", "per_page": SIZE, "page": number,
        "_fields": FIELDS,
    }  # fmt: skip
    try:
        answer = client.get(credentials, "products/reviews", asked)
    except NotThere:
        return ReviewPage((), None)
    rows = fields.records(answer.json())
    told = tuple(one for row in rows if (one := review(row)))
    goes_on = bool(rows) and number < MOST_PAGES and has_next(answer.headers.get("link", ""))
    return ReviewPage(
        told,
        str(number + 1) if goes_on else None,
        prefix=PREFIX,
        newest=None if number == 1 else _number(rows, 0),
        oldest=_number(rows, -1) if goes_on or number == MOST_PAGES else 0,
    )


def _number(rows: list[JsonObject], place: int) -> int:
    return int(fields.identifier(rows[place].get("id")) or 0) if rows else 0


def review(row: JsonObject) -> Review | None:
    """Read one review; None for what is not approved, not rated, or of no product."""
    named, product_id = fields.identifier(row.get("id")), fields.identifier(row.get("product_id"))
    rating, posted_at = fields.count(row.get("rating")), fields.moment(row.get("date_created_gmt"))
    if named is None or product_id is None or posted_at is None:
        return None
    if row.get("status") != "approved" or not rating or rating > 5:
        return None
    email = fields.email(row.get("reviewer_email"))
    return Review(
        external_id=f"{PREFIX}{named}",
        product_id=product_id,
        rating=rating,
        posted_at=posted_at,
        customer=CustomerKey(None, email) if email else None,
        text=_plain(row.get("review")),
        author=_first_name(row.get("reviewer")),
        is_verified=row.get("verified") is True,
    )


def _plain(html: object) -> str | None:
    """Give the words of a review without their markup."""
    told = nh3.clean(fields.text(html) or "", tags=set())
    return " ".join(unescape(told).split())[:LONGEST_TEXT] or None


def _first_name(told: object) -> str | None:
    """Give the first name of who wrote it: the store shows more, we tell no more of anybody."""
    words = (fields.words(told) or "").split()
    return words[0] if words and "@" not in words[0] else None
