"""What a template shows besides plain facts, so that only that is looked up for its messages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from marketing.blocks.parts import Shelf
from marketing.chat_words import ChatWords, texts_in
from marketing.chat_words import key_of as key_of  # noqa: PLC0414  of what is shown
from marketing.compiling import CompiledTemplate

ORDER = "order"
PRODUCT = "product"
RECOMMENDATIONS = "recommendations"
REVIEWS = "reviews"
PICKED = "picked"
WHY = "recommended_as"
SETTLED = frozenset({RECOMMENDATIONS, REVIEWS, PICKED})
"""What is chosen when a message is first rendered, and stays for every further try."""
NOUNS = SETTLED | {ORDER, PRODUCT}
SHELVES: Mapping[Shelf | None, str] = {
    Shelf.RECOMMENDED: RECOMMENDATIONS,
    Shelf.PICKED: PICKED,
}
"""Which cards of a chat message are chosen when it is rendered."""
KEPT = 512

_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_WORD = re.compile(r"(?<![\w.\"'-])[a-z]+(?![\w\"'-])")
_PICKED = re.compile(r'"((?:,[^,"]+,)+)" contains one\.key')


@dataclass(frozen=True, slots=True)
class Needs:
    """What one template shows: which of `NOUNS`, and which products its author picked."""

    nouns: frozenset[str]
    picked: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        """Say whether something of it is chosen once for each message."""
        return not self.nouns.isdisjoint(SETTLED)


_known: dict[str, Needs] = {}


def needs_of(compiled: CompiledTemplate) -> Needs:
    """Give what a template shows; read once for each, by its hash."""
    found = _known.get(compiled.hash)
    if found is None:
        if len(_known) >= KEPT:  # all of them are read again within a second
            _known.clear()
        found = _known[compiled.hash] = _read(compiled)
    return found


def _read(compiled: CompiledTemplate) -> Needs:
    chat = compiled.chat or ChatWords()
    parts = (compiled.subject, compiled.preview, compiled.html, compiled.text, compiled.sms)
    source = "\n".join((*parts, *(source for _, source, _ in texts_in(chat))))
    words = {word for tag in _TAG.findall(source) for word in _WORD.findall(tag)}
    words |= {SHELVES[chat.cards]} if chat.cards in SHELVES else set()
    picked = [one for keys in _PICKED.findall(source) for one in keys.split(",") if one]
    return Needs(frozenset(words & NOUNS), tuple(dict.fromkeys((*picked, *chat.products))))
