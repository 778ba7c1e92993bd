"""Web pixels: switched on by the app through the Admin API, loaded by the shop front's pages."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, g, send_from_directory

from sandbox.admin_pages import Node
from sandbox.catalog import collection_number
from sandbox.payloads import gid
from sandbox.state import Record
from sandbox.world import World

EXTENSION = Path(__file__).parent.parent / "connectors/shopify/app/extensions/reprise-pixel"
FORM = EXTENSION.with_name("reprise-form")
_FIELDS = {"accountID", "endpoint"}


# What the app does with it.


def pixel_mutations(world: World, shop: str) -> dict[str, Callable[..., Any]]:
    """The fields of Mutation that switch a pixel on and change it."""

    def create(_info: object, webPixel: Record) -> Node:  # noqa: N803 - the schema's name
        if world.state.get(shop, "web_pixel", "app"):
            return _refusal("Web pixel is taken.", "TAKEN")
        return _keep(world, shop, webPixel, world.state.next_number("web_pixel", 92_700))

    def update(_info: object, id: str, webPixel: Record) -> Node:  # noqa: A002, N803
        known = world.state.get(shop, "web_pixel", "app")
        if known is None or gid("WebPixel", known["number"]) != id:
            return _refusal("Web pixel not found.", "NOT_FOUND")
        return _keep(world, shop, webPixel, known["number"])

    return {"webPixelCreate": create, "webPixelUpdate": update}


def web_pixel(world: World, shop: str) -> Node | None:
    """The app's pixel in this shop, as QueryRoot gives it."""
    known = world.state.get(shop, "web_pixel", "app")
    return _node(known) if known else None


def _keep(world: World, shop: str, asked: Record, number: int) -> Node:
    settings = _settings(asked.get("settings"))
    if settings is None:
        return _refusal("Settings must match the extension's definition.", "INVALID_SETTINGS")
    record: Record = {"id": "app", "number": number, "settings": settings}
    return {"webPixel": _node(world.state.put(shop, "web_pixel", record)), "userErrors": []}


def _settings(told: Any) -> Record | None:
    """JSON, or a text of it: every field that the extension names, each with something in it."""
    try:
        settings = orjson.loads(told) if isinstance(told, str) else told
    except orjson.JSONDecodeError:
        return None
    whole = isinstance(settings, dict) and set(settings) == _FIELDS
    return settings if whole and all(isinstance(v, str) and v for v in settings.values()) else None


def _node(record: Record) -> Node:
    return {"id": gid("WebPixel", record["number"]), "settings": record["settings"]}


def _refusal(message: str, code: str) -> Node:
    problem = {"field": ["webPixel"], "message": message, "code": code}
    return {"webPixel": None, "userErrors": [problem]}


# What the shop front's pages do with it.


def pixel_pages(app: Flask) -> None:
    """The extension's own source, as it is deployed."""

    @app.get("/extensions/reprise-form/<path:name>")
    def form_asset(name: str) -> Response:
        """The sign-up form's script and style, as the theme loads them."""
        return send_from_directory(FORM / "assets", name)

    @app.get("/pixel/<path:name>")
    def source(name: str) -> Response:
        script = send_from_directory(EXTENSION / "src", name, mimetype="text/javascript")
        script.headers["Cache-Control"] = "no-cache"
        return script


def page_data(world: World, shop: str, cart: Record | None) -> Record | None:
    """What the page hands to the runtime; None where no pixel is on, or the app is gone."""
    record = world.state.get(shop, "web_pixel", "app")
    if record is None or not world.is_installed(shop):
        return None
    page = {"name": "page_viewed", "data": {}}
    return {
        "shop": shop,
        "settings": record["settings"],
        "cart": _cart(cart, g.currency) if cart else None,
        "events": [page, *g.get("pixel_events", [])],
    }


def happens(name: str, data: Record, event_id: str = "") -> None:
    """Publish an event on the page that is just being made."""
    event = {"name": name, "data": data, **({"id": event_id} if event_id else {})}
    g.pixel_events = [*g.get("pixel_events", []), event]


def product_viewed(product: Record) -> None:
    happens("product_viewed", {"productVariant": _variant(product, product["variants"][0])})


def product_wanted(product: Record) -> None:
    """The theme's own event: somebody asks to be told when it is back."""
    happens("reprise:product_wanted", {"product_id": str(product["id"])})


def collection_viewed(handle: str, title: str, products: Iterable[Record]) -> None:
    variants = [_variant(product, product["variants"][0]) for product in products]
    collection = {"id": str(collection_number(handle)), "title": title, "productVariants": variants}
    happens("collection_viewed", {"collection": collection})


def checkout_started(checkout: Record) -> None:
    """Once a checkout: its event has one id, however often the page is opened."""
    told = {"token": checkout["token"], "currencyCode": checkout["currency"], "lineItems": []}
    happens("checkout_started", {"checkout": told}, f"sh-checkout-{checkout['token']}")


def cart_viewed(world: World, shop: str, cart: Record | None) -> None:
    """What was put in or taken out since is told on the page that shows it."""
    for event in (world.state.get(shop, "pixel_news", (cart or {}).get("id")) or {}).get(
        "events", ()
    ):
        happens(event["name"], event["data"])
    if cart:
        world.state.drop(shop, "pixel_news", cart["id"])
        happens("cart_viewed", {"cart": _cart(cart, g.currency)})


def cart_changed(world: World, shop: str, before: Record | None, after: Record) -> None:
    """Note what the next page of the cart is to tell."""
    had = {line["variant_id"]: line for line in (before or {}).get("lines", ())}
    have = {line["variant_id"]: line for line in after["lines"]}
    told = [
        _line_event(line, quantity, g.currency)
        for variant, line in {**had, **have}.items()
        if (quantity := _count(have.get(variant)) - _count(had.get(variant)))
    ]
    waiting = (world.state.get(shop, "pixel_news", after["id"]) or {}).get("events", [])
    world.state.put(shop, "pixel_news", {"id": after["id"], "events": [*waiting, *told]})


def _count(line: Record | None) -> int:
    return int(line["quantity"]) if line else 0


def _line_event(line: Record, quantity: int, currency: str) -> Record:
    name = "product_added_to_cart" if quantity > 0 else "product_removed_from_cart"
    told = {"merchandise": _merchandise(line, currency), "quantity": abs(quantity)}
    return {"name": name, "data": {"cartLine": told}}


def _cart(cart: Record, currency: str) -> Record:
    lines = [
        {"merchandise": _merchandise(line, currency), "quantity": line["quantity"]}
        for line in cart["lines"]
    ]
    count = sum(line["quantity"] for line in cart["lines"])
    return {"id": gid("Cart", cart["token"]) + "?key=sandbox", "lines": lines,
            "totalQuantity": count}  # fmt: skip


def _merchandise(line: Record, currency: str) -> Record:
    return {
        "id": str(line["variant_id"]),
        "title": line["variant_title"] or "Default Title",
        "sku": line["sku"],
        "price": {"amount": float(line["price"]), "currencyCode": currency},
        "image": {"src": line["picture"]},
        "product": {"id": str(line["product_id"]), "title": line["title"],
                    "vendor": line["vendor"], "url": f"/products/{line['handle']}"},
    }  # fmt: skip


def _variant(product: Record, variant: Record) -> Record:
    return {
        "id": str(variant["id"]),
        "title": variant["title"],
        "sku": variant["sku"],
        "price": {"amount": float(variant["price"]), "currencyCode": g.currency},
        "image": {"src": product["picture"]},
        "product": {"id": str(product["id"]), "title": product["title"],
                    "vendor": product["vendor"], "type": product["product_type"],
                    "url": f"/products/{product['handle']}"},
    }  # fmt: skip
