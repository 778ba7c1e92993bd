"""Whether a message is a word that begins a flow, or has it in it, however it is written.

Case, accents, punctuation, emoji and invisible signs count for nothing, on either side. A word is
found as a word ("size" not in "resize"); scripts that put no spaces between words have no such
bounds, and Korean hangs its particles on the word's end.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]"
)
"""Marks of Latin, Greek and Cyrillic, points of Hebrew, vowels of Arabic. In other scripts a mark
is a letter of its own: Indian vowels, the voicing of kana."""
_INVISIBLE = re.compile(
    "[\u00ad\u200c-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\u20e3\ufeff]"
)
_LETTERS = str.maketrans({"\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})
"""Letters with a stroke or tied together, which no table of Unicode takes apart."""
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003134f"
)
"""Thai, Lao, Burmese, Khmer, kana and Han."""
_BEFORE = re.compile(f"[{_UNSPACED}]")
_AFTER = re.compile(f"[{_UNSPACED}\uac00-\ud7a3]")


class KeywordMatch(StrEnum):
    """How much of a message a keyword is."""

    IS = "is"
    """All that they wrote."""
    CONTAINS = "contains"
    """A word, or some in a row, anywhere in it."""


def folded(text: str) -> str:
    """Give the words of a text with one space between them; empty: it has none."""
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).casefold())
    plain = unicodedata.normalize("NFKC", _ACCENTS.sub("", plain).casefold())
    return " ".join("".join(map(_kept, plain.translate(_LETTERS))).split())


def is_met(keywords: Iterable[str], match: KeywordMatch, words: str) -> bool:
    """Say whether a message of these words (`folded`) is what one of the keywords waits for."""
    wanted = [folded(word) for word in keywords]
    if match is KeywordMatch.IS:
        return bool(words) and words in wanted
    return any(_stands_in(word, words) for word in wanted)


def _kept(sign: str) -> str:
    """Give a letter, a digit or a mark that belongs to one; a space for all the rest."""
    return sign if unicodedata.category(sign)[0] in "LNM" else " "


def _stands_in(word: str, words: str) -> bool:
    if not word:
        return False
    start = words.find(word)
    while start >= 0:
        if _is_bounded(word, words[:start], words[start + len(word) :]):
            return True
        start = words.find(word, start + 1)
    return False


def _is_bounded(word: str, before: str, after: str) -> bool:
    begins = before == "" or before.endswith(" ") or _BEFORE.match(word[0])
    ends = after == "" or after.startswith(" ") or _AFTER.match(word[-1])
    return bool(begins and ends)
