"""/panel/api/flows, spoken: a plain sentence as a flow document, and a flow as a sentence."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.recipe_names import called
from embedded_ui.versions_api import form_of, found
from marketing import sentences
from marketing.sentences import LANGUAGES, NotUnderstood, Spoken, Untold
from marketing.sentences.reading import LONGEST
from storage import Connection, flows, segments

blueprint = api_blueprint("sentences")
SPOKEN = validate.OneOf(LANGUAGES)


class SentenceSchema(Schema):
    """What somebody typed; `language` by default the store's own.

    `flow`: whose draft is said anew by it; the words of its messages, names and notes are kept.
    """

    class Meta:
        unknown = RAISE

    sentence = fields.String(required=True, validate=validate.Length(1, LONGEST))
    language = fields.String(load_default=None, allow_none=True, validate=SPOKEN)
    flow = fields.UUID(load_default=None, allow_none=True)


class UnclearSchema(Schema):
    """The word that was not understood, where it begins, and what is possible there."""

    message = fields.String(required=True)
    remedy = fields.String(required=True)
    word = fields.String(required=True)
    at = fields.Integer(required=True)
    possible = fields.List(fields.String(), required=True)


class UnderstoodSchema(Schema):
    """The flow that a sentence says, fit for `POST /flows`; null where it was not understood."""

    understood = fields.Boolean(required=True)
    document = fields.Dict(required=True, allow_none=True)
    problems = fields.List(fields.Nested(UnclearSchema), required=True)


class SpokenQuery(Schema):
    """Which form of the flow, in which language."""

    of = fields.String(load_default="draft", validate=validate.OneOf(["draft", "live"]))
    language = fields.String(load_default=None, validate=SPOKEN)


class SpokenSchema(Schema):
    """A flow as a sentence; null where the grammar has no words for part of it."""

    sentence = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)


@blueprint.route("/flows/sentence")
class SentenceView(MethodView):
    @blueprint.arguments(SentenceSchema)
    @blueprint.response(200, UnderstoodSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, told: dict[str, Any]) -> dict[str, Any]:
        """Make a flow document of a sentence; nothing is kept."""
        with the_runtime().database.reading() as connection:
            # Named as its reader sees it: what is drawn anew goes on under the names on the page.
            before = called(found(connection, told["flow"])).draft if told["flow"] else None
            spoken = _spoken(connection, told["language"])
        try:
            document = sentences.read(told["sentence"], spoken)
        except NotUnderstood as unclear:
            return {"understood": False, "document": None, "problems": [_told(unclear, spoken)]}
        if before is not None:
            document = sentences.redrawn(before, document)
        return {"understood": True, "document": document, "problems": []}


@blueprint.route("/flows/<uuid:flow_id>/sentence")
class FlowSentenceView(MethodView):
    @blueprint.arguments(SpokenQuery, location="query")
    @blueprint.response(200, SpokenSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: dict[str, Any], flow_id: UUID) -> dict[str, Any]:
        """Say a flow in one sentence."""
        with the_runtime().database.reading() as connection:
            flow = form_of(connection, found(connection, flow_id), query["of"])
            spoken = _spoken(connection, query["language"])
        try:
            sentence = sentences.write(flow, spoken)
        except Untold:
            sentence = None
        return {"sentence": sentence, "language": spoken.language}


def _spoken(connection: Connection, language: str | None) -> Spoken:
    store = the_store()
    return Spoken(
        language or sentences.language_of(store.locale),
        store.currency,
        {one.id: one.name for one in flows.of_store(connection, store.id)},
        {one.id: one.name for one in segments.of_store(connection, store.id)},
    )


def _told(unclear: NotUnderstood, spoken: Spoken) -> dict[str, Any]:
    message, remedy = sentences.explained(unclear, spoken.language)
    told = {"word": unclear.word, "at": unclear.at, "possible": list(unclear.possible)}
    return {"message": message, "remedy": remedy, **told}
