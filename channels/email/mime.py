"""A rendered message as the bytes that go over the wire, put together from prepared parts.

Rules for what strangers can put into headers:
- a name or value with CR, LF or NUL is refused (`HeaderRefused`), never repaired;
- other control characters and those that turn the reading direction are taken out of subjects
  and display names; everything else arrives as it was, encoded by RFC 2047 and 2231 where needed;
- an address that is not one plain address is refused; domains are written in IDNA.
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

import idna

from marketing.model import RenderedMessage

LINE = 76
MAX_LINE = 998
"""Octets a line may have on the wire (RFC 5321 4.5.3.1.6), its end not counted."""
WORD_BYTES = 45
"""UTF-8 octets in one encoded word: in base64 with its frame they stay below 75 characters."""

BOUNDARY = b"=_reprise"
"""Neither quoted-printable nor base64 can hold "=_"; 8-bit parts are searched for it."""

_FORBIDDEN = re.compile("[\r\n\x00]")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HEADER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,70}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
    r"(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+)*"
)
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*"
)
_OURS = frozenset(
    (
        "from",
        "to",
        "cc",
        "bcc",
        "sender",
        "subject",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    )
)


class HeaderRefused(ValueError):
    """Something that must not become a header; the text says what, without repeating it."""


def assemble(message: RenderedMessage, *, eight_bit: bool, utf8: bool = False) -> bytes:
    """Give the message as bytes with CRLF line ends; raises `HeaderRefused`.

    `eight_bit`: the next server takes 8-bit bodies (8BITMIME), which need no encoding.
    `utf8`: it takes UTF-8 in addresses (SMTPUTF8); without, such an address is refused.
    """
    head = _head(message, utf8=utf8)
    text, html = _part(message.text, eight_bit=eight_bit), _part(message.html, eight_bit=eight_bit)
    return b"".join(
        (
            head.encode("utf-8"),
            _OPENING,
            _TEXT_TYPE,
            *text,
            _NEXT,
            _HTML_TYPE,
            *html,
            _CLOSING,
        )
    )


_OPENING = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="'
    + BOUNDARY
    + b'"\r\n\r\n--'
    + BOUNDARY
    + b"\r\n"
)
_TEXT_TYPE = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: '
_HTML_TYPE = b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: '
_NEXT = b"\r\n--" + BOUNDARY + b"\r\n"
_CLOSING = b"\r\n--" + BOUNDARY + b"--\r\n"


def _head(message: RenderedMessage, *, utf8: bool) -> str:
    """Give the header lines up to ours, each checked."""
    given = message.headers
    lines = [
        _header("From", mailbox(message.sender_name, message.sender, utf8=utf8)),
        _header("To", mailbox(message.to_name, message.to, utf8=utf8)),
        _header("Subject", unstructured(message.subject, first=len("Subject: "))),
    ]
    if not any(name.lower() == "date" for name in given):
        lines.append(_header("Date", format_datetime(datetime.now(UTC))))
    for name, value in given.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise HeaderRefused("a header's name is not one that messages may bring")
        lines.append(_header(name, _given(name, value)))
    return "".join(lines)


def _given(name: str, value: str) -> str:
    """Give a header value that our own code made: ASCII stays whole, for machines read it."""
    if _FORBIDDEN.search(value):
        raise HeaderRefused(f"the header {name} has a line break")
    if value.isascii() and len(value) <= MAX_LINE - len(name) - 2:
        return value
    return unstructured(value, first=len(name) + 2)


def _header(name: str, value: str) -> str:
    return f"{name}: {value}\r\n"


def unstructured(value: str, *, first: int = 0) -> str:
    """Give free text as a header value, folded; `first` columns are taken on its first line."""
    if _FORBIDDEN.search(value):
        raise HeaderRefused("a subject or header has a line break")
    clean = _HIDDEN.sub("", value).strip()
    if _plain(clean) and first + len(clean) <= LINE:
        return clean
    return _encoded(clean, first)


def mailbox(name: str | None, address: str, *, utf8: bool = False) -> str:
    """Give `Name <address>`; the name may hold anything but a line break."""
    spec = envelope_address(address, utf8=utf8)
    shown = phrase(name) if name else ""
    if not shown:
        return spec
    gap = "\r\n " if len(shown) + len(spec) > LINE - 9 else " "
    return f"{shown}{gap}<{spec}>"


def phrase(name: str) -> str:
    """Give a display name as RFC 5322 writes it: as it is, quoted, or in encoded words."""
    if _FORBIDDEN.search(name):
        raise HeaderRefused("a name has a line break")
    clean = " ".join(_HIDDEN.sub("", name).split())
    if not clean.isascii() or len(clean) > LINE - 10 or "=?" in clean:
        return _encoded(clean, len("From: "))
    if _ATOMS.fullmatch(clean):
        return clean
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"' if clean else ""


@lru_cache(maxsize=16_384)
def envelope_address(address: str, *, utf8: bool = False) -> str:
    """Give an address as SMTP takes it; raises `HeaderRefused` for what is not a plain one."""
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode("utf-8", "replace")) > 64:
        raise HeaderRefused("the address is not one")
    if not local.isascii() and not utf8:
        raise HeaderRefused("the server takes no addresses beyond ASCII")
    if _HIDDEN.search(address):
        raise HeaderRefused("the address is not one")
    return f"{local}@{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise HeaderRefused("the address has no domain") from error
    if not _DOMAIN.fullmatch(domain):
        raise HeaderRefused("the address has no domain")
    return domain


def _plain(value: str) -> bool:
    """Tell whether readers will see a value as it stands: nothing in it looks encoded."""
    return value.isascii() and "=?" not in value


def _encoded(value: str, first: int) -> str:
    """Give a value as encoded words, a line each; readers join them without a space (RFC 2047)."""
    return "\r\n ".join(
        f"=?utf-8?b?{b64encode(piece).decode('ascii')}?=" for piece in _pieces(value, first)
    )


def _pieces(value: str, first: int) -> Iterator[bytes]:
    """Cut text into runs that fit a line as encoded words, never inside a character."""
    raw = value.encode("utf-8", "replace")
    start, room = 0, max(WORD_BYTES - first * 3 // 4, 9)
    while start < len(raw):
        end = min(start + room, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[start:end]
        start, room = end, WORD_BYTES


def _part(body: str, *, eight_bit: bool) -> tuple[bytes, bytes, bytes]:
    """Give a body's encoding, the blank line, and the encoded body."""
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    raw = body.encode("utf-8", "replace")
    if _fits(raw) and (eight_bit or raw.isascii()):
        kind = b"7bit" if raw.isascii() else b"8bit"
        return kind, b"\r\n\r\n", raw.replace(b"\n", b"\r\n")
    if _mostly_ascii(body, raw):
        return b"quoted-printable", b"\r\n\r\n", _quoted_printable(raw)
    return b"base64", b"\r\n\r\n", _base64(raw.replace(b"\n", b"\r\n"))


def _fits(raw: bytes) -> bool:
    """Tell whether a body can go as it is: no line too long, no NUL, no boundary."""
    if b"\x00" in raw or BOUNDARY in raw:
        return False
    return len(raw) <= MAX_LINE or max(map(len, raw.split(b"\n"))) <= MAX_LINE


def _mostly_ascii(body: str, raw: bytes) -> bool:
    return len(raw) - len(body) < len(body) // 4


def _quoted_printable(raw: bytes) -> bytes:
    return b2a_qp(raw, istext=True).replace(b"\n", b"\r\n")


def _base64(raw: bytes) -> bytes:
    lines = b64encode(raw)
    return b"\r\n".join(lines[at : at + LINE] for at in range(0, len(lines), LINE))
