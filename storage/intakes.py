"""Intakes: orders to let many into a flow, how far each has come, and whom it kept out why.

The word is that of schools and clinics for those let in together; a batch is what a job has in
its hands, an import is the first copy of a store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.due import INTAKES
from storage.schema import intakes, new_id

NOW, PAST = "now", "past"
WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
SHOWN = 100
"""How many of a flow's intakes are listed."""


@dataclass(frozen=True, slots=True)
class Intake:
    """One order and where it stands; `intakes` in the schema tells the columns."""

    id: str
    flow_id: str
    version_id: str
    kind: str
    is_rehearsal: bool
    source: Mapping[str, Any]
    event: Mapping[str, Any]
    since: datetime | None
    cursor: str | None
    state: str
    seen: int
    entered: int
    refused: Mapping[str, int]
    standing: Mapping[str, int]
    due_at: datetime | None
    failures: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in {DONE, FAILED, CANCELLED}


_COLUMNS = [intakes.c[name] for name in Intake.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of a new intake."""

    flow_id: str
    version_id: str
    source: Mapping[str, Any]
    kind: str = NOW
    is_rehearsal: bool = False
    since: datetime | None = None
    event: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What one batch brought; without a cursor it was the last."""

    cursor: str | None
    seen: int
    entered: int
    refused: Mapping[str, int]
    standing: Mapping[str, int]


def add(connection: Connection, store_id: str, order: Order, now: datetime) -> str:
    """Keep a new intake, due at once; give its id."""
    intake_id = new_id()
    connection.execute(
        insert(intakes).values(
            store_id=store_id,
            id=intake_id,
            flow_id=order.flow_id,
            version_id=order.version_id,
            kind=order.kind,
            is_rehearsal=order.is_rehearsal,
            source=dict(order.source),
            event=dict(order.event or {}),
            since=order.since,
            state=WAITING,
            due_at=now,
            created_at=now,
        )
    )
    return intake_id


def get(connection: Connection, store_id: str, intake_id: str) -> Intake | None:
    """Give one intake of the store."""
    query = select(*_COLUMNS).where(intakes.c.store_id == store_id, intakes.c.id == intake_id)
    return _intake(connection.execute(query).one_or_none())


def of_flow(connection: Connection, store_id: str, flow_id: str) -> list[Intake]:
    """Give a flow's latest intakes, the newest first."""
    query = (
        select(*_COLUMNS)
        .where(intakes.c.store_id == store_id, intakes.c.flow_id == flow_id)
        .order_by(intakes.c.created_at.desc(), intakes.c.id.desc())
        .limit(SHOWN)
    )
    return [Intake(*row) for row in connection.execute(query)]


def front(connection: Connection, store_id: str, now: datetime) -> str | None:
    """Give the id of the intake that has waited longest for its next batch."""
    query = (
        select(intakes.c.id)
        .where(intakes.c.store_id == store_id, INTAKES.waits, intakes.c.due_at <= now)
        .order_by(intakes.c.due_at)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def hold(connection: Connection, store_id: str, intake_id: str, now: datetime) -> Intake | None:
    """Give an intake whose next batch is due, held against others; None: somebody has it."""
    query = (
        select(*_COLUMNS)
        .where(
            intakes.c.store_id == store_id,
            intakes.c.id == intake_id,
            INTAKES.waits,
            intakes.c.due_at <= now,
        )
        .with_for_update(skip_locked=True)
    )
    return _intake(connection.execute(query).one_or_none())


def note(
    connection: Connection, store_id: str, before: Intake, taken: Taken, now: datetime
) -> None:
    """Note a batch in its own transaction; a store's intakes take turns by `due_at`."""
    over = taken.cursor is None
    _change(
        connection,
        store_id,
        before.id,
        cursor=taken.cursor,
        state=DONE if over else RUNNING,
        seen=before.seen + taken.seen,
        entered=before.entered + taken.entered,
        refused=_sum(before.refused, taken.refused),
        standing=_sum(before.standing, taken.standing),
        due_at=None if over else now,
        failures=0,
        error=None,
        started_at=before.started_at or now,
        finished_at=now if over else None,
    )


def _sum(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {key: before.get(key, 0) + more.get(key, 0) for key in {**before, **more}}


def put_off(
    connection: Connection, store_id: str, intake_id: str, *, error: str, until: datetime
) -> None:
    """Try its batch again later."""
    failures = intakes.c.failures + 1
    _change(connection, store_id, intake_id, error=error, due_at=until, failures=failures)


def look_again(connection: Connection, store_id: str, intake_id: str, at: datetime) -> None:
    """Begin its batch later: who is meant is not known yet."""
    _change(connection, store_id, intake_id, due_at=at)


def park(connection: Connection, store_id: str, intake_id: str) -> None:
    """Let it wait, without a time, until its flow goes on."""
    _change(connection, store_id, intake_id, due_at=None)


def unpark(connection: Connection, store_id: str, flow_id: str, now: datetime) -> None:
    """Let a flow's intakes go on where they stood."""
    i = intakes.c
    connection.execute(
        update(intakes)
        .where(i.store_id == store_id, i.flow_id == flow_id, i.state.in_([WAITING, RUNNING]))
        .values(due_at=now)
    )


def end(
    connection: Connection,
    store_id: str,
    intake_id: str,
    state: str,
    now: datetime,
    error: str | None = None,
) -> bool:
    """Give up on an intake; False if it is over already, or not the store's."""
    i = intakes.c
    ended = connection.execute(
        update(intakes)
        .where(i.store_id == store_id, i.id == intake_id, i.state.in_([WAITING, RUNNING]))
        .values(state=state, due_at=None, finished_at=now, error=error)
    )
    return ended.rowcount == 1


def _change(connection: Connection, store_id: str, intake_id: str, **values: Any) -> None:
    mine = (intakes.c.store_id == store_id, intakes.c.id == intake_id)
    connection.execute(update(intakes).where(*mine).values(**values))


def _intake(row: Row[Any] | None) -> Intake | None:
    return None if row is None else Intake(*tuple(row))
