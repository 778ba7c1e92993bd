"""What the sign-up form refuses is said in the language that the visitor reads."""

import json

import pytest
from flask.testing import FlaskClient

from tests.jobs.stage import Stage
from tests.test_form_door import client, filled, sink, stage  # noqa: F401  fixtures


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("query", "browser", "words"),
    [
        ("?locale=de-AT", "en", "Ohne das Häkchen"),
        ("?locale=en", "de", "Without the tick"),
        ("", "de-CH,de;q=0.9", "Ohne das Häkchen"),
        ("?locale=fi", "de", "Without the tick"),
        ("", "", "Without the tick"),
    ],
)
def test_a_refusal_is_said_in_the_forms_language_else_in_the_browsers(
    client: FlaskClient, stage: Stage, query: str, browser: str, words: str
) -> None:
    headers = {"Accept-Language": browser} if browser else {}
    path = f"/forms/{stage.store_id}{query}"
    answer = client.post(path, data=json.dumps(filled(consent=False)), headers=headers)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "consent")
    assert answer.get_json()["message"].startswith(words)
