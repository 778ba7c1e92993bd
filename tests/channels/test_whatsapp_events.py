"""WhatsApp's webhooks as Meta sends them: what each says in our words."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from channels.base import (
    AccountTrouble,
    Attachment,
    Callback,
    InboundKind,
    InboundMessage,
    OptChange,
    StatusUpdate,
    TemplateNews,
    Told,
)
from channels.whatsapp_events import Number, parse
from marketing.attachments import AttachmentKind
from marketing.model import MessageStatus
from marketing.rests import RestKind
from marketing.whatsapp import is_free

RECORDED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "payloads" / "whatsapp_webhooks.json").read_text("utf-8")
)
NUMBER = Number("102290129340398", "106540352242922")
ADA, ADAS_ID = "+16505551234", "US.13491208655302741918"


def read(*changes: dict[str, Any], account: str = NUMBER.account_id) -> list[Told]:
    entry = {"id": account, "changes": list(changes)}
    told = {"object": "whatsapp_business_account", "entry": [entry]}
    return parse(NUMBER, Callback("https://app.example/x", orjson.dumps(told)))


def recorded(name: str) -> list[Told]:
    return read(RECORDED[name])


def test_a_text_tells_number_name_and_the_other_id() -> None:
    [one] = recorded("text")
    assert isinstance(one, InboundMessage)
    assert (one.sender, one.sender_name, one.also) == (ADA, "Ada", (ADAS_ID,))
    assert (one.kind, one.text) == (InboundKind.TEXT, "Does it come in another color?")
    assert one.received_at == datetime.fromtimestamp(1749416383, UTC)


def test_who_goes_by_a_user_name_has_an_id_of_this_business_own() -> None:
    [one] = recorded("text_of_a_user_name")
    assert isinstance(one, InboundMessage)
    assert (one.sender, one.also) == (ADAS_ID, ())


@pytest.mark.parametrize(
    ("name", "kind", "text", "payload"),
    [
        ("template_button", InboundKind.BUTTON, "Talk to an agent", "AGENT"),
        ("button_reply", InboundKind.BUTTON, "Yes", "a:ask:0"),
        ("list_reply", InboundKind.BUTTON, "Size XL", "a:ask:4"),
        ("image", InboundKind.ATTACHMENT, "It broke", ""),
        ("reaction", InboundKind.REACTION, "👍", ""),
        ("unsupported", InboundKind.ATTACHMENT, "", ""),
        ("from_an_ad", InboundKind.TEXT, "Tell me more", ""),
    ],
)
def test_what_people_do_is_told_by_its_kind(
    name: str, kind: InboundKind, text: str, payload: str
) -> None:
    [one] = recorded(name)
    assert isinstance(one, InboundMessage)
    assert (one.kind, one.text, one.payload) == (kind, text, payload)


def test_a_file_is_named_by_its_id_and_what_cannot_be_told_by_nothing() -> None:
    [picture], [unknown] = recorded("image"), recorded("unsupported")
    assert isinstance(picture, InboundMessage)
    assert isinstance(unknown, InboundMessage)
    told = Attachment(AttachmentKind.PICTURE, media_id="2754859441498128")
    assert picture.attachments == (told,)
    assert unknown.attachments == (Attachment(AttachmentKind.OTHER),)


def test_an_ad_is_named_and_a_changed_number_says_nothing_yet() -> None:
    [one] = recorded("from_an_ad")
    assert isinstance(one, InboundMessage)
    assert one.referral == "120226305854810726"
    assert recorded("number_changed") == []


@pytest.mark.parametrize(("before", "known_as"), [("w1", "w1:edit:w2"), ("", "w2")])
def test_a_change_is_known_by_what_it_changes(before: str, known_as: str) -> None:
    edit = {"original_message_id": before, "message": {"type": "text", "text": {"body": "Stop"}}}
    told = {"from": "16505551234", "id": "w2", "type": "edit", "edit": edit}
    change = {"field": "messages", "value": {"messages": [told]}}
    [one] = read(change)
    assert isinstance(one, InboundMessage)
    assert (one.provider_id, one.text) == (known_as, "Stop")


def test_what_somebody_wrote_on_the_stores_own_phone_is_an_echo() -> None:
    [one] = recorded("echo")
    assert isinstance(one, InboundMessage)
    assert (one.is_echo, one.recipient, one.text) == (True, ADA, "I'll look into it")


@pytest.mark.parametrize(
    ("name", "status", "detail"),
    [
        ("sent", MessageStatus.SENT, "marketing, regular"),
        ("delivered", MessageStatus.DELIVERED, "marketing, regular"),
        ("read", MessageStatus.OPENED, ""),
    ],
)
def test_a_status_carries_our_id_and_what_meta_bills(
    name: str, status: MessageStatus, detail: str
) -> None:
    [one] = recorded(name)
    assert isinstance(one, StatusUpdate)
    assert (one.status, one.message_id, one.recipient, one.detail) == (status, "m1", ADA, detail)
    assert not one.suppress


def test_a_capped_message_has_its_customer_rest() -> None:
    [one] = recorded("failed_marketing_cap")
    assert isinstance(one, StatusUpdate)
    assert (one.status, one.rests) == (MessageStatus.FAILED, RestKind.MARKETING)
    assert one.detail.startswith("Meta 131049: This message was not delivered")


def test_who_stopped_marketing_is_told_with_the_failure_too() -> None:
    failed, left = recorded("failed_opted_out")
    assert isinstance(failed, StatusUpdate)
    assert isinstance(left, OptChange)
    assert (left.sender, left.is_in) == (ADA, False)


def test_stop_and_resume_are_told_by_whatsapp_itself() -> None:
    [stop], [resume] = recorded("stop"), recorded("resume")
    assert isinstance(stop, OptChange)
    assert isinstance(resume, OptChange)
    assert (stop.sender, stop.is_in) == (ADA, False)
    assert (resume.sender, resume.is_in) == (ADAS_ID, True)


def test_news_of_templates_name_them() -> None:
    [paused], [turned] = recorded("template_paused"), recorded("template_category")
    assert paused == TemplateNews("cart_v3", "en_US", "paused")
    assert turned == TemplateNews("cart_v3", "en_US")
    failed, asked = recorded("failed_paused_template")
    assert isinstance(failed, StatusUpdate)
    assert asked == TemplateNews()


def test_trouble_with_the_account_is_told_in_words() -> None:
    assert recorded("account_restricted") == [AccountTrouble("Meta: ACCOUNT_VIOLATION (ALCOHOL)")]


def test_what_is_another_accounts_or_numbers_is_not_ours() -> None:
    assert read(RECORDED["text"], account="1") == []
    other = json.loads(json.dumps(RECORDED["text"]))
    other["value"]["metadata"]["phone_number_id"] = "2"
    assert read(other) == []


def test_several_things_come_in_one_call() -> None:
    assert len(read(*RECORDED.values())) >= len(RECORDED) - 1


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"x", b'{"object": "page", "entry": []}', b"\xff", b'{"object": []}'],
)
def test_what_is_no_webhook_of_whatsapps_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(NUMBER, Callback("https://app.example/x", body))


@pytest.mark.parametrize(
    "value",
    [
        {}, {"messages": 5}, {"messages": [5]}, {"messages": [{}]}, {"statuses": [{"id": "x"}]},
        {"messages": [{"from": "1", "id": "w", "type": "interactive", "interactive": []}]},
        {"messages": [{"from": None, "id": "w", "type": "text"}]},
        {"statuses": [{"id": "x", "status": "failed", "errors": [{"code": "x"}]}]},
        {"statuses": [{"id": "x", "status": "warning"}]},
    ],
)  # fmt: skip
def test_odd_shapes_break_nothing(value: dict[str, Any]) -> None:
    assert isinstance(read({"field": "messages", "value": value}), list)


@pytest.mark.parametrize(
    ("pricing", "is_it"),
    [
        ({"billable": False, "type": "free_entry_point", "category": "marketing"}, True),
        ({"billable": False, "type": "free_customer_service", "category": "utility"}, True),
        ({"type": "free_entry_point"}, True),
        ({"billable": True, "type": "free_customer_service"}, False),
        ({"billable": True, "type": "regular", "category": "marketing"}, False),
        ({"billable": "no"}, False),
        ({}, False),
    ],
)
def test_what_is_billed_nothing_for_is_told_as_meta_tells_it(
    pricing: dict[str, Any], is_it: bool
) -> None:
    assert is_free(pricing) == is_it
