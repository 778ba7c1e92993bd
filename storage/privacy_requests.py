"""Privacy requests of the platforms: each answered once, with a receipt that names nobody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from marketing.model import JsonObject
from storage.many import insert_new
from storage.schema import new_id, privacy_requests

PENDING, DONE, REFUSED = "pending", "done", "refused"
UNIQUE = ("store_id", "kind", "request_id")


@dataclass(frozen=True, slots=True)
class Request:
    """Which request: `id` is the platform's name for it, else the webhook's."""

    store_id: str
    kind: str
    id: str


def ask(
    connection: Connection, request: Request, *, subject_hash: str | None, now: datetime
) -> bool:
    """Note a request; False when it was made before."""
    row: dict[str, Any] = {
        "store_id": request.store_id, "id": new_id(), "kind": request.kind,
        "request_id": request.id, "subject_hash": subject_hash, "state": PENDING, "receipt": {},
        "requested_at": now,
    }  # fmt: skip
    returning = [privacy_requests.c.id]
    return bool(insert_new(connection, privacy_requests, [row], key=UNIQUE, returning=returning))


def answer(
    connection: Connection,
    request: Request,
    receipt: JsonObject,
    now: datetime,
    *,
    state: str = DONE,
) -> None:
    """Note what was done about it: counts and ids of ours, no names."""
    r = privacy_requests.c
    mine = (r.store_id == request.store_id, r.kind == request.kind, r.request_id == request.id)
    values = {"state": state, "receipt": receipt, "finished_at": now}
    connection.execute(update(privacy_requests).where(*mine).values(**values))


def get(connection: Connection, request: Request) -> Row[Any] | None:
    """Give one request and its receipt."""
    r = privacy_requests.c
    mine = (r.store_id == request.store_id, r.kind == request.kind, r.request_id == request.id)
    return connection.execute(select(privacy_requests).where(*mine)).one_or_none()


def of_store(connection: Connection, store_id: str, *, limit: int = 100) -> list[Row[Any]]:
    """Give a store's requests, newest first."""
    r = privacy_requests.c
    query = select(privacy_requests).where(r.store_id == store_id).order_by(r.requested_at.desc())
    return list(connection.execute(query.limit(limit)))
