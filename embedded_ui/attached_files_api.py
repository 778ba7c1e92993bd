"""/panel/api/conversations/<id>/attachments: a file that a customer sent, for the team alone."""

from uuid import UUID

from flask import Response
from flask.views import MethodView

from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs import attached_files

blueprint = api_blueprint("attached_files")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}
"""Whatever it holds, no browser runs it in our name, and nothing keeps it."""


@blueprint.route("/conversations/<uuid:customer_id>/attachments/<uuid:inbound_id>/<int:number>")
class AttachedFileView(MethodView):
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def get(self, customer_id: UUID, inbound_id: UUID, number: int) -> Response:
        """Give the file that came with a customer's message, fetched from its platform."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        named = (who, str(inbound_id), number)
        found = answered(lambda: attached_files.opened(runtime, store, *named))
        return Response(found.body, mimetype=found.content_type, headers=HEADERS)
