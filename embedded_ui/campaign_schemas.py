"""What the panel asks and is told of campaigns, beyond what every door says of them."""

from marshmallow import RAISE, Schema, fields, validate
from webargs.fields import DelimitedList

from doors.campaigns import CampaignSchema
from doors.flow_documents import DocumentProblemSchema
from doors.json_api import plain_text
from embedded_ui.authors import AuthorSchema, ChangedElsewhereSchema
from embedded_ui.schemas import CountSchema, FiguresSchema
from storage.campaigns import PAGE

MOST_NAME = 120


class CampaignsQuery(Schema):
    """Which page of the list."""

    class Meta:
        unknown = RAISE

    page = fields.Integer(load_default=1, validate=validate.Range(1, 1000))


class CampaignIdsQuery(Schema):
    """The campaigns of a page; ids with commas between them."""

    class Meta:
        unknown = RAISE

    ids = DelimitedList(fields.UUID(), required=True, validate=validate.Length(1, PAGE))


class AimSchema(Schema):
    """Whom a campaign is for: a `segment` by its id and name, `customers` so many, `everyone`."""

    kind = fields.String(required=True)
    id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    customers = fields.Integer(required=True, allow_none=True)


class ProgressSchema(Schema):
    """How many of its people were looked at and let in; `state` is the intake's."""

    state = fields.String(required=True)
    seen = fields.Integer(required=True)
    entered = fields.Integer(required=True)


class PanelCampaignSchema(CampaignSchema):
    """A campaign as the panel shows it; `progress` is null before it begins."""

    aim = fields.Nested(AimSchema, required=True)
    progress = fields.Nested(ProgressSchema, required=True, allow_none=True)


class OneCampaignSchema(PanelCampaignSchema):
    """A campaign on its own page; `problems` keep it from being sent as it stands.

    `aim_changed_at`: when its segment was given another condition or name after it was planned.
    `changed_at` and `changed_by` are of its `revision`.
    """

    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)
    aim_changed_at = fields.AwareDateTime(required=True, allow_none=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(AuthorSchema, required=True, allow_none=True)


class MovedCampaignSchema(ChangedElsewhereSchema):
    """Why a campaign was not kept or sent, and what it is now."""

    document = fields.Dict(required=True)


class CampaignPageSchema(Schema):
    """A page of campaigns, the newest first."""

    campaigns = fields.List(fields.Nested(PanelCampaignSchema), required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    total = fields.Integer(required=True)


class CampaignFiguresSchema(Schema):
    """What came of a campaign so far; `revenue` is attributed, net, in the store's currency."""

    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    ordered = fields.Integer(required=True)
    revenue = fields.Integer(required=True)


class CampaignsFiguresSchema(Schema):
    """By campaign."""

    figures = fields.Dict(fields.String(), fields.Nested(CampaignFiguresSchema), required=True)


class BeginSchema(Schema):
    """What a new campaign is called and for whom it is; no segment: everyone."""

    class Meta:
        unknown = RAISE

    name = fields.String(required=True, validate=[plain_text, validate.Length(1, MOST_NAME)])
    segment = fields.UUID(load_default=None, allow_none=True)


class ReachedSchema(Schema):
    """How many a channel reaches, and who is left out why; `planned`: the campaign uses it."""

    channel = fields.String(required=True)
    planned = fields.Boolean(required=True)
    reached = fields.Integer(required=True)
    left_out = fields.List(fields.Nested(CountSchema), required=True)


class AudienceSchema(Schema):
    """Whom a campaign would be for by now, and whom each channel reaches of them.

    While it is `building`, the people of its segment are still being found.
    """

    customers = fields.Integer(required=True)
    building = fields.Boolean(required=True)
    channels = fields.List(fields.Nested(ReachedSchema), required=True)


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
