"""The panel's own session tokens: signed by us, short-lived, renewed for half a day."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from connectors.base import BadSignature, SignedIn
from connectors.woocommerce import sessions
from connectors.woocommerce.secrets import store_secret

KEYS = (
    "new:bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0=",
    "b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleS0=",
)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WHO = SignedIn("shop.example/store", "7")


def test_a_session_proves_its_store_and_its_person() -> None:
    token = sessions.issue(KEYS, WHO, now=NOW)
    assert sessions.signed_in(KEYS, token, NOW + timedelta(minutes=9)) == WHO


def test_a_session_of_the_key_before_is_good_while_keys_are_rotated() -> None:
    token = sessions.issue(KEYS[1:], WHO, now=NOW)
    assert sessions.signed_in(KEYS, token, NOW) == WHO
    with pytest.raises(BadSignature):
        sessions.signed_in(KEYS[:1], token, NOW)


def test_a_session_ends_after_ten_minutes_and_does_not_begin_before_it_was_made() -> None:
    token = sessions.issue(KEYS, WHO, now=NOW)
    for at in (NOW + timedelta(minutes=11), NOW - timedelta(minutes=1)):
        with pytest.raises(BadSignature):
            sessions.signed_in(KEYS, token, at)


def test_a_session_is_renewed_for_twelve_hours_after_the_launch_and_no_longer() -> None:
    token, at = sessions.issue(KEYS, WHO, now=NOW), NOW
    while at < NOW + timedelta(hours=12):
        at += timedelta(minutes=9)
        if at > NOW + timedelta(hours=12):
            break
        token = sessions.renewed(KEYS, token, at)
    assert sessions.signed_in(KEYS, token, at) == WHO
    with pytest.raises(BadSignature):
        sessions.renewed(KEYS, token, NOW + timedelta(hours=12, minutes=1))


@pytest.mark.parametrize("secret", [KEYS[0], store_secret(KEYS[0], "some-store-key"), "x" * 40])
def test_what_a_store_or_a_stranger_signs_is_no_session(secret: str) -> None:
    claims = jwt.decode(sessions.issue(KEYS, WHO, now=NOW), options={"verify_signature": False})
    with pytest.raises(BadSignature):
        sessions.signed_in(KEYS, jwt.encode(claims, secret, "HS256"), NOW)


def test_a_session_without_a_signature_proves_nothing() -> None:
    _, claims, _ = sessions.issue(KEYS, WHO, now=NOW).split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    for forged in (f"{head}.{claims}.", f"{head}.{claims}", "", "é", "a" * 10_000):
        with pytest.raises(BadSignature):
            sessions.signed_in(KEYS, forged, NOW)
