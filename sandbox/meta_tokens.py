"""Instagram's access tokens as Meta keeps them: good for 60 days, exchanged when a day old.

One that was exchanged stays good until its own end. A page's has no end.
"""

import secrets
import socket
from datetime import datetime, timedelta

from flask import Flask, Response, jsonify, request

from sandbox.meta import Json, Meta

LIFE, OLD_ENOUGH = timedelta(days=60), timedelta(hours=24)
INSTAGRAM = "instagram"
HAS_ENDED = 463
"""The subcode of a token whose time is over."""


def add_door(app: Flask, meta: Meta) -> None:
    """Add the one door that exchanges tokens: it has no version, and takes no header."""
    keep_fresh(meta)

    @app.get("/refresh_access_token")
    def refresh() -> tuple[Response, int]:
        fault = meta.faults.take("renewals")
        if fault and fault.what == "hang_up":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        if fault:
            return _refused(400 if fault.code < 1000 else 500, fault.code, 0, fault.text)
        return _exchange(meta, request.args.get("access_token", ""))


def _exchange(meta: Meta, token: str) -> tuple[Response, int]:
    if request.args.get("grant_type") != "ig_refresh_token":
        return _refused(400, 100, 0, "Unsupported grant_type")
    if subcode := refusal(meta, INSTAGRAM, token):
        return _refused(400, 190, max(subcode, 0), "Error validating access token")
    if meta.world.clock.now() - _made_at(meta, token) < OLD_ENOUGH:
        return _refused(400, 100, 0, "The access token must be at least 24 hours old")
    fresh = make(meta, is_exchange=True)
    seconds = int(LIFE.total_seconds())
    answer = {"access_token": fresh, "token_type": "bearer", "expires_in": seconds}
    return jsonify(answer), 200


def refusal(meta: Meta, platform: str, token: str) -> int:
    """Give the subcode why a token opens nothing, -1 for none at all; 0: it is good."""
    if platform != INSTAGRAM:
        return 0 if token == meta.tokens[platform] else -1
    if token != meta.tokens[INSTAGRAM] and token not in meta.noted("meta_token_exchanged"):
        return -1
    return HAS_ENDED if meta.world.clock.now() >= _made_at(meta, token) + LIFE else 0


def keep_fresh(meta: Meta) -> None:
    """Let the dashboard show a token that is good: another one once the last has run out."""
    token = meta.tokens[INSTAGRAM]
    if token not in meta.noted("meta_token_made"):
        _note_made(meta, token)
    elif refusal(meta, INSTAGRAM, token):
        make(meta)


def make(meta: Meta, *, is_exchange: bool = False) -> str:
    """Make the newest token; the one before stays good to its end where it is exchanged."""
    if is_exchange:
        before = {**meta.noted("meta_token_exchanged"), meta.tokens[INSTAGRAM]: True}
        meta.jot_down("meta_token_exchanged", before)
    token = f"IGAA{secrets.token_hex(40)}"
    meta.tokens[INSTAGRAM] = token
    meta.keep_token(INSTAGRAM, token)
    _note_made(meta, token)
    return token


def _note_made(meta: Meta, token: str) -> None:
    made = {**meta.noted("meta_token_made"), token: meta.world.clock.now().isoformat()}
    meta.jot_down("meta_token_made", made)


def _made_at(meta: Meta, token: str) -> datetime:
    told: str | None = meta.noted("meta_token_made").get(token)
    return datetime.fromisoformat(told) if told else meta.world.clock.now()


def _refused(status: int, code: int, subcode: int, words: str) -> tuple[Response, int]:
    error: Json = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return jsonify(error=error | ({"error_subcode": subcode} if subcode else {})), status
