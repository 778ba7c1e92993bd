"""What the channels are called where a sentence names them."""

from collections.abc import Mapping

from marketing.model import ChannelName
from marketing.said import say

NAMES: Mapping[ChannelName, str] = {
    ChannelName.SMS: "SMS",
    ChannelName.WHATSAPP: "WhatsApp",
    ChannelName.MESSENGER: "Messenger",
    ChannelName.INSTAGRAM: "Instagram",
    ChannelName.WEBCHAT: say("Website chat"),
}
