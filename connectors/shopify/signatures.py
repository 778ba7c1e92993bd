"""What Shopify signs: webhook bodies, app-load and OAuth queries; and whose they claim to be.

All comparisons take constant time and work on bytes, so that no header or query, however
odd, raises. The current client secret is tried before the previous one.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from urllib.parse import quote

LONGEST_DOMAIN = 253
_SHOP_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", re.ASCII)


def shop_domain(value: str | None) -> str | None:
    """Give `acme.myshopify.com` in lower case, or None for anything else."""
    # Before lower(): the Kelvin sign, among others, would become an ASCII letter.
    if not value or not value.isascii() or len(value) > LONGEST_DOMAIN:
        return None
    domain = value.lower()
    return domain if _SHOP_DOMAIN.fullmatch(domain) else None


def body_signature(secret: str, body: bytes) -> bytes:
    """Give the base64 HMAC-SHA256 that a webhook's header must equal."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))


def signs_body(secrets: Sequence[str], body: bytes, claimed: str) -> bool:
    """Tell if one of the secrets gives this header for this raw body."""
    return _any_equal([body_signature(secret, body) for secret in secrets], claimed)


def query_signature(secret: str, query: Sequence[tuple[str, str]]) -> bytes:
    """Give the hex HMAC-SHA256 of an app-load or OAuth query without its signatures."""
    signed = sorted(pair for pair in query if pair[0] not in {"hmac", "signature"})
    message = "&".join(f"{_escape(key)}={_escape(value)}" for key, value in signed)
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest().encode()


def _escape(value: str) -> str:
    # The form encoding of the URL standard, but a space is %20; quote() spares the tilde.
    return quote(value, safe="*").replace("~", "%7E")


def signs_query(secrets: Sequence[str], query: Sequence[tuple[str, str]], claimed: str) -> bool:
    """Tell if one of the secrets gives this `hmac` for this query."""
    return _any_equal([query_signature(secret, query) for secret in secrets], claimed)


def _any_equal(expected: Sequence[bytes], claimed: str) -> bool:
    given = claimed.encode("utf-8", "surrogatepass")
    # All are compared, whichever fits: the time taken tells nothing.
    equal = [hmac.compare_digest(one, given) for one in expected]
    return any(equal)
