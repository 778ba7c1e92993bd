"""/api/v1/flows/<id>/intakes: letting a segment, many, all, or people from the past into a flow."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import fields

from doors.intakes import BackfillSchema, IntakeListSchema, IntakeSchema
from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from jobs import intake_orders
from jobs.api_keys import Scope
from marketing.sources import Source, SourceSchema
from public_api.door import needs, public_blueprint, the_store
from public_api.schemas import Strict
from storage.intakes import Intake

blueprint = public_blueprint("intakes")
READ, WRITE = (needs(blueprint, one) for one in (Scope.FLOWS_READ, Scope.FLOWS_WRITE))


class WhoSchema(Strict):
    """Whom to let in: everybody in a segment, customers by their ids, or everyone."""

    source = fields.Nested(SourceSchema, required=True)


@blueprint.route("/flows/<uuid:flow_id>/intakes")
class FlowIntakesView(MethodView):
    @READ
    @blueprint.response(200, IntakeListSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give a flow's intakes, the newest first."""
        store_id = the_store().id
        return {
            "intakes": answered(
                lambda: intake_orders.of_flow(the_runtime(), store_id, str(flow_id))
            )
        }

    @WRITE
    @blueprint.arguments(WhoSchema)
    @blueprint.response(202, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, wanted: dict[str, Source], flow_id: UUID) -> Intake:
        """Have people let into a live flow; it is done by and by, and its filters hold."""
        store_id, source = the_store().id, wanted["source"]
        return answered(lambda: intake_orders.order(the_runtime(), store_id, str(flow_id), source))


@blueprint.route("/flows/<uuid:flow_id>/backfill")
class BackfillView(MethodView):
    @WRITE
    @blueprint.arguments(BackfillSchema)
    @blueprint.response(202, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, asked: dict[str, Any], flow_id: UUID) -> Intake:
        """Place people of the last days where they would stand now; a dry run only counts them."""
        runtime, store_id, flow = the_runtime(), the_store().id, str(flow_id)
        days, dry = asked["days"], asked["dry_run"]
        return answered(
            lambda: intake_orders.order_past(runtime, store_id, flow, days, is_rehearsal=dry)
        )


@blueprint.route("/intakes/<uuid:intake_id>")
class IntakeView(MethodView):
    @READ
    @blueprint.response(200, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, intake_id: UUID) -> Intake:
        """Give one intake and how far it has come."""
        return answered(lambda: intake_orders.find(the_runtime(), the_store().id, str(intake_id)))


@blueprint.route("/intakes/<uuid:intake_id>/cancel")
class CancelView(MethodView):
    @WRITE
    @blueprint.response(200, IntakeSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, intake_id: UUID) -> Intake:
        """Let nobody else in by it; whoever is in stays."""
        return answered(lambda: intake_orders.cancel(the_runtime(), the_store().id, str(intake_id)))
