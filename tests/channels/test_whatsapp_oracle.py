"""WhatsApp as pywa knows it: what Meta tells is read, and what we send is written, as it does."""

from datetime import UTC
from typing import Any

import httpx
import orjson
import pytest
from pywa import WhatsApp, types
from pywa.types.templates import BaseParams, BodyText, QuickReplyButton, TemplateLanguage
from pywa.types.templates import URLButton as OpensPage

from channels.base import InboundKind, InboundMessage, OptChange, StatusUpdate, TemplateNews
from channels.meta import signature
from channels.whatsapp_messages import body_of
from marketing.chat import Button, ChatContent, TemplateCall
from marketing.model import ChannelName, MessageStatus, RenderedMessage
from tests.channels.test_whatsapp_events import ADAS_ID, NUMBER, RECORDED, read

ADA, SECRET, WORD = "16505551234", "appsecret", "our-word"
CODES = {
    MessageStatus.SENT: "sent",
    MessageStatus.DELIVERED: "delivered",
    MessageStatus.OPENED: "read",
    MessageStatus.FAILED: "failed",
}


class Pywa:
    """pywa's client, which sends to a list and is told of webhooks by hand."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.heard: list[Any] = []
        self.client = WhatsApp(
            NUMBER.phone_number_id,
            "token",
            session=httpx.Client(transport=httpx.MockTransport(self._take)),
            server=None,
            app_secret=SECRET,
            verify_token=WORD,
            filter_updates=False,
        )
        for listen in (
            self.client.on_message,
            self.client.on_callback_button,
            self.client.on_callback_selection,
            self.client.on_message_status,
            self.client.on_user_marketing_preferences,
        ):
            listen(lambda _, told: self.heard.append(told))

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(orjson.loads(request.content))
        contact = {"input": ADA, "wa_id": ADA}
        return httpx.Response(200, json={"contacts": [contact], "messages": [{"id": "wamid.1"}]})

    def told(self, name: str) -> Any:
        """Let it read a recorded webhook."""
        entry = {"id": NUMBER.account_id, "changes": [whole(name)]}
        body = orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})
        assert self.client.webhook_update_validator(body, signature(SECRET, body)) is None
        assert self.client.webhook_update_handler(body)[1] == 200
        [one] = self.heard
        return one


def whole(name: str) -> dict[str, Any]:
    """Give a recorded webhook with what pywa knows none without."""
    change: dict[str, Any] = orjson.loads(orjson.dumps(RECORDED[name]))
    value = change["value"]
    [contact] = value.setdefault("contacts", [{"profile": {"name": "Ada"}}])
    contact.setdefault("user_id", ADAS_ID)
    if name != "text_of_a_user_name":
        contact.setdefault("wa_id", ADA)
    for one in value.get("statuses", []):
        for error in one.get("errors", []):
            error.setdefault("message", error["title"])
    for one in value.get("messages", []):
        if one["type"] in {"button", "interactive"}:
            one.setdefault("context", {"from": "15550783881", "id": "wamid.OURS"})
    return change


def ours_of(name: str) -> Any:
    """Give what we read in it."""
    return next(one for one in read(whole(name)) if not isinstance(one, TemplateNews))


@pytest.fixture
def pywa() -> Pywa:
    return Pywa()


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["text", "image", "reaction", "from_an_ad", "text_of_a_user_name"])
def test_a_message_says_to_us_what_it_says_to_pywa(pywa: Pywa, name: str) -> None:
    ours, theirs = ours_of(name), pywa.told(name)
    assert isinstance(ours, InboundMessage)
    assert isinstance(theirs, types.Message)
    assert (ours.provider_id, ours.received_at) == (theirs.id, theirs.timestamp.astimezone(UTC))
    assert ours.sender == (f"+{theirs.from_user.wa_id}" if theirs.from_user.wa_id else
                           theirs.from_user.bsuid)  # fmt: skip
    assert ours.sender_name == theirs.from_user.name
    emoji = theirs.reaction.emoji if theirs.reaction else None
    assert ours.text == (theirs.text or theirs.caption or emoji or "")
    assert (ours.kind is InboundKind.REACTION) == (theirs.reaction is not None)
    assert (ours.kind is InboundKind.ATTACHMENT) == theirs.has_media


@pytest.mark.parametrize("name", ["template_button", "button_reply", "list_reply"])
def test_a_tapped_answer_carries_to_us_what_it_carries_to_pywa(pywa: Pywa, name: str) -> None:
    ours, theirs = ours_of(name), pywa.told(name)
    assert isinstance(ours, InboundMessage)
    assert isinstance(theirs, types.CallbackButton | types.CallbackSelection)
    assert (ours.kind, ours.text, ours.payload) == (InboundKind.BUTTON, theirs.title, theirs.data)
    assert (ours.provider_id, ours.sender) == (theirs.id, f"+{theirs.from_user.wa_id}")


@pytest.mark.parametrize(
    "name", ["sent", "delivered", "read", "failed_marketing_cap", "failed_opted_out"]
)
def test_a_status_says_to_us_what_it_says_to_pywa(pywa: Pywa, name: str) -> None:
    ours = next(one for one in read(whole(name)) if isinstance(one, StatusUpdate))
    theirs = pywa.told(name)
    assert isinstance(theirs, types.MessageStatus)
    assert CODES[ours.status] == theirs.status.value
    assert (ours.provider_id, ours.message_id) == (theirs.id, theirs.tracker)
    assert ours.occurred_at == theirs.timestamp.astimezone(UTC)
    if theirs.error:
        assert f"Meta {theirs.error.code}: " in ours.detail
    elif theirs.pricing:
        billed = theirs.pricing
        assert ours.detail == f"{billed.category.value}, {billed.type.value}"


@pytest.mark.parametrize("name", ["stop", "resume"])
def test_who_stops_marketing_there_stops_it_for_both(pywa: Pywa, name: str) -> None:
    ours, theirs = ours_of(name), pywa.told(name)
    assert isinstance(ours, OptChange)
    assert isinstance(theirs, types.UserMarketingPreferences)
    assert ours.is_in == bool(theirs)
    assert ours.occurred_at == theirs.timestamp.astimezone(UTC)


# --- writing ------------------------------------------------------------------------------------


def written(text: str, content: ChatContent | None = None) -> dict[str, Any]:
    message = RenderedMessage(
        "m1", ChannelName.WHATSAPP, f"+{ADA}", "Ada", "", "Store", "", "", text, chat=content
    )
    return body_of(message)


YES, NO = Button("Yes", "a:ask:0"), Button("No", "a:ask:1")
SHOP = Button("To the shop", url="https://shop.example/p")


def test_words_are_what_pywa_sends(pywa: Pywa) -> None:
    pywa.client.send_message(ADA, "Still there?", tracker="m1")
    pywa.client.send_message(ADA, "See https://x.example", preview_url=True, tracker="m1")
    plain, linked = pywa.sent
    assert written("Still there?") == plain | {"text": plain["text"] | {"preview_url": False}}
    assert written("See https://x.example") == linked


def test_answers_and_a_page_to_open_are_what_pywa_sends(pywa: Pywa) -> None:
    answers = [types.Button(one.label, one.payload) for one in (YES, NO)]
    pywa.client.send_message(ADA, "Which?", buttons=answers, tracker="m1")
    page = types.URLButton(SHOP.label, SHOP.url)
    pywa.client.send_message(ADA, "Look", buttons=page, tracker="m1")
    assert [
        written("", ChatContent("Which?", (YES, NO))),
        written("", ChatContent("Look", (SHOP,))),
    ] == pywa.sent


def test_a_template_is_what_pywa_sends(pywa: Pywa) -> None:
    params: list[BaseParams] = [
        BodyText.params("Ada", "Cedar soap"),
        OpensPage.params(url_variable="tok", index=0),
        QuickReplyButton.params(callback_data="AGENT", index=1),
    ]
    language = TemplateLanguage.ENGLISH_US
    pywa.client.send_template(ADA, "cart_reminder", language, params, tracker="m1")
    parts = (("body", "Ada", "Cedar soap"), ("button:0:url", "tok"),
             ("button:1:quick_reply", "AGENT"))  # fmt: skip
    [theirs] = pywa.sent
    call = TemplateCall("cart_reminder", "en_US", parts)
    assert in_order(written("", ChatContent("", template=call))) == in_order(theirs)


def in_order(body: dict[str, Any]) -> dict[str, Any]:
    """Give a template's body with indices as words and kinds in small letters: Meta takes both."""
    for one in body["template"]["components"]:
        one["type"] = one["type"].lower()
        if "index" in one:
            one["index"] = str(one["index"])
        if "sub_type" in one:
            one["sub_type"] = one["sub_type"].lower()
    return body
