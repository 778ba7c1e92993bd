"""A message that nobody wrote is told from one that somebody did."""

from typing import Any

import pytest

from marketing.block_schema import read
from marketing.campaign_start import begun
from marketing.flow_schema import load
from marketing.sources import EVERYONE
from marketing.starters import starters
from marketing.unwritten import codeless, problems_of

HEADING = {"kind": "heading", "id": "top", "text": "Twenty percent off"}
FOOTER = {"kind": "footer", "id": "footer"}


def starter(locale: str = "en") -> dict[str, Any]:
    template: dict[str, Any] = begun("Sale", EVERYONE, locale)["steps"][0]["template"]
    return template


def told(template: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in problems_of(read(template))]


def with_text(html: str) -> dict[str, Any]:
    blocks = [{**one, "html": html} if one["id"] == "text" else one for one in starter()["blocks"]]
    return {**starter(), "blocks": blocks}


@pytest.mark.parametrize("locale", ["en", "de-AT", "pt-BR"])
def test_the_words_that_a_campaign_begins_with_are_nobodys(locale: str) -> None:
    assert told(starter(locale)) == [("blocks.text.html", "unwritten")]


def test_a_new_subject_alone_is_not_a_new_message() -> None:
    assert told({**starter(), "subject": "Look here"}) == [("blocks.text.html", "unwritten")]


def test_the_same_words_in_other_clothes_are_the_same_words() -> None:
    dressed = "<p>Hi!</p><p><b>There is news</b> at {{store.name}}. Have a look  around.</p>"
    assert told(with_text(dressed)) == [("blocks.text.html", "unwritten")]
    code = "<mjml><mj-body>there is news at {{ store.name }}. Have a look around.</mj-body></mjml>"
    assert told({"subject": "Sale", "mjml": code, "text": "-"}) == [("mjml", "unwritten")]


def test_ones_own_words_are_fine_with_the_greeting_left_as_it_was() -> None:
    assert told(with_text("<p>Hello,</p><p>the autumn tea is here.</p>")) == []


def test_a_code_block_without_a_code_is_told() -> None:
    code = {"kind": "code", "id": "code"}
    template = {"subject": "Yours", "blocks": [HEADING, code, FOOTER]}
    message = {"kind": "message", "id": "mail", "channel": "email", "template": template}
    coupon = {"kind": "coupon", "id": "ten", "percent": 10, "valid_for": "P3D"}
    flow = {"name": "Yours", "trigger": {"event": "order.placed"}}
    bare = load({**flow, "steps": [message]})
    [told] = codeless(bare.steps_by_id.values())
    assert (told.step, told.field, told.code) == ("mail", "blocks.code", "no_code")
    offered = load({**flow, "steps": [coupon, {**message, "coupon": "ten"}]})
    assert codeless(offered.steps_by_id.values()) == ()


def test_a_frame_says_nothing_and_an_empty_text_is_told() -> None:
    blank = {**starters(None)["blank"], "subject": "Hello"}
    assert told(blank) == [("blocks", "nothing_said")]
    line, gap = {"kind": "divider", "id": "a"}, {"kind": "spacer", "id": "b"}
    assert told({**blank, "blocks": [line, gap, FOOTER]}) == [("blocks", "nothing_said")]
    assert told({**blank, "blocks": [HEADING, FOOTER]}) == []
    assert told(with_text("<p> </p>")) == [("blocks.text.html", "empty")]
    assert told({**starters("cart.abandoned")["branded"], "subject": "x"}) == [
        ("blocks.text.html", "empty")
    ]
