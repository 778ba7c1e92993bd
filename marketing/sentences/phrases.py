"""Phrases: `(send|write) [me] {channel}` as parts, and the files that hold them.

A word stands for itself, `[...]` may be left out and is not written, of `(a|b)` the first is
written, and `{name}` is a hole that the form's document fills.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from marketing.sentences.words import words_of

HOLE = re.compile(r"<(\w+):([\w.]+)>\Z")
PIECE = re.compile(r"\{\w+\}|[\[\]()|]|\\.|[^\s\[\](){}|\\]+")


@dataclass(frozen=True, slots=True)
class Said:
    """A word that is there as it is."""

    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Hole:
    """What another rule reads and writes."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to say it; the first is written. A way may be empty."""

    ways: tuple[tuple["Part", ...], ...]


Part = Said | Hole | Choice


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a rule: a document with holes, and how it is said; holes name their rules."""

    name: str
    template: Any
    phrase: tuple[Part, ...]
    rules: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What may stand somewhere: one of its forms, or (`item`) a list of what another rule has."""

    name: str
    forms: tuple[Form, ...] = ()
    item: str | None = None
    least: int = 1
    about: str = ""
    """What to tell somebody who wrote something else here, such as `a step: "wait 2 days"`."""
    separator: tuple[Part, ...] = ()


@lru_cache(maxsize=4)
def grammar_of(language: str) -> Mapping[str, Rule]:
    """Give the rules of a language by name; extras of a rule are the rule `<name>+`."""
    folder = files("marketing.sentences")
    forms = json.loads((folder / "forms.json").read_text("utf-8"))
    phrases = dict(_lines((folder / f"{language}.txt").read_text("utf-8")))
    return {name: _rule(name, told, phrases) for name, told in forms.items()}


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, is_told, phrase = line.partition(" = ")
        if is_told and not line.startswith("#"):
            yield name.strip(), phrase.strip()


def _rule(name: str, told: Mapping[str, Any], phrases: Mapping[str, str]) -> Rule:
    about = phrases.get(f"{name}?", "")
    if "$list" in told:
        separator = parts_of(phrases[f"{name}.separator"])
        least = told.get("$least", 1)
        return Rule(name, item=told["$list"], least=least, about=about, separator=separator)
    forms = [
        Form(key, template, parts_of(phrases[f"{name}.{key}"]), dict(_holes(template)))
        for key, template in told.items()
    ]
    return Rule(name, tuple(forms), about=about)


def _holes(template: Any) -> Iterator[tuple[str, str]]:
    if isinstance(template, str) and (hole := HOLE.match(template)):
        yield hole[1], hole[2]
    if isinstance(template, Mapping):
        for part in template.values():
            yield from _holes(part)


def parts_of(pattern: str) -> tuple[Part, ...]:
    """Read a phrase."""
    pieces = PIECE.findall(pattern)
    parts, rest = _row(pieces)
    if rest:
        raise ValueError(f"{pattern!r} closes what it did not open")
    return parts


def _row(pieces: list[str]) -> tuple[tuple[Part, ...], list[str]]:
    found: list[Part] = []
    while pieces and pieces[0] not in {"]", ")", "|"}:
        piece, pieces = pieces[0], pieces[1:]
        if piece in {"[", "("}:
            choice, pieces = _choice(pieces, is_optional=piece == "[")
            found.append(choice)
        elif piece.startswith("{"):
            found.append(Hole(piece[1:-1]))
        else:
            found += [Said(word.text, word.folded) for word in words_of(piece.lstrip("\\"))]
    return tuple(found), pieces


def _choice(pieces: list[str], *, is_optional: bool) -> tuple[Choice, list[str]]:
    ways: list[tuple[Part, ...]] = [()] if is_optional else []
    while True:
        way, pieces = _row(pieces)
        ways.append(way)
        end, pieces = pieces[0], pieces[1:]
        if end != "|":
            return Choice(tuple(ways)), pieces
