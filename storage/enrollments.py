"""Enrollments: who is where in which flow. `enrollment_turns` has whose turn it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
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
from storage.schema import enrollments, orders

# Written out, not bound: a partial index is found only by the very words of its condition.
IS_ACTIVE = enrollments.c.state == literal_column("'active'")
IS_DUE = and_(IS_ACTIVE, enrollments.c.due_at.is_not(None))


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
    order_id: str | None = None


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
    entered: Sequence[tuple[Enrollment, str | None, str | None, Mapping[str, Any]]],
) -> list[Enrollment]:
    """Keep new enrollments with the cart and order they are about, and their event's data.

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
    store_id: str,
    enrollment: Enrollment,
    cart_id: str | None,
    order_id: str | None,
    event: Mapping[str, Any],
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
        "event": dict(event) or None,
        "state": enrollment.state.value,
        "step_id": enrollment.step_id,
        "waiting_until": enrollment.waiting_until,
        "due_at": enrollment.due_at,
        "anchor_at": enrollment.anchor_at,
        "entered_at": enrollment.entered_at,
        "choices": dict(enrollment.choices),
        "deaths": 0,
        "alone": False,
    }


def keys_of(
    connection: Connection, store_id: str, flow_id: str, customer_ids: Iterable[str]
) -> set[tuple[str, str]]:
    """Give by which trigger keys these customers ever entered a flow: (customer id, key)."""
    e = enrollments.c
    query = select(e.customer_id, e.trigger_key).where(
        e.store_id == store_id, e.flow_id == flow_id, among(e.customer_id, customer_ids)
    )
    return {(row.customer_id, row.trigger_key) for row in connection.execute(query)}


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


# --- out of work, and back ------------------------------------------------------------------


def park(connection: Connection, store_id: str, ids: Sequence[str]) -> None:
    """Let these wait, without a time, until their flow goes on."""
    _change(connection, store_id, ids, due_at=None)


def unpark(connection: Connection, store_id: str, flow_id: str, now: datetime) -> None:
    """Let a flow's people go on where they stood; what they wait for may have happened."""
    e = enrollments.c
    connection.execute(
        update(enrollments)
        .where(e.store_id == store_id, e.flow_id == flow_id, IS_ACTIVE, e.due_at.is_(None))
        .values(due_at=now)
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


def marks(connection: Connection, store_id: str, customer_id: str) -> frozenset[tuple[str, Any]]:
    """Give where a customer stands in flows: what news did to them shows as a difference."""
    e = enrollments.c
    query = select(e.id, e.state, e.due_at).where(
        e.store_id == store_id, e.customer_id == customer_id
    )
    return frozenset((f"{row.id}:{row.state}", row.due_at) for row in connection.execute(query))


def _collect(
    connection: Connection, store_id: str, which: ColumnElement[bool], found: dict[str, Active]
) -> None:
    e = enrollments.c
    query = select(*[e[name] for name in Active.__slots__]).where(
        e.store_id == store_id, IS_ACTIVE, which
    )
    found.update((row.id, Active(*row)) for row in connection.execute(query))


def waiting_by_version(connection: Connection, store_id: str, flow_id: str) -> dict[str, int]:
    """Give how many people are under way in a flow, by the version that they go through."""
    e = enrollments.c
    query = (
        select(e.version_id, func.count())
        .where(e.store_id == store_id, e.flow_id == flow_id, IS_ACTIVE)
        .group_by(e.version_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


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
        .values(due_at=now, touched=e.touched + 1)
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


def orders_since(
    connection: Connection, store_id: str, since: Mapping[str, datetime]
) -> dict[str, list[datetime]]:
    """Give when each customer ordered from a moment of theirs on, the earliest first."""
    o = orders.c
    query = select(o.customer_id, o.placed_at).where(
        o.store_id == store_id,
        among(o.customer_id, since),
        o.placed_at >= min(since.values()),
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for customer_id, at in connection.execute(query.order_by(o.placed_at)):
        if at >= since[customer_id]:
            found[customer_id].append(at)
    return found
