"""Arms to customers: one folder or file a channel, all behind one protocol."""

from channels.base import Channel
from channels.email.smtp import SmtpChannel
from marketing.model import ChannelName


def build(*, smtp_url: str, demo: bool = False) -> dict[ChannelName, Channel]:
    """Build every channel, once a process; raises ValueError for an address that can't work."""
    return {ChannelName.EMAIL: SmtpChannel.from_url(smtp_url, demo=demo)}
