"""Shopify's side of installing: signed loads, session tokens, codes and access tokens.

Token lifetimes are real time; formats and rules are those of Shopify's own libraries.
"""

import base64
import hashlib
import hmac
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from sandbox.state import Record, State

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant's name
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - a type's name
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"
_REFRESH_LIFE = 7_776_000
_ID_TOKEN_LIFE = 60


class OAuthError(Exception):
    """A refusal of the token endpoint; the text is the `error` of its JSON answer."""


def query_hmac(secret: str, params: dict[str, str]) -> str:
    """The hex signature of an app load or OAuth callback: sorted, percent-encoded pairs."""
    pairs = sorted((k, v) for k, v in params.items() if k not in {"hmac", "signature"})
    text = "&".join(f"{_encoded(k)}={_encoded(v)}" for k, v in pairs)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed_query(secret: str, params: dict[str, str]) -> str:
    """`params` with their hmac, as a query string."""
    return urlencode({**params, "hmac": query_hmac(secret, params)}, quote_via=quote)


def webhook_hmac(secret: str, body: bytes) -> str:
    """The base64 signature in X-Shopify-Hmac-Sha256."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def host_of(shop: str) -> str:
    """The `host` parameter: base64 of the store's address in Shopify's admin."""
    place = f"admin.shopify.com/store/{shop.removesuffix('.myshopify.com')}"
    return base64.b64encode(place.encode()).decode().rstrip("=")


def _encoded(text: str) -> str:
    """As the URL standard encodes form data, but a space as %20."""
    return quote(text, safe="*").replace("~", "%7E")


def session_token(shop: str, client_id: str, secret: str, life: int = _ID_TOKEN_LIFE) -> str:
    """What App Bridge hands out: a JWT (HS256) that says who looks at which store, for a minute."""
    now = int(time.time())
    claims = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": client_id,
        "sub": "90210000001",
        "exp": now + life,
        "nbf": now,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "sid": hashlib.sha256(f"{shop}:{secret}".encode()).hexdigest(),
        "sig": secrets.token_hex(32),
    }
    head = _segment(orjson.dumps({"alg": "HS256", "typ": "JWT"}))
    signed = f"{head}.{_segment(orjson.dumps(claims))}"
    return f"{signed}.{_segment(_jwt_signature(secret, signed))}"


def shop_in_token(token: str, client_id: str, secrets_: tuple[str, ...]) -> str:
    """The shop a session token speaks for; refuses forged, stale and foreign ones."""
    try:
        signed, signature = token.rsplit(".", 1)
        claims = orjson.loads(_unsegment(signed.split(".", 1)[1]))
        given = _unsegment(signature)
    except (ValueError, IndexError, orjson.JSONDecodeError) as cause:
        raise OAuthError("invalid_subject_token") from cause
    honest = any(hmac.compare_digest(given, _jwt_signature(s, signed)) for s in secrets_)
    now = time.time()
    timely = claims.get("nbf", now) <= now + 10 and claims.get("exp", 0) >= now - 10
    if not (honest and timely and claims.get("aud") == client_id):
        raise OAuthError("invalid_subject_token")
    return str(claims["dest"]).removeprefix("https://")


def _jwt_signature(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def _segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unsegment(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Client:
    """The app, as Shopify knows it: its id and its secrets, the current one first."""

    id: str
    secrets: tuple[str, ...]

    @property
    def secret(self) -> str:
        return self.secrets[0]


class TokenDesk:
    """Gives out and checks access tokens, refresh tokens and codes."""

    def __init__(self, state: State, client: Client) -> None:
        self._state = state
        self._client = client

    def answer(self, shop: str, scope: str, asked: dict[str, Any]) -> dict[str, Any]:
        """One request to the token endpoint; raises `OAuthError` with Shopify's word for it."""
        self._check_client(asked)
        grant = asked.get("grant_type")
        if grant == TOKEN_EXCHANGE:
            return self._exchange(shop, scope, asked)
        if grant == "refresh_token":
            return self._refresh(shop, scope, str(asked.get("refresh_token")))
        if asked.get("code"):
            return self._redeem(shop, scope, asked)
        raise OAuthError("unsupported_grant_type")

    def new_code(self, shop: str) -> str:
        """An authorization code, good once, for a minute."""
        return self._keep(secrets.token_hex(16), shop, "code", 60)

    def shop_of(self, token: str) -> str | None:
        """Whose Admin API an access token opens; None when it is unknown or expired."""
        found = self._look(token, "access")
        if found is None:
            return None
        self._retire_predecessor(found)
        return str(found["shop"])

    def revoke(self, shop: str) -> None:
        """Every token of a shop dies, as it does when the app is uninstalled."""
        self._state.rows("DELETE FROM tokens WHERE shop = ?", (shop,))
        self._state.set(f"token_given:{shop}", None)

    def expire_access(self, shop: str) -> None:
        """For trying out: access tokens end now, refresh tokens stay good."""
        self._state.rows("DELETE FROM tokens WHERE shop = ? AND kind = 'access'", (shop,))

    def _check_client(self, asked: dict[str, Any]) -> None:
        secret = str(asked.get("client_secret", "")).encode()
        known = any(hmac.compare_digest(secret, s.encode()) for s in self._client.secrets)
        if asked.get("client_id") != self._client.id or not known:
            raise OAuthError("invalid_client")

    def _exchange(self, shop: str, scope: str, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("subject_token_type") != ID_TOKEN:
            raise OAuthError("invalid_request")
        token = str(asked.get("subject_token"))
        if shop_in_token(token, self._client.id, self._client.secrets) != shop:
            raise OAuthError("invalid_subject_token")
        if asked.get("requested_token_type") not in {OFFLINE, ONLINE}:
            raise OAuthError("invalid_request")
        return self._pair(shop, scope, expiring=str(asked.get("expiring")) == "1")

    def _redeem(self, shop: str, scope: str, asked: dict[str, Any]) -> dict[str, Any]:
        with self._state.transaction():
            found = self._look(str(asked["code"]), "code")
            if found is None or found["shop"] != shop:
                raise OAuthError("invalid_request")
            self._state.rows("DELETE FROM tokens WHERE token = ?", (str(asked["code"]),))
        return self._pair(shop, scope, expiring=str(asked.get("expiring")) == "1")

    def _refresh(self, shop: str, scope: str, token: str) -> dict[str, Any]:
        with self._state.transaction():
            found = self._look(token, "refresh")
            if found is None or found["shop"] != shop:
                raise OAuthError("invalid_grant")
            self._retire_predecessor(found)
            # The old one stays good until its successor, or the new access token, is used.
            return self._pair(shop, scope, expiring=True, replaces=token)

    def _retire_predecessor(self, found: Record) -> None:
        if found.get("replaces"):
            self._state.rows("DELETE FROM tokens WHERE token = ?", (found["replaces"],))

    def _pair(self, shop: str, scope: str, *, expiring: bool, replaces: str = "") -> dict[str, Any]:
        life = int(self._state.setting("access_token_life", 3600)) if expiring else 10**9
        access = self._keep(f"shpat_{secrets.token_hex(16)}", shop, "access", life, replaces)
        answer: dict[str, Any] = {"access_token": access, "scope": scope}
        if expiring:
            made = f"shprt_{secrets.token_hex(16)}"
            answer["expires_in"] = life
            answer["refresh_token"] = self._keep(made, shop, "refresh", _REFRESH_LIFE, replaces)
            answer["refresh_token_expires_in"] = _REFRESH_LIFE
        self._state.set(f"token_given:{shop}", time.time())
        return answer

    def _keep(self, token: str, shop: str, kind: str, life: int, replaces: str = "") -> str:
        data = orjson.dumps({"shop": shop, "replaces": replaces}).decode()
        self._state.rows(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?)",
            (token, shop, kind, time.time() + life, data),
        )
        return token

    def _look(self, token: str, kind: str) -> Record | None:
        rows = self._state.rows(
            "SELECT data FROM tokens WHERE token = ? AND kind = ? AND expires_at > ?",
            (token, kind, time.time()),
        )
        return orjson.loads(rows[0][0]) if rows else None
