"""The companion plugin's own REST namespace, by which the app hands over where signals go.

Its name begins with `wc-`, so that WooCommerce takes the store's REST keys for it.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.woo_refusals import bad_parameter, no_route
from sandbox.woo_shop import WooShop
from sandbox.woo_site import PLUGIN_VERSION, WOO_VERSION

_NEEDED = ("app_url", "store_key", "secret")


def plugin_addresses(app: Flask, shop: WooShop, allow: Callable[[str], None]) -> None:
    """`/wp-json/wc-reprise/v1/connection`: look, hand over, forget."""

    @app.route("/wp-json/wc-reprise/v1/connection", methods=["GET", "PUT", "DELETE"])
    def connection() -> AnyResponse:
        if not shop.site("plugin"):
            raise no_route()
        allow({"GET": "view", "PUT": "edit", "DELETE": "delete"}[request.method])
        if request.method == "PUT":
            shop.signals.connect(_handed_over())
        if request.method == "DELETE":
            shop.signals.forget()
        return jsonify(_shown(shop))


def _handed_over() -> dict[str, str]:
    told: Any = request.get_json(silent=True)
    told = told if isinstance(told, dict) else {}
    for name in _NEEDED:
        if not isinstance(told.get(name), str) or not told[name]:
            raise bad_parameter(name, f"{name} is not of type string.", "rest_invalid_type")
    return {name: str(told.get(name) or "") for name in (*_NEEDED, "privacy_url")}


def _shown(shop: WooShop) -> dict[str, Any]:
    """Never the secret."""
    known = shop.signals.connection
    return {
        "version": PLUGIN_VERSION,
        "connected": known["connected"],
        "app_url": known["app_url"] or shop.app_url,
        "store_key": known["store_key"],
        "woocommerce": WOO_VERSION,
        "block_checkout": True,
    }
