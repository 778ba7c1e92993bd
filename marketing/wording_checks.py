"""The words of a message that a dictionary can be asked about, and what is worth saying of them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from marketing.aside import SetAside
from marketing.blocks.safe_html import plain
from marketing.blocks.texts import ADDRESSES, texts_of
from marketing.checking import Issue, Level
from marketing.flow import Template
from marketing.said import say

MOST = 20
SHORTEST, LONGEST = 3, 40
ANOTHER_LANGUAGE = 0.4
"""Of so many unknown words a text is more likely in another language than full of mistakes."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_NO_WORDS = re.compile(r"\S*(?:@|://|www\.)\S*|\S*\d\S*|\b\w+\.\w{2,}\b")


@dataclass(frozen=True, slots=True)
class Written:
    """One word: where it stands, and as a dictionary has it."""

    block: str | None
    field: str
    word: str


def words_of(template: Template, named: Iterable[str]) -> list[Written]:
    """Give the words to look up; `named` are names that no dictionary has: store, products."""
    known = {word.casefold() for name in named for word in _WORD.findall(name)}
    found = [one for one in _written(template) if one.word.casefold() not in known]
    return list({one.word: one for one in reversed(found)}.values())[::-1]


def issues_of(
    written: list[Written],
    is_known: Callable[[str], bool],
    suggest: Callable[[str], list[str]],
) -> list[Issue]:
    """Give what is spelt in no known way; nothing for a text of another language."""
    unknown = [one for one in written if not is_known(one.word)]
    if len(unknown) > max(2, ANOTHER_LANGUAGE * len(written)):
        return []
    return [_issue(one, suggest(one.word)) for one in unknown[:MOST]]


def _issue(one: Written, suggestions: list[str]) -> Issue:
    message = (
        say("“{word}” is in no dictionary. Is it {meant}?", word=one.word, meant=suggestions)
        if suggestions
        else say("“{word}” is in no dictionary.", word=one.word)
    )
    detail = {"word": one.word, "suggestions": suggestions}
    return Issue(one.block, one.field, Level.WARNING, "spelling", message, detail)


def _written(template: Template) -> Iterator[Written]:
    for field in ("subject", "preview"):
        yield from (Written(None, field, word) for word in _words(getattr(template, field)))
    for text in texts_of(template.blocks):
        if text.field not in ADDRESSES:
            source = plain(text.source) if text.is_html else text.source
            for word in _words(source):
                yield Written(text.block.id, text.field, word)


def _words(source: str) -> Iterator[str]:
    """Give words without merge tags, addresses, numbers and what is written in capitals."""
    aside = SetAside(source)
    text = _NO_WORDS.sub(" ", aside.text.replace(aside.word, " 0"))
    for match in _WORD.finditer(text):
        word = match[0].replace("\u2019", "'")
        if SHORTEST <= len(word) <= LONGEST and not word.isupper():
            yield word


def is_name(word: str) -> bool:
    """Say whether a word may be a name: in English nothing else is written large."""
    return word[:1].isupper()
