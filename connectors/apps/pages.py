"""Asks whether a page is there: for the links that a merchant puts into a message."""

import time
from enum import StrEnum
from urllib.parse import urljoin

from connectors.apps.webhooks import exchange
from connectors.base import StoreError, StoreUnavailable
from marketing.said import say

HEADERS = {"User-Agent": "reprise link check", "Accept": "text/html,*/*;q=0.8"}
MOST_REDIRECTS = 4
GONE = frozenset({404, 410})
REFUSES_HEAD = frozenset({400, 403, 404, 405, 410, 501})
"""What servers answer to HEAD that would answer GET."""


class Found(StrEnum):
    """What came of asking."""

    THERE = "there"
    GONE = "gone"
    UNSURE = "unsure"
    """It did not answer, or refuses programs: a person has to look."""


def look(url: str, *, seconds: float, may_be_local: bool = False) -> tuple[Found, str]:
    """Ask for a page, a redirect at a time, each address as untrusted as the first.

    Gives what was found and the words for it. `seconds` is for all the questions together.
    """
    until = time.monotonic() + seconds
    try:
        for _ in range(MOST_REDIRECTS):
            status, onward = _ask(url, until, may_be_local=may_be_local)
            if not (300 <= status < 400 and onward):
                return _found(status), say("it answers {status}", status=str(status))
            url = urljoin(url, onward)
    except (StoreError, ValueError) as failure:
        return Found.UNSURE, str(failure)
    return Found.UNSURE, say("it sends on and on")


def _ask(url: str, until: float, *, may_be_local: bool) -> tuple[int, str | None]:
    def by(method: str) -> tuple[int, str | None]:
        left = until - time.monotonic()
        if left <= 0:
            raise StoreUnavailable("it did not answer in time")
        return exchange(method, url, headers=HEADERS, seconds=left, may_be_local=may_be_local)

    status, onward = by("HEAD")
    return by("GET") if status in REFUSES_HEAD else (status, onward)


def _found(status: int) -> Found:
    if status in GONE:
        return Found.GONE
    return Found.THERE if status < 400 else Found.UNSURE
