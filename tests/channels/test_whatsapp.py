"""WhatsApp as a channel: the contract, what it hands over, and what its errors mean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from channels.base import Callback, Outcome, SendFailed
from channels.meta import MetaApp, signature
from channels.whatsapp import WhatsAppChannel, WhatsAppSettings
from channels.whatsapp_messages import body_of
from marketing.chat import Button, ChatContent, TemplateCall
from marketing.model import BadSignature, ChannelName, RenderedMessage
from marketing.rests import RestKind
from sandbox.faults import Fault
from sandbox.oauth import Client
from sandbox.whatsapp import ACCOUNT_ID, PHONE_NUMBER_ID, WhatsApp
from sandbox.whatsapp_doors import add_doors
from sandbox.world import Settings, World
from tests.contracts.channel_contract import Answer, ChannelContract, failure_of
from tests.sandbox.conftest import EVERYTHING
from tests.served import served

Build = Callable[..., RenderedMessage]
ADA = "+16505551234"
DOOR = "https://app.example/callbacks/whatsapp/key"
CART = TemplateCall(
    "cart_reminder",
    "en_US",
    (("body", "Ada", "Cedar soap"), ("button:0:url", "tok"), ("button:1:quick_reply", "AGENT")),
)


@pytest.fixture
def whatsapp(tmp_path: Path) -> Iterator[WhatsApp]:
    world = World(Settings(tmp_path, "https://app.example", Client("id", ("x",))), EVERYTHING)
    made = WhatsApp(world)
    made.call = lambda *_: 0  # type: ignore[method-assign]
    made.answer(ADA, "hello")
    yield made
    made.close()
    world.close()


@pytest.fixture
def graph_url(whatsapp: WhatsApp) -> Iterator[str]:
    app = Flask("whatsapp")
    add_doors(app, whatsapp)
    with served(app) as url:
        yield url


@pytest.fixture
def channel(whatsapp: WhatsApp, graph_url: str) -> Iterator[WhatsAppChannel]:
    token, secret = whatsapp.access_token, whatsapp.app_secret
    app = MetaApp(token, secret, "our word", "", graph_url, use_proxies=False)
    made = WhatsAppChannel(WhatsAppSettings(ACCOUNT_ID, PHONE_NUMBER_ID, app))
    yield made
    made.close()


@pytest.fixture
def a_message() -> Build:
    def build(
        message_id: str = "m1", to: str = ADA, subject: str = "", chat: ChatContent | None = None
    ) -> RenderedMessage:
        whole = (subject, "", "Still there?")
        return RenderedMessage(
            message_id, ChannelName.WHATSAPP, to, "Ada", "", "Store", *whole, chat=chat
        )

    return build


class WhatsAppProvider:
    def __init__(self, whatsapp: WhatsApp) -> None:
        self.whatsapp = whatsapp

    def answers(self, what: Answer) -> None:
        order = self.whatsapp.faults.order
        match what:
            case "bad address":
                order(Fault("whatsapp", "reply", code=131026, text="Message undeliverable"))
            case "busy":
                order(Fault("whatsapp", "reply", code=429, text="Rate limit hit"))
            case "lost after taking":
                order(Fault("whatsapp", "hang_up"))
            case "bad credentials":
                self.whatsapp.access_token = "another"

    def taken(self) -> int:
        return sum(not one["is_inbound"] for one in self.whatsapp.messages())


@pytest.fixture
def provider(whatsapp: WhatsApp) -> WhatsAppProvider:
    return WhatsAppProvider(whatsapp)


class TestWhatsApp(ChannelContract):
    def test_a_bad_address_fails_for_good_and_is_suppressed(
        self, channel: Any, provider: Any, a_message: Build
    ) -> None:
        """131026 is told of many things, also of a phone that was off: it only counts."""
        provider.answers("bad address")
        failure = failure_of(channel, a_message("m1"))
        assert (failure.outcome, failure.suppress) == (Outcome.REJECTED, False)
        assert failure.rests is RestKind.UNREACHABLE


def sent(whatsapp: WhatsApp) -> list[dict[str, Any]]:
    return [one for one in whatsapp.messages() if not one["is_inbound"]]


def test_a_message_carries_our_id_and_goes_to_a_number(a_message: Build) -> None:
    assert body_of(a_message()) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "16505551234",
        "biz_opaque_callback_data": "m1",
        "type": "text",
        "text": {"body": "Still there?", "preview_url": False},
    }


def test_who_hides_their_number_is_reached_by_the_id_that_this_business_has(
    a_message: Build,
) -> None:
    body = body_of(a_message(to="US.13491208655302741918"))
    assert body["recipient"] == "US.13491208655302741918"
    assert "to" not in body


def test_a_template_is_handed_over_as_meta_wants_it(
    channel: WhatsAppChannel, whatsapp: WhatsApp, a_message: Build
) -> None:
    message = a_message(chat=ChatContent("", template=CART))
    assert body_of(message)["template"] == {
        "name": "cart_reminder",
        "language": {"code": "en_US"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": "Ada"},
                    {"type": "text", "text": "Cedar soap"},
                ],
            },
            {
                "type": "button",
                "sub_type": "url",
                "index": "0",
                "parameters": [{"type": "text", "text": "tok"}],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "1",
                "parameters": [{"type": "payload", "payload": "AGENT"}],
            },
        ],
    }
    assert channel.send(message).provider_id
    [one] = sent(whatsapp)
    assert one["text"].startswith("Hi Ada, your Cedar soap is still in your cart.")
    assert one["buttons"][0]["url"] == "https://app.example/cart/tok"
    assert one["opaque"] == "m1"


def test_pictures_and_named_values_have_their_own_shape(a_message: Build) -> None:
    call = TemplateCall("n", "de", (("header:image", "https://x/y.jpg"), ("body:name", "Ada")))
    components = body_of(a_message(chat=ChatContent("", template=call)))["template"]["components"]
    assert components == [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x/y.jpg"}}]},
        {
            "type": "body",
            "parameters": [{"type": "text", "parameter_name": "name", "text": "Ada"}],
        },
    ]


def test_three_answers_are_buttons_and_more_are_a_list(
    channel: WhatsAppChannel, whatsapp: WhatsApp, a_message: Build
) -> None:
    for count in (3, 4):
        answers = tuple(Button(f"Size {number}", f"a:ask:{number}") for number in range(count))
        channel.send(a_message(chat=ChatContent("Which?", answers, menu="Choose")))
    buttons, rows = sent(whatsapp)
    assert {one["of"] for one in buttons["buttons"] + rows["buttons"]} == {"list"}
    plain = ChatContent("Which?", (Button("Yes", "y"), Button("Talk to somebody of the team", "n")))
    action = body_of(a_message(chat=plain))["interactive"]["action"]
    assert [one["reply"]["title"] for one in action["buttons"]] == ["Yes", "Talk to somebody of…"]


def test_a_link_is_a_button_of_its_own(a_message: Build) -> None:
    chat = ChatContent("Here", (Button("Back to the cart", url="https://x/y"),))
    interactive = body_of(a_message(chat=chat))["interactive"]
    assert interactive["type"] == "cta_url"
    assert interactive["action"]["parameters"]["url"] == "https://x/y"


@pytest.mark.parametrize("text", ["", "a" * 4097])
def test_what_whatsapp_would_not_take_is_not_sent(
    channel: WhatsAppChannel, whatsapp: WhatsApp, a_message: Build, text: str
) -> None:
    assert failure_of(channel, a_message(chat=ChatContent(text))).outcome is Outcome.REJECTED
    assert sent(whatsapp) == []


def test_outside_the_window_only_a_template_goes(
    channel: WhatsAppChannel, whatsapp: WhatsApp, a_message: Build
) -> None:
    other = "+16505550000"
    failure = failure_of(channel, a_message(to=other))
    assert (failure.outcome, failure.window_closed) == (Outcome.REJECTED, True)
    assert failure.rests is RestKind.WINDOW
    assert channel.send(a_message(to=other, chat=ChatContent("", template=CART)))


@pytest.mark.parametrize(
    ("code", "outcome", "also"),
    [
        (131049, Outcome.REJECTED, {"rests": RestKind.MARKETING, "opted_out": False}),
        (131050, Outcome.REJECTED, {"opted_out": True}),
        (131056, Outcome.RETRY, {"retry_after": 6.0, "grows": 4.0}),
        (131048, Outcome.PAUSED, {"retry_after": 86400.0}),
        (131042, Outcome.PAUSED, {}),
        (131031, Outcome.PAUSED, {}),
        (190, Outcome.PAUSED, {}),
        (131016, Outcome.RETRY, {}),
        (132015, Outcome.REJECTED, {"suppress": False}),
        (130472, Outcome.REJECTED, {"suppress": False, "rests": None}),
        (80007, Outcome.RETRY, {}),
    ],
)
def test_each_error_means_something_else(
    channel: WhatsAppChannel,
    whatsapp: WhatsApp,
    a_message: Build,
    code: int,
    outcome: Outcome,
    also: dict[str, Any],
) -> None:
    whatsapp.faults.order(Fault("whatsapp", "reply", code=code, text="No"))
    failure = failure_of(channel, a_message())
    assert failure.outcome is outcome
    assert {name: getattr(failure, name) for name in also} == also
    assert str(code) in failure.reason


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_answer_in_no_json_leaves_it_unknown(
    channel: WhatsAppChannel, monkeypatch: pytest.MonkeyPatch, a_message: Build, status: int
) -> None:
    with answering(status, b"<html>Sorry</html>", channel, monkeypatch):
        assert failure_of(channel, a_message()).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'{"messages": []}', b"[]"])
def test_a_taken_message_without_an_id_is_unknown(
    channel: WhatsAppChannel, monkeypatch: pytest.MonkeyPatch, a_message: Build, body: bytes
) -> None:
    with answering(200, body, channel, monkeypatch):
        assert failure_of(channel, a_message()).outcome is Outcome.UNKNOWN


def test_marketing_goes_by_the_other_door_where_meta_says_so(
    channel: WhatsAppChannel, whatsapp: WhatsApp, a_message: Build
) -> None:
    message = a_message(chat=ChatContent("", template=CART))
    whatsapp.faults.order(Fault("whatsapp", "reply", code=131063, text="Use the other one"))
    assert channel.send(message).provider_id
    assert channel.send(message).provider_id
    assert len(sent(whatsapp)) == 2
    whatsapp.faults.order(Fault("whatsapp", "reply", code=131063, text="Use the other one"))
    assert failure_of(channel, a_message()).outcome is Outcome.REJECTED


def test_every_template_is_read_page_by_page(channel: WhatsAppChannel, whatsapp: WhatsApp) -> None:
    found = {(one.name, one.language): one for one in channel.templates()}
    assert len(found) == len(whatsapp.templates) == 5
    assert found["spring_sale", "en_US"].status == "paused"
    assert found["new_arrivals", "en_US"].reason == "INVALID_FORMAT"


def test_the_account_introduces_itself(channel: WhatsAppChannel, whatsapp: WhatsApp) -> None:
    assert channel.introduce() == "Maple & Moss, +1 555-078-3881"
    whatsapp.access_token = "another"
    with pytest.raises(SendFailed) as refused:
        channel.introduce()
    assert refused.value.outcome is Outcome.PAUSED


def test_only_metas_signature_of_these_very_bytes_opens_the_door(
    channel: WhatsAppChannel, whatsapp: WhatsApp
) -> None:
    body = '{"object":"whatsapp_business_account","entry":[],"x":"é😀"}'.encode()
    right = signature(whatsapp.app_secret, body)
    channel.verify(Callback(DOOR, body, {"X-Hub-Signature-256": right}))
    wrong = [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": right.upper()},
        {"X-Hub-Signature-256": right.replace("sha256", "sha1")},
        {"X-Hub-Signature-256": right[:-1]},
        {"X-Hub-Signature-256": signature("another store's", body)},
        {"X-Hub-Signature-256": "sha256=é"},
    ]
    for headers in wrong:
        with pytest.raises(BadSignature):
            channel.verify(Callback(DOOR, body, headers))
    with pytest.raises(BadSignature):
        channel.verify(Callback(DOOR, body + b" ", {"X-Hub-Signature-256": right}))


def test_metas_first_question_is_answered_to_whoever_knows_our_word(
    channel: WhatsAppChannel,
) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "our word", "hub.challenge": "115820"}
    assert channel.challenge(asked) == "115820"
    assert channel.challenge({**asked, "hub.verify_token": "another"}) is None


@contextmanager
def answering(
    status: int, body: bytes, channel: WhatsAppChannel, patch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let a stand-in give one answer to every call of the channel."""
    app = Flask("answering")
    app.add_url_rule("/<path:_>", "all", lambda _: (body, status), methods=["GET", "POST"])
    of = channel.settings.app
    with served(app) as url:
        patch.setattr(channel._graph, "app", MetaApp(of.access_token, of.app_secret, "w", "", url))
        yield
