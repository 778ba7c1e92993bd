"""Text as words: what the grammar reads and writes, one token a word, number, quote or sign."""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<quote>"(?:[^"\\]|\\.)*" | “[^”]*” | „[^“”]*[“”] | «[^»]*» | »[^«]*«)
    | (?P<time>\d{1,2}:\d{2}(?!\d))
    | (?P<ordinal>\d+(?:st|nd|rd|th)\b)
    | (?P<number>-?\d+(?:[.,]\d+)?(?![\w]))
    | (?P<glued>\d+(?:[.,]\d+)?(?=[^\W\d_]))
    | (?P<word>[^\W\d](?:[\w'\u2019]|[-.](?=\w))*)
    | (?P<sign>\S)
    """,
    re.VERBOSE,
)
GLUED = {"glued": "number"}
CLOSING = frozenset(",.;:)")
"""What stands right after the word before it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One token: its kind, its text as it was written, and where it begins."""

    kind: str
    text: str
    at: int

    @property
    def folded(self) -> str:
        """Give what it is compared by."""
        return self.text.casefold().replace("\u2019", "'")


def words_of(text: str) -> list[Word]:
    """Take a text apart; nothing of it is lost but space."""
    found = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        found.append(Word(GLUED.get(kind, kind), match.group(), match.start()))
    return found


def unquoted(text: str) -> str:
    """Give what a quote says."""
    inside = text[1:-1]
    return re.sub(r"\\(.)", r"\1", inside) if text[0] == '"' else inside


def quoted(text: str) -> str:
    """Put a text into quotes that `unquoted` opens again."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def joined(parts: list[str], *, tight: frozenset[str] = frozenset()) -> str:
    """Set words in a row as sentences: no space before a comma, none inside brackets.

    `tight` are more signs that stand right after the word before them.
    """
    text = ""
    for part in parts:
        if part in CLOSING and text.endswith(","):
            text = text[:-1] if part != ")" else text
        if part == "," and text.endswith((",", ".", ";", ":")):
            continue
        is_close = part in CLOSING or part in tight or text.endswith("(") or not text
        begins = not text or text.endswith(".")
        told = part[:1].upper() + part[1:] if begins else part
        text += told if is_close else f" {told}"
    return text
