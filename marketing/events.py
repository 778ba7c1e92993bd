"""The event names: `noun.past_verb`, and what each carries in its data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventName(StrEnum):
    """What can happen to a customer; a flow's trigger and exit name these."""

    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_UPDATED = "customer.updated"
    CUSTOMER_DELETED = "customer.deleted"
    CUSTOMER_SUBSCRIBED = "customer.subscribed"
    CUSTOMER_UNSUBSCRIBED = "customer.unsubscribed"
    CUSTOMER_TAGGED = "customer.tagged"
    CUSTOMER_UNTAGGED = "customer.untagged"
    CART_CREATED = "cart.created"
    CART_UPDATED = "cart.updated"
    CART_COMPLETED = "cart.completed"
    CART_DELETED = "cart.deleted"
    CART_ABANDONED = "cart.abandoned"
    """Derived: {cart_id, idle_seconds, store_total}."""
    CART_RESTORED = "cart.restored"
    ORDER_PLACED = "order.placed"
    """{order_id, name, store_total, attributed_to?}."""
    ORDER_UPDATED = "order.updated"
    ORDER_PAID = "order.paid"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_FULFILLED = "order.fulfilled"
    ORDER_REFUNDED = "order.refunded"
    PRODUCT_UPDATED = "product.updated"
    PRODUCT_DELETED = "product.deleted"
    STORE_UPDATED = "store.updated"
    STORE_UNINSTALLED = "store.uninstalled"
    STORE_SCOPES_CHANGED = "store.scopes_changed"
    PRIVACY_REQUESTED = "privacy.requested"
    MESSAGE_SENT = "message.sent"
    MESSAGE_OPENED = "message.opened"
    MESSAGE_CLICKED = "message.clicked"
    MESSAGE_BOUNCED = "message.bounced"
    FLOW_ENTERED = "flow.entered"
    """{flow_id, enrollment_id, trigger_key}."""
    FLOW_SKIPPED = "flow.skipped"
    """{flow_id, trigger_key, reason}: a trigger that let nobody in, and why."""
    FLOW_ENDED = "flow.ended"
    """{flow_id, enrollment_id, reason}."""


@dataclass(frozen=True, slots=True)
class News:
    """Something new that happened in one store, as `enroll` hears of it: each once.

    `data` is what the event keeps: ids of ours, names and sums, nothing personal.
    """

    name: EventName
    occurred_at: datetime
    customer_id: str | None = None
    cart_id: str | None = None
    order_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
