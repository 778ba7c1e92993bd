"""Rendering a message: what the shopper reads, and what strangers cannot make of it."""

import re
import resource
import time
from typing import Any

import pytest

from marketing import samples
from marketing.compiling import CompiledTemplate
from marketing.flow import Template
from marketing.links import LinkKeys, MessageLinks, read_click, read_open
from marketing.marks import Marks, Origin
from marketing.rendering import Renderer, RenderingFailed, presentable_name
from marketing.templates import compile_template
from tests.marketing.bombs import BOMBS

KEYS = LinkKeys.from_app_keys(["a key"])
STORE = "8a96a212-6c50-4cc5-9693-62f9e31636ba"
MESSAGE = "774df2fa-faeb-4286-b8b4-1b5ff14967ac"
LINKS = MessageLinks("https://app.example", KEYS, STORE, MESSAGE)


def a_template(*, mjml: str = "", subject: str = "Hello", text: str = "Hi") -> Template:
    body = f"<mj-section><mj-column><mj-text>{mjml}</mj-text></mj-column></mj-section>"
    return Template(subject, "", f"<mjml><mj-body>{body}</mj-body></mjml>", text)


def as_is(html: str = "", *, subject: str = "s", text: str = "t") -> CompiledTemplate:
    """A compiled template that skipped publishing, as a bomb in the database would have."""
    return CompiledTemplate(subject, "", html, text, hash=str(hash((html, subject, text))))


def text_of(source: str, **context: Any) -> str:
    return Renderer().render(as_is(text=source), samples.everything() | context).text.strip()


def html_of(source: str, links: MessageLinks | None = None, **context: Any) -> str:
    compiled = compile_template(a_template(mjml=source))
    return Renderer().render(compiled, samples.everything() | context, links).html


def hrefs(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


# --- money and time


@pytest.mark.parametrize(
    ("locale", "currency", "written"),
    [
        ("de-DE", "EUR", "89,00\xa0€"),
        ("en-US", "USD", "$89.00"),
        ("en-CA", "CAD", "$89.00"),
        ("ja-JP", "JPY", "￥8,900"),
        ("pt-BR", "BRL", "R$\xa089,00"),
        ("de-DE", "KWD", "8,900\xa0KWD"),
        ("xx-nonsense/../..", "USD", "$89.00"),
    ],
)
def test_prices_are_written_in_the_shoppers_way(locale: str, currency: str, written: str) -> None:
    cart = samples.everything()["cart"] | {"currency": currency}
    assert text_of("{{ cart.items[0].price | money }}", locale=locale, cart=cart) == written


def test_a_store_amount_is_written_in_the_stores_currency() -> None:
    cart = samples.everything()["cart"] | {"currency": "EUR"}
    said = "{{ store.free_shipping_threshold | money: store.currency }}"
    assert text_of(said, cart=cart) == "$75.00"


def test_a_moment_is_written_in_the_shoppers_locale_and_the_stores_zone() -> None:
    said = "{{ coupon.ends_at | date }}, {{ coupon.ends_at | time }}"
    assert text_of(said, locale="en-US") == "November 24, 2026, 5:30\u202fPM EST"
    store = samples.everything()["store"] | {"timezone": "Europe/Berlin"}
    assert text_of(said, locale="de-DE", store=store) == "24. November 2026, 23:30 MEZ"
    late = samples.everything()["coupon"] | {"ends_at": "2026-11-24T23:30:00+00:00"}
    assert text_of("{{ coupon.ends_at | date }}", store=store, coupon=late) == "November 25, 2026"


def test_what_is_not_known_is_left_out() -> None:
    said = "{{ coupon.ends_at | date }}{{ nothing | money }}{{ cart.items[9].price | money }}"
    assert text_of(said, coupon=None) == ""


# --- what strangers write


def test_a_strangers_words_are_escaped_in_html_and_not_in_text() -> None:
    cart = samples.everything()["cart"]
    cart["items"][0]["title"] = '<script>alert("1")</script> & co'
    written = html_of("{{ cart.items[0].title }}", cart=cart)
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; co" in written
    assert "<script>" not in written
    assert text_of("{{ cart.items[0].title }}", cart=cart) == '<script>alert("1")</script> & co'


@pytest.mark.parametrize(
    ("name", "presented"),
    [
        ("Ada", "Ada"),
        ("  Ada \n Lovelace ", "Ada Lovelace"),
        ("Jean-Luc O'Neil Jr.", "Jean-Luc O'Neil Jr."),
        ("J. R. R.", "J. R. R."),
        ("שלום", "שלום"),
        ("\u202eadA", "adA"),
        ("A" * 100, "A" * 40),
        ("", None),
        (" \t ", None),
        (None, None),
        (7, None),
        ("Win at https://evil.example", None),
        ("www.evil.example", None),
        ("evil.example click", None),
        ("mail ada@evil.example", None),
        ("<b>Ada", None),
    ],
)
def test_only_a_name_is_greeted(name: object, presented: str | None) -> None:
    assert presentable_name(name) == presented


def test_an_advertisement_in_the_name_field_is_not_sent_on() -> None:
    customer = {"first_name": "Buy at http://evil.example", "email": "ada@example.com"}
    said = "Hello {{ customer.first_name | default: 'there' }}"
    assert text_of(said, customer=customer) == "Hello there"


def test_a_subject_is_one_line() -> None:
    cart = samples.everything()["cart"]
    cart["items"][0]["title"] = "Mug\r\nBcc: all@example.com"
    subject = "About {{ cart.items[0].title }}"
    rendered = Renderer().render(as_is(subject=subject), samples.everything() | {"cart": cart})
    assert rendered.subject == "About Mug Bcc: all@example.com"


@pytest.mark.parametrize(
    "source",
    [
        "{{ store.__class__ }}",
        "{{ store.__class__.__mro__[1].__subclasses__ }}",
        "{% assign s = 'x' %}{{ s.__class__ }}",
        "{{ cart.items.__len__ }}",
        "{{ cart.items.append }}",
        "{{ store.name.format }}",
        "{% for i in cart.items %}{{ forloop.it }}{{ forloop.parentloop.it }}{% endfor %}",
        "{{ self }}{{ config }}{{ request }}{{ env }}{{ context }}{{ template }}",
        "{{ now }}{{ today }}",
        "{{ cart['__class__'] }}{{ cart[locale] }}",
        "{{ store | map: '__class__' }}",
        "{{ cart.items | map: '__class__' | join }}",
        "{{ cart.items | where: '__class__' | size | replace: '0', '' }}",
        "{{ cart }}{{ store }}{{ customer }}",
    ],
)
def test_a_template_reaches_nothing_but_its_facts(source: str) -> None:
    assert text_of(source) == ""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_quickly_and_in_little_memory(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    with pytest.raises(RenderingFailed) as caught:
        text_of(BOMBS[name])
    assert time.process_time() - began < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
    assert "\n" not in caught.value.reason


def test_a_reasonable_template_is_far_from_its_limits() -> None:
    items = samples.everything()["cart"]["items"] * 50
    line = "- {{ item.title | upcase }}: {{ item.price | money }}\n"
    said = f"{{% for item in cart.items %}}{line}{{% endfor %}}"
    written = text_of(said, cart=samples.everything()["cart"] | {"items": items})
    assert written.count("\n") == 99


# --- links


def test_links_are_wrapped_in_click_tokens_numbered_as_they_stand() -> None:
    written = html_of(
        '<a href="https://one.example/?a=1&amp;b=2">1</a> <a href="{{ cart.items[0].url }}">2</a>',
        LINKS,
    )
    tokens = [href.rsplit("/", 1)[1] for href in hrefs(written) if "/c/" in href]
    said = [read_click(KEYS, token) for token in tokens]
    assert [(link.index, link.destination) for link in said] == [
        (1, "https://one.example/?a=1&b=2"),
        (2, "https://store.example.com/products/sample"),
    ]


def test_our_own_links_are_left_as_they_are() -> None:
    cart = samples.everything()["cart"] | {"url": LINKS.cart_url()}
    written = html_of(
        '<a href="{{ cart.url }}">x</a> <a href="{{ coupon.code | default: cart.url }}">y</a>',
        LINKS,
        cart=cart,
        coupon=None,
    )
    assert hrefs(written).count(LINKS.cart_url()) == 2
    assert samples.LINKS["unsubscribe"] in hrefs(written)


def test_links_that_pass_no_door_of_ours_carry_marks_of_origin() -> None:
    origin = Origin(Marks(MESSAGE, "email", "Carts", "reminder"), frozenset({"store.example.com"}))
    links = MessageLinks("https://app.example", KEYS, STORE, MESSAGE, origin)
    body = '<a href="https://store.example.com/mug">x</a> <a href="https://other.example/">y</a>'
    assert not any("utm_" in href for href in hrefs(html_of(body, links)))
    compiled = compile_template(a_template(mjml=body, text="See https://store.example.com/tea."))
    written = Renderer().render(compiled, samples.everything(), links, clicks=False)
    marked = {href for href in hrefs(written.html) if f"utm_id={MESSAGE}" in href}
    assert [href.partition("?")[0] for href in marked] == ["https://store.example.com/mug"]
    assert "https://other.example/" in hrefs(written.html)
    assert f"utm_id={MESSAGE}." in written.text


def test_mail_and_phone_links_are_not_tracked() -> None:
    written = html_of(
        '<a href="mailto:a@b.example">m</a> <a href="tel:+4930">t</a> <a href="#x">h</a>', LINKS
    )
    assert {"mailto:a@b.example", "tel:+4930", "#x"} <= set(hrefs(written))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example", "", None, "https://a@evil.example", "x y"]
)
def test_an_unsafe_address_leads_to_the_store_instead(address: str | None) -> None:
    cart = samples.everything()["cart"]
    cart["items"][0]["url"] = address
    for links in (LINKS, None):
        written = html_of('<a href="{{ cart.items[0].url }}">x</a>', links, cart=cart)
        assert "javascript" not in written
        assert "evil" not in written
        assert "https://store.example.com" in hrefs(written)


def test_the_open_pixel_is_the_last_thing_in_the_body() -> None:
    written = html_of("hi", LINKS)
    pixel = re.search(r'<img src="https://app\.example/o/([^"]+)\.gif"[^>]*></body>', written)
    assert pixel
    assert read_open(KEYS, pixel[1]).message_id == MESSAGE


def test_without_consent_to_tracking_nothing_is_tracked() -> None:
    compiled = compile_template(a_template(mjml='<a href="https://one.example">1</a>'))
    written = (
        Renderer().render(compiled, samples.everything(), LINKS, opens=False, clicks=False).html
    )
    assert "https://one.example" in hrefs(written)
    assert "app.example" not in written


def test_a_preview_tracks_nothing() -> None:
    assert "app.example" not in html_of('<a href="https://one.example">1</a>')


def test_templates_are_parsed_once_and_found_by_their_hash() -> None:
    renderer, compiled = Renderer(), compile_template(a_template(mjml="hi"))
    first = renderer.render(compiled, samples.everything())
    again = CompiledTemplate.from_document(compiled.to_document())
    assert again == compiled
    assert renderer.render(again, samples.everything()) == first
    assert len(renderer._parsed) == 1


def test_the_gaps_of_left_out_lines_are_closed() -> None:
    assert text_of("a  \n\n\n\n{% if coupon %}{% endif %}\n\nb\r\nc") == "a\n\nb\nc"
