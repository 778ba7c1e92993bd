"""Imagined customers, carts and orders: previews, and the trial before publishing, use them."""

from typing import Any

from marketing.brand import DEFAULT, shown

LINKS = {
    "unsubscribe": "https://example.com/unsubscribe",
    "placeholder": None,
}
ADDRESS = "12 Sample Street, Sampleton"


def everything() -> dict[str, Any]:
    """Give a context in which every fact is known."""
    return {
        "locale": "en-US",
        "store": {
            "name": "Sample Store",
            "url": "https://store.example.com",
            "address": ADDRESS,
            "email": "hello@store.example.com",
            "currency": "USD",
            "timezone": "America/New_York",
            "logo_url": "https://store.example.com/logo.png",
            "free_shipping_threshold": 7_500,
            "return_days": 30,
            "founder_name": "Grace Moss",
            "story": "We began with one loom in a barn. Today we weave for twelve villages.",
            "social": [
                {"name": "Instagram", "url": "https://social.example.com/sample"},
                {"name": "YouTube", "url": "https://video.example.com/sample"},
            ],
            "brand": shown(DEFAULT),
        },
        "customer": {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": "ada@example.com",
            "orders_count": 3,
        },
        "cart": _cart(
            _item("Wool blanket", "Moss / Large", 1, 8_900), _item("Candle", None, 2, 1_850)
        ),
        "order": _order(
            _item("Wool blanket", "Moss / Large", 1, 8_900), _item("Candle", None, 2, 1_850)
        ),
        "event": _event(),
        "product": _product("Wool blanket", 8_900) | {"compare_at": 10_900},
        "recommendations": [
            _product("Linen throw", 6_400),
            _product("Beeswax candle", 1_850) | {"varies": True},
            _product("Reading lamp", 12_900) | {"rating": None, "reviews_count": None},
        ],
        "recommended_as": "bought",
        "picked": [],
        "reviews": [
            {
                "product": "Wool blanket",
                "rating": 5,
                "text": "Warm, light, and it does not scratch.",
                "author": "Ben",
            },
            {"product": "Wool blanket", "rating": 4, "text": "Lovely color.", "author": None},
        ],
        "coupon": {
            "code": "BACK-SAMPLE",
            "kind": "percent",
            "percent": 10,
            "amount": None,
            "currency": "USD",
            "minimum": None,
            "ends_at": "2026-11-24T22:30:00+00:00",
        },
        "reward": {
            "kind": "store_credit",
            "amount": 500,
            "currency": "USD",
            "expires_at": "2027-02-24T22:30:00+00:00",
        },
        "links": dict(LINKS),
    }


def as_little_as_possible() -> dict[str, Any]:
    """Give a context with only the facts that are always there."""
    store = {"name": "Sample Store", "url": "https://store.example.com"}
    rest = ("email", "logo_url", "free_shipping_threshold", "return_days", "founder_name", "story")
    bare_item = _item("Candle", None, 1, 1_850) | {"image_url": None, "url": None}
    return {
        "locale": "en",
        "store": {
            **store,
            **dict.fromkeys(rest),
            "address": ADDRESS,
            "currency": "USD",
            "timezone": "UTC",
            "social": [],
            "brand": shown(DEFAULT),
        },
        "customer": {
            "first_name": None,
            "last_name": None,
            "email": "ada@example.com",
            "orders_count": 0,
        },
        "cart": _cart(bare_item),
        "order": _order(bare_item) | BARE_ORDER,
        "event": dict.fromkeys(_event()) | {"currency": "USD", "properties": {}},
        "product": None,
        "recommendations": [],
        "recommended_as": None,
        "picked": [],
        "reviews": [],
        "coupon": None,
        "reward": None,
        "links": dict(LINKS),
    }


def much() -> dict[str, Any]:
    """Give a context with long words and a full cart: what makes a message large."""
    title = "Hand-woven merino wool blanket with a fringe, undyed, from a small mill in the hills"
    items = [_item(title, "Undyed / 180 x 240 cm", number, 18_900) for number in range(1, 13)]
    wares = [_product(title, 18_900) for _ in range(4)]
    words = "It is just as they say, and then some. " * 12
    reviews = [{"product": title, "rating": 5, "text": words, "author": "Ada"} for _ in range(6)]
    shown = {"product": wares[0], "recommendations": wares, "picked": [], "reviews": reviews}
    return everything() | {"cart": _cart(*items), "order": _order(*items)} | shown


BARE_ORDER = dict.fromkeys(("status_url", "fulfilled_at", "delivered_at", "tracking"))
CONTEXTS = (everything, as_little_as_possible, much)


def _item(title: str, variant: str | None, quantity: int, price: int) -> dict[str, Any]:
    return {
        "title": title,
        "variant_title": variant,
        "quantity": quantity,
        "price": price,
        "line_price": price * quantity,
        "image_url": "https://store.example.com/picture.png",
        "url": "https://store.example.com/products/sample",
        "sold_out": False,
    }


def _order(*items: dict[str, Any]) -> dict[str, Any]:
    total = sum(item["line_price"] for item in items)
    return {
        "name": "#1042",
        "items": list(items),
        "currency": "USD",
        "subtotal": total,
        "total": total,
        "status_url": "https://store.example.com/orders/sample",
        "placed_at": "2026-11-10T09:30:00+00:00",
        "fulfilled_at": "2026-11-12T15:00:00+00:00",
        "delivered_at": "2026-11-14T11:00:00+00:00",
        "tracking": {
            "company": "Parcel Post",
            "number": "1Z999AA10123456784",
            "url": "https://parcels.example.com/1Z999AA10123456784",
        },
    }


def _event() -> dict[str, Any]:
    return {
        "category": "Blankets",
        "from": 10_900,
        "to": 8_900,
        "rating": 5,
        "quantity": 1,
        "property": "birthday",
        "date": "2026-11-24",
        "name": "quiz_finished",
        "currency": "USD",
        "properties": {"answer": "moss"},
    }


def _product(title: str, price: int) -> dict[str, Any]:
    return {
        "title": title,
        "url": "https://store.example.com/products/sample",
        "image_url": "https://store.example.com/picture.png",
        "category": "Blankets",
        "currency": "USD",
        "price": price,
        "compare_at": None,
        "varies": False,
        "available": True,
        "rating": 4.7,
        "reviews_count": 23,
    }


def _cart(*items: dict[str, Any]) -> dict[str, Any]:
    total = sum(item["line_price"] for item in items)
    return {
        "items": list(items),
        "currency": "USD",
        "subtotal": total,
        "total": total,
        "url": "https://example.com/cart",
    }
