"""What an answer means, and what keeps a question from being asked."""

from typing import Any

import pytest

from marketing import flow_schema
from marketing.answering import buttons_of, email_in, meant, phone_in, tapped
from marketing.flow_rules import BadFlow
from marketing.flow_schema import load
from marketing.message_step import Template
from marketing.model import ChannelName
from marketing.questions import Answer, Ask

YES, NO = Answer("yes", "Yes", ("sure", "okay")), Answer("no", "No thanks", ("nope",))
ASK = Ask("q", ChannelName.MESSENGER, Template(), answers=(YES, NO))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", YES),
        ("YÉS!", YES),
        ("Sure, why not", YES),
        ("no thanks", NO),
        ("2", NO),
        ("3", None),
        ("yes … nope", None),
        ("yesterday", None),
        ("", None),
        ("yes " * 30, None),
    ],
)
def test_a_text_means_the_one_answer_that_it_names(text: str, answer: Answer | None) -> None:
    assert meant(ASK.answers, text) == answer


def test_a_button_is_of_its_message_and_of_no_other() -> None:
    payloads = [one.payload for one in buttons_of(ASK, "m1")]
    assert tapped(ASK, payloads[1], "m1") is NO
    assert tapped(ASK, payloads[1], "m2") is None
    assert all(
        tapped(ASK, odd, "m1") is None for odd in ("a:q:9:m1", "a:q:-1:m1", "a:x:0:m1", "a:", "a")
    )


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Ada.L+x@Example.com", "ada.l+x@example.com"),
        ("it's ada@example.co.uk, thanks", "ada@example.co.uk"),
        ("ada@example", None),
        ("ada@example.com or bo@example.com", None),
        ("@ada", None),
    ],
)
def test_the_one_address_in_a_text_is_found(text: str, email: str | None) -> None:
    assert email_in(text) == email


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+49 (171) 123-4567", "+491711234567"),
        ("call 0049 171 1234567 please", "+491711234567"),
        ("it is 0171 1234567, after six", "+491711234567"),
        ("order 1234567 of 12.05.2026", None),
        ("0171 1234567 or 0172 7654321", None),
        ("+1", None),
    ],
)
def test_the_one_number_in_a_text_is_found_as_one_dials_it_at_the_store(
    text: str, phone: str | None
) -> None:
    assert phone_in(text, "DE") == phone


def question(**more: Any) -> dict[str, Any]:
    told = {
        "kind": "ask", "id": "q", "channel": "messenger", "template": {"chat": {"text": "Well?"}},
        "answers": [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}], **more,
    }  # fmt: skip
    return {"name": "F", "trigger": {"event": "message.received"}, "steps": [told]}


def test_a_question_comes_back_as_it_was() -> None:
    flow = load(question(saves="choice", timeout="PT5M"))
    assert load(flow_schema.dump(flow)) == flow


def many(count: int, more: str = "") -> list[dict[str, str]]:
    return [{"key": f"k{number}", "label": f"L{number}{more}"} for number in range(count)]


def test_whatsapp_takes_ten_answers_as_rows_of_a_list() -> None:
    flow = load(question(channel="whatsapp", answers=many(10, "x" * 22)))
    assert len(flow.steps[0].answers) == 10


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"channel": "email"}, "channel"),
        ({"timeout": "PT5S"}, "timeout"),
        ({"answers": many(11)}, "answers"),
        ({"channel": "whatsapp", "answers": many(11)}, "answers"),
        ({"channel": "whatsapp", "answers": many(3, "x" * 20)}, "answers"),
        ({"channel": "whatsapp", "answers": many(4, "x" * 24)}, "answers"),
        (
            {
                "channel": "whatsapp",
                "answers": many(4),
                "template": {"chat": {"text": "?" * 1025}},
            },
            "template.chat.text",
        ),
        ({"answers": [{"key": "a", "label": "x" * 21}]}, "answers"),
        ({"answers": [{"key": "a", "label": " "}]}, "answers"),
        ({"answers": [{"key": "silent", "label": "A"}]}, "answers"),
        ({"answers": [{"key": "a", "label": "A"}, {"key": "b", "label": "á!"}]}, "answers"),
        (
            {"template": {"chat": {"text": "?", "buttons": [{"label": "x"}]}}},
            "template.chat.buttons",
        ),
    ],
)
def test_what_could_not_be_answered_is_refused_at_its_field(more: Any, field: str) -> None:
    with pytest.raises(BadFlow) as bad:
        load(question(**more))
    assert field in [one.field for one in bad.value.problems]
