"""Flows and their versions: a draft that may change, versions that never do."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)

from marketing import flow_schema
from marketing.calendar import BIRTHDAY
from marketing.conditions import MEMBERSHIP, Asked, fields_of
from marketing.events import EventName
from marketing.flow import Branch, Delay, ExitOn, Flow, FlowStatus, Switch, WaitForEvent
from marketing.questions import Question
from marketing.templates import CompiledTemplate
from storage.enrollments import IS_ACTIVE
from storage.schema import campaigns, enrollments, flow_versions, flows, new_id

KEPT_VERSIONS = 512
LARGEST = 2**31 - 1
"""Numbers of versions are integers of the database: it does not take a larger one."""
Author = str | None
"""Who changed or published: `person:<id in the team>`, `key:<name>`; None: the app itself."""


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """A flow as the merchant has it: its draft document, its status, what is live."""

    store_id: str
    id: str
    name: str
    recipe: str | None
    status: FlowStatus
    trigger_event: str
    draft: Mapping[str, Any]
    live_version_id: str | None
    winners: Mapping[str, str]
    """Of splits: the variant that everyone takes from now on, by step id."""
    created_at: datetime
    updated_at: datetime
    revision: int = 1
    """Of the draft: one more with every change of it."""
    changed_at: datetime | None = None
    """When the draft was changed last; None: as it was made."""
    changed_by: Author = None


@dataclass(frozen=True, slots=True)
class Version:
    """What was published once; `templates` are compiled, by step id."""

    store_id: str
    id: str
    flow_id: str
    number: int
    flow: Flow
    templates: Mapping[str, CompiledTemplate]
    published_at: datetime
    asks: frozenset[Asked]
    """The facts that its walk asks for, as dotted paths."""
    awaits: frozenset[str] = frozenset()
    """The events that its walk waits for."""
    filtered_exits: frozenset[str] = frozenset()
    """The events that end it only where a filter holds."""


_versions: OrderedDict[tuple[str, str], Version] = OrderedDict()
"""Read once per process: a version never changes."""
_guard = threading.Lock()


def create(
    connection: Connection,
    store_id: str,
    flow: Flow,
    draft: Mapping[str, Any],
    now: datetime,
    flow_id: str | None = None,
) -> str | None:
    """Keep a new draft and give its id; None if the store has that recipe's flow already."""
    if flow.recipe is not None and _has_recipe(connection, store_id, flow.recipe):
        return None
    flow_id = flow_id or new_id()
    connection.execute(
        insert(flows).values(
            store_id=store_id,
            id=flow_id,
            name=flow.name,
            recipe=flow.recipe,
            status=FlowStatus.DRAFT.value,
            trigger_event=flow.trigger.event,
            draft=dict(draft),
            created_at=now,
            updated_at=now,
        )
    )
    return flow_id


def _has_recipe(connection: Connection, store_id: str, recipe: str) -> bool:
    query = select(flows.c.id).where(flows.c.store_id == store_id, flows.c.recipe == recipe)
    return connection.execute(query).first() is not None


def get(
    connection: Connection, store_id: str, flow_id: str, *, lock: bool = False
) -> StoredFlow | None:
    """Give one flow of the store, held against other writers if `lock` is asked for."""
    query = select(flows).where(flows.c.store_id == store_id, flows.c.id == flow_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _stored(row)


def of_store(connection: Connection, store_id: str) -> list[StoredFlow]:
    """Give all flows of the store but campaigns', oldest first."""
    query = (
        select(flows)
        .where(flows.c.store_id == store_id, ~is_campaigns())
        .order_by(flows.c.created_at)
    )
    return [_stored(row) for row in connection.execute(query)]


def is_campaigns() -> ColumnElement[bool]:
    """Give the condition that a flow is a campaign's."""
    mine = (campaigns.c.store_id == flows.c.store_id, campaigns.c.flow_id == flows.c.id)
    return exists(campaigns.c.id).where(*mine)


def paused(connection: Connection, store_id: str) -> set[str]:
    """Give the ids of the store's paused flows."""
    query = select(flows.c.id).where(
        flows.c.store_id == store_id, flows.c.status == FlowStatus.PAUSED.value
    )
    return set(connection.execute(query).scalars())


def save_draft(
    connection: Connection,
    store_id: str,
    flow_id: str,
    flow: Flow,
    now: datetime,
    author: Author = None,
) -> None:
    """Rewrite the draft, which becomes its next revision; what is live stays as published."""
    told = {"name": flow.name, "draft": flow_schema.dump(flow), "updated_at": now}
    is_new = flows.c.live_version_id.is_(None)
    event = case((is_new, flow.trigger.event), else_=flows.c.trigger_event)
    changed = {"revision": flows.c.revision + 1, "changed_at": now, "changed_by": author}
    _change(connection, store_id, flow_id, **told, **changed, trigger_event=event)


def add_version(  # noqa: PLR0913,PLR0917  one row's columns
    connection: Connection,
    store_id: str,
    flow_id: str,
    flow: Flow,
    templates: Mapping[str, CompiledTemplate],
    now: datetime,
    author: Author = None,
) -> str:
    """Keep a new version and make it the live one; give its id."""
    version_id = new_id()
    connection.execute(
        insert(flow_versions).values(
            store_id=store_id,
            id=version_id,
            flow_id=flow_id,
            number=_last_number(connection, store_id, flow_id) + 1,
            document=flow_schema.dump(flow),
            templates={step_id: told.to_document() for step_id, told in templates.items()},
            published_at=now,
            published_by=author,
        )
    )
    event = flow.trigger.event
    live = {"live_version_id": version_id, "status": FlowStatus.LIVE.value, "trigger_event": event}
    _change(connection, store_id, flow_id, **live, updated_at=now)
    return version_id


def _last_number(connection: Connection, store_id: str, flow_id: str) -> int:
    query = select(func.max(flow_versions.c.number)).where(
        flow_versions.c.store_id == store_id, flow_versions.c.flow_id == flow_id
    )
    return connection.execute(query).scalar_one() or 0


def set_status(
    connection: Connection, store_id: str, flow_id: str, status: FlowStatus, now: datetime
) -> None:
    """Pause a flow, or let it go on."""
    _change(connection, store_id, flow_id, status=status.value, updated_at=now)


def set_winners(
    connection: Connection, store_id: str, flow_id: str, winners: Mapping[str, str], now: datetime
) -> None:
    """Keep which variant everyone takes at which split."""
    _change(connection, store_id, flow_id, winners=dict(winners), updated_at=now)


def _change(connection: Connection, store_id: str, flow_id: str, **values: Any) -> None:
    connection.execute(
        update(flows).where(flows.c.store_id == store_id, flows.c.id == flow_id).values(**values)
    )


@dataclass(frozen=True, slots=True)
class Published:
    """One line of a flow's history."""

    id: str
    number: int
    published_at: datetime
    published_by: Author


def history(connection: Connection, store_id: str, flow_id: str) -> list[Published]:
    """Give what was published of a flow, the newest first."""
    v = flow_versions.c
    query = select(v.id, v.number, v.published_at, v.published_by).where(
        v.store_id == store_id, v.flow_id == flow_id
    )
    return [Published(*row) for row in connection.execute(query.order_by(v.number.desc()))]


def numbered(connection: Connection, stored: StoredFlow, number: int) -> Version:
    """Give a flow's version by its number; raises KeyError for one that never was."""
    if number > LARGEST:
        raise KeyError(number)
    v = flow_versions.c
    query = select(v.id).where(
        v.store_id == stored.store_id, v.flow_id == stored.id, v.number == number
    )
    version_id = connection.execute(query).scalar_one_or_none()
    if version_id is None:
        raise KeyError(number)
    key = (stored.store_id, version_id)
    return versions(connection, [key])[key]


def live(
    connection: Connection, store_ids: Iterable[str], event: str | None = None
) -> list[Version]:
    """Give the live version of each live flow of these stores, of one trigger event if named."""
    query = select(flows.c.store_id, flows.c.live_version_id).where(
        flows.c.store_id.in_(sorted(set(store_ids))),
        flows.c.status == FlowStatus.LIVE.value,
        flows.c.live_version_id.is_not(None),
    )
    if event is not None:
        query = query.where(flows.c.trigger_event == event)
    keys = [(row.store_id, row.live_version_id) for row in connection.execute(query)]
    return list(versions(connection, keys).values())


def walked(connection: Connection, store_id: str, *, with_people: bool) -> list[Version]:
    """Give what is live or paused of a store's flows.

    `with_people`: also all versions that have people in them, a campaign's too. It reads whoever
    is under way in the store: not for a list that is looked at often.
    """
    e = enrollments.c
    queries = [
        select(flows.c.live_version_id).where(
            flows.c.store_id == store_id, flows.c.live_version_id.is_not(None), ~is_campaigns()
        )
    ]
    if with_people:
        queries.append(select(e.version_id).where(e.store_id == store_id, IS_ACTIVE).distinct())
    keys = [(store_id, row[0]) for query in queries for row in connection.execute(query)]
    found = versions(connection, list(dict.fromkeys(keys))).values()
    return sorted(found, key=lambda version: (version.flow_id, version.number))


def live_documents(connection: Connection, store_id: str) -> dict[str, Mapping[str, Any]]:
    """Give the document of what is live of each flow of a store, by the flow's id."""
    is_live = and_(
        flow_versions.c.store_id == flows.c.store_id,
        flow_versions.c.id == flows.c.live_version_id,
    )
    query = (
        select(flows.c.id, flow_versions.c.document)
        .select_from(flows.join(flow_versions, is_live))
        .where(flows.c.store_id == store_id)
    )
    return {row.id: row.document for row in connection.execute(query)}


def date_properties(connection: Connection, store_id: str) -> frozenset[str]:
    """Name the customers' properties that are dates: the birthday, and what live flows wait for."""
    waiting = live(connection, [store_id], EventName.DATE_REACHED)
    named = (version.flow.trigger.property for version in waiting)
    return frozenset({BIRTHDAY, *(name for name in named if name)})


def versions(
    connection: Connection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Version]:
    """Give versions by (store id, version id); read from the database once per process."""
    found = _remembered(set(keys))
    missing = [key for key in set(keys) if key not in found]
    if missing:
        query = select(flow_versions).where(
            tuple_(flow_versions.c.store_id, flow_versions.c.id).in_(missing)
        )
        read = {(row.store_id, row.id): _version(row) for row in connection.execute(query)}
        _remember(read)
        found.update(read)
    return found


def _remembered(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Version]:
    with _guard:
        found = {key: _versions[key] for key in keys if key in _versions}
        for key in found:
            _versions.move_to_end(key)
        return found


def _remember(read: Mapping[tuple[str, str], Version]) -> None:
    with _guard:
        _versions.update(read)
        while len(_versions) > KEPT_VERSIONS:
            _versions.popitem(last=False)


def _version(row: Row[Any]) -> Version:
    templates = {
        step_id: CompiledTemplate.from_document(document)
        for step_id, document in row.templates.items()
    }
    flow = flow_schema.load(row.document)
    told = (row.store_id, row.id, row.flow_id, row.number, flow, templates, row.published_at)
    return Version(*told, asks_of(flow), awaits_of(flow), filtered_exits_of(flow))


def unpublished(stored: StoredFlow, flow: Flow, now: datetime) -> Version:
    """Give what a flow's draft would be as a version; it is kept nowhere."""
    exits = filtered_exits_of(flow)
    where = (stored.store_id, "draft", stored.id)
    return Version(*where, 0, flow, {}, now, asks_of(flow), awaits_of(flow), exits)


def asks_of(flow: Flow) -> frozenset[Asked]:
    """Give the facts that a walk asks for: conditions, switches, waits, exits, local hours."""
    asked = set(exit_fields(flow))
    for step in flow.steps_by_id.values():
        match step:
            case Branch():
                asked |= fields_of(step.condition)
            case WaitForEvent():
                asked |= fields_of(step.filter)
            case Switch():
                asked.add(step.field)
            case Delay() if step.by_clock:
                asked |= {"customer.timezone", *([step.until_field] if step.until_field else [])}
            case _:
                pass
    return frozenset(asked)


def exit_fields(flow: Flow) -> frozenset[Asked]:
    """Give the facts that the filters of a flow's exits ask for."""
    return fields_of(*(one.filter for one in flow.exits if isinstance(one, ExitOn)))


def everything_asked(flow: Flow) -> frozenset[Asked]:
    """Give all that a flow asks for anywhere: at entry, on its way, before a message."""
    return asks_of(flow) | fields_of(flow.trigger.filter, flow.filter)


def segments_asked(flow: Flow) -> list[str]:
    """Give the ids of the segments that a flow's conditions ask about."""
    return sorted({one for _, asked in segments_by_place(flow) for one in asked})


def segments_by_place(flow: Flow) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    """Give by step and field the ids of the segments that are asked about there."""
    start = f"{MEMBERSHIP}."
    for place, asked in _asked_by_place(flow):
        paths = (one for one in asked if isinstance(one, str) and one.startswith(start))
        yield place, frozenset(one.removeprefix(start) for one in paths)


def _asked_by_place(flow: Flow) -> Iterator[tuple[tuple[str, str], frozenset[Asked]]]:
    """Give the conditions of a flow as problems name them: at entry, at an exit, in a step."""
    yield ("trigger", "filter"), fields_of(flow.trigger.filter)
    yield ("", "filter"), fields_of(flow.filter)
    for number, one in enumerate(flow.exits):
        if isinstance(one, ExitOn):
            yield ("", f"exits.{number}.filter"), fields_of(one.filter)
    for step in flow.steps_by_id.values():
        if isinstance(step, Branch):
            yield (step.id, "condition"), fields_of(step.condition)
        elif isinstance(step, WaitForEvent):
            yield (step.id, "filter"), fields_of(step.filter)


def awaits_of(flow: Flow) -> frozenset[str]:
    """Give the names of the events that a flow waits for."""
    steps = flow.steps_by_id.values()
    names = {step.event for step in steps if isinstance(step, WaitForEvent)}
    asks = any(isinstance(step, Question) for step in steps)
    return frozenset(names | ({EventName.QUESTION_ANSWERED} if asks else set()))


def filtered_exits_of(flow: Flow) -> frozenset[str]:
    """Give the names of the events whose exits have a filter."""
    return frozenset(one.event for one in flow.exits if isinstance(one, ExitOn))


def _stored(row: Row[Any]) -> StoredFlow:
    return StoredFlow(**{**row._asdict(), "status": FlowStatus(row.status)})
