"""/panel/api/customers/<id>/conversation: whose hands it is in, how to write, giving it back."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from doors.conversations import ConversationSchema
from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from embedded_ui.inbox_api import way_shape
from embedded_ui.inbox_schemas import WaysSchema
from jobs import answering, conversations
from jobs.conversations import MERCHANT
from storage.conversations import Conversation

blueprint = api_blueprint("conversations")


@blueprint.route("/customers/<uuid:customer_id>/conversation")
class ConversationView(MethodView):
    @blueprint.response(200, ConversationSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> Conversation:
        """Give whose hands a customer's conversation is in."""
        return answered(lambda: conversations.find(the_runtime(), the_store(), str(customer_id)))


@blueprint.route("/customers/<uuid:customer_id>/ways")
class WaysView(MethodView):
    @blueprint.response(200, WaysSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> dict[str, Any]:
        """Give the channels of conversations, and how each may be written by now."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        with runtime.database.reading() as connection:
            now = runtime.database.now(connection)
            answered(lambda: answering.find(connection, store, who, now))  # 404 for a stranger's
            ways = answering.ways(runtime, connection, store, who, now)
        return {"ways": [way_shape(one) for one in ways]}


@blueprint.route("/customers/<uuid:customer_id>/hand-back")
class HandBackView(MethodView):
    @blueprint.response(200, ConversationSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> Conversation:
        """Let flows write to the customer again; what was held for it is asked about anew."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        name = the_person().name or None
        return answered(lambda: conversations.hand_back(runtime, store, who, MERCHANT, who=name))


@blueprint.route("/customers/<uuid:customer_id>/not-needed")
class NotNeededView(MethodView):
    @blueprint.response(200, ConversationSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> Conversation:
        """Hand it back as one that no person was needed for: no rule that guesses takes it soon."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        name = the_person().name or None
        return answered(
            lambda: conversations.hand_back(
                runtime, store, who, MERCHANT, who=name, was_needed=False
            )
        )
