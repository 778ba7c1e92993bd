"""Shopify's webhooks: is it really from Shopify, and what does it tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.base import BadSignature, MalformedWebhook, Webhook
from connectors.fields import payload
from connectors.shopify import signatures
from connectors.shopify.mapping import carts, customers, fields, orders, parcels, products, store
from connectors.shopify.mapping.fields import Mapper, Telling
from connectors.shopify.mapping.store import naming_the_store
from marketing.events import EventName
from marketing.model import Change

OLD_HEADERS = "x-shopify-"
NEW_HEADERS = "shopify-"
"""The prefix of Shopify's newer "Events" deliveries."""

TOPICS: dict[str, tuple[EventName, Mapper]] = {
    "app/uninstalled": (EventName.STORE_UNINSTALLED, naming_the_store(store.uninstalled)),
    "app/scopes_update": (EventName.STORE_SCOPES_CHANGED, store.scopes),
    "shop/update": (EventName.STORE_UPDATED, store.profile),
    "shop/redact": (EventName.PRIVACY_REQUESTED, naming_the_store(store.redact)),
    "customers/redact": (EventName.PRIVACY_REQUESTED, naming_the_store(customers.redact)),
    "customers/data_request": (
        EventName.PRIVACY_REQUESTED,
        naming_the_store(customers.data_request),
    ),
    "customers/create": (EventName.CUSTOMER_CREATED, customers.customer),
    "customers/update": (EventName.CUSTOMER_UPDATED, customers.customer),
    "customers/delete": (EventName.CUSTOMER_DELETED, customers.deleted),
    "customers/merge": (EventName.CUSTOMER_DELETED, customers.merged),
    "customer.tags_added": (EventName.CUSTOMER_TAGGED, customers.tags_added),
    "customer.tags_removed": (EventName.CUSTOMER_UNTAGGED, customers.tags_removed),
    "customers/purchasing_summary": (EventName.CUSTOMER_UPDATED, customers.purchasing_summary),
    "customers_email_marketing_consent/update": (
        EventName.CUSTOMER_UPDATED,
        customers.email_consent,
    ),
    "customers_marketing_consent/update": (EventName.CUSTOMER_UPDATED, customers.sms_consent),
    "carts/create": (EventName.CART_CREATED, carts.cart),
    "carts/update": (EventName.CART_UPDATED, carts.cart),
    "checkouts/create": (EventName.CART_CREATED, carts.cart),
    "checkouts/update": (EventName.CART_UPDATED, carts.cart),
    "checkouts/delete": (EventName.CART_DELETED, carts.deleted),
    "orders/create": (EventName.ORDER_PLACED, orders.order),
    "orders/updated": (EventName.ORDER_UPDATED, orders.order),
    "orders/paid": (EventName.ORDER_PAID, orders.order),
    "orders/cancelled": (EventName.ORDER_CANCELLED, orders.order),
    "orders/fulfilled": (EventName.ORDER_FULFILLED, orders.order),
    "refunds/create": (EventName.ORDER_REFUNDED, orders.refund),
    "fulfillments/create": (EventName.ORDER_UPDATED, parcels.parcel),
    "fulfillments/update": (EventName.ORDER_UPDATED, parcels.parcel),
    "fulfillment_events/create": (EventName.ORDER_UPDATED, parcels.carrier_word),
    "products/create": (EventName.PRODUCT_UPDATED, products.product),
    "products/update": (EventName.PRODUCT_UPDATED, products.product),
    "products/delete": (EventName.PRODUCT_DELETED, products.deleted),
    # A collection makes no news of its own: what it changes is its products.
    "collections/create": (EventName.PRODUCT_UPDATED, products.collection),
    "collections/update": (EventName.PRODUCT_UPDATED, products.collection),
    "collections/delete": (EventName.PRODUCT_UPDATED, products.collection_gone),
}
"""Every topic that tells us something; others are kept and ignored."""


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> Webhook:
    """Return the webhook, or raise `MalformedWebhook` (400) or `BadSignature` (401).

    `secrets` are the client secrets, the current one first; after a change of secret
    Shopify may sign with the previous one for an hour.
    """
    told = _read_headers(headers)
    if not signatures.signs_body(secrets, body, told.signature):
        raise BadSignature("the webhook's signature is missing or wrong")
    domain = signatures.shop_domain(told.domain)
    if domain is None:
        raise MalformedWebhook("the header names no store of Shopify's")
    return Webhook(
        id=told.id,
        topic=told.topic.lower(),
        store_domain=domain,
        body=body,
        event_id=told.event_id or None,
        triggered_at=fields.moment(told.triggered_at),
        api_version=told.api_version,
    )


@dataclass(frozen=True, slots=True)
class _Headers:
    id: str
    topic: str
    domain: str
    api_version: str
    signature: str
    event_id: str
    triggered_at: str


def _read_headers(headers: Mapping[str, str]) -> _Headers:
    by_name = {name.lower(): value for name, value in headers.items()}
    family = NEW_HEADERS if f"{NEW_HEADERS}hmac-sha256" in by_name else OLD_HEADERS
    told = _Headers(
        id=by_name.get(f"{family}webhook-id", "").strip(),
        topic=by_name.get(f"{family}topic", "").strip(),
        domain=by_name.get(f"{family}shop-domain", "").strip(),
        api_version=by_name.get(f"{family}api-version", "").strip(),
        signature=by_name.get(f"{family}hmac-sha256", ""),
        event_id=by_name.get(f"{family}event-id", "").strip(),
        triggered_at=by_name.get(f"{family}triggered-at", ""),
    )
    if not (told.id and told.topic and told.domain and told.api_version):
        raise MalformedWebhook("a required header is missing")
    return told


def parse(webhook: Webhook) -> list[Change]:
    """Translate a webhook into our words; empty for topics we ignore.

    Raises `UnreadableWebhook` for a body that cannot mean what its topic says.
    """
    if webhook.topic not in TOPICS:
        return []
    name, mapper = TOPICS[webhook.topic]
    return mapper(payload(webhook.body), _telling(webhook, name))


def _telling(webhook: Webhook, name: EventName) -> Telling:
    at = webhook.triggered_at or webhook.received_at or datetime.now(UTC)
    return Telling(name, webhook.store_domain, at, webhook.store_currency)
