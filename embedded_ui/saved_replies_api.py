"""/panel/api/saved-replies: answers that the team keeps to use them again."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from doors.json_api import ErrorSchema, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.inbox_schemas import SavedRepliesSchema, SavedReplyFormSchema
from marketing.said import say
from storage import Connection, saved_replies
from storage.saved_replies import MOST

blueprint = api_blueprint("saved_replies")
TAKEN = say("There is a saved reply of this name already.")
MISSING = say("There is no such saved reply in this store.")


@blueprint.route("/saved-replies")
class SavedRepliesView(MethodView):
    @blueprint.response(200, SavedRepliesSchema)
    def get(self) -> dict[str, Any]:
        """Give all saved replies, by name."""
        return _all()

    @blueprint.arguments(SavedReplyFormSchema)
    @blueprint.response(201, SavedRepliesSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, form: dict[str, str]) -> dict[str, Any]:
        """Keep an answer for use again; give all."""
        database, store_id = the_runtime().database, the_store().id

        def add(connection: Connection) -> str | None:
            if saved_replies.count(connection, store_id) >= MOST:
                refuse(409, say("Keep {most} saved replies at the most.", most=MOST))
            now = database.now(connection)
            return saved_replies.add(connection, store_id, form["name"], form["text"], now)

        if database.write(add) is None:
            refuse(422, TAKEN, "name")
        return _all()


@blueprint.route("/saved-replies/<uuid:saved_id>")
class SavedReplyView(MethodView):
    @blueprint.arguments(SavedReplyFormSchema)
    @blueprint.response(200, SavedRepliesSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, str], saved_id: UUID) -> dict[str, Any]:
        """Change one; give all."""
        database, store_id, own = the_runtime().database, the_store().id, str(saved_id)

        def change(connection: Connection) -> bool:
            if saved_replies.is_named(connection, store_id, form["name"], own):
                refuse(422, TAKEN, "name")
            now, told = database.now(connection), (form["name"], form["text"])
            return saved_replies.change(connection, store_id, own, told, now)

        if not database.write(change):
            refuse(404, MISSING)
        return _all()

    @blueprint.response(200, SavedRepliesSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def delete(self, saved_id: UUID) -> dict[str, Any]:
        """Forget one; give all that are left."""
        store_id, own = the_store().id, str(saved_id)
        if not the_runtime().database.write(lambda c: saved_replies.remove(c, store_id, own)):
            refuse(404, MISSING)
        return _all()


def _all() -> dict[str, Any]:
    with the_runtime().database.reading() as connection:
        rows = saved_replies.of_store(connection, the_store().id)
    return {"saved": [row._asdict() for row in rows]}
