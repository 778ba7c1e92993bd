"""A signed POST to any program that the merchant names, by the Standard Webhooks specification.

The address is untrusted: its host is looked up once, every answer must be a public address, and
the call goes to just that address under the host's name; redirects are answers, never followed.
"""

import base64
import hashlib
import hmac
import ipaddress
import socket
from urllib.parse import urlsplit

import httpx
import orjson

from connectors.base import StoreRefused, StoreUnavailable
from marketing.model import JsonObject

SECONDS = 10.0
CONNECT_SECONDS = 3.05
GONE = 410
NAT64 = ipaddress.ip_network("64:ff9b::/96")
INWARD = [
    ipaddress.ip_network(one) for one in ("64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "fec0::/10")
]
"""Networks of IPv6 that lead into a site, and that Python calls global."""
NOWHERE = ipaddress.IPv4Address(0)
TRY_AGAIN = frozenset({408, 409, 425, 429})


class EndpointGone(StoreRefused):
    """The program says that nobody is to call it again: 410, as Standard Webhooks has it."""


class UnsafeAddress(StoreRefused):
    """An address that nobody but we may call: this machine's, a private network's, no address."""


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


def public_address(host: str, port: int, *, may_be_local: bool = False) -> str:
    """Look a host up and give its first address; raises `UnsafeAddress` if any is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise StoreUnavailable(f"{host or 'no host'} is not found") from failure
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    for address in addresses:
        told = ipaddress.ip_address(address)
        mapped = _within(told)
        is_fine = mapped.is_global and not mapped.is_multicast
        if not (is_fine or (may_be_local and mapped.is_loopback)):
            raise UnsafeAddress(f"{host} is no public address")
    return addresses[0]


def _within(
    told: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Give the IPv4 address that an IPv6 address leads to, by whichever of their tunnels."""
    if isinstance(told, ipaddress.IPv4Address):
        return told
    if not told.is_loopback and any(told in network for network in INWARD):
        return NOWHERE
    if told in NAT64:
        return ipaddress.IPv4Address(int(told) & 0xFFFFFFFF)
    tunnelled = told.teredo[1] if told.teredo else None
    return told.ipv4_mapped or told.sixtofour or tunnelled or told
