"""Channels in the panel: connected, tried out, let go; nobody else's, and no token ever shown."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from channels import Providers
from jobs.runtime import Runtime
from sandbox.twilio import NO_NUMBER, NUMBER, OWNER, Twilio
from storage import channel_accounts as accounts
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


def account(told: dict[str, str], provider: str = "twilio") -> dict[str, Any]:
    return {"provider": provider, "fields": told}


def test_an_account_is_connected_and_its_token_never_told(
    ask: Ask, told: dict[str, str], runtime: Runtime
) -> None:
    answer = ask("/channels/sms", "PUT", json=account(told))
    assert answer.status_code == 200
    listed = ask("/channels")
    assert told["auth_token"] not in answer.text + listed.text
    assert listed.json
    [one] = listed.json["channels"]
    assert one["callback_url"].startswith("https://app.example.com/callbacks/sms/")
    assert (one["fields"]["sender"], one["trouble"], one["paused"]) == (NUMBER, None, None)
    with runtime.database.reading() as connection:
        row = connection.execute(select(channel_accounts)).one()
    assert told["auth_token"] not in str(row)


def test_a_changed_sender_keeps_the_token_and_the_address(ask: Ask, told: dict[str, str]) -> None:
    first = ask("/channels/sms", "PUT", json=account(told)).json
    later = {"account_sid": told["account_sid"], "sender": "MG" + "0" * 32}
    second = ask("/channels/sms", "PUT", json=account(later)).json
    assert first
    assert second
    assert second["callback_url"] == first["callback_url"]
    assert ask("/channels/sms", "PUT", json=account({**later, "sender": NUMBER})).status_code == 200
    assert ask("/channels/sms/test", "POST", json={"to": "+15550100"}).json == {
        "is_sent": True,
        "detail": "201 queued",
        "meaning": None,
    }


KEY_ID, KEY = "webhooks_sharedkey_01k5", "a-secret-that-both-know"


def test_a_shared_key_is_kept_like_the_token_and_forgotten_with_its_id(
    ask: Ask, told: dict[str, str], runtime: Runtime
) -> None:
    def kept() -> tuple[str | None, str | None]:
        with runtime.database.reading() as connection:
            store_id = connection.execute(select(channel_accounts.c.store_id)).scalar_one()
            [one] = accounts.of_store(connection, store_id)
        return one.public.get("shared_key_id"), one.secret(runtime.secrets).get("shared_key")

    answer = ask("/channels/sms", "PUT", json=account({**told, "shared_key_id": KEY_ID}))
    assert (answer.status_code, answer.json and answer.json["field"]) == (422, "shared_key")
    with_key = {**told, "shared_key_id": KEY_ID, "shared_key": KEY}
    answer = ask("/channels/sms", "PUT", json=account(with_key))
    assert answer.status_code == 200
    assert KEY not in answer.text + ask("/channels").text
    assert kept() == (KEY_ID, KEY)
    assert ask("/channels/sms", "PUT", json=account({**told, "shared_key_id": KEY_ID})).json
    assert kept() == (KEY_ID, KEY)
    assert ask("/channels/sms", "PUT", json=account(told)).json
    assert kept() == (None, None)


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
    answer = ask("/channels/sms", "PUT", json=account(form))
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["field"] == field
    assert ask("/channels").json == {"channels": []}


def test_a_test_says_what_the_provider_said(ask: Ask, told: dict[str, str], twilio: Twilio) -> None:
    ask("/channels/sms", "PUT", json=account(told))
    refused = ask("/channels/sms/test", "POST", json={"to": NO_NUMBER}).json
    assert refused
    assert not refused["is_sent"]
    assert "21211" in refused["detail"]
    assert refused["meaning"].startswith("There is no such number.")
    listed = ask("/channels").json
    assert listed
    assert "21211" in listed["channels"][0]["trouble"]
    assert listed["channels"][0]["trouble_meaning"] == refused["meaning"]
    assert ask("/channels/sms/test", "POST", json={"to": "+15550100"}).json["is_sent"]  # type: ignore[index]
    listed = ask("/channels").json
    assert listed
    assert listed["channels"][0]["trouble"] is None
    [text] = twilio.texts()
    assert "STOP" in text["body"]


def test_who_the_account_is_may_be_asked_without_a_message(
    ask: Ask, told: dict[str, str], twilio: Twilio
) -> None:
    ask("/channels/sms", "PUT", json=account({**told, "auth_token": "0" * 32}))
    refused = ask("/channels/sms/test", "POST", json={}).json
    assert refused
    assert (refused["is_sent"], refused["detail"]) == (False, "Twilio 20003: Authenticate")
    assert refused["meaning"].startswith("The account ID or the token is not accepted.")
    listed = ask("/channels").json
    assert listed
    assert "20003" in listed["channels"][0]["trouble"]
    ask("/channels/sms", "PUT", json=account(told))
    answer = ask("/channels/sms/test", "POST", json={}).json
    assert answer == {"is_sent": True, "detail": OWNER, "meaning": None}
    assert twilio.texts() == []


def test_numbers_and_names_are_taken_as_consoles_print_them(ask: Ask, told: dict[str, str]) -> None:
    put = ask("/channels/sms", "PUT", json=account({**told, "sender": "+1 (500) 555-0006"}))
    assert put.json
    assert put.json["fields"]["sender"] == NUMBER
    assert ask("/channels/sms/test", "POST", json={"to": "+1 555-01 00"}).json["is_sent"]  # type: ignore[index]
    meta = {
        "account_id": "17841400200300400", "app_id": "700100200300400", "username": "@maple.moss",
        "app_secret": "a" * 32, "access_token": "t" * 40,
    }  # fmt: skip
    put = ask("/channels/instagram", "PUT", json=account(meta, "meta"))
    assert put.json
    assert put.json["fields"]["username"] == "maple.moss"


@pytest.mark.parametrize(
    ("origins", "code"),
    [
        ("foo", 422),
        ("https://a.example/page", 200),
        ("shop.example.com", 200),
        ("https://a.example http://b.example:8080/", 200),
    ],
)
def test_the_chats_further_pages_are_whole_addresses(ask: Ask, origins: str, code: int) -> None:
    answer = ask("/channels/webchat", "PUT", json=account({"origins": origins}, "reprise"))
    assert answer.status_code == code
    assert (answer.json or {}).get("field") == ("origins" if code == 422 else None)


def test_another_provider_takes_the_place_of_the_first(ask: Ask, told: dict[str, str]) -> None:
    assert ask("/channels/sms", "PUT", json=account(told)).status_code == 200
    wrong = {"auth_id": "AC1", "auth_token": "t" * 40, "sender": "+15550100"}
    answer = ask("/channels/sms", "PUT", json=account(wrong, "plivo"))
    assert answer.status_code == 422
    good = {**wrong, "auth_id": "MA" + "X1" * 9}
    shown = ask("/channels/sms", "PUT", json=account(good, "plivo")).json
    assert shown
    assert (shown["provider"], shown["fields"]["auth_id"]) == ("plivo", good["auth_id"])
    assert "auth_token" not in shown["fields"]


def test_tests_have_an_end(ask: Ask, told: dict[str, str], twilio: Twilio) -> None:
    ask("/channels/sms", "PUT", json=account(told))
    codes = [
        ask("/channels/sms/test", "POST", json={"to": "+15550100"}).status_code for _ in range(21)
    ]
    assert codes == [200] * 20 + [429]
    assert len(twilio.texts()) == 20


def test_an_account_is_let_go(ask: Ask, told: dict[str, str]) -> None:
    ask("/channels/sms", "PUT", json=account(told))
    assert ask("/channels/sms", "DELETE").status_code == 204
    assert ask("/channels/sms", "DELETE").status_code == 404
    assert ask("/channels/sms/test", "POST", json={"to": "+15550100"}).status_code == 404


def test_another_store_sees_and_sends_nothing(
    ask: Ask, told: dict[str, str], twilio: Twilio
) -> None:
    ask("/channels/sms", "PUT", json=account(told))
    assert MAPLE != NEIGHBOUR
    assert ask("/channels", domain=NEIGHBOUR).json == {"channels": []}
    sent = ask("/channels/sms/test", "POST", domain=NEIGHBOUR, json={"to": "+15550100"})
    assert sent.status_code == 404
    assert ask("/channels/sms", "DELETE", domain=NEIGHBOUR).status_code == 404
    assert twilio.texts() == []
    assert len(ask("/channels").json["channels"]) == 1  # type: ignore[index]


PAGE = {"account_id": "12345", "app_id": "67890", "access_token": "E" * 40, "app_secret": "a" * 32}


@pytest.mark.parametrize(
    ("channel", "body", "status", "field"),
    [
        ("sms", {"provider": "nobody", "fields": {}}, 422, "provider"),
        ("sms", {"provider": "meta", "fields": PAGE}, 422, "provider"),
        ("messenger", {"provider": "meta", "fields": PAGE | {"more": "1"}}, 422, "more"),
        ("messenger", {"provider": "meta", "fields": PAGE | {"verify_token": "x"}}, 422,
         "verify_token"),
        ("messenger", {"provider": "meta", "fields": PAGE | {"account_id": "maple"}}, 422,
         "account_id"),
        ("instagram", {"provider": "meta", "fields": PAGE | {"login": "both"}}, 422, "login"),
        ("messenger", {"provider": "meta", "fields": PAGE | {"answers": "both"}}, 422, "answers"),
        ("instagram", {"provider": "meta", "fields": PAGE | {"answers": "meta"}}, 422, "answers"),
        ("email", {"provider": "meta", "fields": PAGE}, 404, ""),
        ("pigeon", {"provider": "meta", "fields": PAGE}, 404, ""),
    ],
)  # fmt: skip
def test_no_provider_takes_what_it_does_not_know(
    ask: Ask, channel: str, body: dict[str, Any], status: int, field: str
) -> None:
    answer = ask(f"/channels/{channel}", "PUT", json=body)
    assert answer.status_code == status
    assert (answer.json or {}).get("field", "") == field
    assert ask("/channels").json == {"channels": []}


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
def test_the_word_for_metas_first_question_is_made_once_and_shown(
    ask: Ask, channel: str, runtime: Runtime
) -> None:
    first = ask(f"/channels/{channel}", "PUT", json=account(PAGE, "meta")).json
    later = {name: value for name, value in PAGE.items() if name != "access_token"}
    second = ask(f"/channels/{channel}", "PUT", json=account(later, "meta")).json
    assert first
    assert second
    assert len(first["fields"]["verify_token"]) >= 32
    assert first["fields"] == second["fields"]
    assert set(first["fields"]) == {"account_id", "app_id", "verify_token"}
    text = ask("/channels").text
    assert PAGE["access_token"] not in text
    assert PAGE["app_secret"] not in text


@pytest.mark.parametrize(("channel", "more"), [("messenger", {}), ("instagram", {"login": "page"})])
def test_a_store_may_answer_in_metas_own_inbox(
    ask: Ask, channel: str, more: dict[str, str]
) -> None:
    there = PAGE | more | {"answers": "meta"}
    kept = ask(f"/channels/{channel}", "PUT", json=account(there, "meta")).json
    assert kept
    assert kept["fields"]["answers"] == "meta"
