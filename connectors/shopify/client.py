"""Calls the GraphQL Admin API of a store: what it answers, in words a job can act on."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from connectors.base import (
    Credentials,
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from connectors.shopify.documents import API_VERSION
from connectors.shopify.http import Answer, Http
from connectors.shopify.throttle import Throttle
from connectors.waits import LONGEST_WAIT, SHORTEST_WAIT, retry_after
from marketing.model import JsonObject

log = logging.getLogger(__name__)

ATTEMPTS = 3
A_LITTLE = 0.05
PATIENCE = 2.0
"""The longest we wait inside a call; what takes longer is the job's to put off."""

REFUSALS = {
    402: "the store is frozen: its plan is not paid",
    403: "the store lets us do nothing: the app's IP allowlist or its scopes may be wrong",
    404: "there is no such store or address",
}


class InputRefused(StoreRefused):
    """The store named what is wrong with our input (`userErrors`); `codes` are its words."""

    def __init__(self, errors: list[JsonObject]) -> None:
        super().__init__("; ".join(str(error.get("message")) for error in errors))
        self.codes = frozenset(str(error.get("code")) for error in errors)


class TooCostly(StoreRefused):
    """One query asked for more than a single query may cost: ask for less at a time."""


@dataclass(frozen=True, slots=True)
class _Call:
    credentials: Credentials
    document: str
    variables: JsonObject

    @property
    def name(self) -> str:
        """Give the operation's name: `CreateDiscount`."""
        return self.document.split("(", 1)[0].split("{", 1)[0].split()[-1]

    @property
    def is_query(self) -> bool:
        return self.document.lstrip().startswith("query")


class AdminClient:
    """Safe to share between threads; holds connections and what it learned of limits.

    `admin_url` is the template of a store's address, `https://{shop}` but in the demo.
    """

    def __init__(
        self,
        http: Http,
        admin_url: str = "https://{shop}",
        *,
        throttle: Throttle | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = http
        self._admin_url = admin_url
        self._throttle = throttle or Throttle()
        self._sleep = sleep
        self._told_deprecations: set[str] = set()

    def run(
        self,
        credentials: Credentials,
        document: str,
        variables: JsonObject | None = None,
        *,
        idempotent: bool = False,
    ) -> JsonObject:
        """Send one document and return its `data`.

        Queries, and mutations said to be idempotent, are tried again after a failure of
        the line. Parts we may not see are None in `data`. Raises a `StoreError`.
        """
        call = _Call(credentials, document, variables or {})
        may_repeat = call.is_query or idempotent
        for pause in _pauses():
            try:
                return self._once(call)
            except StoreThrottled as busy:
                if pause is None or busy.retry_after > PATIENCE:
                    raise
                self._sleep(busy.retry_after + A_LITTLE)
            except StoreUnavailable:
                if pause is None or not may_repeat:
                    raise
                self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def mutate(self, credentials: Credentials, document: str, variables: JsonObject) -> JsonObject:
        """Run an idempotent mutation whose field is called `result`; return that field.

        Raises `InputRefused` with the store's words if it names errors.
        """
        data = self.run(credentials, document, variables, idempotent=True)
        result = data.get("result")
        if not isinstance(result, dict):
            raise StoreRefused("the store did nothing and did not say why")
        if result.get("userErrors"):
            raise InputRefused(result["userErrors"])
        return result

    def _once(self, call: _Call) -> JsonObject:
        store = call.credentials.store_domain
        if (wait := self._throttle.wait(store, call.document)) > 0:
            raise StoreThrottled(min(wait, LONGEST_WAIT))
        answer = self._http.post(
            f"{self._admin_url.format(shop=store)}/admin/api/{API_VERSION}/graphql.json",
            {"query": call.document, "variables": call.variables},
            headers={"X-Shopify-Access-Token": call.credentials.access_token},
        )
        self._note_headers(answer, call)
        told = answer.json()
        extensions = told.get("extensions")
        self._throttle.learn(store, call.document, extensions or {})
        self._refuse_status(answer, told, call)
        return self._read(answer, told, call)

    def _note_headers(self, answer: Answer, call: _Call) -> None:
        reason = answer.headers.get("X-Shopify-API-Deprecated-Reason")
        version = answer.headers.get("X-Shopify-API-Version", API_VERSION)
        if version != API_VERSION:
            reason = f"answered by version {version} instead of {API_VERSION}"
        if reason and reason not in self._told_deprecations:
            self._told_deprecations.add(reason)
            log.warning("Admin API, %s: deprecated: %s", call.name, reason)

    def _refuse_status(self, answer: Answer, told: JsonObject, call: _Call) -> None:
        if 200 <= answer.status < 300:
            return
        failure = _failure(answer, _words(told.get("errors")))
        if answer.status == 429 and _has_code(told, "THROTTLED"):
            failure = self._throttled(call)
        log.warning("Admin API, %s of %s: %s", call.name, call.credentials.store_domain, failure)
        raise failure

    def _read(self, answer: Answer, told: JsonObject, call: _Call) -> JsonObject:
        data, errors = told.get("data"), told.get("errors")
        if errors:
            self._judge(errors, data, call, answer)
        if not isinstance(data, dict):
            raise StoreUnavailable("the store answered no data")
        return data

    def _judge(self, errors: Any, data: Any, call: _Call, answer: Answer) -> None:
        if _has_code({"errors": errors}, "THROTTLED"):
            raise self._throttled(call)
        codes = set(_codes(errors))
        words = _words(errors)
        if codes == {"ACCESS_DENIED"} and isinstance(data, dict) and any(data.values()):
            log.warning("Admin API, %s: some of it is not ours to see: %s", call.name, words)
            return
        if "INTERNAL_SERVER_ERROR" in codes:
            request_id = answer.headers.get("X-Request-Id")
            log.warning("Admin API, %s: their error, request %s", call.name, request_id)
            raise StoreUnavailable(words)
        raise (TooCostly if "MAX_COST_EXCEEDED" in codes else StoreRefused)(words)

    def _throttled(self, call: _Call) -> StoreThrottled:
        wait = self._throttle.wait(call.credentials.store_domain, call.document)
        return StoreThrottled(min(max(wait, SHORTEST_WAIT), LONGEST_WAIT))


def _pauses() -> Iterator[float | None]:
    """Give the pause after each attempt; None after the last."""
    for attempt in range(ATTEMPTS - 1):
        yield 0.2 * 4**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
    yield None


def _failure(answer: Answer, words: str) -> StoreError:
    if answer.status == 401 or "access tokens are no longer accepted" in words:
        return TokenRefused(words or "the access token is refused")
    if answer.status in {429, 430} or (answer.status == 503 and "Retry-After" in answer.headers):
        return StoreThrottled(retry_after(answer.headers.get("Retry-After")))
    if answer.status >= 500 or answer.status == 423:
        return StoreUnavailable(f"the store answered {answer.status}")
    reason = REFUSALS.get(answer.status, f"the store answered {answer.status}")
    return StoreRefused(f"{reason} ({words})" if words else reason)


def _codes(errors: Any) -> Iterator[str]:
    for error in errors if isinstance(errors, list) else []:
        extensions = error.get("extensions") if isinstance(error, dict) else None
        yield str(extensions.get("code")) if isinstance(extensions, dict) else ""


def _has_code(told: JsonObject, code: str) -> bool:
    return code in _codes(told.get("errors"))


def _words(errors: Any) -> str:
    """Give the messages of `errors`, told as a list, an object or a plain string; not long."""
    if isinstance(errors, list):
        told = [one.get("message") if isinstance(one, dict) else one for one in errors]
        return "; ".join(str(one) for one in told)[:500]
    return str(errors)[:500] if errors else ""
