"""What is asked and told about campaigns."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validates_schema

from embedded_ui.schemas import CountSchema, FiguresSchema
from marketing.campaigns import Clock, Schedule

BY_THE_CLOCK = "Write it by the local clock, as 2026-12-01T10:00."


class ScheduleSchema(Schema):
    """When to send: at a local date and time, by the store's clock or each customer's; or now."""

    class Meta:
        unknown = RAISE

    at = fields.NaiveDateTime(
        format="iso",
        timezone=None,
        error_messages=dict.fromkeys(("invalid", "invalid_awareness"), BY_THE_CLOCK),
    )
    clock = fields.Enum(Clock, by_value=True)
    now = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema
    def is_one(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("at" in data) == bool(data.get("now")):
            raise ValidationError("Give a date and time, or say now: true.", "at")
        if "clock" in data and "at" not in data:
            raise ValidationError("Only a date and time have a clock. Leave it out.", "clock")

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Schedule | None:
        """None: now."""
        at = data.get("at")
        return Schedule(at, data.get("clock", Clock.STORE)) if at else None


class CampaignSchema(Schema):
    """One campaign; `paused` only means something while it is being sent."""

    id = fields.String(required=True)
    flow_id = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    paused = fields.Boolean(required=True)
    send_at = fields.String(required=True, allow_none=True)
    clock = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    document = fields.Dict(required=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class CampaignListSchema(Schema):
    campaigns = fields.List(fields.Nested(CampaignSchema), required=True)


class CampaignProblemSchema(Schema):
    """What keeps a campaign from being sent; `step` is empty where it is not one step's."""

    step = fields.String(required=True)
    field = fields.String(required=True)
    message = fields.String(required=True)
    remedy = fields.String(required=True)


class CheckedSchema(Schema):
    """What is wrong with a document; `customers` is whom it is for by now, None if it is wrong."""

    problems = fields.List(fields.Nested(CampaignProblemSchema), required=True)
    customers = fields.Integer(required=True, allow_none=True)


class MessageFiguresSchema(Schema):
    """One message of the campaign: a variant has one of its own."""

    step = fields.String(required=True)
    figures = fields.Nested(FiguresSchema, required=True)


class ReportSchema(Schema):
    """What came of a campaign; `revenue` is attributed, net, in the store's currency."""

    recipients = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    unsubscribed = fields.Integer(required=True)
    ordered = fields.Integer(required=True)
    revenue = fields.Integer(required=True)
    unsure = fields.Integer(required=True)
    waiting = fields.List(fields.Nested(CountSchema), required=True)
    skipped = fields.List(fields.Nested(CountSchema), required=True)
    messages = fields.List(fields.Nested(MessageFiguresSchema), required=True)
