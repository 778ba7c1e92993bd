"""/panel/api/keys: API keys that the merchant makes for other programs, and takes away."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs import api_keys as door
from jobs.api_keys import LONGEST_NAME, Scope
from marketing.said import say
from storage import api_keys
from storage.api_keys import ApiKey

blueprint = api_blueprint("keys")


class KeyFormSchema(Schema):
    """A key to be made: which program it is for, and what that may do."""

    class Meta:
        unknown = RAISE

    name = fields.String(
        required=True,
        validate=[
            validate.Length(
                1,
                LONGEST_NAME,
                error=say("Use 1 to {most} characters.", most=LONGEST_NAME),
            ),
            plain_text,
        ],
    )
    scopes = fields.List(
        fields.Enum(Scope, by_value=True),
        required=True,
        validate=validate.Length(min=1, error=say("Choose what the program may do.")),
    )


class KeySchema(Schema):
    """A key in use; `last_used_at` is kept to the hour."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    prefix = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)


class NewKeySchema(KeySchema):
    """A key just made; `key` is told this once."""

    key = fields.String(required=True)


class KeyListSchema(Schema):
    """The keys in use, the newest first, and what a key may be made for."""

    keys = fields.List(fields.Nested(KeySchema), required=True)
    scopes = fields.List(fields.String(), required=True)


class RevokedSchema(Schema):
    id = fields.String(required=True)


@blueprint.route("/keys")
class KeysView(MethodView):
    @blueprint.response(200, KeyListSchema)
    def get(self) -> dict[str, Any]:
        """Give the store's keys."""
        with the_runtime().database.reading() as connection:
            found = api_keys.of_store(connection, the_store().id)
        return {"keys": [_line(key) for key in found], "scopes": list(Scope)}

    @blueprint.arguments(KeyFormSchema)
    @blueprint.response(201, NewKeySchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, form: dict[str, Any]) -> dict[str, Any]:
        """Make a key and show it, this once."""
        key, shown = door.make(the_runtime(), the_store().id, form["name"], form["scopes"])
        return {**_line(key), "key": shown}


@blueprint.route("/keys/<uuid:key_id>/revoke")
class RevokeView(MethodView):
    @blueprint.response(200, RevokedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, key_id: UUID) -> dict[str, str]:
        """Let a key open nothing any more."""
        if not door.revoke(the_runtime(), the_store().id, str(key_id)):
            refuse(404, say("There is no such key in this store, or it was revoked before."))
        return {"id": str(key_id)}


def _line(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
    }
