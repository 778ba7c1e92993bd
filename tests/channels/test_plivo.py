"""Plivo as a channel: the contract, its signatures by its own library's rules, its reports."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask

from channels.base import (
    Callback,
    InboundMessage,
    OptChange,
    Outcome,
    SendFailed,
    StatusUpdate,
)
from channels.explained import explained
from channels.sms.plivo import PlivoChannel, PlivoSettings, signature, signature_v2
from marketing.model import BadSignature, ChannelName, MessageStatus, RenderedMessage
from sandbox.faults import Fault
from sandbox.plivo import CALLS_ONLY, Plivo, add_doors
from sandbox.plivo import signature as as_played
from sandbox.twilio import NUMBER, Twilio
from tests.channels.test_twilio import twilio
from tests.contracts.channel_contract import Answer, ChannelContract, failure_of
from tests.served import served

Build = Callable[..., RenderedMessage]
DOOR = "https://app.example/callbacks/sms/key"
ADA = "+15550100"
__all__ = ["twilio"]


class PlivoProvider:
    def __init__(self, plivo: Plivo) -> None:
        self.plivo = plivo

    def answers(self, what: Answer) -> None:
        match what:
            case "bad address":
                words = "15550100 is not a valid phone number"
                self.plivo.faults.order(Fault("texts", "reply", code=400, text=words))
            case "busy":
                self.plivo.faults.order(Fault("texts", "reply", code=429, text="Too many"))
            case "lost after taking":
                self.plivo.faults.order(Fault("texts", "hang_up"))
            case "bad credentials":
                self.plivo.auth_token = "another"

    def taken(self) -> int:
        return len(self.plivo.phones.texts())


@pytest.fixture
def plivo(twilio: Twilio) -> Iterator[Plivo]:
    made = Plivo(twilio)
    made.call = lambda *_: 0  # type: ignore[method-assign]
    yield made
    made.close()


@pytest.fixture
def provider(plivo: Plivo) -> PlivoProvider:
    return PlivoProvider(plivo)


@pytest.fixture
def plivo_url(plivo: Plivo) -> Iterator[str]:
    app = Flask("plivo")
    add_doors(app, plivo)
    with served(app) as url:
        yield url


@pytest.fixture
def channel(plivo: Plivo, plivo_url: str) -> Iterator[PlivoChannel]:
    account = (plivo.auth_id, plivo.auth_token, NUMBER, DOOR)
    made = PlivoChannel(PlivoSettings(*account, plivo_url, False))
    yield made
    made.close()


@pytest.fixture
def a_message() -> Build:
    def build(message_id: str = "m1", to: str = "+15550100", subject: str = "") -> RenderedMessage:
        return RenderedMessage(
            message_id, ChannelName.SMS, to, "Ada", "", "Store", subject, "", "Still there"
        )

    return build


class TestPlivoIsAChannel(ChannelContract):
    pass


def test_what_plivo_takes_is_what_we_wrote(
    channel: PlivoChannel, plivo: Plivo, a_message: Build
) -> None:
    receipt = channel.send(a_message())
    [text] = plivo.phones.texts(ADA)
    assert (text["sid"], text["body"]) == (receipt.provider_id, "Still there")


def test_plivo_says_whose_the_number_is(
    plivo: Plivo, plivo_url: str, channel: PlivoChannel
) -> None:
    assert channel.introduce() == NUMBER
    account = (plivo.auth_id, plivo.auth_token, "+15550199", DOOR)
    other = PlivoChannel(PlivoSettings(*account, plivo_url, False))
    with pytest.raises(SendFailed, match=r"\+15550199 is no number of this account"):
        other.introduce()
    other.close()
    stranger = PlivoChannel(PlivoSettings(plivo.auth_id, "x" * 40, NUMBER, DOOR, plivo_url, False))
    with pytest.raises(SendFailed, match="401") as refused:
        stranger.introduce()
    assert refused.value.outcome is Outcome.PAUSED
    stranger.close()


def test_a_number_that_takes_calls_alone_is_refused_with_the_remedy(
    plivo: Plivo, plivo_url: str
) -> None:
    account = (plivo.auth_id, plivo.auth_token, CALLS_ONLY, DOOR)
    other = PlivoChannel(PlivoSettings(*account, plivo_url, False))
    with pytest.raises(SendFailed, match="not enabled for SMS") as refused:
        other.introduce()
    other.close()
    assert refused.value.outcome is Outcome.PAUSED
    assert "Enable SMS" in str(explained(refused.value.reason))


def test_what_the_sandbox_signs_is_believed(channel: PlivoChannel, plivo: Plivo) -> None:
    told = {"X-Plivo-Signature-V3": as_played(plivo.auth_token, f"{DOOR}?m=1", "n", FORM)}
    told["X-Plivo-Signature-V3-Nonce"] = "n"
    channel.verify(Callback(f"{DOOR}?m=1", urlencode(FORM).encode(), told))


def test_a_provider_that_is_not_there_may_be_asked_again(a_message: Build) -> None:
    nowhere = PlivoChannel(PlivoSettings("MA1", "token", NUMBER, DOOR, "http://127.0.0.1:1", False))
    assert failure_of(nowhere, a_message()).outcome is Outcome.RETRY
    nowhere.close()


FORM = {"MessageUUID": "u1", "From": "15550100", "To": "15005550006", "Text": "Größe & Farbe? 1+1"}


def signed(url: str, form: dict[str, str], token: str) -> Callback:
    told = signature(token, url, "12345", {name: [value] for name, value in form.items()})
    headers = {"X-Plivo-Signature-V3": f"other,{told}", "X-Plivo-Signature-V3-Nonce": "12345"}
    return Callback(url, urlencode(form).encode(), headers)


@pytest.mark.parametrize("url", [DOOR, f"{DOOR}?m=0192&b=1"])
def test_what_plivo_signed_is_believed_and_what_another_did_is_not(
    channel: PlivoChannel, url: str
) -> None:
    channel.verify(signed(url, FORM, channel.settings.auth_token))
    with pytest.raises(BadSignature):
        channel.verify(signed(url, FORM, "another"))


@pytest.mark.parametrize("what", ["url", "body", "signature", "nonce"])
def test_a_callback_that_was_touched_is_refused(channel: PlivoChannel, what: str) -> None:
    good = signed(DOOR, FORM, channel.settings.auth_token)
    nonce = {**good.headers, "X-Plivo-Signature-V3-Nonce": ""}
    touched = {
        "url": Callback(DOOR + "?m=another", good.body, good.headers),
        "body": Callback(DOOR, good.body + b"&Text=more", good.headers),
        "signature": Callback(DOOR, good.body, {**good.headers, "X-Plivo-Signature-V3": "é"}),
        "nonce": Callback(DOOR, good.body, nonce),
    }[what]
    with pytest.raises(BadSignature):
        channel.verify(touched)


def by_v2(url: str, token: str, **more: str) -> Callback:
    told = signature_v2(token, url, "12345")
    headers = {"X-Plivo-Signature-V2": told, "X-Plivo-Signature-V2-Nonce": "12345", **more}
    return Callback(url, urlencode(FORM).encode(), headers)


@pytest.mark.parametrize("url", [DOOR, f"{DOOR}?m=0192&b=1"])
def test_a_call_about_a_message_may_be_signed_as_plivo_documents_it_for_messages(
    channel: PlivoChannel, url: str
) -> None:
    token = channel.settings.auth_token
    channel.verify(by_v2(url, token))
    for wrong in (
        by_v2(url, "another"),
        by_v2(url, token, **{"X-Plivo-Signature-V2-Nonce": ""}),
        by_v2(url, token, **{"X-Plivo-Signature-V2-Nonce": "12346"}),
        by_v2("https://app.example/callbacks/sms/another", token),
    ):
        with pytest.raises(BadSignature):
            channel.verify(Callback(url, wrong.body, wrong.headers))


def test_where_v3_comes_it_alone_is_asked(channel: PlivoChannel) -> None:
    token = channel.settings.auth_token
    forged = by_v2(DOOR, token, **{"X-Plivo-Signature-V3": "x", "X-Plivo-Signature-V3-Nonce": "1"})
    with pytest.raises(BadSignature):
        channel.verify(forged)
    good = signed(DOOR, FORM, token)
    channel.verify(Callback(DOOR, good.body, {**good.headers, "X-Plivo-Signature-V2": "x"}))


@pytest.mark.parametrize("query", ["", "?m=0192&b=1"])
def test_plivos_own_library_signs_messages_alike(query: str) -> None:
    """Made by plivo 4.63.0, `plivo.utils.validate_signature`."""
    url = f"https://app.example/callbacks/sms/key{query}"
    expected = "nQFdFKP3wCB0IGDd5rroYVs5k0gkln+qp8IOK963/uQ="
    assert signature_v2("12345", url, "05429567804466091622") == expected


@pytest.mark.parametrize(
    ("url", "form", "expected"),
    [
        (
            "https://app.example/callbacks/sms/key",
            {"MessageUUID": ["u1"], "Text": ["Größe & 1+1"], "From": ["1555"]},
            "wOebHEkU3+Ars8C+orCUT/cLe6dK8nu0cJo5oBN4kyQ=",
        ),
        (
            "https://app.example/callbacks/sms/key?m=0192&b=1",
            {"Status": ["sent"], "MessageUUID": ["u1"]},
            "9QI82p+KRpWNFjHnL7jxIJ1OyPTBtsQr6YmDGWf/+Mc=",
        ),
    ],
)
def test_plivos_own_library_signs_alike(
    url: str, form: dict[str, list[str]], expected: str
) -> None:
    """Made by plivo 4.63.0, `plivo.utils.signature_v3`."""
    assert signature("12345", url, "nonce", form) == expected


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        ("sent", "", MessageStatus.SENT),
        ("delivered", "000", MessageStatus.DELIVERED),
        ("undelivered", "30", MessageStatus.FAILED),
        ("failed", "50", MessageStatus.BOUNCED),
        ("rejected", "100", MessageStatus.REJECTED),
    ],
)
def test_a_status_names_our_message_by_its_address(
    channel: PlivoChannel, status: str, error: str, expected: MessageStatus
) -> None:
    form = {"MessageUUID": "u1", "Status": status, "ErrorCode": error, "To": "15550100"}
    [told] = channel.parse(Callback(f"{DOOR}?m=0192", urlencode(form).encode()))
    assert isinstance(told, StatusUpdate)
    assert (told.message_id, told.status) == ("0192", expected)
    assert told.suppress == (expected is MessageStatus.BOUNCED)


@pytest.mark.parametrize("number", ["15550100", "+15550100"])
def test_a_text_that_plivo_blocks_tells_that_the_customer_left_there(
    channel: PlivoChannel, number: str
) -> None:
    form = {"MessageUUID": "u1", "Status": "failed", "ErrorCode": "200", "To": number}
    [told, left] = channel.parse(Callback(f"{DOOR}?m=0192", urlencode(form).encode()))
    assert isinstance(told, StatusUpdate)
    assert (told.status, told.suppress) == (MessageStatus.FAILED, False)
    assert left == OptChange("+15550100", is_in=False, detail="Plivo 200")


def test_what_a_customer_wrote_is_read_letter_for_letter(channel: PlivoChannel) -> None:
    [told] = channel.parse(Callback(DOOR, urlencode(FORM).encode()))
    assert told == InboundMessage("u1", "+15550100", "Größe & Farbe? 1+1")


@pytest.mark.parametrize(
    "form", [{}, {"MessageUUID": "u1"}, {"MessageUUID": "u1", "Status": "flown"}]
)
def test_a_callback_that_says_nothing_known_is_an_error(
    channel: PlivoChannel, form: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"names no message|neither|flown"):
        channel.parse(Callback(DOOR, urlencode(form).encode()))
