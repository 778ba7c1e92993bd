"""What a provider's refusal means, in words for the merchant, with what to do about it.

What is stored of a refusal is what the provider told: its name, its code and its own words, as
they were. Here they are read when somebody looks, so that words that are mended later are true
of what failed before.
"""

import re
from collections.abc import Callable, Mapping

from channels.meta_errors import ANY
from channels.told_by_meta import META
from channels.told_by_sms import BUSY, CREDENTIALS, NO_NUMBER, NO_SMS, PLIVO, SENDER, TWILIO
from marketing.said import Said, say

_CODED = re.compile(r"(Twilio|Plivo|Meta) (\d{1,9})(?:/(-?\d{1,9}))?(?=:|$)")
_MAIL = re.compile(r"([45])\d\d[ -](?:[245]\.(\d{1,3}\.\d{1,3})\b)?")
_LOST = say(
    "The answer was lost on its way, so it may have gone out all the same. Look there before you "
    "send it again."
)
_FAULT = say("The provider had a fault of its own. Try again in some minutes.")
_BREAK = say("A name or an address has a line break in it. Mend it on the customer's page.")
_EMPTY = say("The message had nothing to say. Write some words.")
_TOO_LONG = say("The text is longer than WhatsApp takes. Shorten it and send it again.")
_ROLE = say(
    "Another app leads this page's conversations. Make yours the primary receiver in the page's "
    "settings, under advanced messaging."
)
_ACCOUNT = say(
    "Meta has restricted your WhatsApp account. WhatsApp Manager says why, and how to object."
)
_UNREACHED = say("The provider could not be reached. Try again in some minutes.")
_PLAIN: tuple[tuple[str, Said], ...] = (
    ("the provider was not reached", _UNREACHED),
    ("the database did not answer", _UNREACHED),
    ("there was no time left", _UNREACHED),
    ("the provider's answer was lost", _LOST),
    ("the hand-over broke off", _LOST),
    ("lost the server while", _UNREACHED),
    ("Meta gave no", _LOST),
    ("holds a line break", _BREAK),
    ("the message is empty", _EMPTY),
    ("and WhatsApp takes", _TOO_LONG),
    ("Meta: app_roles", _ROLE),
    ("Meta: ACCOUNT_", _ACCOUNT),
    ("Meta: DISABLED_UPDATE", _ACCOUNT),
)
"""What we say ourselves of a hand-over, by a part of it."""
_HTTP: Mapping[int, Said] = {401: CREDENTIALS, 403: CREDENTIALS, 408: _FAULT, 429: BUSY}
_ADDRESS = say("There is no such email address. Ask the customer for another one.")
_SETUP = say(
    "The receiver does not trust your sender's domain. Check its records under Settings, Sender."
)
_MAILS: Mapping[str, Said] = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.6", "1.10"), _ADDRESS),
    **dict.fromkeys(("7.9", "7.26", "7.27", "7.28", "7.29"), _SETUP),
    **dict.fromkeys(("7.30", "7.31", "7.32", "7.515"), _SETUP),
    "2.1": say("This mailbox is closed. Ask the customer for another address."),
    "2.2": say("This mailbox is full. Try again in some days."),
    "3.4": say("The mail is larger than the receiver takes. Use fewer or smaller pictures."),
    "7.1": say("The receiver took the mail for unwanted. Check your sender, and what it says."),
}
"""Enhanced codes (RFC 3463) without their first digit."""


def explained(told: str | None) -> Said | None:
    """Give what a stored refusal means and what to do; None where it is nobody's code.

    A code that is in no table is said to be unknown, rather than guessed at.
    """
    if not told:
        return None
    if found := _CODED.match(told):
        return _BY[found[1]](int(found[2]), int(found[3] or 0), told)
    if plain := next((said for part, said in _PLAIN if part in told), None):
        return plain
    mail = _MAIL.match(told)
    return _MAILS.get(mail[2] or "") if mail else None


def _of_twilio(code: int, _: int, __: str) -> Said:
    return TWILIO.get(code) or _http(code) or _unknown("Twilio")


def _of_plivo(code: int, _: int, told: str) -> Said:
    if "not a valid phone number" in told:
        return NO_NUMBER
    if "is no number of this account" in told:
        return SENDER
    if "is not enabled for SMS" in told:
        return NO_SMS
    return PLIVO.get(code) or _http(code) or _unknown("Plivo")


def _of_meta(code: int, subcode: int, _: str) -> Said:
    exact = ((code, subcode), (ANY, subcode), (code, 0))
    known = next((META[one] for one in exact if one in META), None)
    return known or _http(code) or _unknown("Meta")


def _unknown(provider: str) -> Said:
    return say(
        "{provider} gave a reason that is not known here. Its help explains the code below.",
        provider=provider,
    )


def _http(status: int) -> Said | None:
    """Give what an answer without a code of the provider's own means, by its HTTP status."""
    return _HTTP.get(status) or (_FAULT if 500 <= status <= 599 else None)


_BY: Mapping[str, Callable[[int, int, str], Said]] = {
    "Twilio": _of_twilio,
    "Plivo": _of_plivo,
    "Meta": _of_meta,
}
