"""Messages in blocks: what is refused and where, what they become, and what HTML may not do."""

import re
from typing import Any

import pytest

from marketing import samples
from marketing.block_schema import BLOCK_SCHEMAS, TemplateSchema
from marketing.blocks.conditions import CONDITIONS
from marketing.blocks.safe_html import free, plain, rich
from marketing.blocks.words import WORDS
from marketing.brand import Brand, brand_of, contrast, faint, shown
from marketing.flow import Template
from marketing.flow_schema import BadFlow, load
from marketing.model import MessageKind
from marketing.rendering import Rendered, Renderer
from marketing.templates import check_template, compile_template
from tests.marketing.test_flow_schema import a_document

FOOTER = {"kind": "footer", "id": "foot"}
EACH: list[dict[str, Any]] = [
    {"kind": "header", "id": "header"},
    {"kind": "heading", "id": "heading", "text": "Half & half, {{ customer.first_name }}"},
    {"kind": "text", "id": "text", "html": "<p>One <strong>word</strong></p>", "tone": "quiet"},
    {"kind": "image", "id": "image", "src": "https://a.example/b.png", "alt": "A “barn”",
     "href": "{{ store.url }}", "width": 200},
    {"kind": "button", "id": "button", "label": "To it", "href": "{{ cart.url }}",
     "align": "center"},
    {"kind": "products", "id": "in-cart", "of": "cart", "title": "Left behind"},
    {"kind": "products", "id": "ordered", "of": "order", "when": "has_order"},
    {"kind": "products", "id": "liked", "of": "recommended", "title": "For you"},
    {"kind": "products", "id": "chosen", "of": "picked", "products": ["7", "8"]},
    {"kind": "product", "id": "product"},
    {"kind": "reviews", "id": "reviews", "title": "They say"},
    {"kind": "code", "id": "code", "when": "has_code"},
    {"kind": "divider", "id": "divider"},
    {"kind": "spacer", "id": "spacer", "height": 40},
    {"kind": "columns", "id": "columns", "when": "customer.orders_count > 0",
     "left": [{"kind": "heading", "id": "left", "text": "Aside"}],
     "right": [{"kind": "text", "id": "right", "html": "<p>Right</p>", "when": "has_code"}]},
    {"kind": "html", "id": "html", "html": '<div style="color:red">Own</div>'},
    {"kind": "social", "id": "social", "lead": "See us"},
    {"kind": "signature", "id": "signature"},
    {"kind": "tracking", "id": "tracking"},
    {"kind": "footer", "id": "footer", "why": "You asked for it."},
]  # fmt: skip


def template(*blocks: dict[str, Any], **more: Any) -> Template:
    document = {"subject": "Hello", "blocks": [*blocks, FOOTER], **more}
    made: Template = TemplateSchema().load(document)
    return made


def rendered(one: Template, context: dict[str, Any] | None = None) -> Rendered:
    return Renderer().render(compile_template(one), context or samples.everything())


def refused(*blocks: Any, **more: Any) -> list[tuple[str, str]]:
    message = {"kind": "message", "id": "mail", "channel": "email",
               "template": {"subject": "Hello", "blocks": list(blocks), **more}}  # fmt: skip
    with pytest.raises(BadFlow) as bad:
        load(a_document(message))
    return [(one.step, one.field) for one in bad.value.problems]


def test_every_kind_of_block_comes_back_as_it_was_written_and_can_be_sent() -> None:
    document = {"subject": "Hello", "preview": "", "blocks": EACH}
    one = TemplateSchema().load(document)
    again = TemplateSchema().dump(one)
    assert TemplateSchema().load(again) == one
    assert {block["kind"] for block in EACH} == set(BLOCK_SCHEMAS)
    for kind in MessageKind:
        assert check_template(one, kind=kind) == ()
    for context in samples.CONTEXTS:
        words = rendered(one, context())
        assert "Half &amp; half" in words.html
        assert "Half & half" in words.text
        assert "You asked for it." in words.html
        assert "{{" not in words.html + words.text


def test_columns_stand_side_by_side_under_their_own_condition() -> None:
    one = TemplateSchema().load({"subject": "Hello", "blocks": EACH})
    regular, new = rendered(one), rendered(one, samples.as_little_as_possible())
    assert regular.html.count("mj-column-per-50") > new.html.count("mj-column-per-50")
    assert "Right" in regular.text
    assert "Aside" not in new.text
    assert "Aside" not in new.html


def test_a_confirmation_has_no_way_to_unsubscribe_and_an_advertisement_has_one() -> None:
    one = template({"kind": "heading", "id": "a", "text": "Hi"})
    said = {
        kind: Renderer().render(compile_template(one, kind=kind), samples.everything())
        for kind in MessageKind
    }
    for part in ("html", "text"):
        assert "Unsubscribe" in getattr(said[MessageKind.MARKETING], part)
        assert "Unsubscribe" not in getattr(said[MessageKind.TRANSACTIONAL], part)
        assert samples.ADDRESS in getattr(said[MessageKind.TRANSACTIONAL], part)


def test_text_of_its_own_is_taken_before_what_the_blocks_say() -> None:
    own = "Mine. {{ store.name }}\n<block-footer />"
    assert rendered(template(text=own)).text.startswith("Mine. Sample Store\n--\n")


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_named_condition_means_something(name: str) -> None:
    one = template({"kind": "heading", "id": "a", "text": "Hi", "when": name})
    assert check_template(one) == ()


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"kind": "heading"}, "text"),
        ({"kind": "heading", "text": "x" * 401}, "text"),
        ({"kind": "heading", "text": "x", "color": "red"}, "color"),
        ({"kind": "heading", "text": "x", "when": "%} {{ x"}, "when"),
        ({"kind": "heading", "text": "x", "when": " "}, "when"),
        ({"kind": "heading", "text": "{{ '<script>' }}"}, "text"),
        ({"kind": "text", "html": "{% capture a %}<b>{% endcapture %}"}, "html"),
        ({"kind": "image", "src": "http://a.example/b.png"}, "src"),
        ({"kind": "image", "src": "data:image/png;base64,x"}, "src"),
        ({"kind": "image", "src": "https://a.example/b.png", "width": 9_000}, "width"),
        ({"kind": "spacer", "height": "tall"}, "height"),
        ({"kind": "products", "of": "attic"}, "of"),
        ({"kind": "products", "of": "cart", "products": ["7"]}, "products"),
        ({"kind": "products", "of": "picked", "products": ['7" contains x']}, "products.0"),
        ({"kind": "columns", "left": [{"kind": "footer", "id": "in"}]}, "left"),
    ],
)
def test_what_is_wrong_is_said_of_the_block_by_its_id(block: dict[str, Any], field: str) -> None:
    assert refused({**block, "id": "it"}, FOOTER) == [("mail", f"template.blocks.it.{field}")]


def test_a_block_inside_columns_is_named_by_its_own_id() -> None:
    columns = {"kind": "columns", "id": "two", "right": [{"kind": "heading", "id": "inner"}]}
    assert refused(columns, FOOTER) == [("mail", "template.blocks.inner.text")]


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [{"kind": "divider", "id": "a"}],
        [FOOTER, {"kind": "divider", "id": "a"}],
        [FOOTER, {**FOOTER, "id": "other"}],
        [{**FOOTER, "when": "has_code"}],
        [{"kind": "divider", "id": "foot"}, FOOTER],
        [{"kind": "divider", "id": "a"}, {"kind": "header", "id": "b"}, FOOTER],
        [*({"kind": "divider", "id": f"a{n}"} for n in range(60)), FOOTER],
    ],
)
def test_the_frame_is_where_it_belongs(blocks: list[Any]) -> None:
    assert refused(*blocks) == [("mail", "template.blocks")]


def test_a_template_has_one_form_only() -> None:
    assert refused(FOOTER, mjml="<mjml></mjml>") == [("mail", "template.mjml")]


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ({"kind": "heading", "text": " "}, "text"),
        ({"kind": "heading", "text": "{{ custmer.name }}"}, "text"),
        ({"kind": "heading", "text": "{% if"}, "text"),
        ({"kind": "heading", "text": "x", "when": "custmer.name"}, "when"),
        ({"kind": "heading", "text": "x", "when": "customer.first_name =="}, "when"),
        ({"kind": "button", "label": "x", "href": ""}, "href"),
        ({"kind": "button", "label": "x", "href": "javascript:alert(1)"}, "href"),
        ({"kind": "button", "label": "x", "href": "shop.example/a"}, "href"),
        ({"kind": "image", "src": "https://a.example/b.png", "href": "//evil.example"}, "href"),
        ({"kind": "text", "html": '<p><a href="nowhere">x</a></p>'}, "html"),
    ],
)
def test_words_are_checked_where_they_stand(block: dict[str, Any], field: str) -> None:
    problems = check_template(template({**block, "id": "it"}))
    assert [one.field for one in problems] == [f"blocks.it.{field}"]


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#115;cript:alert(1)">x</a>',
    "<style>p{background:url(https://evil.example)}</style>",
    '<div style="background:url(https://evil.example);position:fixed">x</div>',
    "<iframe src=https://evil.example></iframe><form action=https://evil.example><input></form>",
    "<svg><script>alert(1)</script></svg><math><mi xlink:href='javascript:1'></math>",
    "<scr{% if true %}ipt>alert(1)</scr{% endif %}ipt>",
    "<block-footer /></mj-text><mj-include path='/etc/passwd' />",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    '<p {{ customer.first_name }}="x" title="{{ customer.last_name }}">x</p>',
    "<p>&lt;script&gt;</p>",
)


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_hostile_html_is_cleaned_when_it_is_saved_and_when_it_is_compiled(
    kind: str, source: str
) -> None:
    saved = template({"kind": kind, "id": "it", "html": f"{source}<p>Words</p>"})
    stored = getattr(saved.blocks[0], "html", "")
    assert (rich if kind == "text" else free)(stored) == stored
    context = samples.everything()
    context["customer"] |= {"first_name": '"><script>', "last_name": '" onclick="x'}
    html = rendered(saved, context).html.lower()
    for bad in ("<script", "onerror=", 'onclick="', "javascript:", "evil.example", "<iframe"):
        assert bad not in html.replace("&lt;script", "")
    assert "words" in html


def test_what_a_cleaner_can_not_see_is_refused() -> None:
    for liquid in (
        "{{ '<script>' }}",
        "{{ \"<\" | append: 'script>' }}",
        "{{ 'x\" onclick=\"y' }}",
        "{% assign a = customer.email | newline_to_br %}{{ a | slice: 0 }}",
        "{% if 1 <block-footer %}{% endif %}",
    ):
        assert refused({"kind": "text", "id": "it", "html": liquid}, FOOTER)


def test_html_is_read_aloud_for_the_text_part() -> None:
    html = (
        '<p>See <a href="{{ cart.url }}">your cart</a>.<br />Soon</p><ul><li>a</li><li>b</li></ul>'
    )
    assert plain(html) == "See your cart ({{ cart.url }}).\nSoon\n\n- a\n- b"


def test_german_shoppers_get_the_frame_in_german() -> None:
    assert WORDS["de"].keys() == WORDS["en"].keys()
    one = template({"kind": "products", "id": "a", "of": "cart"}, {"kind": "code", "id": "b"})
    words = rendered(one, samples.everything() | {"locale": "de-AT"})
    for part in (words.html, words.text):
        assert "Summe" in part
        assert "Abmelden" in part
        assert "Einmal einlösbar." in part
        assert "Sie erhalten diese E-Mail, weil Sie Ihre Adresse bei Sample Store hinter" in part
        assert "Unsubscribe" not in part


# --- brand --------------------------------------------------------------------------------------


def test_a_brand_colours_the_mail_and_is_bent_where_it_is_dark() -> None:
    settings = {"brand": {"button": "#102a83", "radius": 0, "font": "georgia", "link": "#0b5394"}}
    context = samples.everything()
    context["store"] |= {"brand": shown(brand_of(settings))}
    one = template(
        {"kind": "button", "id": "a", "label": "Go", "href": "{{ cart.url }}"},
        {"kind": "text", "id": "b", "html": '<p><a href="https://a.example">x</a></p>'},
    )
    html = rendered(one, context).html
    assert "background:#102a83" in html
    assert "border-radius:0px" in html
    assert "Georgia, Times, serif" in html
    assert "color: #0b5394" in html
    assert contrast(shown(brand_of(settings))["dark_link"], "#201f1d") >= 4.5
    assert shown(brand_of(settings))["dark_button"] == "#f1efea"  # it would not show on dark paper


def test_what_makes_no_sense_in_a_brand_has_the_default() -> None:
    odd = {"button": "red;}", "font": "Comic", "radius": 999, "text": 5, "logo_url": ""}
    assert brand_of({"brand": odd}) == Brand(radius=24)
    assert brand_of({"brand": "x", "logo_url": "https://a.example/l.png"}).logo_url


def test_faint_colours_are_told_with_how_faint_they_are() -> None:
    assert list(faint(Brand())) == []
    told = {one.field: one for one in faint(Brand(text="#bbbbbb", button="#ffee88"))}
    assert set(told) == {"text", "button_text", "button"}
    assert told["text"].ratio < 4.5


def test_words_on_a_dark_page_are_light() -> None:
    told = shown(Brand(background="#111111"))
    assert contrast(told["quiet_on_page"], "#111111") >= 4.5
    assert contrast(told["on_page"], "#111111") >= 4.5


def test_each_block_is_found_by_its_id_in_what_it_becomes() -> None:
    template = TemplateSchema().load({"subject": "x", "preview": "y", "blocks": EACH})
    html = compile_template(template).html
    names = {one["id"] for one in EACH} | {"left", "right"}
    assert {name for name in names if f"b-{name}" not in re.findall(r"b-[\w-]+", html)} == set()
