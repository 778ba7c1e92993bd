"""/panel/api/customers/<id>/chats: the chat ids that are a customer's; a joined one comes off."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs import conversations, joining
from marketing.chat_names import NAMES
from storage import Row, identities

blueprint = api_blueprint("chats")
CHANNELS = sorted(channel.value for channel in NAMES)


class ChatSchema(Schema):
    """Where a customer chats; `joined_at` null: nobody joined it, they wrote by it themselves."""

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    address = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    last_seen = fields.AwareDateTime(required=True)
    joined_at = fields.AwareDateTime(required=True, allow_none=True)


class ChatsSchema(Schema):
    chats = fields.List(fields.Nested(ChatSchema), required=True)


class SplitSchema(Schema):
    """The chat that is somebody else's."""

    class Meta:
        unknown = RAISE

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    address = fields.String(required=True, validate=validate.Length(min=1, max=200))


@blueprint.route("/customers/<uuid:customer_id>/chats")
class ChatsView(MethodView):
    @blueprint.response(200, ChatsSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> dict[str, Sequence[Row[Any]]]:
        """Give where a customer chats, the latest first."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        answered(lambda: conversations.find(runtime, store, who))  # 404 for a stranger's
        return _chats(customer_id)


@blueprint.route("/customers/<uuid:customer_id>/chats/split")
class SplitView(MethodView):
    @blueprint.arguments(SplitSchema)
    @blueprint.response(200, ChatsSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, told: dict[str, str], customer_id: UUID) -> dict[str, Sequence[Row[Any]]]:
        """Say that a joined chat is not this customer's: it goes back to whose it was."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        answered(lambda: joining.split(runtime, store, who, told["channel"], told["address"]))
        return _chats(customer_id)


def _chats(customer_id: UUID) -> dict[str, Sequence[Row[Any]]]:
    with the_runtime().database.reading() as connection:
        return {"chats": identities.of_customer(connection, the_store().id, str(customer_id))}
