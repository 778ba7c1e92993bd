"""Asks whether a page is there: for the links that a merchant puts into a message."""

from enum import StrEnum
from urllib.parse import urljoin

from connectors.apps.webhooks import exchange
from connectors.base import StoreError
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

    Gives what was found and the words for it. `seconds` is for each question asked.
    """
    try:
        for _ in range(MOST_REDIRECTS):
            status, onward = _ask(url, seconds=seconds, may_be_local=may_be_local)
            if not (300 <= status < 400 and onward):
                return _found(status), say("it answers {status}", status=str(status))
            url = urljoin(url, onward)
    except (StoreError, ValueError) as failure:
        return Found.UNSURE, str(failure)
    return Found.UNSURE, say("it sends on and on")


def _ask(url: str, *, seconds: float, may_be_local: bool) -> tuple[int, str | None]:
    told = {"headers": HEADERS, "seconds": seconds, "may_be_local": may_be_local}
    status, onward = exchange("HEAD", url, **told)  # type: ignore[arg-type]
    return exchange("GET", url, **told) if status in REFUSES_HEAD else (status, onward)  # type: ignore[arg-type]


def _found(status: int) -> Found:
    if status in GONE:
        return Found.GONE
    return Found.THERE if status < 400 else Found.UNSURE
