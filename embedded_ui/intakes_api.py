"""/panel/api/flows/<id>/enrol and what comes of it: letting many into a flow at once."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from doors.intakes import BackfillSchema, IntakeListSchema, IntakeSchema
from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.intake_schemas import EnrolSchema
from jobs import intake_orders
from marketing.sources import Source
from storage.intakes import Intake

blueprint = api_blueprint("intakes")


@blueprint.route("/flows/<uuid:flow_id>/enrol")
class EnrolView(MethodView):
    @blueprint.arguments(EnrolSchema)
    @blueprint.response(202, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, asked: dict[str, Source], flow_id: UUID) -> Intake:
        """Let a segment, named customers or everyone into a live flow, batch by batch."""
        return answered(
            lambda: intake_orders.order(
                the_runtime(), the_store().id, str(flow_id), asked["source"]
            )
        )


@blueprint.route("/flows/<uuid:flow_id>/backfill")
class BackfillView(MethodView):
    @blueprint.arguments(BackfillSchema)
    @blueprint.response(202, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, asked: dict[str, Any], flow_id: UUID) -> Intake:
        """Place people of the last days where they would stand now; a dry run only counts them."""
        return answered(
            lambda: intake_orders.order_past(
                the_runtime(),
                the_store().id,
                str(flow_id),
                asked["days"],
                is_rehearsal=asked["dry_run"],
            )
        )


@blueprint.route("/flows/<uuid:flow_id>/intakes")
class FlowIntakesView(MethodView):
    @blueprint.response(200, IntakeListSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give a flow's latest intakes."""
        found = answered(lambda: intake_orders.of_flow(the_runtime(), the_store().id, str(flow_id)))
        return {"intakes": found}


@blueprint.route("/intakes/<uuid:intake_id>")
class IntakeView(MethodView):
    @blueprint.response(200, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, intake_id: UUID) -> Intake:
        """Give one intake and how far it has come."""
        return answered(lambda: intake_orders.find(the_runtime(), the_store().id, str(intake_id)))


@blueprint.route("/intakes/<uuid:intake_id>/cancel")
class CancelIntakeView(MethodView):
    @blueprint.response(200, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, intake_id: UUID) -> Intake:
        """Let nobody else in by it; whoever is in stays."""
        return answered(lambda: intake_orders.cancel(the_runtime(), the_store().id, str(intake_id)))
