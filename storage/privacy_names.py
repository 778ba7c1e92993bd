"""Names that other programs gave to what they told of a person: ids that may say anything.

What was told under them is kept of someone erased only as far as it is nameless; a review is
known again by the hash of its name, so that its words don't come back with it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from marketing.events import EventName
from storage.among import among
from storage.bulk import update_rows
from storage.schema import enrollments, events, product_reviews

ERASED = "erased:"
HASHED = re.compile(f"{ERASED}[0-9a-f]{{64}}")
NAMED = (f"{EventName.CUSTOM}:", "review:")
"""How the trigger keys begin that hold such a name."""
TOLD = (EventName.CUSTOM, EventName.REVIEW_POSTED)
ABOUT_FLOWS = (EventName.FLOW_ENTERED, EventName.FLOW_SKIPPED)
Hashed = Callable[[str, str], str]


def forget(
    connection: Connection, store_id: str, customer_ids: Sequence[str], hashed: Hashed
) -> int:
    """Forget the names of what was told of these customers; give of how many things."""
    return (
        _forget_events(connection, store_id, customer_ids)
        + _forget_enrollments(connection, store_id, customer_ids)
        + _forget_reviews(connection, store_id, customer_ids, hashed)
    )


def erased_reviews(
    connection: Connection, store_id: str, names: Iterable[str], hashed: Hashed
) -> Mapping[str, tuple[str, str]]:
    """Give of those of these reviews whose authors were erased: name -> (kept as, customer id)."""
    kept_as = {_kept_as(name, hashed): name for name in names}
    r = product_reviews.c
    query = select(r.external_id, r.customer_id).where(
        r.store_id == store_id, among(r.external_id, kept_as)
    )
    return {kept_as[row.external_id]: tuple(row) for row in connection.execute(query)}


def _kept_as(name: str, hashed: Hashed) -> str:
    return ERASED + hashed("review", name)


def _forget_events(connection: Connection, store_id: str, customer_ids: Sequence[str]) -> int:
    e = events.c
    query = select(e.store_id, e.occurred_at, e.id, e.name, e.data).where(
        e.store_id == store_id, among(e.customer_id, customer_ids), e.name.in_(TOLD + ABOUT_FLOWS)
    )
    rows = [
        {
            "store_id": row.store_id, "occurred_at": row.occurred_at, "id": row.id,
            "dedupe_key": f"{ERASED}{row.id}", "data": _nameless(row.name, row.data),
        }
        for row in connection.execute(query)
        if row.name in TOLD or _is_named(row.data.get("trigger_key"))
    ]  # fmt: skip
    return update_rows(connection, events, rows, match=("store_id", "occurred_at", "id"))


def _nameless(name: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    if name in TOLD:
        return {}
    return {**data, "trigger_key": ERASED.removesuffix(":")}


def _is_named(trigger_key: str | None) -> bool:
    return trigger_key is not None and trigger_key.startswith(NAMED)


def _forget_enrollments(connection: Connection, store_id: str, customer_ids: Sequence[str]) -> int:
    n = enrollments.c
    query = select(n.store_id, n.id, n.trigger_key).where(
        n.store_id == store_id, among(n.customer_id, customer_ids)
    )
    rows = [
        {"store_id": row.store_id, "id": row.id, "trigger_key": f"{ERASED}{row.id}"}
        for row in connection.execute(query)
        if _is_named(row.trigger_key)
    ]
    return update_rows(connection, enrollments, rows)


def _forget_reviews(
    connection: Connection, store_id: str, customer_ids: Sequence[str], hashed: Hashed
) -> int:
    r = product_reviews.c
    theirs = (r.store_id == store_id, among(r.customer_id, customer_ids))
    names = connection.execute(select(r.external_id).where(*theirs)).scalars().all()
    still = [name for name in names if not HASHED.fullmatch(name)]
    for name in still:
        one = update(product_reviews).where(r.store_id == store_id, r.external_id == name)
        connection.execute(one.values(external_id=_kept_as(name, hashed)))
    return len(still)
