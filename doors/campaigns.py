"""Campaigns at a door: what is taken and told of them, whoever asks."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validates_schema

from doors.flow_documents import DocumentProblemSchema
from doors.spoken import KeptSentence
from jobs.campaigns import Told
from marketing.campaigns import Clock, Schedule
from marketing.said import say

BY_THE_CLOCK = "Write it by the local clock, as 2026-12-01T10:00."
FURTHEST = 2100


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
            raise ValidationError(say("Give a date and time, or say now: true."), "at")
        if "at" in data and data["at"].year > FURTHEST:
            raise ValidationError(
                say("Choose a date up to the year {year}.", year=str(FURTHEST)), "at"
            )
        if "clock" in data and "at" not in data:
            raise ValidationError(say("Only a date and time have a clock. Leave it out."), "clock")

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Schedule | None:
        """None: now."""
        at = data.get("at")
        return Schedule(at, data.get("clock", Clock.STORE)) if at else None


class CampaignSchema(Schema):
    """One campaign; `paused` only means something while it is being sent.

    `revision` goes up whenever its document is written anew.
    """

    id = fields.String(required=True)
    flow_id = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    paused = fields.Boolean(required=True)
    send_at = fields.String(required=True, allow_none=True)
    clock = fields.String(required=True)
    reason = KeptSentence(required=True, allow_none=True)
    document = fields.Dict(required=True)
    revision = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class CampaignListSchema(Schema):
    campaigns = fields.List(fields.Nested(CampaignSchema), required=True)


class CheckedSchema(Schema):
    """What is wrong with a document; `customers` is whom it is for by now, None if it is wrong."""

    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)
    customers = fields.Integer(required=True, allow_none=True)


def told(one: Told) -> dict[str, Any]:
    """Give a campaign for `CampaignSchema`."""
    return {**asdict(one.campaign), "paused": one.is_paused}
