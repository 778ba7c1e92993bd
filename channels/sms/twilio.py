"""Text messages by Twilio: Programmable Messaging, the account being the store's own.

https://www.twilio.com/docs/messaging/api/message-resource and /docs/usage/security. Messages
have no idempotency key: what was not answered is `unknown`, and its status callback, whose
address names our message, says what became of it. Callbacks come late, twice and in any order.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

from channels.base import (
    AccountTrouble,
    Attachment,
    Callback,
    InboundKind,
    InboundMessage,
    OptChange,
    Outcome,
    Place,
    Receipt,
    SendFailed,
    StatusUpdate,
    Told,
    one_by_one,
)
from channels.http import Answer, Http, failure_of
from channels.sms.twilio_signature import SharedKey, form_of, verify
from marketing.attachments import MOST, kind_of_type
from marketing.model import ChannelName, MessageStatus, RenderedMessage

API_URL = "https://api.twilio.com"
MESSAGE = "m"
"""Names our message in the address of its status callback."""
STATUS_OF: Mapping[str, MessageStatus] = {
    "accepted": MessageStatus.QUEUED,
    "queued": MessageStatus.QUEUED,
    "scheduled": MessageStatus.QUEUED,
    "sending": MessageStatus.QUEUED,
    "sent": MessageStatus.SENT,
    "partially_delivered": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.OPENED,
    "undelivered": MessageStatus.FAILED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}
ANSWERED = frozenset({"HELP", "INFO"})
"""What Twilio answers itself, unless its Advanced Opt-Out is told otherwise:
https://help.twilio.com/articles/223134027, 2026-11-22. As the message's only word, in any case."""
OPT_OUT_TYPE = "OptOutType"
"""Told with a text that Advanced Opt-Out has dealt with, whatever its words are there:
https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out, 2026-11-22."""
NO_SUCH_NUMBER = frozenset({21211, 21214, 21614, 30005, 30006})
OPTED_OUT = 21610
BUSY = frozenset({20429, 14107, 30001})
NOT_OURS_TO_SEND = frozenset({20003, 20005, 21606, 21608, 21705, 30002, 30034})
"""Credentials, sender or registration: every message would fail alike."""

TROUBLES: Mapping[int, str] = {
    30002: "Twilio 30002: the account is suspended",
    30007: "Twilio 30007: carriers take the texts for unwanted ones and filter them",
    30032: "Twilio 30032: the toll-free number is not verified",
    30034: "Twilio 30034: the number is not registered for texts (A2P 10DLC)",
}
"""What a report of one text says of the whole account: https://www.twilio.com/docs/api/errors,
2026-11-22, as far as `channels.md` has them; 30032 is unconfirmed."""
PAUSING = frozenset({30002, 30032, 30034})
"""Of these, what no text gets past: the others wait, instead of failing one by one."""


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """One store's account."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    """A number in E.164, or the id of a messaging service (`MG…`)."""
    callback_url: str
    api_url: str = API_URL
    use_proxies: bool = True
    shared_key: SharedKey | None = None
    """By which Twilio signs its calls, where the store had it do so."""


class TwilioChannel:
    """A `channels.base.Channel`; safe to share between threads."""

    name = ChannelName.SMS
    provider = "twilio"

    def __init__(self, settings: TwilioSettings) -> None:
        self.settings = settings
        self._http = Http(use_proxies=settings.use_proxies)
        account = f"{settings.api_url}/2010-04-01/Accounts/{settings.account_sid}"
        self._messages_url = f"{account}/Messages.json"
        self._account_url = f"{account}.json"

    def send(self, message: RenderedMessage) -> Receipt:
        """Hand one text over, or raise `SendFailed`."""
        settings = self.settings
        if _breaks(message):
            raise SendFailed("a name holds a line break", outcome=Outcome.REJECTED)
        by = "MessagingServiceSid" if settings.sender.startswith("MG") else "From"
        form = {
            "To": message.to,
            by: settings.sender,
            "Body": message.text,
            "StatusCallback": f"{settings.callback_url}?{urlencode({MESSAGE: message.message_id})}",
        }
        auth = (settings.account_sid, settings.auth_token)
        answer = self._http.post_form(self._messages_url, form, auth)
        return _receipt(answer)

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        """Hand several over one after the other; yields (message_id, outcome) as each is known."""
        return one_by_one(self.send, messages)

    def verify(self, callback: Callback) -> None:
        """Raise `BadSignature` unless Twilio signed this; the address is the one we told it."""
        verify(callback, self.settings.auth_token, self.settings.shared_key)

    def parse(self, callback: Callback) -> list[Told]:
        """Read a status callback or what a customer wrote; `ValueError` for neither."""
        told = {name: values[-1] for name, values in form_of(callback.body).items()}
        sid = told.get("MessageSid") or told.get("SmsSid")
        if not sid:
            raise ValueError("it names no message (MessageSid)")
        if status := told.get("MessageStatus"):
            update = _update(sid, status, told, callback.url)
            return [update, *_more_of(told)]
        if told.get("From") is None:
            raise ValueError("it is neither a status (MessageStatus) nor a message (From)")
        return [_inbound(sid, told)]

    def introduce(self) -> str:
        """Ask Twilio who we are; gives the account's name, or raises `SendFailed`.

        https://www.twilio.com/docs/iam/api/account, and the vendor's library 9.13, 2026-11-27.
        """
        auth = (self.settings.account_sid, self.settings.auth_token)
        answer = self._http.get_as(self._account_url, auth)
        told = _object(answer)
        if answer.status != 200:
            raise _refusal(answer, told)
        return str(told.get("friendly_name") or self.settings.account_sid)

    def place_of(self, attachment: Attachment) -> Place | None:
        """Give where a file lies: below our own account, and nowhere else do we say who we are."""
        settings = self.settings
        own = f"{settings.api_url}/2010-04-01/Accounts/{settings.account_sid}/"
        if not attachment.url.startswith(own):
            return None
        told = b64encode(f"{settings.account_sid}:{settings.auth_token}".encode()).decode()
        return Place(attachment.url, {"Authorization": f"Basic {told}"})

    def close(self) -> None:
        """Close the kept connections."""
        self._http.close()


def _inbound(sid: str, told: Mapping[str, str]) -> InboundMessage:
    text, attached = told.get("Body", ""), _attachments(told)
    return InboundMessage(
        sid,
        told["From"],
        text,
        kind=InboundKind.ATTACHMENT if attached and not text.strip() else InboundKind.TEXT,
        attachments=attached,
        is_answered=_is_answered(told, text),
    )


def _attachments(told: Mapping[str, str]) -> tuple[Attachment, ...]:
    """Give the files of an MMS: https://www.twilio.com/docs/messaging/twiml, 2026-11-27."""
    count = told.get("NumMedia", "")
    many = min(int(count), MOST) if count.isascii() and count.isdigit() else 0
    return tuple(
        Attachment(kind_of_type(told.get(f"MediaContentType{number}", "")), url=url)
        for number in range(many)
        if (url := told.get(f"MediaUrl{number}"))
    )


def _is_answered(told: Mapping[str, str], text: str) -> bool:
    return bool(told.get(OPT_OUT_TYPE)) or text.strip().upper() in ANSWERED


def _update(sid: str, status: str, told: Mapping[str, str], url: str) -> StatusUpdate:
    known = STATUS_OF.get(status)
    if known is None:
        raise ValueError(f"no status of Twilio's is called {status!r}")
    code = told.get("ErrorCode", "")
    number = int(code) if code.isdigit() else 0
    ours = dict(parse_qsl(urlsplit(url).query)).get(MESSAGE)
    is_gone = number in NO_SUCH_NUMBER and known is MessageStatus.FAILED
    detail = f"Twilio {code}" if code else ""
    return StatusUpdate(
        sid,
        MessageStatus.BOUNCED if is_gone else known,
        detail=detail,
        message_id=ours,
        suppress=is_gone,
    )


def _more_of(told: Mapping[str, str]) -> Iterator[Told]:
    """Yield what a report of one text says besides: of the account, or of who left there."""
    code = told.get("ErrorCode", "")
    if not (code.isascii() and code.isdigit()):
        return
    if words := TROUBLES.get(int(code)):
        yield AccountTrouble(words, pauses=int(code) in PAUSING)
    if int(code) == OPTED_OUT and told.get("To", "").startswith("+"):
        yield OptChange(told["To"], is_in=False, detail=f"Twilio {code}")


def _object(answer: Answer) -> Mapping[str, object]:
    try:
        told = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _receipt(answer: Answer) -> Receipt:
    told = _object(answer)
    if answer.status in (200, 201) and told.get("sid"):
        return Receipt(str(told["sid"]), f"{answer.status} {told.get('status', '')}".strip())
    raise _refusal(answer, told)


def _refusal(answer: Answer, told: Mapping[str, object]) -> SendFailed:
    code = told.get("code")
    words = f"Twilio {code or answer.status}: {told.get('message') or 'no words'}"[:300]
    if code in NO_SUCH_NUMBER:
        return SendFailed(words, outcome=Outcome.REJECTED, suppress=True)
    if code == OPTED_OUT:
        return SendFailed(words, outcome=Outcome.REJECTED, opted_out=True)
    if code in NOT_OURS_TO_SEND:
        return SendFailed(words, outcome=Outcome.PAUSED)
    if code in BUSY:
        wait = answer.retry_after or 30.0
        return SendFailed(words, outcome=Outcome.RETRY, retry_after=wait, is_throttled=True)
    return failure_of(answer, words)


def _breaks(message: RenderedMessage) -> bool:
    return any(letter in message.subject + message.to for letter in "\r\n")
