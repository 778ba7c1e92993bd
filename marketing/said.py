"""Sentences for people, which remember how they were made: so each can be said in German as well.

`say("Use {count} at the most.", count=3)` is a text, in English; `in_language(it, "de")` says it
by the catalogue `marketing/languages/de.po`, whose keys are the English sentences (gettext's way).
Nothing here asks who listens: the doors do, when they answer.
"""

import json
import string
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any, Self

from babel.dates import format_date, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE = "en"
LANGUAGES = (SOURCE, "de")
"""Those that everything is said in; a catalogue for each but the first."""


class Said(str):
    """An English sentence that knows its pattern, and what was put into it."""

    __slots__ = ("given", "line", "pattern")
    pattern: str
    given: dict[str, object]
    line: int | None
    """Of a pattern of several lines the one that is meant; None: all of them."""

    def __new__(
        cls, pattern: str, given: dict[str, object] | None = None, line: int | None = None
    ) -> Self:
        """Make it of a pattern with named places and what fills them."""
        told = given or {}
        self = super().__new__(cls, _filled(pattern, told, line, SOURCE))
        self.pattern, self.given, self.line = pattern, told, line
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Give what a copy is made of."""
        return self.pattern, self.given, self.line

    def format(self, *_args: object, **more: object) -> "Said":
        """Fill places that are still open, as marshmallow's rules do."""
        named = {name for _, name, _, _ in string.Formatter().parse(self.pattern) if name}
        fresh = {name: more[name] for name in named & more.keys() - self.given.keys()}
        return Said(self.pattern, {**self.given, **fresh}, self.line) if fresh else self

    def lines(self) -> "list[Said]":
        """Give its lines, each a sentence of its own: what is wrong, and what to do about it."""
        return [Said(self.pattern, self.given, at) for at in range(self.pattern.count("\n") + 1)]


class SaidError(Exception):
    """An error whose words are for people: what is wrong, and what to do about it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def say(pattern: str, **given: object) -> Said:
    """Give a sentence; `{name}` in its pattern is filled by what is given under that name.

    Numbers, days and durations are written as the language writes them, several things with
    commas between; what is itself said is said in the same language. Without anything given the
    pattern is taken as it stands, brackets and all.
    """
    return Said(pattern, given)


def in_lines(message: Said, remedy: Said) -> Said:
    """Give what is wrong and what to do about it as one text of two lines, as forms take it."""
    return Said("{message}\n{remedy}", {"message": message, "remedy": remedy})


def in_language(text: str, language: str) -> str:
    """Say a sentence in a language, English for others; a text of nobody's stays as it is."""
    if language not in LANGUAGES:
        language = SOURCE
    if not isinstance(text, Said):
        return catalogue(language).get(text, text)
    pattern = catalogue(language).get(text.pattern, text.pattern)
    return _filled(pattern, text.given, text.line, language)


def as_kept(text: str) -> str:
    """Give what a sentence was made of, as JSON, to be kept until it is known who reads it."""
    return json.dumps(_parts(text)) if isinstance(text, Said) else text


def recalled(text: str) -> str:
    """Give the sentence that `as_kept` wrote; a text that was kept as it read stays as it is."""
    if not text.startswith('{"pattern": '):
        return text
    sentence: Said = _whole(json.loads(text))
    return sentence


def _parts(given: object) -> Any:
    match given:
        case Said():
            told = {name: _parts(one) for name, one in given.given.items()}
            return {"pattern": given.pattern, "given": told, "line": given.line}
        case list() | tuple():
            return [_parts(one) for one in given]
        case int() | float():
            return given
        case _:
            return str(given)


def _whole(parts: Any) -> Any:
    match parts:
        case {"pattern": pattern, "given": given, "line": line}:
            return Said(pattern, {name: _whole(one) for name, one in given.items()}, line)
        case list():
            return [_whole(one) for one in parts]
        case _:
            return parts


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Give by English pattern that of a language; nothing for English."""
    if language == SOURCE:
        return {}
    written = (files("marketing") / "languages" / f"{language}.po").read_bytes()
    read = read_po(BytesIO(written), locale=language, abort_invalid=True)
    return {str(one.id): str(one.string) for one in read if one.id and one.string}


def _filled(pattern: str, given: dict[str, object], line: int | None, language: str) -> str:
    whole = pattern if line is None else pattern.split("\n")[line]
    if not given:
        return whole
    return whole.format(**{name: _written(value, language) for name, value in given.items()})


def _written(value: object, language: str) -> str:
    match value:
        case Said():
            written = in_language(value, language)
        case str():
            written = value
        case int() | float():
            written = format_decimal(value, locale=language)
        case timedelta():
            written = format_timedelta(value, threshold=1, locale=language)
        case date():
            written = format_date(value, "long", locale=language)
        case Iterable():
            written = ", ".join(_written(one, language) for one in value)
        case _:
            written = str(value)
    return str(written)


NOTHING = Said("")
