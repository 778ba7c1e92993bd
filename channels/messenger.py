"""Messenger, by the store's own page and Meta app.

https://developers.facebook.com/docs/messenger-platform. Only whoever wrote to the page can be
written to, for 24 hours (`marketing.chat.tag_of`). Nothing has an idempotency key: what was not
answered is `unknown`, and the echo of it, which carries our id, says that it went out.
"""

from channels.meta_inbox import MetaInbox
from marketing.leading import PAGE_INBOX
from marketing.model import ChannelName


class MessengerChannel(MetaInbox):
    """A `channels.base.Channel`; safe to share between threads."""

    name = ChannelName.MESSENGER
    about = "page"
    asks = "first_name,last_name"
    inbox_app = PAGE_INBOX
    fields = (
        "messages,messaging_postbacks,message_deliveries,message_reads,message_echoes,"
        "message_reactions,message_edits,messaging_referrals,messaging_handovers,standby,feed"
    )
