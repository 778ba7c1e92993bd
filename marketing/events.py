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
    CUSTOMER_LAPSED = "customer.lapsed"
    """Derived: no order for the flow's own time. {days}."""
    CUSTOMER_REACHED = "customer.reached"
    """Derived: an order took the customer over a number of orders or a sum. {orders, spent}."""
    DATE_REACHED = "date.reached"
    """Derived: a date property, n days before or after. {property, date}."""
    SEGMENT_ENTERED = "segment.entered"
    """{segment_id}."""
    SEGMENT_LEFT = "segment.left"
    """{segment_id}."""
    PRODUCT_VIEWED = "product.viewed"
    """From the pixel: {product_id, variant_id?}; ids are the platform's."""
    PRODUCT_BROWSED = "product.browsed"
    """Derived: viewed, and no cart nor order since, for the flow's idle time. {product_id}."""
    CATEGORY_VIEWED = "category.viewed"
    """From the pixel: {category}."""
    CATEGORY_BROWSED = "category.browsed"
    """Derived, like `product.browsed`: {category}."""
    PRODUCT_ADDED = "product.added_to_cart"
    """From the pixel: {product_id, variant_id?, quantity}."""
    PRODUCT_WANTED = "product.wanted"
    """From the pixel: asked to be told when it is back, {product_id, variant_id?}."""
    CHECKOUT_STARTED = "checkout.started"
    """From the pixel: {}."""
    REVIEW_POSTED = "review.posted"
    """{product_id, rating, order_id?}."""
    PRODUCT_PUBLISHED = "product.published"
    """Told to whoever likes its category: {product_id, category}."""
    PRODUCT_RESTOCKED = "product.back_in_stock"
    """Told to whoever wanted it: {product_id, variant_id}."""
    PRODUCT_PRICE_DROPPED = "product.price_dropped"
    """Told to whoever looked at it or left it in a cart: {product_id, from, to}."""
    MESSAGE_RECEIVED = "message.received"
    """The customer wrote: {channel, kind, keyword?, payload?, referral?}. The words are the
    conversation's, not here."""
    QUESTION_ANSWERED = "question.answered"
    """The customer answered a flow's question: {flow_id, enrollment_id, step_id, channel, way}."""
    CUSTOM = "custom"
    """Told by another program through the public door: {name, properties}."""
    MANUAL = "manual"
    """Somebody enrolled the customer by hand or through the public door: {}."""
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
    ORDER_DELIVERED = "order.delivered"
    """The carrier says so, else derived: fulfilled, and the merchant's transit days over."""
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
    CONVERSATION_HANDED_OVER = "conversation.handed_over"
    """A person talks with the customer from now on: {by, who?, rule?}."""
    CONVERSATION_HANDED_BACK = "conversation.handed_back"
    """Flows write to them again: {by, who?, rule?}."""
    CONVERSATION_LEFT = "conversation.left"
    """Meta's own inbox, or another app, has it on that channel from now on: {channel, reason}."""
    CONVERSATION_RETURNED = "conversation.returned"
    """It is ours there again: {channel}."""
    IDENTITY_JOINED = "identity.joined"
    """What was written by a chat id is the customer's, as was proven: {channel, by}."""
    IDENTITY_SPLIT = "identity.split"
    """It is not after all, somebody of the store said: {channel, by}."""
    FLOW_ENTERED = "flow.entered"
    """{flow_id, enrollment_id, trigger_key}."""
    FLOW_SKIPPED = "flow.skipped"
    """{flow_id, trigger_key, reason}: a trigger that let nobody in, and why."""
    FLOW_ENDED = "flow.ended"
    """{flow_id, enrollment_id, reason}."""


UNHEARD = frozenset(
    {
        *(EventName.CUSTOMER_REACHED, EventName.PRODUCT_BROWSED, EventName.CATEGORY_BROWSED),
        *(EventName.CART_ABANDONED, EventName.CART_RESTORED, EventName.MANUAL),
        *(EventName.MESSAGE_SENT, EventName.FLOW_ENTERED, EventName.FLOW_SKIPPED),
        *(EventName.FLOW_ENDED, EventName.PRODUCT_UPDATED, EventName.PRODUCT_DELETED),
        *(EventName.CONVERSATION_LEFT, EventName.CONVERSATION_RETURNED),
        *(EventName.QUESTION_ANSWERED, EventName.IDENTITY_JOINED, EventName.IDENTITY_SPLIT),
        *(EventName.STORE_UPDATED, EventName.STORE_UNINSTALLED, EventName.STORE_SCOPES_CHANGED),
        EventName.PRIVACY_REQUESTED,
    }
)
"""What is nobody's doing, or only told to the timeline: no flow can wait for it."""


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
    words: str = field(default="", repr=False)
    """What the customer wrote, folded, for triggers alone: no event keeps it, no log has it."""
