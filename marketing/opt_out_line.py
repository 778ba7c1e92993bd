"""What a marketing text carries beside its words: whose it is, and now and then how to stop it.

The store's name goes with every one that does not name it by itself. Carriers in the United States
want the sender told from the text (A2P 10DLC: a registered brand, by its name), Twilio's Messaging
Policy wants it in every message that begins a conversation, and the laws on marketing elsewhere
forbid to hide who writes (2002/58/EC art. 13(4); Canada's CASL, s. 6(2); Australia's Spam Act,
s. 17).

How to stop it is another matter. In the United States carriers ask for it in the first text to a
number and about once a month (CTIA, Messaging Principles); more often only costs letters, which
texts are billed by. Everywhere else it stays in each one: the European rule gives the chance to
object "on the occasion of each message" (art. 13(2)), Canada's s. 6(2)(c) and Australia's s. 18
want it in every single one. Who never read the line stops by any words all the same.

As of 2026-11-27; this is how it is done here, and no legal advice.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from marketing.blocks.words import WORDS
from marketing.phone_numbers import country_of

AGAIN: Final = timedelta(days=30)
NOW_AND_THEN: Final = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
"""Where it is told now and then: the United States, with Puerto Rico and the islands."""
MOST_OF_NAME: Final = 40
LINES: Final = tuple(words["opt_out"] for words in WORDS.values())
MOST_ADDED: Final = MOST_OF_NAME + len(": ") + len(" ") + max(map(len, LINES))
"""So many letters a text is longer at the most."""
_NAMES_STOP = re.compile(r"(?<![\w-])STOP(?![\w-])")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_FILLED_IN_NAME = re.compile(r"\{\{-?\s*store\.name\b")


def is_due(number: str, told_at: datetime | None, due_at: datetime) -> bool:
    """Say whether a text to a number is to tell how to stop it.

    `told_at`: when the last one went out that did. `due_at`: when this one was due to go; unlike
    the time at which somebody tries to send it, that is the same on every try.
    """
    if told_at is None or country_of(number) not in NOW_AND_THEN:
        return True
    return due_at - told_at >= AGAIN


def names_stop(words: str) -> bool:
    """Say whether words tell by themselves how to stop texts; those of a customer are no such."""
    return _NAMES_STOP.search(words) is not None


def names_of(settings: Mapping[str, Any], store_name: str | None) -> tuple[str, ...]:
    """Give a store's names: as its mails are signed, and as its platform has it."""
    told = (settings.get("sender_name"), store_name)
    return tuple(dict.fromkeys(" ".join(one.split()) for one in told if one and one.strip()))


def with_name(text: str, names: Sequence[str]) -> str:
    """Give a text with the first of a store's names in front, unless it says one of them.

    What stands in an address is not said: most addresses become short ones.
    """
    said = _ADDRESS.sub(" ", text)
    if not names or any(_says(said, name) for name in names):
        return text
    return f"{shown(names[0])}: {text}"


def _says(text: str, name: str) -> bool:
    whole = rf"(?<!\w){re.escape(name)}(?!\w)"
    return re.search(whole, text, re.IGNORECASE) is not None


def shown(name: str) -> str:
    """Give a name as it stands in front of a text."""
    return name[:MOST_OF_NAME].rstrip()


def with_line(text: str, line: str) -> str:
    """Give a text that ends in how to stop it."""
    gap = "\n" if "\n" in text else " "
    return f"{text}{gap}{line}"


def longest(source: str, names: Sequence[str]) -> str:
    """Give a text's source with all that may come to it, for counting: the panel does the same."""
    whole = named(source, names)
    return whole if names_stop(source) else with_line(whole, max(LINES, key=len))


def named(source: str, names: Sequence[str]) -> str:
    """Give a text's source with the store's name, unless it says it once it is filled in."""
    return source if _FILLED_IN_NAME.search(source) else with_name(source, names)
