"""Who is at the door: session tokens, signed queries, states. Forged and stale ones stay out."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.base import BadSignature
from connectors.shopify import oauth, signatures
from connectors.shopify.oauth import App
from tests.connectors.shopify.conftest import (
    CLIENT_ID,
    FOREIGN_SECRET,
    OLD_SECRET,
    SECRET,
    claims,
    token,
)
from tests.oracles.library import ShopifysLibrary
from tests.payloads.shopify import STORE, STRANGER

KEYS = ("newest-app-key", "older-app-key")


def now() -> datetime:
    return datetime.now(UTC)


def shop_in(told: str) -> str:
    return oauth.shop_in_token(CLIENT_ID, (SECRET, OLD_SECRET), told, now())


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_a_session_token_proves_its_shop(secret: str) -> None:
    assert shop_in(token(claims(), secret)) == STORE


def test_a_token_of_shopifys_own_library_is_taken(library: ShopifysLibrary) -> None:
    assert shop_in(library.ask("sign", claims=claims())) == STORE


def test_a_token_of_ours_is_what_shopifys_library_takes(library: ShopifysLibrary) -> None:
    told = claims()
    assert library.ask("decode", token=token(told)) == told


ODD_CLAIMS: list[dict[str, Any]] = [
    {"aud": "another-app"},
    {"aud": [CLIENT_ID, "another-app"]},
    {"aud": None},
    {"exp": None},
    {"nbf": None},
    {"exp": int(time.time()) - 3600},
    {"nbf": int(time.time()) + 36_000},
    {"exp": "soon"},
    {"exp": True},
    {"nbf": [1]},
    {"iss": f"https://{STRANGER}/admin"},
    {"dest": f"https://{STRANGER}"},
    {"iss": "https://evil.com/admin", "dest": "https://evil.com"},
    {"dest": f"https://{STORE}.evil.com", "iss": f"https://{STORE}.evil.com/admin"},
    {"dest": f"https://evil@{STORE}", "iss": f"https://evil@{STORE}/admin"},
    {"dest": f"http://{STORE}"},
    {"dest": f"https://{STORE}/somewhere"},
    {"dest": f"https://{STORE}:444", "iss": f"https://{STORE}:444/admin"},
    {"dest": None},
    {"iss": None},
    {"iss": 5, "dest": 5},
    {"iss": f"https://[{STORE}/admin", "dest": f"https://[{STORE}"},
    {"sub": None},
    {"jti": 5},
]


# Numbered: two of them hold the time, which no name of a test may.
@pytest.mark.parametrize(
    "changes", ODD_CLAIMS, ids=[f"{n} {','.join(one)}" for n, one in enumerate(ODD_CLAIMS)]
)
def test_a_token_with_odd_claims_proves_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSignature):
        shop_in(token(claims(**changes)))


def test_a_few_seconds_of_skew_are_forgiven() -> None:
    at = int(time.time())
    assert shop_in(token(claims(nbf=at + 5, exp=at + 65))) == STORE
    assert shop_in(token(claims(nbf=at - 65, exp=at - 5))) == STORE


def test_the_given_time_decides_too() -> None:
    """A token that was good when it came is refused later, and before its time."""
    told = token(claims())
    for away in (timedelta(seconds=75), timedelta(seconds=-15)):
        with pytest.raises(BadSignature):
            oauth.shop_in_token(CLIENT_ID, (SECRET,), told, now() + away)


def _none_token() -> str:
    parts = [json.dumps(one).encode() for one in ({"alg": "none", "typ": "JWT"}, claims())]
    return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts) + "."


HS256 = {"alg": "HS256"}
FORGERIES: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "a letter": lambda: "a",
    "no base64": lambda: "a.b.c",
    "dots": lambda: "..",
    "unsigned": _none_token,
    "foreign secret": lambda: token(claims(), FOREIGN_SECRET),
    "empty secret": lambda: token(claims(), ""),
    "changed signature": lambda: token(claims())[:-3] + "AAA",
    "another algorithm": lambda: token(claims(), header={"alg": "HS512"}),
    "no algorithm": lambda: token(claims(), header={"alg": "none"}),
    "listed algorithm": lambda: token(claims(), header={"alg": ["HS256"]}),
    "detached": lambda: token(claims(), header=HS256 | {"b64": False}),
    "critical extension": lambda: token(claims(), header=HS256 | {"crit": ["x"]}),
    "header is a list": lambda: token(claims(), header=[]),
    "claims are a list": lambda: token([claims()]),
    "four parts": lambda: token(claims()) + ".x",
    "not ASCII": lambda: "ünïcödé.b.c",
    "surrogate": lambda: "\udcff",
    "deep header": lambda: base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("=") + ".b.c",
    "long": lambda: "A" * 100_000,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_not_signed_for_us_proves_nothing(forgery: str) -> None:
    with pytest.raises(BadSignature):
        shop_in(FORGERIES[forgery]())


def signed(query: list[tuple[str, str]], secret: str = SECRET) -> list[tuple[str, str]]:
    return [*query, ("hmac", signatures.query_signature(secret, query).decode())]


def a_query(**changes: str) -> list[tuple[str, str]]:
    told = {"code": "c0de", "shop": STORE, "state": "5tate", "timestamp": str(int(time.time()))}
    return list((told | changes).items())


def check(query: list[tuple[str, str]]) -> dict[str, str]:
    return oauth.check_query((SECRET, OLD_SECRET), query, now())


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_a_signed_query_is_read(secret: str) -> None:
    assert check(signed(a_query(), secret))["shop"] == STORE


@pytest.mark.parametrize("seconds", [-85, 89])
def test_a_query_may_be_ninety_seconds_away(seconds: int) -> None:
    assert check(signed(a_query(timestamp=str(int(time.time()) + seconds))))


@pytest.mark.parametrize("seconds", [-86_000, -91, 92, 86_000])
def test_a_replayed_query_and_one_of_the_future_are_refused(seconds: int) -> None:
    with pytest.raises(BadSignature):
        check(signed(a_query(timestamp=str(int(time.time()) + seconds))))


@pytest.mark.parametrize("timestamp", ["", "now", "-5", "1.5", "١٧٩٥", " 1", "9" * 30])
def test_an_odd_time_is_refused(timestamp: str) -> None:
    with pytest.raises(BadSignature):
        check(signed(a_query(timestamp=timestamp)))


def test_a_query_that_says_something_twice_is_refused() -> None:
    for again in (("shop", STRANGER), ("shop[]", STRANGER), ("hmac", "x")):
        query = signed([*a_query(), again] if again[0] != "hmac" else a_query())
        with pytest.raises(BadSignature):
            check([*query, again] if again[0] == "hmac" else query)


def test_a_changed_missing_or_foreign_signature_is_refused() -> None:
    for query in (
        a_query(),
        [*a_query(), ("hmac", "")],
        [*a_query(), ("hmac", "ünïcödé")],
        signed(a_query(), FOREIGN_SECRET),
        [("more", "1"), *signed(a_query())],
        [(key, one.upper() if key == "hmac" else one) for key, one in signed(a_query())],
    ):
        with pytest.raises(BadSignature):
            check(query)


def test_a_callback_brings_a_code_once_its_state_is_ours(app: App) -> None:
    state = oauth.new_state()
    cookie = oauth.sign_state(KEYS, state, STORE, now())
    told = oauth.read_callback(app, signed(a_query(state=state)), cookie, KEYS, now())
    assert (told.shop, told.code, told.host) == (STORE, "c0de", None)
    assert len(state) == 64
    assert state != oauth.new_state()


def test_a_state_signed_with_the_key_before_is_still_ours() -> None:
    cookie = oauth.sign_state(KEYS[1:], "s", STORE, now())
    oauth.check_state(KEYS, cookie, "s", STORE, now())


@pytest.mark.parametrize(
    "cookie", ["", "s", "s.1", "s..x", "s.99999999999999.x", "s.1.ünï", "..", "\udcff"]
)
def test_an_odd_cookie_is_no_state(cookie: str) -> None:
    with pytest.raises(BadSignature):
        oauth.check_state(KEYS, cookie, "s", STORE, now())


def test_a_state_is_for_one_minute_one_shop_one_value() -> None:
    cookie = oauth.sign_state(KEYS, "s", STORE, now())
    oauth.check_state(KEYS, cookie, "s", STORE, now())
    for state, shop, at in (
        ("other", STORE, now()),
        ("s", STRANGER, now()),
        ("s", STORE, now() + timedelta(seconds=62)),
    ):
        with pytest.raises(BadSignature):
            oauth.check_state(KEYS, cookie, state, shop, at)


def test_a_signed_state_is_no_signature_of_a_webhook() -> None:
    """The key is derived: who sees a cookie has nothing that opens the webhook door."""
    cookie = oauth.sign_state((SECRET,), "s", STORE, now())
    mac = bytes.fromhex(cookie.rsplit(".", 1)[1])
    body = cookie.rsplit(".", 1)[0].encode()
    assert not signatures.signs_body((SECRET,), body, base64.b64encode(mac).decode())
    assert mac != hmac.digest(SECRET.encode(), f"s.{STORE}".encode(), hashlib.sha256)


@pytest.mark.parametrize(
    ("admin_url", "start"),
    [
        ("https://{shop}", f"https://{STORE}/admin/oauth/authorize"),
        (
            "http://127.0.0.1:8002/shops/{shop}",
            f"http://127.0.0.1:8002/shops/{STORE}/admin/oauth/authorize",
        ),
    ],
)
def test_the_consent_screen_is_the_stores(admin_url: str, start: str) -> None:
    app = App(CLIENT_ID, (SECRET,), "https://app.example.com", admin_url)
    back = "https://app.example.com/shopify/auth/callback"
    url = oauth.permission_url(app, STORE, ["read_orders", "write_discounts"], back, "5tate")
    assert url.split("?")[0] == start
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "client_id": CLIENT_ID,
        "scope": "read_orders,write_discounts",
        "redirect_uri": back,
        "state": "5tate",
    }
