"""Meta's Graph API: its signature, its first question, and what its error codes mean."""

import hashlib
import hmac

import orjson
import pytest

from channels.base import Callback, Outcome
from channels.http import Answer
from channels.meta import MetaApp, challenge, signature, verify
from channels.meta_errors import GRAPH, MESSAGING, read, refusal
from marketing.model import BadSignature

BODY = b'{"object":"page","entry":[]}'
SIGNED = "sha256=0e9e0080a310f376450c46d999aa4d49ed772bfe43c13205f38a3a6e6611ed2b"
APP = MetaApp("token", "appsecret", "our-word")


def knocked(signed: str, body: bytes = BODY, name: str = "X-Hub-Signature-256") -> Callback:
    return Callback("https://app.example/callbacks/messenger/key", body, {name: signed})


def test_the_contracts_own_example_signs_as_it_says() -> None:
    assert signature("appsecret", BODY) == SIGNED
    verify(APP, knocked(SIGNED))
    verify(APP, knocked(SIGNED, name="x-hub-signature-256"))


def test_the_bytes_are_signed_as_they_came_whatever_they_say() -> None:
    body = '{"object":"page","entry":[ ],"x":"Größe \\u00fc 👍"}'.encode()
    verify(APP, knocked(signature("appsecret", body), body))
    with pytest.raises(BadSignature):
        verify(APP, knocked(signature("appsecret", body), orjson.dumps(orjson.loads(body))))


@pytest.mark.parametrize(
    "signed",
    [
        "",
        "sha256=",
        SIGNED.upper(),
        SIGNED.removeprefix("sha256="),
        f"sha256={SIGNED.removeprefix('sha256=').upper()}",
        SIGNED[:-1],
        f"{SIGNED}, {SIGNED}",
        "sha1=" + hmac.new(b"appsecret", BODY, hashlib.sha1).hexdigest(),
        signature("another store's", BODY),
        "sha256=größe👍",
        "v1",
    ],
)
def test_a_forged_signature_is_refused(signed: str) -> None:
    with pytest.raises(BadSignature):
        verify(APP, knocked(signed))


def test_without_the_header_nothing_is_believed() -> None:
    with pytest.raises(BadSignature):
        verify(APP, Callback("https://app.example", BODY))


def test_an_app_without_a_secret_cannot_be() -> None:
    with pytest.raises(ValueError, match="secret"):
        MetaApp("token", "", "our-word")


ASKED = {"hub.mode": "subscribe", "hub.verify_token": "our-word", "hub.challenge": "1158201444"}


def test_who_knows_our_word_is_answered() -> None:
    assert challenge(APP, ASKED) == "1158201444"


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub.verify_token": "another"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "größe"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.challenge": "1" * 1000},
    ],
)
def test_others_are_not(wrong: dict[str, str]) -> None:
    assert challenge(APP, ASKED | wrong) is None
    assert challenge(APP, {}) is None


def told(code: object, subcode: object = None, status: int = 400) -> Answer:
    error = {"message": "words", "code": code, "error_subcode": subcode}
    return Answer(status, orjson.dumps({"error": error}))


@pytest.mark.parametrize(
    ("code", "subcode", "outcome"),
    [
        (190, 463, Outcome.PAUSED),
        (10, None, Outcome.PAUSED),
        (10, 1893063, Outcome.PAUSED),
        (10, 2018278, Outcome.REJECTED),
        (10, 2534022, Outcome.REJECTED),
        (10, 2018300, Outcome.REJECTED),
        (200, 1545041, Outcome.PAUSED),
        (230, None, Outcome.PAUSED),
        (368, None, Outcome.PAUSED),
        (100, 2018001, Outcome.REJECTED),
        (100, 1893061, Outcome.REJECTED),
        (551, 1545041, Outcome.REJECTED),
        (613, None, Outcome.RETRY),
        (4, None, Outcome.RETRY),
        (32, None, Outcome.RETRY),
        (1200, None, Outcome.RETRY),
        (2, None, Outcome.RETRY),
        ("613", "12", Outcome.RETRY),
        (987654, None, Outcome.REJECTED),
        (None, None, Outcome.REJECTED),
        ([1], {"a": 1}, Outcome.REJECTED),
    ],
)
def test_a_code_means_what_the_table_says(code: object, subcode: object, outcome: Outcome) -> None:
    answer = told(code, subcode)
    failure = refusal(answer, read(answer), MESSAGING, GRAPH)
    assert failure.outcome is outcome
    assert failure.window_closed == (subcode in (2018278, 2534022))
    assert failure.suppress == (subcode == 2018001)
    assert (failure.retry_after is not None) == (outcome is Outcome.RETRY)
    assert failure.reason.startswith("Meta ")
    assert "/-" not in failure.reason


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (500, b"<html>Sorry</html>", Outcome.UNKNOWN),
        (502, b"", Outcome.UNKNOWN),
        (503, b'{"error":"busy"}', Outcome.UNKNOWN),
        (200, b"", Outcome.UNKNOWN),
        (200, b'{"message_id":', Outcome.UNKNOWN),
        (200, b"[]", Outcome.UNKNOWN),
        (301, b"", Outcome.UNKNOWN),
        (401, b"", Outcome.PAUSED),
        (429, b"", Outcome.RETRY),
        (404, b"", Outcome.REJECTED),
    ],
)
def test_an_answer_without_a_code_is_judged_by_its_status(
    status: int, body: bytes, outcome: Outcome
) -> None:
    answer = Answer(status, body)
    assert refusal(answer, read(answer), MESSAGING, GRAPH).outcome is outcome


def test_a_wait_that_meta_names_is_heeded() -> None:
    answer = Answer(400, told(613).body, retry_after=7.0)
    assert refusal(answer, read(answer), GRAPH).retry_after == 7.0
