"""Plivo's error codes, and what each means for a message.

https://www.plivo.com/docs/messaging/troubleshooting/error-codes;
read in part on 2026-11-27: codes 10 to 50 and 900 are seen there, the others are unconfirmed.
"""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[int, str] = MappingProxyType(
    {
        10: "invalid message",
        20: "network error",
        30: "taken for spam by a carrier",
        40: "the sender's number is invalid",
        50: "the number does not exist",
        60: "a loop was detected",
        70: "the phone can't be reached for good",
        80: "the phone can't be reached for now",
        90: "no carrier leads there",
        100: "prohibited by the carrier",
        110: "the message is too long",
        200: "the customer stopped texts of this number",
        300: "it could not be dispatched",
        420: "the message expired",
        900: "the account has no credit left",
        910: "the account is disabled",
    }
)
OPTED_OUT = 200
"""https://support.plivo.com/hc/en-us/articles/360041786171, 2026-11-27."""
NO_SUCH_NUMBER = frozenset({50, 70})
"""The number is not to be texted again."""
