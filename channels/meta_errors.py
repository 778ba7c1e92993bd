"""What Meta's error codes mean for the message that met them: tables, no program.

https://developers.facebook.com/docs/messenger-platform/error-codes and
/docs/graph-api/guides/error-handling, as of 2026-11-22. An error that is told in JSON means
that nothing was sent; what is in no table is judged by its HTTP status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from channels.base import Outcome, SendFailed
from channels.http import BUSY_SECONDS, Answer, failure_of
from marketing.rests import RestKind

MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code says of the message and of its address."""

    outcome: Outcome
    retry_after: float | None = None
    suppress: bool = False
    opted_out: bool = False
    window_closed: bool = False
    rests: RestKind | None = None
    grows: float = 1.0
    is_throttled: bool = False
    is_led: bool = False


REJECTED = Meaning(Outcome.REJECTED)
PAUSED = Meaning(Outcome.PAUSED)
SOON = Meaning(Outcome.RETRY, BUSY_SECONDS)
BUSY = Meaning(Outcome.RETRY, 300.0, is_throttled=True)
THROTTLED = Meaning(Outcome.RETRY, BUSY_SECONDS, is_throttled=True)
NOBODY = Meaning(Outcome.REJECTED, suppress=True)
WINDOW = Meaning(Outcome.REJECTED, window_closed=True, rests=RestKind.WINDOW)
LED = Meaning(Outcome.REJECTED, is_led=True)
ANY = -2
"""Stands for every code, where the documents name the subcode alone."""

Codes = Mapping[tuple[int, int], Meaning]
"""By (code, subcode); subcode 0 stands for every other one."""

GRAPH: Codes = MappingProxyType(
    {
        (0, 0): PAUSED,  # the token can't be read
        (1, 0): SOON,  # unknown, temporary
        (2, 0): SOON,  # the service is down
        (3, 0): PAUSED,  # the app may not do this
        (4, 0): BUSY,  # the app's calls
        (10, 0): PAUSED,  # a permission is missing
        (17, 0): BUSY,
        (32, 0): BUSY,  # the page's calls
        (100, 0): REJECTED,  # a parameter
        (102, 0): PAUSED,  # the session
        (190, 0): PAUSED,  # the token
        (368, 0): PAUSED,  # blocked for breaking a policy
        (613, 0): THROTTLED,  # calls in an hour
        (80007, 0): BUSY,
        **{(code, 0): PAUSED for code in range(200, 300)},
    }
)
MESSAGING: Codes = MappingProxyType(
    {
        (10, 2018278): WINDOW,
        (10, 2534022): WINDOW,  # Instagram's
        (10, 2018108): REJECTED,  # this person takes no messages just now
        # https://developers.facebook.com/documentation/business-messaging/messenger-platform/
        # error-codes, 2026-06-25: who leads a conversation.
        (ANY, 2018300): LED,  # another app leads this person's thread; the rest goes on
        (100, 2534037): LED,  # Instagram's: not the thread's owner
        (ANY, 2018321): BUSY,  # Messenger's own questions and answers come to an end first
        (ANY, 2018171): REJECTED,  # for apps with a role on the page only
        (27, 0): REJECTED,  # no default app is set: there is no taking back (2026-10-10)
        (10, 1893063): PAUSED,  # the page is restricted for a while
        (100, 2018001): NOBODY,
        (100, 2534014): NOBODY,  # Instagram's
        (100, 1893061): REJECTED,  # a tag that is no more
        (551, 0): REJECTED,  # not available just now, or has blocked the page
        (1200, 0): SOON,
        (10900, 0): WINDOW,  # this comment was answered privately before
        (10902, 0): WINDOW,  # nothing that can be answered so
        (10903, 0): WINDOW,  # not for this account to answer
    }
)
"""Messenger's and Instagram's own."""


def refusal(answer: Answer, told: Mapping[str, Any], *tables: Codes) -> SendFailed:
    """Give what an answer other than "taken" means; the first table that knows the code wins."""
    error = told.get("error")
    if not isinstance(error, dict):
        return failure_of(answer, f"Meta {answer.status}: no words")
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    words = _words(answer, error, code, subcode)
    for exact in ((code, subcode), (ANY, subcode), (code, 0)):
        for table in tables:
            if meaning := table.get(exact):
                return _failure(words, meaning, answer.retry_after, code)
    failure = failure_of(answer, words)
    failure.code = max(code, 0)
    return failure


def _failure(words: str, meaning: Meaning, retry_after: float | None, code: int) -> SendFailed:
    return SendFailed(
        words,
        outcome=meaning.outcome,
        retry_after=_wait(meaning, retry_after),
        suppress=meaning.suppress,
        opted_out=meaning.opted_out,
        window_closed=meaning.window_closed,
        rests=meaning.rests,
        grows=meaning.grows,
        code=max(code, 0),
        is_throttled=meaning.is_throttled,
        is_led=meaning.is_led,
    )


def _wait(meaning: Meaning, told: float | None) -> float | None:
    """How long a channel pauses is the table's to say; a header says it of calls alone."""
    if meaning.outcome is Outcome.PAUSED or not meaning.retry_after:
        return meaning.retry_after
    return told or meaning.retry_after


def _words(answer: Answer, error: Mapping[str, Any], code: int, subcode: int) -> str:
    number = f"{code}/{subcode}" if subcode > 0 else str(code if "code" in error else answer.status)
    return f"Meta {number}: {error.get('message') or 'no words'}"[:MOST_WORDS]


def _number(told: object) -> int:
    """Give a code as a number; what is none is no code of Meta's."""
    if isinstance(told, int):
        return told
    return int(told) if isinstance(told, str) and told.isascii() and told.isdigit() else -1


def read(answer: Answer) -> Mapping[str, Any]:
    """Give an answer's JSON object, {} for anything else."""
    try:
        told = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}
