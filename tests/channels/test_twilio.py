"""Twilio as a channel: the contract, its signatures by Twilio's own library, and its reports."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator

from channels.base import (
    Attachment,
    Callback,
    InboundKind,
    InboundMessage,
    Outcome,
    StatusUpdate,
)
from channels.sms.twilio import TwilioChannel, TwilioSettings
from marketing.attachments import AttachmentKind
from marketing.model import ChannelName, MessageStatus, RenderedMessage
from sandbox import media
from sandbox.faults import Fault
from sandbox.oauth import Client
from sandbox.twilio import LEFT, NO_NUMBER, NUMBER, Twilio, add_doors, add_media
from sandbox.twilio import signature as as_played
from sandbox.world import Settings, World
from tests.contracts.channel_contract import Answer, ChannelContract, failure_of
from tests.sandbox.conftest import EVERYTHING
from tests.served import served

Build = Callable[..., RenderedMessage]
DOOR = "https://app.example/callbacks/sms/key"
ADA = "+15550100"


@pytest.fixture
def twilio(tmp_path: Path) -> Iterator[Twilio]:
    world = World(Settings(tmp_path, "http://127.0.0.1:1", Client("id", ("hunter2",))), EVERYTHING)
    made = Twilio(world)
    yield made
    made.close()
    world.close()


@pytest.fixture
def api_url(twilio: Twilio) -> Iterator[str]:
    app = Flask("twilio")
    add_doors(app, twilio)
    add_media(app, twilio)
    media.add_door(app)
    with served(app) as url:
        yield url


@pytest.fixture
def settings(twilio: Twilio, api_url: str) -> TwilioSettings:
    account, token = twilio.account_sid, twilio.auth_token
    return TwilioSettings(account, token, NUMBER, "http://127.0.0.1:1/x", api_url, False)


@pytest.fixture
def channel(settings: TwilioSettings) -> Iterator[TwilioChannel]:
    made = TwilioChannel(settings)
    yield made
    made.close()


@pytest.fixture
def a_message() -> Build:
    def build(message_id: str = "m1", to: str = ADA, subject: str = "") -> RenderedMessage:
        return RenderedMessage(
            message_id, ChannelName.SMS, to, "Ada", "", "Store", subject, "", "Still there"
        )

    return build


class TwilioProvider:
    def __init__(self, twilio: Twilio) -> None:
        self.twilio = twilio
        self.token = twilio.auth_token

    def answers(self, what: Answer) -> None:
        match what:
            case "bad address":
                self.twilio.refusal = lambda to: (21211, f"{to} is no number")  # type: ignore[method-assign]
            case "busy":
                self.twilio.faults.order(Fault("texts", "reply", code=429, text="Too many"))
            case "lost after taking":
                self.twilio.faults.order(Fault("texts", "hang_up"))
            case "bad credentials":
                self.twilio.auth_token = "another"

    def taken(self) -> int:
        return len(self.twilio.texts())


class TestTwilioIsAChannel(ChannelContract):
    @pytest.fixture
    def provider(self, twilio: Twilio) -> TwilioProvider:
        return TwilioProvider(twilio)


def test_what_twilio_takes_is_what_we_wrote(
    channel: TwilioChannel, twilio: Twilio, a_message: Build
) -> None:
    receipt = channel.send(a_message())
    [text] = twilio.texts(ADA)
    assert (text["sid"], text["body"]) == (receipt.provider_id, "Still there")


@pytest.mark.parametrize(
    ("to", "suppress", "opted_out"), [(NO_NUMBER, True, False), (ADA, False, True)]
)
def test_numbers_that_are_gone_and_people_who_left_are_told_apart(
    channel: TwilioChannel,
    twilio: Twilio,
    a_message: Build,
    to: str,
    *,
    suppress: bool,
    opted_out: bool,
) -> None:
    if opted_out:
        twilio.answer(ADA, "STOP")
    failure = failure_of(channel, a_message(to=to))
    assert failure.outcome is Outcome.REJECTED
    assert (failure.suppress, failure.opted_out) == (suppress, opted_out)
    assert str(LEFT if opted_out else 21211) in failure.reason


def test_a_provider_that_is_not_there_may_be_asked_again(
    settings: TwilioSettings, a_message: Build
) -> None:
    account = (settings.account_sid, settings.auth_token, settings.sender, settings.callback_url)
    nowhere = TwilioChannel(TwilioSettings(*account, "http://127.0.0.1:1", False))
    assert failure_of(nowhere, a_message()).outcome is Outcome.RETRY
    nowhere.close()


FORM = {"MessageSid": "SM1", "From": ADA, "To": NUMBER, "Body": "Größe & Farbe? 50% + 1"}


def test_the_sandbox_signs_as_twilios_library_does() -> None:
    assert as_played("12345", DOOR, FORM) == RequestValidator("12345").compute_signature(DOOR, FORM)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        ("sent", "", MessageStatus.SENT),
        ("partially_delivered", "", MessageStatus.SENT),
        ("delivered", "", MessageStatus.DELIVERED),
        ("read", "", MessageStatus.OPENED),
        ("undelivered", "30008", MessageStatus.FAILED),
        ("failed", "30005", MessageStatus.BOUNCED),
    ],
)
def test_a_status_names_our_message_by_its_address(
    channel: TwilioChannel, status: str, error: str, expected: MessageStatus
) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": error}
    [told] = channel.parse(Callback(f"{DOOR}?m=0192", urlencode(form).encode()))
    assert isinstance(told, StatusUpdate)
    assert (told.message_id, told.status) == ("0192", expected)
    assert told.suppress == (expected is MessageStatus.BOUNCED)


def test_what_a_customer_wrote_is_read_letter_for_letter(channel: TwilioChannel) -> None:
    [told] = channel.parse(Callback(DOOR, urlencode(FORM).encode()))
    assert told == InboundMessage("SM1", ADA, "Größe & Farbe? 50% + 1")


@pytest.mark.parametrize(
    ("body", "kind"), [("It broke", InboundKind.TEXT), ("", InboundKind.ATTACHMENT)]
)
def test_the_files_of_a_message_come_with_their_kinds(
    channel: TwilioChannel, body: str, kind: InboundKind
) -> None:
    form = {"MessageSid": "MM1", "From": ADA, "Body": body, "NumMedia": "3"}
    for number, told in enumerate(("image/jpeg", "audio/amr", "text/vcard")):
        form |= {f"MediaUrl{number}": f"https://x/{number}", f"MediaContentType{number}": told}
    [one] = channel.parse(Callback(DOOR, urlencode(form).encode()))
    assert isinstance(one, InboundMessage)
    assert one.kind is kind
    kinds = (AttachmentKind.PICTURE, AttachmentKind.VOICE, AttachmentKind.CONTACT)
    assert one.attachments == tuple(
        Attachment(kind, url=f"https://x/{number}") for number, kind in enumerate(kinds)
    )


@pytest.mark.parametrize("count", ["", "-1", "many", "999999"])
def test_a_count_of_files_that_makes_no_sense_is_none_of_them(
    channel: TwilioChannel, count: str
) -> None:
    form = {"MessageSid": "MM1", "From": ADA, "Body": "Hi", "NumMedia": count}
    [one] = channel.parse(Callback(DOOR, urlencode(form).encode()))
    assert isinstance(one, InboundMessage)
    assert one.attachments == ()


@pytest.mark.parametrize(
    ("more", "is_answered"),
    [
        ({"Body": "HELP"}, True),
        ({"Body": " info "}, True),
        ({"Body": "Hilfe"}, False),
        ({"Body": "help please"}, False),
        ({"Body": "AIDE", "OptOutType": "HELP"}, True),
    ],
)
def test_what_twilio_answered_itself_is_told(
    channel: TwilioChannel, more: dict[str, str], *, is_answered: bool
) -> None:
    [told] = channel.parse(Callback(DOOR, urlencode({**FORM, **more}).encode()))
    assert isinstance(told, InboundMessage)
    assert told.is_answered is is_answered


@pytest.mark.parametrize(
    "form", [{}, {"MessageSid": "SM1"}, {"MessageSid": "SM1", "MessageStatus": "flown"}]
)
def test_a_callback_that_says_nothing_known_is_an_error(
    channel: TwilioChannel, form: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"names no message|neither|flown"):
        channel.parse(Callback(DOOR, urlencode(form).encode()))
