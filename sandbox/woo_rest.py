"""`/wp-json/`: the REST API's addresses, who may ask, and how answers and refusals look."""

import time
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound

from sandbox import woo_goods
from sandbox.faults import FaultScript
from sandbox.state import Record
from sandbox.woo_collections import Listing, page_of, trimmed
from sandbox.woo_keys import READING, who_asks
from sandbox.woo_plugin_rest import plugin_addresses
from sandbox.woo_refusals import Refused, no_route, no_such, not_allowed
from sandbox.woo_resources import Desk, Resource
from sandbox.woo_shop import WooShop
from sandbox.woo_status import facts, index_of

API = "/wp-json/wc/v3"


def create_rest(app: Flask, shop: WooShop, resources: list[Resource], faults: FaultScript) -> None:
    """Add every address of the REST API."""
    _index(app, shop)
    for name, tell in facts(shop).items():
        app.add_url_rule(f"{API}/{name}", f"fact {name}", _asked(shop, tell))
    for resource in resources:
        _addresses(app, shop, resource)
    _variations(app, shop)
    _refunds(app, shop)
    plugin_addresses(app, shop, lambda verb: allow(shop, verb))
    _plain_addresses(app, shop)
    _troubles(app, faults)


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as WordPress sends it."""
    content = orjson.dumps(body)
    told = {"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex", **(headers or {})}
    return Response(content, status, told, content_type="application/json; charset=UTF-8")


def allow(shop: WooShop, verb: str) -> None:
    """Let in whoever has a key that may; raises `Refused`."""
    if not shop.site("woocommerce"):
        raise no_route()
    if who_asks(shop, request) is None:
        raise not_allowed(verb)


def body_of() -> Record:
    """The JSON or form that was sent, and the query: WordPress makes no difference."""
    told: Record = {}
    if request.is_json:
        try:
            told = orjson.loads(request.get_data() or b"{}")
        except orjson.JSONDecodeError:
            raise Refused("rest_invalid_json", "Invalid JSON body passed.", 400) from None
    else:
        told = request.form.to_dict()
    return {**request.args.to_dict(), **told}


def _asked(shop: WooShop, tell: Any) -> Any:
    def view() -> Response:
        allow(shop, "list")
        told, fields = tell(), request.args.get("_fields", "")
        if isinstance(told, list):
            return answer([trimmed(one, fields) for one in told])
        return answer(trimmed(told, fields))

    return view


def _index(app: Flask, shop: WooShop) -> None:
    @app.get("/wp-json/")
    def index() -> Response:
        """What the site says of itself to anybody; its zone is told here alone."""
        return answer(index_of(shop))


def _addresses(app: Flask, shop: WooShop, resource: Resource) -> None:
    desk, base = Desk(shop, resource), f"{API}/{resource.name}"

    def many() -> Response:
        if request.method in READING:
            allow(shop, "list")
            page = desk.list(request.args.to_dict())
            fields = request.args.get("_fields", "")
            return answer([trimmed(one, fields) for one in page.records], headers=page.headers)
        allow(shop, "create")
        made = desk.create(body_of())
        return answer(made, 201, {"Location": f"{desk.address}/{made['id']}"})

    def one(id_: int) -> Response:
        if request.method in READING:
            allow(shop, "view")
            return answer(trimmed(desk.one(id_), request.args.get("_fields", "")))
        if request.method == "DELETE":
            allow(shop, "delete")
            force = str(body_of().get("force", "")).lower() in {"1", "true"}
            return answer(desk.delete(id_, force=force))
        allow(shop, "edit")
        return answer(desk.change(id_, body_of()))

    def batch() -> Response:
        allow(shop, "batch")
        return answer(desk.batch(body_of()))

    name, verbs = resource.name, ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app.add_url_rule(base, f"{name}", many, methods=["GET", "POST"])
    app.add_url_rule(f"{base}/<int:id_>", f"{name} one", one, methods=verbs)
    app.add_url_rule(f"{base}/batch", f"{name} batch", batch, methods=["POST", "PUT", "PATCH"])


def _variations(app: Flask, shop: WooShop) -> None:
    """They lie under their product, and are listed in the order of its menu."""
    base = f"{API}/products/<int:product>/variations"
    listing = Listing(order=("id", "asc"))

    @app.get(base)
    def variations(product: int) -> Response:
        allow(shop, "list")
        found = woo_goods.variations_of(shop, _there(shop, "product", product)["id"])
        url = f"{shop.url}{request.path}"
        page = page_of(found, listing, request.args.to_dict(), url, shop.url)
        fields = request.args.get("_fields", "")
        return answer([trimmed(one, fields) for one in page.records], headers=page.headers)

    @app.route(f"{base}/<int:id_>", methods=["GET", "PUT", "POST", "PATCH"])
    def variation(product: int, id_: int) -> Response:
        allow(shop, "view" if request.method in READING else "edit")
        found = shop.get("woo_variation", id_)
        if found is None or found["parent_id"] != product:
            raise no_such("product_variation")
        if request.method not in READING:
            found = woo_goods.change_variation(shop, found, body_of())
        return answer(found)


def _refunds(app: Flask, shop: WooShop) -> None:
    base = f"{API}/orders/<int:order>/refunds"

    @app.get(base)
    def refunds(order: int) -> Response:
        allow(shop, "list")
        id_ = _there(shop, "order", order)["id"]
        found = [one for one in shop.all("woo_refund") if one["parent_id"] == id_]
        url = f"{shop.url}{request.path}"
        page = page_of(found, Listing(), request.args.to_dict(), url, shop.url)
        return answer(page.records, headers=page.headers)


def _there(shop: WooShop, noun: str, id_: int) -> Record:
    found = shop.get(f"woo_{noun}", id_)
    if found is None:
        raise no_such("shop_order" if noun == "order" else noun)
    return found


def _plain_addresses(app: Flask, shop: WooShop) -> None:
    @app.before_request
    def without_pretty_permalinks() -> Response | None:
        """`?rest_route=` finds the routes, but keys count only under /wp-json/."""
        if request.args.get("rest_route") == "/":
            return answer(index_of(shop))
        if request.args.get("rest_route", "").startswith("/wc/"):
            return answer(not_allowed("list").shown(), 401)
        if request.path.startswith("/wp-json") and not shop.site("permalinks"):
            return Response("<h1>Not Found</h1>", 404, content_type="text/html; charset=UTF-8")
        return None


def _troubles(app: Flask, faults: FaultScript) -> None:
    @app.before_request
    def ordered_trouble() -> Response | None:
        fault = faults.take("woo", request.path) if request.path.startswith("/wp-json") else None
        if fault is None:
            return None
        time.sleep(fault.seconds)
        if fault.what != "reply":
            return None
        wait = {"Retry-After": fault.text} if fault.code == 429 and fault.text.isdecimal() else None
        return Response(fault.text, fault.code, wait)

    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> Response:
        return answer(refusal.shown(), refusal.status)

    @app.errorhandler(HTTPException)
    def not_there(error: HTTPException) -> Response | HTTPException:
        if request.path.startswith("/wp-json") and (
            isinstance(error, NotFound) or error.code == 405
        ):
            return answer(no_route().shown(), 404)
        return error
