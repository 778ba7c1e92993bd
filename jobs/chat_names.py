"""Asks how somebody calls themselves who wrote on Messenger or Instagram: their webhooks tell ids.

One call a person and day at the most, and none once the name is known; who hides their name stays
without one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from channels.base import Named, Outcome, SendFailed
from connectors.base import StoreThrottled, StoreUnavailable
from jobs import channel_accounts
from jobs.runtime import Runtime
from marketing.model import ChannelName
from storage import Connection, chat_names, outbox
from storage import channel_accounts as accounts
from storage.outbox import Call
from storage.text import clean

KIND: Final = "learn_name"
CHANNELS: Final = frozenset({ChannelName.MESSENGER, ChannelName.INSTAGRAM})
A_DAY: Final = timedelta(days=1)
AGAIN: Final = frozenset({Outcome.RETRY, Outcome.UNKNOWN})


def ask(
    runtime: Runtime,
    connection: Connection,
    store_id: str,
    channel: ChannelName,
    addresses: Sequence[str],
) -> None:
    """Have the names learnt of those who wrote, but for whom it was asked today."""
    if channel not in CHANNELS:
        return
    real_now = runtime.database.real_now(connection)
    found = chat_names.nameless(connection, store_id, channel, addresses)
    for address, customer_id in found.items():
        key = f"{channel}:{address}"
        before = outbox.payload_of(connection, store_id, KIND, key)
        if before is None or real_now - datetime.fromisoformat(before["asked_at"]) > A_DAY:
            told = {"customer_id": customer_id, "channel": channel.value, "address": address}
            outbox.add(
                connection,
                store_id,
                KIND,
                key,
                {**told, "asked_at": real_now.isoformat()},
                real_now,
            )


def learn(runtime: Runtime, made: Call) -> bool:
    """Ask for one name and keep it; raises `StoreError` where asking again may help."""
    channel, address = ChannelName(made.payload["channel"]), str(made.payload["address"])
    with runtime.database.reading() as connection:
        account = accounts.get(connection, made.store_id, channel)
        is_wanted = chat_names.nameless(connection, made.store_id, channel, [address])
    if account is None or not is_wanted:
        return False
    opened = channel_accounts.opened(runtime, account)
    if not isinstance(opened, Named):
        raise TypeError(f"on {channel} nobody can be asked for a name")
    try:
        name = clean(opened.name_of(address))
    except SendFailed as failure:
        return _failed(failure)
    runtime.database.write(lambda c: chat_names.learn(c, made.store_id, channel, address, name))
    return False


def _failed(failure: SendFailed) -> bool:
    """Let a call rest that may work later; a name that is not told is no trouble of anybody's."""
    if failure.outcome in AGAIN and failure.retry_after:
        raise StoreThrottled(failure.retry_after) from failure
    if failure.outcome in AGAIN:
        raise StoreUnavailable(failure.reason) from failure
    return False
