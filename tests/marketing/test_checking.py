"""What the editor says beside a message: each thing to look at, where it is, how it matters."""

from typing import Any

import pytest

from marketing import checking
from marketing.block_schema import read
from marketing.brand import DEFAULT, Brand
from marketing.checking import Issue
from marketing.model import MessageKind

FOOTER = {"kind": "footer", "id": "footer"}
HELLO: dict[str, Any] = {
    "subject": "Hello {{ customer.first_name | default: 'you' }}",
    "preview": "Something for you",
    "blocks": [
        {"kind": "heading", "id": "top", "text": "Hello"},
        {"kind": "button", "id": "go", "label": "Go on", "href": "{{ cart.url }}"},
        FOOTER,
    ],
}


def with_block(**block: Any) -> dict[str, Any]:
    return {**HELLO, "blocks": [{"id": "it", **block}, FOOTER]}


def issues(template: dict[str, Any], brand: Brand = DEFAULT) -> list[Issue]:
    one = read(template)
    return checking.in_order(checking.check(one, MessageKind.MARKETING, brand), one)


def test_a_good_message_has_nothing_to_look_at() -> None:
    assert issues(HELLO) == []


@pytest.mark.parametrize(
    ("template", "block", "field", "level", "code"),
    [
        ({**HELLO, "subject": ""}, None, "subject", "error", "subject_empty"),
        ({**HELLO, "subject": "long " * 14}, None, "subject", "warning", "subject_long"),
        ({**HELLO, "preview": ""}, None, "preview", "warning", "preview_empty"),
        (with_block(kind="button", label="x", href=""), "it", "href", "error", "link_empty"),
        (with_block(kind="button", label="x", href="shop/x"), "it", "href", "error", "link_broken"),
        (
            with_block(kind="button", label="x", href="https://example.com/x"),
            "it", "href", "error", "link_placeholder",
        ),
        (
            with_block(kind="text", html='<p><a href="#">x</a></p>'),
            "it", "html", "error", "link_placeholder",
        ),
        (
            with_block(kind="button", label="x", href="http://maple.example"),
            "it", "href", "warning", "link_insecure",
        ),
        (with_block(kind="heading", text="{{ custmer }}"), "it", "text", "error", "tag_unknown"),
        (
            with_block(kind="heading", text="Hi {{ customer.first_name }}"),
            "it", "text", "warning", "tag_no_fallback",
        ),
        (
            with_block(kind="heading", text="{{ coupon.code }}"),
            "it", "text", "warning", "tag_no_fallback",
        ),
        (
            with_block(kind="image", src="https://maple.example/a.png"),
            "it", "alt", "warning", "alt_missing",
        ),
    ],
)  # fmt: skip
def test_what_is_to_be_looked_at_is_told_with_its_place(
    template: Any, block: str | None, field: str, level: str, code: str
) -> None:
    found = issues(template)
    told = [(one.block, one.field, one.level, one.code) for one in found]
    assert told == [(block, field, level, code)]
    assert found[0].message.endswith(".")


def test_a_tag_under_its_condition_needs_no_fallback() -> None:
    for block in (
        {"kind": "heading", "text": "{% if store.story %}{{ store.story }}{% endif %}"},
        {"kind": "heading", "text": "{{ customer.first_name }}", "when": "has_first_name"},
        {"kind": "heading", "text": '{{ customer.first_name | default: "there" }}'},
        {"kind": "heading", "text": "{{ coupon.percent }}%", "when": "has_code"},
    ):  # fmt: skip
        assert issues(with_block(**block)) == []


def test_a_message_too_large_for_gmail_is_an_error() -> None:
    large = {"kind": "text", "html": f"<p>{'word ' * 3_900}</p>"}
    blocks = [{**large, "id": f"a{number}"} for number in range(6)]
    found = issues({**HELLO, "blocks": [*blocks, HELLO["blocks"][-1]]})
    assert [one.code for one in found] == ["size"]


def test_faint_colours_are_a_warning() -> None:
    found = issues(HELLO, Brand(text="#cccccc"))
    assert [(one.block, one.field, one.level, one.code) for one in found] == [
        (None, "brand", "warning", "contrast")
    ]
    assert found[0].detail["field"] == "text"


def test_code_without_a_way_out_is_told_that_it_will_get_one() -> None:
    mjml = "<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>"  # noqa: E501
    template = {"subject": "s", "preview": "p", "mjml": mjml, "text": "t"}
    assert [one.code for one in issues(template)] == ["unsubscribe_missing"]
    loop = mjml.replace("x", "{% for one in cart.items %}{{ one.title }}{% endfor %}")
    assert "tag_no_fallback" not in [one.code for one in issues({**template, "mjml": loop})]


def test_an_unknown_detail_is_called_by_its_name_in_any_language() -> None:
    found = issues(with_block(kind="heading", text="{{ customer.first_nam }}"))
    unknown = [one.detail for one in found if one.code == "tag_unknown"]
    assert unknown == [{"tag": "customer.first_nam"}]


def test_an_unknown_detail_is_one_problem_and_is_not_asked_for_a_fallback() -> None:
    found = issues(with_block(kind="heading", text="{{ customer.first_nam }}"))
    assert [one.code for one in found] == ["tag_unknown"]


def test_a_code_block_is_told_where_no_code_is_offered() -> None:
    template = with_block(kind="code")
    codes = [(one.block, one.field, one.level, one.code) for one in issues(template)]
    assert codes == []
    (told,) = checking.check(read(template), MessageKind.MARKETING, DEFAULT, has_gift=False)
    assert (told.block, told.field, told.level, told.code) == ("it", "", "warning", "no_code")
    assert "Put a discount code step before it" in told.message
