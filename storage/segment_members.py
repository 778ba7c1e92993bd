"""Who is in which segment: asked of some customers, changed by those who decide about them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, tuple_

from storage.among import among
from storage.bulk import Insert
from storage.schema import rfm_scores, segment_members

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_ADD = Insert(
    segment_members, ("store_id", "segment_id", "customer_id", "entered_at"), new_only=True
)


def of_customers(
    connection: Connection, store_id: str, segment_ids: Iterable[str], customer_ids: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    """Give by customer which of these segments they are in."""
    m, wanted = segment_members.c, _ids(segment_ids)
    query = select(m.customer_id, m.segment_id).where(
        m.store_id == store_id, among(m.customer_id, customer_ids), among(m.segment_id, wanted)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for customer_id, segment_id in connection.execute(query) if wanted else ():
        found[customer_id].add(segment_id)
    return {customer_id: frozenset(ids) for customer_id, ids in found.items()}


def page(
    connection: Connection, store_id: str, segment_id: str, *, after: str | None, limit: int
) -> list[str]:
    """Give the ids of a segment's members by their order, those after `after` first."""
    m = segment_members.c
    query = select(m.customer_id).where(m.store_id == store_id, m.segment_id == segment_id)
    if after is not None:
        query = query.where(m.customer_id > after)
    return list(connection.execute(query.order_by(m.customer_id).limit(limit)).scalars())


def sizes(connection: Connection, store_id: str, segment_ids: Collection[str]) -> dict[str, int]:
    """Give how many members each of these segments has."""
    m = segment_members.c
    query = (
        select(m.segment_id, func.count().label("size"))
        .where(m.store_id == store_id, among(m.segment_id, _ids(segment_ids)))
        .group_by(m.segment_id)
    )
    found = {row.segment_id: row.size for row in connection.execute(query)}
    return dict.fromkeys(segment_ids, 0) | found


def add(
    connection: Connection, store_id: str, entered: Iterable[tuple[str, str]], now: datetime
) -> None:
    """Put customers into segments: (segment id, customer id) each."""
    rows = [
        {
            "store_id": store_id,
            "segment_id": segment_id,
            "customer_id": customer_id,
            "entered_at": now,
        }
        for segment_id, customer_id in sorted(entered)
    ]
    _ADD.run(connection, rows)


def remove(connection: Connection, store_id: str, left: Iterable[tuple[str, str]]) -> None:
    """Take customers out of segments: (segment id, customer id) each."""
    gone = sorted(left)
    m = segment_members.c
    if gone:
        key = tuple_(m.segment_id, m.customer_id)
        connection.execute(delete(segment_members).where(m.store_id == store_id, key.in_(gone)))


def forget_customers(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget what customers are in and what they scored; give of how many segments."""
    m, r, ids = segment_members.c, rfm_scores.c, list(customer_ids)
    scored = (r.store_id == store_id, among(r.customer_id, ids))
    connection.execute(delete(rfm_scores).where(*scored))
    mine = (m.store_id == store_id, among(m.customer_id, ids))
    return connection.execute(delete(segment_members).where(*mine)).rowcount


def _ids(told: Iterable[str]) -> list[str]:
    return [one for one in told if is_id(one)]


def is_id(text: str) -> bool:
    """Say if a text may be an id at all: a condition may name anything."""
    return ID.fullmatch(text) is not None
