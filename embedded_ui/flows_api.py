"""/panel/api/flows: the list, one flow with what happened at its steps, and switching it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask.views import MethodView

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.spoken import the_language
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.authors import refuse_moved, the_author
from embedded_ui.flow_drawing import counts, drawing_of
from embedded_ui.flow_rows import about, is_untouched, row_of
from embedded_ui.recipe_names import called
from embedded_ui.schemas import (
    FlowListSchema,
    FlowSchema,
    FlowStatusSchema,
    PeriodQuery,
    PublishSchema,
    WinnerSchema,
)
from jobs import drafts, flow_problems, publish, winners
from jobs.costs import step_costs
from jobs.drafts import Edit
from jobs.runtime import Runtime
from marketing import flow_schema, recipes
from marketing.flow import Flow, Trigger
from marketing.flow_schema import BadFlow, Problem
from marketing.said import say
from marketing.timing import zone_of
from storage import Connection, flows, reports_flows
from storage.flows import StoredFlow, Version
from storage.reports_flows import FlowLine
from storage.reports_time import period_of

blueprint = api_blueprint("flows")
Action = Callable[[Runtime, str, str], object]


@blueprint.route("/flows")
class FlowsView(MethodView):
    @blueprint.arguments(PeriodQuery, location="query")
    @blueprint.response(200, FlowListSchema)
    def get(self, query: dict[str, int]) -> dict[str, Any]:
        """Give all flows of the store with their figures; campaigns are a list of their own."""
        store, database = the_store(), the_runtime().database
        with database.reading() as connection:
            this, _ = period_of(database.now(connection), query["days"], zone_of(store.timezone))
            lines = reports_flows.flow_lines(connection, store.id, this)
            live = flows.live_documents(connection, store.id)
        own = sorted((line for line in lines if not line.is_campaign), key=_place)
        return {"days": query["days"], "flows": [row_of(one, live.get(one.id)) for one in own]}


@blueprint.route("/flows/<uuid:flow_id>")
class FlowView(MethodView):
    @blueprint.arguments(PeriodQuery, location="query")
    @blueprint.response(200, FlowSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: dict[str, int], flow_id: UUID) -> dict[str, Any]:
        """Give one flow as it is drawn, with the figures of each step."""
        store, database = the_store(), the_runtime().database
        with database.reading() as connection:
            stored = called(_found(flows.get(connection, store.id, str(flow_id))))
            this, _ = period_of(database.now(connection), query["days"], zone_of(store.timezone))
            figures = reports_flows.flow_figures(connection, store.id, stored.id, this)
            live = _live_version(connection, stored)
            names = {one.id: called(one).name for one in flows.of_store(connection, store.id)}
            warnings = flow_problems.warnings(connection, store.id, stored.draft, stored.id)
            flow, problems = _shown(stored, live)
            picks = winners.own_picks(connection, stored, flow)
            costs = step_costs(connection, store, stored.id, this)
        if doubling := flow_problems.doubling(store, stored):
            problems.append(_problem(doubling))
        return {
            **_header(stored, live),
            "days": query["days"],
            **drawing_of(flow, figures, stored.winners, names, picks, costs),
            "entered": figures.entered,
            "waiting": figures.waiting,
            "left": counts(figures.left),
            "revenue": sum(step.revenue for step in figures.steps.values()),
            "cost": sum(costs.values()),
            "problems": problems,
            "warnings": [_problem(one) for one in warnings],
        }


@blueprint.route("/flows/<uuid:flow_id>/publish")
class PublishView(MethodView):
    @blueprint.arguments(PublishSchema)
    @blueprint.response(200, FlowStatusSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, wanted: dict[str, Any], flow_id: UUID) -> dict[str, Any]:
        """Make the draft the live version: whoever enters from now on goes through it."""
        edit = Edit(the_author(), wanted["revision"], the_language())
        return _act(partial(publish.publish, edit=edit), flow_id)


@blueprint.route("/flows/<uuid:flow_id>/pause")
class PauseView(MethodView):
    @blueprint.response(200, FlowStatusSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, flow_id: UUID) -> dict[str, Any]:
        """Stop sending; who is in the flow keeps their place."""
        return _act(publish.pause, flow_id)


@blueprint.route("/flows/<uuid:flow_id>/resume")
class ResumeView(MethodView):
    @blueprint.response(200, FlowStatusSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, flow_id: UUID) -> dict[str, Any]:
        """Let a paused flow go on."""
        return _act(publish.resume, flow_id)


@blueprint.route("/flows/<uuid:flow_id>/splits/<split_id>/winner")
class WinnerView(MethodView):
    @blueprint.arguments(WinnerSchema)
    @blueprint.response(200, FlowStatusSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def put(self, told: dict[str, Any], flow_id: UUID, split_id: str) -> dict[str, Any]:
        """Let everyone who comes to a split take one variant; who took one keeps it."""

        def pick(runtime: Runtime, store_id: str, flow: str) -> None:
            winners.pick(runtime, store_id, flow, split_id, told["variant"])

        return _act(pick, flow_id)


def _place(line: FlowLine) -> int:
    """Give where a flow stands: the store's own as they come, then the recipes in their order."""
    return recipes.names().index(str(line.recipe)) if is_untouched(line) else -1


def _found(stored: StoredFlow | None) -> StoredFlow:
    if stored is None:
        refuse(404, say("There is no such flow in this store."))
    return stored


def _live_version(connection: Connection, stored: StoredFlow) -> Version | None:
    if stored.live_version_id is None:
        return None
    key = (stored.store_id, stored.live_version_id)
    return flows.versions(connection, [key]).get(key)


def _header(stored: StoredFlow, live: Version | None) -> dict[str, Any]:
    return {
        "id": stored.id,
        "name": stored.name,
        "status": stored.status.value,
        "recipe": stored.recipe,
        "about": about(stored.recipe),
        "live_version": live.number if live else None,
        "published_at": live.published_at if live else None,
        "has_changes": live is not None and _differs(stored.draft, live.flow),
    }


def _differs(draft: Mapping[str, Any], live: Flow) -> bool:
    try:
        return flow_schema.read(draft) != live
    except BadFlow:
        return True


def _shown(stored: StoredFlow, live: Version | None) -> tuple[Flow, list[dict[str, str]]]:
    """Give what is drawn, and what keeps the draft from going live."""
    try:
        draft = flow_schema.read(stored.draft)
        problems = [_problem(problem) for problem in flow_schema.problems(draft)]
    except BadFlow as bad:
        draft = Flow(stored.name, Trigger(stored.trigger_event), ())
        problems = [_problem(problem) for problem in bad.problems]
    return (live.flow if live else draft), problems


def _problem(problem: Problem) -> dict[str, str]:
    return {"step": problem.step, "message": problem.sentence}


def _act(action: Action, flow_id: UUID) -> dict[str, Any]:
    store, runtime = the_store(), the_runtime()
    try:
        action(runtime, store.id, str(flow_id))
    except drafts.NoSuchFlow:
        _found(None)
    except drafts.DraftMoved as moved:
        refuse_moved(moved.stored)
    except BadFlow as bad:
        refuse(409, bad.problems[0].sentence)
    except winners.NoSuchVariant as unknown:
        refuse(409, unknown.said)
    with runtime.database.reading() as connection:
        stored = _found(flows.get(connection, store.id, str(flow_id)))
        return _header(stored, _live_version(connection, stored))
