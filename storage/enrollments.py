"""Enrollments: who is where in which flow, and whose turn it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    literal_column,
    select,
    update,
)

from marketing.enrollment import Enrollment, EnrollmentState
from marketing.model import Reason
from storage.among import among
from storage.batches import DEADLY
from storage.bulk import insert_rows, update_rows
from storage.schema import carts, customers, enrollments, flows, orders, stores

# Written out, not bound: a partial index is found only by the very words of its condition.
IS_ACTIVE = enrollments.c.state == literal_column("'active'")
IS_DUE = and_(IS_ACTIVE, enrollments.c.due_at.is_not(None))
ENGINE_COLUMNS = (
    enrollments.c.id,
    enrollments.c.flow_id,
    enrollments.c.version_id,
    enrollments.c.customer_id,
    enrollments.c.trigger_key,
    enrollments.c.anchor_at,
    enrollments.c.entered_at,
    enrollments.c.state,
    enrollments.c.step_id,
    enrollments.c.waiting_until,
    enrollments.c.due_at,
    enrollments.c.ended_at,
    enrollments.c.end_reason,
    enrollments.c.choices,
)


@dataclass(frozen=True, slots=True)
class Active:
    """An enrollment that is under way, as far as an exit must know it."""

    id: str
    flow_id: str
    version_id: str
    customer_id: str
    trigger_key: str
    cart_id: str | None
    anchor_at: datetime
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """Which enrollment ends, why and when."""

    id: str
    reason: Reason
    at: datetime


# --- coming in -----------------------------------------------------------------------------


def add(
    connection: Connection,
    store_id: str,
    entered: Sequence[tuple[Enrollment, str | None, str | None]],
) -> list[Enrollment]:
    """Keep new enrollments with the cart and order they are about.

    Gives those that were new: one per flow, customer and trigger key, for ever.
    """
    rows = [_row(store_id, *one) for one in entered]
    if insert_rows(connection, enrollments, rows, new_only=True) == len(rows):
        return [one[0] for one in entered]
    query = select(enrollments.c.id).where(
        enrollments.c.store_id == store_id, among(enrollments.c.id, [row["id"] for row in rows])
    )
    there = set(connection.execute(query).scalars())
    return [one[0] for one in entered if one[0].id in there]


def _row(
    store_id: str, enrollment: Enrollment, cart_id: str | None, order_id: str | None
) -> dict[str, Any]:
    return {
        "store_id": store_id,
        "id": enrollment.id,
        "flow_id": enrollment.flow_id,
        "version_id": enrollment.version_id,
        "customer_id": enrollment.customer_id,
        "trigger_key": enrollment.trigger_key,
        "cart_id": cart_id,
        "order_id": order_id,
        "state": enrollment.state.value,
        "step_id": enrollment.step_id,
        "due_at": enrollment.due_at,
        "anchor_at": enrollment.anchor_at,
        "entered_at": enrollment.entered_at,
        "choices": dict(enrollment.choices),
        "deaths": 0,
        "alone": False,
    }


def last_entries(
    connection: Connection, store_id: str, flow_ids: Iterable[str], customer_ids: Iterable[str]
) -> dict[tuple[str, str], datetime]:
    """Give when each customer last entered each flow, by (flow id, customer id)."""
    e = enrollments.c
    query = (
        select(e.flow_id, e.customer_id, func.max(e.entered_at, type_=e.entered_at.type))
        .where(
            e.store_id == store_id,
            among(e.customer_id, customer_ids),
            among(e.flow_id, flow_ids),
        )
        .group_by(e.flow_id, e.customer_id)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


# --- whose turn it is ------------------------------------------------------------------------


def due(connection: Connection, store_id: str, now: datetime, limit: int) -> tuple[list[str], bool]:
    """Give ids of due enrollments, the longest due first, and whether it is one by itself.

    A row that was suspected of a crash comes alone.
    """
    lonely = select(enrollments.c.id).where(
        enrollments.c.store_id == store_id,
        IS_ACTIVE,
        enrollments.c.alone,
        enrollments.c.due_at <= now,
    )
    alone = connection.execute(lonely.limit(1)).scalar_one_or_none()
    if alone is not None:
        return [alone], True
    query = (
        select(enrollments.c.id)
        .where(
            enrollments.c.store_id == store_id,
            IS_DUE,
            enrollments.c.due_at <= now,
            ~enrollments.c.alone,
        )
        .order_by(enrollments.c.due_at)
        .limit(limit)
    )
    found = list(connection.execute(query).scalars())
    return found, len(found) == 1


def take(
    connection: Connection, store_id: str, ids: Sequence[str], now: datetime
) -> list[Row[Any]]:
    """Hold these rows against other workers, if still due, with what the engine asks about.

    Each row: the enrollment's columns, and of its surroundings `flow_status`,
    `store_status`, `activity_at`, `cart_gone_at`, `customer_gone_at`.
    """
    e = enrollments.c
    query = (
        select(
            *ENGINE_COLUMNS,
            e.store_id,
            e.cart_id,
            e.order_id,
            flows.c.status.label("flow_status"),
            stores.c.status.label("store_status"),
            carts.c.updated_at.label("activity_at"),
            carts.c.deleted_at.label("cart_gone_at"),
            func.coalesce(
                customers.c.erased_at, customers.c.deleted_at, type_=customers.c.erased_at.type
            ).label("customer_gone_at"),
        )
        .join(flows, and_(flows.c.store_id == e.store_id, flows.c.id == e.flow_id))
        .join(stores, stores.c.id == e.store_id)
        .join(customers, and_(customers.c.store_id == e.store_id, customers.c.id == e.customer_id))
        .outerjoin(carts, and_(carts.c.store_id == e.store_id, carts.c.id == e.cart_id))
        .where(e.store_id == store_id, among(e.id, ids), IS_DUE, e.due_at <= now)
        .with_for_update(of=enrollments, skip_locked=True)
    )
    return list(connection.execute(query))


def enrollment_of(row: Row[Any]) -> Enrollment:
    """Read a row of `take` as the engine's noun."""
    return Enrollment(
        row.id,
        row.flow_id,
        row.version_id,
        row.customer_id,
        row.trigger_key,
        row.anchor_at,
        row.entered_at,
        EnrollmentState(row.state),
        row.step_id,
        row.waiting_until,
        row.due_at,
        row.ended_at,
        Reason(row.end_reason) if row.end_reason else None,
        row.choices,
    )


def move(connection: Connection, store_id: str, moved: Iterable[Enrollment]) -> None:
    """Write where the walk left these enrollments."""
    rows = [
        {
            "store_id": store_id,
            "id": one.id,
            "state": one.state.value,
            "step_id": one.step_id,
            "waiting_until": one.waiting_until,
            "due_at": one.due_at,
            "anchor_at": one.anchor_at,
            "ended_at": one.ended_at,
            "end_reason": one.end_reason and one.end_reason.value,
            "choices": dict(one.choices),
        }
        for one in moved
    ]
    update_rows(connection, enrollments, rows, also={"alone": False, "deaths": 0})


def park(connection: Connection, store_id: str, ids: Sequence[str]) -> None:
    """Let these wait, without a time, until their flow goes on."""
    _change(connection, store_id, ids, due_at=None)


def unpark(connection: Connection, store_id: str, flow_id: str) -> None:
    """Let a flow's people go on where they stood."""
    e = enrollments.c
    connection.execute(
        update(enrollments)
        .where(e.store_id == store_id, e.flow_id == flow_id, IS_ACTIVE, e.due_at.is_(None))
        .values(due_at=func.coalesce(e.waiting_until, e.entered_at, type_=e.due_at.type))
    )


def isolate(connection: Connection, store_id: str, ids: Sequence[str], error: str) -> None:
    """Take suspects of a failure singly from now on; one that fails alone thrice is dead."""
    e = enrollments.c
    deaths = e.deaths + case((e.alone, 1), else_=0)
    state = case((deaths >= DEADLY, EnrollmentState.DEAD.value), else_=e.state)
    _change(connection, store_id, ids, alone=True, error=error[:500], deaths=deaths, state=state)


def bury(connection: Connection, store_id: str, errors: Mapping[str, str]) -> None:
    """Take enrollments out of work for good, each with its error; `redrive` brings them back."""
    rows = [{"store_id": store_id, "id": one, "error": error} for one, error in errors.items()]
    update_rows(connection, enrollments, rows, also={"state": EnrollmentState.DEAD.value})


def redrive(connection: Connection, store_id: str, enrollment_id: str) -> bool:
    """Give a dead enrollment another chance; False if it is not dead, or not the store's."""
    e = enrollments.c
    revived = connection.execute(
        update(enrollments)
        .where(
            e.store_id == store_id,
            e.id == enrollment_id,
            e.state == EnrollmentState.DEAD.value,
        )
        .values(state=EnrollmentState.ACTIVE.value, deaths=0, alone=True, error=None)
    )
    return revived.rowcount == 1


def _change(connection: Connection, store_id: str, ids: Sequence[str], **values: Any) -> None:
    connection.execute(
        update(enrollments)
        .where(enrollments.c.store_id == store_id, among(enrollments.c.id, ids), IS_ACTIVE)
        .values(**values)
    )


# --- exits -----------------------------------------------------------------------------------


def active(
    connection: Connection,
    store_id: str,
    customer_ids: Iterable[str] = (),
    cart_ids: Iterable[str] = (),
) -> list[Active]:
    """Give what these customers are in, and what follows these carts."""
    found: dict[str, Active] = {}
    if customer_ids:
        _collect(connection, store_id, among(enrollments.c.customer_id, customer_ids), found)
    if cart_ids:
        _collect(connection, store_id, among(enrollments.c.cart_id, cart_ids), found)
    return list(found.values())


def _collect(
    connection: Connection, store_id: str, which: ColumnElement[bool], found: dict[str, Active]
) -> None:
    e = enrollments.c
    query = select(*[e[name] for name in Active.__slots__]).where(
        e.store_id == store_id, IS_ACTIVE, which
    )
    found.update((row.id, Active(*row)) for row in connection.execute(query))


def end(connection: Connection, store_id: str, endings: Sequence[Ending]) -> None:
    """End enrollments wherever they stand; one that is over already stays as it is."""
    rows = [
        {
            "store_id": store_id,
            "id": ending.id,
            "ended_at": ending.at,
            "end_reason": ending.reason.value,
        }
        for ending in endings
    ]
    over = {"state": EnrollmentState.ENDED.value, "due_at": None, "waiting_until": None}
    update_rows(connection, enrollments, rows, only=[IS_ACTIVE], also=over)


def hasten(connection: Connection, store_id: str, ids: Sequence[str], now: datetime) -> None:
    """Let the engine look again at once at these, if they wait for a time at all."""
    e = enrollments.c
    connection.execute(
        update(enrollments)
        .where(e.store_id == store_id, among(e.id, ids), IS_DUE)
        .values(due_at=now)
    )


def end_all_of_store(
    connection: Connection, store_id: str, reason: Reason, at: datetime
) -> list[str]:
    """End everything under way in a store; give the ids."""
    ended = connection.execute(
        update(enrollments)
        .where(enrollments.c.store_id == store_id, IS_ACTIVE)
        .values(
            state=EnrollmentState.ENDED.value,
            due_at=None,
            waiting_until=None,
            ended_at=at,
            end_reason=reason.value,
        )
        .returning(enrollments.c.id)
    )
    return list(ended.scalars())


def first_orders_since(
    connection: Connection, store_id: str, since: Mapping[str, datetime]
) -> dict[str, datetime]:
    """Give the first order of each customer that was placed from a moment of theirs on."""
    o = orders.c
    query = select(o.customer_id, o.placed_at).where(
        o.store_id == store_id,
        among(o.customer_id, since),
        o.placed_at >= min(since.values()),
    )
    rows = connection.execute(query.order_by(o.placed_at.desc()))
    return {customer_id: at for customer_id, at in rows if at >= since[customer_id]}
