"""Signatures: ours are Shopify's, and nothing else passes."""

import base64
import hashlib
import hmac
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.shopify import signatures
from tests.connectors.shopify.conftest import FOREIGN_SECRET, OLD_SECRET, SECRET
from tests.oracles.library import ShopifysLibrary

BODY = '{"id": 1, "title": "Ünïcödé 🧦"}'.encode()
QUERY = [("shop", "acme.myshopify.com"), ("timestamp", "1795374501"), ("state", "0f")]


def test_both_secrets_sign_a_body() -> None:
    for secret in (SECRET, OLD_SECRET):
        claimed = base64.b64encode(hmac.digest(secret.encode(), BODY, hashlib.sha256)).decode()
        assert signatures.signs_body((SECRET, OLD_SECRET), BODY, claimed)


def _good() -> str:
    return signatures.body_signature(SECRET, BODY).decode()


@pytest.mark.parametrize(
    "claimed",
    [
        "",
        _good()[:-1],
        _good() + " ",
        _good().upper(),
        _good().lower(),
        f"sha256={_good()}",
        base64.b64decode(_good()).hex(),
        signatures.body_signature(FOREIGN_SECRET, BODY).decode(),
        "ünïcödé",
        "\udcff",
        "=" * 44,
        "A" * 100_000,
    ],
)
def test_a_forged_signature_is_no_signature(claimed: str) -> None:
    assert not signatures.signs_body((SECRET, OLD_SECRET), BODY, claimed)


def test_one_changed_byte_breaks_the_signature() -> None:
    assert not signatures.signs_body((SECRET,), BODY + b" ", _good())


@pytest.mark.parametrize(
    "value",
    ["plain", "two words", "a+b", "a/b=c&d", "100%", "~tilde", "(brackets)'!*", "Ünïcödé 🧦", ""],
)
def test_shopifys_library_agrees_on_a_signed_query(library: ShopifysLibrary, value: str) -> None:
    query = [*QUERY[:1], ("timestamp", str(int(time.time()))), ("state", value)]
    claimed = signatures.query_signature(SECRET, query).decode()
    assert library.ask("query", query=dict(query) | {"hmac": claimed})
    assert signatures.signs_query((SECRET,), [*query, ("hmac", claimed)], claimed)


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5))
def test_any_query_can_be_signed_and_read_back(told: dict[str, str]) -> None:
    query = [pair for pair in told.items() if pair[0] not in {"hmac", "signature"}]
    claimed = signatures.query_signature(SECRET, query).decode()
    assert signatures.signs_query((OLD_SECRET, SECRET), query, claimed)
    assert not signatures.signs_query((SECRET,), query, claimed.upper() + "0")


@pytest.mark.parametrize(
    ("told", "domain"),
    [
        ("acme.myshopify.com", "acme.myshopify.com"),
        ("ACME.MyShopify.com", "acme.myshopify.com"),
        ("a.myshopify.com", "a.myshopify.com"),
        ("acme.myshopify.com/", None),
        ("acme.myshopify.com\n", None),
        (" acme.myshopify.com", None),
        ("acme.myshopify.com.evil.com", None),
        ("evil.com/acme.myshopify.com", None),
        ("foo@acme.myshopify.com", None),
        ("acme.myshopify.com:8080", None),
        ("-acme.myshopify.com", None),
        ("acme.shopify.com", None),
        ("https://acme.myshopify.com", None),
        ("ac\u212ae.myshopify.com", None),
        (f"{'a' * 300}.myshopify.com", None),
        ("", None),
        (None, None),
    ],
)
def test_a_shop_domain_is_exactly_one(told: Any, domain: str | None) -> None:
    assert signatures.shop_domain(told) == domain
