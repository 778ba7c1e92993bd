"""/api/v1/flows/<id>/splits: what came of each variant of an A/B test, and picking the winner."""

from typing import Any, NoReturn
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.split_schemas import SplitTestSchema
from jobs import winners
from jobs.api_keys import Scope
from jobs.drafts import NoSuchFlow
from jobs.winners import AUTOMATICALLY, BY_HAND, NoSuchVariant
from marketing.said import say
from public_api.door import needs, public_blueprint, the_store
from public_api.schemas import Strict

blueprint = public_blueprint("splits")
READ, WRITE = (needs(blueprint, one) for one in (Scope.FLOWS_READ, Scope.FLOWS_WRITE))


class SplitsQuery(Strict):
    """Of whom: those who entered in so many days, by the store's clock, today included."""

    days = fields.Integer(
        load_default=90, validate=validate.Range(1, 365, error=say("Use 1 to 365."))
    )


class VariantSchema(Schema):
    """What came of one variant; `orders` and `revenue` are credited to messages after the split."""

    key = fields.String(required=True)
    weight = fields.Integer(required=True)
    entered = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    orders = fields.Integer(required=True)
    revenue = fields.Integer(required=True)


class SplitSchema(Schema):
    """One split; `winner` is the variant that everyone takes from now on, null: chance decides."""

    step = fields.String(required=True)
    winner = fields.String(required=True, allow_none=True)
    picked = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([BY_HAND, AUTOMATICALLY]),
        metadata={"description": "how the winner was picked"},
    )
    variants = fields.List(fields.Nested(VariantSchema), required=True)
    test = fields.Nested(
        SplitTestSchema,
        required=True,
        allow_none=True,
        metadata={"description": "of a split that picks its winner by itself"},
    )


class SplitListSchema(Schema):
    days = fields.Integer(required=True)
    splits = fields.List(fields.Nested(SplitSchema), required=True)


class WinnerSchema(Strict):
    """The variant that everyone takes from now on; null: chance decides again."""

    variant = fields.String(required=True, allow_none=True)


@blueprint.route("/flows/<uuid:flow_id>/splits")
class SplitsView(MethodView):
    @READ
    @blueprint.arguments(SplitsQuery, location="query", unknown=RAISE)
    @blueprint.response(200, SplitListSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: dict[str, int], flow_id: UUID) -> dict[str, Any]:
        """Give what came of each split's variants: of the live version, else of the draft."""
        days = query["days"]
        try:
            found = winners.results(the_runtime(), the_store(), str(flow_id), days)
        except NoSuchFlow:
            _refuse_unknown()
        return {"days": days, "splits": found}


@blueprint.route("/flows/<uuid:flow_id>/splits/<split_id>/winner")
class WinnerView(MethodView):
    @WRITE
    @blueprint.arguments(WinnerSchema)
    @blueprint.response(200, SplitListSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def put(self, told: dict[str, Any], flow_id: UUID, split_id: str) -> dict[str, Any]:
        """Let everyone who comes to the split take one variant; who took one keeps it."""
        runtime, store = the_runtime(), the_store()
        try:
            winners.pick(runtime, store.id, str(flow_id), split_id, told["variant"])
            found = winners.results(runtime, store, str(flow_id), 90)
        except NoSuchFlow:
            _refuse_unknown()
        except NoSuchVariant as unknown:
            refuse(409, unknown.said, "variant")
        return {"days": 90, "splits": [one for one in found if one.step == split_id]}


def _refuse_unknown() -> NoReturn:
    refuse(404, say("There is no such flow in this store."))
