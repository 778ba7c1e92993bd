"""The store's hooks to us: made where they are missing, woken where WooCommerce gave them up.

It gives a hook up after seven failures in a row, and tells nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.base import Credentials, StoreRefused
from connectors.woocommerce.client import RestClient
from connectors.woocommerce.mapping import fields
from connectors.woocommerce.webhooks import HOOKS
from marketing.model import JsonObject

NAME = "Reprise"
MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found and done: hooks that had been given up, and hooks that were missing."""

    revived: int = 0
    made: int = 0


def keep(client: RestClient, credentials: Credentials, delivery_url: str, secret: str) -> Kept:
    """See that all our hooks are there, are active, and sign with this secret.

    The secret can be written but never read: it is told anew each time, so that a change of
    our keys reaches the store within the hour.
    """
    ours = [one for one in _every(client, credentials) if one.get("delivery_url") == delivery_url]
    by_topic: dict[str, JsonObject] = {}
    doubles: list[str] = []
    for one in ours:
        topic, own_id = str(one.get("topic")), fields.identifier(one.get("id"))
        if own_id is None:
            continue
        if topic in by_topic or topic not in HOOKS:
            doubles.append(own_id)
        else:
            by_topic[topic] = one
    for topic in HOOKS:
        if topic in by_topic:
            told = {"status": "active", "secret": secret}
            client.call(credentials, "put", f"webhooks/{by_topic[topic]['id']}", data=told)
        else:
            _make(client, credentials, topic, delivery_url, secret)
    _remove(client, credentials, doubles)
    lost = [one for one in by_topic.values() if one.get("status") != "active"]
    return Kept(revived=len(lost), made=len(HOOKS) - len(by_topic))


def _make(
    client: RestClient, credentials: Credentials, topic: str, delivery_url: str, secret: str
) -> None:
    told = {
        "name": f"{NAME}: {topic}",
        "topic": topic,
        "delivery_url": delivery_url,
        "secret": secret,
        "status": "active",
    }
    client.call(credentials, "post", "webhooks", data=told)


def remove(client: RestClient, credentials: Credentials, delivery_url: str) -> None:
    """Take all our hooks out of the store."""
    ours = [one for one in _every(client, credentials) if one.get("delivery_url") == delivery_url]
    _remove(client, credentials, [str(one["id"]) for one in ours if one.get("id")])


def _remove(client: RestClient, credentials: Credentials, ids: Sequence[str]) -> None:
    for one in ids:
        try:
            client.call(credentials, "delete", f"webhooks/{one}", params={"force": "true"})
        except StoreRefused:
            continue  # gone already


def _every(client: RestClient, credentials: Credentials) -> list[JsonObject]:
    found: list[JsonObject] = []
    for number in range(1, MOST_PAGES + 1):
        asked = {"per_page": 100, "page": number, "_fields": "id,topic,status,delivery_url"}
        rows = fields.records(client.get(credentials, "webhooks", asked).json())
        found += rows
        if len(rows) < 100:
            break
    return found
