"""One customer's header, and everything that happened to them, in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true

from marketing.flow import Flow, SendMessage
from storage.flows import versions
from storage.schema import (
    UtcTime,
    attributions,
    carts,
    codes,
    customers,
    enrollments,
    events,
    flows,
    inbound_messages,
    messages,
    orders,
    replies,
    rewards,
    segment_members,
    segments,
)

IN_THE_MESSAGE = ("message.sent", "message.opened", "message.clicked", "message.bounced")
IN_THE_ORDER = ("order.placed", "order.updated", "order.paid")
IN_THE_CART = ("cart.created", "cart.updated", "cart.completed", "cart.abandoned")
IN_THE_CHAT = ("message.received",)
SHOWN_ELSEWHERE = (
    *IN_THE_MESSAGE, *IN_THE_ORDER, *IN_THE_CART, *IN_THE_CHAT, "customer.updated",
)  # fmt: skip
"""Events whose news an entry of its own tells: a message, an order, a cart, what they wrote."""
BY_FLOW = "flow:"
"""Begins who did something, where a flow did."""


@dataclass(frozen=True, slots=True)
class InFlow:
    """A flow that the customer is in now, and where."""

    flow_id: str
    flow_name: str
    version_id: str
    step_id: str | None
    waiting_until: datetime | None
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the timeline.

    `kind` is `event`, `cart`, `order`, `message`, `reward`, `inbound` (the customer wrote) or
    `reply` (a person or a machine answered).
    """

    kind: str
    id: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def position(self) -> tuple[datetime, str]:
        return self.at, self.id


def customer(
    connection: Connection, store_id: str, customer_id: str
) -> Row[*tuple[Any, ...]] | None:
    """Give one customer's row; None when the store has none of this id, or was told to forget."""
    return connection.execute(
        select(customers).where(
            customers.c.store_id == store_id,
            customers.c.id == customer_id,
            customers.c.erased_at.is_(None),
        )
    ).one_or_none()


def flows_now_in(connection: Connection, store_id: str, customer_id: str) -> list[InFlow]:
    """Give the flows that the customer is waiting in."""
    rows = connection.execute(
        select(
            enrollments.c.flow_id,
            flows.c.name,
            enrollments.c.version_id,
            enrollments.c.step_id,
            enrollments.c.waiting_until,
            enrollments.c.entered_at,
        )
        .select_from(enrollments.join(flows, _same(enrollments, flows, "flow_id")))
        .where(
            enrollments.c.store_id == store_id,
            enrollments.c.customer_id == customer_id,
            enrollments.c.state == "active",
        )
        .order_by(enrollments.c.entered_at.desc())
    )
    return [InFlow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class InSegment:
    """A segment that the customer is in, and since when."""

    id: str
    name: str
    entered_at: datetime


def segments_of(connection: Connection, store_id: str, customer_id: str) -> list[InSegment]:
    """Give the segments that the customer is in, by name."""
    m = segment_members.c
    rows = connection.execute(
        select(segments.c.id, segments.c.name, m.entered_at)
        .select_from(segment_members.join(segments, _same(segment_members, segments, "segment_id")))
        .where(m.store_id == store_id, m.customer_id == customer_id)
        .order_by(segments.c.name)
    )
    return [InSegment(*row) for row in rows]


SEEN = ("product.viewed", "category.viewed", "product.added_to_cart", "checkout.started",
        "cart.restored", "message.opened", "message.clicked", "order.placed")  # fmt: skip
"""What a customer does themselves."""


def last_seen(connection: Connection, store_id: str, customer_id: str) -> datetime | None:
    """Give when the customer last did something: looked, opened, clicked, left a cart, bought."""
    mine = (events.c.store_id == store_id, events.c.customer_id == customer_id)
    own = select(func.max(events.c.occurred_at, type_=UtcTime())).where(
        *mine, events.c.name.in_(SEEN)
    )
    left = select(func.max(carts.c.updated_at, type_=UtcTime())).where(
        carts.c.store_id == store_id, carts.c.customer_id == customer_id
    )
    bought = select(func.max(orders.c.placed_at, type_=UtcTime())).where(
        orders.c.store_id == store_id, orders.c.customer_id == customer_id
    )
    found = [connection.execute(query).scalar_one() for query in (own, left, bought)]
    return max((one for one in found if one), default=None)


def _same(left: Any, right: Any, key: str) -> ColumnElement[bool]:
    return and_(right.c.store_id == left.c.store_id, right.c.id == left.c[key])


def timeline(
    connection: Connection,
    store_id: str,
    customer_id: str,
    *,
    before: tuple[datetime, str] | None = None,
    limit: int = 30,
) -> list[Entry]:
    """Give what happened to a customer, the latest first, older than the position `before`.

    A message stands at the moment it went out, else at the one it is or was due; so what is
    planned comes first.
    """
    sources = (_events, _carts, _orders, _messages, _rewards, _inbound, _replies)
    found: list[Entry] = []
    for source in sources:
        found += source(connection, store_id, customer_id, before, limit)
    return sorted(found, key=attrgetter("position"), reverse=True)[:limit]


Before = tuple[datetime, str] | None


def _older(at: ColumnElement[Any], key: ColumnElement[Any], before: Before) -> ColumnElement[bool]:
    if before is None:
        return true()
    moment, last = before
    return or_(at < moment, and_(at == moment, key < last))


def _events(
    connection: Connection, store_id: str, customer_id: str, before: Before, limit: int
) -> Iterable[Entry]:
    rows = connection.execute(
        select(events)
        .where(
            events.c.store_id == store_id,
            events.c.customer_id == customer_id,
            events.c.name.not_in(SHOWN_ELSEWHERE),
            _older(events.c.occurred_at, events.c.id, before),
        )
        .order_by(events.c.occurred_at.desc(), events.c.id.desc())
        .limit(limit)
    ).all()
    names = flow_names(connection, store_id, {flow_of(row.data) for row in rows})
    for row in rows:
        data = {"name": row.name, **row.data}
        if flow_id := flow_of(row.data):
            data |= {"flow_id": flow_id, "flow_name": names.get(flow_id)}
        yield Entry("event", row.id, row.occurred_at, data)


def flow_of(data: Mapping[str, Any]) -> str | None:
    """Give the flow that an event is of, or that did it; None: none."""
    by = str(data.get("by") or "")
    return data.get("flow_id") or (by.removeprefix(BY_FLOW) if by.startswith(BY_FLOW) else None)


def flow_names(connection: Connection, store_id: str, flow_ids: set[str | None]) -> dict[str, str]:
    """Give what flows of the store are called, by id."""
    known = sorted(flow_id for flow_id in flow_ids if flow_id)
    rows = connection.execute(
        select(flows.c.id, flows.c.name).where(flows.c.store_id == store_id, flows.c.id.in_(known))
    )
    return {row[0]: row[1] for row in rows}


def _carts(
    connection: Connection, store_id: str, customer_id: str, before: Before, limit: int
) -> Iterable[Entry]:
    rows = connection.execute(
        select(carts)
        .where(
            carts.c.store_id == store_id,
            carts.c.customer_id == customer_id,
            _older(carts.c.updated_at, carts.c.id, before),
        )
        .order_by(carts.c.updated_at.desc(), carts.c.id.desc())
        .limit(limit)
    )
    for row in rows.mappings():
        yield Entry("cart", row["id"], row["updated_at"], dict(row))


def _orders(
    connection: Connection, store_id: str, customer_id: str, before: Before, limit: int
) -> Iterable[Entry]:
    credit = and_(
        attributions.c.store_id == orders.c.store_id, attributions.c.order_id == orders.c.id
    )
    rows = connection.execute(
        select(
            orders,
            attributions.c.kind.label("credited_by"),
            attributions.c.step_id,
            messages.c.version_id,
            messages.c.subject.label("message_subject"),
            flows.c.name.label("flow_name"),
        )
        .select_from(
            orders.outerjoin(attributions, credit)
            .outerjoin(messages, _same(attributions, messages, "message_id"))
            .outerjoin(flows, _same(attributions, flows, "flow_id"))
        )
        .where(
            orders.c.store_id == store_id,
            orders.c.customer_id == customer_id,
            _older(orders.c.placed_at, orders.c.id, before),
        )
        .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
        .limit(limit)
    )
    found = [dict(row) for row in rows.mappings()]
    _name_steps(connection, store_id, found)
    for row in found:
        yield Entry("order", row["id"], row["placed_at"], row)


def _name_steps(connection: Connection, store_id: str, rows: Iterable[dict[str, Any]]) -> None:
    """Add the name that each row's message has in the flow version it is from."""
    told = [row for row in rows if row["version_id"]]
    used = versions(connection, sorted({(store_id, row["version_id"]) for row in told}))
    for row in told:
        row["step_name"] = step_name(used[store_id, row["version_id"]].flow, row["step_id"])


def _messages(
    connection: Connection, store_id: str, customer_id: str, before: Before, limit: int
) -> Iterable[Entry]:
    at = func.coalesce(messages.c.sent_at, messages.c.not_before, type_=messages.c.due_at.type)
    credit = and_(
        attributions.c.store_id == messages.c.store_id,
        attributions.c.message_id == messages.c.id,
    )
    credited = (
        select(func.count())
        .select_from(attributions)
        .where(credit)
        .correlate(messages)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            messages,
            at.label("at"),
            credited.label("orders_credited"),
            flows.c.name.label("flow_name"),
        )
        .select_from(messages.join(flows, _same(messages, flows, "flow_id")))
        .where(
            messages.c.store_id == store_id,
            messages.c.customer_id == customer_id,
            _older(at, messages.c.id, before),
        )
        .order_by(at.desc(), messages.c.id.desc())
        .limit(limit)
    )
    found = [dict(row) for row in rows.mappings()]
    _name_steps(connection, store_id, found)
    for row in found:
        yield Entry("message", row["id"], row["at"], row)


def _rewards(
    connection: Connection, store_id: str, customer_id: str, before: Before, limit: int
) -> Iterable[Entry]:
    r = rewards.c
    code = and_(
        codes.c.store_id == r.store_id,
        codes.c.enrollment_id == r.enrollment_id,
        codes.c.step_id == r.step_id,
    )
    rows = connection.execute(
        select(
            rewards,
            flows.c.name.label("flow_name"),
            codes.c.code,
            codes.c.state.label("code_state"),
            codes.c.reason.label("code_reason"),
        )
        .select_from(rewards.join(flows, _same(rewards, flows, "flow_id")).outerjoin(codes, code))
        .where(
            r.store_id == store_id,
            r.customer_id == customer_id,
            _older(r.granted_at, r.id, before),
        )
        .order_by(r.granted_at.desc(), r.id.desc())
        .limit(limit)
    )
    for row in rows.mappings():
        yield Entry("reward", row["id"], row["granted_at"], dict(row))


def _inbound(
    connection: Connection, store_id: str, customer_id: str, before: Before, limit: int
) -> Iterable[Entry]:
    i = inbound_messages.c
    rows = connection.execute(
        select(i.id, i.received_at, i.channel, i.text, i.kind.label("how"), i.attachments)
        .where(
            i.store_id == store_id,
            i.customer_id == customer_id,
            _older(i.received_at, i.id, before),
        )
        .order_by(i.received_at.desc(), i.id.desc())
        .limit(limit)
    )
    for row in rows.mappings():
        yield Entry("inbound", row["id"], row["received_at"], dict(row))


def _replies(
    connection: Connection, store_id: str, customer_id: str, before: Before, limit: int
) -> Iterable[Entry]:
    r = replies.c
    rows = connection.execute(
        select(replies)
        .where(
            r.store_id == store_id,
            r.customer_id == customer_id,
            _older(r.created_at, r.id, before),
        )
        .order_by(r.created_at.desc(), r.id.desc())
        .limit(limit)
    )
    for row in rows.mappings():
        yield Entry("reply", row["id"], row["created_at"], dict(row))


def step_name(flow: Flow, step_id: str | None) -> str:
    """Give the name that a message step has, empty for other steps."""
    step = flow.steps_by_id.get(step_id or "")
    return step.name if isinstance(step, SendMessage) else ""
