"""The token endpoint: what we ask is what Shopify's library asks; what it answers is ours."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import (
    Installation,
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from connectors.shopify.http import Http
from connectors.shopify.tokens import StaleSessionToken, TokenEndpoint
from tests.connectors.scripted_server import Reply, ScriptedServer
from tests.connectors.shopify.conftest import (
    CLIENT_ID,
    SECRET,
    claims,
    token,
)
from tests.oracles.library import ShopifysLibrary
from tests.payloads.shopify import STORE

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
GIVEN = {
    "access_token": "shpat_1",
    "scope": "read_orders,write_discounts",
    "expires_in": 3600,
    "refresh_token": "shprt_1",
    "refresh_token_expires_in": 7776000,
}
INSTALLED = Installation(
    STORE,
    "shpat_1",
    frozenset({"read_orders", "write_discounts"}),
    NOW + timedelta(hours=1),
    "shprt_1",
    NOW + timedelta(days=90),
)


@pytest.fixture
def endpoint(store: ScriptedServer) -> Iterator[TokenEndpoint]:
    store.answers(Reply(GIVEN))
    http = Http()
    yield TokenEndpoint(http, CLIENT_ID, SECRET, store.admin_url)
    http.close()


@pytest.mark.parametrize("ask", ["exchange", "refresh", "migrate"])
def test_we_ask_what_shopifys_library_asks(
    store: ScriptedServer, endpoint: TokenEndpoint, library: ShopifysLibrary, ask: str
) -> None:
    told = token(claims()) if ask == "exchange" else "shprt_or_shpat"
    assert getattr(endpoint, ask)(STORE, told, now=NOW) == INSTALLED
    [request] = store.requests
    theirs = library.ask(ask, shop=STORE, token=told)
    assert request.path == f"/shops/{STORE}/admin/oauth/access_token"
    assert theirs["url"] == f"https://{STORE}/admin/oauth/access_token"
    assert request.body == theirs["body"]
    for header in ("content-type", "accept"):
        assert request.headers[header] == theirs["headers"][header]


def test_a_code_is_traded_for_an_expiring_token(
    store: ScriptedServer, endpoint: TokenEndpoint
) -> None:
    assert endpoint.redeem(STORE, "c0de", now=NOW) == INSTALLED
    assert store.requests[0].body == {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "code": "c0de",
        "expiring": "1",
    }


REFUSALS: list[tuple[str, Reply, type[StoreError]]] = [
    ("exchange", Reply({"error": "invalid_subject_token"}, 400), StaleSessionToken),
    ("exchange", Reply({"error": "invalid_client"}, 401), StoreRefused),
    ("exchange", Reply({"error": "app_not_installed"}, 400), StoreRefused),
    ("exchange", Reply(b"<html>", 404), StoreRefused),
    ("exchange", Reply(b"", 302, {"Location": "https://evil.com"}), StoreRefused),
    ("refresh", Reply({"error": "invalid_grant"}, 400), TokenRefused),
    ("refresh", Reply({"error": "invalid_request"}, 400), TokenRefused),
    ("refresh", Reply(b"", 401), TokenRefused),
    ("refresh", Reply({"error": "invalid_client"}, 400), StoreRefused),
    ("refresh", Reply(b"", 500), StoreUnavailable),
    ("refresh", Reply(b"<html>", 503), StoreUnavailable),
    ("refresh", Reply(b"", hang_up=True), StoreUnavailable),
    ("refresh", Reply(b"<html>", 200), StoreUnavailable),
    ("refresh", Reply({"access_token": None}), StoreUnavailable),
    ("refresh", Reply({"access_token": 5}), StoreUnavailable),
    ("refresh", Reply(b"", 429, {"Retry-After": "4"}), StoreThrottled),
]


@pytest.mark.parametrize(("ask", "reply", "expected"), REFUSALS)
def test_a_refusal_says_what_to_do_next(
    store: ScriptedServer,
    endpoint: TokenEndpoint,
    ask: str,
    reply: Reply,
    expected: type[StoreError],
) -> None:
    store.answers(reply)
    with pytest.raises(StoreError) as refused:
        getattr(endpoint, ask)(STORE, "t0ken", now=NOW)
    assert type(refused.value) is expected
    assert "t0ken" not in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("told", "lives"), [(None, None), ("3600", None), (True, None), (-5, 0), (10**30, 10**9)]
)
def test_odd_lifetimes_are_survived(
    store: ScriptedServer, endpoint: TokenEndpoint, told: Any, lives: int | None
) -> None:
    store.answers(Reply(json.dumps(GIVEN | {"expires_in": told}).encode()))
    given = endpoint.refresh(STORE, "shprt", now=NOW)
    expected = None if lives is None else NOW + timedelta(seconds=lives)
    assert given.access_expires_at == expected
