"""What a text message is billed by, letter for letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.sms import Alphabet, segments


@pytest.mark.parametrize(
    ("text", "units", "count"),
    [
        ("", 0, 0),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        ("a" * 152 + "€" + "a" * 10, 164, 2),
        ("ñ" * 160, 160, 1),
        ("á" + "a" * 69, 70, 1),
        ("á" + "a" * 70, 71, 2),
        ("😀" * 35, 70, 1),
        ("😀" * 36, 72, 2),
    ],
)
def test_a_text_is_counted_as_the_networks_do(text: str, units: int, count: int) -> None:
    found = segments(text)
    assert (found.units, found.count) == (units, count)


def test_a_curly_quote_is_named_as_what_makes_a_text_dearer() -> None:
    assert segments("Hi's").alphabet is Alphabet.GSM7
    assert segments("Hi\u2019s, it\u2019s").foreign == ("\u2019",)


@given(st.text(alphabet="aé€^😀ж ", max_size=700))
def test_a_longer_text_never_has_fewer_segments(text: str) -> None:
    counts = [segments(text[:end]).count for end in (len(text) // 2, len(text))]
    assert counts == sorted(counts)


@given(st.text(alphabet="ab😀€", min_size=1, max_size=400))
def test_segments_hold_what_was_written_and_split_no_pair(text: str) -> None:
    found = segments(text)
    room = {Alphabet.GSM7: (160, 153), Alphabet.UCS2: (70, 67)}[found.alphabet]
    if found.count == 1:
        assert found.units <= room[0]
    else:
        assert found.units <= found.count * room[1]
        assert found.units > (found.count - 1) * (room[1] - 1)
