"""The message step: what is said to a customer, by which channel, and how late it may be."""

from dataclasses import dataclass
from datetime import timedelta

from marketing.blocks.parts import Block
from marketing.chat_words import ChatWords
from marketing.model import ChannelName, MessageKind
from marketing.whatsapp_words import WhatsAppWords

DEADLINE = timedelta(days=1)
"""How late a message may be that sets no deadline: `marketing.gate` does not count the time that
the store's own cap and quiet hours take."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a message says: a subject, and either blocks or MJML with a text part; all Liquid."""

    subject: str = ""
    preview: str = ""
    mjml: str = ""
    text: str = ""
    """Beside blocks it may be empty: then it is what they say in plain words."""
    blocks: tuple[Block, ...] = ()
    sms: str = ""
    """As a text message; without it that is the text part, without its footer. It may be all."""
    chat: ChatWords | None = None
    """As a message in a chat; it may be all."""
    whatsapp: WhatsAppWords | None = None
    """What goes by WhatsApp while the customer's window is closed; it may be all."""


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Write to the customer; a message that is later than its deadline expires."""

    id: str
    channel: ChannelName
    template: Template
    name: str = ""
    kind: MessageKind = MessageKind.MARKETING
    deadline: timedelta | None = None
    """How long after its due time it still makes sense, whatever holds it up; None: `DEADLINE`
    from when the store's cap and quiet hours let it go, so that those put it off and never lose it.
    """
    channels: tuple[ChannelName, ...] = ()
    """Instead of the one channel: the first by which the customer can be reached when it is
    sent, as `marketing.reach` has it; those passed over are kept with why."""
    coupon: str | None = None
    """The id of the coupon step whose code it offers; it waits for that code to its deadline."""
    reward: str | None = None
    """The id of the reward step whose gift it tells of; without that gift it is not sent."""
