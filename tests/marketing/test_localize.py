"""Money and time as Babel writes them, only faster."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from marketing import localize
from marketing.money import decimals

LOCALES = [
    "en-US",
    "de-DE",
    "de-AT",
    "de-CH",
    "fr-FR",
    "pt-PT",
    "pl",
    "es",
    "hi-IN",
    "ja",
    "ar-EG",
    "he",
    "sv-SE",
]


@given(
    st.integers(min_value=-(10**12), max_value=10**12),
    st.sampled_from(["EUR", "USD", "JPY", "INR", "GBP", "CHF"]),
    st.sampled_from(LOCALES),
)
def test_money_is_written_as_babel_does(amount: int, currency: str, locale: str) -> None:
    exact = Decimal(amount).scaleb(-decimals(currency))
    expected = format_currency(exact, currency, locale=localize.locale_of(locale))
    assert localize.money(amount, currency, locale) == expected


@pytest.mark.parametrize(
    "tag", ["", "-", "x" * 500, "../../etc/passwd", "de_DE", "DE-de", "zh-Hant-TW"]
)
def test_any_tag_of_a_browser_gives_a_locale(tag: str) -> None:
    assert localize.money(100, "EUR", tag)
    assert localize.language(tag)


@pytest.mark.parametrize(
    ("locale", "zone", "written"),
    [
        ("de-DE", "Europe/Berlin", "23:30 MEZ"),
        ("de-DE", "America/New_York", "17:30 UTC-05:00"),
        ("en-US", "America/New_York", "5:30\u202fPM EST"),
    ],
)
def test_a_time_says_which_zone_it_means(locale: str, zone: str, written: str) -> None:
    assert localize.time_of_day("2026-11-24T22:30:00+00:00", "short", locale, zone) == written


def test_an_unknown_zone_is_utc() -> None:
    moment = "2026-11-24T22:30:00+00:00"
    assert localize.time_of_day(moment, "short", "de", "Mars/Olympus") == "22:30 UTC"
    assert localize.day(moment, "short", "de", "../../etc") == "24.11.26"


def test_a_moment_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        localize.day("tomorrow", "long", "en", "UTC")
