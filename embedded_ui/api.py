"""The panel's JSON API: whose requests it answers, and where it is."""

from flask import Flask, Response, g, request
from flask_smorest import Blueprint

from doors import audit
from doors.json_api import Door
from embedded_ui.auth import sign_in, the_person, the_rule, the_store
from embedded_ui.rights import UNNOTED, right_for
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
    blueprint.after_request(_note)
    return blueprint


def _note(response: Response) -> Response:
    """Keep who changed what; what only asks leaves nothing, nor what was refused."""
    is_asked = right_for(the_rule(), request.method) is Right.READ
    if "person" in g and not is_asked and the_rule() not in UNNOTED:
        audit.note(response, the_store().id, "person", the_person().id)
    return response


def register_api(app: Flask, blueprints: list[Blueprint]) -> None:
    """Put the API into the app, with its OpenAPI document at `/panel/api/openapi.json`."""
    PANEL.register(app, blueprints)
