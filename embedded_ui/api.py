"""The panel's JSON API: whose requests it answers, where it is, and how its answers travel."""

import gzip
from typing import Final

from flask import Flask, Response, g, request
from flask_smorest import Blueprint

from doors import audit
from doors.json_api import Door
from embedded_ui.auth import sign_in, the_person, the_rule, the_store
from embedded_ui.rights import NOTED, UNNOTED, right_for
from marketing.team import Right

PANEL = Door(
    prefix="/panel/api",
    title="Reprise panel",
    config_prefix="PANEL_",
    security={"idToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
)


def api_blueprint(name: str) -> Blueprint:
    """Give a blueprint whose every view needs a store's token and answers for itself only."""
    blueprint = PANEL.blueprint(name, sign_in)
    blueprint.after_request(_pack)  # the last to be named sees an answer first
    blueprint.after_request(_note)
    return blueprint


WORTH_PACKING: Final = 1_000
"""Bytes: what is smaller fits into one packet anyway."""


def _pack(response: Response) -> Response:
    """Send a long answer packed: a flow of a hundred steps is 27 kB of much the same words.

    Nobody can have a browser ask in a merchant's name here, and so weigh a guess against what is
    secret: a request brings its token itself, by no cookie.
    """
    if response.mimetype != "application/json" or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) >= WORTH_PACKING and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(content, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _note(response: Response) -> Response:
    """Keep who changed what; what only asks leaves nothing, nor what was refused."""
    is_asked = right_for(the_rule(), request.method) is Right.READ
    if "person" in g and not is_asked and the_rule() not in UNNOTED:
        is_noted = the_rule() in NOTED
        audit.note(response, the_store().id, "person", the_person().id, is_noted=is_noted)
    return response


def register_api(app: Flask, blueprints: list[Blueprint]) -> None:
    """Put the API into the app, with its OpenAPI document at `/panel/api/openapi.json`."""
    PANEL.register(app, blueprints)
