"""The doors of the website chat: its script, how it looks, and what visitors say and fetch.

Public and untrusted: no cookie, no credentials; what is POSTed is plain text to the browser, so
that no question is asked before each of the many. A page that is not the store's is refused.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, jsonify, request

import connectors
from doors.callers import caller
from jobs import webchat
from jobs.runtime import Runtime
from jobs.webchat import Knock, WebchatDoor
from marketing.webchat import refusal

PATH = "/webchat/"
SCRIPT = Path(connectors.__path__[0]) / "shopify/app/extensions/reprise-form/assets/reprise-chat.js"
"""It lies beside the sign-up form's: one file for every platform."""
NEVER = {"Cache-Control": "no-store, private"}
REFUSALS: dict[type[Exception], tuple[str, int]] = {
    webchat.NoChat: ("closed", 404),
    webchat.NotOurPage: ("elsewhere", 403),
    webchat.NotAVisitor: ("gone", 401),
}
"""The sentence of `marketing.webchat.WORDS`, and the status."""
TOO_FAST = 429


def register(app: Flask, runtime: Runtime) -> None:
    """Add `/webchat/chat.js`, `/webchat/<key>` and what a visitor does there."""
    door = WebchatDoor(runtime)
    _script(app)
    _visitors(app, door)
    _refusals(app)

    @app.after_request
    def let_own_pages_in(answer: Response) -> Response:
        """Let the store's own pages read the answer, and no others."""
        key = (request.view_args or {}).get("key")
        if not request.path.startswith(PATH) or key is None:
            return answer
        answer.headers["Vary"] = "Origin"
        if answer.status_code == TOO_FAST:
            # It says nothing of the store, and is answered without looking it up.
            answer.headers["Access-Control-Allow-Origin"] = "*"
            return answer
        origin = request.headers.get("Origin", "")
        if origin and origin in door.origins(key):
            answer.headers["Access-Control-Allow-Origin"] = origin
        return answer


def _script(app: Flask) -> None:
    @app.get("/webchat/chat.js")
    def chat_script() -> Response:
        """Give the chat's script: one file for every store, on any page."""
        headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return Response(SCRIPT.read_bytes(), mimetype="text/javascript", headers=headers)


def _visitors(app: Flask, door: WebchatDoor) -> None:
    @app.get("/webchat/<key>")
    def chat(key: str) -> Response:
        """Tell the script what to draw."""
        told = jsonify(door.show(key, caller(), request.args.get("locale")))
        told.headers["Cache-Control"] = "public, max-age=60"
        return told

    @app.post("/webchat/<key>/visitors")
    def chat_visitor(key: str) -> tuple[Response, int, dict[str, str]]:
        """Begin a conversation: the token opens it, and nothing else."""
        request.max_content_length = webchat.MOST_BYTES
        return jsonify(token=door.begin(_knock(key))), 201, NEVER

    @app.post("/webchat/<key>/said")
    def chat_said(key: str) -> tuple[Response, int, dict[str, str]]:
        """Take what a visitor says."""
        request.max_content_length = webchat.MOST_BYTES
        number = door.say(_knock(key), request.get_data(cache=False))
        return jsonify(number=number), 202, NEVER

    @app.post("/webchat/<key>/lines")
    def chat_lines(key: str) -> tuple[Response, int, dict[str, str]]:
        """Give what was said behind a number."""
        request.max_content_length = webchat.MOST_BYTES
        return jsonify(door.fetch(_knock(key), request.get_data(cache=False))), 200, NEVER


def _knock(key: str) -> Knock:
    origin = request.headers.get("Origin", "")
    return Knock(key, caller(), origin, request.args.get("locale"))


def _refusals(app: Flask) -> None:
    for kind, (name, status) in REFUSALS.items():
        app.register_error_handler(kind, _refusal(name, status))

    @app.errorhandler(webchat.BadWords)
    def bad_words(error: webchat.BadWords) -> tuple[Response, int]:
        return jsonify(message=_said(error.name), field=error.field), 422

    @app.errorhandler(webchat.Hurried)
    def hurried(error: webchat.Hurried) -> tuple[Response, int, dict[str, str]]:
        wait = error.retry_after
        told = jsonify(message=_said("too_fast"), retry_after=wait)
        return told, TOO_FAST, {"Retry-After": str(wait)}


def _refusal(name: str, status: int) -> Callable[[Exception], tuple[Response, int]]:
    return lambda _: (jsonify(message=_said(name)), status)


def _said(name: str) -> str:
    return refusal(name, request.args.get("locale"))
