"""Who changed something, as the panel says it: you, someone of the team, a program by its key."""

from collections.abc import Mapping
from typing import Any, NoReturn

from marshmallow import Schema, fields, validate

from doors.json_api import ErrorSchema, refuse, the_runtime
from embedded_ui.auth import the_person, the_store
from embedded_ui.recipe_names import called
from marketing.said import say
from storage import Connection, team
from storage.campaigns import StoredCampaign
from storage.flows import Author, StoredFlow

KINDS = ("you", "person", "program")


class AuthorSchema(Schema):
    """`you` is whoever asks; a person who has not been named in the team yet has no name."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(required=True, allow_none=True)


class ChangedElsewhereSchema(ErrorSchema):
    """Why something was not kept: it is another one now, changed then and by them."""

    revision = fields.Integer(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(AuthorSchema, required=True, allow_none=True)


class RevisionHeaders(Schema):
    """`If-Match`: the revision that was looked at; without it the last one wins."""

    revision = fields.Integer(
        data_key="If-Match", load_default=None, error_messages={"invalid": "Name a revision."}
    )


def the_author() -> str:
    """Give whoever asks as `storage.flows.Author` has it."""
    return f"person:{the_person().id}"


def names_of_team(connection: Connection) -> dict[str, str]:
    """Give the names of the store's people by their id."""
    return {one.id: one.name for one in team.of_store(connection, the_store().id)}


def told_author(author: Author, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Give an author for `AuthorSchema`; None: nobody, the app itself."""
    if author is None:
        return None
    kind, _, told = author.partition(":")
    if kind == "key":
        return {"kind": "program", "name": told}
    return {"kind": "you" if author == the_author() else "person", "name": names.get(told) or None}


def refuse_moved(stored: StoredFlow) -> NoReturn:
    """End the request: somebody else changed the draft; says when, who, and what it is now."""
    words = say("This flow was changed elsewhere meanwhile. Look at it, then keep yours or theirs.")
    refuse(409, words, **_written(told_change(stored)), draft=called(stored).draft)


def refuse_moved_campaign(stored: StoredCampaign) -> NoReturn:
    """End the request: somebody else changed the campaign; says when, who, and what it is now."""
    words = say("This campaign was changed elsewhere meanwhile. Look at it as it is now first.")
    refuse(409, words, **_written(told_change(stored)), document=stored.document)


def told_change(stored: StoredFlow | StoredCampaign) -> dict[str, Any]:
    """Give the revision of something, when it was changed and by whom."""
    with the_runtime().database.reading() as connection:
        names = names_of_team(connection)
    return {
        "revision": stored.revision,
        "changed_at": stored.changed_at or stored.updated_at,
        "changed_by": told_author(stored.changed_by, names),
    }


def _written(told: dict[str, Any]) -> dict[str, Any]:
    """Give it for an answer that no schema writes."""
    return {**told, "changed_at": told["changed_at"].isoformat()}
