"""One kept HTTP client a channel, and what a failed call means for the message it carried.

What surely never left may go again; what may have been taken is `unknown` (`SendFailed`).
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import orjson

from channels.base import Outcome, SendFailed

TIMEOUT = httpx.Timeout(20.0, connect=3.05)
LARGEST_ANSWER = 1024 * 1024
# It tells the log of every address that it calls, and an address may carry a token.
logging.getLogger("httpx").setLevel(logging.WARNING)
BUSY_SECONDS = 30.0
LEAST_WAIT, MOST_WAIT = 1.0, 3600.0
"""What is believed of a wait that a provider names."""
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer; `body` is what it said, at most a megabyte of it."""

    status: int
    body: bytes
    retry_after: float | None = None


class Http:
    """Safe to share between threads; it follows no redirect and never tries again by itself."""

    def __init__(self, *, use_proxies: bool = True) -> None:
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=4)
        self._client = httpx.Client(
            timeout=TIMEOUT, limits=limits, follow_redirects=False, trust_env=use_proxies
        )

    def post_form(self, url: str, form: Mapping[str, str], auth: tuple[str, str]) -> Answer:
        """Hand one form over; raises `SendFailed` when there is no answer to read."""
        return self._answered(self._client.build_request("POST", url, data=dict(form)), auth)

    def post_json(
        self, url: str, told: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Hand one JSON object over; raises `SendFailed` when there is no answer to read."""
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        body = orjson.dumps(told)
        return self._answered(
            self._client.build_request("POST", url, content=body, headers=all_headers)
        )

    def get_json(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for something; raises `SendFailed` when there is no answer to read."""
        return self._answered(self._client.build_request("GET", url, headers=dict(headers or {})))

    def get_as(self, url: str, auth: tuple[str, str]) -> Answer:
        """Ask for something with a name and a word; raises `SendFailed` without an answer."""
        return self._answered(self._client.build_request("GET", url), auth)

    def _answered(self, request: httpx.Request, auth: tuple[str, str] | None = None) -> Answer:
        try:
            response = self._client.send(request, auth=auth, stream=True)
            try:
                return Answer(response.status_code, _body(response), _retry_after(response))
            finally:
                response.close()
        except _NEVER_LEFT as failure:
            words = f"{type(failure).__name__}: the provider was not reached"
            raise SendFailed(words, outcome=Outcome.RETRY) from failure
        except httpx.HTTPError as failure:
            words = f"{type(failure).__name__}: the provider's answer was lost"
            raise SendFailed(words, outcome=Outcome.UNKNOWN) from failure

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()


def failure_of(answer: Answer, words: str) -> SendFailed:
    """Give what an answer means that no table of the provider's own explains."""
    status = answer.status
    if status in (401, 403):
        return SendFailed(words, outcome=Outcome.PAUSED)
    if status == 429:
        wait = answer.retry_after or BUSY_SECONDS
        return SendFailed(words, outcome=Outcome.RETRY, retry_after=wait, is_throttled=True)
    is_unsure = status >= 500 or status == 408 or status < 400
    return SendFailed(words, outcome=Outcome.UNKNOWN if is_unsure else Outcome.REJECTED)


def _body(response: httpx.Response) -> bytes:
    read = bytearray()
    for chunk in response.iter_bytes():
        read += chunk
        if len(read) > LARGEST_ANSWER:
            break
    return bytes(read[:LARGEST_ANSWER])


def _retry_after(response: httpx.Response) -> float | None:
    """Give the wait that an answer names, within what we believe; None: it names none."""
    told = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(told)
    except ValueError:
        seconds = _until(told, response.headers.get("Date", ""))
    return None if math.isnan(seconds) else min(max(seconds, LEAST_WAIT), MOST_WAIT)


def _until(moment: str, now: str) -> float:
    """Give the seconds until an HTTP date by the provider's own clock; NaN: it is none."""
    try:
        until = parsedate_to_datetime(moment)
    except ValueError:
        return math.nan
    try:
        return (until - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):
        return (until.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()
