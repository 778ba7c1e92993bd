"""Meta's Graph API as all its channels meet it: calls, signed webhooks, and its first question.

https://developers.facebook.com/docs/graph-api/guides/secure-requests and
/docs/graph-api/webhooks/getting-started. The store's own Meta app signs with its secret.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from channels.base import Callback, FreshToken, Outcome, SendFailed
from channels.http import Answer, Http
from channels.meta_errors import GRAPH, Codes, read, refusal
from marketing.model import BadSignature

GRAPH_URL = "https://graph.facebook.com"
INSTAGRAM_URL = "https://graph.instagram.com"
VERSION = "v25.0"
"""https://developers.facebook.com/docs/graph-api/changelog: two years each; moved up yearly."""
SIGNATURE = "x-hub-signature-256"
PREFIX = "sha256="
MOST_LETTERS_OF_A_CHALLENGE = 200
TOKEN = re.compile(r"[\x21-\x7e]{16,500}")
MOST_SECONDS = 366 * 24 * 3600
"""What is believed of a token's life."""
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MetaApp:
    """The store's own app with Meta, and the token of what it speaks for."""

    access_token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    """Made by us, for Meta's first question at our door."""
    app_id: str = ""
    url: str = GRAPH_URL
    is_proved: bool = True
    """Whether calls prove that we know the secret, too: Instagram's own API does not ask it."""
    use_proxies: bool = True

    def __post_init__(self) -> None:
        if not self.app_secret or not self.verify_token:
            raise ValueError("a Meta app has a secret and a verify token")


class Graph:
    """Calls in the name of one token; safe to share between threads."""

    def __init__(self, app: MetaApp, codes: Codes) -> None:
        self.app = app
        self._codes = codes
        self._http = Http(use_proxies=app.use_proxies)

    def post(self, path: str, told: Json) -> Json:
        """Give what was answered to one object; raises `SendFailed` by the tables."""
        return self._judged(self._http.post_json(self._url(path, {}), told, self._headers()))

    def get(self, path: str, query: Mapping[str, str]) -> Json:
        """Ask for something; raises `SendFailed` by the tables."""
        return self._judged(self._http.get_json(self._url(path, query), self._headers()))

    def renewed(self) -> FreshToken:
        """Exchange our token of Instagram Login for one that lasts longer.

        Raises `SendFailed`. It is the one call that has no version and takes no header.
        """
        asked = {"grant_type": "ig_refresh_token", "access_token": self.app.access_token}
        url = f"{self.app.url}/refresh_access_token?{urlencode(asked)}"
        told = self._judged(self._http.get_json(url))
        token, seconds = told.get("access_token"), told.get("expires_in")
        is_token = isinstance(token, str) and TOKEN.fullmatch(token)
        if not is_token or type(seconds) is not int or not 0 < seconds < MOST_SECONDS:
            raise SendFailed("Meta gave no new token", outcome=Outcome.UNKNOWN)
        return FreshToken(str(token), timedelta(seconds=seconds))

    def close(self) -> None:
        """Close the kept connections."""
        self._http.close()

    def _judged(self, answer: Answer) -> Json:
        told = read(answer)
        if answer.status != 200 or not told or "error" in told:
            raise refusal(answer, told, self._codes, GRAPH)
        return told

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        proof = {"appsecret_proof": self._proof()} if self.app.is_proved else {}
        asked = urlencode({**query, **proof})
        return f"{self.app.url}/{VERSION}/{path}" + (f"?{asked}" if asked else "")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.app.access_token}"}

    def _proof(self) -> str:
        secret, token = self.app.app_secret.encode(), self.app.access_token.encode()
        return hmac.new(secret, token, hashlib.sha256).hexdigest()


def signature(app_secret: str, body: bytes) -> str:
    """Sign a webhook's raw bytes as Meta does."""
    return PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def verify(app: MetaApp, callback: Callback) -> None:
    """Raise `BadSignature` unless Meta signed these very bytes for the store's app."""
    headers = {name.lower(): value for name, value in callback.headers.items()}
    told = headers.get(SIGNATURE, "").encode("utf-8", "replace")
    signed = signature(app.app_secret, callback.body).encode()
    if not hmac.compare_digest(told, signed):
        raise BadSignature("Meta did not sign this")


def challenge(app: MetaApp, query: Mapping[str, str]) -> str | None:
    """Give what to answer to Meta's first question, None to whoever lacks our word."""
    told = query.get("hub.verify_token", "").encode("utf-8", "replace")
    knows = hmac.compare_digest(told, app.verify_token.encode())
    asked = query.get("hub.challenge", "")
    if not knows or query.get("hub.mode") != "subscribe":
        return None
    return asked if 0 < len(asked) <= MOST_LETTERS_OF_A_CHALLENGE else None


def entries(callback: Callback, about: str, own_id: str) -> Iterator[Json]:
    """Give the entries of a webhook that are of this account: one app may tell of several.

    `ValueError` when it tells of another kind of thing than `about` (`page`, `instagram`).
    """
    told = orjson.loads(callback.body)
    if not isinstance(told, dict) or told.get("object") != about:
        raise ValueError(f"this is no webhook about a {about}")
    for entry in listed(told, "entry"):
        if str(entry.get("id")) == own_id:
            yield entry


def listed(told: Json, name: str) -> Sequence[Json]:
    """Give the objects of a list by its name; none where there is no list."""
    found = told.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def within(told: Json, *names: str) -> Json:
    """Give the object at the end of a path, {} where the path breaks off."""
    for name in names:
        inner = told.get(name)
        told = inner if isinstance(inner, dict) else {}
    return told


def moment(told: object) -> datetime | None:
    """Read a time in milliseconds, or in seconds as comments have it."""
    if isinstance(told, str) and told.isascii() and told.isdigit():
        told = int(told)
    if isinstance(told, bool) or not isinstance(told, int) or not 0 < told < 10**14:
        return None
    return datetime.fromtimestamp(told / 1000 if told > 10**11 else told, UTC)
