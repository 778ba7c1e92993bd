"""Publishing a template: problems a merchant can act on, and what is added for the law."""

import re
import time
from dataclasses import replace

import pytest

from marketing import blocks, recipes, samples
from marketing.flow import SendMessage, Template, walk
from marketing.model import ChannelName, MessageKind
from marketing.rendering import Renderer
from marketing.templates import TemplateRefused, check_template, compile_template

MESSAGES = {
    step.id: step.template
    for step in walk(recipes.load("abandoned-cart").steps)
    if isinstance(step, SendMessage)
}
GOOD = Template(
    subject="Still thinking it over{% if customer.first_name %}, {{ customer.first_name }}{% endif %}? Your items are saved",  # noqa: E501
    preview=(
        "{{ cart.items[0].title | truncate: 60 }}{% if cart.items.size > 1 %} and the rest of your"
        " cart are{% else %} is{% endif %} where you left "
        "{% if cart.items.size > 1 %}them{% else %}it{% endif %}."
    ),
    mjml="""\
<mjml lang="en">
  <mj-head>
    <mj-title>Your items are saved</mj-title>
    <block-theme />
  </mj-head>
  <mj-body css-class="page" background-color="#f3f2ef">
    <block-header />
    <block-card>
      <block-heading>Still thinking it over{% if customer.first_name %}, {{ customer.first_name }}{% endif %}?</block-heading>
      <block-text>Your items are saved. The cart is just as you left it, and one click brings it back.</block-text>
      <block-cart-items />
      <block-button href="{{ cart.url }}">Return to my cart</block-button>
      <block-quiet>Prices and stock are those of the store on the day you order.</block-quiet>
    </block-card>
    <block-footer>You receive this email because you left something in your cart at {{ store.name }}.</block-footer>
  </mj-body>
</mjml>
""",  # noqa: E501
    text="""\
Still thinking it over{% if customer.first_name %}, {{ customer.first_name }}{% endif %}?

Your items are saved. The cart is just as you left it:

<block-cart-items />

Return to your cart:
{{ cart.url }}

Prices and stock are those of the store on the day you order.

<block-footer>You receive this email because you left something in your cart at {{ store.name }}.</block-footer>
""",  # noqa: E501
)
"""The recipe's first message, as a merchant may write it in code."""
COLUMN = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"
PLAIN = f"<mjml><mj-body>{COLUMN}</mj-body></mjml>"


def render(template: Template, kind: str = "everything") -> tuple[str, str, str]:
    context = {
        "everything": samples.everything,
        "little": samples.as_little_as_possible,
        "much": samples.much,
    }
    rendered = Renderer().render(compile_template(template), context[kind]())
    return rendered.subject, rendered.html, rendered.text


@pytest.mark.parametrize("step", MESSAGES)
def test_the_recipes_have_no_problems(step: str) -> None:
    assert check_template(MESSAGES[step], step=step) == ()


@pytest.mark.parametrize("kind", ["everything", "little", "much"])
@pytest.mark.parametrize("step", MESSAGES)
def test_every_email_shows_the_cart_the_way_back_and_the_way_out(step: str, kind: str) -> None:
    subject, html, text = render(MESSAGES[step], kind)
    assert subject
    for part in (html, text):
        assert "https://example.com/cart" in part
        assert samples.LINKS["unsubscribe"] in part  # type: ignore[operator]
        assert samples.ADDRESS in part
        assert "$" in part
        assert "{{" not in part
        assert "{%" not in part
        assert part.count("Unsubscribe") == 1
    assert len(html.encode()) < 102_000


def test_the_reminder_calls_by_name_where_there_is_one() -> None:
    assert render(GOOD)[0] == "Still thinking it over, Ada? Your items are saved"
    assert render(GOOD, "little")[0] == "Still thinking it over? Your items are saved"
    assert "Still thinking it over, Ada?" in render(GOOD)[1]


def test_the_objection_names_only_what_the_store_has_set() -> None:
    named, silent = render(MESSAGES["objection"]), render(MESSAGES["objection"], "little")
    for part in named:
        assert "$75.00" in part
    for part in named[1:]:
        assert "30 days" in part
        assert "already there" in part
    assert not any(re.search(r"free|\d+ days|already", part) for part in silent)


def test_the_objection_compares_no_dollars_with_euros() -> None:
    cart = samples.everything()["cart"] | {"currency": "EUR"}
    compiled = compile_template(MESSAGES["objection"])
    written = Renderer().render(compiled, samples.everything() | {"cart": cart}).text
    assert "$75.00" in written
    assert "already" not in written
    assert "away" not in written


def test_the_offer_has_a_code_or_offers_nothing() -> None:
    subject, html, text = render(MESSAGES["offer"])
    assert "10%" in subject
    assert "BACK-SAMPLE" in html
    assert "BACK-SAMPLE" in text
    assert "Tuesday, November 24, 2026" in text
    assert not any(
        "%" in re.sub(r'style="[^"]*"|width="[^"]*"|<style.*?</style>', "", part, flags=re.DOTALL)
        for part in (render(MESSAGES["offer"], "little")[0], render(MESSAGES["offer"], "little")[2])
    )


def test_an_item_without_a_picture_has_a_tile_and_no_broken_image() -> None:
    html = render(GOOD, "little")[1]
    assert 'class="item-blank"' in html
    assert "<img" not in html
    context = samples.as_little_as_possible()
    context["links"]["placeholder"] = "https://app.example/no-picture.png"
    compiled = compile_template(GOOD)
    assert 'src="https://app.example/no-picture.png"' in Renderer().render(compiled, context).html


def test_the_looks_are_inlined_and_liquid_stays_where_it_stood() -> None:
    html = compile_template(GOOD).html
    loop = html.index("{% for item in cart.items")
    assert html.rfind("<tbody>", 0, loop) > html.rfind("<tr", 0, loop)
    assert re.search(r'class="item-name"[^>]*style="[^"]*font-weight: 600', html)
    assert "prefers-color-scheme: dark" in html
    assert '<html lang="en"' in html
    assert max(map(len, html.split("\n"))) < 990


@pytest.mark.parametrize(
    ("change", "field", "message", "remedy"),
    [
        ({"subject": "{{ custmer.first_name }}"}, "subject", "custmer.first_name", "customer"),
        ({"subject": "{{ customer.name }}"}, "subject", "customer.name", "first_name"),
        (
            {"text": "{% for p in cart.items %}{{ p.prise }}{% endfor %}"},
            "text",
            "p.prise",
            "price",
        ),
        ({"subject": "{{ store.name | upcas }}"}, "subject", "upcas", "upcase"),
        ({"subject": "  "}, "subject", "empty", "every message"),
        ({"text": "a\ud800"}, "text", "can't be sent", "Delete"),
        ({"mjml": PLAIN.format("\x00")}, "mjml", "can't be sent", "Delete"),
        ({"text": "{% if coupon %}"}, "text", "endif", "closed"),
        ({"text": "{{ store.name"}, "text", "closed", "closed"),
        ({"text": "{% render 'x' %}"}, "text", "render", "closed"),
        ({"text": "{{ store.name }}\n{% nonsense %}"}, "text", "nonsense", "closed"),
        ({"text": "{% for i in (1..99999999) %}{% endfor %}"}, "mjml", "counts over", "loops"),
        ({"subject": "{% if coupon %}Yes{% endif %}"}, "subject", "subject is empty", "else"),
        (
            {"mjml": PLAIN.format('<a href="www.x.example/y">x</a>')},
            "mjml",
            "www.x",
            "https://www.x",
        ),
        (
            {"mjml": PLAIN.format('<a href="javascript:x()">x</a>')},
            "mjml",
            "javascript",
            "https://",
        ),
        ({"mjml": PLAIN.format('<a href="//evil.example">x</a>')}, "mjml", "//evil", "https://"),
        ({"mjml": PLAIN.format('<a href="">x</a>')}, "mjml", "nowhere", "where"),
        ({"mjml": PLAIN.format("<script>x</script>")}, "mjml", "script", "element"),
        ({"mjml": PLAIN.format('<iframe src="x"></iframe>')}, "mjml", "iframe", "element"),
        (
            {"mjml": "<mjml><mj-include path='/etc/passwd' /></mjml>"},
            "mjml",
            "mj-include",
            "element",
        ),
        ({"mjml": "<!DOCTYPE x [<!ENTITY a 'b'>]>" + PLAIN}, "mjml", "DOCTYPE", "element"),
        ({"mjml": PLAIN.format("<block-nonsense />")}, "mjml", "block-nonsense", "element"),
        ({"mjml": PLAIN.format("<block-text>never closed")}, "mjml", "block-text", "element"),
        ({"mjml": PLAIN.replace("</mj-body>", "")}, "mjml", "can't be read", "element"),
        ({"mjml": "just words"}, "mjml", "can't be read", "element"),
        ({"mjml": PLAIN.format("x" * 99_000)}, "mjml", "102 kB", "fewer"),
        ({"mjml": PLAIN.format("x" * 120_000)}, "mjml", "100,000", "Leave out"),
        ({"mjml": PLAIN.format("<b>" * 15_000 + "</b>" * 10_000)}, "mjml", "900", "element"),
        ({"mjml": "<mjml><mj-body>" + "<mj-wrapper>" * 7_000}, "mjml", "250", "element"),
    ],
)
def test_a_problem_names_its_field_and_its_remedy(
    change: dict[str, str], field: str, message: str, remedy: str
) -> None:
    began = time.process_time()
    with pytest.raises(TemplateRefused) as caught:
        compile_template(replace(GOOD, **change), step="reminder")
    [problem, *_] = caught.value.problems
    assert (problem.step, problem.field) == ("reminder", field)
    assert message in problem.message
    assert remedy in problem.remedy
    assert time.process_time() - began < 1


def test_a_problem_names_its_line() -> None:
    [problem] = check_template(replace(GOOD, text="one\ntwo {{ nobody.name }}\nthree"))
    assert problem.line == 2


def test_all_problems_are_told_at_once() -> None:
    broken = replace(
        GOOD, subject="{{ a.b }}", text="{{ c | d }}", mjml=PLAIN.format('<a href="x">x</a>')
    )
    assert {problem.field for problem in check_template(broken)} == {"subject", "text", "mjml"}


def test_a_marketing_message_without_a_footer_is_given_one() -> None:
    bare = replace(GOOD, mjml=PLAIN.format("Hello"), text="Hello")
    _, html, text = render(bare)
    for part in (html, text):
        assert samples.LINKS["unsubscribe"] in part  # type: ignore[operator]
        assert samples.ADDRESS in part


def test_a_footer_behind_a_condition_that_fails_is_no_footer() -> None:
    hidden = "{% if coupon %}<a href='{{ links.unsubscribe }}'>x</a> {{ store.address }}{% endif %}"
    _, html, _ = render(replace(GOOD, mjml=PLAIN.format(hidden)), "little")
    assert samples.LINKS["unsubscribe"] in html  # type: ignore[operator]


def test_a_footer_that_cannot_show_is_refused() -> None:
    swallowing = PLAIN.format("x").replace("</mjml>", "{% if false %}</mjml>{% endif %}")
    commented = "<mjml><mj-body><!-- </mj-body> --></mj-body></mjml>"
    for mjml in (swallowing, commented):
        try:
            _, html, _ = render(replace(GOOD, mjml=mjml))
        except TemplateRefused:
            continue
        assert samples.LINKS["unsubscribe"] in re.sub(r"<!--.*?-->", "", html)  # type: ignore[operator]


def test_a_transactional_message_is_given_no_footer() -> None:
    bare = replace(GOOD, mjml=PLAIN.format("Hello"), text="Hello")
    compiled = compile_template(bare, kind=MessageKind.TRANSACTIONAL)
    assert "unsubscribe" not in compiled.html + compiled.text


def test_the_same_words_have_the_same_hash_and_others_another() -> None:
    assert compile_template(GOOD) == compile_template(GOOD)
    assert compile_template(GOOD).hash != compile_template(replace(GOOD, subject="x")).hash


def test_the_preview_text_stands_first_in_the_body() -> None:
    html = render(GOOD)[1]
    assert html.index("where you left") < html.index("Still thinking it over, Ada?")


def test_every_block_that_a_template_may_name_compiles() -> None:
    for name in blocks.BLOCKS.keys() - {"theme", "header", "card", "footer"}:
        inside = f'<block-{name} href="https://x.example">words</block-{name}>'
        body = f"<block-card>{inside}</block-card><block-footer />"
        mjml = f"<mjml><mj-head><block-theme /></mj-head><mj-body>{body}</mj-body></mjml>"
        assert check_template(replace(GOOD, mjml=mjml)) == (), name


def test_liquid_in_odd_places_survives_the_compilers() -> None:
    mjml = (
        '<mjml><mj-body><mj-section><mj-column>{% if coupon %}<mj-text>{{ "<b>" }} &amp; '
        "{% if cart.total > 5 and cart.total < 99999999 %}much{% endif %}</mj-text>{% endif %}"
        '<mj-image src="{{ cart.items[0].image_url }}" width="50px" '
        """alt="{{ cart.items[0].title | append: '"' }}" /></mj-column></mj-section>"""
        "</mj-body></mjml>"
    )
    html = render(replace(GOOD, mjml=mjml))[1]
    assert "<b> &amp; much" in html  # a literal of the template itself is the author's own
    assert 'alt="Wool blanket&#34;"' in html or 'alt="Wool blanket"' in html


def test_a_mails_footer_is_asked_for_only_where_a_mail_may_go_out() -> None:
    footless = replace(GOOD, mjml="<mjml></mjml>")
    chat, mail = ChannelName.WHATSAPP, ChannelName.EMAIL
    told = {ways: check_template(footless, ways=ways) for ways in ((mail,), (chat, mail), (chat,))}
    assert told[chat,] == ()
    [alone], [several] = told[mail,], told[chat, mail]
    assert alone.message == "The store's address or the unsubscribe link would not show."
    assert several.message.startswith("It may go by email, where the store's address")
