"""Shopify's OAuth pages: the consent screen, and the endpoint that gives tokens."""

import time
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import oauth
from sandbox.state import Record
from sandbox.world import World

SCOPE_WORDS = {
    "customers": "Customers: names, email addresses, consent",
    "orders": "Orders, carts and abandoned checkouts",
    "products": "Products and collections",
    "fulfillments": "Fulfilments and deliveries",
    "discounts": "Discounts and discount codes",
    "marketing_events": "Marketing activities",
    "pixels": "Web pixels",
    "customer_merge": "Customers that become one",
    "customer_events": "What visitors look at",
    "locales": "Languages of the store",
}


def create_oauth(world: World) -> Blueprint:
    """`/shops/<shop>/admin/oauth/...`."""
    doors = Blueprint("oauth", __name__)

    @doors.post("/shops/<shop>/admin/oauth/access_token")
    def access_token(shop: str) -> tuple[Response, int] | Response:
        asked = request.get_json(silent=True) or request.form.to_dict()
        if fault := world.faults.take("token", shop):
            time.sleep(fault.seconds)
            if fault.what == "reply":
                return jsonify(error=fault.text or "server_error"), fault.code or 500
        try:
            return jsonify(_answer(world, shop, asked))
        except oauth.OAuthError as refusal:
            return jsonify(error=str(refusal), error_description=str(refusal)), 400

    @doors.get("/shops/<shop>/admin/oauth/authorize")
    @doors.get("/shops/<shop>/admin/oauth/install")
    def consent(shop: str) -> str:
        record = world.shop(shop) or abort(404)
        _check_request(world)
        return render_template(
            "consent.html", shop=record, scopes=_scopes(world), host=world.app_url, world=world
        )

    @doors.post("/shops/<shop>/admin/oauth/authorize")
    def agree(shop: str) -> AnyResponse:
        _ = world.shop(shop) or abort(404)
        _check_request(world)
        world.install(shop)
        params = _callback(world, shop)
        return redirect(
            f"{request.args['redirect_uri']}?{oauth.signed_query(world.client.secret, params)}"
        )

    @doors.post("/shops/<shop>/admin/oauth/install")
    def install(shop: str) -> AnyResponse:
        _ = world.shop(shop) or abort(404)
        _check_request(world)
        world.install(shop)
        return redirect(f"/shops/{shop}/apps/{world.client.id}")

    return doors


def _answer(world: World, shop: str, asked: Record) -> dict[str, Any]:
    if not world.is_installed(shop):
        raise oauth.OAuthError("app_not_installed")
    return world.desk.answer(shop, ",".join(world.subscriptions.scopes), asked)


def _check_request(world: World) -> None:
    if request.args.get("client_id") != world.client.id:
        abort(400, "Oauth error invalid_client: no such app")
    back = request.args.get("redirect_uri", world.app_url)
    wanted = urlsplit(world.app_url)
    if (urlsplit(back).scheme, urlsplit(back).netloc) != (wanted.scheme, wanted.netloc):
        abort(400, "Oauth error invalid_request: the redirect_uri is not the app's")
    if request.path.endswith("/authorize") and "redirect_uri" not in request.args:
        abort(400, "Oauth error invalid_request: redirect_uri is missing")


def _callback(world: World, shop: str) -> dict[str, str]:
    params = {
        "code": world.desk.new_code(shop),
        "host": oauth.host_of(shop),
        "shop": shop,
        "timestamp": str(int(time.time())),
    }
    if "state" in request.args:
        params["state"] = request.args["state"]
    return params


def _scopes(world: World) -> list[tuple[str, str]]:
    """(what, "View" or "View and change") for people, one a noun."""
    asked = request.args.get("scope", "").split(",") if request.args.get("scope") else []
    nouns: dict[str, str] = {}
    for scope in [s.strip() for s in asked if s.strip()] or world.subscriptions.scopes:
        verb, _, noun = scope.partition("_")
        nouns[noun] = "View and change" if verb == "write" else nouns.get(noun, "View")
    return [(SCOPE_WORDS.get(noun, noun.replace("_", " ")), may) for noun, may in nouns.items()]
