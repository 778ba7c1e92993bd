"""The panel's own session tokens for WooCommerce, whose admin vouches for a person only once.

The plugin's launch token opens the panel; what the page then carries is signed by us, lives ten
minutes, and is traded for a new one for as long as twelve hours after the launch.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from connectors.base import BadSignature, SignedIn
from connectors.woocommerce.secrets import plain_key
from marketing.model import Platform

ISSUER = "reprise"
LIFE = timedelta(minutes=10)
LONGEST = timedelta(hours=12)
LONGEST_TOKEN = 8192
LONGEST_NAME = 255
LABEL = b"reprise: panel session of woocommerce"
CLAIMS = ("iss", "aud", "dest", "sub", "exp", "iat", "opened")


def issue(
    app_keys: Sequence[str], who: SignedIn, *, now: datetime, opened_at: datetime | None = None
) -> str:
    """Give a session token; `opened_at` is when the launch was, None: just now."""
    claims = {
        "iss": ISSUER,
        "aud": Platform.WOOCOMMERCE.value,
        "dest": who.store_domain,
        "sub": who.user_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "opened": int((opened_at or now).timestamp()),
    }
    return jwt.encode(claims, _key(app_keys[0]), "HS256")


def signed_in(app_keys: Sequence[str], token: str, now: datetime) -> SignedIn:
    """Give the store and the person that a token proves, or raise `BadSignature`."""
    claims = _claims(app_keys, token, now)
    return SignedIn(str(claims["dest"]), str(claims["sub"]))


def renewed(app_keys: Sequence[str], token: str, now: datetime) -> str:
    """Trade a token that is still good for a new one; after twelve hours `BadSignature`."""
    claims = _claims(app_keys, token, now)
    opened_at = datetime.fromtimestamp(claims["opened"], UTC)
    if now - opened_at > LONGEST:
        raise BadSignature("the panel has been open for long: open it anew from the store's admin")
    who = SignedIn(str(claims["dest"]), str(claims["sub"]))
    return issue(app_keys, who, now=now, opened_at=opened_at)


def _claims(app_keys: Sequence[str], token: str, now: datetime) -> Mapping[str, Any]:
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        raise BadSignature("the session token is malformed")
    claims = _decoded(app_keys, token)
    times = claims["iat"], claims["exp"], claims["opened"]
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in times):
        raise BadSignature("the session token does not say how long it lives")
    if not claims["iat"] - 10 <= now.timestamp() <= claims["exp"] + 10:
        raise BadSignature("the session token is stale")
    named = claims["dest"], claims["sub"]
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_NAME for one in named):
        raise BadSignature("the session token names no store or no person")
    return claims


def _decoded(app_keys: Sequence[str], token: str) -> Mapping[str, Any]:
    # `now` is the caller's, so the times are checked by us.
    options: Any = {"require": list(CLAIMS), "verify_exp": False, "verify_iat": False}
    reason: Exception | None = None
    for one in app_keys:
        try:
            return jwt.decode(
                token, _key(one), ["HS256"], options,
                audience=Platform.WOOCOMMERCE.value, issuer=ISSUER,
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as refused:
            reason = refused
    raise BadSignature("the session token is not signed by us") from reason


def _key(app_key: str) -> bytes:
    return hmac.digest(plain_key(app_key), LABEL, hashlib.sha256)
