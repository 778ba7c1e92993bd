"""Who is to lead a conversation on the platform: Meta's own inbox while a person has it, else we.

One row of the outbox a conversation: the latest wish replaces the one before (`thread_control`).
"""

from typing import Final

from jobs.runtime import Runtime
from marketing.leading import ANSWERS, METAS, Leader
from marketing.model import ChannelName
from storage import Connection, channel_accounts, leaders, outbox
from storage.stores import Store

KIND: Final = "thread_control"
CHANNELS: Final = (ChannelName.MESSENGER, ChannelName.INSTAGRAM)
Where = tuple[str, str]
"""A conversation: the channel, and the customer's address there."""


def hand_over(connection: Connection, runtime: Runtime, store: Store, customer_id: str) -> None:
    """Have Meta's inbox lead a customer's conversations where the merchant answers there."""
    for channel, address, _ in leaders.of_customer(connection, store.id, customer_id, CHANNELS):
        if _is_answered_at_metas(connection, store, channel):
            order(connection, runtime, store, customer_id, (channel, address), Leader.INBOX)


def give_back(connection: Connection, runtime: Runtime, store: Store, customer_id: str) -> None:
    """Have us lead again what Meta's inbox has, or is about to have."""
    known = leaders.of_customer(connection, store.id, customer_id, CHANNELS)
    for channel, address, leader in known:
        may_be_there = _is_answered_at_metas(connection, store, channel)
        if leader is Leader.INBOX or may_be_there:
            order(connection, runtime, store, customer_id, (channel, address), Leader.US)


def order(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    where: Where,
    leader: Leader,
) -> None:
    """Ask for the call, instead of the one before about this conversation."""
    channel, address = where
    told = {"customer_id": customer_id, "channel": channel, "address": address}
    real_now = runtime.database.real_now(connection)
    key = f"{channel}:{address}"
    outbox.add(connection, store.id, KIND, key, {**told, "leader": leader.value}, real_now)


def _is_answered_at_metas(connection: Connection, store: Store, channel: str) -> bool:
    account = channel_accounts.get(connection, store.id, ChannelName(channel))
    return account is not None and account.public.get(ANSWERS) == METAS
