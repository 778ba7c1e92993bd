"""The doors of installing: what a merchant gets when Shopify does not take us in."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import connectors
from app import create_app
from connectors.shopify.connector import ShopifyConnector
from jobs.runtime import Runtime
from marketing.model import Platform
from storage import schema
from tests.connectors.scripted_server import Reply, ScriptedServer
from tests.embedded_ui.conftest import CLIENT_ID, MAPLE, OLD_SECRET, SECRET, token_for

STALE = Reply({"error": "invalid_subject_token"}, 400)


@pytest.fixture
def shopify() -> Iterator[ScriptedServer]:
    with ScriptedServer().running() as server:
        yield server


@pytest.fixture
def app(runtime: Runtime, shopify: ScriptedServer) -> Iterator[Flask]:
    """The whole app, whose Shopify answers as the test says."""
    settings = replace(runtime.settings, shopify_admin_url=shopify.admin_url)
    built = connectors.build(
        shopify_client_id=CLIENT_ID,
        shopify_client_secrets=(SECRET, OLD_SECRET),
        shopify_admin_url=shopify.admin_url,
        demo=True,
    )
    yield create_app(replace(runtime, settings=settings, connectors=built))
    shopify_connector = built[Platform.SHOPIFY]
    assert isinstance(shopify_connector, ShopifyConnector)
    shopify_connector.close()


def load(client: FlaskClient, **more: str) -> TestResponse:
    told = {"shop": MAPLE, "embedded": "1", "id_token": token_for(MAPLE), **more}
    return client.get("/shopify", query_string=told)


def stores_kept(runtime: Runtime) -> int:
    with runtime.database.reading() as connection:
        counted = select(func.count()).select_from(schema.stores)
        return int(connection.execute(counted).scalar_one())


def test_a_token_that_shopify_finds_stale_bounces_once_and_is_then_explained(
    client: FlaskClient, shopify: ScriptedServer, runtime: Runtime
) -> None:
    shopify.answers(STALE)
    first = load(client)
    assert first.status_code == 302
    back = parse_qs(urlsplit(first.headers["Location"]).query)["shopify-reload"][0]
    again = {key: values[0] for key, values in parse_qs(urlsplit(back).query).items()}
    second = load(client, **again)
    assert second.status_code == 401
    assert "Open the app again" in second.text
    assert stores_kept(runtime) == 0


def test_a_fetch_whose_token_shopify_finds_stale_may_be_repeated(
    client: FlaskClient, shopify: ScriptedServer
) -> None:
    shopify.answers(STALE)
    headers = {"Authorization": f"Bearer {token_for(MAPLE)}"}
    answer = client.get("/shopify", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"


@pytest.mark.parametrize("reply", [Reply({}, 500), Reply({"error": "invalid_client"}, 400)])
def test_what_shopify_refuses_is_told_in_words_and_half_installs_nothing(
    client: FlaskClient, shopify: ScriptedServer, runtime: Runtime, reply: Reply
) -> None:
    shopify.answers(reply)
    answer = load(client)
    assert answer.status_code == 502
    assert "Open the app again in a minute." in answer.text
    assert answer.mimetype == "text/html"  # a merchant sees it, in the admin's frame
    assert "frame-ancestors" not in answer.headers["Content-Security-Policy"]
    assert stores_kept(runtime) == 0


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("de-DE", "Öffnen Sie die App erneut aus der Verwaltung Ihres Shops."),
        ("fr", "Open the app again from your store&#39;s admin."),
    ],
)
def test_a_refused_load_is_explained_in_the_language_of_the_admin(
    client: FlaskClient, locale: str, words: str
) -> None:
    german = {"Accept-Language": "de"}
    answer = client.get("/shopify", query_string={"locale": locale}, headers=german)
    assert answer.status_code == 400
    assert words in answer.text


def test_the_bare_address_says_where_the_panel_is_in_the_language_of_the_browser(
    client: FlaskClient,
) -> None:
    told = client.get("/")
    assert told.status_code == 200
    assert "<h1>Reprise is running</h1>" in told.text
    assert "in Shopify under Apps" in told.text
    assert "script" not in told.headers["Content-Security-Policy"]
    german = client.get("/", headers={"Accept-Language": "de-CH,de;q=0.9"}).text
    assert '<html lang="de">' in german
    assert "unter Apps" in german


def test_a_token_of_no_good_is_explained_and_not_quoted(client: FlaskClient) -> None:
    answer = client.get("/shopify", headers={"Authorization": "Basic x", "Accept-Language": "de"})
    assert answer.status_code == 401
    assert "ist abgelaufen" in answer.text
    assert "bearer" not in answer.text


def test_an_installation_that_began_elsewhere_is_explained(client: FlaskClient) -> None:
    answer = client.get("/shopify/auth/callback", headers={"Accept-Language": "de"})
    assert answer.status_code == 401
    assert "Beginnen Sie" in answer.text
