"""/api/v1/flows: read, written, checked, published, paused, entered by hand, counted."""

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from flask.views import MethodView

from doors.flow_documents import (
    A_FLOW,
    RefusedFlowSchema,
    document,
    refuse_flow,
)
from doors.json_api import ErrorSchema, refuse, the_runtime
from jobs import admit, drafts, flow_problems, publish, tally
from jobs.admit import NotLive
from jobs.api_keys import Scope
from jobs.drafts import DraftMoved, Edit, NoSuchFlow
from jobs.runtime import Runtime
from marketing import flow_schema
from marketing.flow_schema import BadFlow, Problem
from marketing.model import JsonObject
from marketing.said import say
from public_api.door import made_id, needs, public_blueprint, the_author, the_store
from public_api.schemas import (
    CheckedFlowSchema,
    CountsSchema,
    EnrolledSchema,
    EnrollSchema,
    FlowChangedSchema,
    FlowListSchema,
    FlowWithDraftSchema,
    VersionDocumentSchema,
    VersionListSchema,
)
from storage import Connection, flows
from storage.flows import Published, StoredFlow

blueprint = public_blueprint("flows")
Action = Callable[[Runtime, str, str], object]
A_DOCUMENT = blueprint.doc(**A_FLOW)


@blueprint.route("/flows")
class FlowsView(MethodView):
    @needs(blueprint, Scope.FLOWS_READ)
    @blueprint.response(200, FlowListSchema)
    def get(self) -> dict[str, Any]:
        """Give all flows of the store, the oldest first."""
        with the_runtime().database.reading() as connection:
            found = flows.of_store(connection, the_store().id)
            return {"flows": [_line(connection, one) for one in found]}

    @needs(blueprint, Scope.FLOWS_WRITE)
    @A_DOCUMENT
    @blueprint.response(201, FlowWithDraftSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def post(self) -> dict[str, Any]:
        """Keep a new flow as a draft; it does nothing until it is published."""
        try:
            flow_id = drafts.create(the_runtime(), the_store().id, document(), made_id())
        except BadFlow as bad:
            refuse_flow(422, bad.problems)
        return _whole(flow_id)


@blueprint.route("/flows/check")
class CheckView(MethodView):
    @needs(blueprint, Scope.FLOWS_READ)
    @A_DOCUMENT
    @blueprint.response(200, CheckedFlowSchema)
    def post(self) -> dict[str, Any]:
        """Say everything that is wrong with a document, its templates too; nothing is kept."""
        told = document()
        with the_runtime().database.reading() as connection:
            warnings = flow_problems.warnings(connection, the_store().id, told)
        return {"problems": _problems(told), "warnings": warnings}


@blueprint.route("/flows/<uuid:flow_id>")
class FlowView(MethodView):
    @needs(blueprint, Scope.FLOWS_READ)
    @blueprint.response(200, FlowWithDraftSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give one flow with its draft."""
        return _whole(str(flow_id))


@blueprint.route("/flows/<uuid:flow_id>/draft")
class DraftView(MethodView):
    @needs(blueprint, Scope.FLOWS_WRITE)
    @A_DOCUMENT
    @blueprint.response(200, FlowWithDraftSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def put(self, flow_id: UUID) -> dict[str, Any]:
        """Replace the draft; what is live stays as it was published."""
        _found(str(flow_id))
        try:
            edit = Edit(the_author())
            drafts.save_draft(the_runtime(), the_store().id, str(flow_id), document(), edit)
        except BadFlow as bad:
            refuse_flow(422, bad.problems)
        return _whole(str(flow_id))


@blueprint.route("/flows/<uuid:flow_id>/publish")
class PublishView(MethodView):
    @needs(blueprint, Scope.FLOWS_WRITE)
    @blueprint.response(200, FlowChangedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=RefusedFlowSchema)
    def post(self, flow_id: UUID) -> dict[str, Any]:
        """Make the draft the live version: whoever enters from now on goes through it."""
        return _act(partial(publish.publish, edit=Edit(the_author())), flow_id)


@blueprint.route("/flows/<uuid:flow_id>/pause")
class PauseView(MethodView):
    @needs(blueprint, Scope.FLOWS_WRITE)
    @blueprint.response(200, FlowChangedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, flow_id: UUID) -> dict[str, Any]:
        """Stop sending; who is in the flow keeps their place."""
        return _act(publish.pause, flow_id)


@blueprint.route("/flows/<uuid:flow_id>/resume")
class ResumeView(MethodView):
    @needs(blueprint, Scope.FLOWS_WRITE)
    @blueprint.response(200, FlowChangedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, flow_id: UUID) -> dict[str, Any]:
        """Let a paused flow go on."""
        return _act(publish.resume, flow_id)


@blueprint.route("/flows/<uuid:flow_id>/versions")
class VersionsView(MethodView):
    @needs(blueprint, Scope.FLOWS_READ)
    @blueprint.response(200, VersionListSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give what was published of a flow, the newest first."""
        stored = _found(str(flow_id))
        with the_runtime().database.reading() as connection:
            told = flows.history(connection, stored.store_id, stored.id)
        return {"versions": [_version(stored, one) for one in told]}


@blueprint.route("/flows/<uuid:flow_id>/versions/<int:number>")
class VersionView(MethodView):
    @needs(blueprint, Scope.FLOWS_READ)
    @blueprint.response(200, VersionDocumentSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID, number: int) -> dict[str, Any]:
        """Give one version with its document: put it as the draft to go back to it."""
        stored = _found(str(flow_id))
        with the_runtime().database.reading() as connection:
            told = flows.history(connection, stored.store_id, stored.id)
            chosen = next((one for one in told if one.number == number), None)
            if chosen is None:
                refuse(404, say("The flow has no version of this number."))
            key = (stored.store_id, chosen.id)
            flow = flows.versions(connection, [key])[key].flow
        return {**_version(stored, chosen), "document": flow_schema.dump(flow)}


@blueprint.route("/flows/<uuid:flow_id>/enrollments")
class EnrollmentsView(MethodView):
    @needs(blueprint, Scope.FLOWS_WRITE)
    @blueprint.arguments(EnrollSchema)
    @blueprint.response(200, EnrolledSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, wanted: dict[str, Any], flow_id: UUID) -> dict[str, Any]:
        """Let customers into a live flow, whatever its trigger is; its filters hold."""
        ids = [str(one) for one in wanted["customer_ids"]]
        subject = wanted.get("subject") or made_id()
        try:
            told = admit.by_hand(the_runtime(), the_store(), str(flow_id), ids, subject)
        except NoSuchFlow:
            _refuse_unknown()
        except NotLive:
            refuse(409, say("Nobody enters a flow that is not live. Publish or resume it first."))
        states = [(one, "kept_out" if one.reason else "entered") for one in told]
        customers = [
            {"customer_id": one.customer_id, "state": state, "reason": one.reason}
            for one, state in states
        ]
        return {"entered": sum(not one.reason for one in told), "customers": customers}


@blueprint.route("/flows/<uuid:flow_id>/counts")
class CountsView(MethodView):
    @needs(blueprint, Scope.FLOWS_READ)
    @blueprint.response(200, CountsSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> tally.Tally:
        """Give how many entered a flow, wait in it and left it, step by step."""
        with the_runtime().database.reading() as connection:
            try:
                return tally.of_flow(connection, the_store().id, str(flow_id))
            except NoSuchFlow:
                _refuse_unknown()


def _act(action: Action, flow_id: UUID) -> dict[str, Any]:
    try:
        action(the_runtime(), the_store().id, str(flow_id))
    except NoSuchFlow:
        _refuse_unknown()
    except BadFlow as bad:
        refuse_flow(409, bad.problems)
    except DraftMoved:
        refuse(409, say("The draft was changed while it was being published. Publish it again."))
    stored = _found(str(flow_id))
    with the_runtime().database.reading() as connection:
        return _told(connection, stored)


def _found(flow_id: str) -> StoredFlow:
    with the_runtime().database.reading() as connection:
        stored = flows.get(connection, the_store().id, flow_id)
    if stored is None:
        _refuse_unknown()
    return stored


def _whole(flow_id: str) -> dict[str, Any]:
    stored = _found(flow_id)
    with the_runtime().database.reading() as connection:
        line = _told(connection, stored)
    return {**line, "draft": stored.draft, "problems": _problems(dict(stored.draft))}


def _problems(told: JsonObject) -> tuple[Problem, ...]:
    return flow_problems.check(told, link_length=the_runtime().settings.link_length)


def _told(connection: Connection, stored: StoredFlow) -> dict[str, Any]:
    warnings = flow_problems.warnings(connection, stored.store_id, stored.draft, stored.id)
    return {**_line(connection, stored), "warnings": warnings}


def _line(connection: Connection, stored: StoredFlow) -> dict[str, Any]:
    key = (stored.store_id, stored.live_version_id or "")
    live = flows.versions(connection, [key]).get(key) if stored.live_version_id else None
    return {
        "id": stored.id,
        "name": stored.name,
        "status": stored.status.value,
        "trigger": stored.trigger_event,
        "recipe": stored.recipe,
        "live_version": live.number if live else None,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }


def _version(stored: StoredFlow, one: Published) -> dict[str, Any]:
    is_live = one.id == stored.live_version_id
    return {"number": one.number, "published_at": one.published_at, "is_live": is_live}


def _refuse_unknown() -> NoReturn:
    refuse(404, say("There is no such flow in this store."))
