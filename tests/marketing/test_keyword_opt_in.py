"""Agreeing by a word: which words may be asked for, and what is answered in every language."""

import pytest

from marketing.keyword_opt_in import (
    CHANNELS,
    LANGUAGES,
    KeywordOptIn,
    answer,
    fault_of,
    of_channel,
    with_channel,
)
from marketing.keywords import Wish, wish_of
from marketing.model import ChannelName
from marketing.sms import segments

JOIN = KeywordOptIn("JOIN", "News by text.")


@pytest.mark.parametrize("text", ["join", " Join! ", "JÓIN", "join 🎉", "join\u200d"])
def test_the_word_is_it_however_it_is_written(text: str) -> None:
    assert JOIN.is_said_by(text)


@pytest.mark.parametrize("text", ["", "!", "join us", "joint", "do I join?"])
def test_a_message_that_says_more_or_other_things_is_not(text: str) -> None:
    assert not JOIN.is_said_by(text)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("JOIN", None),
        ("Dabei sein", None),
        ("VIP10", None),
        ("", "Give a word"),
        ("🎉", "Give a word"),
        ("x" * 41, "Use up to"),
        ("Stop!", "a meaning of its own"),
        ("START", "a meaning of its own"),
        ("yes", "a meaning of its own"),
        ("Hilfe", "a meaning of its own"),
        ("agent", "ask for a person"),
        ("Mara", "ask for a person"),
    ],
)
def test_a_word_that_means_something_already_is_refused(word: str, why: str | None) -> None:
    fault = fault_of(word, ["mara"])
    assert (fault is None) if why is None else (why in str(fault))


def test_settings_hold_one_word_for_each_channel_beside_all_else() -> None:
    told = with_channel({"caps": 3}, ChannelName.SMS, JOIN)
    told = with_channel(told, ChannelName.WHATSAPP, KeywordOptIn("Hi", "By WhatsApp."))
    assert told["caps"] == 3
    assert of_channel(told, ChannelName.SMS) == JOIN
    assert of_channel(with_channel(told, ChannelName.SMS, None), ChannelName.SMS) is None
    assert of_channel(told, ChannelName.WHATSAPP) == KeywordOptIn("Hi", "By WhatsApp.")
    assert of_channel({}, ChannelName.SMS) is None
    assert of_channel(told, ChannelName.MESSENGER) is None


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_answer_names_the_store_and_words_that_end_it_and_help(language: str) -> None:
    told = {one: answer(one, language, "Maple & Moss") for one in CHANNELS}
    assert all("Maple & Moss" in one and "{" not in one for one in told.values())
    sms, whatsapp = ({wish_of(word) for word in _words(told[one])} for one in CHANNELS)
    assert {Wish.STOP, Wish.HELP} <= sms
    assert Wish.STOP in whatsapp


def _words(told: str) -> list[str]:
    for sign in "'「」\uff0c,\uff1a:。.、،":
        told = told.replace(sign, " ")
    return told.split()


def test_the_language_is_the_customers_else_english() -> None:
    assert "Antworten Sie STOP" in answer(ChannelName.SMS, "de-AT", "Maple")
    assert answer(ChannelName.SMS, "no", "Maple") == answer(ChannelName.SMS, "nb", "Maple")
    assert "Reply STOP" in answer(ChannelName.SMS, "xx", "Maple")


def test_an_english_answer_costs_one_part() -> None:
    assert segments(answer(ChannelName.SMS, "en", "Maple & Moss")).count == 1
