"""The checkout: contact, code, payment. What is typed is kept even if the visitor leaves."""

from decimal import Decimal

from flask import Flask, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import money, people, pixels, shopping
from sandbox.discount_codes import CodeRefused
from sandbox.front_cookies import keep
from sandbox.shopping import Contact
from sandbox.state import Record
from sandbox.world import World

_COUNTRIES = {code: place["country"] for code, place in people.PLACES.items()}
_LOCALES = {
    "en": "English",
    "en-GB": "English (UK)",
    "en-CA": "English (Canada)",
    "de": "Deutsch",
    "fr": "Français",
    "fr-CA": "Français (Canada)",
    "es": "Español",
    "ja": "日本語",
}


def checkout_pages(app: Flask, world: World) -> None:
    """`/checkout` and what its forms do."""
    _contact_pages(app, world)
    _payment_pages(app, world)


def _contact_pages(app: Flask, world: World) -> None:
    @app.get("/checkout")
    def checkout() -> str | AnyResponse:
        cart = shopping.cart_of(world, g.shop, g.cart_token)
        if not cart or not cart["lines"]:
            return redirect("/cart")
        open_ = shopping.start_checkout(world, g.shop, cart, g.currency)
        pixels.checkout_started(open_)
        return _checkout_page(world, open_)

    @app.post("/checkout/contact")
    def contact() -> AnyResponse | tuple[str, int]:
        open_ = _open_checkout(world)
        given = _contact(open_)
        if given is None:
            return _checkout_page(world, open_, problem="Enter a valid email address."), 422
        shopping.give_contact(world, g.shop, open_, given)
        if request.headers.get("X-Autosave"):
            return Response(status=204)
        return keep(redirect("/checkout#payment", 303), "currency", given.currency)


def _payment_pages(app: Flask, world: World) -> None:
    @app.post("/checkout/discount")
    def discount() -> AnyResponse | tuple[str, int]:
        open_ = _open_checkout(world)
        try:
            shopping.use_code(world, g.shop, open_, request.form.get("code", ""))
        except CodeRefused as refusal:
            return _checkout_page(world, open_, refusal=str(refusal)), 422
        return redirect("/checkout", 303)

    @app.post("/checkout/pay")
    def pay() -> AnyResponse | tuple[str, int]:
        open_ = _open_checkout(world)
        if not open_["email"]:
            return _checkout_page(world, open_, problem="Tell us your email first."), 422
        try:
            order = shopping.buy(world, g.shop, open_)
        except CodeRefused as refusal:
            shopping.use_code(world, g.shop, open_, "")
            return _checkout_page(world, _open_checkout(world), refusal=str(refusal)), 422
        return keep(redirect(f"/orders/{order['token']}", 303), "cart", "")


def _open_checkout(world: World) -> Record:
    return shopping.checkout_of(world, g.shop, g.cart_token) or abort(
        404, "this checkout is over; start again from your cart"
    )


def _checkout_page(world: World, checkout: Record, problem: str = "", refusal: str = "") -> str:
    currency = checkout["currency"]
    person = world.state.get(g.shop, "customer", checkout["customer_id"]) or {}
    return render_template(
        "front_checkout.html",
        checkout=checkout,
        person=person,
        problem=problem,
        refusal=refusal,
        countries=_COUNTRIES,
        locales=_LOCALES,
        shown=lambda amount: money.shown(Decimal(amount), currency),
        line_price=lambda line: money.shown(
            money.presented(Decimal(line["price"]), currency) * line["quantity"], currency
        ),
    )


def _contact(checkout: Record) -> Contact | None:
    form = request.form
    email = form.get("email", "").strip()
    if not people.is_email(email):
        return None
    country, locale, currency = form.get("country"), form.get("locale"), form.get("currency")
    return Contact(
        email=email,
        first_name=form.get("first_name", "").strip()[:100],
        last_name=form.get("last_name", "").strip()[:100],
        country=country if country in _COUNTRIES else checkout["country"],
        locale=locale if locale in _LOCALES else checkout["locale"],
        currency=currency if currency in money.RATES else checkout["currency"],
        accepts_marketing=bool(form.get("accepts_marketing")),
    )
