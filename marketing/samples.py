"""Imagined customers and carts: previews, test sends and the trial before publishing use them."""

from typing import Any

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
        },
        "customer": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"},
        "cart": _cart(
            _item("Wool blanket", "Moss / Large", 1, 8_900), _item("Candle", None, 2, 1_850)
        ),
        "coupon": {
            "code": "BACK-SAMPLE",
            "kind": "percent",
            "percent": 10,
            "amount": None,
            "currency": "USD",
            "minimum": None,
            "ends_at": "2026-11-24T22:30:00+00:00",
        },
        "links": dict(LINKS),
    }


def as_little_as_possible() -> dict[str, Any]:
    """Give a context with only the facts that are always there."""
    store = {"name": "Sample Store", "url": "https://store.example.com"}
    rest = ("email", "logo_url", "free_shipping_threshold", "return_days")
    bare_item = _item("Candle", None, 1, 1_850) | {"image_url": None, "url": None}
    return {
        "locale": "en",
        "store": {
            **store,
            **dict.fromkeys(rest),
            "address": ADDRESS,
            "currency": "USD",
            "timezone": "UTC",
        },
        "customer": {"first_name": None, "last_name": None, "email": "ada@example.com"},
        "cart": _cart(bare_item),
        "coupon": None,
        "links": dict(LINKS),
    }


def much() -> dict[str, Any]:
    """Give a context with long words and a full cart: what makes a message large."""
    title = "Hand-woven merino wool blanket with a fringe, undyed, from a small mill in the hills"
    items = [_item(title, "Undyed / 180 x 240 cm", number, 18_900) for number in range(1, 13)]
    return everything() | {"cart": _cart(*items)}


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
