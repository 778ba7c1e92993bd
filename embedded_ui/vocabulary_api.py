"""/panel/api/vocabulary: what a condition may ask about, and values to choose from."""

from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from marketing import condition_rules, vocabulary
from marketing.events import EventName
from marketing.said import say
from storage import suggestions

blueprint = api_blueprint("vocabulary")


class VocabularyQuery(Schema):
    """The event that begins or ends a flow; left out: a segment asks, about the customer only."""

    class Meta:
        unknown = RAISE

    trigger = fields.String(
        load_default=None,
        validate=validate.OneOf(tuple(EventName), error=say("There is no event of this name.")),
    )


class FactSchema(Schema):
    """A field; `free`: it ends in a dot, and the last name is the merchant's to give."""

    field = fields.String(required=True)
    group = fields.String(required=True)
    kind = fields.String(required=True)
    choices = fields.List(fields.String(), required=True)
    suggest = fields.String(required=True, allow_none=True)
    free = fields.Boolean(required=True, attribute="is_open")


class NarrowingSchema(Schema):
    name = fields.String(required=True)
    kind = fields.String(required=True)
    choices = fields.List(fields.String(), required=True)
    suggest = fields.String(required=True, allow_none=True)


class CountedSchema(Schema):
    """An event that is counted, and by what it may be narrowed."""

    name = fields.String(required=True)
    where = fields.List(fields.Nested(NarrowingSchema), required=True)


class TakeSchema(Schema):
    """What orders come to: `count`, `spent`, ..., and of which kind that is."""

    name = fields.String(required=True)
    kind = fields.String(required=True)


class OrdersSchema(Schema):
    takes = fields.List(fields.Nested(TakeSchema), required=True)
    where = fields.List(fields.Nested(NarrowingSchema), required=True)


class LimitsSchema(Schema):
    """How large a condition may be: tests, counts among them, values in lists, days back."""

    tests = fields.Integer(required=True)
    measures = fields.Integer(required=True)
    values = fields.Integer(required=True)
    days = fields.Integer(required=True)


class VocabularySchema(Schema):
    """All that conditions about one thing may say; `operators` by kind, the most usual first."""

    trigger = fields.String(required=True, allow_none=True)
    fields_ = fields.List(fields.Nested(FactSchema), required=True, data_key="fields")
    events = fields.List(fields.Nested(CountedSchema), required=True)
    orders = fields.Nested(OrdersSchema, required=True)
    operators = fields.Dict(fields.String(), fields.List(fields.String()), required=True)
    limits = fields.Nested(LimitsSchema, required=True)


class SuggestionQuery(Schema):
    """What kind of values; those that hold `search`, or with `is` the one that this is."""

    class Meta:
        unknown = RAISE

    of = fields.String(required=True, validate=validate.OneOf(vocabulary.SUGGESTED))
    search = fields.String(load_default="", validate=validate.Length(max=100))
    is_ = fields.String(load_default=None, data_key="is", validate=validate.Length(max=200))


class SuggestionSchema(Schema):
    value = fields.String(required=True)
    label = fields.String(required=True)


class SuggestionsSchema(Schema):
    values = fields.List(fields.Nested(SuggestionSchema), required=True)


LIMITS = {
    "tests": condition_rules.LARGEST,
    "measures": condition_rules.MOST_MEASURES,
    "values": condition_rules.MOST_VALUES,
    "days": condition_rules.LONGEST.days,
}


@blueprint.route("/vocabulary")
class VocabularyView(MethodView):
    @blueprint.arguments(VocabularyQuery, location="query", unknown=RAISE)
    @blueprint.response(200, VocabularySchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give what conditions may ask about; it is the same for every store."""
        counted = vocabulary.COUNTED.items()
        takes = vocabulary.TAKEN.items()
        return {
            "trigger": query["trigger"],
            "fields_": vocabulary.facts(query["trigger"]),
            "events": [{"name": name, "where": where} for name, where in counted],
            "orders": {
                "takes": [{"name": name, "kind": kind} for name, kind in takes],
                "where": vocabulary.ORDERS_BY,
            },
            "operators": vocabulary.OPERATORS,
            "limits": LIMITS,
        }


@blueprint.route("/vocabulary/suggestions")
class SuggestionsView(MethodView):
    @blueprint.arguments(SuggestionQuery, location="query", unknown=RAISE)
    @blueprint.response(200, SuggestionsSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give values that the store has, at most twenty, the most usual first."""
        store_id, of = the_store().id, query["of"]
        with the_runtime().database.reading() as connection:
            if query["is_"] is not None:
                found = suggestions.called(connection, store_id, of, query["is_"])
            else:
                found = suggestions.suggestions(connection, store_id, of, query["search"])
        return {"values": found}
