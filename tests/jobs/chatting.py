"""Customers on a chat channel, as the tests let them write, and a provider that takes all."""

from collections.abc import Iterable, Iterator
from typing import Any

from channels.base import InboundMessage, Receipt, SendFailed
from jobs import conversing
from marketing.model import ChannelName, RenderedMessage
from storage import schema
from tests.jobs.stage import Stage

ADA, INSTAGRAM = "igsid-ada", ChannelName.INSTAGRAM
WAKING = {"quiet_hours": {"instagram": None, "sms": None, "email": None}}


class Chats:
    """A provider of chat messages that takes whatever it is given."""

    provider = "chats"

    def __init__(self, name: ChannelName = INSTAGRAM) -> None:
        self.name = name
        self.taken: list[RenderedMessage] = []
        self.refuses: SendFailed | None = None

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        for message in messages:
            if self.refuses:
                yield message.message_id, self.refuses
                continue
            self.taken.append(message)
            yield message.message_id, Receipt(f"chat-{len(self.taken)}", "taken")


def connected(stage: Stage, name: ChannelName = INSTAGRAM) -> Chats:
    """Give both stores a chat channel, and no quiet hours."""
    channel = Chats(name)
    stage.runtime.channels[name] = channel  # type: ignore[index,assignment]
    for store_id in (stage.store_id, stage.stranger_id):
        settings = {**WAKING, "platform_mails": {"abandoned_checkout": False}}
        stage.change(schema.stores, store_id, settings=settings)
    return channel


def wrote(
    stage: Stage,
    text: str,
    sender: str = ADA,
    *,
    mid: str | None = None,
    channel: ChannelName = INSTAGRAM,
    **more: Any,
) -> str:
    """Let somebody write to the store; give whose it turned out to be."""
    mid = mid or f"mid-{len(stage.rows(schema.inbound_messages))}"
    message = InboundMessage(mid, sender, text, **more)
    stage.database.write(
        lambda c: conversing.hear(stage.runtime, c, stage.store, channel, [message])
    )
    stage.work()
    [row] = stage.rows(schema.identities, store_id=stage.store_id, address=sender)
    return str(row.customer_id)
