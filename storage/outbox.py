"""The outbox: calls to a store's platform that must happen, tried until they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, literal_column, or_, select, update

from marketing.model import JsonObject
from storage.bulk import update_rows
from storage.dialect import claim as claim_rows
from storage.dialect import upsert
from storage.json_sql import json_text
from storage.schema import new_id, outbox

PENDING, RUNNING, DONE, FAILED = "pending", "running", "done", "failed"
MOST_ATTEMPTS = 12
# Written out, not bound: a partial index is found only by the very words of its condition.
IS_OPEN = outbox.c.state.in_([literal_column("'pending'"), literal_column("'running'")])


@dataclass(frozen=True, slots=True)
class Call:
    """One row in our hands; whoever lost the fence may not write what came of it."""

    store_id: str
    id: str
    kind: str
    key: str
    payload: JsonObject
    attempts: int
    fence: int


COLUMNS = [outbox.c[name] for name in Call.__dataclass_fields__]


def add(
    connection: Connection,
    store_id: str,
    kind: str,
    key: str,
    payload: JsonObject,
    due_at: datetime,
) -> None:
    """Ask for a call, at a real time; the same key again replaces what was asked before.

    `kind`: one of `jobs.outbox.MAKE`.
    """
    mine = (outbox.c.store_id == store_id, outbox.c.kind == kind, outbox.c.key == key)
    known = connection.execute(select(outbox.c.id, outbox.c.fence).where(*mine).with_for_update())
    before = known.one_or_none()
    row = {
        "store_id": store_id, "id": before.id if before else new_id(), "kind": kind, "key": key,
        "payload": payload, "state": PENDING, "attempts": 0, "due_at": due_at, "error": None,
        "lease_owner": None, "lease_until": None, "fence": before.fence + 1 if before else 0,
    }  # fmt: skip
    upsert(connection, outbox, [row])


def hasten(connection: Connection, store_id: str, kind: str, key: str, due_at: datetime) -> None:
    """Bring a call forward that rests; one that is being made, or has failed, keeps its time."""
    mine = (outbox.c.store_id == store_id, outbox.c.kind == kind, outbox.c.key == key)
    rests = (outbox.c.state == PENDING, outbox.c.attempts == 0, outbox.c.due_at > due_at)
    connection.execute(update(outbox).where(*mine, *rests).values(due_at=due_at))


def payload_of(connection: Connection, store_id: str, kind: str, key: str) -> JsonObject | None:
    """Give what a store's call of this kind and key says; None: there is none."""
    mine = (outbox.c.store_id == store_id, outbox.c.kind == kind, outbox.c.key == key)
    found: JsonObject | None = connection.execute(select(outbox.c.payload).where(*mine)).scalar()
    return found


def is_ours(connection: Connection, call: Call) -> bool:
    """Tell if a claimed call is still ours, and keep others from it until we commit."""
    mine = (outbox.c.store_id == call.store_id, outbox.c.id == call.id)
    query = select(outbox.c.id).where(*mine, outbox.c.fence == call.fence).with_for_update()
    return connection.execute(query).one_or_none() is not None


def claim(
    connection: Connection,
    *,
    owner: str,
    real_now: datetime,
    seconds: float,
    store_ids: Sequence[str] = (),
    limit: int = 20,
) -> list[Call]:
    """Take calls that are due, the oldest first; of these stores or of all."""
    free = or_(outbox.c.state == PENDING, outbox.c.lease_until < real_now)
    which = [IS_OPEN, outbox.c.due_at <= real_now, free]
    if store_ids:
        which.append(outbox.c.store_id.in_(store_ids))
    chosen = select(outbox.c.store_id, outbox.c.id).where(and_(*which))
    until = real_now + timedelta(seconds=seconds)
    values = {
        "state": RUNNING, "lease_owner": owner, "lease_until": until,
        "fence": outbox.c.fence + 1, "attempts": outbox.c.attempts + 1,
    }  # fmt: skip
    ordered = chosen.order_by(outbox.c.due_at).limit(limit)
    return [Call(*tuple(row)) for row in claim_rows(connection, outbox, ordered, values, COLUMNS)]


def done(connection: Connection, call: Call) -> bool:
    """Note that it happened; False when the fence is no longer ours."""
    return _finish(connection, call, state=DONE, error=None)


def again(
    connection: Connection, call: Call, due_at: datetime, *, error: str | None = None
) -> bool:
    """Try again at a real time, as if it had not been tried: there is more, or it was too much."""
    return _finish(
        connection, call, state=PENDING, due_at=due_at, attempts=call.attempts - 1, error=error
    )


def failed(
    connection: Connection, call: Call, error: str, real_now: datetime, *, for_good: bool = False
) -> bool:
    """Note a failure: tried again after 10 s, 20 s, 40 s ... an hour, twelve times in all."""
    if for_good or call.attempts >= MOST_ATTEMPTS:
        return _finish(connection, call, state=FAILED, error=error)
    pause = timedelta(seconds=min(5 * 2**call.attempts, 3600))
    return _finish(connection, call, state=PENDING, due_at=real_now + pause, error=error)


def retry(connection: Connection, store_id: str, kind: str, real_now: datetime) -> int:
    """Have a store's calls of a kind that were given up tried again; give how many."""
    mine = (outbox.c.store_id == store_id, outbox.c.kind == kind, outbox.c.state == FAILED)
    again = {"state": PENDING, "attempts": 0, "due_at": real_now, "error": None}
    return connection.execute(update(outbox).where(*mine).values(**again)).rowcount


def _finish(connection: Connection, call: Call, **values: Any) -> bool:
    mine = (outbox.c.store_id == call.store_id, outbox.c.id == call.id)
    query = update(outbox).where(*mine, outbox.c.fence == call.fence)
    freed = {"lease_owner": None, "lease_until": None}
    return connection.execute(query.values(**freed, **values)).rowcount == 1


def forget_customers(connection: Connection, store_id: str, ids: Sequence[str]) -> int:
    """Drop every call about these customers, made or not: its payload may say anything of them."""
    about = json_text(outbox.c.payload, ("customer_id",)).in_(list(ids))
    gone = delete(outbox).where(outbox.c.store_id == store_id, about)
    return connection.execute(gone).rowcount


def hand_over(connection: Connection, store_id: str, old: str, new: str) -> None:
    """Let calls about one customer be about another, whom they turned out to be."""
    about = json_text(outbox.c.payload, ("customer_id",)) == old
    query = select(outbox.c.id, outbox.c.payload).where(outbox.c.store_id == store_id, about)
    rows = [
        {"store_id": store_id, "id": row.id, "payload": {**row.payload, "customer_id": new}}
        for row in connection.execute(query)
    ]
    update_rows(connection, outbox, rows)


def drop_of_store(connection: Connection, store_id: str, kinds: Sequence[str]) -> int:
    """Forget calls of these kinds: there is nobody to call any more."""
    query = delete(outbox).where(outbox.c.store_id == store_id, outbox.c.kind.in_(kinds))
    return connection.execute(query).rowcount
