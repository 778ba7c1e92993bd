"""A signed POST to any program that the merchant names, by the Standard Webhooks specification.

The address is untrusted: its host is looked up once, every answer must be a public address, and
the call goes to just that address under the host's name; redirects are answers, never followed.
"""

import base64
import hashlib
import hmac
import time
from urllib.parse import urlsplit

import httpx
import orjson

from connectors import bounded
from connectors.addresses import UnsafeAddress
from connectors.base import StoreRefused, StoreUnavailable
from marketing.model import JsonObject

SECONDS = 10.0
CONNECT_SECONDS = 3.05
GONE = 410
TRY_AGAIN = frozenset({408, 409, 425, 429})


class EndpointGone(StoreRefused):
    """The program says that nobody is to call it again: 410, as Standard Webhooks has it."""


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Give the `webhook-signature` header: `v1,` and the HMAC-SHA256 of id, time and body."""
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def post(
    url: str,
    payload: JsonObject,
    *,
    message_id: str,
    secret: bytes,
    timestamp: int,
    may_be_local: bool = False,
) -> None:
    """Call once; `message_id` is the same on every try, for the receiver to count it once.

    Raises `UnsafeAddress`, `StoreRefused` for an answer that another try would not change, and
    `StoreUnavailable` for one that it may. `may_be_local`: in the demo, this machine is allowed.
    """
    body = orjson.dumps(payload)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "reprise",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }
    status, _ = exchange(
        "POST", url, content=body, headers=headers, seconds=SECONDS, may_be_local=may_be_local
    )
    if 200 <= status < 300:
        return
    words = f"the program answered {status}"
    if status >= 500 or status in TRY_AGAIN:
        raise StoreUnavailable(words)
    raise EndpointGone(words) if status == GONE else StoreRefused(words)


def exchange(
    method: str,
    url: str,
    *,
    headers: dict[str, str],
    seconds: float,
    content: bytes = b"",
    may_be_local: bool = False,
) -> tuple[int, str | None]:
    """Call an untrusted address once and give the status and where a redirect leads.

    Of the answer nothing but its head is read; `seconds` is for all of it, however it trickles.
    Raises `UnsafeAddress` and `StoreUnavailable`.
    """
    if urlsplit(url).scheme != "https" and not may_be_local:
        raise UnsafeAddress("only https:// is called")
    waits = dict.fromkeys(("read", "write", "pool"), seconds)
    extensions = {"timeout": {**waits, "connect": min(seconds, CONNECT_SECONDS)}}
    until = time.monotonic() + seconds
    try:
        with (
            bounded.pool(until, may_be_local=may_be_local) as pool,
            pool.stream(
                method,
                _written(url),
                headers=[*headers.items()],
                content=content,
                extensions=extensions,
            ) as answer,
        ):
            told = httpx.Headers(answer.headers)
            return answer.status, told.get("location")
    except bounded.FAILURES as failure:
        raise StoreUnavailable(f"{type(failure).__name__}: {failure}") from failure


def _written(url: str) -> str:
    """Give an address as it goes over the wire, without a name and password in it."""
    try:
        return str(httpx.URL(url).copy_with(username=None, password=None, fragment=None))
    except httpx.InvalidURL as invalid:
        raise UnsafeAddress(f"this is no address: {invalid}") from invalid
