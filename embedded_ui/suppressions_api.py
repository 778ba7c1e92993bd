"""/panel/api/suppressions: who must not be written to, brought as a list from elsewhere."""

from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors import audit
from doors.json_api import ErrorSchema, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs.suppress import suppress
from marketing import suppression_list
from marketing.said import say
from storage import suppressions

blueprint = api_blueprint("suppressions")
MOST_LINES = 20_000
SHOWN_LINES = 20


class ListSchema(Schema):
    """A list, or a part of one: CSV, or an address a line."""

    class Meta:
        unknown = RAISE

    text = fields.String(
        required=True, validate=validate.Length(min=1, error=say("Choose a file with addresses."))
    )


class SuppressedSchema(Schema):
    """How the list fared; of the lines without an address the first ones are named."""

    added = fields.Integer(required=True)
    known = fields.Integer(required=True)
    wrong = fields.Integer(required=True)
    wrong_lines = fields.List(fields.Integer(), required=True)


class SuppressedCountSchema(Schema):
    """How many addresses are kept from being written to, by why."""

    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


@blueprint.route("/suppressions")
class SuppressionsView(MethodView):
    @blueprint.response(200, SuppressedCountSchema)
    def get(self) -> dict[str, Any]:
        """Give how many addresses are suppressed; the addresses themselves are not kept."""
        with the_runtime().database.reading() as connection:
            return {"reasons": suppressions.counts(connection, the_store().id)}

    @blueprint.arguments(ListSchema)
    @blueprint.response(200, SuppressedSchema)
    @blueprint.alt_response(413, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, form: dict[str, Any]) -> dict[str, Any]:
        """Keep marketing e-mail from every address of a list; bringing it again does no harm."""
        if form["text"].count("\n") > MOST_LINES:
            refuse(422, say("Send at most {most} lines at once.", most=MOST_LINES), "text")
        listed = suppression_list.read(form["text"])
        if not listed.addresses:
            refuse(422, say("There is no email address in this file."), "text")
        done = suppress(the_runtime(), the_store().id, listed.addresses)
        audit.also(addresses=len(listed.addresses))
        wrong = listed.wrong_lines
        return {
            "added": done.added, "known": done.known,
            "wrong": len(wrong), "wrong_lines": wrong[:SHOWN_LINES],
        }  # fmt: skip
