"""What WhatsApp's error codes mean for the message that met them: a table, no program.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes, as of 2026-11-22.
An error told in JSON means that nothing was sent. Codes of the Graph API itself are in
`channels.meta_errors`.
"""

from types import MappingProxyType

from channels.base import Outcome
from channels.meta_errors import BUSY, PAUSED, REJECTED, SOON, THROTTLED, WINDOW, Codes, Meaning
from marketing.rests import RestKind

PAIR_SECONDS, PAIR_GROWTH = 6.0, 4.0
"""One message in six seconds to the same person: tried again after 6 s, 24 s, 96 s …"""
A_DAY = 24 * 3600.0
MARKETING_ELSEWHERE = (131063, 0)
"""Marketing templates of this account go by the Marketing Messages API."""
WHATSAPP: Codes = MappingProxyType(
    {
        (130429, 0): THROTTLED,  # throughput of the number
        (130472, 0): REJECTED,  # the customer is part of an experiment of Meta's
        (130497, 0): PAUSED,  # the business is restricted in this country
        (131000, 0): SOON,  # something went wrong
        (131005, 0): PAUSED,  # permission
        (131008, 0): REJECTED,  # a parameter is missing
        (131009, 0): REJECTED,  # a parameter is wrong
        (131016, 0): SOON,  # the service is unavailable
        (131026, 0): Meaning(Outcome.REJECTED, rests=RestKind.UNREACHABLE),
        (131030, 0): REJECTED,  # a test number writes to its own list only
        (131031, 0): PAUSED,  # the account is locked
        (131037, 0): PAUSED,  # the display name is not approved
        (131042, 0): PAUSED,  # payment
        (131045, 0): PAUSED,  # the number is not registered
        (131047, 0): Meaning(Outcome.REJECTED, window_closed=True, rests=RestKind.WINDOW),
        (131048, 0): Meaning(Outcome.PAUSED, A_DAY),  # too many messages were called spam
        (131049, 0): Meaning(Outcome.REJECTED, rests=RestKind.MARKETING),
        (131050, 0): Meaning(Outcome.REJECTED, opted_out=True),
        (131051, 0): REJECTED,  # a kind of message that is not known
        (131052, 0): REJECTED,  # a file can't be fetched
        (131053, 0): REJECTED,
        (131056, 0): Meaning(Outcome.RETRY, PAIR_SECONDS, grows=PAIR_GROWTH, is_throttled=True),
        (131057, 0): Meaning(Outcome.RETRY, 300.0),  # the account is under maintenance
        (131062, 0): REJECTED,  # a user id where a number is needed
        (131063, 0): REJECTED,
        (131064, 0): PAUSED,  # templates told a wrong category too often
        (132000, 0): REJECTED,  # how many parameters a template takes
        (132001, 0): REJECTED,  # no such template
        (132005, 0): REJECTED,  # filled in, it is too long
        (132007, 0): REJECTED,  # its words break a policy
        (132008, 0): REJECTED,
        (132012, 0): REJECTED,  # the form of a parameter
        (132015, 0): REJECTED,  # the template is paused
        (132016, 0): REJECTED,  # the template is disabled
        (132068, 0): REJECTED,
        (132069, 0): REJECTED,
        (133004, 0): SOON,
        (133010, 0): PAUSED,  # the number is not registered
        (135000, 0): REJECTED,
    }
)
TEMPLATE_TROUBLES = frozenset({132000, 132001, 132007, 132012, 132015, 132016})
"""What is known here of the template is not true any more: it is asked about anew."""

__all__ = ["BUSY", "MARKETING_ELSEWHERE", "TEMPLATE_TROUBLES", "WHATSAPP", "WINDOW"]
