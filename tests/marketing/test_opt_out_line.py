"""Whose a marketing text is and how to stop it: said where it is due, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest

from marketing.opt_out_line import (
    LINES,
    MOST_ADDED,
    is_due,
    longest,
    names_of,
    names_stop,
    with_line,
    with_name,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
AMERICAN, PUERTO_RICAN = "+12025550143", "+17875550143"
CANADIAN, GERMAN, FRENCH = "+14165550143", "+4915112345678", "+33612345678"


@pytest.mark.parametrize("number", [AMERICAN, PUERTO_RICAN])
@pytest.mark.parametrize(
    ("days", "expected"), [(None, True), (0, False), (1, False), (29.99, False), (30, True)]
)
def test_an_american_number_is_told_first_and_once_in_thirty_days(
    number: str, days: float | None, *, expected: bool
) -> None:
    told_at = None if days is None else NOW - days * A_DAY
    assert is_due(number, told_at, NOW) is expected


@pytest.mark.parametrize("number", [CANADIAN, GERMAN, FRENCH, "+15550100", "no number"])
def test_every_other_number_is_told_each_time(number: str) -> None:
    assert is_due(number, NOW - A_DAY, NOW)
    assert is_due(number, None, NOW)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Hi! Reply STOP to end.", True),
        ("STOP ends it", True),
        ("(Ende: STOP)", True),
        ("Stop by our store", False),
        ("NON-STOP fun, UNSTOPPABLE", False),
        ("{{ words.stop }}", False),
    ],
)
def test_only_the_word_itself_tells_how_to_stop(words: str, *, expected: bool) -> None:
    assert names_stop(words) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is back.", "Joy: It is back."),
        ("Joy has it back.", "Joy has it back."),
        ("News of JOY!", "News of JOY!"),
        ("Joy & Sons: it is back.", "Joy & Sons: it is back."),
        ("Enjoy the sale", "Joy: Enjoy the sale"),
        ("See https://joy.example/joy", "Joy: See https://joy.example/joy"),
    ],
)
def test_a_text_that_says_the_stores_name_says_it_once(text: str, expected: str) -> None:
    assert with_name(text, ["Joy", "Joy & Sons Ltd."]) == expected


def test_a_store_without_a_name_and_one_with_an_endless_name_are_written_all_the_same() -> None:
    assert with_name("Hi", names_of({}, None)) == "Hi"
    assert with_name("Hi", ["a" * 60]) == f"{'a' * 40}: Hi"


def test_the_name_is_the_one_that_mails_are_signed_with() -> None:
    assert names_of({"sender_name": "Ada of  Joy\n"}, "Joy") == ("Ada of Joy", "Joy")
    assert names_of({"sender_name": " "}, "Joy") == ("Joy",)
    assert names_of({}, "Joy") == ("Joy",)


def test_several_lines_end_in_one_of_their_own() -> None:
    assert with_line("Which?\n1: A\n2: B", "Reply STOP").endswith("2: B\nReply STOP")
    assert with_line("Hi", "Reply STOP") == "Hi Reply STOP"


@pytest.mark.parametrize("text", ["Hi", "Joy: hi", "Hi STOP", "{{ store.name }}: hi", "a\nb"])
def test_what_is_counted_is_never_shorter_than_what_goes_out(text: str) -> None:
    names = ["Joy"]
    counted = longest(text, names)
    for line in LINES:
        named = with_name(text.replace("{{ store.name }}", "Joy"), names)
        assert len(counted) >= len(named if names_stop(text) else with_line(named, line))
    assert len(counted) - len(text) <= MOST_ADDED
