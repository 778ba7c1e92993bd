"""A file at an address that others name: fetched from the outside alone, whole or not at all."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from connectors import bounded
from connectors.addresses import UnsafeAddress
from connectors.base import StoreRefused, StoreUnavailable

SECONDS = 20.0
CONNECT_SECONDS = 3.05
MOST_LEAPS = 3
LEAPS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes, and what they are by the word of whoever gave them."""

    body: bytes
    content_type: str


class TooLarge(StoreRefused):
    """The file is larger than we hand on."""


def fetch(
    url: str, headers: Mapping[str, str], *, most: int, may_be_local: bool = False
) -> Fetched:
    """Fetch one file of at most so many bytes; `headers` go to the first host alone.

    Raises `UnsafeAddress`, `TooLarge`, `StoreRefused` for an answer that is no file, and
    `StoreUnavailable`. `may_be_local`: in the demo, this machine is allowed.
    """
    until = time.monotonic() + SECONDS
    told = dict(headers)
    for _ in range(MOST_LEAPS + 1):
        found = _step(url, told, until, most, may_be_local=may_be_local)
        if isinstance(found, Fetched):
            return found
        if not _is_same_place(url, found):
            told = {}
        url = found
    raise StoreRefused("the file is passed on too often")


def _is_same_place(one: str, other: str) -> bool:
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def _step(
    url: str, headers: Mapping[str, str], until: float, most: int, *, may_be_local: bool
) -> Fetched | str:
    """Give the file, or where it is said to lie."""
    left = until - time.monotonic()
    waits = dict.fromkeys(("read", "write", "pool"), left)
    extensions = {"timeout": {**waits, "connect": min(left, CONNECT_SECONDS)}}
    told = [*{"User-Agent": "reprise", "Accept-Encoding": "identity", **headers}.items()]
    try:
        with (
            bounded.pool(until, may_be_local=may_be_local) as pool,
            pool.stream(
                "GET", _written(url, may_be_local=may_be_local), headers=told, extensions=extensions
            ) as answer,
        ):
            head = httpx.Headers(answer.headers)
            if answer.status in LEAPS:
                return urljoin(url, str(head.get("location", "")))
            if answer.status != 200:
                raise StoreRefused(f"it answered {answer.status}")
            chunks = answer.iter_stream()
            return Fetched(_read(chunks, most), head.get("content-type", ""))
    except bounded.FAILURES as failure:
        raise StoreUnavailable(f"{type(failure).__name__}: {failure}") from failure


def _read(chunks: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise TooLarge("the file is too large")
    return bytes(body)


def _written(url: str, *, may_be_local: bool) -> str:
    if urlsplit(url).scheme != "https" and not may_be_local:
        raise UnsafeAddress("only https:// is called")
    try:
        return str(httpx.URL(url).copy_with(username=None, password=None, fragment=None))
    except httpx.InvalidURL as invalid:
        raise UnsafeAddress(f"this is no address: {invalid}") from invalid
