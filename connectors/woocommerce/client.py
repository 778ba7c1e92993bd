"""Calls a store's REST API: what it answers, in words a job can act on."""

import threading
from collections.abc import Mapping
from typing import Any

from woocommerce import API

from connectors.base import (
    Credentials,
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from connectors.waits import retry_after
from connectors.woocommerce.http import SECONDS, USER_AGENT, Answer, Http
from marketing.model import JsonObject

SHOP = "wc/v3"
PLUGIN = "wc-reprise/v1"
NO_KEY_SEEN = "woocommerce_rest_cannot_view"
"""What a store answers whose web server keeps the Authorization header to itself."""


class NotThere(StoreRefused):
    """The store has no such record or route; `code` is WordPress' own word for it."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class InputRefused(StoreRefused):
    """The store named what is wrong with our input; `code` is its word."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class RestClient:
    """Safe to share between threads. `store_url` is the template of a store's address."""

    def __init__(self, http: Http, store_url: str = "https://{domain}") -> None:
        self._http = http
        self._store_url = store_url
        self._lock = threading.Lock()
        self._keys_in_query: set[str] = set()

    def home(self, domain: str) -> str:
        """Give the address of a store, without a slash at its end."""
        return self._store_url.format(domain=domain)

    def get(
        self, credentials: Credentials, path: str, params: JsonObject | None = None, api: str = SHOP
    ) -> Answer:
        """Read; raises a `StoreError`."""
        return self.call(credentials, "get", path, params=params or {}, api=api)

    def call(
        self,
        credentials: Credentials,
        method: str,
        path: str,
        *,
        data: JsonObject | None = None,
        params: JsonObject | None = None,
        api: str = SHOP,
    ) -> Answer:
        """Call `{store}/wp-json/{api}/{path}` once; a good answer is JSON, all else raises."""
        domain = credentials.store_domain
        told: dict[str, Any] = {"params": {k: str(v) for k, v in (params or {}).items()}}
        if data is not None:
            told["data"] = data
        answer = self._ask(credentials, method, path, told, api)
        if _saw_no_key(answer) and domain not in self._keys_in_query:
            retried = self._ask(credentials, method, path, told, api, in_query=True)
            if retried.status != 401:
                with self._lock:
                    self._keys_in_query.add(domain)
                answer = retried
        return _judged(answer)

    def open_index(self, domain: str, path: str = "/wp-json/") -> JsonObject:
        """Read what a store's WordPress tells everybody: name, address, time zone."""
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        answer = self._http.send("GET", f"{self.home(domain)}{path}", headers=headers)
        told = _judged(answer).json()
        return told if isinstance(told, dict) else {}

    def _ask(
        self,
        credentials: Credentials,
        method: str,
        path: str,
        told: Mapping[str, Any],
        api: str,
        *,
        in_query: bool = False,
    ) -> Answer:
        key, _, secret = credentials.access_token.partition(":")
        package = API(
            self.home(credentials.store_domain),
            key,
            secret,
            version=api,
            user_agent=USER_AGENT,
            timeout=SECONDS,
            query_string_auth=in_query or credentials.store_domain in self._keys_in_query,
        )
        # A copy: the package writes the keys into what it is given.
        ask = getattr(package, method)
        answer: Answer = ask(path, **{**told, "params": dict(told["params"])}, transport=self._http)
        return answer


def _saw_no_key(answer: Answer) -> bool:
    return answer.status == 401 and _error(answer)[0] == NO_KEY_SEEN


def _judged(answer: Answer) -> Answer:
    """Give a good answer back; raise what a bad one means."""
    if not 200 <= answer.status < 300:
        raise _failure(answer)
    if answer.json() is None:
        raise StoreUnavailable("the store answered something that is no JSON")
    return answer


def _failure(answer: Answer) -> StoreError:
    code, words = _error(answer)
    status, said = answer.status, f" ({words})" if words else ""
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        return StoreThrottled(retry_after(answer.headers.get("retry-after")))
    if status >= 500:
        return StoreUnavailable(f"the store answered {status}{said}")
    if status == 401:
        return TokenRefused(words or "the store takes the key no more")
    if status in {404, 410}:
        return NotThere(code, words or "the store has no such record or address")
    return _refusal(status, code, words)


def _refusal(status: int, code: str, words: str) -> StoreRefused:
    if 300 <= status < 400:
        return StoreRefused("the store sends us elsewhere: connect it by its present address")
    if status == 403:
        said = f" ({words})" if words else ""
        return StoreRefused(f"the store lets us do nothing: a firewall, or the key{said}")
    return InputRefused(code, words or f"the store answered {status}")


def _error(answer: Answer) -> tuple[str, str]:
    """Give WordPress' own word and sentence of an error; empty where it has none."""
    told = answer.json()
    if not isinstance(told, dict):
        return "", ""
    return str(told.get("code") or "")[:100], str(told.get("message") or "")[:300]
