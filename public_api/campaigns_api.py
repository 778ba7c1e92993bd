"""/api/v1/campaigns: one message for many, now or at a date, and what came of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import Schema, fields

from doors.campaigns import (
    CampaignListSchema,
    CampaignSchema,
    CheckedSchema,
    ScheduleSchema,
    told,
)
from doors.flow_documents import RefusedFlowSchema, document, refuse_flow
from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from jobs import campaigns
from jobs.api_keys import Scope
from jobs.campaigns import Report, Told
from jobs.drafts import Edit
from marketing.campaigns import Schedule
from marketing.flow_schema import BadFlow
from public_api.door import needs, public_blueprint, the_author, the_store

Json = dict[str, Any]
blueprint = public_blueprint("campaigns")
READ, WRITE = (needs(blueprint, one) for one in (Scope.FLOWS_READ, Scope.FLOWS_WRITE))
A_CAMPAIGN = blueprint.doc(
    requestBody={
        "required": True,
        "description": "A campaign: name, source, steps as a flow's, filter, deadline.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
)


class CampaignReportSchema(Schema):
    """What came of it; `revenue` is attributed, net, in minor units of the store's currency."""

    recipients = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    unsubscribed = fields.Integer(required=True)
    ordered = fields.Integer(required=True)
    revenue = fields.Integer(required=True)
    unsure = fields.Integer(required=True)
    waiting = fields.Dict(fields.String(), fields.Integer(), required=True)
    skipped = fields.Dict(fields.String(), fields.Integer(), required=True)


@blueprint.route("/campaigns")
class CampaignsView(MethodView):
    @READ
    @blueprint.response(200, CampaignListSchema)
    def get(self) -> Json:
        """Give the store's latest campaigns, the newest first."""
        found = campaigns.of_store(the_runtime(), the_store().id)
        return {"campaigns": [told(one) for one in found]}

    @WRITE
    @A_CAMPAIGN
    @blueprint.response(201, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def post(self) -> Json:
        """Keep a new campaign as a draft: it is sent to nobody until it is scheduled."""
        return _done(lambda: campaigns.create(the_runtime(), the_store().id, document()))


@blueprint.route("/campaigns/check")
class CheckView(MethodView):
    @READ
    @A_CAMPAIGN
    @blueprint.response(200, CheckedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self) -> Json:
        """Say everything that is wrong with a campaign, and how many it is for; keeps nothing."""
        try:
            number = answered(lambda: campaigns.check(the_runtime(), the_store().id, document()))
        except BadFlow as bad:
            return {"problems": bad.problems, "customers": None}
        return {"problems": [], "customers": number}


@blueprint.route("/campaigns/<uuid:campaign_id>")
class CampaignView(MethodView):
    @READ
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, campaign_id: UUID) -> Json:
        """Give one campaign."""
        return _done(lambda: campaigns.find(the_runtime(), the_store().id, str(campaign_id)))

    @WRITE
    @A_CAMPAIGN
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def put(self, campaign_id: UUID) -> Json:
        """Say anew what is sent to whom, before it begins; its time stays."""
        named, edit = (the_store().id, str(campaign_id), document()), Edit(the_author())
        return _done(lambda: campaigns.change(the_runtime(), *named, edit))


@blueprint.route("/campaigns/<uuid:campaign_id>/schedule")
class ScheduleView(MethodView):
    @WRITE
    @blueprint.arguments(ScheduleSchema)
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, wanted: Schedule | None, campaign_id: UUID) -> Json:
        """Send it now or at a date; also to another date than before, until it begins."""
        one = str(campaign_id)
        return _done(lambda: campaigns.schedule(the_runtime(), the_store().id, one, wanted))


@blueprint.route("/campaigns/<uuid:campaign_id>/cancel")
class CancelView(MethodView):
    @WRITE
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Send it to nobody, or to nobody else once it is under way."""
        return _done(lambda: campaigns.cancel(the_runtime(), the_store().id, str(campaign_id)))


@blueprint.route("/campaigns/<uuid:campaign_id>/pause")
class PauseView(MethodView):
    @WRITE
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Send no more of it for now; who has not had it keeps their place."""
        return _done(lambda: campaigns.pause(the_runtime(), the_store().id, str(campaign_id)))


@blueprint.route("/campaigns/<uuid:campaign_id>/resume")
class ResumeView(MethodView):
    @WRITE
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Let a paused campaign go on."""
        return _done(lambda: campaigns.resume(the_runtime(), the_store().id, str(campaign_id)))


@blueprint.route("/campaigns/<uuid:campaign_id>/report")
class ReportView(MethodView):
    @READ
    @blueprint.response(200, CampaignReportSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, campaign_id: UUID) -> Report:
        """Give what came of it: sent, not sent and why, opened, clicked, revenue."""
        return answered(lambda: campaigns.report(the_runtime(), the_store().id, str(campaign_id)))


def _done(act: Callable[[], Told]) -> Json:
    """Do something to a campaign and tell how it stands, or say no."""
    try:
        return told(answered(act))
    except BadFlow as bad:
        refuse_flow(422, bad.problems)
