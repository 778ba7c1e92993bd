"""What is our fault has a name, which whoever asked and the log both know."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from doors.failures import HEADER, name_failures


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("failing")
    name_failures(app)

    @app.get("/c/<token>")
    def click(token: str) -> str:
        if token == "good":
            return token
        raise RuntimeError("the shelf fell down")

    return app.test_client()


def test_a_failure_has_a_name_that_the_log_has_after_its_reason(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/c/only-ada-knows-this")
    assert answer.status_code == 500
    first, last = caplog.records
    assert "the shelf fell down" in str(first.exc_info)
    assert last.getMessage() == f"request {answer.headers[HEADER]}: GET /c/<token>: 500"
    assert "only-ada-knows-this" not in last.getMessage()
    assert client.get("/c/other").headers[HEADER] != answer.headers[HEADER]


def test_what_went_well_or_is_the_askers_fault_has_none(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for path, status in (("/c/good", 200), ("/nothing", 404)):
            answer = client.get(path)
            assert (answer.status_code, HEADER in answer.headers) == (status, False)
    assert caplog.records == []
