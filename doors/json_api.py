"""How a JSON door is put together, documented, and how it says no.

flask-smorest is the framework: it is of marshmallow's own family, so the very schemas that
guard what comes in and shape what goes out make the OpenAPI document too, and it adds nothing
to Flask's blueprints but decorators. (APIFlask wraps the `Flask` class itself; the front door
is a plain Flask app that has doors of its own.) The document holds no store's data: it is the
one address of a door that asks for no token.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Flask, Response, current_app, jsonify, request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException, default_exceptions

from doors.spoken import spoken
from jobs.runtime import Runtime
from marketing import form_words  # noqa: F401  replaces the libraries' words
from marketing.said import say

HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class ErrorSchema(Schema):
    """What every refusal says; `field` names the input that was wrong."""

    message = fields.String(required=True)
    field = fields.String()


class QuietApi(Api):
    """flask-smorest's, but for errors: those of our blueprints are answered by `_refuse`."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """Leave the app's own handlers alone: its doors say no in their own way."""


@dataclass(frozen=True, slots=True)
class Door:
    """One JSON API: where it is, what its document is called, and what opens it."""

    prefix: str
    title: str
    config_prefix: str
    security: Mapping[str, Mapping[str, str]]

    def blueprint(self, name: str, sign_in: Callable[[], None]) -> Blueprint:
        """Give a blueprint whose every view needs `sign_in` and answers for itself only."""
        blueprint = Blueprint(name, name, url_prefix=self.prefix)
        blueprint.before_request(sign_in)
        blueprint.before_request(_refuse_the_unkeepable)
        blueprint.after_request(_seal)
        blueprint.register_error_handler(HTTPException, _refuse)
        return blueprint

    def register(self, app: Flask, blueprints: Iterable[Blueprint]) -> None:
        """Put the API into the app, with its OpenAPI document at `openapi.json`."""
        settings = {
            "API_TITLE": self.title,
            "API_VERSION": "1",
            "OPENAPI_VERSION": "3.1.0",
            "OPENAPI_URL_PREFIX": self.prefix,
            "OPENAPI_JSON_PATH": "openapi.json",
        }
        app.config.update({self.config_prefix + name: told for name, told in settings.items()})
        api = QuietApi(app, config_prefix=self.config_prefix)
        for name, scheme in self.security.items():
            api.spec.components.security_scheme(name, dict(scheme))
        api.spec.options["security"] = [{name: []} for name in self.security]
        for blueprint in blueprints:
            api.register_blueprint(blueprint)


def the_runtime() -> Runtime:
    """Give the runtime that the app was made with."""
    runtime: Runtime = current_app.extensions["reprise"]
    return runtime


def refuse(code: int, message: str, field: str = "", **more: Any) -> NoReturn:
    """End the request with an `ErrorSchema`; `more` is told beside it."""
    refusal = default_exceptions[code](message)
    refusal.data = {"message": message, "field": field, "told": more}  # type: ignore[attr-defined]
    raise refusal


UNPLAIN = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp"})
"""Unicode's controls, halves of characters, invisible formats, line and paragraph ends."""
JOINER = "\u200d"
"""Ties pictographs and letters of some scripts together: the one invisible sign of plain text."""


HALVES = re.compile("[\ud800-\udfff]")
LARGEST = 2**63
"""Beyond it no database counts."""


def plain_text(value: str) -> None:
    """Refuse what no database or mail header takes, and what turns a line's direction round."""
    if any(unicodedata.category(one) in UNPLAIN and one != JOINER for one in value):
        raise ValidationError(say("Use plain text on one line."))


def _refuse_the_unkeepable() -> None:
    """Refuse what no database of ours could keep, before any view looks at it.

    Python's JSON reader gives up on brackets in brackets with an error of its own.
    """
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        refuse(400, say("Invalid JSON body: it is nested too deeply."))
    for field, one in _leaves(body):
        if not _is_keepable(one):
            refuse(422, say("This holds NUL, half a character, or a number without end."), field)


def _leaves(body: Any) -> Iterator[tuple[str, Any]]:
    """Give every name and value of a document, with its place; without recursion, see above."""
    waiting = [("", body)]
    while waiting:
        place, here = waiting.pop()
        if isinstance(here, dict):
            yield from ((place, name) for name in here)
            waiting.extend((f"{place}.{name}".strip("."), one) for name, one in here.items())
        elif isinstance(here, list):
            waiting.extend((f"{place}.{at}".strip("."), one) for at, one in enumerate(here))
        else:
            yield place, here


def _is_keepable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or not HALVES.search(value))
    if isinstance(value, int):
        return abs(value) < LARGEST
    return not isinstance(value, float) or math.isfinite(value)


def _seal(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _refuse(error: HTTPException) -> tuple[Response, int]:
    answer = jsonify(words_of(error))
    answer.headers.update(getattr(error, "remedy", {}))
    return answer, error.code or 500


def words_of(error: HTTPException) -> dict[str, Any]:
    """Give what a refusal says, to whoever asks: `message`, and the `field` if there is one."""
    given: Mapping[str, Any] = getattr(error, "data", None) or {}
    if "messages" in given:
        field, message = first_wrong(given["messages"])
        return {"message": message, "field": field}
    if "message" in given:
        named = {"field": given["field"]} if given.get("field") else {}
        return {"message": spoken(given["message"]), **named, **given.get("told", {})}
    return {"message": spoken(error.description or error.name)}


def first_wrong(messages: Any) -> tuple[str, str]:
    """Find the first wrong field and say it: `{"json": {"quiet_hours": {"start": ["..."]}}}`."""
    path: list[str] = []
    while isinstance(messages, Mapping):
        key, messages = next(iter(messages.items()))
        path.append(str(key))
    message = messages[0] if isinstance(messages, list) else messages
    return ".".join(path[1:]), spoken(message).replace("\n", ". ")
