"""What a text message comes to: its alphabet, its units and the segments it is billed by.

3GPP TS 23.038: seven-bit letters where every one is in its alphabet (some count twice), else
UTF-16. A pair of units that belong together is never split between two segments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
MAX_UNITS = 1600
"""What providers take as one message."""


class Alphabet(StrEnum):
    """How the letters of a text message travel."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


_ALONE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
_JOINED = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text comes to; an empty one is no message and has no segment."""

    alphabet: Alphabet
    units: int
    count: int
    foreign: tuple[str, ...] = ()
    """The letters that seven bits can't say, each once: they make every segment shorter."""


def segments(text: str) -> Segments:
    """Give what a text message is billed by."""
    foreign = tuple(dict.fromkeys(one for one in text if one not in _BASIC | _EXTENDED))
    alphabet = Alphabet.UCS2 if foreign else Alphabet.GSM7
    sizes = [_size(one, alphabet) for one in text]
    units = sum(sizes)
    if units <= _ALONE[alphabet]:
        return Segments(alphabet, units, 1 if units else 0, foreign)
    return Segments(alphabet, units, _packed(sizes, _JOINED[alphabet]), foreign)


def _size(letter: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM7:
        return 2 if letter in _EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _packed(sizes: Iterable[int], room: int) -> int:
    count, left = 1, room
    for size in sizes:
        if size > left:
            count, left = count + 1, room
        left -= size
    return count
