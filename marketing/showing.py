"""What a template shows besides plain facts, so that only that is looked up for its messages."""

import re
from dataclasses import dataclass

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


def key_of(product_id: str) -> str:
    """Give how a picked product is named inside a template."""
    return f",{product_id},"


def _read(compiled: CompiledTemplate) -> Needs:
    source = f"{compiled.subject}\n{compiled.preview}\n{compiled.html}\n{compiled.text}"
    words = {word for tag in _TAG.findall(source) for word in _WORD.findall(tag)}
    picked = [one for keys in _PICKED.findall(source) for one in keys.split(",") if one]
    return Needs(frozenset(words & NOUNS), tuple(dict.fromkeys(picked)))
