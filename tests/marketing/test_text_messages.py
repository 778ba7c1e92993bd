"""A message as a text message: its own words or its plain ones, and how long it may be."""

import pytest

from marketing import block_schema, flow_schema, recipes, samples
from marketing.compiling import compile_words
from marketing.flow import SendMessage, Template
from marketing.flow_rules import BadFlow
from marketing.model import ChannelName, MessageKind
from marketing.opt_out_line import MOST_ADDED
from marketing.rendering import Renderer
from marketing.templates import TemplateRefused, check_template, compile_template

SMS = (ChannelName.SMS,)
EITHER = (ChannelName.EMAIL, ChannelName.SMS)
OFFER = next(
    step
    for step in recipes.load("abandoned-cart").steps_by_id.values()
    if isinstance(step, SendMessage) and step.id == "objection"
).template


def said(template: Template, ways: tuple[ChannelName, ...] = SMS, **more: str) -> str:
    compiled = compile_template(template, ways=ways)
    again = type(compiled).from_document(compiled.to_document())
    return Renderer().render(again, samples.everything() | more).sms


def test_a_text_message_has_words_of_its_own() -> None:
    assert said(Template(sms="Hi {{ customer.first_name }}!")) == "Hi Ada!"


def test_a_version_that_was_published_with_how_to_stop_it_leaves_that_to_the_hand_over() -> None:
    before = compile_words("Hi! {{ words.stop }}")
    assert Renderer().render(before, samples.everything()).sms == "Hi!"


def test_without_words_of_its_own_it_says_the_mails_plain_ones_without_the_footer() -> None:
    text = said(Template(OFFER.subject, blocks=OFFER.blocks), EITHER)
    assert "unsubscribe" not in text.lower()
    assert text


def test_a_mail_keeps_its_words_beside_those_of_the_text_message() -> None:
    template = Template(OFFER.subject, OFFER.preview, blocks=OFFER.blocks, sms="Short.")
    compiled = compile_template(template, ways=EITHER)
    rendered = Renderer().render(compiled, samples.everything())
    assert rendered.sms == "Short."
    assert "Short." not in rendered.text
    assert compile_template(OFFER).html == compiled.html


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (Template(), "It is empty."),
        (Template(sms="{{ customer.shoe_size }}"), "Nothing is called"),
        (Template(sms="{% if %}"), ""),
        (Template(sms="{% for i in (1..200) %}0123456789{% endfor %}"), "characters"),
    ],
)
def test_what_cannot_be_texted_is_refused_at_its_field(template: Template, words: str) -> None:
    with pytest.raises(TemplateRefused) as refused:
        compile_template(template, ways=SMS)
    [problem] = refused.value.problems
    assert problem.field == "sms"
    assert words in problem.message


LONG = "a" * (1_562 - MOST_ADDED)


@pytest.mark.parametrize(
    ("address", "length", "is_taken"),
    [
        ("https://maple.example/" + "b" * 500, 30, True),
        ("https://maple.example/" + "b" * 500, 80, False),
        ("https://m.example", 80, False),
        ("https://you@maple.example/" + "b" * 500, 30, False),
        ("{{ store.url }}", 30, True),
        ("{{ store.url }}", 80, False),
    ],
    ids=["short", "long", "grows", "stays as it is", "filled in", "filled in and long"],
)
@pytest.mark.parametrize("ways", [SMS, EITHER], ids=["text", "either"])
def test_a_link_in_a_text_message_counts_as_it_is_sent(
    address: str, length: int, is_taken: bool, ways: tuple[ChannelName, ...]
) -> None:
    template = Template(OFFER.subject, OFFER.preview, blocks=OFFER.blocks, sms=f"{LONG} {address}")
    problems = check_template(template, ways=ways, link_length=length)
    assert [(one.field, one.code) for one in problems] == ([] if is_taken else [("sms", "size")])


def test_a_text_about_an_order_has_the_room_that_marketing_keeps_free() -> None:
    template = Template(sms="a" * 1_600)
    assert not check_template(template, ways=SMS, kind=MessageKind.TRANSACTIONAL)
    [problem] = check_template(template, ways=SMS)
    assert (problem.field, problem.code) == ("sms", "size")


def test_bad_words_of_a_text_message_are_told_beside_a_good_mail() -> None:
    template = Template(OFFER.subject, blocks=OFFER.blocks, sms="{{ cart.nothing }}")
    assert [one.field for one in check_template(template, ways=EITHER)] == ["sms"]


@pytest.mark.parametrize(
    "document",
    [
        {"sms": "Hi"},
        {"subject": "S", "preview": "", "mjml": "<mjml></mjml>", "text": "t", "sms": "x"},
    ],
)
def test_a_document_comes_back_as_it_was(document: dict[str, str]) -> None:
    assert block_schema.write(block_schema.read(document)) == document


@pytest.mark.parametrize("template", [{}, {"preview": "p"}, {"subject": "S"}])
def test_a_template_that_is_nothing_is_refused(template: dict[str, str]) -> None:
    step = {"kind": "message", "id": "m", "channel": "sms", "template": template}
    with pytest.raises(BadFlow):
        flow_schema.load({"name": "F", "trigger": {"event": "order.placed"}, "steps": [step]})
