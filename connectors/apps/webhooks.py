"""A signed POST to any program that the merchant names, by the Standard Webhooks specification.

The address is untrusted: its host is looked up once, every answer must be a public address, and
the call goes to just that address under the host's name; redirects are answers, never followed.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

import httpx
import orjson

from connectors.addresses import UnsafeAddress, public_address
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

    Of the answer nothing but its head is read. Raises `UnsafeAddress` and `StoreUnavailable`.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not may_be_local:
        raise UnsafeAddress("only https:// is called")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = public_address(host, port, may_be_local=may_be_local)
    written = f"[{address}]" if ":" in address else address
    target = httpx.URL(url).copy_with(host=written.strip("[]"), port=port)
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    named = {**headers, "Host": parts.netloc.rpartition("@")[2]}
    try:
        with (
            httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client,
            client.stream(
                method, target, content=content, headers=named, extensions={"sni_hostname": host}
            ) as answer,
        ):
            return answer.status_code, answer.headers.get("location")
    except httpx.HTTPError as failure:
        raise StoreUnavailable(f"{type(failure).__name__}: {failure}") from failure
