"""Instagram messages, by the store's own professional account and Meta app.

https://developers.facebook.com/docs/instagram-platform. Two ways lead there: Instagram Login
(`graph.instagram.com`, no proof of the secret), and the page that is linked to the account
(`graph.facebook.com`): `MetaApp.url` and `MetaApp.is_proved` say which.
"""

from channels.base import FreshToken
from channels.meta_inbox import MetaInbox
from marketing.leading import INSTAGRAM_INBOX
from marketing.model import ChannelName


class InstagramChannel(MetaInbox):
    """A `channels.base.Channel`; safe to share between threads."""

    name = ChannelName.INSTAGRAM
    about = "instagram"
    asks = "name,username"
    inbox_app = INSTAGRAM_INBOX
    fields = (
        "messages,messaging_postbacks,messaging_seen,message_reactions,messaging_referral,"
        "messaging_handover,comments,standby"
    )

    def renew(self) -> FreshToken:
        """Ask for a token that is good for 60 more days; ours is to be a day old, and not over.

        https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token, as
        of 2026-11-27. Only a token of Instagram Login is renewed so; a page's has no end.
        """
        return self._graph.renewed()
