"""Takes a flow along to another store of the same people: what fits there, and what does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs import drafts, flow_problems, whatsapp_templates
from marketing import flow_schema
from marketing.crediting import creditless
from marketing.flow import Flow
from marketing.model import JsonObject
from marketing.said import Said, say
from storage import Connection, catalogue, flows, segments
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
    left = (*map(_missing, named), *_unfit(connection, other, flow, draft, made))
    return Copied(made, (*left, *_products(connection, stored.store_id, draft)))


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


def _products(connection: Connection, store_id: str, draft: JsonObject) -> Iterator[Said]:
    """Say which of the first store's products it shows or asks about: another has other ids."""
    shown = [one for part in _maps(draft) for one in _listed(part.get("products"))]
    # By id: the fields of a kept draft have no order that would hold.
    asked = sorted({one for part in _maps(draft) for one in _asked(part)})
    if shown:
        titles = _titles(connection, store_id, shown)
        yield say("It shows products of the first store: {titles}. Pick them anew.", titles=titles)
    if asked:
        titles = _titles(connection, store_id, asked)
        yield say(
            "It asks about products of the first store: {titles}. Choose them anew.", titles=titles
        )


def _asked(part: Mapping[str, Any]) -> list[str]:
    """Give the products that a comparison, or what it counts, is narrowed by."""
    is_of_product = part.get("field") == "event.product_id"
    where = part.get("where")
    counted = where.get("product_id") if isinstance(where, Mapping) else None
    return [*_listed(part.get("value") if is_of_product else None), *_listed(counted)]


def _listed(value: Any) -> list[str]:
    told = value if isinstance(value, list) else [value]
    return [one for one in told if isinstance(one, str) and one]


def _titles(connection: Connection, store_id: str, ids: list[str]) -> str:
    """Give the products' titles; one that is gone by its id, which is all that is left of it."""
    known = catalogue.wares(connection, store_id, ids, rated=False)
    told = [known[one].title if one in known else one for one in dict.fromkeys(ids)]
    return ", ".join(f"“{title}”" for title in told)


def _maps(document: Any) -> Iterator[Mapping[str, Any]]:
    return (part for part in _parts(document) if isinstance(part, Mapping))


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
