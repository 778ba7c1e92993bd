"""/panel/api/flows/<id>/versions: what was published, what differs, and going back to it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.authors import (
    AuthorSchema,
    names_of_team,
    refuse_moved,
    the_author,
    told_author,
)
from embedded_ui.recipe_names import called
from jobs import drafts, publish
from jobs.drafts import DraftMoved, Edit, NoSuchFlow
from marketing import flow_diff, flow_schema
from marketing.flow import Flow
from marketing.flow_diff import Change, FieldChange
from marketing.flow_schema import BadFlow
from marketing.said import say
from storage import Connection, enrollments, flows, segments
from storage.flows import Published, StoredFlow

blueprint = api_blueprint("versions")
DRAFT, LIVE = "draft", "live"
FORM = validate.Regexp(
    rf"({DRAFT}|{LIVE}|[1-9]\d{{0,8}})\Z", error=say("Use draft, live or a number.")
)


class VersionSchema(Schema):
    """One line of a flow's history; `waiting` are the people who go through it now."""

    number = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True)
    published_by = fields.Nested(AuthorSchema, required=True, allow_none=True)
    is_live = fields.Boolean(required=True)
    waiting = fields.Integer(required=True)


class VersionListSchema(Schema):
    versions = fields.List(fields.Nested(VersionSchema), required=True)


class VersionDocumentSchema(VersionSchema):
    document = fields.Dict(required=True)


class DiffQuery(Schema):
    """Which forms to compare: `draft`, `live`, or a version's number."""

    since = fields.String(data_key="from", load_default=LIVE, validate=FORM)
    until = fields.String(data_key="to", load_default=DRAFT, validate=FORM)


class FieldChangeSchema(Schema):
    """One field; null: it had its default. Values are as in the flow document.

    Segments and other flows are told by their names; one that is gone by its id.
    """

    field = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class ChangeSchema(Schema):
    """What became of a step; the trigger is `trigger`, the flow as a whole has no step."""

    step = fields.String(required=True)
    what = fields.String(
        required=True, validate=validate.OneOf(["added", "removed", "changed", "moved"])
    )
    kind = fields.String(required=True)
    name = fields.String(required=True)
    fields_ = fields.List(
        fields.Nested(FieldChangeSchema), required=True, data_key="fields", attribute="fields"
    )


class DiffSchema(Schema):
    """What differs, in the order of the steps; nothing was before: `from` is null."""

    from_ = fields.String(required=True, allow_none=True, data_key="from")
    to = fields.String(required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)


class RestoreSchema(Schema):
    """`revision`: the draft that may be written over; none: whatever it is."""

    class Meta:
        unknown = RAISE

    revision = fields.Integer(strict=True, load_default=None, allow_none=True)


class RestoredSchema(Schema):
    """The draft after a version became it again, and what is live."""

    revision = fields.Integer(required=True)
    draft = fields.Dict(required=True)
    live_version = fields.Integer(required=True, allow_none=True)


@blueprint.route("/flows/<uuid:flow_id>/versions")
class VersionsView(MethodView):
    @blueprint.response(200, VersionListSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give what was published of a flow, the newest first, and who is still in it."""
        with the_runtime().database.reading() as connection:
            stored = found(connection, flow_id)
            told = flows.history(connection, stored.store_id, stored.id)
            known = _known(connection, stored)
        return {"versions": [_line(stored, one, known) for one in told]}


@blueprint.route("/flows/<uuid:flow_id>/versions/<int:number>")
class VersionView(MethodView):
    @blueprint.response(200, VersionDocumentSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID, number: int) -> dict[str, Any]:
        """Give one version with its document."""
        with the_runtime().database.reading() as connection:
            stored = found(connection, flow_id)
            flow = form_of(connection, stored, str(number))
            told = flows.history(connection, stored.store_id, stored.id)
            known = _known(connection, stored)
        one = next(line for line in told if line.number == number)
        return {**_line(stored, one, known), "document": flow_schema.dump(flow)}


@blueprint.route("/flows/<uuid:flow_id>/diff")
class DiffView(MethodView):
    @blueprint.arguments(DiffQuery, location="query")
    @blueprint.response(200, DiffSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: dict[str, str], flow_id: UUID) -> dict[str, Any]:
        """Say what differs between two forms of a flow, by default what publishing would change."""
        with the_runtime().database.reading() as connection:
            stored = found(connection, flow_id)
            since, until = query["since"], query["until"]
            is_new = since == LIVE and stored.live_version_id is None
            before = None if is_new else form_of(connection, stored, since)
            after = form_of(connection, stored, until)
            changes = flow_diff.compare(before, after)
            names = _names(connection, stored.store_id, changes)
        told = [asdict(_named(one, names)) for one in changes]
        return {"from_": None if is_new else since, "to": until, "changes": told}


NAMING = ("segment", "flow")
"""The fields whose value is another thing of the store."""


def _names(connection: Connection, store_id: str, changes: Iterable[Change]) -> dict[str, str]:
    """Give what the segments and flows of these changes are called, by id."""
    if not any(field.field in NAMING for one in changes for field in one.fields):
        return {}
    kept = {one.id: one.name for one in segments.of_store(connection, store_id)}
    return kept | {one.id: called(one).name for one in flows.of_store(connection, store_id)}


def _named(change: Change, names: Mapping[str, str]) -> Change:
    def told(one: FieldChange) -> FieldChange:
        if one.field not in NAMING:
            return one
        before, after = (names.get(str(id_), id_) for id_ in (one.before, one.after))
        return FieldChange(one.field, before, after)

    return replace(change, fields=tuple(told(one) for one in change.fields))


@blueprint.route("/flows/<uuid:flow_id>/versions/<int:number>/restore")
class RestoreView(MethodView):
    @blueprint.arguments(RestoreSchema)
    @blueprint.response(200, RestoredSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, wanted: dict[str, Any], flow_id: UUID, number: int) -> dict[str, Any]:
        """Make a version the draft again; what is live stays."""
        _bring_back(flow_id, number, wanted["revision"])
        return _restored(flow_id)


@blueprint.route("/flows/<uuid:flow_id>/versions/<int:number>/publish")
class PublishVersionView(MethodView):
    @blueprint.arguments(RestoreSchema)
    @blueprint.response(200, RestoredSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, wanted: dict[str, Any], flow_id: UUID, number: int) -> dict[str, Any]:
        """Make a version the draft again and publish it: both, or neither."""
        edit = Edit(the_author(), wanted["revision"])
        try:
            publish.publish(the_runtime(), the_store().id, str(flow_id), edit, number=number)
        except BadFlow as bad:
            refuse(409, bad.problems[0].sentence, bad.problems[0].field)
        except NoSuchFlow:
            refuse_unknown()
        except KeyError:
            _refuse_number()
        except DraftMoved as moved:
            refuse_moved(moved.stored)
        return _restored(flow_id)


def _bring_back(flow_id: UUID, number: int, revision: int | None) -> None:
    edit = Edit(the_author(), revision)
    try:
        drafts.restore(the_runtime(), the_store().id, str(flow_id), number, edit)
    except NoSuchFlow:
        refuse_unknown()
    except KeyError:
        _refuse_number()
    except DraftMoved as moved:
        refuse_moved(moved.stored)


def _restored(flow_id: UUID) -> dict[str, Any]:
    with the_runtime().database.reading() as connection:
        stored = found(connection, flow_id)
        told = flows.history(connection, stored.store_id, stored.id)
    live = next((one.number for one in told if one.id == stored.live_version_id), None)
    return {"revision": stored.revision, "draft": stored.draft, "live_version": live}


def found(connection: Connection, flow_id: UUID) -> StoredFlow:
    """Give a flow of the store that asks, or end the request with 404."""
    stored = flows.get(connection, the_store().id, str(flow_id))
    return stored or refuse_unknown()


def refuse_unknown() -> NoReturn:
    """End the request: the store has no such flow."""
    refuse(404, say("There is no such flow in this store."))


def _refuse_number() -> NoReturn:
    refuse(404, say("The flow has no version of this number."))


def form_of(connection: Connection, stored: StoredFlow, name: str) -> Flow:
    """Give a flow's draft, live form, or version by its number, or end the request with 404."""
    if name == DRAFT:
        return flow_schema.read(called(stored).draft)
    if name == LIVE and stored.live_version_id:
        key = (stored.store_id, stored.live_version_id)
        return flows.versions(connection, [key])[key].flow
    try:
        return flows.numbered(connection, stored, 0 if name == LIVE else int(name)).flow
    except KeyError:
        _refuse_number()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is told of versions besides their own rows."""

    waiting: Mapping[str, int]
    names: Mapping[str, str]


def _known(connection: Connection, stored: StoredFlow) -> _Known:
    waiting = enrollments.waiting_by_version(connection, stored.store_id, stored.id)
    return _Known(waiting, names_of_team(connection))


def _line(stored: StoredFlow, one: Published, known: _Known) -> dict[str, Any]:
    return {
        "number": one.number,
        "published_at": one.published_at,
        "published_by": told_author(one.published_by, known.names),
        "is_live": one.id == stored.live_version_id,
        "waiting": known.waiting.get(one.id, 0),
    }
