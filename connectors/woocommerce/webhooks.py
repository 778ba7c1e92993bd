"""WooCommerce's hooks and the plugin's signals: are they the store's own, and what do they tell.

The app's door finds the store by the key in the address and says so in two headers of its own,
over whatever came; the tenant is the store whose secret signed, never `X-WC-Webhook-Source`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.base import BadSignature, MalformedWebhook, Webhook
from connectors.fields import payload
from connectors.woocommerce import secrets
from connectors.woocommerce.mapping import carts, customers, orders, products, visits
from connectors.woocommerce.mapping.fields import Mapper, Telling
from marketing.events import EventName
from marketing.model import Change

STORE_KEY = "X-Reprise-Store-Key"
STORE_DOMAIN = "X-Reprise-Store-Domain"
PLUGIN = "reprise"
"""The plugin's `X-WC-Webhook-ID`: its delivery id is the same when it tries again."""
HOOKS = (
    "order.created", "order.updated", "order.deleted", "order.restored",
    "product.created", "product.updated", "product.deleted", "product.restored",
    "customer.created", "customer.updated", "customer.deleted",
)  # fmt: skip
"""The hooks we want of each store."""

TOPICS: dict[str, tuple[EventName, Mapper]] = {
    "order.created": (EventName.ORDER_UPDATED, orders.order),
    "order.updated": (EventName.ORDER_UPDATED, orders.order),
    "order.restored": (EventName.ORDER_UPDATED, orders.order),
    "order.deleted": (EventName.ORDER_UPDATED, orders.deleted),
    "product.created": (EventName.PRODUCT_UPDATED, products.product),
    "product.updated": (EventName.PRODUCT_UPDATED, products.product),
    "product.restored": (EventName.PRODUCT_UPDATED, products.product),
    "product.deleted": (EventName.PRODUCT_DELETED, products.deleted),
    "customer.created": (EventName.CUSTOMER_UPDATED, customers.customer),
    "customer.updated": (EventName.CUSTOMER_UPDATED, customers.customer),
    "customer.deleted": (EventName.CUSTOMER_DELETED, customers.deleted),
    "reprise.cart.updated": (EventName.CART_UPDATED, carts.snapshot),
    "reprise.visit": (EventName.PRODUCT_VIEWED, visits.visit),
    "reprise.consent": (EventName.CUSTOMER_SUBSCRIBED, customers.consent),
    "reprise.privacy.erase": (EventName.PRIVACY_REQUESTED, customers.erase),
    "reprise.privacy.export": (EventName.PRIVACY_REQUESTED, customers.export),
    "reprise.uninstalled": (EventName.STORE_UNINSTALLED, customers.uninstalled),
}
"""Every topic that tells us something; others are kept and ignored."""


@dataclass(frozen=True, slots=True)
class _Headers:
    id: str
    delivery_id: str
    topic: str
    store_key: str
    domain: str
    signature: str


def is_ping(body: bytes) -> bool:
    """Tell the unsigned `webhook_id=1` that a store sends when a hook is made."""
    return body.startswith(b"webhook_id=") and body[11:].isdigit() and len(body) < 40


def verify(app_keys: Sequence[str], headers: Mapping[str, str], body: bytes) -> Webhook:
    """Return the webhook, or raise `MalformedWebhook` (400) or `BadSignature` (401).

    Its id is a hash over hook, delivery and body: WooCommerce gives two deliveries within a
    second the same delivery id.
    """
    told = _read_headers(headers)
    if not secrets.signs(secrets.store_secrets(app_keys, told.store_key), body, told.signature):
        raise BadSignature("the webhook's signature is missing or wrong")
    return Webhook(
        id=_key(told, body),
        topic=told.topic.lower(),
        store_domain=told.domain,
        body=body,
    )


def _key(told: _Headers, body: bytes) -> str:
    named = f"{told.id}\n{told.delivery_id}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(named + body).hexdigest()


def _read_headers(headers: Mapping[str, str]) -> _Headers:
    by_name = {name.lower(): value.strip() for name, value in headers.items()}
    told = _Headers(
        id=by_name.get("x-wc-webhook-id", ""),
        delivery_id=by_name.get("x-wc-webhook-delivery-id", ""),
        topic=by_name.get("x-wc-webhook-topic", ""),
        store_key=by_name.get(STORE_KEY.lower(), ""),
        domain=by_name.get(STORE_DOMAIN.lower(), ""),
        signature=by_name.get("x-wc-webhook-signature", ""),
    )
    if not (told.id and told.delivery_id and told.topic and told.store_key and told.domain):
        raise MalformedWebhook("a required header is missing")
    return told


def parse(webhook: Webhook, home: str) -> list[Change]:
    """Translate a webhook into our words; empty for topics we ignore.

    Raises `UnreadableWebhook` for a body that cannot mean what its topic says.
    """
    if webhook.topic not in TOPICS:
        return []
    name, mapper = TOPICS[webhook.topic]
    at = webhook.triggered_at or webhook.received_at or datetime.now(UTC)
    return mapper(payload(webhook.body), Telling(name, home, at, webhook.store_currency))
