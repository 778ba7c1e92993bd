"""Whether a message asks for a person: by one of our words alone, or by a short request.

A message that is nothing but such a word ("agent", "Hilfe!!") asks for somebody, and so does a
short one that says it in a phrase ("can I talk to a human"). One that only contains a word says
something else: "help me choose a size", "Agent Provocateur", "human hair".
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

MOST_WORDS = 8
"""A request is short; words of mere politeness don't count."""
MOST_LETTERS_INSIDE = 24
"""Of a language that leaves no gaps between its words."""
LONGEST_OWN_WORD = 40
MOST_OWN_WORDS = 50

_DOTTED = str.maketrans("\u0131", "i")
"""Turkish has an i without a dot, whose capital is I: "YARDIM" is a call for help."""
_REPEATED = re.compile(r"(\w)\1+")
_WORD = re.compile(r"\w+")
_TOLD = json.loads(Path(__file__).with_name("agent_words.json").read_text("utf-8"))


def words_of(text: str) -> tuple[str, ...]:
    """Give a text's words as they are compared: small letters, no accents, none of them twice.

    So "Heeelp!!" is the word of "help", and "müşteri" that of "musteri".
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = unicodedata.normalize("NFKD", plain.translate(_DOTTED))
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    composed = unicodedata.normalize("NFC", letters)
    return tuple(_REPEATED.sub(r"\1", word) for word in _WORD.findall(composed))


def contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Say whether words stand in a text in this order, one right after the other."""
    size = len(phrase)
    return any(tuple(words[at : at + size]) == tuple(phrase) for at in range(len(words) - size + 1))


def _phrases(parts: dict[str, list[str]]) -> set[tuple[str, ...]]:
    return {words_of(f"{say} {who}") for say in parts["say"] for who in parts["who"]}


def _and_wants(told: str, name: str) -> dict[str, set[tuple[str, ...]]]:
    """Give by language what stands under `told`, with the wants whose end stands under `name`."""
    known = {
        language: _phrases(parts) if isinstance(parts, dict) else {words_of(one) for one in parts}
        for language, parts in _TOLD[told].items()
    }
    for language, parts in _TOLD["wants"].items():
        known[language] |= _phrases({"say": parts["say"], "who": parts[name]})
    return known


_WORDS = _and_wants("words", "alone")
_PHRASES = _and_wants("phrases", "who")
"""What is wanted is said inside a message where nothing else can be meant; else alone: one who
wants "a human" may go on "skeleton costume"."""
_INSIDE = {
    language: ["".join(words_of(one)) for one in told] for language, told in _TOLD["inside"].items()
}
_KIND = {word for one in _TOLD["kind"] for word in words_of(one)}
_NO = {word for one in _TOLD["no"] for word in words_of(one)}


def agent_wish(text: str, own: Iterable[str] = ()) -> str | None:
    """Give the rule by which a message asks for a person (`agent_word:de`); None: it does not.

    `own` are the store's own words for it, each of which asks when it is the whole message.
    """
    words = words_of(text)
    asked = tuple(word for word in words if word not in _KIND) or words
    if asked in {words_of(one) for one in own} - {()}:
        return "agent_word:own"
    whole = (language for language, known in _WORDS.items() if {asked, words} & known)
    return next((f"agent_word:{one}" for one in whole), None) or _by_phrase(asked, text)


def _by_phrase(asked: Sequence[str], text: str) -> str | None:
    joined = "".join(asked)
    if len(joined) <= MOST_LETTERS_INSIDE:
        for language, known in _INSIDE.items():
            if any(one in joined for one in known):
                return f"agent_phrase:{language}"
    if len(asked) > MOST_WORDS or _NO.intersection(words_of(text)):
        return None
    for language, phrases in _PHRASES.items():
        if any(contains(asked, one) for one in phrases):
            return f"agent_phrase:{language}"
    return None
