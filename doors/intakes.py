"""Letting many into a flow at once: what is asked and told of it, whoever asks."""

from marshmallow import RAISE, Schema, fields, validate

from doors.spoken import KeptSentence
from marketing.said import say


class BackfillSchema(Schema):
    """How far back to look for people who would be under way by now; a dry run only counts."""

    class Meta:
        unknown = RAISE

    days = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 365, error=say("Use 1 to 365 days."))
    )
    dry_run = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class IntakeSchema(Schema):
    """One intake and how far it has come; `refused` has how many were kept out by reason.

    `kind` is `now` or `past`; of people from the past `standing` says how many stand at which
    step, and `completed` among the refused are those who would be through by now.
    """

    id = fields.String(required=True)
    flow_id = fields.String(required=True)
    kind = fields.String(required=True)
    dry_run = fields.Boolean(required=True, attribute="is_rehearsal")
    since = fields.AwareDateTime(required=True, allow_none=True)
    standing = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    state = fields.String(required=True)
    source = fields.Dict(required=True)
    seen = fields.Integer(required=True)
    entered = fields.Integer(required=True)
    refused = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    error = KeptSentence(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class IntakeListSchema(Schema):
    """A flow's latest intakes, the newest first."""

    intakes = fields.List(fields.Nested(IntakeSchema), required=True)
