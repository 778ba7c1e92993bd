"""Money and time in the shopper's own way of writing them, fast enough for every message."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency

from marketing.money import decimals

FALLBACK_LOCALE = "en"
_OFFSET = re.compile(r"^([+-]\d\d)(\d\d)$")
"""What Babel says of a zone that a locale has no name for."""
STYLES = ("short", "medium", "long", "full")
PROBES = (0, 7, 99_999, 100_000, 123_456, 1_234_567, 12_345_678, 9_876_543_210)
"""Amounts that show how a locale groups digits."""


@lru_cache(maxsize=1_024)
def locale_of(tag: str) -> Locale:
    """Give the locale of a BCP 47 tag, else its language, else English: tags come from browsers."""
    for candidate in (tag, tag.replace("_", "-").partition("-")[0]):
        try:
            return Locale.parse(candidate.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale.parse(FALLBACK_LOCALE)


def money(amount: int, currency: str, locale: str) -> str:
    """Write minor units as money: `(1999, "EUR", "de-DE")` gives "19,99 €" (space unbroken)."""
    return _formatter(currency, locale)(amount)


@lru_cache(maxsize=1_024)
def language(locale: str) -> str:
    """Give what an HTML `lang` attribute should say."""
    return str(locale_of(locale)).replace("_", "-")


def day(moment: str, style: str, locale: str, timezone: str) -> str:
    """Write the day of an ISO 8601 moment in a zone: "11 October 2026"."""
    return _day(moment, style, locale, timezone)


def time_of_day(moment: str, style: str, locale: str, timezone: str) -> str:
    """Write the time of an ISO 8601 moment in a zone, and which zone: "18:30 MEZ"."""
    return _time(moment, style, locale, timezone)


@lru_cache(maxsize=8_192)
def _day(moment: str, style: str, locale: str, timezone: str) -> str:
    return str(format_date(_local(moment, timezone), format=style, locale=locale_of(locale)))


@lru_cache(maxsize=8_192)
def _time(moment: str, style: str, locale: str, timezone: str) -> str:
    local, written = _local(moment, timezone), locale_of(locale)
    clock = format_time(local, format=style, tzinfo=local.tzinfo, locale=written)
    if style in {"long", "full"}:  # these say the zone themselves
        return str(clock)
    zone = _OFFSET.sub(r"UTC\1:\2", get_timezone_name(local, width="short", locale=written))
    return f"{clock} {zone}"


def _local(moment: str, timezone: str) -> datetime:
    parsed = datetime.fromisoformat(moment)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return aware.astimezone(_zone(timezone))


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=4_096)
def _formatter(currency: str, locale: str) -> Callable[[int], str]:
    """Give a formatter for one currency and locale: Babel's when we can't write just as it does."""
    written, places = locale_of(locale), decimals(currency)
    pattern = written.currency_formats["standard"].pattern
    pattern = re.sub(r"0\.0+", "0." + "0" * places if places else "0", pattern)

    @lru_cache(maxsize=16_384)
    def by_babel(amount: int) -> str:
        exact = Decimal(amount).scaleb(-places)
        return str(format_currency(exact, currency, pattern, locale=written, currency_digits=False))

    quick = _quick_formatter(by_babel(1_234_567 * 10**places), places)
    if quick and all(quick(probe) == by_babel(probe) for probe in PROBES):
        return lambda amount: quick(amount) if amount >= 0 else by_babel(amount)
    return by_babel


def _quick_formatter(probe: str, places: int) -> Callable[[int], str] | None:
    """Learn from 1234567 written out: what stands before, between and after the digits."""
    shape = re.fullmatch(r"(\D*)1(?P<group>\D)234(?P=group)567(?:(\D)0+)?(\D*)", probe)
    if shape is None:
        return None
    before, group, point, after = shape[1], shape[2], shape[3] or "", shape[4]
    scale = 10**places

    def quick(amount: int) -> str:
        whole, fraction = divmod(amount, scale)
        digits = f"{whole:,}".replace(",", group)
        return f"{before}{digits}{point}{fraction:0{places}d}{after}"

    def quick_whole(amount: int) -> str:
        return f"{before}{f'{amount:,}'.replace(',', group)}{after}"

    return quick if places else quick_whole
