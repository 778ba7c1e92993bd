"""What the grammar reads without forms: numbers, times, money, quoted texts, names of facts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from marketing.money import decimals
from marketing.sentences.spoken import Spoken
from marketing.sentences.words import Word, quoted, unquoted
from marketing.timing import duration_of, iso_duration
from marketing.triggers import is_clock

Read = Callable[[Sequence[Word], int, Spoken], dict[int, Any]]
Write = Callable[[Any, Spoken], str | None]
SMALL = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve"],
    "de": ["null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
           "elf", "zwölf"],
}  # fmt: skip
ARTICLES = {"en": {"a", "an"}, "de": {"eine", "einen", "einem", "einer", "eins"}}
UNITS = {
    "en": {"day": ("day", "days"), "hour": ("hour", "hours"), "minute": ("minute", "minutes"),
           "second": ("second", "seconds")},
    "de": {"day": ("Tag", "Tage"), "hour": ("Stunde", "Stunden"), "minute": ("Minute", "Minuten"),
           "second": ("Sekunde", "Sekunden")},
}  # fmt: skip
ALIKE = {
    "en": {"week": ("day", 7), "weeks": ("day", 7), "h": ("hour", 1), "hr": ("hour", 1),
           "hrs": ("hour", 1), "min": ("minute", 1), "mins": ("minute", 1), "d": ("day", 1)},
    "de": {"woche": ("day", 7), "wochen": ("day", 7), "tagen": ("day", 1), "std": ("hour", 1),
           "h": ("hour", 1), "min": ("minute", 1)},
}  # fmt: skip
AND = {"en": "and", "de": "und"}
SECONDS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}
DAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
}
_DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD")
_CROWNS = ("SEK", "NOK", "DKK")
CALLED = {
    "$": (*_DOLLARS, "MXN"),
    **dict.fromkeys(("dollar", "dollars"), _DOLLARS),
    **dict.fromkeys(("€", "euro", "euros"), ("EUR",)),
    **dict.fromkeys(("£", "pound", "pounds", "pfund"), ("GBP",)),
    **dict.fromkeys(("franc", "francs", "franken"), ("CHF",)),
    **dict.fromkeys(("¥", "yen"), ("JPY",)),
    **dict.fromkeys(("kr", "krona", "kronor", "krone", "kroner", "kronen"), _CROWNS),
    **dict.fromkeys(("zł", "zloty", "zlotys"), ("PLN",)),
    **dict.fromkeys(("₹", "rupee", "rupees", "rupien"), ("INR",)),
}
"""What currencies are called: a store's own is meant if it is one of them."""
THOUSANDS = re.compile(r"\d{1,3}[.,]\d{3}")
PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,5}\Z")
YES_NO = {"en": ("true", "false"), "de": ("wahr", "falsch")}


@dataclass(frozen=True, slots=True)
class Terminal:
    """A rule without forms: how it is read and written, and what it is, for who wrote it wrong."""

    read: Read
    write: Write
    about: Mapping[str, str]


def number_at(words: Sequence[Word], at: int, spoken: Spoken) -> int | float | None:
    """Give the number that a word is: digits, or a small one in letters; None: it is none."""
    if at >= len(words):
        return None
    word = words[at]
    if word.kind == "number":
        return _numeral(word.text)
    small = SMALL[spoken.language]
    if word.folded in small:
        return small.index(word.folded)
    return 1 if word.folded in ARTICLES[spoken.language] else None


def _numeral(text: str) -> int | float:
    plain = text.replace(",", ".")
    return float(plain) if "." in plain else int(plain)


def _one(value: Any, at: int) -> dict[int, Any]:
    return {} if value is None else {at + 1: value}


def _read_count(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    number = number_at(words, at, spoken)
    return _one(number if isinstance(number, int) and number >= 0 else None, at)


def _write_count(value: Any, _spoken: Spoken) -> str | None:
    return str(value) if type(value) is int and value >= 0 else None


def _read_number(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    return _one(number_at(words, at, spoken), at)


def _write_number(value: Any, spoken: Spoken) -> str | None:
    if type(value) is int:
        return str(value)
    if not isinstance(value, float):
        return None
    text = f"{Decimal(repr(value)):f}"
    return text.replace(".", ",") if spoken.language == "de" else text


def _read_negative(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    return {end: -value for end, value in _read_count(words, at, spoken).items() if value}


def _write_negative(value: Any, _spoken: Spoken) -> str | None:
    return str(-value) if type(value) is int and value < 0 else None


def _read_ordinal(words: Sequence[Word], at: int, _spoken: Spoken) -> dict[int, Any]:
    if at < len(words) and words[at].kind == "ordinal":
        return {at + 1: int(words[at].text[:-2])}
    dotted = at + 1 < len(words) and words[at].kind == "number" and words[at + 1].text == "."
    return {at + 2: int(words[at].text)} if dotted and words[at].text.isdecimal() else {}


def _write_ordinal(value: Any, spoken: Spoken) -> str | None:
    if type(value) is not int or value < 0:
        return None
    if spoken.language == "de":
        return f"{value}."
    special = {1: "st", 2: "nd", 3: "rd"} if value % 100 not in {11, 12, 13} else {}
    return f"{value}{special.get(value % 10, 'th')}"


def _read_duration(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    """Read `1 day 30 minutes`, `an hour`, `24h`; each length that makes sense is one way."""
    found: dict[int, Any] = {}
    seconds, here = 0, at
    while True:
        number = number_at(words, here, spoken)
        unit = _unit(words, here + 1, spoken) if number is not None else None
        if number is None or unit is None:
            return dict(reversed(found.items()))
        seconds += round(number * unit)
        here += 2
        found[here] = iso_duration(timedelta(seconds=seconds))
        if here < len(words) and words[here].folded == AND[spoken.language]:
            following = number_at(words, here + 1, spoken)
            here += following is not None


def _unit(words: Sequence[Word], at: int, spoken: Spoken) -> int | None:
    if at >= len(words):
        return None
    told = words[at].folded
    for name, written in UNITS[spoken.language].items():
        if told in {one.casefold() for one in written}:
            return SECONDS[name]
    name, times = ALIKE[spoken.language].get(told, ("", 0))
    return SECONDS[name] * times if times else None


def _write_duration(value: Any, spoken: Spoken, days: str | None = None) -> str | None:
    try:
        seconds = int(duration_of(value).total_seconds())
    except (TypeError, ValueError):
        return None
    parts = []
    for name, (one, many) in UNITS[spoken.language].items():
        count, seconds = divmod(seconds, SECONDS[name])
        if count:
            parts.append(
                f"{count} {one if count == 1 else days or many if name == 'day' else many}"
            )
    return " ".join(parts) or f"0 {UNITS[spoken.language]['second'][1]}"


def _write_dative(value: Any, spoken: Spoken) -> str | None:
    return _write_duration(value, spoken, "Tagen" if spoken.language == "de" else None)


def _read_time(words: Sequence[Word], at: int, _spoken: Spoken) -> dict[int, Any]:
    if at >= len(words) or words[at].kind != "time":
        return {}
    text = words[at].text.zfill(5)
    return {at + 1: text} if is_clock(text) else {}


def _write_time(value: Any, _spoken: Spoken) -> str | None:
    return value if isinstance(value, str) and is_clock(value) else None


def _read_text(words: Sequence[Word], at: int, _spoken: Spoken) -> dict[int, Any]:
    return {at + 1: unquoted(words[at].text)} if _is(words, at, "quote") else {}


def _read_name(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    """A text, or a single word without quotes."""
    return {at + 1: words[at].text} if _is(words, at, "word") else _read_text(words, at, spoken)


def _write_text(value: Any, _spoken: Spoken) -> str | None:
    return quoted(value) if isinstance(value, str) else None


def _is(words: Sequence[Word], at: int, kind: str) -> bool:
    return at < len(words) and words[at].kind == kind


def _read_path(words: Sequence[Word], at: int, _spoken: Spoken) -> dict[int, Any]:
    is_path = _is(words, at, "word") and PATH.match(words[at].text)
    return {at + 1: words[at].text} if is_path else {}


def _write_path(value: Any, _spoken: Spoken) -> str | None:
    return value if isinstance(value, str) and PATH.match(value) else None


def _read_money(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    """Read `50.00 EUR`, `€50`, `50 euros`, `50`; another currency than the store's is none."""
    sign = _currency(words, at, spoken)
    here = at + 1 if sign else at
    if not _is(words, here, "number"):
        return {}
    after = _currency(words, here + 1, spoken)
    end = here + 2 if after and not sign else here + 1
    if (sign or after or spoken.currency) != spoken.currency:
        return {}
    amount = _minor(words[here].text, spoken.currency)
    return {} if amount is None else {end: amount}


def _currency(words: Sequence[Word], at: int, spoken: Spoken) -> str | None:
    if at >= len(words):
        return None
    text, own = words[at].text, spoken.currency
    called = CALLED.get(words[at].folded)
    if called:
        return own if own in called else called[0]
    return text.upper() if text.upper() == own or re.fullmatch("[A-Z]{3}", text) else None


def _minor(text: str, currency: str) -> int | None:
    places = decimals(currency)
    # Three digits behind a comma or point are thousands, unless the currency has that many.
    told = re.sub("[.,]", "" if places < 3 and THOUSANDS.fullmatch(text) else ".", text)
    try:
        amount = Decimal(told).scaleb(places)
    except InvalidOperation:
        return None
    return int(amount) if amount == amount.to_integral_value() else None


def _write_money(value: Any, spoken: Spoken) -> str | None:
    if type(value) is not int:
        return None
    amount = f"{Decimal(value).scaleb(-decimals(spoken.currency)):f}"
    return f"{amount.replace('.', ',') if spoken.language == 'de' else amount} {spoken.currency}"


def _read_weekday(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    days = [day.casefold() for day in DAYS[spoken.language]]
    told = words[at].folded if at < len(words) else ""
    told = told if told in days else told.removesuffix("s")
    return {at + 1: days.index(told)} if told in days else {}


def _write_weekday(value: Any, spoken: Spoken) -> str | None:
    return DAYS[spoken.language][value] if value in range(7) else None


def _read_flag(words: Sequence[Word], at: int, spoken: Spoken) -> dict[int, Any]:
    told = words[at].folded if at < len(words) else ""
    yes, no = YES_NO[spoken.language]
    return {at + 1: told == yes} if told in {yes, no} else {}


def _write_flag(value: Any, spoken: Spoken) -> str | None:
    return YES_NO[spoken.language][0 if value else 1] if isinstance(value, bool) else None


def _about(en: str, de: str) -> Mapping[str, str]:
    return {"en": en, "de": de}


A_TEXT = _about("a text in quotes", "ein Text in Anführungszeichen")
DURATIONS = frozenset({"duration", "dative"})
A_TIME = _about("a duration such as “2 hours”", "eine Dauer wie „2 Stunden“")
A_NUMBER = _about("a number", "eine Zahl")
TERMINALS: Mapping[str, Terminal] = {
    "count": Terminal(_read_count, _write_count, A_NUMBER),
    "number": Terminal(_read_number, _write_number, A_NUMBER),
    "negative": Terminal(_read_negative, _write_negative, A_NUMBER),
    "ordinal": Terminal(_read_ordinal, _write_ordinal, _about("“5th”", "„5.“")),
    "duration": Terminal(_read_duration, _write_duration, A_TIME),
    "dative": Terminal(_read_duration, _write_dative, A_TIME),
    "time": Terminal(_read_time, _write_time, _about("a time as 10:00", "eine Uhrzeit wie 10:00")),
    "text": Terminal(_read_text, _write_text, A_TEXT),
    "name": Terminal(_read_name, _write_text, A_TEXT),
    "path": Terminal(
        _read_path,
        _write_path,
        _about("a fact such as “customer.country”", "eine Angabe wie „customer.country“"),
    ),
    "money": Terminal(_read_money, _write_money, _about("an amount", "ein Betrag")),
    "weekday": Terminal(_read_weekday, _write_weekday, _about("a weekday", "ein Wochentag")),
    "flag": Terminal(_read_flag, _write_flag, _about("true or false", "wahr oder falsch")),
}
"""What the forms may call, by name."""
