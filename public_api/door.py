"""The public door, `/api/v1`: who may come in with which key, how fast, and once per request.

A key names its store; no parameter does. It is put into `g`, every view takes the store from
there, and another store's ids lead nowhere (404).
"""

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_smorest import Blueprint
from werkzeug.exceptions import TooManyRequests, Unauthorized

from doors import audit
from doors.json_api import Door, refuse, the_runtime
from jobs import api_keys
from jobs.api_keys import Caller, Scope
from jobs.pixel_limits import TooFast
from marketing.said import say
from storage import Connection, StorageError, answers
from storage.answers import Answer, OtherRequest, StillWorking
from storage.stores import Store

View = TypeVar("View", bound=Callable[..., Any])
MOST_BYTES: Final = 2 * 1024 * 1024
IDEMPOTENCY_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
PUBLIC: Final = Door(
    prefix="/api/v1",
    title="Reprise",
    config_prefix="PUBLIC_",
    security={"apiKey": {"type": "http", "scheme": "bearer", "bearerFormat": "rp_live_…"}},
)


class UnknownKey(Unauthorized):
    """No key, or one that opens nothing: an own store's revoked one, or a made-up one."""

    remedy = {"WWW-Authenticate": "Bearer"}  # noqa: RUF012  read only


class Knocking(TooManyRequests):
    """Too fast; the header says when to come again."""

    def __init__(self, error: TooFast) -> None:
        super().__init__(str(error))
        self.remedy = {"Retry-After": str(error.retry_after)}


def public_blueprint(name: str) -> Blueprint:
    """Give a blueprint whose every view needs a key with the scope that `needs` says."""
    blueprint = PUBLIC.blueprint(f"v1-{name}", _come_in)
    blueprint.before_request(_answer_again)
    blueprint.after_request(_remember_answer)
    blueprint.after_request(_note)
    return blueprint


def needs(blueprint: Blueprint, scope: Scope) -> Callable[[View], View]:
    """Say which scope a view needs; a view that says none is open to no key at all."""

    def mark(view: View) -> View:
        view.needed_scope = scope  # type: ignore[attr-defined]
        marked: View = blueprint.doc(security=[{"apiKey": [scope.value]}])(view)
        return marked

    return mark


def register_api(app: Flask, blueprints: list[Blueprint]) -> None:
    """Put the API into the app, with its OpenAPI document at `/api/v1/openapi.json`."""
    app.extensions["reprise-pace"] = api_keys.pace()
    PUBLIC.register(app, blueprints)


def the_store() -> Store:
    """Give the store whose program this is."""
    caller: Caller = g.caller
    return caller.store


def the_author() -> str:
    """Give the program that asks, as `storage.flows.Author` has it."""
    caller: Caller = g.caller
    return f"key:{caller.key.name}"


def about(customer_id: str) -> None:
    """Say whose personal data the answer holds: it is forgotten with them."""
    g.customer_id = customer_id


def made_id() -> str | None:
    """Give the id that whatever this request makes has to have: the same on every try of it."""
    answer: Answer | None = g.get("answer")
    return answer.made_id if answer else None


AUDITED: Final = frozenset({Scope.FLOWS_WRITE, Scope.SEGMENTS_WRITE})
"""What programs do by these stands in the audit log; events and customers they bring do not."""


def _note(response: Response) -> Response:
    if "caller" in g and g.get("scope") in AUDITED:
        audit.note(response, the_store().id, "key", g.caller.key.id)
    return response


def _come_in() -> None:
    """Find out whose request this is, or refuse it; runs before every view."""
    request.max_content_length = MOST_BYTES
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    bearer = scheme.lower() == "bearer" and shown.strip()
    caller = api_keys.caller_of(the_runtime(), shown.strip()) if bearer else None
    if caller is None:
        raise UnknownKey(
            "Send an API key of the store as `Authorization: Bearer rp_live_…`. "
            "The store's settings in Reprise make one."
        )
    _bound_pace(caller)
    g.caller = caller
    _check_scope(caller)
    _check_type()


def _bound_pace(caller: Caller) -> None:
    try:
        current_app.extensions["reprise-pace"].take(caller.key.id)
    except TooFast as error:
        raise Knocking(error) from None


def _check_scope(caller: Caller) -> None:
    view_class = getattr(current_app.view_functions[request.endpoint or ""], "view_class", None)
    view = getattr(view_class, request.method.lower(), None)
    if view is None:
        return  # no such method: the router says so
    scope = view.needed_scope
    if scope not in caller.key.scopes:
        refuse(
            403, say("This key lacks the scope {scope}. Make one that has it.", scope=scope.value)
        )
    g.scope = scope


def _check_type() -> None:
    if request.method in {"POST", "PUT"} and request.get_data() and not request.is_json:
        refuse(415, say("Send JSON, with the header Content-Type: application/json."))


# --- once per request ------------------------------------------------------------------------


def _answer_again() -> Response | None:
    """Give the answer of before to a request that comes again; else take its key."""
    named = request.headers.get("Idempotency-Key")
    if named is None or request.method != "POST":
        return None
    if not IDEMPOTENCY_KEY.fullmatch(named):
        refuse(400, say("Use 1 to 200 plain characters without spaces."), "Idempotency-Key")
    answer = _begin(f"{g.caller.key.id}:{named}")
    if answer.status is None:
        g.answer = answer
        return None
    again = Response(answer.body, status=answer.status, mimetype="application/json")
    again.headers["Idempotency-Replayed"] = "true"
    return again


def _begin(key: str) -> Answer:
    database = the_runtime().database
    told = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    asked = hashlib.sha256(told).hexdigest()
    g.answer_key = key

    def take(connection: Connection) -> Answer:
        real_now = database.real_now(connection)
        return answers.begin(connection, the_store().id, key, asked, real_now)

    try:
        return database.write(take)
    except OtherRequest:
        refuse(422, say("This key was used for another request. Use a new one."), "Idempotency-Key")
    except StillWorking:
        refuse(
            409, say("A request with this key is being worked on. Ask again."), "Idempotency-Key"
        )


def _remember_answer(response: Response) -> Response:
    """Keep what was answered; what came to nothing may be sent again."""
    if g.get("answer") is None:
        return response
    store_id, key, body = the_store().id, g.answer_key, response.get_data(as_text=True)
    done = 200 <= response.status_code < 300
    with suppress(StorageError):  # whoever asks again finds the key taken, and free in a minute

        def keep(connection: Connection) -> None:
            if done:
                whose = g.get("customer_id")
                answers.keep(connection, store_id, key, response.status_code, body, whose)
            else:
                answers.let_go(connection, store_id, key)

        the_runtime().database.write(keep)
    return response
