"""/panel/api/campaigns: what is to be sent to many, when, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView
from marshmallow import RAISE

from doors import audit
from doors.campaigns import (
    CampaignSchema,
    CheckedSchema,
    ScheduleSchema,
    told,
)
from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import may, the_store
from embedded_ui.authors import (
    RevisionHeaders,
    refuse_moved_campaign,
    the_author,
    told_change,
)
from embedded_ui.campaign_schemas import (
    AudienceSchema,
    BeginSchema,
    CampaignIdsQuery,
    CampaignPageSchema,
    CampaignsFiguresSchema,
    CampaignsQuery,
    MovedCampaignSchema,
    OneCampaignSchema,
    ReportSchema,
)
from embedded_ui.flow_drawing import counts, figures_of
from jobs import campaigns
from jobs.campaigns import CampaignMoved, Report, Told
from jobs.drafts import Edit
from marketing import sources
from marketing.campaign_start import begun
from marketing.campaigns import Schedule
from marketing.flow import SendMessage
from marketing.flow_schema import BadFlow
from marketing.sources import EVERYONE, Source
from marketing.team import Right
from storage import campaign_lists
from storage.campaigns import PAGE

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
    @blueprint.arguments(CampaignsQuery, location="query", unknown=RAISE)
    @blueprint.response(200, CampaignPageSchema)
    def get(self, query: Json) -> Json:
        """Give a page of the store's campaigns, the newest first."""
        store_id, number = the_store().id, query["page"]
        found, total = campaigns.page(the_runtime(), store_id, number)
        return {
            "campaigns": shown(store_id, found),
            "page": number,
            "pages": max(1, -(-total // PAGE)),
            "total": total,
        }

    @A_CAMPAIGN
    @blueprint.response(201, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self) -> Json:
        """Keep a new campaign as a draft: it is sent to nobody until it is scheduled."""
        return _made(_document())


@blueprint.route("/campaigns/begin")
class BeginView(MethodView):
    @blueprint.arguments(BeginSchema)
    @blueprint.response(201, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, wanted: Json) -> Json:
        """Keep a new draft with a first message in the store's language, to be written on."""
        store = the_store()
        source = Source(str(wanted["segment"])) if wanted["segment"] else EVERYONE
        document = begun(wanted["name"].strip(), source, store.locale or "")
        return _made(document)


@blueprint.route("/campaigns/figures")
class FiguresView(MethodView):
    @blueprint.arguments(CampaignIdsQuery, location="query", unknown=RAISE)
    @blueprint.response(200, CampaignsFiguresSchema)
    def get(self, query: dict[str, list[UUID]]) -> Json:
        """Say what came of these campaigns so far."""
        ids = [str(one) for one in query["ids"]]
        return {"figures": campaigns.figures(the_runtime(), the_store().id, ids)}


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
    @blueprint.response(200, OneCampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, campaign_id: UUID) -> Json:
        """Give one campaign, whom it is for, how far it has come and what keeps it from that."""
        store_id = the_store().id
        found = answered(lambda: campaigns.find(the_runtime(), store_id, str(campaign_id)))
        return {
            **shown(store_id, [found])[0],
            "problems": campaigns.problems(the_runtime(), found.campaign),
            "aim_changed_at": campaigns.aim_changed_at(the_runtime(), store_id, found.campaign),
            **told_change(found.campaign),
        }

    @A_CAMPAIGN
    @blueprint.arguments(RevisionHeaders, location="headers")
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=MovedCampaignSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, headers: Json, campaign_id: UUID) -> Json:
        """Say anew what is sent to whom, before it begins; its time stays.

        What is scheduled goes out as it stands then: only who may schedule it changes it.
        """
        document, drafts_only = _document(), not may(Right.PUBLISH)
        named = (the_store().id, str(campaign_id), document, _edit(headers))
        return _done(lambda: campaigns.change(the_runtime(), *named, drafts_only=drafts_only))


@blueprint.route("/campaigns/<uuid:campaign_id>/audience")
class AudienceView(MethodView):
    @blueprint.response(200, AudienceSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, campaign_id: UUID) -> Json:
        """Say whom it would be for by now: whom each channel reaches, and who is left out why."""
        found, planned, is_building = answered(
            lambda: campaigns.audience(the_runtime(), the_store().id, str(campaign_id))
        )
        return {
            "customers": found.customers,
            "building": is_building,
            "channels": [
                {
                    "channel": channel,
                    "planned": channel in planned,
                    "reached": one.reached,
                    "left_out": counts(one.left_out),
                }
                for channel, one in found.channels.items()
            ],
        }


@blueprint.route("/campaigns/<uuid:campaign_id>/schedule")
class ScheduleView(MethodView):
    @blueprint.arguments(ScheduleSchema)
    @blueprint.arguments(RevisionHeaders, location="headers")
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=MovedCampaignSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, wanted: Schedule | None, headers: Json, campaign_id: UUID) -> Json:
        """Send it now or at a date; also to another date than before, until it begins."""
        named = (the_store().id, str(campaign_id), wanted, _edit(headers))
        return _done(lambda: campaigns.schedule(the_runtime(), *named))


@blueprint.route("/campaigns/<uuid:campaign_id>/unschedule")
class UnscheduleView(MethodView):
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Make a planned one a draft again; only before it begins."""
        return _done(lambda: campaigns.unschedule(the_runtime(), the_store().id, str(campaign_id)))


@blueprint.route("/campaigns/<uuid:campaign_id>/cancel")
class CancelView(MethodView):
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, campaign_id: UUID) -> Json:
        """Send it to nobody, or to nobody else once it is under way."""
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


def shown(store_id: str, found: Sequence[Told]) -> list[Json]:
    """Give campaigns for `PanelCampaignSchema`, with what else is asked for all of them at once."""
    kept = [one.campaign for one in found]
    aims = {one.id: sources.load(one.document["source"]) for one in kept}
    with the_runtime().database.reading() as connection:
        going = campaign_lists.progress(connection, store_id, [one.intake_id for one in kept])
        asked = [aim.segment for aim in aims.values() if aim.segment]
        names = campaign_lists.segment_names(connection, store_id, asked)
    return [
        {
            **told(one),
            "aim": _aim(aims[one.campaign.id], names),
            "progress": going.get(one.campaign.intake_id or ""),
        }
        for one in found
    ]


def _aim(aim: Source, names: Mapping[str, str]) -> Json:
    kind = "segment" if aim.segment else "customers" if aim.customers else "everyone"
    return {
        "kind": kind,
        "id": aim.segment,
        "name": names.get(aim.segment or ""),
        "customers": len(aim.customers) or None,
    }


def report_of(report: Report) -> Json:
    """Give a campaign's report for `ReportSchema`."""
    steps = report.figures.steps
    messages = [
        {"step": step.id, "figures": figures_of(steps[step.id], report.costs.get(step.id, 0))}
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


def _edit(headers: Json) -> Edit:
    return Edit(the_author(), headers["revision"])


def _made(document: Json) -> Json:
    """Keep a new campaign."""
    kept = _done(lambda: campaigns.create(the_runtime(), the_store().id, document))
    audit.also(campaign_id=kept["id"])
    return kept


def _done(act: Callable[[], Told]) -> Json:
    """Do something to a campaign and tell how it stands, or say no."""
    try:
        one = answered(act)
    except BadFlow as bad:
        refuse(422, bad.problems[0].sentence, bad.problems[0].field)
    except CampaignMoved as moved:
        refuse_moved_campaign(moved.stored)
    return told(one)
