"""A/B tests that pick their winner by themselves: since when, when to look next, what was seen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from storage.dialect import upsert
from storage.schema import split_tests


@dataclass(frozen=True, slots=True)
class SplitTest:
    """One split's test, from when its split came to be what it is."""

    flow_id: str
    step_id: str
    shape: str
    begun_at: datetime
    due_at: datetime | None
    looked_at: datetime | None
    verdict: Mapping[str, Any] | None
    """The last look's: a `Verdict` with its `arms`."""
    is_picked: bool
    """Its leader is the winner by this test, not by hand."""


def of_flow(connection: Connection, store_id: str, flow_id: str) -> dict[str, SplitTest]:
    """Give the tests of a flow by their split."""
    t = split_tests.c
    query = select(split_tests).where(t.store_id == store_id, t.flow_id == flow_id)
    told = (row._mapping for row in connection.execute(query))  # noqa: SLF001
    return {
        row["step_id"]: SplitTest(**{k: v for k, v in row.items() if k != "store_id"})
        for row in told
    }


def begin(  # noqa: PLR0913,PLR0917  one row's columns
    connection: Connection,
    store_id: str,
    flow_id: str,
    step_id: str,
    shape: str,
    now: datetime,
    due_at: datetime | None,
) -> None:
    """Begin a test, or begin it anew; without a `due_at` nobody looks at it."""
    row = {
        "store_id": store_id, "flow_id": flow_id, "step_id": step_id, "shape": shape,
        "begun_at": now, "due_at": due_at, "looked_at": None, "verdict": None, "is_picked": False,
    }  # fmt: skip
    upsert(connection, split_tests, [row])


def keep_only(
    connection: Connection, store_id: str, flow_id: str, step_ids: Collection[str]
) -> None:
    """Forget the tests of a flow's other splits."""
    others = split_tests.c.step_id.not_in(sorted(step_ids))
    connection.execute(delete(split_tests).where(_of(store_id, flow_id), others))


def front(connection: Connection, store_id: str, now: datetime) -> tuple[str, str] | None:
    """Give the flow and the split whose look has been due the longest."""
    t = split_tests.c
    query = (
        select(t.flow_id, t.step_id)
        .where(t.store_id == store_id, t.due_at.is_not(None), t.due_at <= now)
        .order_by(t.due_at, t.flow_id, t.step_id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.flow_id, row.step_id)


def looked(
    connection: Connection,
    store_id: str,
    test: SplitTest,
    now: datetime,
    verdict: Mapping[str, Any],
    **then: Any,
) -> None:
    """Keep what a look gave, and (`due_at`, `is_picked`) what follows from it."""
    told = {"looked_at": now, "verdict": dict(verdict), **then}
    connection.execute(_change(store_id, test.flow_id, test.step_id).values(told))


def put_off(connection: Connection, store_id: str, test: SplitTest, due_at: datetime) -> None:
    """Look later, and only then."""
    connection.execute(_change(store_id, test.flow_id, test.step_id).values(due_at=due_at))


def stop(connection: Connection, store_id: str, flow_id: str, step_id: str) -> None:
    """Look no more: a person has decided, for a variant or for chance."""
    connection.execute(_change(store_id, flow_id, step_id).values(due_at=None, is_picked=False))


def _change(store_id: str, flow_id: str, step_id: str) -> Any:
    return update(split_tests).where(_of(store_id, flow_id), split_tests.c.step_id == step_id)


def _of(store_id: str, flow_id: str) -> ColumnElement[bool]:
    return and_(split_tests.c.store_id == store_id, split_tests.c.flow_id == flow_id)
