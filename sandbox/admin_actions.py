"""The buttons of the store admin: refunds, consent, privacy, webhooks, the app itself."""

from decimal import Decimal, InvalidOperation

from flask import Blueprint, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import goods, orders, payloads, people
from sandbox.state import Record
from sandbox.world import World


def create_actions(world: World) -> Blueprint:
    """POST `/shops/<shop>/...`: each does one thing and goes back to its page."""
    doors = Blueprint("actions", __name__, url_prefix="/shops/<shop>")
    _orders(doors, world)
    _customers(doors, world)
    _privacy(doors, world)
    _products(doors, world)
    _webhooks(doors, world)
    _app(doors, world)
    return doors


def _back(page: str) -> AnyResponse:
    return redirect(f"/shops/{(request.view_args or {})['shop']}/{page}", 303)


def _record(world: World, shop: str, kind: str, id_: object) -> Record:
    return world.state.get(shop, kind, id_) or abort(404)


def _orders(doors: Blueprint, world: World) -> None:
    @doors.post("/orders/<int:id_>/refund")
    def refund(shop: str, id_: int) -> AnyResponse:
        try:
            amount = Decimal(request.form["amount"]) if request.form.get("amount") else None
        except InvalidOperation:
            abort(400, "an amount is a number")
        orders.refund(world, shop, _record(world, shop, "order", id_), amount)
        return _back("orders")

    @doors.post("/orders/<int:id_>/cancel")
    def cancel(shop: str, id_: int) -> AnyResponse:
        orders.cancel(world, shop, _record(world, shop, "order", id_))
        return _back("orders")

    @doors.post("/orders/<int:id_>/fulfil")
    def fulfil(shop: str, id_: int) -> AnyResponse:
        number = request.form.get("tracking", "").strip()
        tracking = {"company": "UPS", "number": number} if number else None
        orders.fulfil(world, shop, _record(world, shop, "order", id_), tracking)
        return _back("orders")

    @doors.post("/orders/<int:id_>/deliver")
    def deliver(shop: str, id_: int) -> AnyResponse:
        orders.carry(world, shop, _record(world, shop, "order", id_), "delivered")
        return _back("orders")


def _customers(doors: Blueprint, world: World) -> None:
    @doors.post("/customers/<int:id_>/subscribe")
    def subscribe(shop: str, id_: int) -> AnyResponse:
        people.subscribe(world, shop, _record(world, shop, "customer", id_))
        return _back("customers")

    @doors.post("/customers/<int:id_>/unsubscribe")
    def unsubscribe(shop: str, id_: int) -> AnyResponse:
        people.unsubscribe(world, shop, _record(world, shop, "customer", id_))
        return _back("customers")

    @doors.post("/customers/<int:id_>/tag")
    def tag(shop: str, id_: int) -> AnyResponse:
        person, name = _record(world, shop, "customer", id_), request.form.get("tag", "").strip()
        if name:
            people.tag(world, shop, person, [name], add=name not in person["tags"])
        return _back("customers")

    @doors.post("/customers/<int:id_>/texts")
    def texts(shop: str, id_: int) -> AnyResponse:
        state = "subscribed" if request.form.get("on") == "1" else "unsubscribed"
        people.allow_texts(world, shop, _record(world, shop, "customer", id_), state)
        return _back("customers")

    @doors.post("/customers/<int:id_>/delete")
    def delete(shop: str, id_: int) -> AnyResponse:
        people.delete(world, shop, _record(world, shop, "customer", id_))
        return _back("customers")


def _privacy(doors: Blueprint, world: World) -> None:
    @doors.post("/customers/<int:id_>/data-request")
    def data_request(shop: str, id_: int) -> AnyResponse:
        person = _record(world, shop, "customer", id_)
        number = world.state.next_number("data_request", 9000)
        body = payloads.data_request(
            world.shop(shop) or {}, person, _orders_of(world, shop, id_), number
        )
        world.outbox.emit(shop, "customers/data_request", body)
        return _back("webhooks")

    @doors.post("/customers/<int:id_>/redact")
    def redact(shop: str, id_: int) -> AnyResponse:
        person = _record(world, shop, "customer", id_)
        body = payloads.customer_redact(
            world.shop(shop) or {}, person, _orders_of(world, shop, id_)
        )
        world.outbox.emit(shop, "customers/redact", body)
        return _back("webhooks")


def _orders_of(world: World, shop: str, customer: int) -> list[int]:
    return [o["id"] for o in world.state.all(shop, "order") if o["customer_id"] == customer]


def _products(doors: Blueprint, world: World) -> None:
    @doors.post("/products/<int:id_>/price")
    def price(shop: str, id_: int) -> AnyResponse:
        try:
            step = Decimal(request.form.get("step", "1"))
        except InvalidOperation:
            abort(400, "a step is a number")
        goods.raise_prices(world, shop, _record(world, shop, "product", id_), step)
        return _back("products")

    @doors.post("/products/<int:id_>/reduce")
    def reduce(shop: str, id_: int) -> AnyResponse:
        percent = min(max(request.form.get("percent", 20, type=int), 1), 90)
        goods.reduce(world, shop, _record(world, shop, "product", id_), percent)
        return _back("products")

    @doors.post("/products/<int:id_>/stock")
    def stock(shop: str, id_: int) -> AnyResponse:
        count = max(request.form.get("count", 0, type=int), 0)
        goods.stock(world, shop, _record(world, shop, "product", id_), count)
        return _back("products")

    @doors.post("/products/<int:id_>/show")
    def show(shop: str, id_: int) -> AnyResponse:
        on = request.form.get("on") == "1"
        goods.show(world, shop, _record(world, shop, "product", id_), on=on)
        return _back("products")

    @doors.post("/products/<int:id_>/again")
    def again(shop: str, id_: int) -> AnyResponse:
        goods.add(world, shop, _record(world, shop, "product", id_))
        return _back("products")


def _webhooks(doors: Blueprint, world: World) -> None:
    @doors.post("/webhooks/<int:id_>/push")
    def push(shop: str, id_: int) -> AnyResponse:
        copies = min(max(request.form.get("copies", 1, type=int), 1), 100)
        statuses = world.outbox.push(id_, copies) if world.shop(shop) else []
        if request.accept_mimetypes.best == "application/json":
            return jsonify(statuses=statuses)
        return _back("webhooks")

    @doors.post("/webhooks/hold")
    def hold(shop: str) -> AnyResponse:  # noqa: ARG001
        world.outbox.hold(on=request.form.get("on") == "1")
        return _back("webhooks")

    @doors.post("/webhooks/release")
    def release(shop: str) -> AnyResponse:  # noqa: ARG001
        world.outbox.hold(on=False)
        world.outbox.release(backwards=request.form.get("order") == "backwards")
        return _back("webhooks")


def _app(doors: Blueprint, world: World) -> None:
    @doors.post("/app/uninstall")
    def uninstall(shop: str) -> AnyResponse:
        record = world.shop(shop) or abort(404)
        world.uninstall(shop, payloads.shop(record), payloads.shop_redact(record))
        return redirect(f"/shops/{shop}", 303)

    @doors.post("/app/redact")
    def redact_shop(shop: str) -> AnyResponse:
        record = world.shop(shop) or abort(404)
        world.outbox.emit(shop, "shop/redact", payloads.shop_redact(record), by_hand=True)
        return _back("webhooks")

    @doors.post("/app/expire-tokens")
    def expire(shop: str) -> AnyResponse:
        world.desk.expire_access(shop)
        return redirect(f"/shops/{shop}", 303)

    @doors.post("/app/shop-update")
    def shop_update(shop: str) -> AnyResponse:
        record = world.shop(shop) or abort(404)
        record = world.state.put(shop, "shop", {**record, "updated_at": world.now()})
        world.emit(shop, "shop/update", payloads.shop(record))
        return _back("webhooks")
