"""What Messenger and Instagram tell by webhook, in our words.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events and
/docs/instagram-platform/webhooks. Events come late, twice and in any order; kinds that are not
here say nothing to us.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels import meta_threads
from channels.base import (
    Attachment,
    Callback,
    Erased,
    InboundKind,
    InboundMessage,
    StatusUpdate,
    Told,
    Watermark,
)
from channels.meta import Json, entries, listed, moment, within
from channels.meta_messages import OURS
from marketing.attachments import AttachmentKind
from marketing.chat import id_of_change
from marketing.model import MessageStatus

KINDS = {
    "image": AttachmentKind.PICTURE,
    "audio": AttachmentKind.VOICE,
    "video": AttachmentKind.VIDEO,
    "file": AttachmentKind.FILE,
    "sticker": AttachmentKind.STICKER,
    "location": AttachmentKind.PLACE,
    "share": AttachmentKind.POST,
    "post": AttachmentKind.POST,
    "reel": AttachmentKind.POST,
    "ig_post": AttachmentKind.POST,
    "ig_reel": AttachmentKind.POST,
    "fallback": AttachmentKind.POST,
    "story_mention": AttachmentKind.POST,
    "ig_story_mention": AttachmentKind.POST,
}
"""https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages and
/docs/instagram-platform/webhooks, by memory, 2026-11-27."""
FILES = frozenset(
    {
        AttachmentKind.PICTURE, AttachmentKind.VOICE, AttachmentKind.VIDEO, AttachmentKind.FILE,
        AttachmentKind.STICKER,
    }
)  # fmt: skip
"""What has an address that gives the file itself; others lead to a page of the platform's."""
STORY = {"story_mention": InboundKind.STORY_MENTION, "ig_story_mention": InboundKind.STORY_MENTION}


@dataclass(frozen=True, slots=True)
class Inbox:
    """Whose webhooks these are: the account's id, and our app's, "" where it was not told."""

    about: str
    """`page` or `instagram`."""
    own_id: str
    app_id: str


def parse(inbox: Inbox, callback: Callback) -> list[Told]:
    """Read one webhook; `ValueError` for what is none of this kind."""
    told: list[Told] = []
    for entry in entries(callback, inbox.about, inbox.own_id):
        for event in listed(entry, "messaging"):
            told.extend(meta_threads.parse(inbox.own_id, inbox.app_id, event))
            told.extend(_event(inbox, event, is_standby=False))
        for event in listed(entry, "standby"):
            told.extend(_event(inbox, event, is_standby=True))
        # Instagram's own login tells a comment without the list around it.
        for change in [*listed(entry, "changes"), entry]:
            told.extend(_comment(inbox, change, entry.get("time")))
    return told


def _event(inbox: Inbox, event: Json, *, is_standby: bool) -> Iterator[Told]:
    sender = str(within(event, "sender").get("id") or "")
    recipient = str(within(event, "recipient").get("id") or "")
    if not sender:
        return
    at = moment(event.get("timestamp"))
    who = _Who(sender, recipient, at, is_standby)
    if message := within(event, "message"):
        yield from _message(inbox, message, who)
    elif edit := within(event, "message_edit"):
        yield from _edit(inbox, edit, who)
    elif postback := within(event, "postback"):
        yield _postback(postback, who)
    elif reaction := within(event, "reaction"):
        yield from _reaction(reaction, who)
    elif referral := within(event, "referral"):
        yield who.wrote("", InboundKind.REFERRAL, referral=str(referral.get("ref") or ""))
    else:
        yield from _reports(event, sender, at)


def _reports(event: Json, sender: str, at: datetime | None) -> Iterator[Told]:
    if delivery := within(event, "delivery"):
        yield from _status(delivery, MessageStatus.DELIVERED, sender, at)
    elif seen := within(event, "read"):
        yield from _status(seen, MessageStatus.OPENED, sender, at)


@dataclass(frozen=True, slots=True)
class _Who:
    """Who did something, to whom, when."""

    sender: str
    recipient: str
    at: datetime | None
    is_standby: bool

    def wrote(  # noqa: PLR0913  what one message may carry
        self,
        text: str,
        kind: InboundKind,
        *,
        provider_id: str = "",
        payload: str = "",
        referral: str = "",
        attachments: Sequence[Attachment] = (),
        is_echo: bool = False,
    ) -> InboundMessage:
        """Give it as an inbound message; what has no id of its own gets one of what it says."""
        made = hashlib.sha256(
            f"{self.sender}\0{self.at}\0{kind}\0{text}\0{payload}\0{referral}".encode()
        ).hexdigest()
        return InboundMessage(
            provider_id or f"{kind}:{made[:32]}",
            self.sender,
            text,
            self.at,
            kind,
            payload,
            referral=referral,
            is_echo=is_echo,
            recipient=self.recipient,
            attachments=tuple(attachments),
            is_standby=self.is_standby,
        )


def _message(inbox: Inbox, message: Json, who: _Who) -> Iterator[Told]:
    mid = str(message.get("mid") or "")
    if not mid:
        return
    if message.get("is_deleted"):
        yield Erased(mid)
        return
    if message.get("is_echo"):
        yield _echo(inbox, message, mid, who)
        return
    reply = within(message, "quick_reply")
    attachments = listed(message, "attachments")
    yield who.wrote(
        str(message.get("text") or ""),
        _kind_of(message, attachments),
        provider_id=mid,
        payload=str(reply.get("payload") or ""),
        referral=str(within(message, "referral").get("ref") or ""),
        attachments=[_attachment(one) for one in attachments],
    )


def _edit(inbox: Inbox, edit: Json, who: _Who) -> Iterator[Told]:
    """Give a message that was changed as one more: what they mean is what it says now.

    https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/
    webhook-events/message-edits, 2024-04-09. Instagram tells a message itself so, too, as its
    change number 0, beside or instead of the message: under one id it is heard once.
    """
    mid, text = str(edit.get("mid") or ""), str(edit.get("text") or "")
    if not mid or not text or who.sender == inbox.own_id:
        return
    number = edit.get("num_edit")
    own = mid if number in (0, "0") else id_of_change(mid, number or "")
    yield who.wrote(text, InboundKind.TEXT, provider_id=own)


def _kind_of(message: Json, attachments: Sequence[Json]) -> InboundKind:
    if within(message, "quick_reply"):
        return InboundKind.BUTTON
    if within(message, "reply_to", "story"):
        return InboundKind.STORY_REPLY
    kinds = [STORY[kind] for one in attachments if (kind := str(one.get("type"))) in STORY]
    if kinds:
        return kinds[0]
    return InboundKind.TEXT if message.get("text") else InboundKind.ATTACHMENT


def _attachment(told: Json) -> Attachment:
    """Give one with where it lies; a place has an address on a map, which is no file."""
    payload, kind = within(told, "payload"), KINDS.get(str(told.get("type")), AttachmentKind.OTHER)
    if payload.get("sticker_id"):
        kind = AttachmentKind.STICKER
    url = payload.get("url") if kind in FILES else None
    name = payload.get("title") or told.get("title")
    return Attachment(kind, url=str(url or ""), name=str(name or ""))


def _echo(inbox: Inbox, message: Json, mid: str, who: _Who) -> Told:
    """Tell our own message, which is a report of it, from what somebody wrote over there."""
    note = str(message.get("metadata") or "")
    if note.startswith(OURS):
        ours = note.removeprefix(OURS)
        return StatusUpdate(
            mid, MessageStatus.SENT, who.at, message_id=ours, recipient=who.recipient
        )
    app = str(message.get("app_id") or "")
    if inbox.app_id and app == inbox.app_id:
        return StatusUpdate(mid, MessageStatus.SENT, who.at, recipient=who.recipient)
    attachments = listed(message, "attachments")
    return who.wrote(
        str(message.get("text") or ""),
        InboundKind.TEXT if message.get("text") else InboundKind.ATTACHMENT,
        provider_id=mid,
        attachments=[_attachment(one) for one in attachments],
        is_echo=True,
    )


def _postback(postback: Json, who: _Who) -> Told:
    return who.wrote(
        str(postback.get("title") or ""),
        InboundKind.BUTTON,
        provider_id=str(postback.get("mid") or ""),
        payload=str(postback.get("payload") or ""),
        referral=str(within(postback, "referral").get("ref") or ""),
    )


def _reaction(reaction: Json, who: _Who) -> Iterator[Told]:
    if reaction.get("action") == "react":
        emoji = str(reaction.get("emoji") or reaction.get("reaction") or "")
        yield who.wrote(emoji, InboundKind.REACTION)


def _status(
    told: Json, status: MessageStatus, recipient: str, at: datetime | None
) -> Iterator[Told]:
    """A watermark says it of everything up to then; ids say it of single messages."""
    mids = told.get("mids") or [told.get("mid")]
    for mid in mids if isinstance(mids, list) else []:
        if isinstance(mid, str) and mid:
            yield StatusUpdate(mid, status, at, recipient=recipient)
    until = moment(told.get("watermark"))
    if until:
        yield Watermark(recipient, status, until)


def _comment(inbox: Inbox, change: Json, told_at: object) -> Iterator[Told]:
    """Give a fresh comment under a post, or that it was deleted; the store's own are no news.

    Instagram says no time of it but the webhook's own, and nothing when one is deleted.
    """
    value, field = within(change, "value"), change.get("field")
    verb = value.get("verb") if field == "feed" and value.get("item") == "comment" else None
    comment = str(value.get("comment_id") or value.get("id") or "")
    if verb == "remove" and comment:
        yield Erased(comment)
    sender = str(within(value, "from").get("id") or "")
    is_fresh = field in ("comments", "live_comments") or verb == "add"
    if not is_fresh or not comment or not sender or sender == inbox.own_id:
        return
    yield _commented(inbox, value, (comment, sender), told_at)


def _commented(inbox: Inbox, value: Json, who: tuple[str, str], told_at: object) -> InboundMessage:
    comment, sender = who
    text = str(value.get("message") or value.get("text") or "")
    by = within(value, "from")
    name = by.get("name") or by.get("username")
    post = str(value.get("post_id") or within(value, "media").get("id") or "")
    at = moment(value.get("created_time")) or moment(told_at)
    return InboundMessage(
        comment, sender, text, at, InboundKind.COMMENT,
        sender_name=str(name) if name else None, referral=post, recipient=inbox.own_id,
    )  # fmt: skip
