"""The one text that confirms a stop: the store's name, that it is over, the way back, no more."""

import pytest

from marketing.help_answers import LANGUAGES as OF_HELP
from marketing.keywords import Wish, wish_of
from marketing.sms import segments
from marketing.stop_answers import LANGUAGES, answer, is_caught


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_names_the_store_and_the_way_back(language: str) -> None:
    told = answer(language, "Maple & Moss")
    assert "Maple & Moss" in told
    assert "{" not in told
    bare = "".join(" " if one in "「」\uff1a:.。،" else one for one in told)
    assert any(wish_of(word) is Wish.START for word in bare.split())
    assert segments(told).count <= 2


def test_it_is_told_in_the_customers_language_else_in_english() -> None:
    assert LANGUAGES == OF_HELP
    assert "keine Werbe-SMS mehr" in answer("de-AT", "Maple")
    assert answer("no", "Maple") == answer("nb_NO", "Maple")
    assert "no more marketing texts" in answer("xx", "Maple")
    assert segments(answer("en", "Maple & Moss")).count == 1


@pytest.mark.parametrize("text", ["STOP", " stop \n", "Stop all", "unsubscribe", "END"])
def test_the_words_of_the_providers_are_theirs_to_answer(text: str) -> None:
    assert is_caught(text)


@pytest.mark.parametrize("text", ["STOP please", "Stopp", "bitte keine SMS mehr", "Enough!"])
def test_other_words_are_not(text: str) -> None:
    assert wish_of(text) is Wish.STOP
    assert not is_caught(text)
