"""HELP is answered in the language of its word, with whose texts they are and how they end."""

import pytest

from marketing.help_answers import LANGUAGES, answer, language_of
from marketing.keywords import Wish, wish_of
from marketing.sms import segments


@pytest.mark.parametrize(
    ("asked", "locale", "language"),
    [
        ("HELP", "en-US", "en"),
        ("help", "de", "de"),
        ("Hilfe bitte!", "en-US", "de"),
        ("AIDE", "en", "fr"),
        ("hjälp", "en", "sv"),
        ("YARDIM", "en", "tr"),
        ("ヘルプ", "en", "ja"),
        ("info", "xx", "en"),
        ("info", "pt_BR", "pt"),
        ("help", "no", "nb"),
    ],
)
def test_the_word_decides_the_language_else_the_customers_own(
    asked: str, locale: str, language: str
) -> None:
    assert wish_of(asked) is Wish.HELP
    assert language_of(asked, locale) == language


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_answer_names_the_store_how_to_stop_and_who_helps(language: str) -> None:
    told = answer("help", language, "Maple & Moss", "care@maple.example")
    assert "Maple & Moss" in told
    assert "care@maple.example" in told
    assert "{" not in told
    assert any(wish_of(word.strip(".,:;、،")) is Wish.STOP for word in _words(told))


def _words(told: str) -> list[str]:
    return told.replace("「", " ").replace("」", " ").replace("\uff1a", " ").split()


def test_an_english_answer_costs_two_parts_at_the_most() -> None:
    assert segments(answer("help", "en", "Maple & Moss", "care@maple.example")).count <= 2


def test_a_name_that_looks_like_a_place_is_left_as_it_is() -> None:
    assert "{contact} {store}" in answer("help", "en", "{contact} {store}", "x@y.example")
