"""What WhatsApp tells by webhook, in our words.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components, read 2026-11-22.
Everything may come late, twice and in any order; `read` may come without `delivered`. Numbers
may be missing where a customer goes by a user name: then they have an id of this business' own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from channels.base import (
    AccountTrouble,
    Attachment,
    Callback,
    Erased,
    InboundKind,
    InboundMessage,
    OptChange,
    StatusUpdate,
    TemplateNews,
    Told,
)
from channels.meta import Json, entries, listed, moment, within
from channels.meta_errors import REJECTED
from channels.whatsapp_errors import TEMPLATE_TROUBLES, WHATSAPP
from marketing.attachments import AttachmentKind
from marketing.chat import id_of_change
from marketing.model import MessageStatus
from marketing.whatsapp import is_free

ABOUT = "whatsapp_business_account"
STATUS_OF: Mapping[str, MessageStatus] = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.OPENED,
    "played": MessageStatus.OPENED,
    "failed": MessageStatus.FAILED,
}
FILES: Mapping[str, AttachmentKind] = {
    "image": AttachmentKind.PICTURE,
    "video": AttachmentKind.VIDEO,
    "audio": AttachmentKind.VOICE,
    "document": AttachmentKind.FILE,
    "sticker": AttachmentKind.STICKER,
    "location": AttachmentKind.PLACE,
    "contacts": AttachmentKind.CONTACT,
}
STOPS, RESUMES = "stop", "resume"
TROUBLES = frozenset({"DISABLED_UPDATE", "ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION"})


@dataclass(frozen=True, slots=True)
class Number:
    """Whose webhooks these are: one account may have several numbers."""

    account_id: str
    phone_number_id: str


def parse(number: Number, callback: Callback) -> list[Told]:
    """Read one webhook; `ValueError` for what is none of WhatsApp's."""
    told: list[Told] = []
    for entry in entries(callback, ABOUT, number.account_id):
        for change in listed(entry, "changes"):
            told.extend(_change(number, str(change.get("field")), within(change, "value")))
    return told


def _change(number: Number, field: str, value: Json) -> Iterator[Told]:
    about = within(value, "metadata").get("phone_number_id")
    if about is not None and str(about) != number.phone_number_id:
        return
    match field:
        case "messages":
            yield from _messages(value)
        case "smb_message_echoes":
            yield from _echoes(value)
        case "user_preferences":
            yield from _preferences(value)
        case "message_template_status_update":
            yield _template(value, str(value.get("event") or "").lower())
        case "template_category_update" | "message_template_quality_update":
            yield _template(value, "")
        case "account_update":
            yield from _account(value)
        case _:  # said nothing to us
            pass


def _messages(value: Json) -> Iterator[Told]:
    people = {}
    for contact in listed(value, "contacts"):
        for name in ("wa_id", "user_id"):
            people[str(contact.get(name) or "")] = contact
    for message in listed(value, "messages"):
        revoked = within(message, "revoke").get("original_message_id")
        if message.get("type") != "revoke":
            yield from _inbound(_as_it_is_now(message), people)
        elif revoked:
            yield Erased(str(revoked))
    for status in listed(value, "statuses"):
        yield from _status(status)


def _as_it_is_now(message: Json) -> Json:
    """Give a message that was changed as if it was written so: what they mean is what it says now.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/
    messages/edit, 2026-07-20.
    """
    if message.get("type") != "edit":
        return message
    edit, own = within(message, "edit"), str(message.get("id") or "")
    before = str(edit.get("original_message_id") or "")
    named = {"id": id_of_change(before, own)} if before and own else {}
    return {**message, **within(edit, "message"), **named}


def _inbound(message: Json, people: Mapping[str, Json]) -> Iterator[InboundMessage]:
    number, user = str(message.get("from") or ""), str(message.get("from_user_id") or "")
    contact = people.get(number) or people.get(user) or {}
    user = user or str(contact.get("user_id") or "")
    sender, provider_id = _address(number, user), str(message.get("id") or "")
    read = _read(message)
    if not sender or not provider_id or read is None:
        return
    kind, text, payload, attachments = read
    name = within(contact, "profile").get("name")
    referral = within(message, "referral")
    yield InboundMessage(
        provider_id, sender, text, moment(message.get("timestamp")), kind, payload,
        sender_name=str(name) if name else None,
        referral=str(referral.get("source_id") or ""),
        attachments=attachments,
        also=(user,) if user and user != sender else (),
    )  # fmt: skip


def _address(number: str, user: str) -> str:
    """Give the number in E.164 where it is told, else the id of the business' own."""
    return f"+{number}" if number.isascii() and number.isdigit() else user


Read = tuple[InboundKind, str, str, tuple[Attachment, ...]]
"""The kind, the words, what a tapped button carries, and what is attached."""


def _read(message: Json) -> Read | None:
    kind = str(message.get("type") or "")
    match kind:
        case "text":
            return InboundKind.TEXT, str(within(message, "text").get("body") or ""), "", ()
        case "button":
            button = within(message, "button")
            payload = str(button.get("payload") or "")
            return InboundKind.BUTTON, str(button.get("text") or ""), payload, ()
        case "interactive":
            return _answer(within(message, "interactive"))
        case "reaction":
            emoji = str(within(message, "reaction").get("emoji") or "")
            return (InboundKind.REACTION, emoji, "", ()) if emoji else None
        case "system":
            return None  # a number changed hands: what comes from it will say so
        case _:
            words = str(within(message, kind).get("caption") or "") if kind in FILES else ""
            return InboundKind.ATTACHMENT, words, "", (_attachment(kind, within(message, kind)),)


def _attachment(kind: str, told: Json) -> Attachment:
    """Give what was sent by the id of its file; a place and a contact have none."""
    name = told.get("filename") or told.get("name")
    return Attachment(
        FILES.get(kind, AttachmentKind.OTHER),
        media_id=str(told.get("id") or ""),
        name=str(name or ""),
    )


def _answer(interactive: Json) -> Read:
    reply = within(interactive, "button_reply") or within(interactive, "list_reply")
    title, payload = str(reply.get("title") or ""), str(reply.get("id") or "")
    return InboundKind.BUTTON, title, payload, ()


def _echoes(value: Json) -> Iterator[InboundMessage]:
    """Somebody of the store wrote it on their own phone."""
    for told in listed(value, "message_echoes"):
        if told.get("type") == "revoke":
            continue  # what they wrote and took back called nobody
        message = _as_it_is_now(told)
        read, provider_id = _read(message), str(message.get("id") or "")
        to = _address(str(message.get("to") or ""), str(message.get("to_user_id") or ""))
        if read and provider_id and to:
            yield InboundMessage(
                provider_id, str(message.get("from") or ""), read[1],
                moment(message.get("timestamp")), read[0], is_echo=True, recipient=to,
                attachments=read[3],
            )  # fmt: skip


def _status(status: Json) -> Iterator[Told]:
    known, provider_id = STATUS_OF.get(str(status.get("status"))), str(status.get("id") or "")
    if known is None or not provider_id:
        return
    errors = listed(status, "errors")
    error = errors[0] if errors and known is MessageStatus.FAILED else {}
    code = error.get("code")
    meaning = WHATSAPP.get((code if isinstance(code, int) else -1, 0), REJECTED)
    number, user = str(status.get("recipient_id") or ""), str(status.get("recipient_user_id") or "")
    recipient, at = _address(number, user), moment(status.get("timestamp"))
    yield StatusUpdate(
        provider_id, known, at,
        detail=_detail(error) if error else _priced(status),
        message_id=str(status.get("biz_opaque_callback_data") or "") or None,
        recipient=recipient,
        rests=meaning.rests if error else None,
        is_free=not error and is_free(within(status, "pricing")),
    )  # fmt: skip
    if error and meaning.opted_out and recipient:
        yield OptChange(recipient, is_in=False, detail=_detail(error), occurred_at=at)
    if code in TEMPLATE_TROUBLES:
        yield TemplateNews()


def _detail(error: Json) -> str:
    words = error.get("title") or error.get("message") or "no words"
    more = within(error, "error_data").get("details")
    return f"Meta {error.get('code')}: {words}" + (f" ({more})" if more else "")


def _priced(status: Json) -> str:
    """Say what Meta bills it as: told once, with `sent` or `delivered`."""
    pricing = within(status, "pricing")
    told = (pricing.get("category"), pricing.get("type"))
    return ", ".join(str(one) for one in told if one)


def _preferences(value: Json) -> Iterator[OptChange]:
    for one in listed(value, "user_preferences"):
        sender = _address(str(one.get("wa_id") or ""), str(one.get("user_id") or ""))
        said = str(one.get("value") or "").lower()
        if sender and one.get("category") == "marketing_messages" and said in (STOPS, RESUMES):
            at = moment(one.get("timestamp"))
            detail = str(one.get("detail") or "")
            yield OptChange(sender, said == RESUMES, detail, at)


def _template(value: Json, status: str) -> TemplateNews:
    reason = str(value.get("reason") or "")
    return TemplateNews(
        name=str(value.get("message_template_name") or ""),
        language=str(value.get("message_template_language") or ""),
        status=status,
        reason=None if reason in ("", "NONE") else reason,
    )


def _account(value: Json) -> Iterator[AccountTrouble]:
    event = str(value.get("event") or "")
    if event in TROUBLES:
        more: Any = within(value, "violation_info").get("violation_type")
        yield AccountTrouble(f"Meta: {event}" + (f" ({more})" if more else ""))
