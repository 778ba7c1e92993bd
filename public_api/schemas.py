"""What the public door takes and gives: marshmallow schemas, which are its OpenAPI document.

Money is an integer of minor units in the store's currency; times are ISO 8601 in UTC.
"""

from marshmallow import RAISE, Schema, fields, validate

from doors.flow_documents import CheckedDocumentSchema, DocumentProblemSchema
from doors.json_api import plain_text
from jobs.admit import MOST_AT_ONCE
from marketing.said import say


class Strict(Schema):
    """An input: what is not named here is refused, so that a slip of the pen is no silence."""

    class Meta:
        unknown = RAISE


class FlowSchema(Schema):
    """A flow of the store; `trigger` is what is live, else the draft's."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True, metadata={"description": "draft, live or paused"})
    trigger = fields.String(required=True)
    recipe = fields.String(required=True, allow_none=True)
    live_version = fields.Integer(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


class FlowChangedSchema(FlowSchema):
    """A flow with what is worth knowing of it: other live flows that write to the same people."""

    warnings = fields.List(fields.Nested(DocumentProblemSchema), required=True)


class FlowWithDraftSchema(FlowChangedSchema):
    """A flow with its draft document; `problems` is what keeps the draft from going live."""

    draft = fields.Dict(required=True)
    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)


class CheckedFlowSchema(CheckedDocumentSchema):
    """What keeps a document from going live, and what is only worth knowing."""

    warnings = fields.List(fields.Nested(DocumentProblemSchema), required=True)


class FlowListSchema(Schema):
    flows = fields.List(fields.Nested(FlowSchema), required=True)


class VersionSchema(Schema):
    """What was published once; it never changes."""

    number = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True)
    is_live = fields.Boolean(required=True)


class VersionDocumentSchema(VersionSchema):
    document = fields.Dict(required=True)


class VersionListSchema(Schema):
    versions = fields.List(fields.Nested(VersionSchema), required=True)


class EnrollSchema(Strict):
    """Whom to let in; `subject` makes it one of its kind: with the same one nobody enters twice."""

    customer_ids = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(
            1,
            MOST_AT_ONCE,
            error=say("Name 1 to {most} customers at once.", most=MOST_AT_ONCE),
        ),
    )
    subject = fields.String(
        validate=[validate.Length(1, 100, error=say("Use 1 to 100 characters.")), plain_text]
    )


class AdmittedSchema(Schema):
    """One customer: `entered`, or `kept_out` with a reason."""

    customer_id = fields.String(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


class EnrolledSchema(Schema):
    entered = fields.Integer(required=True)
    customers = fields.List(fields.Nested(AdmittedSchema), required=True)


class StepCountsSchema(Schema):
    """People at one step now, and those whose way ended there, by the reason why."""

    step = fields.String(required=True)
    kind = fields.String(required=True, allow_none=True)
    waiting = fields.Integer(required=True)
    ended = fields.Dict(fields.String(), fields.Integer(), required=True)


class CountsSchema(Schema):
    """Over all versions of a flow; whoever went through to its end is in `ended` only here."""

    entered = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    ended = fields.Dict(fields.String(), fields.Integer(), required=True)
    steps = fields.List(fields.Nested(StepCountsSchema), required=True)
