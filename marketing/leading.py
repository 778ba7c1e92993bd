"""Who has a customer's conversation on Messenger or Instagram: we, Meta's own inbox, another app.

Several apps of a store may be connected there, and one of them at a time leads each conversation:
what the others send is refused, and what the customer writes they only listen to.
https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
(2025-09-24) and .../instagram-messaging/features/conversation-routing/apis (2026-07-02).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketing.reasons import Reason


class Leader(StrEnum):
    """Who leads a conversation."""

    US = "us"
    """We do, or nobody: flows may write."""
    INBOX = "inbox"
    """Meta's own inbox: people of the store write there."""
    APP = "app"
    """Another app, or nobody told which."""


PAGE_INBOX: Final = "263902037430900"
INSTAGRAM_INBOX: Final = "1217981644879628"
"""The apps by which people write in Meta's own inboxes (documents as above)."""
INBOXES: Final = frozenset({PAGE_INBOX, INSTAGRAM_INBOX})
WHY: Final[Mapping[Leader, Reason]] = MappingProxyType(
    {Leader.INBOX: Reason.LED_BY_INBOX, Leader.APP: Reason.LED_BY_ANOTHER}
)
"""Why nothing of ours goes there meanwhile."""
ANSWERS, OURS, METAS = "answers", "ours", "meta"
"""What the merchant says of an account: where people answer, here or in Meta's own inbox."""


def leader_of(app: str | None, own_app: str) -> Leader:
    """Say whose an app is by its id; None and "": nobody's."""
    if not app or app == own_app:
        return Leader.US
    return Leader.INBOX if app in INBOXES else Leader.APP
