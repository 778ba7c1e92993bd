"""/panel/api/flows, written: a new flow, its draft, and what is wrong with a document."""

from typing import Any, NoReturn
from uuid import UUID

from flask.views import MethodView
from marshmallow import Schema, fields

from doors.flow_documents import (
    A_FLOW,
    CheckedDocumentSchema,
    DocumentProblemSchema,
    RefusedFlowSchema,
    document,
    refuse_flow,
)
from doors.json_api import ErrorSchema, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs import publish
from jobs.publish import NoSuchFlow
from marketing.flow_schema import BadFlow
from storage import flows

blueprint = api_blueprint("drafts")
A_DOCUMENT = blueprint.doc(**A_FLOW)


class DraftSchema(Schema):
    """A flow's draft; `problems` is what keeps it from going live."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    draft = fields.Dict(required=True)
    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)


@blueprint.route("/flows")
class NewFlowView(MethodView):
    @A_DOCUMENT
    @blueprint.response(201, DraftSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def post(self) -> dict[str, Any]:
        """Keep a new flow as a draft; it does nothing until it is published."""
        try:
            return _draft(publish.create(the_runtime(), the_store().id, document()))
        except BadFlow as bad:
            refuse_flow(422, bad.problems)


@blueprint.route("/flows/check")
class CheckView(MethodView):
    @A_DOCUMENT
    @blueprint.response(200, CheckedDocumentSchema)
    def post(self) -> dict[str, Any]:
        """Say everything that is wrong with a document, its templates too; nothing is kept."""
        return {"problems": publish.check(document())}


@blueprint.route("/flows/<uuid:flow_id>/draft")
class DraftView(MethodView):
    @blueprint.response(200, DraftSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give the draft as it was written."""
        return _draft(str(flow_id))

    @A_DOCUMENT
    @blueprint.response(200, DraftSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def put(self, flow_id: UUID) -> dict[str, Any]:
        """Replace the draft; what is live stays as it was published."""
        try:
            publish.save_draft(the_runtime(), the_store().id, str(flow_id), document())
        except NoSuchFlow:
            _refuse_unknown()
        except BadFlow as bad:
            refuse_flow(422, bad.problems)
        return _draft(str(flow_id))


def _draft(flow_id: str) -> dict[str, Any]:
    with the_runtime().database.reading() as connection:
        stored = flows.get(connection, the_store().id, flow_id)
    if stored is None:
        _refuse_unknown()
    return {
        "id": stored.id,
        "name": stored.name,
        "status": stored.status.value,
        "draft": stored.draft,
        "problems": publish.check(dict(stored.draft)),
    }


def _refuse_unknown() -> NoReturn:
    refuse(404, "There is no such flow in this store.")
