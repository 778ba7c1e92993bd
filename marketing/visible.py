"""Whether a text shows anything: what only machines see is no word, and no message."""

import unicodedata

_BLANK = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
"""Letters by their category, and nothing to the eye: fillers of Hangul, a Braille cell."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})


def says_something(text: str) -> bool:
    """Say whether a reader sees any of it: zero-width characters alone are nothing."""
    return any(_is_seen(one) for one in text)


def _is_seen(one: str) -> bool:
    if one in _BLANK or unicodedata.category(one) in _UNSEEN:
        return False
    # Variation selectors choose how another one looks.
    return not ("\ufe00" <= one <= "\ufe0f" or "\u180b" <= one <= "\u180f")
