"""/panel/api/flows/<id>/outlook: what a draft is to be expected to do and to cost in a month."""

from uuid import UUID

from flask.views import MethodView
from marshmallow import Schema, fields

from doors.json_api import ErrorSchema, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.versions_api import refuse_unknown
from jobs import outlook
from jobs.drafts import NoSuchFlow
from marketing.flow_schema import BadFlow

blueprint = api_blueprint("outlook")


class RangeSchema(Schema):
    """From at least to at most."""

    low = fields.Integer(required=True)
    high = fields.Integer(required=True)


class StepOutlookSchema(Schema):
    """What a step is to be expected to do in a month; money in minor units, null: not known.

    `basis` of the cost: `price` (of a thousand messages), `parts` (of texts, at the least and at
    the most), `amount` (of the credit), `own` or `store` (how its or all codes were used lately),
    `all_used` (too few codes were given yet: at the most all are used), `unknown`. `share`: how
    many codes of a hundred are used; `each`: what one takes off.
    """

    step = fields.String(required=True)
    kind = fields.String(required=True)
    count = fields.Nested(RangeSchema, required=True)
    cost = fields.Nested(RangeSchema, required=True, allow_none=True)
    revenue = fields.Nested(RangeSchema, required=True, allow_none=True)
    basis = fields.String(required=True)
    share = fields.Nested(RangeSchema, required=True, allow_none=True)
    each = fields.Integer(required=True, allow_none=True)


class OutlookSchema(Schema):
    """What a flow's draft is to be expected to do in a month; null: not known.

    `basis`: `replay` (its triggers of so many `days`, `looked_at` of them, lived through again),
    `entered` (what it did itself in these days), `no_past` (its trigger leaves no trace),
    `too_new` (less than a day is known), `nothing` (nothing set it off). `reached`: who of the
    `people` gets a message.
    """

    basis = fields.String(required=True)
    days = fields.Integer(required=True)
    looked_at = fields.Integer(required=True)
    is_sample = fields.Boolean(required=True)
    people = fields.Nested(RangeSchema, required=True, allow_none=True)
    reached = fields.Nested(RangeSchema, required=True, allow_none=True)
    steps = fields.List(fields.Nested(StepOutlookSchema), required=True)
    cost = fields.Nested(RangeSchema, required=True, allow_none=True)
    revenue = fields.Nested(RangeSchema, required=True, allow_none=True)


@blueprint.route("/flows/<uuid:flow_id>/outlook")
class OutlookView(MethodView):
    @blueprint.response(200, OutlookSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> outlook.Outlook:
        """Say what the draft is to be expected to do in a month, by the store's own past."""
        try:
            return outlook.outlook(the_runtime(), the_store(), str(flow_id))
        except NoSuchFlow:
            refuse_unknown()
        except BadFlow as bad:
            refuse(409, bad.problems[0].sentence, bad.problems[0].field)
