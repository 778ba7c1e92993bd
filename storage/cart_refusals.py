"""The abandoned carts that consent kept us from writing to at all, for all who tell of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, select

from marketing.model import MessageState, Reason
from storage.counted import is_sent
from storage.schema import carts, events, messages

NO_CONSENT = (
    Reason.NO_CONSENT,
    Reason.UNSUBSCRIBED,
    Reason.SUPPRESSED,
    Reason.CARRIER_STOP,
)


def refused_carts(store_id: str, abandoned: ColumnElement[bool], since: datetime) -> Subquery:
    """Give (cart_id, reason) of a store's carts that nothing was sent about, for want of consent.

    `abandoned`: which carts are asked about; `since`: no refusal of theirs is older.
    """
    refused = _refusals(store_id, abandoned, since).subquery()
    return (
        select(refused.c.cart_id, func.min(refused.c.reason).label("reason"))
        .where(~_was_sent(store_id, refused.c.cart_id, refused.c.customer_id))
        .group_by(refused.c.cart_id)
        .subquery()
    )


def _refusals(
    store_id: str, abandoned: ColumnElement[bool], since: datetime
) -> Select[*tuple[Any, ...]]:
    """Every (cart, reason): of a message that was skipped, or of a trigger that let nobody in."""
    mine = and_(carts.c.store_id == store_id, abandoned, carts.c.counts)
    skipped = select(carts.c.id.label("cart_id"), carts.c.customer_id, messages.c.reason).join(
        messages,
        and_(
            messages.c.store_id == carts.c.store_id,
            messages.c.customer_id == carts.c.customer_id,
            messages.c.cart_id == carts.c.id,
        ),
    )
    reason = events.c.data["reason"].as_string()
    kept_out = select(carts.c.id.label("cart_id"), carts.c.customer_id, reason).join(
        events,
        and_(
            events.c.store_id == carts.c.store_id,
            events.c.customer_id == carts.c.customer_id,
            events.c.occurred_at >= since,
            events.c.name == "flow.skipped",
            events.c.data["trigger_key"].as_string() == literal("cart:") + carts.c.external_id,
        ),
    )
    either = skipped.where(
        mine, messages.c.state == MessageState.SKIPPED, messages.c.reason.in_(NO_CONSENT)
    ).union_all(kept_out.where(mine, reason.in_(NO_CONSENT)))
    return select(*either.subquery().c)


def _was_sent(
    store_id: str, cart_id: ColumnElement[Any], customer_id: ColumnElement[Any]
) -> ColumnElement[bool]:
    return (
        select(messages.c.id)
        .where(
            messages.c.store_id == store_id,
            messages.c.customer_id == customer_id,
            messages.c.cart_id == cart_id,
            is_sent,
        )
        .exists()
    )
