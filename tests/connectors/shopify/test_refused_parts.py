"""Why we use so little of `shopifyapi`: each part we refuse, shown doing what we can't have."""

import contextlib
import inspect
import io
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
import shopify
from shopify import session_token as shopify_tokens

from connectors.base import BadSignature
from connectors.shopify import oauth, signatures
from connectors.shopify.documents import API_VERSION
from tests.connectors.shopify.conftest import (
    CLIENT_ID,
    SECRET,
    claims,
    token,
)
from tests.oracles.library import ShopifysLibrary
from tests.payloads.shopify import STORE, STRANGER


@pytest.fixture(autouse=True)
def library_at_rest() -> Iterator[None]:
    """The library keeps its state on classes: put it back."""
    secret, key = shopify.Session.secret, shopify.Session.api_key
    shopify.Session.setup(secret=SECRET, api_key=CLIENT_ID)
    yield
    shopify.Session.setup(secret=secret, api_key=key)
    shopify.ShopifyResource.clear_session()


def test_validate_hmac_refuses_what_shopify_signs_with_a_space(library: ShopifysLibrary) -> None:
    query = {"shop": STORE, "state": "two words", "timestamp": str(int(time.time()))}
    query["hmac"] = signatures.query_signature(SECRET, list(query.items())).decode()
    assert library.ask("query", query=query)
    assert not shopify.Session.validate_hmac(query)


@pytest.mark.parametrize("seconds", [-80_000, 80_000])
def test_validate_params_takes_a_query_for_a_day_and_from_the_future(seconds: int) -> None:
    query = {"shop": STORE, "timestamp": str(int(time.time()) + seconds)}
    query["hmac"] = signatures.query_signature(SECRET, list(query.items())).decode()
    assert shopify.Session.validate_params(query)


def test_request_token_waits_for_ever_and_asks_for_a_token_that_never_expires() -> None:
    asked: dict[str, Any] = {}

    def urlopen(request: urllib.request.Request, *args: Any, **kwargs: Any) -> Any:
        asked.update(url=request.full_url, body=request.data, timeout=kwargs.get("timeout", args))
        raise TimeoutError

    query = {"code": "c", "shop": STORE, "timestamp": str(int(time.time()))}
    query["hmac"] = signatures.query_signature(SECRET, list(query.items())).decode()
    with patch("six.moves.urllib.request.urlopen", urlopen), pytest.raises(TimeoutError):
        shopify.Session(STORE, API_VERSION).request_token(query)
    assert asked["timeout"] == ()
    assert b"expiring" not in asked["body"]


def test_graphql_of_one_shop_is_sent_with_the_token_of_another() -> None:
    sent: list[urllib.request.Request] = []

    def urlopen(request: urllib.request.Request) -> Any:
        sent.append(request)
        return io.BytesIO(b"{}")

    shopify.ShopifyResource.activate_session(shopify.Session(STORE, API_VERSION, "token-of-one"))
    client = shopify.GraphQL()
    shopify.ShopifyResource.activate_session(
        shopify.Session(STRANGER, API_VERSION, "token-of-another")
    )
    with patch("six.moves.urllib.request.urlopen", urlopen):
        client.execute("{ shop { name } }")
    headers = {name.lower(): value for name, value in sent[0].header_items()}
    assert STORE in sent[0].full_url
    assert headers["x-shopify-access-token"] == "token-of-another"


def test_graphql_has_no_time_out() -> None:
    assert "timeout" not in inspect.getsource(shopify.GraphQL)


def test_temp_leaves_the_wrong_shop_active_after_an_error() -> None:
    shopify.ShopifyResource.activate_session(shopify.Session(STORE, API_VERSION, "one"))
    with contextlib.suppress(ZeroDivisionError), shopify.Session.temp(STRANGER, API_VERSION, "two"):
        raise ZeroDivisionError
    assert STRANGER in shopify.ShopifyResource.site


def test_a_fresh_thread_sees_the_shop_of_another() -> None:
    shopify.ShopifyResource.activate_session(shopify.Session(STORE, API_VERSION, "one"))
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(str(shopify.ShopifyResource.site)))
    thread.start()
    thread.join()
    assert STORE in seen[0]


@pytest.mark.parametrize("claim", ["exp", "nbf"])
def test_session_tokens_without_an_end_or_a_start_pass_the_library_but_not_us(claim: str) -> None:
    told = token(claims(**{claim: None}))
    assert shopify_tokens.decode_from_header(f"Bearer {told}", CLIENT_ID, SECRET)
    with pytest.raises(BadSignature):
        oauth.shop_in_token(CLIENT_ID, (SECRET,), told, datetime.now(UTC))


def test_a_session_takes_any_domain_for_one_of_shopifys() -> None:
    """`Session("evil.com")` is quietly evil.myshopify.com: domains are checked before."""
    assert shopify.Session("evil.com", API_VERSION).url == "evil.myshopify.com"
    assert signatures.shop_domain("evil.com") is None


def test_there_is_neither_token_exchange_nor_refresh() -> None:
    words = {name.lower() for name in dir(shopify.Session)}
    assert not {name for name in words if "exchange" in name or "refresh" in name}
