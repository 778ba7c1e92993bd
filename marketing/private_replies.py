"""A private answer to a public comment: whether it may still go, and what of a message fits it.

Where the customer's window is open a message goes as any other, and the comment's one answer is
left for later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from marketing.chat import Card, ChatContent, InboundKind
from marketing.chat_limits import LIMITS, PRIVATE_REPLIES, Limits
from marketing.model import ChannelName, Reason, RenderedMessage


@dataclass(frozen=True, slots=True)
class Comment:
    """A public comment that a message may answer, and what became of it."""

    id: str
    """The platform's."""
    written_at: datetime
    is_deleted: bool = False
    is_answered: bool = False
    """By another message, or by somebody on the platform itself."""


def begun_by(event: Mapping[str, Any] | None, channel: ChannelName) -> Comment | None:
    """Give the comment that let somebody into a flow, where it was written on this channel.

    `event` is what the flow's trigger told.
    """
    told = event or {}
    is_one = told.get("kind") == InboundKind.COMMENT and told.get("channel") == channel
    if not is_one or channel not in PRIVATE_REPLIES:
        return None
    comment, at = told.get("comment"), _moment(told.get("commented_at"))
    return Comment(comment, at) if isinstance(comment, str) and comment and at else None


def refusal(comment: Comment, channel: ChannelName, now: datetime) -> Reason | None:
    """Say why a comment can't be answered privately; None: it can."""
    if comment.is_answered:
        return Reason.COMMENT_ANSWERED
    if comment.is_deleted:
        return Reason.COMMENT_DELETED
    is_late = now - comment.written_at >= PRIVATE_REPLIES[channel].within
    return Reason.COMMENT_TOO_OLD if is_late else None


def answering(message: RenderedMessage, comment: str) -> RenderedMessage:
    """Give a message as the private answer to a comment (an id): one call, for there is no second.

    Words before a row of cards would be a call of their own: the cards become lines, as many as
    fit.
    """
    said = message.chat or ChatContent(message.text)
    if said.text and said.cards:
        text = _with_lines(said.text, said.cards, LIMITS[message.channel])
        said = replace(said, text=text, cards=())
    return replace(message, chat=replace(said, comment=comment), text=said.text or message.text)


def _with_lines(text: str, cards: tuple[Card, ...], limits: Limits) -> str:
    for line in _lines(cards):
        longer = f"{text}\n{line}"
        if limits.size(longer) > limits.text:
            break
        text = longer
    return text


def _lines(cards: tuple[Card, ...]) -> Iterator[str]:
    for card in cards:
        link = card.url or next((one.url for one in card.buttons if one.url), "")
        yield f"{card.title}: {link}" if link else card.title


def _moment(told: object) -> datetime | None:
    """Read what our own event says; somebody else's may say anything."""
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None
