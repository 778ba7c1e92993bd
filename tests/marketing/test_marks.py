"""Marks of origin: what our links carry to a store's own pages, and what is read back."""

from datetime import UTC, datetime

import pytest

from marketing.marks import Landing, Marks, Origin, marked, pages_of, slug

MESSAGE = "0192f2c4-0000-7000-8000-000000000001"
MARKS = Marks(MESSAGE, "email", "Späte Körbe, Teil 2", "reminder-b")
OURS = (
    "utm_source=reprise&utm_medium=email&utm_campaign=spate-korbe-teil-2"
    f"&utm_content=reminder-b&utm_id={MESSAGE}"
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://maple.example/", f"https://maple.example/?{OURS}"),
        ("https://maple.example/mug?a=1&b#top", f"https://maple.example/mug?a=1&b&{OURS}#top"),
    ],
)
def test_marks_are_added_and_what_was_there_stays(url: str, expected: str) -> None:
    assert marked(url, MARKS) == expected
    assert marked(expected, MARKS) == expected


def test_the_merchants_own_marks_win() -> None:
    own = marked("https://maple.example/?utm_source=letter&UTM_Campaign=x", MARKS)
    assert own.count("utm_source") == 1
    assert own.lower().count("utm_campaign") == 1
    assert own.endswith(f"utm_id={MESSAGE}")


def test_a_slug_is_plain_and_says_nothing_of_the_kind_of_header() -> None:
    assert slug("Win back\r\nBcc: ada@example.com & more") == "win-back-bcc-ada-example-com-more"
    assert slug("漢字") == ""


def test_texts_are_marked_where_they_lead_to_the_store_alone() -> None:
    origin = Origin(MARKS, pages_of("https://www.maple.example", "maple.myshopify.com"))
    text = (
        "See https://maple.example/mug. Or (https://maple.example/tea), or "
        "https://instagram.example/maple; write to mailto:hello@maple.example. "
        "Leave: https://app.example/u/abc"
    )
    said = origin.mark_all(text)
    assert said.count("utm_id=") == 2
    assert f"https://maple.example/mug?{OURS}. Or" in said
    assert f"(https://maple.example/tea?{OURS}), or" in said
    assert "https://instagram.example/maple;" in said
    assert said.endswith("https://app.example/u/abc")


def test_a_landing_is_read_off_an_address_or_nothing_is() -> None:
    at = Landing.at_address(f"/products/mug?x=1&{OURS}")
    assert at == Landing("reprise", "email", "spate-korbe-teil-2", "reminder-b", MESSAGE)
    for nothing in (None, "", "/products/mug", "/?utm_term=x", "http://[utm_?utm_id=1"):
        assert Landing.at_address(nothing) is None
    long = Landing.at_address("/?utm_id=" + "x" * 5000)
    assert long is not None
    assert long.id == "x" * 200


def test_a_landing_is_kept_with_what_is_known_of_it() -> None:
    told = Landing.of({"utm_id": "m1"}, datetime(2026, 11, 26, tzinfo=UTC))
    assert told is not None
    assert told.document() == {"id": "m1", "at": "2026-11-26T00:00:00+00:00"}
