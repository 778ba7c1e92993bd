"""The providers' door: only what the store's own provider signed comes in, whoever else knocks."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator

from app import create_app
from channels.meta import signature
from jobs import channel_accounts, receive
from marketing.model import ChannelName
from storage import schema, stores
from storage.channel_accounts import ChannelAccount
from tests.jobs.inbound import Inbound
from tests.jobs.stage import Sink, Stage, runtime, settings

FORM = {"MessageSid": "SM1", "From": "+15550100", "To": "+15005550006", "Body": "Größe 42?"}


@pytest.fixture
def stage(database_url: str, valkey_url: str) -> Iterator[Stage]:
    sink = Sink()
    hands = runtime(settings(database_url, sink.url, valkey_url))
    yield Stage(hands, sink)
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()
    sink.server.stop()


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return create_app(Inbound(stage).runtime).test_client()


def account_of(stage: Stage, store_id: str, token: str, shared_key_id: str = "") -> ChannelAccount:
    with stage.database.reading() as connection:
        store = stores.by_id(connection, store_id)
    assert store
    public = {"account_sid": "AC1", "sender": "+15005550006"}
    secret = {"auth_token": token}
    if shared_key_id:
        public, secret = (
            {**public, "shared_key_id": shared_key_id},
            {**secret, "shared_key": "shared"},
        )
    told = ("twilio", public, secret)
    return channel_accounts.connect(stage.runtime, store, ChannelName.SMS, told)


def knock(
    client: FlaskClient, stage: Stage, account: ChannelAccount, token: str, query: str = ""
) -> Any:
    url = channel_accounts.callback_url(stage.runtime, account) + query
    signature = RequestValidator(token).compute_signature(url, FORM)
    path = f"/callbacks/sms/{account.callback_key}{query}"
    # The host is whatever a proxy says; what counts is the address that we told the provider.
    headers = {"X-Twilio-Signature": signature, "Host": "inner.example"}
    return client.post(path, data=FORM, headers=headers)


@pytest.mark.parametrize("query", ["", "?m=0192"])
def test_what_the_provider_signed_is_kept_before_it_is_answered(
    client: FlaskClient, stage: Stage, query: str
) -> None:
    account = account_of(stage, stage.store_id, "ours")
    answers = [knock(client, stage, account, "ours", query) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].data == b"<Response/>"
    [row] = stage.rows(schema.callbacks)
    assert (row.store_id, row.processed_at) == (stage.store_id, None)
    [kept] = stage.rows(schema.channel_accounts)
    assert kept.last_event_at is not None


def test_another_stores_provider_can_tell_nothing_here(client: FlaskClient, stage: Stage) -> None:
    ours = account_of(stage, stage.store_id, "ours")
    account_of(stage, stage.stranger_id, "theirs")
    assert knock(client, stage, ours, "theirs").status_code == 401
    assert stage.rows(schema.callbacks) == []


@pytest.mark.parametrize("path", ["/callbacks/sms/unknown", "/callbacks/email/x", "/callbacks/x/y"])
def test_a_door_that_is_nobodys_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.post(path, data=FORM).status_code == 404


def test_an_unsigned_knock_is_refused(client: FlaskClient, stage: Stage) -> None:
    account = account_of(stage, stage.store_id, "ours")
    path = f"/callbacks/sms/{account.callback_key}"
    assert client.post(path, data=FORM).status_code == 401
    assert (
        client.post(path, data=b"\xff\xfe", headers={"X-Twilio-Signature": "x"}).status_code == 401
    )
    assert client.get(path).status_code == 405


def test_a_knock_signed_with_another_secret_is_noted_once_a_minute_until_one_is_right(
    client: FlaskClient, stage: Stage
) -> None:
    account = account_of(stage, stage.store_id, "typed wrongly")
    assert knock(client, stage, account, "ours").status_code == 401
    [noted] = stage.rows(schema.channel_accounts)
    assert noted.refused_at is not None
    assert noted.last_event_at is None
    assert knock(client, stage, account, "ours").status_code == 401
    [again] = stage.rows(schema.channel_accounts)
    assert again.refused_at == noted.refused_at
    assert knock(client, stage, account, "typed wrongly").status_code == 200
    [well] = stage.rows(schema.channel_accounts)
    assert well.refused_at is None


def test_a_knock_by_a_shared_key_is_taken_by_who_keeps_that_key(
    client: FlaskClient, stage: Stage
) -> None:
    account = account_of(stage, stage.store_id, "ours", "webhooks_sharedkey_1")
    url = channel_accounts.callback_url(stage.runtime, account)
    path = f"/callbacks/sms/{account.callback_key}"

    def knocked(key_id: str) -> int:
        signed = RequestValidator("shared").compute_signature(url, FORM, "HMAC_SHA256")
        settings = f"key={key_id},algorithm=HMAC_SHA256"
        headers = {"X-Twilio-Signature": signed, SIGNATURE_SETTINGS_HEADER: settings}
        return client.post(path, data=FORM, headers=headers).status_code

    assert knocked("webhooks_sharedkey_2") == 401
    [refused] = stage.rows(schema.channel_accounts)
    assert refused.refused_at is not None
    assert knocked("webhooks_sharedkey_1") == 200
    [well] = stage.rows(schema.channel_accounts)
    assert well.refused_at is None


def test_a_knock_that_is_too_large_is_refused(client: FlaskClient, stage: Stage) -> None:
    account = account_of(stage, stage.store_id, "ours")
    path = f"/callbacks/sms/{account.callback_key}"
    assert client.post(path, data=b"a" * 300_000).status_code == 413


META_BODY = b'{"object":"page","entry":[]}'


def page_of(stage: Stage, store_id: str, secret: str) -> ChannelAccount:
    with stage.database.reading() as connection:
        store = stores.by_id(connection, store_id)
    assert store
    public = {"account_id": "42", "verify_token": f"word of {secret}"}
    told = ("meta", public, {"app_secret": secret, "access_token": "token"})
    return channel_accounts.connect(stage.runtime, store, ChannelName.MESSENGER, told)


def test_metas_first_question_is_answered_to_who_knows_the_word(
    client: FlaskClient, stage: Stage
) -> None:
    account = page_of(stage, stage.store_id, "ours")
    path = f"/callbacks/messenger/{account.callback_key}"
    asked = {"hub.mode": "subscribe", "hub.verify_token": "word of ours", "hub.challenge": "<b>1"}
    answer = client.get(path, query_string=asked)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "<b>1", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(path, query_string=asked | {"hub.verify_token": "x"}).status_code == 403
    assert client.get(path).status_code == 403
    assert client.get("/callbacks/messenger/unknown", query_string=asked).status_code == 404


def test_what_metas_secret_of_this_store_signed_is_kept_once(
    client: FlaskClient, stage: Stage
) -> None:
    ours = page_of(stage, stage.store_id, "ours")
    page_of(stage, stage.stranger_id, "theirs")
    path = f"/callbacks/messenger/{ours.callback_key}"
    forged = {"X-Hub-Signature-256": signature("theirs", META_BODY)}
    assert client.post(path, data=META_BODY, headers=forged).status_code == 401
    good = {"X-Hub-Signature-256": signature("ours", META_BODY)}
    answers = [client.post(path, data=META_BODY, headers=good) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert len(stage.rows(schema.callbacks)) == 1


def test_half_a_character_in_what_meta_tells_loses_no_message(
    client: FlaskClient, stage: Stage
) -> None:
    account = page_of(stage, stage.store_id, "ours")
    body = (
        rb'{"object":"page","entry":[{"id":"42","messaging":[{"sender":{"id":"7"},'
        rb'"recipient":{"id":"42"},"message":{"mid":"m_1","text":"Gr\u00f6\u00dfe 42? \ud83d"}}]}]}'
    )
    path = f"/callbacks/messenger/{account.callback_key}"
    signed = {"X-Hub-Signature-256": signature("ours", body)}
    assert client.post(path, data=body, headers=signed).status_code == 200
    receive.drain(stage.runtime, [stage.store_id])
    assert [row.error for row in stage.rows(schema.callbacks)] == [None]
    assert [row.text for row in stage.rows(schema.inbound_messages)] == ["Größe 42? \ufffd"]
