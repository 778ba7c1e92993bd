"""Instagram messages, by the store's own professional account and Meta app.

https://developers.facebook.com/docs/instagram-platform. Two ways lead there: Instagram Login
(`graph.instagram.com`, which asks for no proof of the secret), and the page that is linked to the
account (`graph.facebook.com`): `MetaApp.url` and `MetaApp.is_proved` say which.
"""

from channels.base import FreshToken
from channels.meta import listed
from channels.meta_inbox import MetaInbox
from marketing.leading import INSTAGRAM_INBOX
from marketing.model import ChannelName

THE_PAGE = "me"
"""Whose the token of a linked page is."""


class InstagramChannel(MetaInbox):
    """A `channels.base.Channel`; safe to share between threads."""

    name = ChannelName.INSTAGRAM
    about = "instagram"
    asks = "name,username"
    inbox_app = INSTAGRAM_INBOX
    fields = (
        "messages,message_edit,messaging_postbacks,messaging_seen,message_reactions,"
        "messaging_referral,messaging_handover,comments,standby"
    )
    """One that Meta does not know would refuse all of them; these are of those that it names in
    its refusal, as of 2026: `message_edit` among them, though its guide knows none."""

    def introduce(self) -> str:
        """Ask Meta who we are, and that it tells us what happens there; raises `SendFailed`."""
        if self._is_by_page:
            self._be_on_the_page()
        return super().introduce()

    def renew(self) -> FreshToken:
        """Ask for a token that is good for 60 more days; ours is to be a day old, and not over.

        https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token, as
        of 2026-11-27. Only a token of Instagram Login is renewed so; a page's has no end.
        """
        return self._graph.renewed()

    @property
    def door(self) -> str:
        """Give where messages are handed over: the page's, where its token sends them.

        https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message,
        2026-06-24.
        """
        return THE_PAGE if self._is_by_page else super().door

    @property
    def _is_by_page(self) -> bool:
        return self.settings.app.is_proved

    def _be_on_the_page(self) -> None:
        """Have the page tell this app something: else Meta tells nothing of its account either.

        Any field will do, and a list replaces the one before: Messenger's is left as it is.
        https://developers.facebook.com/docs/graph-api/webhooks/getting-started/
        webhooks-for-instagram, read 2026-11-27.
        """
        told = self._graph.get(f"{THE_PAGE}/subscribed_apps", {})
        on_it = {str(one.get("id")) for one in listed(told, "data")}
        if self.settings.app.app_id not in on_it:
            self._graph.post(f"{THE_PAGE}/subscribed_apps", {"subscribed_fields": "feed"})
