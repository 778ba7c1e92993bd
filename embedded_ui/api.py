"""The panel's JSON API: whose requests it answers, and where it is."""

from flask import Flask
from flask_smorest import Blueprint

from doors.json_api import Door
from embedded_ui.auth import sign_in

PANEL = Door(
    prefix="/panel/api",
    title="Reprise panel",
    config_prefix="PANEL_",
    security={"idToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
)


def api_blueprint(name: str) -> Blueprint:
    """Give a blueprint whose every view needs a store's token and answers for itself only."""
    return PANEL.blueprint(name, sign_in)


def register_api(app: Flask, blueprints: list[Blueprint]) -> None:
    """Put the API into the app, with its OpenAPI document at `/panel/api/openapi.json`."""
    PANEL.register(app, blueprints)
