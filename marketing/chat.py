"""What a chat message is made of, and who may write when.

Plain words, buttons and cards; the adapters in `channels/` make each platform's own shape of it,
and `marketing.chat_limits` says how much of it each takes.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

AGENT = "AGENT"
"""The payload of a button that asks for a person."""
HUMAN_AGENT = "HUMAN_AGENT"
"""Meta's tag for what a person writes after the service window; never on automated messages."""
SERVICE_WINDOW = timedelta(hours=24)
PERSON_WINDOW = timedelta(days=7)
"""https://developers.facebook.com/docs/messenger-platform/policy/policy-overview, 2026-11-22."""


class InboundKind(StrEnum):
    """What a customer did when they wrote to us."""

    TEXT = "text"
    BUTTON = "button"
    STORY_REPLY = "story_reply"
    STORY_MENTION = "story_mention"
    COMMENT = "comment"
    REACTION = "reaction"
    ATTACHMENT = "attachment"
    REFERRAL = "referral"


OPENS_WINDOW = frozenset(InboundKind) - {InboundKind.COMMENT}
"""A comment is public: it may be answered privately once, but opens no conversation."""
IN_PASSING = frozenset(
    {InboundKind.COMMENT, InboundKind.REACTION, InboundKind.REFERRAL, InboundKind.STORY_MENTION}
)
"""What is done in passing asks for no answer: a heart, a word under a post, a link followed."""


class Author(StrEnum):
    """Who wrote what we send."""

    BOT = "bot"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Button:
    """One choice: it sends `payload` back to us, or opens `url`; one of both is given."""

    label: str
    payload: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A product as chats show it; `picture` and `url` are addresses, "" for none."""

    title: str
    subtitle: str = ""
    picture: str = ""
    url: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """A message that the platform approved before, with what goes into its blanks."""

    name: str
    language: str
    parameters: tuple[tuple[str, ...], ...] = ()
    """One a component: its name (`header`, `body`, `button:0`), then its values in order."""


@dataclass(frozen=True, slots=True)
class ChatContent:
    """What one chat message says."""

    text: str
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    template: TemplateCall | None = None
    menu: str = ""
    """What opens the list of answers, where a channel shows more of them than fit as buttons."""
    reply_to: str = ""
    """The provider's id of the message that this one quotes; "" for none."""
    author: Author = Author.BOT
    comment: str = ""
    """The platform's id of the public comment that this answers privately; "" for none."""


CHANGED = ":edit:"


def id_of_change(message_id: str, change: object) -> str:
    """Give the id under which a change of a message is kept, as one message more."""
    return f"{message_id}{CHANGED}{change}"


def changed_by(message_id: str) -> str | None:
    """Give the id of the message that this is a change of; None: it is a message itself."""
    before, is_one, _ = message_id.rpartition(CHANGED)
    return before if is_one else None


class WindowClosed(Exception):
    """The customer wrote too long ago for this author to answer."""


def tag_of(author: Author, age: timedelta | None) -> str | None:
    """Give the tag that a message to Messenger or Instagram carries, None for none.

    `age` is how long ago the customer wrote; without it nothing is tagged. Raises
    `WindowClosed`: automated messages have a day, a person's have a week.
    """
    if age is None or age < SERVICE_WINDOW:
        return None
    if author is Author.PERSON and age <= PERSON_WINDOW:
        return HUMAN_AGENT
    raise WindowClosed
