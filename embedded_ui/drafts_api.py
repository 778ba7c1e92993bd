"""/panel/api/flows, written: a new flow, its draft, and what is wrong with a document."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import Schema, fields

from doors import audit
from doors.flow_documents import (
    A_FLOW,
    CheckedDocumentSchema,
    DocumentProblemSchema,
    RefusedFlowSchema,
    document,
    refuse_flow,
)
from doors.json_api import ErrorSchema, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.authors import (
    AuthorSchema,
    ChangedElsewhereSchema,
    RevisionHeaders,
    names_of_team,
    refuse_moved,
    the_author,
    told_author,
)
from embedded_ui.recipe_names import called
from embedded_ui.versions_api import found, refuse_unknown
from jobs import drafts, flow_problems
from jobs.drafts import DraftMoved, Edit, NoSuchFlow
from marketing import flow_schema
from marketing.flow_schema import BadFlow, Problem
from storage import Connection, flows
from storage.flows import StoredFlow

blueprint = api_blueprint("drafts")
A_DOCUMENT = blueprint.doc(**A_FLOW)


class DraftSchema(Schema):
    """A flow's draft; `problems` is what keeps it from going live, `live` what is live now.

    `revision` goes up with every change: a PUT names the one it was made from, as `If-Match`.
    """

    id = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    draft = fields.Dict(required=True)
    live = fields.Dict(required=True, allow_none=True)
    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)
    warnings = fields.List(fields.Nested(DocumentProblemSchema), required=True)
    revision = fields.Integer(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(AuthorSchema, required=True, allow_none=True)


class MovedSchema(ChangedElsewhereSchema):
    """Why a draft was not kept, and what it is now."""

    draft = fields.Dict(required=True)


class CheckSchema(CheckedDocumentSchema):
    """What keeps a document from going live, and what is worth knowing before it does."""

    warnings = fields.List(fields.Nested(DocumentProblemSchema), required=True)


class CheckQuery(Schema):
    """`flow`: the flow whose draft the document would be."""

    flow = fields.UUID(load_default=None)


@blueprint.route("/flows")
class NewFlowView(MethodView):
    @A_DOCUMENT
    @blueprint.response(201, DraftSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def post(self) -> dict[str, Any]:
        """Keep a new flow as a draft, finished or not; it does nothing until it is published."""
        runtime, store = the_runtime(), the_store()
        try:
            made = drafts.create(runtime, store.id, document(), is_unfinished=True)
        except BadFlow as bad:
            refuse_flow(422, bad.problems)
        audit.also(flow_id=made)
        return _draft(made)


@blueprint.route("/flows/check")
class CheckView(MethodView):
    @A_DOCUMENT
    @blueprint.arguments(CheckQuery, location="query")
    @blueprint.response(200, CheckSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, query: dict[str, Any]) -> dict[str, Any]:
        """Say everything that is wrong with a document, its templates too; nothing is kept."""
        with the_runtime().database.reading() as connection:
            stored = found(connection, query["flow"]) if query["flow"] else None
            return _checked(connection, document(), stored)


@blueprint.route("/flows/<uuid:flow_id>/draft")
class DraftView(MethodView):
    @blueprint.response(200, DraftSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give the draft as it was written."""
        return _draft(str(flow_id))

    @A_DOCUMENT
    @blueprint.response(200, DraftSchema)
    @blueprint.arguments(RevisionHeaders, location="headers")
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=MovedSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def put(self, headers: dict[str, Any], flow_id: UUID) -> dict[str, Any]:
        """Replace the draft, finished or not; what is live stays as it was published."""
        try:
            drafts.save_draft(
                the_runtime(),
                the_store().id,
                str(flow_id),
                document(),
                Edit(the_author(), headers["revision"]),
                is_unfinished=True,
            )
        except NoSuchFlow:
            refuse_unknown()
        except DraftMoved as moved:
            refuse_moved(moved.stored)
        except BadFlow as bad:
            refuse_flow(422, bad.problems)
        return _draft(str(flow_id))


def _draft(flow_id: str) -> dict[str, Any]:
    with the_runtime().database.reading() as connection:
        stored = called(found(connection, UUID(flow_id)))
        key = (stored.store_id, stored.live_version_id or "")
        live = flows.versions(connection, [key]).get(key) if stored.live_version_id else None
        names = names_of_team(connection)
        checked = _checked(connection, dict(stored.draft), stored)
    return {
        "id": stored.id,
        "name": stored.name,
        "status": stored.status.value,
        "draft": stored.draft,
        "live": flow_schema.dump(live.flow) if live else None,
        **checked,
        "revision": stored.revision,
        "changed_at": stored.changed_at or stored.updated_at,
        "changed_by": told_author(stored.changed_by, names),
    }


def _checked(
    connection: Connection, told: dict[str, Any], stored: StoredFlow | None
) -> dict[str, tuple[Problem, ...]]:
    store, link_length = the_store(), the_runtime().settings.link_length
    checked = flow_problems.check_in_store(connection, store, told, stored, link_length=link_length)
    return {
        "problems": checked,
        "warnings": flow_problems.warnings(connection, store.id, told, stored.id if stored else ""),
    }
