"""The token by which a store's plugin opens our panel: who is at the desk, for a minute, once.

It is signed by the store's secret. Which store that is says the key in its header, and nothing
of it counts before the signature of that very store is proven.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from connectors.base import BadSignature

LONGEST_LIFE = 60
LEEWAY = 10
"""Seconds that the store's clock may be off."""
LONGEST_TOKEN = 4096
LONGEST_NAME = 255
LONGEST_SHOWN = 80
CLAIMS = ("iss", "sub", "iat", "exp", "jti")


@dataclass(frozen=True, slots=True)
class Launched:
    """The person of WordPress who opened the panel, and what makes the token good once."""

    user_id: str
    jti: str
    expires_at: datetime
    locale: str | None
    name: str | None = None
    """What WordPress calls the person."""


def store_key_of(token: str) -> str:
    """Give the store key that a token names, not yet proven; raises `BadSignature`."""
    if not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
        raise BadSignature("the launch token is malformed")
    try:
        key = jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError, RecursionError) as no:
        raise BadSignature("the launch token is malformed") from no
    if not isinstance(key, str) or not re.fullmatch(r"[\w-]{8,64}", key):
        raise BadSignature("the launch token names no store")
    return key


def read(secrets: Sequence[str], token: str, domain: str, now: datetime) -> Launched:
    """Give who a token vouches for, or raise `BadSignature`; `domain` is the key's store."""
    claims = _decoded(secrets, token)
    _check_times(claims, now)
    if domain_of(claims["iss"]) != domain:
        raise BadSignature("the launch token is of another store")
    user, jti = claims["sub"], claims["jti"]
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_NAME for one in (user, jti)):
        raise BadSignature("the launch token names no person")
    expires_at = datetime.fromtimestamp(claims["exp"] + LEEWAY, UTC) + timedelta(seconds=1)
    locale = claims.get("locale")
    language = locale if isinstance(locale, str) else None
    return Launched(user, jti, expires_at, language, _plain(claims.get("name")))


def _plain(name: object) -> str | None:
    """Give a name that fits on a line; it is the person's own choice, and may be anything."""
    told = name if isinstance(name, str) else ""
    shown = "".join(sign if sign.isprintable() else " " for sign in told)
    return " ".join(shown.split())[:LONGEST_SHOWN].rstrip() or None


def domain_of(url: object) -> str:
    """Give a home address as stores are called: no scheme, no slash at the end."""
    parts = urlsplit(url if isinstance(url, str) else "")
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"


def origin_of(home: str) -> str:
    parts = urlsplit(home)
    return f"{parts.scheme}://{parts.netloc}"


def _decoded(secrets: Sequence[str], token: str) -> dict[str, Any]:
    # `now` is the caller's, so the times are checked by us.
    options: Any = {"require": list(CLAIMS), "verify_exp": False, "verify_iat": False,
                    "verify_aud": False, "verify_nbf": False}  # fmt: skip
    reason: Exception | None = None
    for secret in secrets:
        try:
            return jwt.decode(token, secret, ["HS256"], options)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as no:
            reason = no
    raise BadSignature("the launch token is not signed by its store") from reason


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    made, ends = claims["iat"], claims["exp"]
    if not all(type(one) is int for one in (made, ends)):
        raise BadSignature("the launch token does not say how long it lives")
    if ends - made > LONGEST_LIFE:
        raise BadSignature("the launch token would live too long")
    if not made - LEEWAY <= now.timestamp() <= ends + LEEWAY:
        raise BadSignature("the launch token is stale")
