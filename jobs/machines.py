"""Telling people's opens and clicks from those of proxies and scanners. Pure.

A mail program that fetches every picture (Apple's privacy proxy), a scanner that follows every
link, a click in the very second of the hand-over: none of them is a customer.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

APPLE_PROXY = "Mozilla/5.0"
"""Apple's Mail Privacy Protection says exactly this, and nothing behind it."""
SCANNERS = (
    "barracuda", "bot", "cloudmark", "crawler", "mimecast", "proofpoint", "safelinks", "scanner",
    "spider", "symantec", "trendmicro", "urldefense",
)  # fmt: skip
MANY_LINKS = 3


def is_machines_agent(user_agent: str | None) -> bool:
    """Say whether no person's program names itself so; a request by HEAD is marked as such."""
    agent = (user_agent or "").strip()
    if agent in {"", APPLE_PROXY} or agent.startswith("HEAD"):
        return True
    lowered = agent.lower()
    return any(name in lowered for name in SCANNERS)


def is_machines_click(
    user_agent: str | None,
    occurred_at: datetime,
    sent_at: datetime | None,
    clicks: Iterable[tuple[str | None, datetime]],
    at_once: timedelta,
) -> bool:
    """Judge a click, knowing all clicks on its message (url, moment).

    `at_once` is what no person manages: a click so soon after the hand-over, or several
    links so close together. Nothing where mail arrives in no time, as in the demo.
    """
    if is_machines_agent(user_agent):
        return True
    if not at_once:
        return False
    if sent_at is not None and occurred_at - sent_at <= at_once:
        return True
    together = {url for url, at in clicks if abs(at - occurred_at) <= at_once}
    return len(together) >= MANY_LINKS
