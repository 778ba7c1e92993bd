"""Whose turn it is to move on: read as a batch, written as a batch.

A batch is read without holding it, and written only if nobody touched it meanwhile (`move`);
if somebody did, it is read again and held (`take`).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, and_, bindparam, select

from marketing.enrollment import Enrollment, EnrollmentState
from storage.among import among_given
from storage.bulk import Update
from storage.enrollments import IS_ACTIVE, IS_DUE
from storage.schema import carts, enrollments, flows, stores

_NAMES = (
    *("id", "flow_id", "version_id", "customer_id", "trigger_key", "anchor_at", "entered_at"),
    *("step_id", "waiting_until", "due_at", "choices", "cart_id", "order_id", "event", "touched"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """One enrollment whose time has come, and the cart it is about."""

    enrollment: Enrollment
    cart_id: str | None
    order_id: str | None
    event: Mapping[str, Any] | None
    """What the trigger's event told."""
    touched: int
    activity_at: datetime | None
    cart_gone_at: datetime | None


def front(
    connection: Connection, store_id: str, now: datetime, limit: int
) -> tuple[list[Due], bool]:
    """Give due enrollments, the longest due first, and whether a suspect by itself.

    A row that was suspected of a crash comes alone: every eighth time, and whenever nothing
    else is due.
    """
    order = (True, False) if secrets.randbelow(8) == 0 else (False, True)
    for alone in order:
        told = {"store": store_id, "now": now, "most": 1 if alone else limit}
        rows = connection.execute(_front(alone=alone), told).all()
        if rows:
            return [_due(row) for row in rows], alone
    return [], False


@cache
def _front(*, alone: bool) -> Select[*tuple[Any, ...]]:
    e = enrollments.c
    query = _due_rows().limit(bindparam("most", type_=Integer()))
    if alone:
        return query.where(IS_ACTIVE, e.alone)
    return query.where(~e.alone).order_by(e.due_at)


def _due_rows() -> Select[*tuple[Any, ...]]:
    e = enrollments.c
    return (
        select(*[e[name] for name in _NAMES], carts.c.updated_at, carts.c.deleted_at)
        .outerjoin(carts, and_(carts.c.store_id == e.store_id, carts.c.id == e.cart_id))
        .where(
            e.store_id == bindparam("store"),
            IS_DUE,
            e.due_at <= bindparam("now", type_=e.due_at.type),
        )
    )


def take(connection: Connection, store_id: str, ids: Sequence[str], now: datetime) -> list[Due]:
    """Give these again, as far as still due, and hold them against others.

    Rows that another transaction holds are left out, not waited for.
    """
    if not ids:
        return []
    told = {"store": store_id, "now": now, "ids": sorted(ids)}
    return [_due(row) for row in connection.execute(_TAKE, told)]


_TAKE = (
    _due_rows()
    .where(among_given(enrollments.c.id, "ids"))
    .with_for_update(of=enrollments, skip_locked=True)
)


def _due(row: Row[Any]) -> Due:
    one = tuple(row)
    told = [*one[:7], EnrollmentState.ACTIVE, *one[7:10], None, None, one[10]]
    return Due(Enrollment(*told), *one[11:])


def statuses(
    connection: Connection, store_id: str
) -> tuple[str | None, str, dict[str, tuple[str, dict[str, str]]]]:
    """Give the store's status and time zone, and each of its flows' status and winners."""
    rows = connection.execute(_STATUSES, {"store": store_id}).all()
    status, zone = (rows[0][0], rows[0][3]) if rows else (None, "UTC")
    return status, zone, {row[1]: (row[2], row[4]) for row in rows if row[1]}


_STATUSES = (
    select(stores.c.status, flows.c.id, flows.c.status, stores.c.timezone, flows.c.winners)
    .outerjoin(flows, flows.c.store_id == stores.c.id)
    .where(stores.c.id == bindparam("store"))
)


def move(
    connection: Connection,
    store_id: str,
    moved: Sequence[tuple[Due, Enrollment]],
    now: datetime,
) -> bool:
    """Write where the walk left enrollments (before, after); False if one was touched meanwhile.

    Then not all are written, and the caller has to roll back. Whoever touches an enrollment
    that was due at `now`, the moment of reading, ends it, takes its time away, or counts:
    another batch that moved it on, and news that it has to look at.
    """
    plain = [_waiting(one, after) for one, after in moved if _only_waits(one.enrollment, after)]
    rest = [_moved(one, after) for one, after in moved if not _only_waits(one.enrollment, after)]
    terms = {"store": store_id, "now": now}
    written = _WAIT.run(connection, plain, **terms) + _MOVE.run(connection, rest, **terms)
    return written == len(moved)


def _only_waits(before: Enrollment, after: Enrollment) -> bool:
    """Most of them by far."""
    return after.state is EnrollmentState.ACTIVE and after.anchor_at == before.anchor_at


def _waiting(before: Due, after: Enrollment) -> dict[str, Any]:
    return {
        "id": after.id,
        "touched": before.touched,
        "step_id": after.step_id,
        "waiting_until": after.waiting_until,
        "due_at": after.due_at,
        "choices": after.choices,
    }


def _moved(before: Due, after: Enrollment) -> dict[str, Any]:
    return {
        **_waiting(before, after),
        "state": after.state.value,
        "anchor_at": after.anchor_at,
        "ended_at": after.ended_at,
        "end_reason": after.end_reason and after.end_reason.value,
    }


_UNTOUCHED = (
    enrollments.c.store_id == bindparam("store"),
    IS_DUE,
    enrollments.c.due_at <= bindparam("now", type_=enrollments.c.due_at.type),
)
_WELL = {"alone": False, "deaths": 0, "touched": enrollments.c.touched + 1}
_MATCH = ("id", "touched")
_WAITING = (*_MATCH, "step_id", "waiting_until", "due_at", "choices")
_WAIT = Update(enrollments, _WAITING, match=_MATCH, only=_UNTOUCHED, also=_WELL)
_MOVE = Update(
    enrollments,
    (*_WAITING, "state", "anchor_at", "ended_at", "end_reason"),
    match=_MATCH,
    only=_UNTOUCHED,
    also=_WELL,
)
