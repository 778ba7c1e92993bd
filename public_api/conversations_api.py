"""/api/v1/customers/<id>/conversation: a help desk takes it over, and gives it back to flows."""

from uuid import UUID

from flask.views import MethodView

from doors.conversations import ConversationSchema
from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from jobs import conversations
from jobs.api_keys import Scope
from jobs.conversations import PROGRAM
from public_api.door import needs, public_blueprint, the_store
from storage.conversations import Conversation

blueprint = public_blueprint("conversations")
READ, WRITE = (needs(blueprint, one) for one in (Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE))


@blueprint.route("/customers/<uuid:customer_id>/conversation")
class ConversationView(MethodView):
    @READ
    @blueprint.response(200, ConversationSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> Conversation:
        """Give whose hands a customer's conversation is in."""
        return answered(lambda: conversations.find(the_runtime(), the_store(), str(customer_id)))


@blueprint.route("/customers/<uuid:customer_id>/hand-over")
class HandOverView(MethodView):
    @WRITE
    @blueprint.response(200, ConversationSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> Conversation:
        """Put it into human hands: no marketing goes out to them, what is pending is held."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        return answered(lambda: conversations.hand_over(runtime, store, who, PROGRAM))


@blueprint.route("/customers/<uuid:customer_id>/hand-back")
class HandBackView(MethodView):
    @WRITE
    @blueprint.response(200, ConversationSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> Conversation:
        """Let flows write to the customer again; what was held for it is asked about anew."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        return answered(lambda: conversations.hand_back(runtime, store, who, PROGRAM))
