"""What flows tell others through the outbox: the store's people, programs, the platform."""

from datetime import datetime

from connectors.base import StoreRefused
from jobs import access, endpoint_calls
from jobs.runtime import Runtime
from jobs.staff_mail import mail_staff
from marketing.flow import Act, CallWebhook, NotifyStaff
from marketing.hand_over import HandOver
from marketing.model import ChannelName, CustomerKey, JsonObject
from storage import Connection, facts, flows, mirror_customers, stores
from storage.database import business_now
from storage.facts import About
from storage.outbox import Call

TOLD = ("customer.external_id", "customer.email", "customer.first_name", "customer.last_name",
        "customer.tags", "cart.external_id", "cart.store_total", "order.external_id",
        "order.name", "order.store_total")  # fmt: skip
"""What a program is told of the customer, the cart and the order."""


def write_tags(runtime: Runtime, call: Call) -> bool:
    """Tell the platform of tags; nothing for a customer who is gone."""
    payload = call.payload
    with runtime.database.reading() as connection:
        whose = mirror_customers.answer(
            connection, call.store_id, payload["customer_id"], ChannelName.EMAIL
        )
    if whose is not None:
        key: CustomerKey = whose.key
        access.calling(
            runtime,
            call.store_id,
            lambda store, token: store.write_tags(token, key, payload["add"], payload["remove"]),
        )
    return False


def notify_staff(runtime: Runtime, call: Call) -> bool:
    """Write to the store's own address; a crash on the way may do so twice, never not at all."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
        step = _step(connection, call)
        told = _told(connection, call)
    if store is None or not isinstance(step, NotifyStaff | HandOver) or not store.email:
        return False
    who = told["customer"] or {}
    name = " ".join(part for part in (who.get("first_name"), who.get("last_name")) if part)
    text = f"{step.text}\n\n--\n{name or 'A customer'} <{who.get('email') or 'no address'}>"
    mail_staff(runtime, call, store, store.email, step.subject, text)
    return False


def call_webhook(runtime: Runtime, call: Call) -> bool:
    """Tell a program that a customer came to a step; the same id on every try.

    Five calls in a row that failed for good, each after all its tries, or an answer of 410
    switch the address off; publishing a flow that names it switches it on again.
    """
    with runtime.database.reading() as connection:
        step = _step(connection, call)
        told = _told(connection, call)
    if not isinstance(step, CallWebhook):
        raise StoreRefused("the step is no longer there")
    payload: JsonObject = {
        "type": "flow.step_reached",
        "timestamp": call.payload["at"],
        "data": {
            "flow_id": call.payload["flow_id"],
            "enrollment_id": call.payload["enrollment_id"],
            "step": call.payload["step"],
            "event": call.payload["event"],
            **told,
        },
    }
    endpoint_calls.post(runtime, call, step.url, payload)
    return False


def _step(connection: Connection, call: Call) -> Act | None:
    key = (call.store_id, call.payload["version_id"])
    version = flows.versions(connection, [key]).get(key)
    found = version.flow.steps_by_id.get(call.payload["step"]) if version else None
    return found if isinstance(found, NotifyStaff | HandOver | CallWebhook) else None


def _told(connection: Connection, call: Call) -> JsonObject:
    payload = call.payload
    about = About(payload["customer_id"], payload["cart_id"], payload["order_id"])
    now = business_now(connection)
    values = facts.values_of(connection, call.store_id, [about], TOLD, now)[about]
    return {noun: _plain(values[noun]) for noun in ("customer", "cart", "order")}


def _plain(row: JsonObject | None) -> JsonObject | None:
    if row is None:
        return None
    return {
        str(name): value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
