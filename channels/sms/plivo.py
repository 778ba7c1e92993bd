"""Text messages by Plivo: its Message API, the account being the store's own.

https://www.plivo.com/docs/messaging/api/message and /docs/messaging/concepts/signature-validation.
Messages have no idempotency key: what was not answered is `unknown`, and its status callback,
whose address names our message, says what became of it. Numbers come and go without their plus.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import orjson

from channels.base import (
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
from channels.sms.plivo_errors import NO_SUCH_NUMBER, OPTED_OUT, WORDS
from marketing.attachments import MOST, kind_of_type
from marketing.model import BadSignature, ChannelName, MessageStatus, RenderedMessage

API_URL = "https://api.plivo.com"
MEDIA_URL = "https://media.plivo.com"
"""Where the files of an MMS lie; whether they ask who wants them is the account's setting."""
SIGNATURE, NONCE = "x-plivo-signature-v3", "x-plivo-signature-v3-nonce"
SIGNATURE_V2, NONCE_V2 = "x-plivo-signature-v2", "x-plivo-signature-v2-nonce"
MESSAGE = "m"
"""Names our message in the address of its status callback."""
STATUS_OF: Mapping[str, MessageStatus] = {
    "queued": MessageStatus.QUEUED,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.OPENED,
    "undelivered": MessageStatus.FAILED,
    "failed": MessageStatus.FAILED,
    "rejected": MessageStatus.REJECTED,
}


@dataclass(frozen=True, slots=True)
class PlivoSettings:
    """One store's account."""

    auth_id: str
    auth_token: str = field(repr=False)
    sender: str
    """A number in E.164."""
    callback_url: str
    api_url: str = API_URL
    use_proxies: bool = True


class PlivoChannel:
    """A `channels.base.Channel`; safe to share between threads."""

    name = ChannelName.SMS
    provider = "plivo"

    def __init__(self, settings: PlivoSettings) -> None:
        self.settings = settings
        self._http = Http(use_proxies=settings.use_proxies)
        account = f"{settings.api_url}/v1/Account/{settings.auth_id}"
        self._messages_url = f"{account}/Message/"
        self._number_url = f"{account}/Number/{settings.sender.lstrip('+')}/"
        word = b64encode(f"{settings.auth_id}:{settings.auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {word}"}

    def send(self, message: RenderedMessage) -> Receipt:
        """Hand one text over, or raise `SendFailed`."""
        if any(letter in message.subject + message.to for letter in "\r\n"):
            raise SendFailed("a name holds a line break", outcome=Outcome.REJECTED)
        ours = urlencode({MESSAGE: message.message_id})
        told = {
            "src": self.settings.sender.lstrip("+"),
            "dst": message.to.lstrip("+"),
            "text": message.text,
            "url": f"{self.settings.callback_url}?{ours}",
            "method": "POST",
        }
        return _receipt(self._http.post_json(self._messages_url, told, self._headers))

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        """Hand several over one after the other; yields (message_id, outcome) as each is known."""
        return one_by_one(self.send, messages)

    def verify(self, callback: Callback) -> None:
        """Raise `BadSignature` unless Plivo signed this; the address is the one we told it.

        V3 signs all that is told, and decides alone wherever it comes. For messages Plivo's
        documentation has V2 only, so calls without V3 are believed by that: it signs our secret
        address and a nonce, but not the words. Whoever would change these has to have read one of
        Plivo's calls to us, which come by https; nobody else can sign anything.
        """
        headers = {name.lower(): value for name, value in callback.headers.items()}
        form, token = _form(callback.body), self.settings.auth_token
        is_v3 = SIGNATURE in headers
        nonce = headers.get(NONCE if is_v3 else NONCE_V2, "")
        told = headers.get(SIGNATURE if is_v3 else SIGNATURE_V2, "").encode().split(b",")
        by_v3 = signature(token, callback.url, nonce, form)
        signed = (by_v3 if is_v3 else signature_v2(token, callback.url, nonce)).encode()
        if not nonce or not any(hmac.compare_digest(one.strip(), signed) for one in told):
            raise BadSignature("Plivo did not sign this")

    def parse(self, callback: Callback) -> list[Told]:
        """Read a status callback or what a customer wrote; `ValueError` for neither."""
        told = {name: values[-1] for name, values in _form(callback.body).items()}
        uuid = told.get("MessageUUID")
        if not uuid:
            raise ValueError("it names no message (MessageUUID)")
        if status := told.get("Status"):
            return [_update(uuid, status, told, callback.url), *_left(told)]
        if not told.get("From"):
            raise ValueError("it is neither a status (Status) nor a message (From)")
        sender = f"+{told['From'].lstrip('+')}"
        media = _attachments(told)
        # With a picture the words are called otherwise.
        text = told.get("Text") or told.get("Body", "")
        kind = InboundKind.ATTACHMENT if media and not text.strip() else InboundKind.TEXT
        return [InboundMessage(uuid, sender, text, kind=kind, attachments=media)]

    def introduce(self) -> str:
        """Ask Plivo whether the number is the account's and takes texts; gives it.

        Raises `SendFailed`. A number that answers to calls alone could send, and hear no STOP:
        https://www.plivo.com/docs/numbers/api/account-phone-number, 2026-11-27.
        """
        answer = self._http.get_json(self._number_url, self._headers)
        if answer.status == 404:
            words = f"Plivo 404: {self.settings.sender} is no number of this account"
            raise SendFailed(words, outcome=Outcome.PAUSED)
        if answer.status != 200:
            raise _refusal(answer, _object(answer))
        if _object(answer).get("sms_enabled") is False:
            words = f"Plivo 200: {self.settings.sender} is not enabled for SMS"
            raise SendFailed(words, outcome=Outcome.PAUSED)
        return self.settings.sender

    def place_of(self, attachment: Attachment) -> Place | None:
        """Give where a file lies: below our own account, and nowhere else do we say who we are."""
        settings = self.settings
        below = (f"{MEDIA_URL}/Account/", f"{settings.api_url}/v1/Account/")
        own = tuple(f"{begin}{settings.auth_id}/" for begin in below)
        return Place(attachment.url, self._headers) if attachment.url.startswith(own) else None

    def close(self) -> None:
        """Close the kept connections."""
        self._http.close()


def signature(auth_token: str, url: str, nonce: str, form: Mapping[str, list[str]]) -> str:
    """Sign a callback as Plivo's V3 does: the address, its query and the form in order, a nonce."""
    at = urlsplit(url)
    asked = parse_qs(at.query, keep_blank_values=True)
    query = "&".join(f"{name}={one}" for name in sorted(asked) for one in sorted(asked[name]))
    parts = "".join(f"{name}{one}" for name in sorted(form) for one in sorted(form[name]))
    mark = "?" if query or form else ""
    dot = "." if query and form else ""
    text = f"{at.scheme}://{at.netloc}{at.path}{mark}{query}{dot}{parts}.{nonce}"
    return b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha256).digest()).decode()


def signature_v2(auth_token: str, url: str, nonce: str) -> str:
    """Sign a callback as Plivo's V2 does: the address without its query, and a nonce."""
    at = urlsplit(url)
    text = f"{at.scheme}://{at.netloc}{at.path}{nonce}"
    return b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _attachments(told: Mapping[str, str]) -> tuple[Attachment, ...]:
    """Give the files of an MMS; what kind they are is not told."""
    count = told.get("MediaCount", "")
    many = min(int(count), MOST) if count.isascii() and count.isdigit() else 0
    # Numbered from 0 or from 1: the documentation says both.
    urls = (told.get(f"Media{number}") for number in range(many + 1))
    return tuple(Attachment(kind_of_type(""), url=url) for url in urls if url)[:many]


def _form(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError as error:
        raise BadSignature("this is no form") from error


def _update(uuid: str, status: str, told: Mapping[str, str], url: str) -> StatusUpdate:
    known = STATUS_OF.get(status)
    if known is None:
        raise ValueError(f"no status of Plivo's is called {status!r}")
    code = told.get("ErrorCode", "")
    number = int(code) if code.isdecimal() else 0
    is_gone = number in NO_SUCH_NUMBER and known in {MessageStatus.FAILED, MessageStatus.REJECTED}
    return StatusUpdate(
        uuid,
        MessageStatus.BOUNCED if is_gone else known,
        detail=f"Plivo {number}: {WORDS.get(number, 'no words')}" if number else "",
        message_id=dict(parse_qsl(urlsplit(url).query)).get(MESSAGE),
        suppress=is_gone,
    )


def _left(told: Mapping[str, str]) -> Iterator[OptChange]:
    """Yield who left at Plivo itself, which blocks texts to them from then on."""
    if told.get("ErrorCode") == str(OPTED_OUT) and (number := told.get("To", "").lstrip("+")):
        yield OptChange(f"+{number}", is_in=False, detail=f"Plivo {OPTED_OUT}")


def _object(answer: Answer) -> Mapping[str, object]:
    try:
        told = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _receipt(answer: Answer) -> Receipt:
    told = _object(answer)
    taken = told.get("message_uuid")
    if answer.status in (200, 202) and isinstance(taken, list) and taken:
        return Receipt(str(taken[0]), f"{answer.status} {told.get('message', '')}".strip()[:300])
    raise _refusal(answer, told)


def _refusal(answer: Answer, told: Mapping[str, object]) -> SendFailed:
    words = f"Plivo {answer.status}: {told.get('error') or told.get('message') or 'no words'}"[:300]
    says_no_number = "not a valid phone number" in words
    if told.get("invalid_number") or (answer.status == 400 and says_no_number):
        return SendFailed(words, outcome=Outcome.REJECTED, suppress=True)
    return failure_of(answer, words)
