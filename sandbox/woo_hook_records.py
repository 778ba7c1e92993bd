"""Webhooks as REST resources: made, changed, taken up again after they were disabled."""

import secrets
import string
from urllib.parse import urlsplit

from sandbox.state import Record
from sandbox.woo_collections import Arguments, Listing
from sandbox.woo_hooks import is_topic
from sandbox.woo_refusals import Refused, bad_parameter
from sandbox.woo_resources import Resource
from sandbox.woo_shop import WooShop

STATUSES = ("active", "paused", "disabled")
_LETTERS = string.ascii_letters + string.digits + "!@#$%^&*()"
_UNTOLD = {"secret", "failures"}


def resources(shop: WooShop) -> list[Resource]:
    """Give the webhooks; their secret can be written and never read."""
    return [
        Resource(
            "webhooks", "woo_webhook", "shop_webhook", _shown,
            create=lambda body: create(shop, body),
            change=lambda hook, body: change(shop, hook, body),
            remove=lambda hook: shop.drop("woo_webhook", hook["id"]), listing=Listing(_narrowed),
        )
    ]  # fmt: skip


def _shown(hook: Record) -> Record:
    return {name: value for name, value in hook.items() if name not in _UNTOLD}


def _narrowed(records: list[Record], asked: Arguments) -> list[Record]:
    status = asked.get("status") or "all"
    return [one for one in records if status in {"all", one["status"]}]


def create(shop: WooShop, body: Record) -> Record:
    """Make a webhook and ping its address; what it answers stops nothing."""
    topic, address = str(body.get("topic", "")), str(body.get("delivery_url", ""))
    now = shop.now()
    resource, _, event = topic.partition(".")
    record: Record = {
        "id": shop.next_id("webhook"), "name": body.get("name") or f"Webhook created on {now:%c}",
        "status": _status(body.get("status", "active")), "topic": _topic(topic),
        "resource": resource, "event": event, "hooks": [],
        "delivery_url": _address(address), **shop.stamps("created", now),
        **shop.stamps("modified", now), "secret": body.get("secret") or _new_secret(),
        "failures": 0,
    }  # fmt: skip
    shop.put("woo_webhook", record)
    shop.hooks.ping(record)
    return record


def change(shop: WooShop, hook: Record, body: Record) -> Record:
    """Change a webhook; to make it active again forgets its failures."""
    given = {name: body[name] for name in ("name", "secret") if body.get(name)}
    if "topic" in body:
        resource, _, event = str(body["topic"]).partition(".")
        given |= {"topic": _topic(str(body["topic"])), "resource": resource, "event": event}
    if "delivery_url" in body:
        given["delivery_url"] = _address(str(body["delivery_url"]))
    status = _status(body.get("status", hook["status"]))
    if status == "active" != hook["status"]:
        given["failures"] = 0
    record = {**hook, **given, "status": status, **shop.stamps("modified", shop.now())}
    return shop.put("woo_webhook", record)


def _topic(topic: str) -> str:
    if not is_topic(topic):
        words = "Webhook topic must be valid."
        raise Refused("woocommerce_rest_shop_webhook_invalid_topic", words, 400)
    return topic


def _address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        words = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise Refused("woocommerce_rest_shop_webhook_invalid_delivery_url", words, 400)
    return address


def _status(status: object) -> str:
    if status not in STATUSES:
        words = f"status is not one of {', '.join(STATUSES)}."
        raise bad_parameter("status", words, "rest_not_in_enum")
    return str(status)


def _new_secret() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(50))
