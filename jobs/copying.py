"""Takes a flow along to another store of the same people: what fits there, and what does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs import drafts, flow_problems, whatsapp_templates
from marketing import flow_schema
from marketing.crediting import creditless
from marketing.flow import Flow
from marketing.model import JsonObject
from marketing.said import Said, say
from storage import Connection, flows, segments
from storage.flows import StoredFlow
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class Copied:
    """The draft that the other store has now; `left` says what did not come along with it."""

    flow_id: str
    left: tuple[Said, ...]


def copy(connection: Connection, stored: StoredFlow, other: Store, now: datetime) -> Copied:
    """Keep a flow's draft as one of another store, unfinished as it may be; raises `BadFlow`.

    Segments and other flows that it names become those of the same name there.
    """
    there = _by_name(connection, other.id)
    ids, lost = {}, {}
    for name, own in _by_name(connection, stored.store_id).items():
        if name in there:
            ids[own] = there[name]
        else:
            lost[own] = name
    draft = dict(stored.draft)
    flow = flow_schema.read(_translated(draft, ids))
    made = drafts.put_new(connection, other.id, flow, now)
    named = [name for own, name in lost.items() if own in set(_texts(draft))]
    return Copied(made, (*map(_missing, named), *_unfit(connection, other, flow, draft, made)))


def _by_name(connection: Connection, store_id: str) -> dict[tuple[str, str], str]:
    """Give kind and name -> id of what a flow may name; of several alike the oldest."""
    named = [("segment", one.name, one.id) for one in segments.of_store(connection, store_id)]
    named += [("flow", one.name, one.id) for one in flows.of_store(connection, store_id)]
    return {(kind, name): found for kind, name, found in reversed(named)}


def _missing(what: tuple[str, str]) -> Said:
    kind, name = what
    if kind == "segment":
        return say("The segment “{name}” is not there: choose another, or make it.", name=name)
    return say("The flow “{name}” is not there: choose another, or copy it first.", name=name)


def _unfit(
    connection: Connection, other: Store, flow: Flow, draft: JsonObject, made: str
) -> Iterator[Said]:
    """Say what the other store lacks for it."""
    steps = flow.steps_by_id.values()
    told = (
        *creditless(steps, other.platform),
        *whatsapp_templates.problems(connection, other.id, flow),
        *flow_problems.warnings(connection, other.id, draft, made),
    )
    yield from dict.fromkeys(problem.sentence for problem in told)
    if any(isinstance(one, dict) and one.get("products") for one in _parts(draft)):
        yield say("It shows products that were picked in the first store: pick them anew.")


def _translated(document: Any, ids: dict[str, str]) -> Any:
    """Give a document with every id that stands in it replaced; ids are like nothing else."""
    if isinstance(document, dict):
        return {key: _translated(value, ids) for key, value in document.items()}
    if isinstance(document, list):
        return [_translated(value, ids) for value in document]
    return ids.get(document, document) if isinstance(document, str) else document


def _parts(document: Any) -> Iterator[Any]:
    """Give a document and everything in it."""
    yield document
    if isinstance(document, dict):
        document = list(document.values())
    for part in document if isinstance(document, list) else ():
        yield from _parts(part)


def _texts(document: Any) -> Iterator[str]:
    return (part for part in _parts(document) if isinstance(part, str))
