"""One kept HTTP client a process, and a POST of JSON that ends when it should."""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import orjson

from connectors.base import StoreUnavailable
from marketing.model import JsonObject

CONNECT_SECONDS = 3.05
LARGEST_ANSWER = 32 * 1024 * 1024
HEADERS = {"Accept": "application/json", "User-Agent": "reprise"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> JsonObject:
        """Give the body's JSON object, empty if it is none."""
        try:
            told = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return told if isinstance(told, dict) else {}


class Http:
    """Keeps connections between calls; safe to share between threads and across a fork.

    `use_proxies` follows the proxy settings of the environment, as an app that must call
    from an address on Shopify's allowlist needs; the demo, which calls itself, must not.
    """

    def __init__(self, *, use_proxies: bool = True) -> None:
        self._use_proxies = use_proxies
        self._lock = threading.Lock()
        self._client: tuple[int, httpx.Client] | None = None

    def post(
        self,
        url: str,
        payload: JsonObject,
        *,
        headers: Mapping[str, str] | None = None,
        read_seconds: float = 20.0,
        total_seconds: float = 30.0,
    ) -> Answer:
        """Send JSON and read the answer; redirects are answers too, never followed.

        Raises `StoreUnavailable` when nothing (or no end) came in time.
        """
        give_up = time.monotonic() + total_seconds
        timeout = httpx.Timeout(read_seconds, connect=CONNECT_SECONDS)
        request = self._kept().build_request(
            "POST",
            url,
            content=orjson.dumps(payload),
            headers={**HEADERS, "Content-Type": "application/json", **(headers or {})},
            timeout=timeout,
        )
        try:
            response = self._kept().send(request, stream=True)
            try:
                return Answer(response.status_code, response.headers, _body(response, give_up))
            finally:
                response.close()
        except httpx.HTTPError as failure:
            # Their words name the address at most; tokens travel in headers and bodies.
            raise StoreUnavailable(f"{type(failure).__name__}: {failure}") from failure

    def _kept(self) -> httpx.Client:
        with self._lock:
            if self._client is None or self._client[0] != os.getpid():
                self._client = (os.getpid(), self._new())
            return self._client[1]

    def _new(self) -> httpx.Client:
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=20)
        return httpx.Client(limits=limits, follow_redirects=False, trust_env=self._use_proxies)

    def close(self) -> None:
        """Close the kept connections; the next call opens new ones."""
        with self._lock:
            if self._client and self._client[0] == os.getpid():
                self._client[1].close()
            self._client = None


def _body(response: httpx.Response, give_up: float) -> bytes:
    read = bytearray()
    for chunk in response.iter_bytes():
        read += chunk
        if len(read) > LARGEST_ANSWER:
            raise StoreUnavailable("the answer is larger than any we expect")
        if time.monotonic() > give_up:
            raise StoreUnavailable("the answer took too long to end")
    return bytes(read)
