"""A store's logo and colours: asked of the Storefront API, whose schema judges how."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLSchema, build_client_schema, parse, specified_rules, validate
from graphql.validation import NoDeprecatedCustomRule

from connectors.shopify import documents, look
from connectors.shopify.http import Http
from connectors.shopify.look import StorefrontClient
from marketing.model import StoreLook
from tests.connectors.scripted_server import Reply, ScriptedServer
from tests.connectors.shopify.test_documents import SCHEMAS
from tests.payloads.shopify import STORE

Json = dict[str, Any]


@pytest.fixture(scope="module")
def introspection() -> Json:
    path = SCHEMAS / f"storefront-graphql_{documents.API_VERSION}.json.gz"
    with gzip.open(path) as file:
        told: Json = json.load(file)
    return told.get("data", told)


@pytest.fixture(scope="module")
def schema(introspection: Any) -> GraphQLSchema:
    return build_client_schema(introspection, assume_valid=True)


@pytest.fixture
def client(store: ScriptedServer) -> Iterator[StorefrontClient]:
    http = Http()
    yield StorefrontClient(http, store.admin_url)
    http.close()


def answer(**brand: Any) -> Reply:
    return Reply({"data": {"shop": {"brand": brand}}})


def test_the_question_is_valid_and_up_to_date(schema: GraphQLSchema) -> None:
    rules = [*specified_rules, NoDeprecatedCustomRule]
    assert validate(schema, parse(look.BRAND), rules) == []


def test_the_schema_says_that_nobody_needs_a_token_for_it(introspection: Json) -> None:
    types = {one["name"]: one for one in introspection["__schema"]["types"]}
    asked = {"QueryRoot": "shop", "Shop": "brand", "Brand": "logo", "MediaImage": "image"}
    for kind, field in asked.items():
        (told,) = (one for one in types[kind]["fields"] if one["name"] == field)
        assert not told.get("tokenRequired"), field


def test_logo_and_colours_are_read_and_no_token_is_sent(
    store: ScriptedServer, client: StorefrontClient
) -> None:
    store.answers(
        answer(
            logo={"image": {"url": "https://cdn.shopify.com/s/files/logo.png?v=1"}},
            colors={
                "primary": [{"background": "#47603F", "foreground": "#FAF7F1"}],
                "secondary": [{"background": "#A4532F", "foreground": None}],
            },
        )
    )
    assert client.fetch_look(STORE) == StoreLook(
        "https://cdn.shopify.com/s/files/logo.png?v=1", "#47603f", "#faf7f1", "#a4532f"
    )
    (request,) = store.requests
    assert request.path == f"/shops/{STORE}/api/2026-10/graphql.json"
    assert not any("token" in name for name in request.headers)


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"data": {"shop": {"brand": None}}}),
        Reply({"data": None, "errors": [{"message": "no"}]}),
        Reply({"errors": "Not Found"}, status=404),
        Reply(b"<html>Enter the store's password</html>", status=200),
        Reply({}, status=302, headers={"Location": "https://elsewhere.example/password"}),
        Reply(hang_up=True),
        answer(logo=None, colors={"primary": [], "secondary": []}),
        answer(logo={"image": {"url": "javascript:alert(1)"}}, colors={"primary": "red"}),
        answer(logo=[], colors={"primary": [{"background": "red;}", "foreground": 7}]}),
    ],
)
def test_a_store_that_tells_nothing_of_use_has_no_look(
    store: ScriptedServer, client: StorefrontClient, reply: Reply
) -> None:
    store.answers(reply)
    assert client.fetch_look(STORE) is None
