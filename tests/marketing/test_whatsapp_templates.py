"""Templates of WhatsApp: their blanks, what fits them, and what is never even sent to Meta."""

from dataclasses import replace
from typing import Any

import pytest

from marketing.said import in_language
from marketing.whatsapp_templates import (
    REASONS,
    BadParameter,
    BlankKind,
    MessageTemplate,
    blanks_of,
    call_of,
    quick_replies_of,
    read_template,
    shown_of,
    status_refusal,
)

CART: dict[str, Any] = {
    "id": "594425479261596",
    "name": "cart_v3",
    "language": "en_US",
    "category": "MARKETING",
    "status": "APPROVED",
    "quality_score": {"score": "GREEN", "date": 1760000000},
    "rejected_reason": "NONE",
    "parameter_format": "POSITIONAL",
    "components": [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://x/y.jpg"]}},
        {
            "type": "BODY",
            "text": "Hi {{1}}, your {{2}} is still there, {{1}}!",
            "example": {"body_text": [["Ada", "tea"]]},
        },
        {"type": "FOOTER", "text": "Reply STOP to end"},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Back to it",
                    "url": "https://app.example/c/{{1}}",
                    "example": ["https://app.example/c/abc"],
                },
                {"type": "QUICK_REPLY", "text": "Talk to an agent"},
                {"type": "COPY_CODE", "text": "Copy", "example": "SAVE10"},
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100"},
            ],
        },
    ],
}
FULL = {
    "header:image": "https://shop.example/tea.jpg",
    "body:1": "Ada",
    "body:2": "Assam",
    "button:0": "tok",
    "button:2": "SAVE10",
}


@pytest.fixture
def cart() -> MessageTemplate:
    return read_template(CART)


def test_every_blank_is_found_once_with_its_example(cart: MessageTemplate) -> None:
    assert [(one.place, one.kind, one.example) for one in blanks_of(cart)] == [
        ("header:image", BlankKind.IMAGE, ""),
        ("body:1", BlankKind.TEXT, "Ada"),
        ("body:2", BlankKind.TEXT, "tea"),
        ("button:0", BlankKind.ADDRESS_END, "https://app.example/c/abc"),
        ("button:2", BlankKind.CODE, "SAVE10"),
    ]
    assert quick_replies_of(cart) == ((1, "Talk to an agent"),)


def test_a_full_template_becomes_a_call_in_metas_order(cart: MessageTemplate) -> None:
    call = call_of(cart, FULL, {1: "AGENT"})
    assert (call.name, call.language) == ("cart_v3", "en_US")
    assert call.parameters == (
        ("header:image", "https://shop.example/tea.jpg"),
        ("body", "Ada", "Assam"),
        ("button:0:url", "tok"),
        ("button:2:copy_code", "SAVE10"),
        ("button:1:quick_reply", "AGENT"),
    )


@pytest.mark.parametrize("place", sorted(FULL))
def test_what_is_left_empty_is_refused_by_its_place(cart: MessageTemplate, place: str) -> None:
    with pytest.raises(BadParameter) as refused:
        call_of(cart, {**FULL, place: " \n "})
    assert refused.value.place == place


def test_a_value_goes_on_one_line(cart: MessageTemplate) -> None:
    call = call_of(cart, {**FULL, "body:2": "Assam\n\n\tFirst    Flush"})
    assert call.parameters[1] == ("body", "Ada", "Assam First Flush")


def test_an_address_may_be_told_whole_where_it_begins_as_the_template_does(
    cart: MessageTemplate,
) -> None:
    call = call_of(cart, {**FULL, "button:0": "https://app.example/c/tok?x=1"})
    assert ("button:0:url", "tok?x=1") in call.parameters


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("button:0", "https://evil.example/c/tok"),
        ("header:image", "http://shop.example/tea.jpg"),
        ("header:image", "tea.jpg"),
        ("button:2", "A" * 21),
        ("body:2", "a" * 1025),
    ],
)
def test_what_meta_would_refuse_is_refused_here(
    cart: MessageTemplate, place: str, value: str
) -> None:
    with pytest.raises(BadParameter):
        call_of(cart, {**FULL, place: value})


def test_a_body_may_not_grow_too_long_when_filled(cart: MessageTemplate) -> None:
    with pytest.raises(BadParameter) as refused:
        call_of(cart, {**FULL, "body:1": "a" * 400, "body:2": "b" * 400})
    assert refused.value.place == "body"


def test_named_blanks_keep_their_names() -> None:
    told = {
        "name": "hi",
        "language": "de",
        "status": "APPROVED",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            {"type": "header", "format": "text", "text": "Hallo {{first_name}}"},
            {
                "type": "body",
                "text": "{{product}} ist da, {{first_name}}",
                "example": {
                    "body_text_named_params": [{"param_name": "product", "example": "Tee"}]
                },
            },
        ],
    }
    template = read_template(told)
    assert [(one.place, one.example) for one in blanks_of(template)] == [
        ("header:first_name", ""),
        ("body:product", "Tee"),
        ("body:first_name", ""),
    ]
    values = {"header:first_name": "Ada", "body:product": "Tee", "body:first_name": "Ada"}
    assert call_of(template, values).parameters == (
        ("header:first_name", "Ada"),
        ("body:product", "Tee"),
        ("body:first_name", "Ada"),
    )


def test_blanks_beyond_nine_stay_in_their_order() -> None:
    text = " ".join(f"{{{{{number}}}}}" for number in range(1, 12))
    template = MessageTemplate("n", "en", "utility", "approved", [{"type": "BODY", "text": text}])
    values = {f"body:{number}": f"v{number}" for number in range(1, 12)}
    assert call_of(template, values).parameters == (
        ("body", *(f"v{number}" for number in range(1, 12))),
    )


def test_it_is_shown_as_the_customer_reads_it(cart: MessageTemplate) -> None:
    shown = shown_of(cart, FULL)
    assert shown.body == "Hi Ada, your Assam is still there, Ada!"
    assert shown.buttons == ("Back to it", "Talk to an agent", "Copy", "Call")
    assert shown.media == "image"
    assert shown.text.endswith("Reply STOP to end")


@pytest.mark.parametrize(
    "status", ["pending", "rejected", "paused", "disabled", "in_appeal", "limit_exceeded"]
)
def test_only_an_approved_template_may_be_sent(cart: MessageTemplate, status: str) -> None:
    assert status_refusal(cart) is None
    told = status_refusal(replace(cart, status=status, reason="TAG_CONTENT_MISMATCH"))
    assert told is not None


def test_metas_reason_is_told(cart: MessageTemplate) -> None:
    told = status_refusal(replace(cart, status="rejected", reason="Not in the right language."))
    assert told is not None
    assert told[1] == "Meta's reason: Not in the right language."


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_that_meta_gives_as_a_code_is_told_in_words(
    cart: MessageTemplate, code: str
) -> None:
    told = status_refusal(replace(cart, status="rejected", reason=code))
    assert told is not None
    assert code not in told[1]
    assert in_language(told[1], "de") != told[1]


def test_what_is_no_template_is_no_template() -> None:
    with pytest.raises(KeyError):
        read_template({"status": "APPROVED"})
