"""What each customer viewed last, and when the clock is to look whether they came back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from storage.among import among
from storage.bulk import update_rows
from storage.due import BROWSES
from storage.many import find_rows, upsert_rows
from storage.schema import browses, carts, customers, products

KEY = ("store_id", "customer_id", "kind")


@dataclass(frozen=True, slots=True)
class View:
    """One thing that a customer viewed: `kind` is the event it may become."""

    customer_id: str
    kind: str
    subject: str
    viewed_at: datetime
    data: Mapping[str, Any]


def put(
    connection: Connection, store_id: str, views: Iterable[View], idle: Mapping[str, timedelta]
) -> None:
    """Keep the newest view of each customer and kind; looked at after its kind's `idle` time."""
    newest: dict[tuple[str, str, str], View] = {}
    for one in sorted(views, key=lambda view: view.viewed_at):
        newest[store_id, one.customer_id, one.kind] = one
    known = {
        (row.store_id, row.customer_id, row.kind): row.viewed_at
        for row in find_rows(connection, browses, KEY, newest, lock=True)
    }
    rows = [
        {
            "store_id": store_id, "customer_id": one.customer_id, "kind": one.kind,
            "subject": one.subject, "data": dict(one.data), "viewed_at": one.viewed_at,
            "idle_at": one.viewed_at + idle[one.kind] if one.kind in idle else None,
        }
        for key, one in sorted(newest.items())
        if key not in known or known[key] <= one.viewed_at
    ]  # fmt: skip
    upsert_rows(connection, browses, rows)


def take(connection: Connection, store_id: str, now: datetime, limit: int) -> list[Row[Any]]:
    """Hold views that were idle long enough, with `is_staff` and `is_gone` of their customer."""
    b, c = browses.c, customers.c
    gone = or_(c.erased_at.is_not(None), c.deleted_at.is_not(None))
    query = (
        select(browses, c.is_staff, gone.label("is_gone"))
        .join(customers, and_(c.store_id == b.store_id, c.id == b.customer_id))
        .where(b.store_id == store_id, BROWSES.waits, b.idle_at <= now)
        .order_by(b.idle_at)
        .limit(limit)
        .with_for_update(of=browses, skip_locked=True)
    )
    return list(connection.execute(query))


def looked_at(
    connection: Connection, store_id: str, seen: Sequence[tuple[Row[Any], datetime | None]]
) -> None:
    """Write when to look at views next."""
    rows = [
        {"store_id": store_id, "customer_id": row.customer_id, "kind": row.kind, "idle_at": at}
        for row, at in seen
    ]
    update_rows(connection, browses, rows, match=KEY)


def newest(
    connection: Connection, store_id: str, customer_ids: Iterable[str], kinds: Iterable[str]
) -> dict[str, datetime]:
    """Give when each customer last viewed anything of these kinds."""
    b = browses.c
    last = func.max(b.viewed_at, type_=b.viewed_at.type)
    mine = (b.store_id == store_id, among(b.customer_id, customer_ids), among(b.kind, kinds))
    query = select(b.customer_id, last).where(*mine).group_by(b.customer_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def last_carts(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> dict[str, datetime]:
    """Give when each customer last changed a cart that has something in it."""
    c = carts.c
    mine = (c.store_id == store_id, among(c.customer_id, customer_ids))
    query = select(c.customer_id, c.updated_at, c["items"]).where(*mine).order_by(c.updated_at)
    return {row.customer_id: row.updated_at for row in connection.execute(query) if row.items}


def look_again(
    connection: Connection, store_id: str, kind: str, idle: timedelta | None, *, since: datetime
) -> None:
    """Set when to look at what was viewed since then; None: not at all."""
    b = browses.c
    mine = (b.store_id == store_id, b.kind == kind)
    if idle is None:
        connection.execute(update(browses).where(*mine, BROWSES.waits).values(idle_at=None))
        return
    query = select(b.customer_id, b.viewed_at).where(*mine, b.viewed_at >= since)
    rows = [
        {
            "store_id": store_id, "customer_id": row.customer_id, "kind": kind,
            "idle_at": row.viewed_at + idle,
        }
        for row in connection.execute(query)
    ]  # fmt: skip
    update_rows(connection, browses, rows, match=KEY)


def goods(connection: Connection, store_id: str, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Give the products on sale of these platform's ids, out of the mirror."""
    p = products.c
    names = ("external_id", "title", "image_url", "product_type", "variants")
    mine = (p.store_id == store_id, among(p.external_id, ids), p.deleted_at.is_(None))
    query = select(*[p[name] for name in names]).where(*mine, p.status == "active")
    return {row.external_id: row for row in connection.execute(query)}


def prune(connection: Connection, before: datetime) -> None:
    """Forget what was viewed before then."""
    connection.execute(delete(browses).where(browses.c.viewed_at < before))
