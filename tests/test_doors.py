"""app.py: every public door, with good and bad credentials, hostile bodies and repeats."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import connectors
from app import create_app
from doors.failures import HEADER
from marketing import links
from storage import schema
from tests.jobs.stage import Sink, Stage, runtime, settings
from tests.payloads.shopify import sample

SECRETS = ("shpss_0123456789abcdef0123456789abcdef", "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")
SHOP = "maple.myshopify.com"
_numbers = itertools.count(1)


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.server.stop()


@pytest.fixture
def stage(database_url: str, valkey_url: str, sink: Sink) -> Iterator[Stage]:
    given = settings(database_url, sink.url, valkey_url)
    hands = runtime(replace(given, shopify_client_secrets=SECRETS))
    shopify = connectors.build(shopify_client_id="client", shopify_client_secrets=SECRETS)
    hands = replace(hands, connectors=shopify)
    yield Stage(hands, sink)
    hands.database.close()


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return create_app(stage.runtime).test_client()


class Door:
    """The webhook door, and a hand that signs."""

    def __init__(self, stage: Stage, client: FlaskClient) -> None:
        self.stage, self.client = stage, client
        self.secret = stage.runtime.settings.shopify_client_secrets[0]

    def signed(self, body: bytes, secret: str | None = None, **changes: str | None) -> Any:
        key = (secret or self.secret).encode()
        mac = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
        told: Mapping[str, str | None] = {
            "X-Shopify-Topic": "checkouts/create",
            "X-Shopify-Hmac-Sha256": mac,
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": f"webhook-{next(_numbers)}",
            **{f"X-Shopify-{name.replace('_', '-')}": value for name, value in changes.items()},
        }
        return {name: value for name, value in told.items() if value is not None}

    def knock(self, body: bytes, headers: Any = None, **changes: str | None) -> TestResponse:
        headers = headers or self.signed(body, **changes)
        return self.client.post("/webhooks/shopify", data=body, headers=headers)

    def kept(self) -> int:
        with self.stage.database.reading() as connection:
            counted = select(func.count()).select_from(schema.inbox)
            return int(connection.execute(counted).scalar_one())


@pytest.fixture
def door(stage: Stage, client: FlaskClient) -> Door:
    return Door(stage, client)


CHECKOUT = json.dumps(sample("checkouts/create")).encode()


def test_a_signed_webhook_is_kept_before_it_is_answered(door: Door) -> None:
    assert door.knock(CHECKOUT).status_code == 200
    assert door.kept() == 1


def test_the_previous_secret_still_opens(door: Door) -> None:
    previous = door.stage.runtime.settings.shopify_client_secrets[1]
    assert door.knock(CHECKOUT, door.signed(CHECKOUT, previous)).status_code == 200


def test_twenty_copies_at_once_are_kept_once(door: Door) -> None:
    app, headers = create_app(door.stage.runtime), door.signed(CHECKOUT)

    def knock(_: int) -> int:
        answer = app.test_client().post("/webhooks/shopify", data=CHECKOUT, headers=headers)
        return answer.status_code

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(knock, range(20))) == {200}
    assert door.kept() == 1


@pytest.mark.parametrize("name", ["Topic", "Shop_Domain", "Webhook_Id", "API_Version"])
def test_a_missing_header_is_a_400(door: Door, name: str) -> None:
    assert door.knock(CHECKOUT, **{name: None}).status_code == 400
    assert door.kept() == 0


@pytest.mark.parametrize("mac", [None, "", "x", "AAAA" * 11, "é" * 44, "sha256=abc"])
def test_a_missing_or_wrong_signature_is_a_401(door: Door, mac: str | None) -> None:
    assert door.knock(CHECKOUT, Hmac_Sha256=mac).status_code == 401
    assert door.kept() == 0


def test_another_apps_secret_does_not_open(door: Door) -> None:
    assert door.knock(CHECKOUT, door.signed(CHECKOUT, "another secret")).status_code == 401


def test_a_changed_body_is_a_401(door: Door) -> None:
    assert door.knock(CHECKOUT + b" ", door.signed(CHECKOUT)).status_code == 401


def test_a_body_over_the_limit_is_a_413(door: Door) -> None:
    large = b'"' + b"x" * door.stage.runtime.settings.max_webhook_bytes + b'"'
    assert door.knock(large).status_code == 413
    assert door.kept() == 0


MALFORMED = {
    "nothing": b"",
    "half": b'{"id": 1',
    "lone surrogate": b'{"email": "\\ud800"}',
    "not UTF-8": b'{"email": "\xff\xfe"}',
    "too deep": b"[" * 200_000 + b"]" * 200_000,
    "not a number": b'{"total": NaN}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=list(MALFORMED))
def test_what_is_no_json_is_a_400(door: Door, body: bytes) -> None:
    assert door.knock(body).status_code == 400
    assert door.kept() == 0


@pytest.mark.parametrize("body", [b'{"note": "\\u0000"}', b"[]", b"null", b"1", b'{"a":1,"a":2}'])
def test_odd_but_legal_json_is_kept(door: Door, body: bytes) -> None:
    assert door.knock(body).status_code == 200
    assert door.kept() == 1


@pytest.mark.parametrize(
    "odd", [{"Topic": "moons/full"}, {"Shop_Domain": "nobody-here.myshopify.com"}]
)
def test_an_unknown_topic_or_store_is_answered_without_effect(
    door: Door, odd: dict[str, str]
) -> None:
    assert door.knock(CHECKOUT, **odd).status_code == 200


def test_only_post_opens_the_webhook_door(client: FlaskClient) -> None:
    assert client.get("/webhooks/shopify").status_code == 405


def test_health_says_what_waits(stage: Stage, client: FlaskClient) -> None:
    stage.do_the_days_round()
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"database": "ok", "queue": "ok", "due": 0}
    assert b"reprise_due_rows" in client.get("/metrics").data


@pytest.mark.parametrize("path", ["/o/{}.gif", "/c/{}", "/u/{}", "/cart/{}"])
@pytest.mark.parametrize("token", ["x", "AAAA", "é", "." * 300, "a" * 9000])
def test_a_token_that_is_not_ours_leads_nowhere(client: FlaskClient, path: str, token: str) -> None:
    assert client.get(path.format(token)).status_code == 404


def test_a_token_of_one_purpose_is_worthless_for_another(stage: Stage, client: FlaskClient) -> None:
    token = links.open_token(stage.runtime.link_keys, stage.store_id, schema.new_id())
    assert client.get(f"/o/{token}.gif").status_code == 200
    assert client.get(f"/c/{token}").status_code == 404
    assert client.post(f"/u/{token}").status_code == 404


def test_a_click_leads_where_its_signature_says(stage: Stage, client: FlaskClient) -> None:
    keys = stage.runtime.link_keys
    url = "https://maple.example/products/1?a=b"
    token = links.click_token(keys, stage.store_id, schema.new_id(), 1, url)
    answer = client.get(f"/c/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/panel", "/panel//evil.example", "//evil.example/panel"])
def test_no_door_sends_to_a_host_that_the_asker_made_up(client: FlaskClient, path: str) -> None:
    answer = client.get(path, base_url="http://evil.example/")
    assert "evil.example" not in urlsplit(answer.headers.get("Location", "/")).netloc
    assert answer.status_code in {200, 404}


def test_an_address_that_is_none_says_so_in_a_merchants_words(client: FlaskClient) -> None:
    answer = client.get("/panel/api/customers/not-an-id/at-all")
    assert (answer.status_code, answer.json) == (404, {"message": "There is nothing here."})


def test_the_demo_clock_moves_for_the_sandbox_alone(stage: Stage, client: FlaskClient) -> None:
    body = b'{"advance_seconds": 60}'
    secret = stage.runtime.settings.shopify_client_secrets[0].encode()
    mac = hmac.new(secret, b"demo-clock:" + body, hashlib.sha256).hexdigest()
    assert client.post("/demo/clock", data=body).status_code == 404
    signed = {"X-Reprise-Demo-Signature": mac}
    assert client.post("/demo/clock", data=body, headers=signed).status_code == 200
    forged = {"X-Reprise-Demo-Signature": mac[::-1]}
    assert client.post("/demo/clock", data=body, headers=forged).status_code == 404


def test_what_falls_over_behind_a_door_is_named(stage: Stage) -> None:
    app = create_app(stage.runtime)
    app.add_url_rule("/falls", view_func=lambda: str(1 // 0))
    assert len(app.test_client().get("/falls").headers[HEADER]) == 8
