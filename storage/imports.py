"""The first copy of a store: how far it has come, noun by noun."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from storage.dialect import upsert
from storage.schema import imports

NOUNS = ("cart", "customer", "product", "order")
"""In the order they are read: what is at stake first; an order finds its customer."""
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


@dataclass(frozen=True, slots=True)
class Import:
    """Where the copy of one noun stands; `cursor` is the platform's, for the next page."""

    noun: str
    install_epoch: int
    cursor: str | None
    done: int
    total: int | None
    state: str


COLUMNS = [imports.c[name] for name in Import.__dataclass_fields__]


def begin(connection: Connection, store_id: str, install_epoch: int) -> None:
    """Start every noun's copy from its beginning."""
    rows: list[dict[str, Any]] = [
        {
            "store_id": store_id, "noun": noun, "install_epoch": install_epoch, "cursor": None,
            "done": 0, "total": None, "state": WAITING, "error": None, "started_at": None,
            "finished_at": None,
        }
        for noun in NOUNS
    ]  # fmt: skip
    upsert(connection, imports, rows)


def next_one(connection: Connection, store_id: str, install_epoch: int) -> Import | None:
    """Give the noun to go on with; None: all are done, or begun for another install."""
    mine = (imports.c.store_id == store_id, imports.c.install_epoch == install_epoch)
    query = select(*COLUMNS).where(*mine, imports.c.state.in_([WAITING, RUNNING]))
    waiting = [Import(*row) for row in connection.execute(query)]
    return min(waiting, key=lambda one: NOUNS.index(one.noun), default=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """What one page brought; without a cursor it was the last."""

    count: int
    cursor: str | None
    total: int | None


def advance(
    connection: Connection, store_id: str, at: Import, page: Progress, now: datetime
) -> bool:
    """Note a page that was mirrored, in its transaction; False: somebody else was faster."""
    values: dict[str, Any] = {
        "cursor": page.cursor,
        "done": at.done + page.count,
        "total": at.total if page.total is None else page.total,
        "state": RUNNING if page.cursor else DONE,
        "error": None,
    }
    if at.state == WAITING:
        values["started_at"] = now
    if page.cursor is None:
        values["finished_at"] = now
    return _change(connection, store_id, at, values)


def fail(connection: Connection, store_id: str, at: Import, error: str, now: datetime) -> bool:
    """Give up on a noun, with words for the merchant."""
    return _change(connection, store_id, at, {"state": FAILED, "error": error, "finished_at": now})


def retry(connection: Connection, store_id: str) -> int:
    """Let the nouns that were given up go on from where they stopped; give how many."""
    i = imports.c
    again = update(imports).where(i.store_id == store_id, i.state == FAILED)
    return connection.execute(again.values(state=WAITING, error=None, finished_at=None)).rowcount


def note(connection: Connection, store_id: str, at: Import, error: str) -> bool:
    """Say why it does not go on just now."""
    return _change(connection, store_id, at, {"error": error})


def _change(connection: Connection, store_id: str, at: Import, values: dict[str, Any]) -> bool:
    """Write only over what was read: cursor and install are the fence."""
    same = imports.c.cursor.is_(None) if at.cursor is None else imports.c.cursor == at.cursor
    query = update(imports).where(
        imports.c.store_id == store_id,
        imports.c.noun == at.noun,
        imports.c.install_epoch == at.install_epoch,
        imports.c.state == at.state,
        same,
    )
    return connection.execute(query.values(**values)).rowcount == 1


def drop(connection: Connection, store_id: str) -> None:
    """Forget the copy's progress: the app was removed."""
    connection.execute(delete(imports).where(imports.c.store_id == store_id))
