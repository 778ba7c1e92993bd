"""/panel/api/conversations/test: whoever answers customers writes as one of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from embedded_ui.inbox_schemas import CardSchema
from jobs import conversation_tests
from jobs.webchat import BadWords, NotAVisitor
from marketing.said import say
from marketing.webchat import MOST_LETTERS
from storage.webchat import VISITOR

blueprint = api_blueprint("conversation_tests")
REFUSED = {
    "empty": say("Write something first."),
    "stale": say("This answer isn't offered any more."),
}


class StartedSchema(Schema):
    """Whose thread it is: of nobody but the member who tests."""

    customer_id = fields.String(required=True)


class TestSaidSchema(Schema):
    """What the member says as a visitor: words, or a button that was offered; `id` is its name."""

    class Meta:
        unknown = RAISE

    id = fields.UUID(required=True)
    text = fields.String(load_default="", validate=validate.Length(max=MOST_LETTERS))
    payload = fields.String(load_default="", validate=validate.Length(max=1000))


class NumberSchema(Schema):
    number = fields.Integer(required=True)


class TestFetchSchema(Schema):
    """Which lines: those behind a number; up to which they were seen."""

    class Meta:
        unknown = RAISE

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2_000_000_000))
    seen = fields.Integer(load_default=0, validate=validate.Range(0, 2_000_000_000))


class OfferSchema(Schema):
    """A button below a line: it says something, or leads to a page."""

    label = fields.String(required=True)
    payload = fields.String(load_default="", dump_default="")
    url = fields.String(load_default="", dump_default="")


class TestLineSchema(Schema):
    """One thing said, as a visitor's page shows it; `author`: visitor, bot or person."""

    number = fields.Integer(required=True)
    author = fields.String(required=True, validate=validate.OneOf([VISITOR, "bot", "person"]))
    text = fields.String(required=True)
    buttons = fields.List(fields.Nested(OfferSchema), required=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)


class TestLinesSchema(Schema):
    lines = fields.List(fields.Nested(TestLineSchema), required=True)


@blueprint.route("/conversations/test")
class StartView(MethodView):
    @blueprint.response(200, StartedSchema)
    def post(self) -> dict[str, str]:
        """Begin a test conversation, or open the one that whoever asks has."""
        return {
            "customer_id": conversation_tests.open_one(the_runtime(), the_store(), the_person())
        }


@blueprint.route("/conversations/test/said")
class SaidView(MethodView):
    @blueprint.arguments(TestSaidSchema)
    @blueprint.response(201, NumberSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, Any]) -> dict[str, int]:
        """Say something as the visitor of one's own test."""
        runtime, store, person = the_runtime(), the_store(), the_person()
        said = {**told, "id": str(told["id"])}
        return {"number": _said(lambda: conversation_tests.say_there(runtime, store, person, said))}


def _said(act: Callable[[], int]) -> int:
    try:
        return answered(act)
    except BadWords as wrong:
        refuse(422, REFUSED.get(wrong.name, REFUSED["empty"]), wrong.field or "text")
    except NotAVisitor:
        refuse(404, conversation_tests.NO_TEST)


@blueprint.route("/conversations/test/lines")
class LinesView(MethodView):
    @blueprint.arguments(TestFetchSchema)
    @blueprint.response(200, TestLinesSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, told: dict[str, int]) -> dict[str, Any]:
        """Give what was said behind a number; it notes that it arrived, so it is a POST."""
        runtime, store, person = the_runtime(), the_store(), the_person()
        after, seen = told["after"], told["seen"]
        found = answered(lambda: conversation_tests.fetch(runtime, store, person, after, seen))
        return {"lines": found}


@blueprint.route("/conversations/<uuid:customer_id>/test")
class TestView(MethodView):
    @blueprint.response(204)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def delete(self, customer_id: UUID) -> None:
        """Delete a test conversation and all that was said in it, one's own or a colleague's."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        answered(lambda: conversation_tests.forget(runtime, store, who))
