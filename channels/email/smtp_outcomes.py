"""What each answer of a mail server means for the message, by the stage at which it came."""

import re
from enum import StrEnum
from typing import NamedTuple

from channels.base import Outcome, SendFailed

SOON = 60.0
GREYLISTED = 300.0
"""Seconds before a server that said "later" to a recipient is asked again."""

_HARD = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"))
"""Enhanced codes (RFC 3463) that say: this address does not exist."""
_SENDER = re.compile(r"[45]\.7\.(?:9|26|27|28|29|30|31|32|515)$")
"""Codes of large receivers that say: this sender is not set up (SPF, DKIM, DMARC)."""
_POLICY = re.compile(
    r"\b(spam|block(?:ed|list)?|black ?list|polic(?:y|ies)|reputation|denied|relay"
    r"|reject(?:ed)? due|authenticat|dmarc|spf|dkim|rbl|banned|abuse|too many|rate)",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"\s*(\d\.\d{1,3}\.\d{1,3})\b")


class Stage(StrEnum):
    """Where in the conversation we were."""

    CONNECT = "connecting"
    TLS = "starting TLS"
    LOGIN = "logging in"
    SENDER = "naming the sender"
    RECIPIENT = "naming the recipient"
    DATA = "announcing the message"
    BODY = "handing the message over"
    """Everything up to and with the final dot is on its way: from here on it may be taken."""


class Reply(NamedTuple):
    """A server's answer: its code, and its text of one or more lines."""

    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """Give the enhanced code at the start of the text, or nothing."""
        found = _ENHANCED.match(self.text)
        return found[1] if found else ""

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def told(self) -> str:
        """Give the answer as one line of a reasonable length."""
        return " ".join(f"{self.code} {self.text}".split())[:500]


def refused(stage: Stage, reply: Reply) -> SendFailed:
    """Give what an answer other than yes means."""
    reason = reply.told
    if _SENDER.match(reply.enhanced):
        return SendFailed(reason, outcome=Outcome.PAUSED)
    if 400 <= reply.code < 500:
        later = GREYLISTED if stage is Stage.RECIPIENT else SOON
        return SendFailed(reason, outcome=Outcome.RETRY, retry_after=later)
    if reply.code in {530, 534, 535, 538} or stage in {Stage.CONNECT, Stage.TLS, Stage.LOGIN}:
        return SendFailed(reason, outcome=Outcome.PAUSED)
    if reply.code < 500:
        return SendFailed(f"{reason} (while {stage})", outcome=Outcome.RETRY, retry_after=SOON)
    bounced = stage is Stage.RECIPIENT and _no_such_address(reply)
    return SendFailed(reason, outcome=Outcome.REJECTED, suppress=bounced)


def broken(stage: Stage, why: str, *, taken: bool = False) -> SendFailed:
    """Give what a lost connection means: unknown once the final dot was on its way."""
    reason = f"lost the server while {stage}: {why}"
    if taken:
        return SendFailed(reason, outcome=Outcome.UNKNOWN)
    return SendFailed(reason, outcome=Outcome.RETRY, retry_after=SOON)


def _no_such_address(reply: Reply) -> bool:
    if reply.enhanced:
        return reply.enhanced in _HARD
    return reply.code in {550, 551, 553} and not _POLICY.search(reply.text)
