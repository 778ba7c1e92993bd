"""Every email of every recipe, with all facts and with hardly any: no hole, no half-sentence."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from marketing import recipes, samples
from marketing.compiling import CompiledTemplate
from marketing.flow import SendMessage, walk
from marketing.model import MessageKind
from marketing.rendering import Rendered, Renderer
from marketing.said import LANGUAGES
from marketing.templates import compile_template

MESSAGES = {
    f"{language} {name}: {step.id}": step
    for language in LANGUAGES
    for name in recipes.names()
    for step in walk(recipes.load(name, language).steps)
    if isinstance(step, SendMessage)
}
WHY = {"en": "You receive this email because", "de": "Sie erhalten diese E-Mail"}
UNTOLD = {
    "en": ("days to send", "Founder", "Instagram", "free on orders", "find us", "working on"),
    "de": ("Tage Zeit", "Gründung", "Instagram", "ist der Versand", "finden uns", "wir arbeiten"),
}
_compiled: dict[str, CompiledTemplate] = {}


def nothing() -> dict[str, Any]:
    """What the flow is about is gone by now: deleted, or never heard of."""
    gone = {"product": None, "order": None, "recommendations": [], "recommended_as": None}
    bare = samples.as_little_as_possible()
    return bare | gone | {"cart": {**bare["cart"], "items": []}}


def sold_out() -> dict[str, Any]:
    full = samples.everything()
    items = [item | {"sold_out": True, "image_url": None} for item in full["cart"]["items"]]
    product = full["product"] | {"available": False, "image_url": None, "price": 12_000}
    return full | {"cart": {**full["cart"], "items": items}, "product": product, "coupon": None}


def one_recommendation() -> dict[str, Any]:
    full = samples.everything()
    one = full["recommendations"][0] | {"image_url": None, "url": None, "price": None}
    return full | {"recommendations": [one], "recommended_as": "mixed", "reviews": []}


CONTEXTS = (
    samples.everything, samples.as_little_as_possible, samples.much,
    nothing, sold_out, one_recommendation,
)  # fmt: skip


def rendered(message: str, context: Callable[[], dict[str, Any]]) -> Rendered:
    step = MESSAGES[message]
    if message not in _compiled:
        _compiled[message] = compile_template(step.template, step=step.id, kind=step.kind)
    language = message.partition(" ")[0]
    return Renderer().render(_compiled[message], context() | {"locale": f"{language}-DE"})


class Reader(HTMLParser):
    """Reads an email as a person does: its words, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.pictures, self.skips = [], [], [], 0  # type: ignore[var-annotated]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.skips += tag in {"style", "title"}
        if tag == "a":
            self.links.append(told.get("href"))
        if tag == "img":
            self.pictures.append((told.get("src"), told.get("alt")))

    def handle_endtag(self, tag: str) -> None:
        self.skips -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self.skips:
            self.words.append(data)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("context", CONTEXTS, ids=lambda one: one.__name__)
def test_no_email_has_a_hole(message: str, context: Callable[[], dict[str, Any]]) -> None:
    words = rendered(message, context)
    reader = Reader(words.html)
    told = " ".join("".join(reader.words).split())
    for part in (words.subject, words.preview, told, words.text):
        assert not re.search(r"\bNone\b|\{\{|\{%|%\}|\bnil\b|\[\]|block-", part), part
        assert not re.search(r" ,| \.|\(\)|,,|(?<!\.)\.\.(?!\.)|“”", part), part
        assert part.strip()
    assert all(link and re.match(r"https?://|mailto:", link) for link in reader.links)
    assert all(source for source, _ in reader.pictures)
    assert len(words.subject) <= 75


@pytest.mark.parametrize("message", MESSAGES)
def test_a_subject_is_short_and_greets_only_who_has_a_name(message: str) -> None:
    assert len(rendered(message, samples.everything).subject) <= 56
    bare = rendered(message, samples.as_little_as_possible)
    assert len(bare.subject) <= 56
    assert "Ada" not in bare.subject + bare.text


@pytest.mark.parametrize("message", MESSAGES)
def test_marketing_says_how_to_stop_it_and_a_confirmation_does_not(message: str) -> None:
    is_marketing = MESSAGES[message].kind is MessageKind.MARKETING
    for context in CONTEXTS:
        words = rendered(message, context)
        for part in (words.html, words.text):
            assert (str(samples.LINKS["unsubscribe"]) in part) is is_marketing
            assert samples.ADDRESS in part
            assert part.count(WHY[message.partition(" ")[0]]) == 1


@pytest.mark.parametrize("message", MESSAGES)
def test_what_the_merchant_did_not_tell_is_not_claimed(message: str) -> None:
    words = rendered(message, samples.as_little_as_possible)
    for part in (words.html, words.text):
        assert not [one for one in UNTOLD[message.partition(" ")[0]] if one in part]


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_says_what_it_is_for(name: str) -> None:
    about = recipes.about(name)
    assert about.category in recipes.CATEGORIES
    sentences = [about.summary, about.timing, *about.ideas, *([about.needs] if about.needs else [])]
    assert all(not one[0].islower() and one[-1] in ".?" for one in sentences)
    assert len(about.ideas) >= 2
