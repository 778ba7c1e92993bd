"""The most that each chat channel takes of a message, with where that is written and since when.

`LIMITS` has a channel for every one that speaks `marketing.chat.ChatContent`, `PRIVATE_REPLIES`
those where a public comment may be answered privately.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from marketing.model import ChannelName
from marketing.whatsapp import INTERACTIVE_TEXT, MOST_ROW_LABEL, MOST_ROWS


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one channel takes in a message."""

    text: int
    quick_replies: int
    """Buttons that only answer."""
    buttons: int
    """Buttons of which one opens a page, and those of a card."""
    label: int
    cards: int
    source: str
    as_of: date
    rows: int = 0
    """Answers that a list shows where they are too many for buttons; 0: there are no lists."""
    row_label: int = 0
    asked: int = 0
    """Letters of a text with answers below it, where that is less than `text`."""
    is_bytes: bool = False
    """Whether `text` counts UTF-8 bytes, not letters."""

    def size(self, text: str) -> int:
        """Measure a text as the channel does, for comparing it with `text`."""
        return len(text.encode()) if self.is_bytes else len(text)

    def room_for(self, answers: int) -> tuple[int, int]:
        """Give how many answers are shown at the most, and how long each, where there are so many.

        Few are buttons; more of them are a list, where the channel has lists.
        """
        if answers > self.quick_replies and self.rows:
            return self.rows, self.row_label
        return self.quick_replies, self.label


_CHECKED = date(2026, 11, 22)
_META = "https://developers.facebook.com/docs"
LIMITS: Mapping[ChannelName, Limits] = MappingProxyType(
    {
        ChannelName.MESSENGER: Limits(
            text=2000,
            quick_replies=13,
            buttons=3,
            label=20,
            cards=10,
            source=f"{_META}/messenger-platform/reference/send-api",
            as_of=_CHECKED,
        ),
        ChannelName.INSTAGRAM: Limits(
            text=1000,
            is_bytes=True,
            quick_replies=13,
            buttons=3,
            label=20,
            cards=10,
            source=f"{_META}/instagram-platform/instagram-api-with-instagram-login/messaging-api",
            as_of=_CHECKED,
        ),
        ChannelName.WHATSAPP: Limits(
            text=4096,
            quick_replies=3,
            buttons=1,
            label=20,
            cards=0,
            rows=MOST_ROWS,
            row_label=MOST_ROW_LABEL,
            asked=INTERACTIVE_TEXT,
            source=f"{_META}/whatsapp/cloud-api/messages",
            as_of=_CHECKED,
        ),
        ChannelName.WEBCHAT: Limits(
            text=4000,
            quick_replies=13,
            buttons=13,
            label=40,
            cards=10,
            source="our own script: what fits a phone's width without scrolling sideways",
            as_of=date(2026, 11, 27),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class PrivateReplies:
    """How a channel lets a public comment be answered privately: once, and not for long.

    More may be written once the person has answered: a comment itself opens no window.
    """

    within: timedelta
    """How long after the comment was written."""
    source: str
    as_of: date


_PRIVATE_REPLIES_READ = date(2026, 11, 27)
PRIVATE_REPLIES: Mapping[ChannelName, PrivateReplies] = MappingProxyType(
    {
        ChannelName.MESSENGER: PrivateReplies(
            within=timedelta(days=7),
            source=f"{_META}/messenger-platform/discovery/private-replies",
            as_of=_PRIVATE_REPLIES_READ,
        ),
        ChannelName.INSTAGRAM: PrivateReplies(
            within=timedelta(days=7),
            source=f"{_META}/instagram-platform/private-replies",
            as_of=_PRIVATE_REPLIES_READ,
        ),
    }
)
