"""Channels in the panel: connected, tried out, let go; nobody else's, and no token ever shown."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from channels import Providers
from jobs.runtime import Runtime
from sandbox.twilio import NO_NUMBER, NUMBER, Twilio
from storage.database import Database
from storage.schema import channel_accounts
from tests.channels.test_twilio import api_url, twilio
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, Ask, runtime_of, settings_of

__all__ = ["api_url", "twilio"]


@pytest.fixture
def runtime(
    database_url: str, database: Database, valkey_url: str, tmp_path: Any, api_url: str
) -> Runtime:
    made = runtime_of(settings_of(database_url, tmp_path), database, valkey_url)
    return replace(made, providers=Providers(api_url, use_proxies=False))


@pytest.fixture
def told(twilio: Twilio) -> dict[str, str]:
    twilio.call = lambda *_: 0  # type: ignore[method-assign]
    token = twilio.auth_token
    return {"account_sid": twilio.account_sid, "auth_token": token, "sender": NUMBER}


def test_an_account_is_connected_and_its_token_never_told(
    ask: Ask, told: dict[str, str], runtime: Runtime
) -> None:
    answer = ask("/channels/sms", "PUT", json=told)
    assert answer.status_code == 200
    listed = ask("/channels")
    assert told["auth_token"] not in answer.text + listed.text
    assert listed.json
    [one] = listed.json["channels"]
    assert one["callback_url"].startswith("https://app.example.com/callbacks/sms/")
    assert (one["sender"], one["trouble"], one["paused"]) == (NUMBER, None, None)
    with runtime.database.reading() as connection:
        row = connection.execute(select(channel_accounts)).one()
    assert told["auth_token"] not in str(row)


def test_a_changed_sender_keeps_the_token_and_the_address(ask: Ask, told: dict[str, str]) -> None:
    first = ask("/channels/sms", "PUT", json=told).json
    later = {"account_sid": told["account_sid"], "sender": "MG" + "0" * 32}
    second = ask("/channels/sms", "PUT", json=later).json
    assert first
    assert second
    assert second["callback_url"] == first["callback_url"]
    assert ask("/channels/sms", "PUT", json={**later, "sender": NUMBER}).status_code == 200
    assert ask("/channels/sms/test", "POST", json={"to": "+15550100"}).json == {
        "is_sent": True,
        "detail": "201 queued",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_sid", "AC1"),
        ("account_sid", None),
        ("auth_token", "short"),
        ("auth_token", None),
        ("sender", "0171 234"),
        ("sender", "Maple & Moss\r\nX: y"),
    ],
)
def test_what_cannot_be_right_is_refused_by_its_field(
    ask: Ask, told: dict[str, str], field: str, value: str | None
) -> None:
    form = {name: one for name, one in {**told, field: value}.items() if one is not None}
    answer = ask("/channels/sms", "PUT", json=form)
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["field"] == field
    assert ask("/channels").json == {"channels": []}


def test_a_test_says_what_the_provider_said(ask: Ask, told: dict[str, str], twilio: Twilio) -> None:
    ask("/channels/sms", "PUT", json=told)
    refused = ask("/channels/sms/test", "POST", json={"to": NO_NUMBER}).json
    assert refused
    assert not refused["is_sent"]
    assert "21211" in refused["detail"]
    listed = ask("/channels").json
    assert listed
    assert "21211" in listed["channels"][0]["trouble"]
    assert ask("/channels/sms/test", "POST", json={"to": "+15550100"}).json["is_sent"]  # type: ignore[index]
    listed = ask("/channels").json
    assert listed
    assert listed["channels"][0]["trouble"] is None
    [text] = twilio.texts()
    assert "STOP" in text["body"]


def test_tests_have_an_end(ask: Ask, told: dict[str, str], twilio: Twilio) -> None:
    ask("/channels/sms", "PUT", json=told)
    codes = [
        ask("/channels/sms/test", "POST", json={"to": "+15550100"}).status_code for _ in range(21)
    ]
    assert codes == [200] * 20 + [429]
    assert len(twilio.texts()) == 20


def test_an_account_is_let_go(ask: Ask, told: dict[str, str]) -> None:
    ask("/channels/sms", "PUT", json=told)
    assert ask("/channels/sms", "DELETE").status_code == 204
    assert ask("/channels/sms", "DELETE").status_code == 404
    assert ask("/channels/sms/test", "POST", json={"to": "+15550100"}).status_code == 404


def test_another_store_sees_and_sends_nothing(
    ask: Ask, told: dict[str, str], twilio: Twilio
) -> None:
    ask("/channels/sms", "PUT", json=told)
    assert MAPLE != NEIGHBOUR
    assert ask("/channels", domain=NEIGHBOUR).json == {"channels": []}
    sent = ask("/channels/sms/test", "POST", domain=NEIGHBOUR, json={"to": "+15550100"})
    assert sent.status_code == 404
    assert ask("/channels/sms", "DELETE", domain=NEIGHBOUR).status_code == 404
    assert twilio.texts() == []
    assert len(ask("/channels").json["channels"]) == 1  # type: ignore[index]
