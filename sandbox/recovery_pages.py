"""Links that come from outside: a cart brought back, an order's page, a code applied."""

import hmac
import re
import secrets
from decimal import Decimal

from flask import Flask, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import money, shopping
from sandbox.discount_codes import CodeRefused
from sandbox.front_cookies import keep, own_path
from sandbox.state import Record
from sandbox.world import World


def link_pages(app: Flask, world: World) -> None:
    """The recover link, an order's own page, a link that applies a code."""
    _recover_page(app, world)
    _permalink(app, world)
    _order_page(app, world)
    _discount_link(app, world)


def _recover_page(app: Flask, world: World) -> None:
    @app.get("/<int:number>/checkouts/<token>/recover")
    def recover(number: int, token: str) -> AnyResponse:
        shop = next((s for s in _shops(world) if (world.shop(s) or {})["number"] == number), None)
        found = world.state.get(shop, "checkout", token) if shop else None
        key = request.args.get("key", "")
        if shop is None or found is None or not hmac.compare_digest(found["key"], key):
            abort(404, "this link does not lead to a cart any more")
        if found["completed_at"]:
            return keep(redirect("/"), "shop", shop)
        _restore(world, shop, found, request.args.get("discount", ""))
        back = keep(redirect("/checkout"), "cart", found["cart_token"])
        return keep(keep(back, "shop", shop), "currency", found["currency"])


def _permalink(app: Flask, world: World) -> None:
    @app.get("/cart/<lines>")
    def permalink(lines: str) -> AnyResponse:
        """`/cart/<variant>:<quantity>,...` fills the cart and goes on to the checkout."""
        wanted = re.fullmatch(r"\d{1,15}:\d{1,3}(,\d{1,15}:\d{1,3}){0,99}", lines) or abort(404)
        cart = shopping.cart_of(world, g.shop, g.cart_token)
        token = cart["token"] if cart else secrets.token_hex(16)
        for line in wanted[0].split(","):
            variant, quantity = line.split(":")
            try:
                shopping.change_cart(world, g.shop, token, int(variant), min(int(quantity), 99))
            except KeyError:
                continue  # no longer sold: the rest is there
        return keep(redirect("/checkout"), "cart", token)


def _order_page(app: Flask, world: World) -> None:
    @app.get("/orders/<token>")
    @app.get("/<int:number>/orders/<token>")
    def order(token: str, number: int = 0) -> str:  # noqa: ARG001 - the address carries it
        orders = (o for shop in _shops(world) for o in world.state.all(shop, "order"))
        found = [o for o in orders if o["token"] == token] or abort(404)
        return _thanks(found[0])


def _discount_link(app: Flask, world: World) -> None:
    @app.get("/discount/<code>")
    def apply_discount(code: str) -> AnyResponse:
        if open_ := shopping.checkout_of(world, g.shop, g.cart_token):
            _try_code(world, g.shop, open_, code)
        return redirect(own_path(request.args.get("redirect", "/")))


def _shops(world: World) -> list[str]:
    return [row[0] for row in world.state.rows("SELECT shop FROM records WHERE kind = 'shop'")]


def _restore(world: World, shop: str, checkout: Record, code: str) -> None:
    """The cart is as it was at the checkout; a code in the link is applied, if it is good."""
    if shopping.cart_of(world, shop, checkout["cart_token"]) is None:
        token, now = checkout["cart_token"], world.now()
        world.state.put(shop, "cart", {"id": token, "token": token, "lines": checkout["lines"],
                                       "currency": checkout["currency"], "created_at": now,
                                       "updated_at": now})  # fmt: skip
    if code:
        _try_code(world, shop, checkout, code)


def _try_code(world: World, shop: str, checkout: Record, code: str) -> None:
    try:
        shopping.use_code(world, shop, checkout, code)
    except CodeRefused:
        return  # the checkout shows the full price, as Shopify's does


def _thanks(order: Record) -> str:
    return render_template(
        "front_thanks.html",
        order=order,
        total=money.shown(
            money.presented(Decimal(order["totals"]["total"]), order["currency"]),
            order["currency"],
        ),
    )
