"""What flows tell others through the outbox: the store's people, programs, the platform."""

import time
from datetime import datetime
from email.utils import make_msgid, parseaddr
from html import escape

from channels.base import SendFailed
from connectors.apps import webhooks
from connectors.base import StoreError, StoreRefused, StoreUnavailable
from jobs import access
from jobs.runtime import Runtime
from marketing.flow import Act, CallWebhook, NotifyStaff
from marketing.hand_over import HandOver
from marketing.model import ChannelName, CustomerKey, JsonObject, RenderedMessage
from storage import Connection, endpoints, facts, flows, mirror_customers, outbox, stores
from storage.database import business_now, real_now
from storage.facts import About
from storage.outbox import Call

LINE_END = chr(10)
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
    sender = parseaddr(runtime.settings.mail_from)[1]
    text = f"{step.text}\n\n--\n{name or 'A customer'} <{who.get('email') or 'no address'}>"
    message = RenderedMessage(
        message_id=call.id,
        channel=ChannelName.EMAIL,
        to=store.email,
        to_name=store.name,
        sender=sender,
        sender_name="Reprise",
        subject=step.subject,
        html=f"<p>{escape(text).replace(LINE_END, '<br>')}</p>",
        text=text,
        headers={"Message-ID": make_msgid(call.id, sender.rpartition("@")[2] or "localhost")},
    )
    for _, outcome in runtime.channels[ChannelName.EMAIL].send_many([message]):
        if isinstance(outcome, SendFailed):
            raise StoreUnavailable(f"the mail to {store.email} did not go: {outcome.reason}")
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
    _post(runtime, call, step.url, payload)
    return False


def _post(runtime: Runtime, call: Call, url: str, payload: JsonObject) -> None:
    """Call an address that is not switched off, and count what failed for good."""
    store_id = call.store_id
    with runtime.database.reading() as connection:
        since = endpoints.off_since(connection, store_id, url)
    if since is not None:
        raise StoreRefused(f"not called since {since.isoformat()}: {url} failed again and again")
    try:
        webhooks.post(
            url,
            payload,
            message_id=f"msg_{call.id}",
            secret=runtime.secrets.webhook_secret(store_id),
            timestamp=int(time.time()),
            may_be_local=runtime.settings.demo,
        )
    except StoreError as error:
        if not error.retryable or call.attempts >= outbox.MOST_ATTEMPTS:
            is_gone = isinstance(error, webhooks.EndpointGone)
            runtime.database.write(
                lambda c: endpoints.failed(c, store_id, url, real_now(c), is_gone=is_gone)
            )
        raise
    runtime.database.write(lambda c: endpoints.worked(c, store_id, url))


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
