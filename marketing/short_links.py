"""Short links: what an address costs in a text message is a few letters, not a segment.

A mail's link carries its store, message and destination inside its signature, and leads on even
when the database is away. In a text that is two hundred letters, and a text is paid for by its
letters. Signing less does not help: a store's and a message's id alone are 32 bytes, 43 letters
before any signature. So a text shows a code, and what it stands for is a stored row: when the
database is away the page asks to try again in a moment, which is the price.

The code is a signature all the same, over store, message, purpose and destination, cut to 65
bits: nobody guesses one, and a message that is written twice shows the same code twice. The row
is found by the code's hash, and is believed only as far as the code signs it: whoever writes into
the database leads nobody astray. Like a token, a code lasts no longer than its app key is kept.
Every letter of it counts once, in seven bits, in every alphabet.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from string import ascii_letters, digits
from typing import Final

from marketing.links import (
    Link,
    LinkKeys,
    MessageLinks,
    Purpose,
    UnsafeDestination,
    safe_destination,
    short_secrets,
)

PATH: Final = "/s/"
LETTERS: Final = digits + ascii_letters
LENGTH: Final = 11
LIFE: Final = timedelta(days=90)
"""Whoever finds a text older than this goes to the store by themselves."""
USUAL_LENGTH: Final = 40
"""Of a whole address, where nobody knows yet at which domain it will be."""
CLICK, CART, UNSUBSCRIBE = "click", "cart", "unsubscribe"
_PURPOSES: Final = {
    CLICK: Purpose.CLICK,
    CART: Purpose.CART,
    UNSUBSCRIBE: Purpose.UNSUBSCRIBE,
}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_AFTER = ".,;:!?'\u2019\u201c\u201d\u00bb"
"""What ends a sentence behind an address, and is no part of it."""
_FILLED_IN = re.compile(r"\{\{-?\s*[\w.\[\]]*(?:url|links\.unsubscribe)\s*(?:\|[^{}]*)?-?\}\}")
"""A detail that is an address: `{{ cart.url }}`, `{{ order.status_url }}`."""


@dataclass(frozen=True, slots=True)
class ShortLink:
    """What a code stands for; `number` tells a message's links apart."""

    code: str
    purpose: str
    """click, cart or unsubscribe: as the long link's."""
    number: int
    destination: str | None
    """Where a click leads; the other two know by themselves."""


def shorten(text: str, links: MessageLinks, base: str) -> tuple[str, tuple[ShortLink, ...]]:
    """Give a text message with every address in it short, at `base`, and what they stand for.

    An address that no link of ours leads to stays as it is.
    """
    found: dict[str, ShortLink] = {}

    def short(match: re.Match[str]) -> str:
        address, after = _parted(match[0])
        if address not in found:
            try:
                found[address] = _short_link(address, links, len(found) + 1)
            except UnsafeDestination:
                return match[0]
        return f"{base}{PATH}{found[address].code}{after}"

    return _ADDRESS.sub(short, text), tuple(found.values())


def in_short(source: str, length: int) -> str:
    """Give a text message's source with letters in place of its addresses, `length` of each.

    What the panel counts while one writes: inspector/sms.ts does the same.
    """
    stands_in = "x" * length
    filled = _FILLED_IN.sub(stands_in, source)
    return _ADDRESS.sub(lambda found: stands_in + _parted(found[0])[1], filled)


def as_sent(text: str, length: int) -> str:
    """Give a finished text message as long as it will be: with letters in place of its short links.

    Where `in_short` guesses at what will be filled in, this is the text that `shorten` is given.
    """

    def stand_in(found: re.Match[str]) -> str:
        address, after = _parted(found[0])
        try:
            safe_destination(address)
        except UnsafeDestination:
            return found[0]
        return "x" * length + after

    return _ADDRESS.sub(stand_in, text)


def length_at(base: str) -> int:
    """Give how many letters a short link at this address has."""
    return len(base) + len(PATH) + LENGTH


def hash_of(code: str) -> str | None:
    """Give what a code is kept under; None for what no code of ours looks like."""
    if len(code) != LENGTH or not set(code) <= set(LETTERS):
        return None
    return hashlib.sha256(code.encode()).hexdigest()


def is_signed(keys: LinkKeys, code: str, purpose: str, link: Link) -> bool:
    """Say whether we made a code for this very link; all keys are tried, whichever it was."""
    if purpose not in _PURPOSES or not (link.destination or "").isascii():
        return False
    secrets = short_secrets(keys, _PURPOSES[purpose], link)
    alike = [hmac.compare_digest(code, _code(secret)) for secret in secrets]
    return any(alike)


def _short_link(address: str, links: MessageLinks, number: int) -> ShortLink:
    purpose, destination = CLICK, None
    if address == links.cart_url():
        purpose, number = CART, 0
    elif address == links.unsubscribe_url():
        purpose, number = UNSUBSCRIBE, 0
    else:
        destination = safe_destination(address)
    secret = links.short_secret(_PURPOSES[purpose], number, destination or "")
    return ShortLink(_code(secret), purpose, number, destination)


def _code(secret: bytes) -> str:
    rest, letters = int.from_bytes(secret), []
    for _ in range(LENGTH):
        rest, letter = divmod(rest, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)


def _parted(found: str) -> tuple[str, str]:
    """Part an address from what ends the sentence or the bracket that it stands in."""
    address = found.rstrip(_AFTER)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_AFTER)
    return address, found[len(address) :]
