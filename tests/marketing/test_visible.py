"""What nobody sees is no message; what somebody sees, however odd, is one."""

import pytest

from marketing.visible import says_something


@pytest.mark.parametrize(
    "text",
    [
        "", " \n\t", "\u200b", "\u200b\u200c\u200d\ufeff", "\u2060\u00ad", "\u3164", "\u2800",
        "\u202e\u202c", "\u00a0", "\ufe0f", "\0", "\ud800", "\U000e0041",
    ],
)  # fmt: skip
def test_what_nobody_sees_says_nothing(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize(
    "text",
    ["a", "👨\u200d👩\u200d👧", "❤\ufe0f", "क\u200dष", "?", ".", "\u200bhi", "한", "e\u0301"],
)
def test_what_somebody_sees_says_something(text: str) -> None:
    assert says_something(text)
