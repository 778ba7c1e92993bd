"""Who is at the door: session tokens, signed queries, and the state of the code grant.

The only file that touches Shopify's own library, and only the parts of it that are safe:
decoding a session token (with checks of ours on top), telling a shop's domain, writing
the permission URL. It activates no session and calls nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard
from urllib.parse import urlsplit

import shopify
from shopify import session_token as shopify_tokens
from shopify.utils import shop_url

from connectors.base import BadSignature, SignedIn
from connectors.shopify import signatures
from connectors.shopify.documents import API_VERSION

SHOPIFYS_ADMIN = "https://{shop}"
LEEWAY = timedelta(seconds=10)
QUERY_WINDOW = timedelta(seconds=90)
STATE_LIFE = timedelta(seconds=60)
LONGEST_TOKEN = 8192
LONGEST_PERSON = 64
STATE_LABEL = b"reprise: state of the code grant"

# The library lets these through when a token's claims or header are odd enough.
_ODD_TOKEN = (TypeError, ValueError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class App:
    """Who we are to Shopify, and where the two of us live."""

    client_id: str
    secrets: tuple[str, ...]
    """Client secrets, the current one first."""
    app_url: str
    """Our own address, without a slash at its end."""
    admin_url: str = SHOPIFYS_ADMIN
    """The template of a store's address; something else in the demo alone."""
    app_bridge_url: str = "https://cdn.shopify.com/shopifycloud/app-bridge.js"

    def admin_of(self, shop: str) -> str:
        """Give the address of one store."""
        return self.admin_url.format(shop=shop)


def shop_in_token(client_id: str, client_secrets: Sequence[str], token: str, now: datetime) -> str:
    """Give the shop domain that a session token proves, or raise `BadSignature`."""
    return signed_in(client_id, client_secrets, token, now).store_domain


def signed_in(client_id: str, client_secrets: Sequence[str], token: str, now: datetime) -> SignedIn:
    """Give the shop and the person that a session token proves, or raise `BadSignature`.

    `now` is real time. The shop is the token's `dest`, never what a query says; the person is
    its `sub`, a staff account of that shop.
    """
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        raise BadSignature("the session token is malformed")
    claims = _decode(client_id, client_secrets, token)
    _check_times(claims, now)
    if claims.get("aud") != client_id:
        raise BadSignature("the session token is for another app")
    shop = _shop_at(claims.get("dest"), path="")
    if shop is None or shop != _shop_at(claims.get("iss"), path="/admin"):
        raise BadSignature("the session token names no one store")
    person = claims.get("sub")
    if not isinstance(person, str) or not 0 < len(person) <= LONGEST_PERSON:
        raise BadSignature("the session token names no person")
    return SignedIn(shop, person)


def _decode(client_id: str, client_secrets: Sequence[str], token: str) -> Mapping[str, object]:
    reason: Exception | None = None
    for secret in client_secrets:
        try:
            claims: Mapping[str, object] = shopify_tokens.decode_from_header(
                f"Bearer {token}", client_id, secret
            )
        except (shopify_tokens.SessionTokenError, *_ODD_TOKEN) as refused:
            reason = refused
        else:
            return claims
    raise BadSignature("the session token is not signed for us, or stale") from reason


def _check_times(claims: Mapping[str, object], now: datetime) -> None:
    """Demand exp and nbf, which the library takes as wishes."""
    until, since = claims.get("exp"), claims.get("nbf")
    if not _is_time(until) or not _is_time(since):
        raise BadSignature("the session token does not say how long it lives")
    leeway = LEEWAY.total_seconds()
    if not since - leeway <= now.timestamp() <= until + leeway:
        raise BadSignature("the session token is stale")


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shop_at(address: object, *, path: str) -> str | None:
    """Give the shop of `https://<shop><path>`, which must be all of it."""
    if not isinstance(address, str):
        return None
    shop = signatures.shop_domain(urlsplit(address).netloc)
    if shop is None or shop_url.sanitize_shop_domain(shop) != shop:
        return None
    return shop if address.lower() == f"https://{shop}{path}" else None


def check_query(
    client_secrets: Sequence[str], query: Sequence[tuple[str, str]], now: datetime
) -> dict[str, str]:
    """Give a signed query's parameters, or raise `BadSignature`.

    Refused: a parameter told twice, a wrong `hmac`, a `timestamp` more than 90 s from now
    on either side.
    """
    told = single(query)
    if not signatures.signs_query(client_secrets, query, told.get("hmac", "")):
        raise BadSignature("the query's signature is missing or wrong")
    at = told.get("timestamp", "")
    if not (at.isascii() and at.isdecimal() and len(at) < 12):
        raise BadSignature("the query does not say when it was signed")
    if abs(now.timestamp() - int(at)) > QUERY_WINDOW.total_seconds():
        raise BadSignature("the query is too old")
    return told


def single(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give parameters that are each told once; raise `BadSignature` for one told twice."""
    told: dict[str, str] = {}
    for key, value in query:
        if key in told or key.removesuffix("[]") in told:
            raise BadSignature("the query says something twice")
        told[key.removesuffix("[]")] = value
    return told


def permission_url(
    app: App, shop: str, scopes: Sequence[str], redirect_uri: str, state: str
) -> str:
    """Give the address of the consent screen, for the authorization-code grant."""
    # The library keeps the app's id on its class: a class of our own is nobody else's.
    session_class = type("PermissionSession", (shopify.Session,), {"api_key": app.client_id})
    address: str = session_class(shop, API_VERSION).create_permission_url(
        list(scopes), redirect_uri, state
    )
    return app.admin_of(shop) + address.removeprefix(f"https://{shop}")


def new_state() -> str:
    """Give 32 random bytes in hex."""
    return secrets.token_hex(32)


def sign_state(keys: Sequence[str], state: str, shop: str, now: datetime) -> str:
    """Give the cookie that remembers a state for 60 s; `keys` are app keys, newest first."""
    until = int((now + STATE_LIFE).timestamp())
    return f"{state}.{until}.{_state_mac(keys[0], state, shop, until)}"


def check_state(keys: Sequence[str], cookie: str, state: str, shop: str, now: datetime) -> None:
    """Raise `BadSignature` unless the cookie was signed for this state and shop, lately."""
    remembered, _, rest = cookie.partition(".")
    until, _, mac = rest.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) < 12):
        raise BadSignature("the state cookie is missing or malformed")
    expected = [_state_mac(key, remembered, shop, int(until)) for key in keys]
    signed = [_same(one, mac) for one in expected]
    if not any(signed) or not _same(remembered, state) or now.timestamp() > int(until):
        raise BadSignature("the state is not the one we gave, or too old")


def _state_mac(key: str, state: str, shop: str, until: int) -> str:
    # Derived: were it a client secret itself, a signed cookie could pass for a webhook.
    derived = hmac.digest(key.encode(), STATE_LABEL, hashlib.sha256)
    told = f"{state}.{shop}.{until}".encode("utf-8", "surrogatepass")
    return hmac.new(derived, told, hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )


@dataclass(frozen=True, slots=True)
class Callback:
    """The merchant said yes on the consent screen: a code to trade for a token."""

    shop: str
    code: str
    host: str | None


def read_callback(
    app: App, query: Sequence[tuple[str, str]], cookie: str, keys: Sequence[str], now: datetime
) -> Callback:
    """Give what the consent screen sent back, or raise `BadSignature`."""
    told = check_query(app.secrets, query, now)
    shop = signatures.shop_domain(told.get("shop"))
    if shop is None or not told.get("code"):
        raise BadSignature("the callback names no store or brings no code")
    check_state(keys, cookie, told.get("state", ""), shop, now)
    return Callback(shop, told["code"], told.get("host"))
