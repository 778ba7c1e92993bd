"""Asks a store for access tokens: exchange, code grant, refresh, migration. Always expiring ones.

Shopify's Python library knows none of this but the code grant, and that without expiry.
"""

from datetime import datetime, timedelta

from connectors.base import (
    Installation,
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from connectors.shopify.http import Answer, Http
from connectors.waits import retry_after
from marketing.model import JsonObject

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - a kind, no secret
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
READ_SECONDS = 5.0
TOTAL_SECONDS = 10.0


class StaleSessionToken(StoreError):
    """The session token died on its way: App Bridge has a fresh one, ask the page for it."""


class TokenEndpoint:
    """A store's token endpoint; every call gives an `Installation` or raises a `StoreError`.

    `now` is real time: lifetimes are told in seconds from the answer.
    """

    def __init__(
        self, http: Http, client_id: str, secret: str, admin_url: str = "https://{shop}"
    ) -> None:
        self._http = http
        self._client = {"client_id": client_id, "client_secret": secret}
        self._admin_url = admin_url

    def exchange(self, shop: str, session_token: str, *, now: datetime) -> Installation:
        """Trade a session token; raises `StaleSessionToken` for one that is too old."""
        asked = {
            "grant_type": EXCHANGE,
            "subject_token": session_token,
            "subject_token_type": ID_TOKEN,
            "requested_token_type": OFFLINE,
            "expiring": "1",
        }
        return self._ask(shop, asked, now)

    def redeem(self, shop: str, code: str, *, now: datetime) -> Installation:
        """Trade the code of the consent screen; good once."""
        return self._ask(shop, {"code": code, "expiring": "1"}, now)

    def refresh(self, shop: str, refresh_token: str, *, now: datetime) -> Installation:
        """Trade a refresh token. Safe to repeat until what it gave is used.

        Raises `TokenRefused` when the token is dead: only the merchant, opening the app,
        helps then.
        """
        return self._ask(shop, {"grant_type": "refresh_token", "refresh_token": refresh_token}, now)

    def migrate(self, shop: str, access_token: str, *, now: datetime) -> Installation:
        """Trade a token that never expires for one that does; the old one dies."""
        asked = {
            "grant_type": EXCHANGE,
            "subject_token": access_token,
            "subject_token_type": OFFLINE,
            "requested_token_type": OFFLINE,
            "expiring": "1",
        }
        return self._ask(shop, asked, now)

    def _ask(self, shop: str, asked: JsonObject, now: datetime) -> Installation:
        answer = self._http.post(
            f"{self._admin_url.format(shop=shop)}/admin/oauth/access_token",
            {**self._client, **asked},
            read_seconds=READ_SECONDS,
            total_seconds=TOTAL_SECONDS,
        )
        if not 200 <= answer.status < 300:
            raise _failure(answer, refreshing="refresh_token" in asked)
        return _installation(shop, answer.json(), now)


def _failure(answer: Answer, *, refreshing: bool) -> StoreError:
    word = str(answer.json().get("error") or "")[:200]
    if answer.status in {429, 430}:
        return StoreThrottled(retry_after(answer.headers.get("Retry-After")))
    if answer.status >= 500:
        return StoreUnavailable(f"the token endpoint answered {answer.status}")
    if word == "invalid_subject_token":
        return StaleSessionToken("the session token is stale")
    dead = refreshing and answer.status in {400, 401} and word != "invalid_client"
    if word == "invalid_grant" or dead:
        return TokenRefused(f"the store takes the token no more ({word or answer.status})")
    return StoreRefused(f"the token endpoint refused: {word or answer.status}")


def _installation(shop: str, told: JsonObject, now: datetime) -> Installation:
    access_token, refresh_token = told.get("access_token"), told.get("refresh_token")
    if not isinstance(access_token, str) or not access_token:
        raise StoreUnavailable("the token endpoint answered no token")
    scopes = str(told.get("scope") or "").split(",")
    return Installation(
        store_domain=shop,
        access_token=access_token,
        scopes=frozenset(scope.strip() for scope in scopes if scope.strip()),
        access_expires_at=_later(now, told.get("expires_in")),
        refresh_token=refresh_token if isinstance(refresh_token, str) else None,
        refresh_expires_at=_later(now, told.get("refresh_token_expires_in")),
    )


def _later(now: datetime, seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return now + timedelta(seconds=min(max(seconds, 0), 10**9))
