"""Segments: what they are, and who is in them."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    delete,
    insert,
    literal,
    or_,
    select,
    update,
)

from marketing import segment_schema
from marketing.flow import Condition
from marketing.segments import Rule, Segment, rule_of
from storage import segment_members
from storage.many import find_rows
from storage.schema import new_id, segments

BUILDING, READY = "building", "ready"
KEPT_RULES = 4096


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment as the merchant has it; `building` until its members were found the first time."""

    store_id: str
    id: str
    name: str
    ready_made: str | None
    revision: int
    state: str
    announces: bool
    due_at: datetime | None
    seen_at: datetime | None
    whole_at: datetime | None
    built_at: datetime | None
    refreshed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    rule: Rule

    @property
    def condition(self) -> Condition:
        return self.rule.condition

    @property
    def is_told(self) -> bool:
        """Whether who enters and leaves is an event: not while it is built in silence."""
        return self.state == READY or self.announces


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a segment in bulk: of when it was, and when everybody is looked at next."""

    at: datetime
    whole_at: datetime | None


_rules: OrderedDict[tuple[str, int], Rule] = OrderedDict()
"""Read and worked out once per process, by segment and revision."""
_guard = threading.Lock()
_PLAIN = [segments.c[name] for name in StoredSegment.__slots__ if name != "rule"]
"""All but the condition, which is known mostly."""


def create(
    connection: Connection,
    store_id: str,
    segment: Segment,
    now: datetime,
    *,
    ready_made: str | None = None,
    announces: bool = False,
) -> str | None:
    """Keep a segment, to be built by the next job, and give its id; None: the name is taken.

    `announces`: whoever the first build finds has entered, and flows hear of it; else they were
    there before, and only who comes later enters.
    """
    if _has_name(connection, store_id, segment.name):
        return None
    segment_id = new_id()
    connection.execute(
        insert(segments).values(
            store_id=store_id,
            id=segment_id,
            name=segment.name,
            ready_made=ready_made,
            condition=segment_schema.dump_condition(segment.condition),
            state=BUILDING,
            announces=announces,
            due_at=now,
            whole_at=now,
            created_at=now,
            updated_at=now,
        )
    )
    return segment_id


def change(
    connection: Connection,
    store_id: str,
    segment_id: str,
    segment: Segment,
    now: datetime,
    *,
    announces: bool = False,
) -> bool:
    """Change name and condition; another condition is built anew. False: the name is taken."""
    before = get(connection, store_id, segment_id)
    if _has_name(connection, store_id, segment.name, but=segment_id):
        return False
    values: dict[str, Any] = {"name": segment.name, "updated_at": now}
    if before is not None and before.condition != segment.condition:
        values |= {
            "condition": segment_schema.dump_condition(segment.condition),
            "revision": segments.c.revision + 1,
            "state": BUILDING,
            "announces": announces,
            "due_at": now,
            "whole_at": now,
        }
    put(connection, store_id, segment_id, **values)
    return True


def _has_name(connection: Connection, store_id: str, name: str, but: str | None = None) -> bool:
    query = select(segments.c.id).where(segments.c.store_id == store_id, segments.c.name == name)
    return any(found != but for found in connection.execute(query).scalars())


def put(connection: Connection, store_id: str, segment_id: str, **values: Any) -> None:
    """Set columns of a segment."""
    connection.execute(
        update(segments)
        .where(segments.c.store_id == store_id, segments.c.id == segment_id)
        .values(**values)
    )


def remove(connection: Connection, store_id: str, segment_id: str) -> None:
    """Forget a segment and who was in it."""
    connection.execute(
        delete(segments).where(segments.c.store_id == store_id, segments.c.id == segment_id)
    )


def get(
    connection: Connection, store_id: str, segment_id: str, *, lock: bool = False
) -> StoredSegment | None:
    """Give one segment of the store, held against other writers if `lock` is asked for."""
    query = select(*_PLAIN).where(segments.c.store_id == store_id, segments.c.id == segment_id)
    found = _stored(connection, query.with_for_update() if lock else query)
    return found[0] if found else None


def of_store(connection: Connection, store_id: str) -> list[StoredSegment]:
    """Give all segments of the store, oldest first."""
    s = segments.c
    query = select(*_PLAIN).where(s.store_id == store_id).order_by(s.created_at, s.id)
    return _stored(connection, query)


def due(
    connection: Connection, store_id: str, now: datetime, limit: int = 1
) -> list[StoredSegment]:
    """Give the store's segments that have been due the longest."""
    s = segments.c
    query = (
        select(*_PLAIN)
        .where(s.store_id == store_id, s.due_at.is_not(None), s.due_at <= now)
        .order_by(s.due_at, s.id)
        .limit(limit)
    )
    return _stored(connection, query)


def hasten(
    connection: Connection,
    store_id: str,
    segment_ids: Iterable[str] | None,
    at: datetime,
    *,
    whole: bool = True,
) -> None:
    """Have these segments, or all of a store, looked at in bulk no later than `at`.

    `whole`: everybody is looked at, not only those whom time may have moved.
    """
    s = segments.c
    mine = [s.store_id == store_id]
    if segment_ids is not None:
        mine.append(s.id.in_(sorted(segment_ids)))
    for column in (s.due_at, *([s.whole_at] if whole else [])):
        later = or_(column.is_(None), column > at)
        connection.execute(update(segments).where(*mine, later).values({column: at}))


def finish(
    connection: Connection, one: StoredSegment, told: Look, due_at: datetime, now: datetime
) -> None:
    """Note that a segment's members are those its condition finds, unless that changed since.

    `due_at`: when it is looked at next, if nothing comes up before; what came up in the
    meantime stays due.
    """
    s = segments.c
    whole_at = _known_as(s.whole_at, one.whole_at, told.whole_at)
    same = (s.store_id == one.store_id, s.id == one.id, s.revision == one.revision)
    values: dict[str, Any] = {
        "state": READY,
        "due_at": case((whole_at < due_at, whole_at), else_=literal(due_at, s.due_at.type)),
        "seen_at": told.at,
        "whole_at": whole_at,
        "refreshed_at": now,
    }
    if one.state == BUILDING:
        values["built_at"] = now
    connection.execute(update(segments).where(*same).values(**values))


def _known_as(
    column: Column[Any], before: datetime | None, after: datetime | None
) -> ColumnElement[Any]:
    """Give what a moment becomes, if it still is what it was."""
    is_same = column.is_(None) if before is None else column == before
    return case((is_same, literal(after, column.type)), else_=column)


def members(
    connection: Connection,
    store_id: str,
    segment_id: str,
    *,
    after: str | None = None,
    limit: int = 500,
) -> list[str]:
    """Give the ids of a segment's members by their order, from the one after `after` on."""
    return segment_members.page(connection, store_id, segment_id, after=after, limit=limit)


def sizes(connection: Connection, store_id: str, segment_ids: Sequence[str]) -> dict[str, int]:
    """Give how many members each of these segments has."""
    return segment_members.sizes(connection, store_id, segment_ids)


def _stored(connection: Connection, query: Select[Any]) -> list[StoredSegment]:
    rows = connection.execute(query).all()
    rules = _known(connection, {(row.store_id, row.id, row.revision) for row in rows})
    return [StoredSegment(**row._asdict(), rule=rules[row.id, row.revision]) for row in rows]


def _known(
    connection: Connection, wanted: Iterable[tuple[str, str, int]]
) -> Mapping[tuple[str, int], Rule]:
    """Give the rules by segment and revision; those not known yet are read."""
    with _guard:
        found = {key[1:]: _rules[key[1:]] for key in wanted if key[1:] in _rules}
        for key in found:
            _rules.move_to_end(key)
    missing = [key for key in wanted if key[1:] not in found]
    read = {(row.id, row.revision): _read(row) for row in _conditions(connection, missing)}
    with _guard:
        _rules.update(read)
        while len(_rules) > KEPT_RULES:
            _rules.popitem(last=False)
    return {**found, **read}


def _conditions(
    connection: Connection, wanted: Sequence[tuple[str, str, int]]
) -> Iterable[Row[Any]]:
    s = segments.c
    keys = [(store_id, segment_id) for store_id, segment_id, _ in wanted]
    columns = [s.store_id, s.id, s.revision, s.condition]
    return find_rows(connection, segments, ("store_id", "id"), keys, columns)


def _read(row: Row[Any]) -> Rule:
    return rule_of(segment_schema.load_condition(row.condition))
