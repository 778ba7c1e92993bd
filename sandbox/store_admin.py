"""The store admin: what the merchant sees around the app, and the buttons that play Shopify."""

from pathlib import Path

from flask import Flask, Response, abort, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from sandbox import dns_host, money, session, shopping
from sandbox.admin_actions import create_actions
from sandbox.admin_api import create_admin_api
from sandbox.admin_doors import create_doors
from sandbox.guard import guard
from sandbox.state import Record
from sandbox.storefront_api import create_storefront_api
from sandbox.theme_editor import editor_pages
from sandbox.token_endpoint import create_oauth
from sandbox.world import SAMPLE_SHOP, STRANGER_SHOP, World

_STATIC = Path(__file__).parent / "static"


def create_store_admin(world: World) -> Flask:
    """Every door of the store admin's port."""
    app = Flask(__name__)
    guard(app)
    app.register_blueprint(create_doors(world))
    app.register_blueprint(create_oauth(world))
    app.register_blueprint(create_admin_api(world))
    app.register_blueprint(create_storefront_api(world))
    app.register_blueprint(create_actions(world))
    app.add_template_filter(money.shown, "money")
    app.context_processor(lambda: {"world": world, "shops": (SAMPLE_SHOP, STRANGER_SHOP)})
    _frame(app, world)
    _lists(app, world)
    _dns(app, world)
    editor_pages(app, world)
    return app


def _frame(app: Flask, world: World) -> None:
    @app.get("/")
    def index() -> AnyResponse:
        return redirect(f"/shops/{SAMPLE_SHOP}/apps/{world.client.id}")

    @app.get("/app-bridge.js")
    def bridge() -> Response:
        script = send_file(_STATIC / "app-bridge.js", mimetype="text/javascript")
        script.headers["Cache-Control"] = "no-cache"
        return script

    @app.get("/shops/<shop>/apps/<key>")
    @app.get("/shops/<shop>/admin/apps/<key>")
    @app.get("/shops/<shop>/apps/<key>/<path:rest>")
    def app_page(shop: str, key: str, rest: str = "") -> str | AnyResponse:
        record = _known(world, shop)
        if key != world.client.id:
            abort(404)
        if not world.is_installed(shop):
            return redirect(f"/shops/{shop}/admin/oauth/install?client_id={world.client.id}")
        # A deep link of the admin is one of the app: what follows its name goes along.
        named = rest.removeprefix("panel/")
        place = f"/panel/{named}" if named else "/shopify"
        query = session.load_query(world, shop, request.args.to_dict())
        source = f"{world.app_url}{place}?{query}"
        return render_template("app.html", shop=record, source=source, active="app")


def _lists(app: Flask, world: World) -> None:
    @app.get("/shops/<shop>")
    @app.get("/shops/<shop>/admin")
    def home(shop: str) -> str:
        record = _known(world, shop)
        counts = {
            k: world.state.count(shop, k) for k in ("order", "customer", "product", "discount")
        }
        install = world.state.get(shop, "install", "app")
        return render_template(
            "home.html", shop=record, counts=counts, install=install, active="home",
            faults=world.faults.listing(),
        )  # fmt: skip

    @app.get("/shops/<shop>/orders")
    def orders(shop: str) -> str:
        record = _known(world, shop)
        found = sorted(world.state.all(shop, "order"), key=_newest, reverse=True)
        people = {p["id"]: p for p in world.state.all(shop, "customer")}
        return render_template(
            "orders.html", shop=record, orders=found, people=people, active="orders"
        )

    @app.get("/shops/<shop>/customers")
    def customers(shop: str) -> str:
        record = _known(world, shop)
        found = sorted(world.state.all(shop, "customer"), key=_changed, reverse=True)
        return render_template(
            "customers.html", shop=record, customers=found, active="customers",
            spent=_spent(world, shop),
        )  # fmt: skip

    @app.get("/shops/<shop>/products")
    def products(shop: str) -> str:
        record = _known(world, shop)
        found = world.state.all(shop, "product")
        return render_template("products.html", shop=record, products=found, active="products")

    @app.get("/shops/<shop>/discounts")
    def discounts(shop: str) -> str:
        record = _known(world, shop)
        found = sorted(world.state.all(shop, "discount"), key=_newest, reverse=True)
        return render_template("discounts.html", shop=record, discounts=found, active="discounts")

    @app.get("/shops/<shop>/carts")
    def carts(shop: str) -> str:
        record = _known(world, shop)
        found = sorted(world.state.all(shop, "checkout"), key=_changed, reverse=True)
        links = {c["token"]: shopping.recover_url(world, shop, c) for c in found}
        return render_template(
            "carts.html", shop=record, checkouts=found, links=links, active="carts"
        )

    @app.get("/shops/<shop>/webhooks")
    def webhooks(shop: str) -> str:
        record = _known(world, shop)
        return render_template(
            "webhooks.html", shop=record, active="webhooks",
            deliveries=world.outbox.listing(shop, 200), held=bool(world.state.setting("hold")),
        )  # fmt: skip


def _dns(app: Flask, world: World) -> None:
    def page(shop: str, problem: str = "") -> str:
        return render_template(
            "dns.html", shop=_known(world, shop), active="dns", problem=problem,
            typed=request.form, records=dns_host.records(world.state),
        )  # fmt: skip

    @app.get("/shops/<shop>/dns")
    def dns(shop: str) -> str:
        return page(shop)

    @app.post("/shops/<shop>/dns")
    def add(shop: str) -> AnyResponse | tuple[str, int]:
        _known(world, shop)
        try:
            dns_host.add(world.state, request.form.get("name", ""), request.form.get("text", ""))
        except dns_host.BadRecord as problem:
            return page(shop, str(problem)), 400
        return redirect(f"/shops/{shop}/dns", 303)

    @app.post("/shops/<shop>/dns/remove")
    def remove(shop: str) -> AnyResponse:
        _known(world, shop)
        dns_host.remove(world.state, request.form.get("name", ""), request.form.get("text", ""))
        return redirect(f"/shops/{shop}/dns", 303)


def _known(world: World, shop: str) -> Record:
    return world.shop(shop) or abort(404)


def _newest(record: Record) -> str:
    return str(record["created_at"])


def _changed(record: Record) -> str:
    return str(record["updated_at"])


def _spent(world: World, shop: str) -> dict[int, tuple[int, str]]:
    """Orders and dollars of each customer."""
    spent: dict[int, tuple[int, str]] = {}
    for order in world.state.all(shop, "order"):
        count, total = spent.get(order["customer_id"], (0, "0"))
        spent[order["customer_id"]] = (
            count + 1, f"{float(total) + float(order['totals']['total']):.2f}"
        )  # fmt: skip
    return spent
