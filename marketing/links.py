"""Signed links in messages: opens, clicks, unsubscribes and the way back to a cart.

A token says what it is for, whose message it belongs to and, for a click, where it leads: the
destination is inside the signature, so no door of ours can be made to redirect elsewhere.

    base64url(key id (2) | purpose (1) | store | message | index (2) | destination | tag (16))

The tag is HMAC-SHA256 cut to 128 bits, under a key derived from an app key for that one purpose.
Tokens do not expire: they last as long as their app key is kept. Only a visit's does, within
the hour: it says to the store's own pages who clicked, and stands where its destination would.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote, urlsplit
from uuid import UUID

import idna

from marketing.marks import Origin
from marketing.model import BadSignature
from marketing.said import SaidError, say

TAG_BYTES = 16
KEY_ID_BYTES = 2
MAX_TOKEN = 8_192
MAX_DESTINATION = 4_096


class Purpose(IntEnum):
    """What a token may be used for; a token of one purpose is worthless for another."""

    OPEN = 1
    CLICK = 2
    UNSUBSCRIBE = 3
    CART = 4
    VISIT = 5
    SIGNUP = 6
    VISITOR = 7
    SHORT = 8


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says. `index` numbers a template's links; only clicks have a place to go."""

    store_id: str
    message_id: str
    index: int = 0
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """Signing keys by purpose: the newest signs, all of them verify."""

    signing: Mapping[Purpose, tuple[bytes, bytes]] = field(repr=False)
    """Purpose to (key id, key)."""
    verifying: Mapping[tuple[Purpose, bytes], tuple[bytes, ...]] = field(repr=False)
    """(Purpose, key id) to the keys of that id: two app keys may share one by chance."""

    @classmethod
    def from_app_keys(cls, app_keys: Sequence[str]) -> "LinkKeys":
        """Derive the keys from APP_KEYS, newest first."""
        if not app_keys:
            raise ValueError("links can't be signed without an app key")
        derived = [_derive(key, purpose) for key in app_keys for purpose in Purpose]
        verifying: dict[tuple[Purpose, bytes], tuple[bytes, ...]] = {}
        for purpose, (key_id, key) in derived:
            verifying[purpose, key_id] = (*verifying.get((purpose, key_id), ()), key)
        return cls(
            MappingProxyType(dict(reversed(derived))),
            MappingProxyType(verifying),
        )


class UnsafeDestination(SaidError, ValueError):
    """An address that no link of ours leads to."""


def open_token(keys: LinkKeys, store_id: str, message_id: str) -> str:
    """Give the token of a message's open pixel."""
    return _sign(keys, Purpose.OPEN, _pack_id(store_id) + _pack_id(message_id))


def click_token(
    keys: LinkKeys, store_id: str, message_id: str, index: int, destination: str
) -> str:
    """Give the token of a link to `destination`; raises `UnsafeDestination`."""
    whose = _pack_id(store_id) + _pack_id(message_id)
    return _sign(keys, Purpose.CLICK, whose, index, safe_destination(destination))


def unsubscribe_token(keys: LinkKeys, store_id: str, message_id: str) -> str:
    """Give the token by which this message's customer unsubscribes."""
    return _sign(keys, Purpose.UNSUBSCRIBE, _pack_id(store_id) + _pack_id(message_id))


def cart_token(keys: LinkKeys, store_id: str, message_id: str, index: int = 0) -> str:
    """Give the token that restores the cart this message is about."""
    return _sign(keys, Purpose.CART, _pack_id(store_id) + _pack_id(message_id), index)


def signup_token(keys: LinkKeys, store_id: str, signup_id: str) -> str:
    """Give the token by which whoever has an address confirms that it may be written to."""
    return _sign(keys, Purpose.SIGNUP, _pack_id(store_id) + _pack_id(signup_id))


def visitor_token(keys: LinkKeys, store_id: str, visitor: str) -> str:
    """Give the token by which a browser shows that a conversation on the website is its own."""
    return _sign(keys, Purpose.VISITOR, _pack_id(store_id) + _pack_id(visitor))


def visit_token(keys: LinkKeys, link: Link, expires_at: int) -> str:
    """Give the token by which the store's pages know who followed a link, until a real time."""
    whose = _pack_id(link.store_id) + _pack_id(link.message_id)
    return _sign(keys, Purpose.VISIT, whose, link.index, str(expires_at))


def read_open(keys: LinkKeys, token: str) -> Link:
    """Give what an open token says; raises `BadSignature`."""
    return _read(keys, Purpose.OPEN, token)


def read_click(keys: LinkKeys, token: str) -> Link:
    """Give what a click token says, its destination safe to redirect to; raises `BadSignature`."""
    link = _read(keys, Purpose.CLICK, token)
    try:
        destination = safe_destination(link.destination or "")
    except UnsafeDestination as error:
        raise BadSignature("not a link of ours") from error
    return Link(link.store_id, link.message_id, link.index, destination)


def read_signup(keys: LinkKeys, token: str) -> Link:
    """Read a sign-up's token: `message_id` is the sign-up's. Raises `BadSignature`."""
    return _read(keys, Purpose.SIGNUP, token)


def read_visitor(keys: LinkKeys, token: str) -> Link:
    """Read a visitor's token: `message_id` is the visitor. Raises `BadSignature`."""
    return _read(keys, Purpose.VISITOR, token)


def read_unsubscribe(keys: LinkKeys, token: str) -> Link:
    """Give what an unsubscribe token says; raises `BadSignature`."""
    return _read(keys, Purpose.UNSUBSCRIBE, token)


def read_cart(keys: LinkKeys, token: str) -> Link:
    """Give what a cart token says; raises `BadSignature`."""
    return _read(keys, Purpose.CART, token)


def read_visit(keys: LinkKeys, token: str, now: int) -> Link:
    """Give what a visit's token says; raises `BadSignature`, also for one that is over."""
    link = _read(keys, Purpose.VISIT, token)
    if not (link.destination or "").isdecimal() or int(link.destination or "") < now:
        raise BadSignature("the visit is over")
    return Link(link.store_id, link.message_id, link.index)


@lru_cache(maxsize=16_384)
def safe_destination(url: str) -> str:
    """Give `url` in ASCII if a link may lead there: http(s), a host, nothing hidden.

    Raises `UnsafeDestination` for other schemes, `//host`, backslashes, user names, white space
    and control characters inside, and addresses over 4,096 characters.
    """
    url = url.strip(" ")
    if not 0 < len(url) <= MAX_DESTINATION or "\\" in url or not _printable(url):
        raise UnsafeDestination(say("the address has characters that no link needs"))
    if not url.lower().startswith(("http://", "https://")):
        raise UnsafeDestination(say("only http and https addresses can be linked"))
    try:
        host, port, has_user = _authority(url)
    except ValueError as error:
        raise UnsafeDestination(say("the address can't be read")) from error
    if not host or has_user or port == 0:
        raise UnsafeDestination(say("the address names no plain host"))
    return url if url.isascii() else _in_ascii(url, host)


_STANDS_IN = re.compile(
    r"https?://((www\.)?(example\.(com|org|net)|your-?(store|shop|domain|site)[\w.-]*)|localhost)"
    r"([:/?#]|\Z)",
    re.IGNORECASE,
)


def is_placeholder(address: str) -> bool:
    """Say whether an address was left by a sketch: `#`, https://example.com and the like."""
    return address == "#" or bool(_STANDS_IN.match(address))


class MessageLinks:
    """The links of one message, as full addresses at `app_url`."""

    __slots__ = ("_keys", "_origin", "_ours", "_whose", "app_url", "message_id", "store_id")

    def __init__(
        self,
        app_url: str,
        keys: LinkKeys,
        store_id: str,
        message_id: str,
        origin: Origin | None = None,
    ) -> None:
        """`origin` marks the links that pass none of our doors, which would mark them."""
        self._origin = origin
        self.app_url = app_url
        self.store_id = store_id
        self.message_id = message_id
        self._keys = keys
        self._whose = _pack_id(store_id) + _pack_id(message_id)
        self._ours = (f"{app_url}/cart/", f"{app_url}/u/")

    def open_url(self) -> str:
        """Give the address of the open pixel."""
        return f"{self.app_url}/o/{self._token(Purpose.OPEN)}.gif"

    def click_url(self, index: int, destination: str) -> str:
        """Give the address that counts a click and leads on; raises `UnsafeDestination`."""
        token = self._token(Purpose.CLICK, index, safe_destination(destination))
        return f"{self.app_url}/c/{token}"

    def unsubscribe_url(self) -> str:
        """Give the address that unsubscribes: a page on GET, at once on POST (RFC 8058)."""
        return f"{self.app_url}/u/{self._token(Purpose.UNSUBSCRIBE)}"

    def cart_url(self) -> str:
        """Give the address that counts a click and restores the cart."""
        return f"{self.app_url}/cart/{self._token(Purpose.CART)}"

    def short_secret(self, purpose: Purpose, index: int, destination: str) -> bytes:
        """Give the 32 bytes that a link's short code is made of, always the same ones."""
        _, key = self._keys.signing[Purpose.SHORT]
        return _short_secret(key, self._whose, purpose, index, destination)

    def mark(self, url: str) -> str:
        """Mark an address that leads to the store without passing a door of ours."""
        return self._origin.mark(url) if self._origin else url

    def mark_all(self, text: str) -> str:
        """Mark every such address in a plain text."""
        return self._origin.mark_all(text) if self._origin else text

    def owns(self, url: str) -> bool:
        """Tell whether `url` is already one of ours, which needs no click token around it."""
        return url.startswith(self._ours)

    def _token(self, purpose: Purpose, index: int = 0, destination: str = "") -> str:
        return _sign(self._keys, purpose, self._whose, index, destination)


def short_secrets(keys: LinkKeys, purpose: Purpose, link: Link) -> list[bytes]:
    """Give all that a link's short code may be made of: one for each app key."""
    whose = _pack_id(link.store_id) + _pack_id(link.message_id)
    about = (whose, purpose, link.index, link.destination or "")
    kept = [own for (use, _), own in keys.verifying.items() if use is Purpose.SHORT]
    return [_short_secret(key, *about) for own in kept for key in own]


def _short_secret(
    key: bytes, whose: bytes, purpose: Purpose, index: int, destination: str
) -> bytes:
    which = purpose.to_bytes(1, "big") + index.to_bytes(2, "big")
    return hmac.digest(key, whose + which + destination.encode("ascii"), "sha256")


def unsubscribe_headers(unsubscribe_url: str) -> dict[str, str]:
    """Give the two headers of one-click unsubscribing (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _derive(app_key: str, purpose: Purpose) -> tuple[Purpose, tuple[bytes, bytes]]:
    """HKDF-SHA256 (RFC 5869) in its one-block form: 32 bytes are one block."""
    pseudorandom = hmac.digest(b"reprise links v1", app_key.encode(), "sha256")
    key = hmac.digest(pseudorandom, purpose.name.lower().encode() + b"\x01", "sha256")
    key_id = hashlib.sha256(b"key id" + key).digest()[:KEY_ID_BYTES]
    return purpose, (key_id, key)


def _sign(
    keys: LinkKeys, purpose: Purpose, whose: bytes, index: int = 0, destination: str = ""
) -> str:
    key_id, key = keys.signing[purpose]
    head = key_id + purpose.to_bytes(1, "big") + whose + index.to_bytes(2, "big")
    said = head + destination.encode("ascii")
    tag = hmac.digest(key, said, "sha256")[:TAG_BYTES]
    return urlsafe_b64encode(said + tag).rstrip(b"=").decode("ascii")


def _read(keys: LinkKeys, purpose: Purpose, token: str) -> Link:
    said = _verified(keys, purpose, token)
    try:
        store_id, rest = _unpack_id(said[KEY_ID_BYTES + 1 :])
        message_id, rest = _unpack_id(rest)
        destination = rest[2:].decode("ascii")
    except (ValueError, IndexError) as error:
        raise BadSignature("not a link of ours") from error
    return Link(store_id, message_id, int.from_bytes(rest[:2], "big"), destination or None)


def _verified(keys: LinkKeys, purpose: Purpose, token: str) -> bytes:
    raw = _decoded(token)
    said, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    if len(said) <= KEY_ID_BYTES or said[KEY_ID_BYTES] != purpose:
        raise BadSignature("not a link of ours")
    for key in keys.verifying.get((purpose, said[:KEY_ID_BYTES]), ()):
        if hmac.compare_digest(hmac.digest(key, said, "sha256")[:TAG_BYTES], tag):
            return said
    raise BadSignature("not a link of ours")


def _decoded(token: str) -> bytes:
    """Decode strictly: of all texts that decode alike, only the one we would write is taken."""
    try:
        raw = urlsafe_b64decode(token[:MAX_TOKEN] + "=" * (-len(token) % 4))
    except ValueError as error:
        raise BadSignature("not a link of ours") from error
    if urlsafe_b64encode(raw).rstrip(b"=") != token.encode("utf-8", "replace"):
        raise BadSignature("not a link of ours")
    return raw


def _pack_id(identifier: str) -> bytes:
    """Pack an id: a UUID in 17 bytes, anything else as its length and text."""
    if len(identifier) == 36:
        try:
            packed = UUID(identifier)
        except ValueError:
            pass
        else:
            if str(packed) == identifier:
                return b"\x00" + packed.bytes
    text = identifier.encode()
    if not 0 < len(text) < 256:
        raise ValueError("an id in a link has 1 to 255 bytes")
    return bytes((len(text),)) + text


def _unpack_id(packed: bytes) -> tuple[str, bytes]:
    length = packed[0]
    if length:
        return packed[1 : 1 + length].decode(), packed[1 + length :]
    return str(UUID(bytes=packed[1:17])), packed[17:]


def _printable(url: str) -> bool:
    return url.isprintable() and url.split() == [url]


def _authority(url: str) -> tuple[str, int | None, bool]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port, "@" in parts.netloc


def _in_ascii(url: str, host: str) -> str:
    """Write an international address as the wire wants it: IDNA host, percent-encoded rest."""
    parts = urlsplit(url)
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise UnsafeDestination(say("the address names no plain host")) from error
        port = "" if parts.port is None else f":{parts.port}"
        parts = parts._replace(netloc=host + port)
    return quote(parts.geturl(), safe="%/:=&?~#+!$,;'@()*[]")
