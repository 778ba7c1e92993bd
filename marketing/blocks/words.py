"""What blocks say themselves, by language; another language is another entry."""

from collections.abc import Mapping

SHOWN_ITEMS = 8
"""A longer cart ends in "and 3 more": mail programs cut long mails."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "quantity": "Quantity",
        "total": "Total",
        "more_before": "and",
        "more_after": "more",
        "no_picture": "No picture",
        "sold_out": "Sold out at the moment",
        "price_from": "From",
        "reviews": "reviews",
        "one_review": "review",
        "out_of_five": "out of 5",
        "off": "off with this code",
        "free_shipping": "Free shipping with this code",
        "from": "For orders from",
        "valid_until": "Valid until",
        "one_use": "It works once.",
        "track": "Track my parcel",
        "see_order": "See my order",
        "parcel": "tracking number",
        "founder": "Founder of",
        "team": "Everyone at",
        "why": "You receive this email because you left your address at",
        "unsubscribe": "Unsubscribe",
    },
}
