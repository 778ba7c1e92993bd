"""The call that lets Meta's own inbox lead a conversation, or us again.

What is wanted is asked once more before it: late, it does nothing that is not wanted any more; and
made twice it changes nothing.
"""

from datetime import datetime

from channels.base import Led, Outcome, SendFailed
from connectors.base import StoreRefused, StoreThrottled, StoreUnavailable
from jobs import channel_accounts, leading
from jobs.runtime import Runtime
from marketing.leading import Leader
from marketing.model import ChannelName
from storage import Connection, conversations, leaders, outbox, replies, stores
from storage import channel_accounts as accounts
from storage.channel_accounts import ChannelAccount
from storage.outbox import Call

AFTER_A_REPLY = 2.0
"""Seconds until it is seen whether what is said first is out."""
WANTED = {Leader.INBOX: conversations.HUMAN, Leader.US: conversations.AUTOMATED}
"""Whose hands a conversation is in that is to be led so."""


def call(runtime: Runtime, made: Call) -> bool:
    """Pass or take one conversation, if that is still wanted; raises `StoreError`."""
    begun_at, account = runtime.database.write(lambda c: _wanted(runtime, c, made))
    if account is None:
        return False
    channel = channel_accounts.opened(runtime, account)
    if not isinstance(channel, Led):
        raise TypeError(f"on {account.channel} nobody leads a conversation")
    leader, address = Leader(made.payload["leader"]), made.payload["address"]
    try:
        if leader is Leader.US:
            channel.take_thread(address)
        else:
            channel.pass_thread(address)
    except SendFailed as failure:
        return _failed(runtime, made, account, failure)
    runtime.database.write(lambda c: _succeeded(runtime, c, made, leader, begun_at))
    return False


def _wanted(
    runtime: Runtime, connection: Connection, made: Call
) -> tuple[datetime, ChannelAccount | None]:
    """Give when that was, and the account to call by; None: nobody wants it any more.

    What is about to be said there goes first: it tells them who will write.
    """
    told, real_now = made.payload, runtime.database.real_now(connection)
    held = conversations.of(connection, made.store_id, told["customer_id"])
    if held.state != WANTED[Leader(told["leader"])]:
        return real_now, None
    if replies.is_going(connection, made.store_id, told["channel"], told["address"]):
        raise StoreThrottled(AFTER_A_REPLY)
    return real_now, accounts.get(connection, made.store_id, ChannelName(told["channel"]))


def _succeeded(
    runtime: Runtime, connection: Connection, made: Call, leader: Leader, begun_at: datetime
) -> None:
    store = stores.by_id(connection, made.store_id)
    account = accounts.get(connection, made.store_id, ChannelName(made.payload["channel"]))
    if store is not None and account is not None and outbox.is_ours(connection, made):
        address = made.payload["address"]
        leading.note(runtime, connection, store, account, address, (leader, begun_at))


def _failed(runtime: Runtime, made: Call, account: ChannelAccount, failure: SendFailed) -> bool:
    """Try again where that may help; one that Meta does not give back is the merchant's news."""
    if failure.outcome is not Outcome.REJECTED:
        raise StoreUnavailable(failure.reason) from failure
    address, is_taking = made.payload["address"], made.payload["leader"] == Leader.US

    def note(connection: Connection) -> bool:
        store = stores.by_id(connection, account.store_id)
        if store is None:
            return False
        if not is_taking:
            if failure.is_led:
                leading.refused(runtime, connection, store, account.channel, [address])
            return False
        elsewhere = leaders.one(connection, store.id, account.channel, address)
        if elsewhere is Leader.US or failure.suppress:
            return False  # it was ours all along, or they are gone, which is no account's trouble
        real_now = runtime.database.real_now(connection)
        accounts.troubled(connection, store.id, account.channel, failure.reason, real_now)
        return True

    if runtime.database.write(note):
        raise StoreRefused(failure.reason) from failure
    return False
