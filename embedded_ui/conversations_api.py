"""/panel/api/customers/<id>/conversation: whose hands it is in, and giving it back to flows."""

from uuid import UUID

from flask.views import MethodView

from doors.conversations import ConversationSchema
from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from jobs import conversations
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
