"""The most that each chat channel takes of a message, with where that is written and since when.

`LIMITS` has a channel for every one that speaks `marketing.chat.ChatContent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from marketing.model import ChannelName


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
    is_bytes: bool = False
    """Whether `text` counts UTF-8 bytes, not letters."""


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
            source=f"{_META}/whatsapp/cloud-api/messages",
            as_of=_CHECKED,
        ),
    }
)
