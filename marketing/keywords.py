"""What a customer's few words ask for before any flow hears them: stop, start, help.

47 CFR 64.1200(a)(10): a fixed list of words revokes by itself, and so does any wording that a
reasonable person would take for it. A message of one wish alone is taken at its word; one that
only mentions stopping ("don't stop the sale!") is a message like any other.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

LONGEST = 80
"""Letters: whoever writes more than this says more than a wish."""
LONGEST_KEYWORD = 40
QUESTION_MARKS = "?\uff1f\u061f"


class Wish(StrEnum):
    """What a customer asks of the channel itself."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_TOLD = json.loads(Path(__file__).with_name("keywords.json").read_text("utf-8"))


def wish_of(text: str) -> Wish | None:
    """Give what a message asks for, if it asks for one thing of these and nothing else.

    Stop outweighs the others: whoever says both wants no more.
    """
    if len(text) > LONGEST:
        return None
    plain = plain_of(text)
    words = [word for word in plain.split() if word not in _KIND_WORDS]
    if plain in _STOP_SENTENCES or _STOP_PHRASE.fullmatch(plain) or _is_fed_up(text, plain, words):
        return Wish.STOP
    if _START_PHRASE.fullmatch(plain):
        return Wish.START
    if not words or len(words) > 2:
        return None
    for wish, known in _WORDS.items():
        if known.issuperset(words):
            return wish
    return Wish.STOP if words in (["opt", "out"], ["sign", "off"]) else None


def wish_of_tap(label: str, *, answers: bool) -> Wish | None:
    """Give what a tapped button asks for: its words are the merchant's, so nobody is fed up.

    What `answers` a flow's own question is an answer, unless the button says STOP and nothing else.
    """
    plain = plain_of(label)
    if answers:
        return Wish.STOP if plain in _WORDS[Wish.STOP] else None
    return None if _is_fed_up(label, plain, plain.split()) else wish_of(label)


def _is_fed_up(text: str, plain: str, words: list[str]) -> bool:
    """Say whether it is "Enough!", which asked ("enough?") is a question, or a stop sign alone."""
    told = plain in _STOP_UNLESS_ASKED or " ".join(words) in _STOP_UNLESS_ASKED
    is_asked = any(mark in text for mark in QUESTION_MARKS)
    return (told and not is_asked) or (not words and any(sign in text for sign in _STOP_SIGNS))


def keyword_of(text: str) -> str | None:
    """Give a short message as a keyword to match, in small letters; None: it is no keyword."""
    plain = " ".join("".join(_letters(text.casefold())).split())
    return plain if 0 < len(plain) <= LONGEST_KEYWORD else None


def plain_of(text: str) -> str:
    """Give the words in small letters without accents and punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        "".join(_letters(one for one in bare if not unicodedata.combining(one))).split()
    )


def _letters(text: Iterable[str]) -> Iterator[str]:
    return (one if one.isalnum() else " " for one in text)


def _phrase(told: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in told))


_WORDS = {
    wish: frozenset(map(plain_of, _TOLD[wish])) for wish in (Wish.STOP, Wish.HELP, Wish.START)
}
_KIND_WORDS = frozenset(_TOLD["kind"])
_STOP_SENTENCES = frozenset(map(plain_of, _TOLD["stop_sentences"]))
_STOP_UNLESS_ASKED = frozenset(map(plain_of, _TOLD["stop_unless_asked"]))
_STOP_SIGNS = tuple(_TOLD["stop_signs"])
_STOP_PHRASE, _START_PHRASE = _phrase(_TOLD["stop_phrases"]), _phrase(_TOLD["start_phrases"])
