"""Flows that wait for a day: when to look at the customers of a zone, and how far that has come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from storage.dialect import upsert
from storage.due import WATCHES
from storage.schema import customers, watches

STORES_OWN = ""
"""The zone of customers of whom we know none: the store's."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One flow's next look at the customers of one zone."""

    flow_id: str
    zone: str
    day: str
    """The local day that is looked at, `2026-11-26`."""
    due_at: datetime


def of_store(connection: Connection, store_id: str) -> list[Row[Any]]:
    """Give all of a store's."""
    query = select(watches).where(watches.c.store_id == store_id)
    return list(connection.execute(query.order_by(watches.c.flow_id, watches.c.zone)))


def put(connection: Connection, store_id: str, told: Sequence[Watch]) -> None:
    """Set when to look next; whatever look was under way is over."""
    rows = [
        {
            "store_id": store_id, "flow_id": one.flow_id, "zone": one.zone, "day": one.day,
            "due_at": one.due_at, "cursor": None,
        }
        for one in told
    ]  # fmt: skip
    upsert(connection, watches, rows)


def keep_only(connection: Connection, store_id: str, flow_ids: Collection[str]) -> None:
    """Forget those of all other flows."""
    w = watches.c
    gone = delete(watches).where(w.store_id == store_id, w.flow_id.not_in(sorted(flow_ids)))
    connection.execute(gone)


def take(connection: Connection, store_id: str, now: datetime) -> Row[Any] | None:
    """Hold the look that has been due the longest against other workers."""
    w = watches.c
    query = (
        select(watches)
        .where(w.store_id == store_id, WATCHES.waits, w.due_at <= now)
        .order_by(w.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(query).one_or_none()


def move(connection: Connection, row: Row[Any], cursor: str) -> None:
    """Remember how far a look has come."""
    w = watches.c
    mine = (w.store_id == row.store_id, w.flow_id == row.flow_id, w.zone == row.zone)
    connection.execute(update(watches).where(*mine).values(cursor=cursor))


def zones(connection: Connection, store_id: str) -> list[str]:
    """Give the zones that the store's customers are known to live in."""
    c = customers.c
    query = select(c.timezone).where(c.store_id == store_id, c.timezone.is_not(None)).distinct()
    return [STORES_OWN, *sorted(connection.execute(query).scalars())]


def window(
    connection: Connection, row: Row[Any], property_: str, size: int
) -> tuple[Mapping[str, Any], str | None]:
    """Give the values of the next `size` customers of the watch's zone, and where they end.

    Those who have one, by customer id; None: nobody is left.
    """
    c = customers.c
    of_zone = c.timezone == row.zone if row.zone else c.timezone.is_(None)
    there = c.erased_at.is_(None) & c.deleted_at.is_(None)
    query = (
        select(c.id, _value(property_).label("value"), there.label("is_there"))
        .where(c.store_id == row.store_id, of_zone)
        .order_by(c.id)
        .limit(size)
    )
    if row.cursor:
        query = query.where(c.id > row.cursor)
    found = connection.execute(query).all()
    values = {one.id: one.value for one in found if one.is_there and one.value is not None}
    return values, found[-1].id if len(found) == size else None


def _value(property_: str) -> ColumnElement[Any]:
    c = customers.c
    if property_ == "last_order_at":
        return func.coalesce(c.last_order_at, c.platform_last_order_at, type_=c.last_order_at.type)
    if property_ in {"created_at", "first_order_at"}:
        return c[property_]
    value: ColumnElement[Any] = c.properties[property_].as_string()
    return value
