"""Drafts of flows: made of recipes and documents, rewritten, made of a version again."""

from dataclasses import dataclass, replace
from datetime import datetime

from jobs.runtime import Runtime
from marketing import flow_schema, recipes, sentences
from marketing.flow import Flow
from marketing.model import JsonObject
from storage import Connection, flows, stores
from storage.flows import Author, StoredFlow


class NoSuchFlow(Exception):
    """The store has no flow of this id."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes a draft, and the revision of it that they looked at; None: whatever it is.

    `language`: in which they read the names of a recipe; None: as it is kept.
    """

    author: Author = None
    revision: int | None = None
    language: str | None = None


BY_NOBODY = Edit()
"""Done by us, to whatever the draft is."""


class DraftMoved(Exception):
    """Somebody else changed the draft meanwhile; `stored` is what it is now."""

    def __init__(self, stored: StoredFlow) -> None:
        super().__init__(f"the draft of flow {stored.id} is at revision {stored.revision}")
        self.stored = stored


def seed_recipes(connection: Connection, store_id: str, now: datetime) -> list[str]:
    """Give a store every recipe that it does not have yet as a draft; gives their flow ids.

    Its own language picks the words, English where we have none in it.
    """
    store = stores.by_id(connection, store_id)
    language = sentences.language_of(store.locale if store else "")
    made = []
    for name in recipes.names():
        flow = recipes.load(name, language)
        made.append(flows.create(connection, store_id, flow, flow_schema.dump(flow), now))
    return [flow_id for flow_id in made if flow_id]


def create(
    runtime: Runtime,
    store_id: str,
    document: JsonObject,
    made_id: str | None = None,
    *,
    is_unfinished: bool = False,
) -> str:
    """Keep a new flow as a draft and give its id; raises `BadFlow`.

    With a `made_id` it is that flow's id, and a second call with it makes nothing new.
    One that `is_unfinished` may have what keeps it from going live, but not a wrong shape.
    """
    read = flow_schema.read if is_unfinished else flow_schema.load
    flow = read(document)
    with runtime.database.writing() as connection:
        if made_id and flows.get(connection, store_id, made_id):
            return made_id
        return put_new(connection, store_id, flow, runtime.database.now(connection), made_id)


def put_new(
    connection: Connection, store_id: str, flow: Flow, now: datetime, made_id: str | None = None
) -> str:
    """Keep a new flow of the store's own as a draft and give its id."""
    own = replace(flow, recipe=None)
    flow_id = flows.create(connection, store_id, own, flow_schema.dump(own), now, made_id)
    if flow_id is None:
        raise AssertionError("a flow without a recipe is always new")
    return flow_id


def save_draft(
    runtime: Runtime,
    store_id: str,
    flow_id: str,
    document: JsonObject,
    edit: Edit = BY_NOBODY,
    *,
    is_unfinished: bool = False,
) -> None:
    """Rewrite a flow's draft; raises `BadFlow`, `DraftMoved` or `NoSuchFlow`.

    What is live stays.
    """
    read = flow_schema.read if is_unfinished else flow_schema.load
    flow = read(document)
    with runtime.database.writing() as connection:
        stored = found(connection, store_id, flow_id)
        see_revision(stored, edit)
        flow = replace(flow, recipe=stored.recipe)
        if flow_schema.dump(flow) != stored.draft:
            now = runtime.database.now(connection)
            flows.save_draft(connection, store_id, flow_id, flow, now, edit.author)


def restore(
    runtime: Runtime,
    store_id: str,
    flow_id: str,
    number: int,
    edit: Edit = BY_NOBODY,
) -> None:
    """Make a version the draft again; raises KeyError for one that never was, `DraftMoved`."""
    with runtime.database.writing() as connection:
        stored = found(connection, store_id, flow_id)
        see_revision(stored, edit)
        flow = flows.numbered(connection, stored, number).flow
        now = runtime.database.now(connection)
        flows.save_draft(connection, store_id, flow_id, flow, now, edit.author)


def see_revision(stored: StoredFlow, edit: Edit) -> None:
    """Raise `DraftMoved` unless the draft is the one that was looked at."""
    if edit.revision is not None and edit.revision != stored.revision:
        raise DraftMoved(stored)


def as_read(stored: StoredFlow, edit: Edit) -> JsonObject:
    """Give the draft as whoever edits reads it: a recipe's own names in their language.

    Once it was live, its names are what they are.
    """
    draft = dict(stored.draft)
    if edit.language is None or stored.live_version_id or stored.recipe not in recipes.names():
        return draft
    return recipes.called_in(stored.recipe, draft, edit.language)


def found(
    connection: Connection, store_id: str, flow_id: str, *, lock: bool = True
) -> flows.StoredFlow:
    """Give a flow, held for a change unless it is only read; raises `NoSuchFlow`."""
    stored = flows.get(connection, store_id, flow_id, lock=lock)
    if stored is None:
        raise NoSuchFlow(flow_id)
    return stored
