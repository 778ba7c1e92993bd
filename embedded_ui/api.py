"""The panel's JSON API: how it is put together, documented, and how it says no.

flask-smorest is the framework: it is of marshmallow's own family, so the very schemas that
guard what comes in and shape what goes out make the OpenAPI document too, and it adds nothing
to Flask's blueprints but decorators. (APIFlask wraps the `Flask` class itself; the front door
is a plain Flask app that has doors of its own.) The document holds no store's data: it is the
one address under `/panel/api` that asks for no token.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Flask, Response, abort, jsonify, request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException

from embedded_ui.auth import NotSignedIn, sign_in

PREFIX = "/panel/api"
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class ErrorSchema(Schema):
    """What every refusal says; `field` names the input that was wrong."""

    message = fields.String(required=True)
    field = fields.String()


class PanelApi(Api):
    """flask-smorest's, but for errors: those of our blueprints are answered by `_refuse`."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """Leave the app's own handlers alone: its doors say no in their own way."""


def api_blueprint(name: str) -> Blueprint:
    """Give a blueprint whose every view needs a store's token and answers for itself only."""
    blueprint = Blueprint(name, name, url_prefix=PREFIX)
    blueprint.before_request(sign_in)
    blueprint.before_request(_refuse_the_bottomless)
    blueprint.after_request(_seal)
    blueprint.register_error_handler(HTTPException, _refuse)
    return blueprint


def register_api(app: Flask, blueprints: list[Blueprint]) -> None:
    """Put the API into the app, with its OpenAPI document at `/panel/api/openapi.json`."""
    app.config.update(
        API_TITLE="Reprise panel",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = PanelApi(app)
    api.spec.components.security_scheme(
        "idToken", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    api.spec.options["security"] = [{"idToken": []}]
    for blueprint in blueprints:
        api.register_blueprint(blueprint)


def refuse(code: int, message: str) -> NoReturn:
    """End the request with an `ErrorSchema`."""
    abort(code, description=message)


UNPLAIN = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp"})
"""Unicode's controls, halves of characters, invisible formats, line and paragraph ends."""
JOINER = "\u200d"
"""Ties pictographs and letters of some scripts together: the one invisible sign of plain text."""


def plain_text(value: str) -> None:
    """Refuse what no database or mail header takes, and what turns a line's direction round."""
    if any(unicodedata.category(one) in UNPLAIN and one != JOINER for one in value):
        raise ValidationError("Use plain text on one line.")


def _refuse_the_bottomless() -> None:
    """Python's JSON reader gives up on brackets in brackets with an error of its own."""
    try:
        request.get_json(silent=True)
    except RecursionError:
        refuse(400, "Invalid JSON body.")


def _seal(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _refuse(error: HTTPException) -> tuple[Response, int]:
    code = error.code or 500
    answer = jsonify(_words_of(error))
    if isinstance(error, NotSignedIn):
        answer.headers.update(error.remedy)
    return answer, code


def _words_of(error: HTTPException) -> dict[str, str]:
    given: Mapping[str, Any] = getattr(error, "data", None) or {}
    if "messages" in given:
        field, message = _first_wrong(given["messages"])
        return {"message": message, "field": field}
    if "message" in given:
        return {"message": given["message"]}
    return {"message": error.description or error.name}


def _first_wrong(messages: Any) -> tuple[str, str]:
    """Find the first wrong field: `{"json": {"quiet_hours": {"start": ["..."]}}}`."""
    path: list[str] = []
    while isinstance(messages, Mapping):
        key, messages = next(iter(messages.items()))
        path.append(str(key))
    message = messages[0] if isinstance(messages, list) else messages
    return ".".join(path[1:]), str(message)
