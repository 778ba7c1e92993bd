"""A word that begins a flow: found however it is written, and not where it only seems to stand."""

from dataclasses import replace

import pytest

from marketing.events import EventName
from marketing.flow import Trigger
from marketing.keyword_match import KeywordMatch, folded, is_met
from marketing.triggers import matches, trigger_problems

CONTAINS, IS = KeywordMatch.CONTAINS, KeywordMatch.IS


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("size", "Which SIZE do I need?"),
        ("size", "size"),
        ("size", "Hi! 👋size👟 please"),
        ("size", "the resize button, no: the size!"),
        ("size", "what's your size's length"),
        ("sale", "🔥SALE🔥"),
        ("sale", "❤️sale"),
        ("sale", "sa\u00adle?"),
        ("Größe", "welche GRÖSSE habe ich"),
        ("grosse", "welche Größe habe ich"),
        ("réduction", "une REDUCTION svp"),
        ("promocion", "¿hay promoción?"),
        ("t-shirt", "the T Shirt in red"),
        ("free shipping", "is there FREE  shipping?"),
        ("10%", "do I get 10 % off"),
        ("don't", "I don\u2019t know"),
        ("yard\u0131m", "YARDIM lütfen"),
        ("скидка", "Есть ли СКИДКА?"),
        ("ещё", "есть еще"),
        ("\uff33\uff21\uff2c\uff25", "the sale"),
        ("1", "1️⃣ please"),
        ("尺码", "请问尺码怎么选"),
        ("サイズ", "ｻｲｽﾞを教えて"),
        ("ขนาด", "มีขนาดไหนบ้าง"),
        ("사이즈", "사이즈가 어떻게 되나요"),
        ("साड़ी", "मुझे साड़ी चाहिए"),
        ("خصم", "هل يوجد خَصْم؟"),
    ],
)
def test_a_word_is_found_in_a_message(word: str, text: str) -> None:
    assert is_met([word], CONTAINS, folded(text))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("size", "please resize it"),
        ("size", "sizes"),
        ("size", "si ze"),
        ("size", ""),
        ("sale", "salesman"),
        ("1", "order 1001"),
        ("10%", "110 %"),
        ("t-shirt", "tshirt"),
        ("free shipping", "shipping is free"),
        ("free shipping", "free or shipping?"),
        ("!!!", "hello!!!"),
        ("👍", "great 👍"),
        ("", "anything"),
        ("사이즈", "새사이즈"),
        ("साड़", "साड़ी"),
        ("パン", "ハンが"),
        ("أب", "أبواب"),
    ],
)
def test_what_only_looks_like_the_word_is_not_it(word: str, text: str) -> None:
    assert not is_met([word], CONTAINS, folded(text))


@pytest.mark.parametrize(
    ("text", "is_all"),
    [
        ("Größe", True),
        ("  GROSSE!! 👍", True),
        ("Größe 42", False),
        ("die Größe", False),
        ("", False),
    ],
)
def test_a_word_may_have_to_be_the_whole_message(text: str, *, is_all: bool) -> None:
    assert is_met(["größe", "?"], IS, folded(text)) is is_all


def test_a_trigger_reads_the_words_that_no_event_keeps() -> None:
    trigger = Trigger(EventName.MESSAGE_RECEIVED, keywords=("size",), keyword_match=CONTAINS)
    words = folded("Hello! Could you tell me which size would fit somebody of 1,80 m?")
    data = {"channel": "instagram", "kind": "text"}
    assert matches(trigger, "message.received", data, words)
    assert not matches(replace(trigger, keyword_match=IS), "message.received", data, words)
    assert not matches(trigger, "message.received", data)
    assert not matches(replace(trigger, keywords=("colour",)), "message.received", data, words)


def test_of_a_past_message_the_short_words_are_known() -> None:
    trigger = Trigger(EventName.MESSAGE_RECEIVED, keywords=("size",), keyword_match=CONTAINS)
    assert matches(trigger, "message.received", {"keyword": "what size"})


@pytest.mark.parametrize(
    ("keywords", "match", "wrong"),
    [
        (("size",), CONTAINS, False),
        ((), IS, False),
        ((), CONTAINS, True),
        (("size", "!!!"), IS, True),
        (("👍",), CONTAINS, True),
    ],
)
def test_a_word_that_nobody_can_write_is_told(
    keywords: tuple[str, ...], match: KeywordMatch, *, wrong: bool
) -> None:
    trigger = Trigger(EventName.MESSAGE_RECEIVED, keywords=keywords, keyword_match=match)
    assert [field for field, _, _ in trigger_problems(trigger)] == ["keywords"] * wrong
