"""Free words or a template: what a step says by WhatsApp, what may go when, and to whom."""

import pytest

from marketing.flow import SendMessage, Template
from marketing.model import ChannelName, MessageKind, Reason
from marketing.templates import check_template
from marketing.whatsapp_checks import problems
from marketing.whatsapp_templates import MessageTemplate
from marketing.whatsapp_words import WhatsAppWords, content_of, refusal

BODY = [{"type": "BODY", "text": "Hi"}]
KNOWN = {
    (name, "en"): MessageTemplate(name, "en", category, status, BODY)
    for name, category, status in (
        ("cart", "marketing", "approved"),
        ("parcel", "utility", "approved"),
        ("tired", "marketing", "paused"),
    )
}


def asked(
    words: WhatsAppWords | None,
    *,
    is_free: bool = False,
    address: str = "+4790000000",
    country: str | None = None,
    kind: MessageKind = MessageKind.MARKETING,
) -> Reason | None:
    return refusal(words, kind, KNOWN, is_free=is_free, address=address, country=country)


def test_free_words_go_only_inside_the_window() -> None:
    assert asked(None, is_free=True) is None
    assert asked(None) is Reason.CHANNEL_WINDOW


def test_outside_it_a_template_goes_that_meta_approved() -> None:
    assert asked(WhatsAppWords("cart", "en")) is None
    assert asked(WhatsAppWords("cart", "de")) is Reason.TEMPLATE_MISSING
    assert asked(WhatsAppWords("tired", "en")) is Reason.TEMPLATE_REFUSED
    assert asked(WhatsAppWords("tired", "en"), is_free=True) is None


@pytest.mark.parametrize(
    ("address", "country", "reason"),
    [
        ("+12125550100", None, Reason.COUNTRY_CLOSED),
        ("+12125550100", "US", Reason.COUNTRY_CLOSED),
        ("+14165550100", "CA", None),
        ("+14165550100", None, None),
        ("+12125550100", "CA", Reason.COUNTRY_CLOSED),
        ("+15550100", None, Reason.COUNTRY_CLOSED),
        ("+15550100", "CA", None),
        ("+4790000000", "NO", None),
        ("US.13491208655302741918", "US", None),
    ],
)
def test_american_numbers_get_no_marketing_templates(
    address: str, country: str | None, reason: Reason | None
) -> None:
    assert asked(WhatsAppWords("cart", "en"), address=address, country=country) is reason
    transactional = MessageKind.TRANSACTIONAL
    told = asked(
        WhatsAppWords("parcel", "en"), address=address, country=country, kind=transactional
    )
    assert told is None


WAYS = (ChannelName.WHATSAPP,)


def test_a_step_by_whatsapp_alone_needs_no_mail_but_words() -> None:
    assert check_template(Template(whatsapp=WhatsAppWords("cart", "en")), ways=WAYS) == ()
    [empty] = check_template(Template(), ways=WAYS)
    assert empty.code == "chat_missing"
    wrong = WhatsAppWords("cart", "en", {"body:1": "{{ nobody.name }}"})
    [unknown] = check_template(Template(whatsapp=wrong), ways=WAYS)
    assert (unknown.field, unknown.code) == ("whatsapp.body:1", "tag_unknown")


def told(words: WhatsAppWords) -> list[tuple[str, str]]:
    step = SendMessage("ask", ChannelName.WHATSAPP, Template(whatsapp=words))
    return [(one.step, one.field) for one in problems([step], BLANKS)]


BLANKS = KNOWN | {
    ("hi", "en"): MessageTemplate(
        "hi", "en", "marketing", "approved", [{"type": "BODY", "text": "Hi {{1}}"}]
    )
}


def test_what_meta_would_refuse_is_a_problem_at_its_step() -> None:
    assert told(WhatsAppWords("hi", "en", {"body:1": "Ada"})) == []
    assert told(WhatsAppWords("hi", "en")) == [("ask", "whatsapp.body:1")]
    assert told(WhatsAppWords("hi", "fr")) == [("ask", "whatsapp.template")]
    assert told(WhatsAppWords("tired", "en")) == [("ask", "whatsapp.template")]


@pytest.mark.parametrize(
    "label",
    [
        "Talk to an agent",
        "talk to a person ",
        "Jemanden sprechen",
        "Mit einem Menschen sprechen",
        "Mit Mensch sprechen",
    ],
)
def test_a_template_is_filled_and_its_button_asks_for_a_person(label: str) -> None:
    buttons = [{"type": "QUICK_REPLY", "text": label}]
    body = {"type": "BODY", "text": "Hi {{1}}"}
    template = MessageTemplate(
        "hi", "en", "marketing", "approved", [body, {"type": "BUTTONS", "buttons": buttons}]
    )
    call = content_of(WhatsAppWords("hi", "en"), {"body:1": "Ada"}, {("hi", "en"): template})
    assert call.text == "Hi Ada"
    assert call.template
    assert call.template.parameters == (("body", "Ada"), ("button:0:quick_reply", "AGENT"))
