"""One call of a store's address: to a public address, in bounded time, of bounded length.

The `woocommerce` package signs and encodes the call, but sends it by a bare `requests.request`,
which follows no address of ours, reads without end and waits anew after each byte. It leaves no
other place for a transport, so its module's `request` is ours: `_hand_over`.
"""

import base64
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpcore
import httpx
import orjson
import woocommerce.api

from connectors import bounded
from connectors.addresses import UnsafeAddress
from connectors.base import StoreUnavailable

CONNECT_SECONDS = 5.0
SECONDS = 30.0
"""For all of a call, from the connection to the last byte."""
LARGEST_ANSWER = 8 * 1024 * 1024
AT_ONCE = 2
"""Calls of one store at a time: small hosts have few workers."""
USER_AGENT = "reprise"


class TooLarge(StoreUnavailable):
    """The answer is larger than any we read: ask for less at a time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case; of several alike, joined by commas."""
    body: bytes

    def json(self) -> Any:
        """Give what the body says; None where it is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


class Http:
    """Safe to share between threads; keeps no connection: each belongs to one store's name.

    `may_be_local`: in the demo the stores live on this machine and speak plain http.
    """

    def __init__(self, *, may_be_local: bool = False, seconds: float = SECONDS) -> None:
        self._may_be_local = may_be_local
        self._seconds = seconds
        self._lock = threading.Lock()
        self._lanes: dict[str, threading.BoundedSemaphore] = {}

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes = b""
    ) -> Answer:
        """Call once; a redirect is an answer. Raises `UnsafeAddress` and `StoreUnavailable`."""
        if not url.startswith("https://") and not self._may_be_local:
            raise UnsafeAddress("only https:// is called")
        told = [("Accept-Encoding", "identity"), *headers.items()]
        until = time.monotonic() + self._seconds
        try:
            with (
                self._lane(url, until),
                bounded.pool(until, may_be_local=self._may_be_local) as pool,
            ):
                times = dict.fromkeys(("read", "write"), self._seconds)
                extensions = {"timeout": {**times, "connect": CONNECT_SECONDS}}
                with pool.stream(
                    method, url, headers=told, content=content, extensions=extensions
                ) as response:
                    return Answer(response.status, _named(response.headers), _body(response))
        except bounded.FAILURES as no:
            # Their words name no address: keys may stand in it.
            raise StoreUnavailable(f"{type(no).__name__}: {str(no)[:200]}") from None

    @contextmanager
    def _lane(self, url: str, until: float) -> Any:
        """Wait for one of the places that calls of a store share: half a call's time at most.

        With less than the other half left, a call would only ask and not hear the answer.
        """
        host = httpx.URL(url).netloc.decode()
        with self._lock:
            lane = self._lanes.setdefault(host, threading.BoundedSemaphore(AT_ONCE))
        if not lane.acquire(timeout=max(0.0, (until - time.monotonic()) / 2)):
            raise StoreUnavailable("the store is slow: others of our calls wait for it")
        try:
            yield
        finally:
            lane.release()


def _named(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    named: dict[str, str] = {}
    for raw_name, raw in headers:
        name, value = raw_name.decode("latin-1").lower(), raw.decode("latin-1")
        named[name] = f"{named[name]}, {value}" if name in named else value
    return named


def _body(response: httpcore.Response) -> bytes:
    read = bytearray()
    for chunk in response.iter_stream():
        read += chunk
        if len(read) > LARGEST_ANSWER:
            raise TooLarge("the store's answer is larger than any we read")
    return bytes(read)


def _hand_over(  # noqa: PLR0913  as `requests.request` has them
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    transport: Http | None = None,
    auth: Any = None,
    params: Mapping[str, Any] | None = None,
    data: bytes | None = None,
    **more: Any,
) -> Any:
    """Send what the package made: its headers, its authorization, its query, through ours.

    Over plain http it signs the query, and has put the parameters into the address by then.
    A call without a transport of ours is somebody else's, and goes as it always went.
    """
    if transport is None:
        told = {"headers": headers, "auth": auth, "params": params, "data": data, **more}
        return _theirs(method=method, url=url, **told)
    if auth is not None:
        pair = base64.b64encode(f"{auth.username}:{auth.password}".encode()).decode()
        headers = {**headers, "Authorization": f"Basic {pair}"}
    if params and "?" not in url:
        url = f"{url}?{urlencode(params)}"
    return transport.send(method, url, headers=headers, content=data or b"")


_theirs = woocommerce.api.request
woocommerce.api.request = _hand_over
