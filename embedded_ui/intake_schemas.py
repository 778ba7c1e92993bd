"""What is asked and told about letting many into a flow at once."""

from marshmallow import Schema, fields

from marketing.sources import SourceSchema


class EnrolSchema(Schema):
    """Whom to let into a flow."""

    source = fields.Nested(SourceSchema, required=True)


class IntakeSchema(Schema):
    """One intake and how far it has come; `refused` has how many were kept out by reason."""

    id = fields.String(required=True)
    flow_id = fields.String(required=True)
    state = fields.String(required=True)
    source = fields.Dict(required=True)
    seen = fields.Integer(required=True)
    entered = fields.Integer(required=True)
    refused = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    error = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class IntakeListSchema(Schema):
    """A flow's latest intakes, the newest first."""

    intakes = fields.List(fields.Nested(IntakeSchema), required=True)
