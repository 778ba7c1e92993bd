"""Short links of text messages, from the hand-over to the click: counted, led on, never guessed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

import connectors
from app import create_app
from channels import Providers
from jobs import channel_accounts, faults, reap, track
from marketing import links
from marketing.flow_schema import BadFlow
from marketing.links import LinkKeys
from marketing.model import ChannelName, CustomerKey
from marketing.opt_out_line import MOST_ADDED
from marketing.short_links import LETTERS, LIFE, hash_of, shorten
from sandbox.faults import Fault, FaultScript
from sandbox.plivo import Plivo
from sandbox.twilio import NUMBER, Twilio
from storage import StorageError, privacy, schema, short_links
from tests.channels.test_plivo import plivo, plivo_url
from tests.channels.test_twilio import api_url, twilio
from tests.jobs.conftest import sink, stage
from tests.jobs.stage import BROWSER, HOUR, MINUTE, Stage
from tests.jobs.test_channel_lists import PHONE, WAKING
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow
from tests.seeding import Rows, at

__all__ = ["api_url", "plivo", "plivo_url", "sink", "stage", "twilio"]
WORDS = {
    "sms": "Back: {{ cart.url }} New: https://maple.example/new?a=b. Stop: {{ links.unsubscribe }}"
}
TEXT = {**MAIL, "channel": "sms", "template": {**MAIL["template"], **WORDS}}
LONG_AGO = at("2020-01-01 00:00")


@pytest.fixture(params=["twilio", "plivo"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def texts(
    provider: str, stage: Stage, twilio: Twilio, api_url: str, plivo: Plivo, plivo_url: str
) -> Twilio:
    """A store that texts by either provider; all phones are the same."""
    stage.change(schema.stores, stage.store_id, settings=WAKING)
    twilio.call = lambda *_: 0  # type: ignore[method-assign]
    providers = Providers(api_url, use_proxies=False, plivo_api_url=plivo_url)
    stage.runtime = replace(stage.runtime, providers=providers)
    sid = {"account_sid": twilio.account_sid}
    auth = {"auth_id": plivo.auth_id}
    public = {**(sid if provider == "twilio" else auth), "sender": NUMBER}
    token = twilio.auth_token if provider == "twilio" else plivo.auth_token
    told = (provider, public, {"auth_token": token})
    channel_accounts.connect(stage.runtime, stage.store, ChannelName.SMS, told)
    return twilio


@pytest.fixture
def faulty(provider: str, twilio: Twilio, plivo: Plivo) -> FaultScript:
    return twilio.faults if provider == "twilio" else plivo.faults


@pytest.fixture
def client(stage: Stage, texts: Twilio) -> FlaskClient:
    return doors_of(stage)


def doors_of(stage: Stage) -> FlaskClient:
    real = connectors.build(shopify_client_id="client", shopify_client_secrets=("secret",))
    return create_app(replace(stage.runtime, connectors=real)).test_client()


def let_in(stage: Stage) -> str:
    """Let somebody with a cart be texted; their cart is what the text leads back to."""
    a_flow(stage, TEXT)
    customer_id = stage.customer(**PHONE)
    stage.cart(customer_id, recovery_url="https://maple.example/recover/1")
    ordered(stage, customer_id)
    return customer_id


def codes_in(text: Mapping[str, Any]) -> list[str]:
    return re.findall(r"http://127\.0\.0\.1:8000/s/([A-Za-z0-9]{11})\b", text["body"])


@pytest.fixture
def codes(stage: Stage, texts: Twilio) -> list[str]:
    let_in(stage)
    stage.work()
    [text] = texts.texts(PHONE["phone"])
    assert "/cart/" not in text["body"]
    assert "STOP" in text["body"]
    return codes_in(text)


def follow(client: FlaskClient, code: str, **more: Any) -> Any:
    return client.get(f"/s/{code}", headers={"User-Agent": BROWSER}, **more)


def test_a_text_shows_short_links_and_each_leads_where_the_long_one_did(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    [message] = stage.messages()
    back, new, stop = (follow(client, code) for code in codes)
    assert [one.status_code for one in (back, new, stop)] == [302, 302, 302]
    assert new.headers["Location"] == "https://maple.example/new?a=b"
    assert "no-store" in new.headers["Cache-Control"]
    assert urlsplit(back.headers["Location"]).netloc == "maple.myshopify.com"
    token = links.unsubscribe_token(stage.runtime.link_keys, stage.store_id, message.id)
    assert urlsplit(stop.headers["Location"]).path == f"/u/{token}"
    assert {row.kind for row in stage.rows(schema.hits)} == {"click"}
    assert "https://maple.example/new?a=b" in {row.url for row in stage.rows(schema.hits)}


def test_a_text_may_be_as_long_as_it_is_sent(stage: Stage, texts: Twilio) -> None:
    words = "a" * 1_504 + " https://maple.example/" + "b" * 200
    text = {**TEXT, "template": {**TEXT["template"], "sms": words}}
    with pytest.raises(BadFlow, match="the text message has 1,604 characters"):
        a_flow(stage, text)
    settings = replace(stage.runtime.settings, short_link_url="https://m.example")
    stage.runtime = replace(stage.runtime, settings=settings)
    a_flow(stage, text)
    ordered(stage, stage.customer(**PHONE))
    stage.work()
    [sent] = texts.texts(PHONE["phone"])
    added = len("Maple & Moss: ") + len(" Reply STOP to opt out")
    assert len(sent["body"]) == 1_600 - MOST_ADDED + added
    assert " https://m.example/s/" in sent["body"]


def test_the_way_back_to_a_cart_is_the_long_links(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    [message] = stage.messages()
    app_url, keys = stage.runtime.settings.app_url, stage.runtime.link_keys
    own = links.MessageLinks(app_url, keys, stage.store_id, message.id)
    _, found = shorten(own.cart_url(), own, app_url)
    with stage.database.writing() as connection:
        short_links.keep(connection, stage.store_id, {message.id: found}, stage.now)
    back = follow(client, found[0].code).headers["Location"]
    long = client.get(urlsplit(own.cart_url()).path).headers["Location"]
    assert urlsplit(back)[:3] == urlsplit(long)[:3]
    assert [row.url for row in stage.rows(schema.hits)] == ["cart:0", "cart:0"]


def test_a_click_counts_once_and_a_machines_not_at_all(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    client.head(f"/s/{codes[0]}", headers={"User-Agent": BROWSER})
    client.get(f"/s/{codes[0]}", headers={"User-Agent": "Barracuda Sentinel (EE)"})
    stage.pass_time(HOUR)
    track.drain(stage.runtime, [])
    assert [row.is_machine for row in stage.rows(schema.hits)] == [True, True]
    assert stage.events("message.clicked") == []
    for _ in range(2):
        assert follow(client, codes[0]).status_code == 302
        stage.pass_time(MINUTE)
        track.drain(stage.runtime, [])
    assert len(stage.events("message.clicked")) == 1
    assert [row.clicked_at is not None for row in stage.messages()] == [True]


def test_what_is_guessed_leads_nowhere_in_words_and_not_for_long(
    client: FlaskClient, codes: list[str]
) -> None:
    forged = [codes[0][:-1] + letter for letter in LETTERS]
    answers = [follow(client, one) for one in forged if one != codes[0]]
    assert "This link does not work any more" in answers[0].text
    assert {one.status_code for one in answers} == {404, 429}
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Too many links" in answers[-1].text
    assert follow(client, codes[0]).status_code == 302


@pytest.mark.parametrize(
    "odd", ["x", "\u00e9", "a" * 5000, "..", "%2e%2e", "?url=https://evil.example"]
)
def test_what_no_code_looks_like_leads_nowhere(client: FlaskClient, odd: str) -> None:
    answer = client.get(f"/s/{odd}")
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


@pytest.mark.parametrize(
    "harm",
    [
        {"destination": "//evil.example/"},
        {"destination": "https://evil.example/"},
        {"destination": "https://evil.example/\u00e9"},
        {"purpose": "cart"},
        {"purpose": "unsubscribe", "destination": None},
        {"purpose": "another"},
        {"number": 7},
    ],
)
def test_a_row_that_was_tampered_with_leads_nowhere(
    stage: Stage, client: FlaskClient, codes: list[str], harm: dict[str, Any]
) -> None:
    with stage.database.writing() as connection:
        row = schema.short_links.c
        harmful = update(schema.short_links).values(**harm)
        connection.execute(harmful.where(row.code_hash == hash_of(codes[1])))
    answer = follow(client, codes[1])
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)
    assert stage.rows(schema.hits) == []


def test_a_code_put_with_another_stores_message_leads_nowhere(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    with stage.database.writing() as connection:
        rows = Rows(connection, stage.stranger_id)
        flow, bob = rows.abandoned_cart_flow(recipe=None), rows.customer("Bob")
        enrollment_id = rows.enrollment(flow, bob, stage.now)
        message_id = rows.message(flow, enrollment_id, "mail", bob, stage.now, channel="sms")
        moved = {"store_id": stage.stranger_id, "message_id": message_id}
        connection.execute(update(schema.short_links).values(**moved))
    assert {follow(client, code).status_code for code in codes} == {404}
    assert stage.rows(schema.hits) == []


def test_codes_outlive_a_new_app_key_and_end_with_the_old_one(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    old, new = stage.runtime.settings.app_keys, "another key"
    for keys, status in (((new, *old), 302), ((new,), 404)):
        stage.runtime = replace(stage.runtime, link_keys=LinkKeys.from_app_keys(keys))
        assert follow(doors_of(stage), codes[0]).status_code == status


def test_the_links_of_a_store_go_with_it(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    with stage.database.writing() as connection:
        privacy.erase_store(connection, stage.store)
    assert stage.rows(schema.short_links) == []
    assert follow(client, codes[0]).status_code == 404


def test_a_link_is_over_after_a_while_and_its_row_goes(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    stage.pass_time(LIFE - HOUR)
    assert follow(client, codes[0]).status_code == 302
    stage.pass_time(HOUR + MINUTE)
    assert follow(client, codes[0]).status_code == 404
    reap.sweep(stage.runtime)
    assert stage.rows(schema.short_links) == []


def test_links_are_told_to_their_customer_and_erased_with_them(
    stage: Stage, client: FlaskClient, codes: list[str]
) -> None:
    [message] = stage.messages()
    stage.customer("Bob", store_id=stage.stranger_id)
    with stage.database.writing() as connection:
        told = privacy.export(connection, stage.store_id, message.customer_id)
        assert {one["purpose"] for one in told["short_links"]} == {"click", "unsubscribe"}
        stranger = privacy.export(connection, stage.stranger_id, message.customer_id)
        assert stranger["short_links"] == []
        now, hashed = stage.runtime.database.now(connection), stage.runtime.secrets.address_hash
        key = CustomerKey(phone=PHONE["phone"])
        privacy.erase(connection, stage.store, key, hashed, now, message.customer_id)
    assert stage.rows(schema.short_links) == []
    assert follow(client, codes[0]).status_code == 404


def test_a_database_that_is_away_is_said_in_words(
    client: FlaskClient, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StorageError("away")

    monkeypatch.setattr("storage.short_links.find", away)
    answer = follow(client, codes[0])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "in a moment" in answer.text


def test_another_try_shows_the_same_links(
    stage: Stage, texts: Twilio, faulty: FaultScript, client: FlaskClient
) -> None:
    let_in(stage)
    faulty.order(Fault("texts", "reply", code=429))
    stage.work()
    assert texts.texts(PHONE["phone"]) == []
    before = {row.code_hash: row.expires_at for row in stage.rows(schema.short_links)}
    assert len(before) == 3
    stage.change(schema.messages, stage.messages()[0].id, retry_at=LONG_AGO)
    reap.sweep(stage.runtime)
    stage.work()
    [text] = texts.texts(PHONE["phone"])
    assert {hash_of(code) for code in codes_in(text)} == set(before)
    assert {row.code_hash: row.expires_at for row in stage.rows(schema.short_links)} == before
    assert follow(client, codes_in(text)[0]).status_code == 302


@pytest.mark.parametrize("point", ["after_claim", "after_gate_commit", "after_send_before_commit"])
def test_who_dies_over_a_text_never_shows_it_with_other_links(
    stage: Stage, texts: Twilio, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    def die(name: str) -> None:
        if name == point:
            raise KeyboardInterrupt

    let_in(stage)
    with monkeypatch.context() as deadly:
        deadly.setattr(faults, "point", die)
        with pytest.raises(KeyboardInterrupt):
            stage.work()
    kept = {row.code_hash for row in stage.rows(schema.short_links)}
    assert len(kept) == (0 if point == "after_claim" else 3)
    for message in stage.messages():
        stage.change(schema.messages, message.id, lease_until=LONG_AGO)
    reap.sweep(stage.runtime)
    stage.work()
    shown = [codes_in(text) for text in texts.texts(PHONE["phone"])]
    assert len(shown) == (0 if point == "after_gate_commit" else 1)
    assert all(follow(client, code).status_code == 302 for codes in shown for code in codes)
    after = {row.code_hash for row in stage.rows(schema.short_links)}
    assert after == kept or not kept
    assert {hash_of(code) for codes in shown for code in codes} <= after
