"""The shop front: products, cart, checkout, thank-you page, and the link that restores a cart."""

import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    send_from_directory,
)
from werkzeug.wrappers import Response as AnyResponse

from sandbox import goods, money, pixels, shopping
from sandbox.catalog import COLLECTIONS
from sandbox.checkout_pages import checkout_pages
from sandbox.front_cookies import COOKIES, keep, own_path
from sandbox.guard import guard
from sandbox.newsletter import newsletter_pages
from sandbox.recovery_pages import link_pages
from sandbox.state import Record
from sandbox.theme_editor import embeds
from sandbox.world import SAMPLE_SHOP, World

_STATIC = Path(__file__).parent / "static"


def create_shop_front(world: World) -> Flask:
    """Every page of the shop front's port."""
    app = Flask(__name__)
    guard(app)
    app.add_template_filter(money.shown, "money")
    app.context_processor(lambda: _surroundings(world))

    @app.before_request
    def who() -> None:
        wanted = request.args.get("store") or request.cookies.get(COOKIES["shop"], "")
        g.shop = wanted if wanted and world.shop(wanted) else SAMPLE_SHOP
        currency = request.cookies.get(COOKIES["currency"], "USD")
        g.currency = currency if currency in money.RATES else "USD"
        g.cart_token = request.cookies.get(COOKIES["cart"], "")

    @app.after_request
    def remember(response: Response) -> Response:
        if request.args.get("store"):
            keep(response, "shop", g.shop)
        return response

    _goods(app, world)
    _cart(app, world)
    checkout_pages(app, world)
    link_pages(app, world)
    newsletter_pages(app, world)
    pixels.pixel_pages(app)
    return app


def _surroundings(world: World) -> dict[str, Any]:
    """What every page shows: the shop, the cart's size, the currency."""
    cart = shopping.cart_of(world, g.shop, g.cart_token)
    lines = cart["lines"] if cart else []
    return {
        "shop": world.shop(g.shop),
        "pixel": pixels.page_data(world, g.shop, cart),
        "embeds": [one["handle"] for one in embeds(world, g.shop) if one["is_on"]],
        "currency": g.currency,
        "currencies": list(money.RATES),
        "in_cart": sum(line["quantity"] for line in lines),
        "collections": COLLECTIONS if g.shop == SAMPLE_SHOP else {},
        "price": lambda amount: money.presented(Decimal(amount), g.currency),
    }


def _goods(app: Flask, world: World) -> None:
    @app.get("/")
    def home() -> str:
        return render_template("front_home.html", products=goods.on_sale(world, g.shop))

    @app.get("/collections/<handle>")
    def collection(handle: str) -> str:
        title, text = COLLECTIONS.get(handle) or abort(404)
        products = [p for p in goods.on_sale(world, g.shop) if p["collection"] == handle]
        pixels.collection_viewed(handle, title, products)
        return render_template(
            "front_home.html", products=products, title=title, text=text, handle=handle
        )

    @app.get("/products/<handle>")
    def product(handle: str) -> str:
        found = world.state.find(g.shop, "product", handle) or abort(404)
        others = [p for p in goods.on_sale(world, g.shop)
                  if p["collection"] == found["collection"] and p["id"] != found["id"]]  # fmt: skip
        pixels.product_viewed(found)
        if request.args.get("wanted"):
            pixels.product_wanted(found)
        return render_template(
            "front_product.html", product=found, others=others[:4],
            is_sold_out=goods.is_sold_out(found), wanted=request.args.get("wanted"),
        )  # fmt: skip

    @app.get("/cdn/shop/<path:name>")
    def picture(name: str) -> Response:
        image = send_from_directory(_STATIC / "pictures", name)
        image.headers["Cache-Control"] = "public, max-age=86400"
        return image

    @app.post("/currency")
    def currency() -> AnyResponse:
        wanted = request.form.get("currency", "USD")
        back = redirect(own_path(request.form.get("back", "/")), 303)
        return keep(back, "currency", wanted if wanted in money.RATES else "USD")


def _cart(app: Flask, world: World) -> None:
    @app.get("/cart")
    def cart() -> str:
        held = shopping.cart_of(world, g.shop, g.cart_token)
        pixels.cart_viewed(world, g.shop, held)
        return render_template("front_cart.html", cart=held)

    @app.post("/cart/add")
    def add() -> AnyResponse:
        variant = request.form.get("variant", 0, type=int)
        quantity = min(max(request.form.get("quantity", 1, type=int), 1), 99)
        cart = shopping.cart_of(world, g.shop, g.cart_token)
        token = cart["token"] if cart else secrets.token_hex(16)
        had = _quantity(cart, variant)
        try:
            changed = shopping.change_cart(world, g.shop, token, variant, had + quantity)
        except KeyError:
            abort(404, "we don't sell that")
        pixels.cart_changed(world, g.shop, cart, changed)
        return keep(redirect("/cart", 303), "cart", token)

    @app.post("/cart/change")
    def change() -> AnyResponse:
        variant = request.form.get("variant", 0, type=int)
        # The Remove button sends its 0 after the field's own number.
        wanted = request.form.getlist("quantity", type=int) or [0]
        quantity = min(max(wanted[-1], 0), 99)
        if before := shopping.cart_of(world, g.shop, g.cart_token):
            changed = shopping.change_cart(world, g.shop, g.cart_token, variant, quantity)
            pixels.cart_changed(world, g.shop, before, changed)
        return redirect("/cart", 303)


def _quantity(cart: Record | None, variant: int) -> int:
    lines = cart["lines"] if cart else []
    return next((line["quantity"] for line in lines if line["variant_id"] == variant), 0)
