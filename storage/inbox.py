"""The inbox: every webhook as it came, kept before its sender hears 200; and who works on which.

A batch of rows is claimed by a committed row in `batches`. The transaction that does the work
takes that row away first: whoever died before left the names of the suspects behind, and
those are worked on singly from then on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from marketing.model import Platform
from storage.among import among
from storage.bulk import update_rows
from storage.database import Database
from storage.dialect import contains_bytes, lock_claims
from storage.many import insert_new, one_new_row
from storage.schema import batches, inbox, new_id

VERB = "ingest"
DEADLY = 3  # deaths while alone, or refusals of the database, after which a row is dead
# Written out, not bound: a partial index is found only by the very words of its condition.
PENDING = inbox.c.state == literal_column("'pending'")
HAS_BODY = and_(inbox.c.processed_at.is_not(None), inbox.c.body.is_not(None))
KEPT_COLUMNS = (
    inbox.c.id, inbox.c.platform, inbox.c.store_domain, inbox.c.webhook_id, inbox.c.topic,
    inbox.c.event_id, inbox.c.triggered_at, inbox.c.body, inbox.c.received_at, inbox.c.alone,
)  # fmt: skip
UNIQUE = ("platform", "store_domain", "webhook_id")
KEPT = ("platform", "store_domain", "webhook_id", "topic", "event_id", "triggered_at", "body")
KEEP = one_new_row(inbox, KEPT, key=UNIQUE, now="received_at")
"""The statement that keeps one webhook, as PostgreSQL's driver takes it."""


class Arrival(Protocol):
    """What the inbox reads of a verified webhook; `connectors.base.Webhook` is one."""

    @property
    def id(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def store_domain(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def event_id(self) -> str | None: ...
    @property
    def triggered_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """One webhook out of the inbox."""

    id: int
    platform: Platform
    store_domain: str
    webhook_id: str
    topic: str
    event_id: str | None
    triggered_at: datetime | None
    body: bytes | None
    received_at: datetime
    alone: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows in somebody's hands, in the order they came."""

    id: str
    rows: tuple[Kept, ...]
    more: bool = False
    """Whether others waited at that moment that nobody had."""

    @property
    def alone(self) -> bool:
        """True for a suspect of a crash, which is worked on by itself."""
        return len(self.rows) == 1 and self.rows[0].alone


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: `done`, `ignored` or `dead` with words; whose data it holds."""

    id: int
    state: str
    customer_id: str | None = None
    error: str | None = None
    forget: bool = False
    """Empty the body: nobody may read it any more."""


def keep_now(database: Database, platform: Platform, arrival: Arrival) -> bool:
    """Keep one webhook, durable when this returns; False when it was here already.

    SQLite commits it with those that come just now; PostgreSQL does that for its clients itself.
    """
    if database.dialect == "sqlite":
        return database.gather(keep_all, (platform, arrival))
    with database.autocommitting() as driver:
        return driver.execute(KEEP, _row(platform, arrival), prepare=True).rowcount == 1


def keep_all(connection: Connection, arrivals: Sequence[tuple[Platform, Arrival]]) -> list[bool]:
    """Keep webhooks; say of each whether it is new. For `Database.gather`."""
    rows = [_row(platform, told) for platform, told in arrivals]
    names = [inbox.c[name] for name in UNIQUE]
    kept = insert_new(connection, inbox, rows, key=UNIQUE, returning=names, now="received_at")
    new = {tuple(row) for row in kept}
    keys = [tuple(str(row[name]) for name in UNIQUE) for row in rows]
    return [key in new and not new.discard(key) for key in keys]  # type: ignore[func-returns-value]


def _row(platform: Platform, told: Arrival) -> dict[str, Any]:
    return {
        "platform": platform, "store_domain": told.store_domain, "webhook_id": told.id,
        "topic": told.topic, "event_id": told.event_id, "triggered_at": told.triggered_at,
        "body": told.body,
    }  # fmt: skip


def keep(connection: Connection, platform: Platform, arrival: Arrival) -> bool:
    """Keep one webhook; False when it was here already."""
    return keep_all(connection, [(platform, arrival)])[0]


def claim(
    connection: Connection, *, owner: str, real_now: datetime, seconds: float, limit: int = 500
) -> Claim | None:
    """Take the oldest rows that nobody has; None: there are none. To be committed at once."""
    lock_claims(connection, VERB)
    taken = _taken(connection)
    query = select(*KEPT_COLUMNS).where(PENDING).order_by(inbox.c.id).limit(limit + len(taken) + 1)
    free = [row for row in connection.execute(query) if row.id not in taken]
    rows = [_kept(row) for row in _together(free, limit)]
    if not rows:
        return None
    batch_id = new_id()
    batch = {
        "id": batch_id, "verb": VERB, "owner": owner, "row_ids": [row.id for row in rows],
        "lease_until": real_now + timedelta(seconds=seconds),
    }  # fmt: skip
    connection.execute(insert(batches).values(**batch))
    return Claim(batch_id, tuple(rows), more=len(free) > len(rows))


def _taken(connection: Connection) -> set[int]:
    query = select(batches.c.row_ids).where(batches.c.verb == VERB)
    return {row_id for ids in connection.execute(query).scalars() for row_id in ids}


def _together(rows: Sequence[Any], limit: int) -> Sequence[Any]:
    """The rows up to the first suspect; that one by itself when its turn comes."""
    if rows and rows[0].alone:
        return rows[:1]
    first_suspect = next((at for at, row in enumerate(rows) if row.alone), len(rows))
    return rows[: min(limit, first_suspect)]


def _kept(row: Any) -> Kept:
    return Kept(row.id, Platform(row.platform), *row[2:])


def begin(connection: Connection, claim: Claim) -> bool:
    """Open the claim's work; False when it was taken for dead: then do nothing.

    Called first in the transaction that does the work.
    """
    gone = connection.execute(delete(batches).where(batches.c.id == claim.id))
    return gone.rowcount == 1


def finish(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Note what became of the rows."""
    rows = [
        {"id": one.id, "state": one.state, "customer_id": one.customer_id, "error": one.error}
        for one in outcomes
    ]
    update_rows(connection, inbox, rows, match=("id",), also={"processed_at": now})
    forgotten = [one.id for one in outcomes if one.forget]
    if forgotten:
        connection.execute(update(inbox).where(among(inbox.c.id, forgotten)).values(body=None))


def suspect(connection: Connection, claim: Claim, error: str | None) -> None:
    """Count one failure of a claim: each of its rows is worked on alone from now on.

    Only a failure while alone counts against a row; the third makes it dead.
    """
    ids = [row.id for row in claim.rows]
    _suspect(connection, ids, alone=claim.alone, error=error)


def _suspect(connection: Connection, ids: Iterable[int], *, alone: bool, error: str | None) -> None:
    died: dict[str, ColumnElement[Any]] = {}
    if alone:
        deaths = inbox.c.deaths + 1
        died = {"deaths": deaths, "state": case((deaths >= DEADLY, "dead"), else_=inbox.c.state)}
    query = update(inbox).where(among(inbox.c.id, ids), PENDING)
    connection.execute(query.values(alone=True, error=error, **died))


def reap(connection: Connection, real_now: datetime) -> int:
    """Free the rows of workers that died: their lease is over. Gives how many rows."""
    dead = delete(batches).where(batches.c.verb == VERB, batches.c.lease_until < real_now)
    freed = 0
    for ids in connection.execute(dead.returning(batches.c.row_ids)).scalars().all():
        freed += len(ids)
        _suspect(connection, ids, alone=_was_alone(connection, ids), error="a worker died of it")
    return freed


def _was_alone(connection: Connection, ids: Sequence[int]) -> bool:
    if len(ids) != 1:
        return False
    query = select(inbox.c.alone).where(inbox.c.id == ids[0])
    return bool(connection.execute(query).scalar_one_or_none())


def redrive(connection: Connection, ids: Iterable[int]) -> int:
    """Give dead rows another chance, alone; give how many were dead."""
    dead = update(inbox).where(inbox.c.id.in_(list(ids)), inbox.c.state == "dead")
    fresh = {"state": "pending", "deaths": 0, "alone": True, "error": None}
    return connection.execute(dead.values(**fresh)).rowcount


def count_pending(connection: Connection) -> int:
    """Count the rows that wait."""
    query = select(func.count()).select_from(inbox).where(PENDING)
    return connection.execute(query).scalar_one()


def count_dead(connection: Connection) -> int:
    """Count the rows that could not be read or worked on."""
    query = select(func.count()).select_from(inbox).where(inbox.c.state == "dead")
    return connection.execute(query).scalar_one()


def has_pending(connection: Connection) -> bool:
    """Say whether any row waits."""
    return connection.execute(select(inbox.c.id).where(PENDING).limit(1)).first() is not None


def prune(connection: Connection, before: datetime, *, limit: int = 1000) -> int:
    """Empty some bodies of rows worked on before then, the oldest; give how many.

    Their keys stay, so that a late copy is still known for one.
    """
    old = select(inbox.c.id).where(HAS_BODY, inbox.c.processed_at < before)
    oldest = old.order_by(inbox.c.processed_at).limit(limit)
    query = update(inbox).where(inbox.c.id.in_(oldest)).values(body=None)
    return connection.execute(query).rowcount


def forget(
    connection: Connection, domain: str, customer_id: str | None, words: Iterable[str]
) -> int:
    """Empty the bodies about one customer, and unread ones in which these words stand."""
    mine = inbox.c.store_domain == domain
    about = [inbox.c.customer_id == customer_id] if customer_id else []
    unread = [contains_bytes(connection, inbox.c.body, word) for word in words if word]
    count = 0
    for condition in about:
        count += connection.execute(update(inbox).where(mine, condition).values(body=None)).rowcount
    for condition in unread:
        dead = inbox.c.state.in_(["dead", "ignored"])
        query = update(inbox).where(mine, dead, condition).values(body=None)
        count += connection.execute(query).rowcount
    return count


def forget_store(connection: Connection, platform: Platform, domain: str) -> int:
    """Drop everything that a store sent."""
    mine = (inbox.c.platform == platform, inbox.c.store_domain == domain)
    return connection.execute(delete(inbox).where(*mine)).rowcount
