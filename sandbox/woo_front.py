"""The WooCommerce store's shop front: goods, cart, a checkout of blocks, links that fill a cart."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

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

from sandbox import people, woo_carts, woo_goods, woo_login, woo_orders
from sandbox.state import Record
from sandbox.woo_coupons import CouponRefused
from sandbox.woo_shop import WooShop
from sandbox.woo_site import NAME, TAGLINE, price_shown

COOKIE = "woo_session"
_PICTURES = Path(__file__).parent / "static" / "pictures"
_COUNTRIES = {code: place["country"] for code, place in people.PLACES.items()}


def front_pages(app: Flask, shop: WooShop) -> None:
    """Every page that a shopper sees."""
    app.add_template_filter(price_shown, "euros")

    @app.before_request
    def whose() -> None:
        found = woo_carts.session_of(shop, request.cookies.get(COOKIE, ""))
        g.session = found or woo_carts.new_session(shop)
        if marks := woo_carts.marks_of(request.args.to_dict()):
            g.session = {**g.session, "marks": marks}

    _goods(app, shop)
    _cart(app, shop)
    _links(app, shop)
    _checkout(app, shop)
    _orders(app, shop)


def _page(shop: WooShop, name: str, **told: Any) -> str:
    in_cart = sum(one[2] for one in g.session["items"])
    return render_template(
        f"woo_{name}.html", name=NAME, tagline=TAGLINE, in_cart=in_cart,
        form=_plugin(shop) if name == "home" else None,
        chat=_plugin(shop) if shop.site("chat") else None,
        categories=shop.all("woo_category"), is_merchant=woo_login.who(shop) is not None, **told,
    )  # fmt: skip


def _plugin(shop: WooShop) -> Record | None:
    """What the plugin's own places on the pages know, once the app is connected."""
    known = shop.signals.connection
    return known if shop.site("plugin") and known["connected"] else None


def _go(path: str, session: Record | None = None, code: int = 303) -> AnyResponse:
    """Send the visitor on; the session goes with the browser."""
    answer = redirect(path, code)
    if session is not None:
        answer.set_cookie(COOKIE, session["id"], max_age=2 * 86_400, samesite="Lax")
    return answer


def _goods(app: Flask, shop: WooShop) -> None:
    @app.get("/")
    def woo_home() -> AnyResponse | str:
        if token := request.args.get("reprise_restore"):
            return _restored(shop, token)
        return _page(shop, "home", products=_on_sale(shop), title="")

    @app.get("/product-category/<slug>/")
    def category(slug: str) -> str:
        of = next((one for one in shop.all("woo_category") if one["slug"] == slug), None)
        if of is None:
            abort(404)
        found = [one for one in _on_sale(shop) if one["categories"][0]["slug"] == slug]
        return _page(shop, "home", products=found, title=of["name"])

    @app.get("/product/<slug>/")
    def woo_product(slug: str) -> str:
        found = shop.find("woo_product", slug) or abort(404)
        woo_carts.tell_visit(shop, g.session, "product.viewed", found)
        reviews = [one for one in shop.all("woo_review") if one["product_id"] == found["id"]]
        return _page(
            shop, "product", product=found, reviews=reviews,
            variations=woo_goods.variations_of(shop, found["id"]),
        )  # fmt: skip

    @app.get("/wp-content/uploads/<path:name>")
    def woo_picture(name: str) -> Response:
        image = send_from_directory(_PICTURES, name)
        image.headers["Cache-Control"] = "public, max-age=86400"
        return image


def _on_sale(shop: WooShop) -> list[Record]:
    return [one for one in shop.all("woo_product") if one["status"] == "publish"]


def _number(name: str, default: int = 0) -> int:
    return request.form.get(name, default, type=int)


def _cart(app: Flask, shop: WooShop) -> None:
    @app.get("/cart/")
    def woo_cart() -> str:
        return _page(shop, "cart", held=woo_carts.sums(shop, g.session))

    @app.post("/cart/add")
    def woo_add() -> AnyResponse:
        product, variation = _number("product"), _number("variation")
        if not woo_orders.lines_of(shop, [(product, variation, 1)]):
            abort(404)
        had = woo_carts.quantity_of(g.session, product, variation)
        many = min(had + max(_number("quantity", 1), 1), 99)
        return _go("/cart/", woo_carts.put(shop, g.session, product, variation, many))

    @app.post("/cart/change")
    def woo_change() -> AnyResponse:
        wanted = request.form.getlist("quantity", type=int) or [0]
        many = min(max(wanted[-1], 0), 99)
        changed = woo_carts.put(shop, g.session, _number("product"), _number("variation"), many)
        return _go("/cart/", changed)


def _links(app: Flask, shop: WooShop) -> None:
    @app.get("/checkout-link/")
    def checkout_link() -> AnyResponse:
        asked = request.args.to_dict()
        session = woo_carts.refill(
            shop, g.session, asked.get("products", ""), asked.get("coupon", "")
        )
        marks = {**woo_carts.marks_of(asked), "session": session["id"]}
        return _go(f"/checkout/?{urlencode(marks)}", session, 302)


def _restored(shop: WooShop, token: str) -> AnyResponse:
    """The plugin's restore link: goods, then the e-mail, then the code, whatever comes of it."""
    session = woo_carts.restore(shop, g.session, token)
    if session is None:
        return _go("/", None, 302)
    try:
        code = request.args.get("coupon", "")
        session = woo_carts.apply(shop, session, code) if code else session
    except CouponRefused:
        pass  # its notice is cleared: one left over would make the checkout fail
    marks = woo_carts.marks_of(request.args.to_dict())
    return _go(f"/checkout/{'?' + urlencode(marks) if marks else ''}", session, 302)


def _checkout(app: Flask, shop: WooShop) -> None:
    @app.get("/checkout/")
    def woo_checkout() -> AnyResponse | str:
        return _checkout_page(shop) if g.session["items"] else redirect("/cart/")

    @app.post("/checkout/contact")
    def woo_contact() -> AnyResponse | tuple[str, int]:
        session = _typed(shop)
        if session is None:
            return _checkout_page(shop, problem="Please enter a valid email address."), 422
        return Response(status=204)

    @app.post("/checkout/coupon")
    def woo_coupon() -> AnyResponse | tuple[str, int]:
        try:
            session = woo_carts.apply(shop, g.session, request.form.get("code", ""))
        except CouponRefused as refusal:
            return _checkout_page(shop, refusal=str(refusal)), 422
        return _go("/checkout/", session)

    _placing(app, shop)


def _placing(app: Flask, shop: WooShop) -> None:
    @app.post("/checkout/place")
    def woo_place() -> AnyResponse | tuple[str, int]:
        session = _typed(shop)
        if session is None or not session["items"]:
            return _checkout_page(shop, problem="Please enter a valid email address."), 422
        is_paid = request.form.get("payment") != "later"
        try:
            order = woo_carts.place(shop, session, is_paid=is_paid)
        except CouponRefused as refusal:
            woo_carts.keep(shop, {**session, "codes": []})
            return _checkout_page(shop, refusal=str(refusal)), 422
        done = _go(f"/checkout/order-received/{order['id']}/?key={order['order_key']}")
        done.delete_cookie(COOKIE)
        return done


def _typed(shop: WooShop) -> Record | None:
    """Keep what was typed into the checkout, as the blocks do while one types."""
    email = request.form.get("email", "").strip()
    if not people.is_email(email):
        return None
    country = request.form.get("country", "DE")
    details = {
        "first_name": request.form.get("first_name", "").strip()[:100],
        "last_name": request.form.get("last_name", "").strip()[:100],
        "country": country if country in _COUNTRIES else "DE",
    }
    optin = bool(request.form.get("optin"))
    g.session = woo_carts.give_contact(shop, g.session, email, details, optin=optin)
    session: Record = g.session
    return session


def _checkout_page(shop: WooShop, problem: str = "", refusal: str = "") -> str:
    return _page(
        shop, "checkout", held=woo_carts.sums(shop, g.session), session=g.session,
        problem=problem, refusal=refusal, countries=_COUNTRIES, has_box=shop.signals.is_on,
    )  # fmt: skip


def _orders(app: Flask, shop: WooShop) -> None:
    @app.get("/checkout/order-received/<int:id_>/")
    def received(id_: int) -> str:
        return _page(shop, "thanks", order=_order(shop, id_))

    @app.route("/checkout/order-pay/<int:id_>/", methods=["GET", "POST"])
    def order_pay(id_: int) -> AnyResponse | str:
        """What `payment_url` leads to: an order that was placed and not yet paid."""
        order = _order(shop, id_)
        if request.method == "POST" and order["needs_payment"]:
            order = _paid(shop, order)
        if not order["needs_payment"]:
            return _go(f"/checkout/order-received/{id_}/?key={order['order_key']}")
        return _page(shop, "pay", order=order)


def _paid(shop: WooShop, order: Record) -> Record:
    """The landing's marks go to the order that is paid now."""
    marks = g.session["marks"]
    told = [{"key": f"_wc_order_attribution_{name}", "value": v} for name, v in marks.items()]
    change = {"status": "processing", "meta_data": told}
    return woo_orders.change(shop, order, change)


def _order(shop: WooShop, id_: int) -> Record:
    order = shop.get("woo_order", id_)
    if order is None or order["order_key"] != request.args.get("key"):
        abort(404)
    return order
