"""Shopify's library as a judge, a store that answers as told, and who we are to both."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.base import Credentials
from connectors.shopify.oauth import App
from tests.connectors.scripted_server import ScriptedServer
from tests.oracles.library import ShopifysLibrary
from tests.payloads.shopify import STORE

CLIENT_ID = "c0ffee00c0ffee00c0ffee00c0ffee00"
SECRET = "shpss_0123456789abcdef0123456789abcdef"
OLD_SECRET = "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"
FOREIGN_SECRET = "shpss_00000000000000000000000000000000"


@pytest.fixture(scope="session")
def library() -> Iterator[ShopifysLibrary]:
    judge = ShopifysLibrary(CLIENT_ID, SECRET)
    yield judge
    judge.close()


@pytest.fixture
def store() -> Iterator[ScriptedServer]:
    """A store's Admin API and token endpoint."""
    with ScriptedServer().running() as server:
        yield server


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(STORE, "shpat_very_secret")


@pytest.fixture
def app() -> App:
    return App(CLIENT_ID, (SECRET, OLD_SECRET), "https://app.example.com")


def claims(shop: str = STORE, **changes: Any) -> dict[str, Any]:
    """What a session token says; None takes a claim away."""
    now = int(time.time())
    told = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": CLIENT_ID,
        "sub": "42",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "sid": "a" * 64,
        "sig": "b" * 64,
    } | changes
    return {key: value for key, value in told.items() if value is not None}


def token(told: Any, secret: str = SECRET, header: Any = None) -> str:
    """Sign a session token by hand, so that no library stands between test and bytes."""
    told_header = {"alg": "HS256", "typ": "JWT"} if header is None else header
    head = _segment(json.dumps(told_header).encode())
    signed = f"{head}.{_segment(json.dumps(told).encode())}"
    return f"{signed}.{_segment(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def _segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
