"""Whose calls are Twilio's, by its own library and example: by the token, or by a shared key."""

import hashlib
from urllib.parse import urlencode

import pytest
from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator

from channels.base import Callback
from channels.sms.twilio_signature import SharedKey, signature, verify
from marketing.model import BadSignature

DOOR = "https://app.example/callbacks/sms/key"
FORM = {"MessageSid": "SM1", "From": "+15550100", "Body": "Größe & Farbe? 50% + 1"}
TOKEN = "the account's token"
KEY = SharedKey("webhooks_sharedkey_01", "the secret that both know")
OTHERS = SharedKey("webhooks_sharedkey_02", "the secret of another store")
BY_KEY = f"key={KEY.id},algorithm=HMAC_SHA256"
JSON = b'{"MessageSid":"SM1","Body":"Gr\xc3\xb6\xc3\x9fe"}'
JSON_DOOR = f"{DOOR}?m=0192&bodySHA256={hashlib.sha256(JSON).hexdigest()}"


def call(
    secret: str = TOKEN, *, url: str = DOOR, algorithm: str = "HMAC_SHA1", settings: str = ""
) -> Callback:
    """Give a form as Twilio's own library signs it."""
    told = RequestValidator(secret).compute_signature(url, FORM, algorithm)
    headers = {"X-Twilio-Signature": told}
    if settings:
        headers[SIGNATURE_SETTINGS_HEADER] = settings
    return Callback(url, urlencode(FORM).encode(), headers)


def json_call(body: bytes = JSON, url: str = JSON_DOOR) -> Callback:
    told = RequestValidator(TOKEN).compute_signature(url, {})
    return Callback(url, body, {"X-Twilio-Signature": told, "Content-Type": "application/json"})


def is_believed(callback: Callback, shared: SharedKey | None = KEY) -> bool:
    try:
        verify(callback, TOKEN, shared)
    except BadSignature:
        return False
    return True


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("HMAC_SHA1", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("HMAC_SHA256", "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s="),
    ],
)
def test_the_vendors_own_example_signs_as_it_says(algorithm: str, expected: str) -> None:
    form = {
        "CallSid": ["CA1234567890ABCDE"], "Caller": ["+14158675309"], "Digits": ["1234"],
        "From": ["+14158675309"], "To": ["+18005551212"],
    }  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, form, algorithm) == expected


@pytest.mark.parametrize("shared", [None, KEY], ids=["no key", "a key"])
@pytest.mark.parametrize("url", [DOOR, f"{DOOR}?m=0192&x=1"])
def test_without_the_header_the_token_signs(url: str, shared: SharedKey | None) -> None:
    assert is_believed(call(url=url), shared)
    assert not is_believed(call("another token", url=url), shared)


@pytest.mark.parametrize("settings", ["", BY_KEY], ids=["by the token", "by the key"])
@pytest.mark.parametrize(
    "touched", ["url", "body", None, "", "cut", "capitals", "sha1=", "\u00e9", "another"]
)
def test_a_callback_that_was_touched_is_refused(settings: str, touched: str | None) -> None:
    secret, algorithm = (KEY.secret, "HMAC_SHA256") if settings else (TOKEN, "HMAC_SHA1")
    good = call(secret, algorithm=algorithm, settings=settings)
    assert is_believed(good)
    url = good.url + ("?x=1" if touched == "url" else "")
    body = good.body + (b"&x=1" if touched == "body" else b"")
    signed = good.headers["X-Twilio-Signature"]
    odd = {"url": signed, "body": signed, "cut": signed[:-1], "capitals": signed.upper()}
    told = {**good.headers, "X-Twilio-Signature": odd.get(str(touched), touched)}
    headers = {name: value for name, value in told.items() if value is not None}
    assert not is_believed(Callback(url, body, headers))


@pytest.mark.parametrize(
    "settings", ["", "algorithm=HMAC_SHA1", "algorithm=hmac_sha1", "algorithm="]
)
def test_a_header_that_names_no_key_means_the_token(settings: str) -> None:
    assert is_believed(call(settings=settings))


@pytest.mark.parametrize(
    "settings",
    [BY_KEY, f" algorithm = HMAC_SHA256 , key = {KEY.id} ", BY_KEY.replace("HMAC", "hmac")],
)
def test_with_the_header_the_shared_key_signs(settings: str) -> None:
    good = call(KEY.secret, algorithm="HMAC_SHA256", settings=settings)
    assert is_believed(good)
    touched = Callback(DOOR, good.body + b"&Body=more", good.headers)
    assert not is_believed(touched)


@pytest.mark.parametrize(
    "settings",
    [
        f"key={OTHERS.id},algorithm=HMAC_SHA256",
        f"key={KEY.id},algorithm=HMAC_SHA512",
        f"key={KEY.id},algorithm=HMAC_SHA1",
        f"key={KEY.id}",
        "algorithm=HMAC_SHA256",
        "algorithm=none",
        "key=,algorithm=",
    ],
)
def test_a_key_or_hash_that_is_not_known_is_refused_whoever_signed(settings: str) -> None:
    for algorithm in ("HMAC_SHA1", "HMAC_SHA256"):
        for secret in (KEY.secret, OTHERS.secret, ""):
            assert not is_believed(call(secret, algorithm=algorithm, settings=settings))


def test_a_call_by_shared_key_is_refused_where_none_is_kept() -> None:
    good = call(KEY.secret, algorithm="HMAC_SHA256", settings=BY_KEY)
    assert not is_believed(good, None)
    assert not is_believed(
        call("", algorithm="HMAC_SHA256", settings="key=,algorithm=HMAC_SHA256"), None
    )


def test_neither_secret_signs_in_the_others_place() -> None:
    """Whoever knows one of the two, or drops or adds the header, gains nothing by it."""
    by_key = call(KEY.secret, algorithm="HMAC_SHA256", settings=BY_KEY)
    without = {"X-Twilio-Signature": by_key.headers["X-Twilio-Signature"]}
    assert not is_believed(Callback(DOOR, by_key.body, without))
    assert not is_believed(call(KEY.secret))
    assert not is_believed(call(TOKEN, settings=BY_KEY))
    assert not is_believed(call(TOKEN, algorithm="HMAC_SHA256", settings=BY_KEY))
    assert not is_believed(call(KEY.secret, settings=BY_KEY))


@pytest.mark.parametrize(
    ("told", "signed"),
    [
        ("https://app.example/x?m=1", "https://app.example:443/x?m=1"),
        ("https://app.example:443/x", "https://app.example/x"),
        ("http://app.example/x", "http://app.example:80/x"),
    ],
)
def test_the_port_that_goes_without_saying_may_be_said_or_not(told: str, signed: str) -> None:
    made = call(url=signed)
    assert is_believed(Callback(told, made.body, made.headers))


@pytest.mark.parametrize("signed", ["https://app.example:444/x", "https://app.example/x"])
def test_another_port_is_another_address(signed: str) -> None:
    made = call(url=signed)
    assert not is_believed(Callback("https://app.example:8443/x", made.body, made.headers))


def test_a_body_that_is_no_form_is_believed_by_its_hash() -> None:
    good = json_call()
    headers = good.headers
    assert RequestValidator(TOKEN).validate(JSON_DOOR, JSON.decode(), headers["X-Twilio-Signature"])
    assert is_believed(good)
    assert not is_believed(json_call(JSON + b" "))
    assert not is_believed(json_call(b""))
    assert not is_believed(Callback(JSON_DOOR.replace("0192", "0193"), JSON, headers))


def test_a_stranger_cannot_name_the_hash_of_a_body_of_their_own() -> None:
    forged = b'{"MessageSid":"SM2"}'
    url = JSON_DOOR.partition("bodySHA256=")[0] + f"bodySHA256={hashlib.sha256(forged).hexdigest()}"
    assert not is_believed(Callback(url, forged, json_call().headers))
    assert not is_believed(
        Callback(f"{url}&{JSON_DOOR.partition('&')[2]}", forged, json_call().headers)
    )


def test_a_form_whose_address_names_a_hash_is_signed_by_its_words_all_the_same() -> None:
    good = call(url=f"{DOOR}?bodySHA256=0")
    headers = {**good.headers, "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert is_believed(Callback(good.url, good.body, headers))
    assert not is_believed(Callback(good.url, good.body + b"&Body=x", headers))


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=1&" * 300])
def test_what_is_no_form_is_not_believed(body: bytes) -> None:
    assert not is_believed(Callback(DOOR, body, {"X-Twilio-Signature": "x"}))


def test_a_key_is_not_told_by_accident() -> None:
    assert KEY.secret not in repr(KEY)
