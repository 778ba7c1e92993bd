"""The app with its public door, on the jobs' small world, and programs that have keys."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import connectors
from app import create_app
from jobs import api_keys
from jobs.api_keys import Scope
from tests.jobs.stage import Sink, Stage, runtime, settings

MJML = (
    "<mjml><mj-body><block-card><block-text>Thank you.</block-text></block-card>"
    "<block-footer /></mj-body></mjml>"
)
A_FLOW: dict[str, Any] = {
    "name": "Thank you",
    "trigger": {"event": "custom", "name": "quiz finished"},
    "steps": [
        {
            "kind": "message",
            "id": "thanks",
            "channel": "email",
            "template": {
                "subject": "Thank you",
                "mjml": MJML,
                "text": "Thank you.",
            },
        },
        {"kind": "delay", "id": "later", "duration": "P1D"},
    ],
}


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.server.stop()


@pytest.fixture
def stage(database_url: str, valkey_url: str, sink: Sink) -> Iterator[Stage]:
    hands = runtime(settings(database_url, sink.url, valkey_url))
    shopify = connectors.build(shopify_client_id="client", shopify_client_secrets=("secret",))
    yield Stage(replace(hands, connectors=shopify), sink)
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()


@pytest.fixture
def app(stage: Stage) -> Flask:
    return create_app(stage.runtime)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Program:
    """Another program of a store, with a key of some scopes."""

    def __init__(self, client: FlaskClient, stage: Stage, store_id: str, *scopes: Scope) -> None:
        self.client = client
        self.key, self.shown = api_keys.make(
            stage.runtime, store_id, "a program", scopes or list(Scope)
        )

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send one request; the names of `headers` have `_` for `-`."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body)
        return self.client.open(
            f"/api/v1{path}",
            method=method,
            headers={"Authorization": f"Bearer {self.shown}", **told},
            data=data,
            content_type="application/json" if data else None,
        )

    def told(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send one request that has to go well, and give the JSON of its answer."""
        answer = self.ask(method, path, body, **headers)
        assert 200 <= answer.status_code < 300, answer.text
        return answer.json

    def refused(self, code: int, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask(method, path, body)
        assert answer.status_code == code, answer.text
        assert answer.json
        return answer.json


Make = Callable[..., Program]


@pytest.fixture
def a_program(client: FlaskClient, stage: Stage) -> Make:
    def make(*scopes: Scope, store_id: str | None = None) -> Program:
        return Program(client, stage, store_id or stage.store_id, *scopes)

    return make


@pytest.fixture
def program(a_program: Make) -> Program:
    return a_program()


@pytest.fixture
def stranger(a_program: Make, stage: Stage) -> Program:
    return a_program(store_id=stage.stranger_id)
