"""/panel/api/campaigns: what is to be sent to many, when, and what came of it."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from doors.campaigns import (
    CampaignListSchema,
    CampaignSchema,
    CheckedSchema,
    ScheduleSchema,
    told,
)
from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.campaign_schemas import ReportSchema
from embedded_ui.flow_drawing import counts, figures_of
from jobs import campaigns
from jobs.campaigns import Report, Told
from marketing.campaigns import Schedule
from marketing.flow import SendMessage
from marketing.flow_schema import BadFlow

blueprint = api_blueprint("campaigns")
Json = dict[str, Any]
A_CAMPAIGN = blueprint.doc(
    requestBody={
        "required": True,
        "description": "A campaign: name, source, steps as a flow's, filter, deadline.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
)


@blueprint.route("/campaigns")
class CampaignsView(MethodView):
    @blueprint.response(200, CampaignListSchema)
    def get(self) -> Json:
        """Give the store's latest campaigns, the newest first."""
        found = campaigns.of_store(the_runtime(), the_store().id)
        return {"campaigns": [told(one) for one in found]}

    @A_CAMPAIGN
    @blueprint.response(201, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self) -> Json:
        """Keep a new campaign as a draft: it is sent to nobody until it is scheduled."""
        document = _document()
        return _done(lambda: campaigns.create(the_runtime(), the_store().id, document))


@blueprint.route("/campaigns/check")
class CheckView(MethodView):
    @A_CAMPAIGN
    @blueprint.response(200, CheckedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self) -> Json:
        """Say everything that is wrong with a campaign, and how many it is for; keeps nothing."""
        document = _document()
        try:
            number = answered(lambda: campaigns.check(the_runtime(), the_store().id, document))
        except BadFlow as bad:
            return {"problems": [asdict(one) for one in bad.problems], "customers": None}
        return {"problems": [], "customers": number}


@blueprint.route("/campaigns/<uuid:campaign_id>")
class CampaignView(MethodView):
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, campaign_id: UUID) -> Json:
        """Give one campaign."""
        return _done(lambda: campaigns.find(the_runtime(), the_store().id, str(campaign_id)))

    @A_CAMPAIGN
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, campaign_id: UUID) -> Json:
        """Say anew what is sent to whom, before it begins; its time stays."""
        document = _document()
        return _done(
            lambda: campaigns.change(the_runtime(), the_store().id, str(campaign_id), document)
        )


@blueprint.route("/campaigns/<uuid:campaign_id>/schedule")
class ScheduleView(MethodView):
    @blueprint.arguments(ScheduleSchema)
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, wanted: Schedule | None, campaign_id: UUID) -> Json:
        """Send it now or at a date; also to another date than before, until it begins."""
        return _done(
            lambda: campaigns.schedule(the_runtime(), the_store().id, str(campaign_id), wanted)
        )


@blueprint.route("/campaigns/<uuid:campaign_id>/cancel")
class CancelView(MethodView):
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Send it to nobody; only before it begins."""
        return _done(lambda: campaigns.cancel(the_runtime(), the_store().id, str(campaign_id)))


@blueprint.route("/campaigns/<uuid:campaign_id>/pause")
class PauseView(MethodView):
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Send no more of it for now; who has not had it keeps their place."""
        return _done(lambda: campaigns.pause(the_runtime(), the_store().id, str(campaign_id)))


@blueprint.route("/campaigns/<uuid:campaign_id>/resume")
class ResumeView(MethodView):
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Let a paused campaign go on."""
        return _done(lambda: campaigns.resume(the_runtime(), the_store().id, str(campaign_id)))


@blueprint.route("/campaigns/<uuid:campaign_id>/report")
class ReportView(MethodView):
    @blueprint.response(200, ReportSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, campaign_id: UUID) -> Json:
        """Give what came of it: sent, not sent and why, opened, clicked, revenue."""
        return report_of(
            answered(lambda: campaigns.report(the_runtime(), the_store().id, str(campaign_id)))
        )


def report_of(report: Report) -> Json:
    """Give a campaign's report for `ReportSchema`."""
    steps = report.figures.steps
    messages = [
        {"step": step.id, "figures": figures_of(steps[step.id])}
        for step in report.flow.steps_by_id.values()
        if isinstance(step, SendMessage) and step.id in steps
    ]
    return {
        **{name: getattr(report, name) for name in SUMS},
        "waiting": counts(report.waiting),
        "skipped": counts(report.skipped),
        "messages": messages,
    }


SUMS = (
    *("recipients", "sent", "opened", "clicked", "unsubscribed", "ordered", "revenue", "unsure"),
)


def _document() -> Any:
    return request.get_json()


def _done(act: Callable[[], Told]) -> Json:
    """Do something to a campaign and tell how it stands, or say no."""
    try:
        one = answered(act)
    except BadFlow as bad:
        refuse(422, bad.problems[0].sentence, bad.problems[0].field)
    return told(one)
