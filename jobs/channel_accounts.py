"""The channels of a store: the house's, and those of the store's own accounts with providers.

An account is opened once a process and kept as long as it stays the same.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import channels
from channels.base import Channel, Introduced, Outcome, SendFailed
from channels.webchat import WebchatChannel
from jobs.runtime import Runtime
from marketing import chat_document
from marketing.chat import ChatContent
from marketing.model import ChannelName, Reason, RenderedMessage
from storage import (
    Connection,
    StorageError,
    channel_accounts,
    channel_tokens,
    outbox,
    pauses,
    replies,
    suppressions,
    trials,
    upkeep,
    webchat,
)
from storage.channel_accounts import ChannelAccount
from storage.database import Database
from storage.stores import Store
from storage.webchat import Line

CALLBACKS = "/callbacks"
SYNC_TEMPLATES = "sync_templates"
"""The outbox's word for asking a provider about the store's templates."""
FORGOTTEN = "There is no such account here."
LAY_OUT_AGAIN = 10.0
"""Seconds."""
MOST_OPEN = 500
"""Accounts that a process keeps open; the one longest there makes room."""
AN_HOUR = timedelta(hours=1)
OLD_ENOUGH = timedelta(hours=25)
"""A token that ends is renewed at this age first: only the new one comes with its end."""
MOST_AN_HOUR = 20
TRIED = "This is a test message of {store}. Reply STOP to end."
GRACE = 600.0
"""Seconds in which whoever still sends by an account that changed comes to an end."""
_open: dict[tuple[str, str, ChannelName], tuple[int, Channel]] = {}
_leaving: list[tuple[float, Channel]] = []
"""Until when channels that others may still hold are kept open."""
_lock = threading.Lock()


class NotConnected(Exception):
    """The store has no account for this channel."""


class TooManyTries(Exception):
    """The store has sent as many tests in the last hour as it may."""


def channels_of(
    runtime: Runtime, connection: Connection, store_id: str
) -> Mapping[ChannelName, Channel]:
    """Give every channel that this store can send by."""
    own = {
        account.channel: opened(runtime, account)
        for account in channel_accounts.of_store(connection, store_id)
    }
    return {**runtime.channels, **own}


def opened(runtime: Runtime, account: ChannelAccount) -> Channel:
    """Give the channel of an account."""
    key = (runtime.settings.database_url, account.store_id, account.channel)
    with _lock:
        kept = _open.get(key)
        if kept and kept[0] == account.revision:
            return kept[1]
        channel = channels.open_account(
            _told(runtime, account), runtime.providers, partial(_lay_out, runtime.database)
        )
        _keep(key, account.revision, channel)
    return channel


def test_chat(runtime: Runtime, store_id: str) -> Channel:
    """Give the chat that tests of the team are answered by: it needs no account."""
    return WebchatChannel(store_id, partial(_lay_out, runtime.database))


def behind(runtime: Runtime, channel: str, key: str) -> ChannelAccount | None:
    """Give the account whose door this is; None for a key that is nobody's."""
    with runtime.database.reading() as connection:
        return channel_accounts.by_key(connection, channel, key)


def callback_url(runtime: Runtime, account: ChannelAccount) -> str:
    """Give the address by which the provider tells us things."""
    return f"{runtime.settings.app_url}{CALLBACKS}/{account.channel}/{account.callback_key}"


def connect(
    runtime: Runtime,
    store: Store,
    channel: ChannelName,
    told: tuple[str, Mapping[str, str], Mapping[str, str]],
) -> ChannelAccount:
    """Keep a store's account (provider, what may be shown, what may not).

    What waited for credentials that work goes out.
    """

    def keep(connection: Connection) -> ChannelAccount:
        now, real_now = runtime.database.moments(connection)
        pauses.resume(connection, store.id, channel)
        upkeep.unhold(connection, store.id, Reason.CHANNEL_PAUSED, now, channel=channel)
        replies.resume(connection, store.id, channel, real_now)
        if channel is ChannelName.WHATSAPP:
            outbox.add(connection, store.id, SYNC_TEMPLATES, channel.value, {}, real_now)
        before = channel_accounts.get(connection, store.id, channel, is_locked=True)
        kept = channel_accounts.connect(
            connection, runtime.secrets, store.id, channel, told, real_now
        )
        if before is None or before.public != kept.public:
            # Numbers that stopped another sender did not stop this one.
            suppressions.let_through(connection, store.id, channel)
        _watch_token(runtime, connection, before, kept, now)
        return kept

    account = runtime.database.write(keep)
    for verb in ("deliver", "reply", "outbox"):
        runtime.queues.wake(verb, [store.id])
    return account


def _watch_token(
    runtime: Runtime,
    connection: Connection,
    before: ChannelAccount | None,
    kept: ChannelAccount,
    now: datetime,
) -> None:
    """Have a token renewed that runs out; of one that was there before the end is known."""
    whose = (connection, kept.store_id, kept.channel)
    if not channels.has_own_login(kept.channel, kept.public):
        channel_tokens.watch(*whose, None)
        return
    token = kept.secret(runtime.secrets)[channel_tokens.NAME]
    watched = before if before and before.renew_at else None
    if watched is None or watched.secret(runtime.secrets).get(channel_tokens.NAME) != token:
        channel_tokens.watch(*whose, now + OLD_ENOUGH)


def try_out(
    runtime: Runtime,
    store: Store,
    channel: ChannelName,
    to: str,
    chat: ChatContent | None = None,
) -> tuple[bool, str]:
    """Write one message to an address of the merchant's; give whether it went, and the answer.

    Without a `chat` it says that it is a test. Raises `NotConnected` and `TooManyTries`. It is no
    part of the ledger.
    """
    words = TRIED.format(store=store.name)
    account, trial_id = _begin_trial(runtime, store, channel, to, words)
    message = RenderedMessage(trial_id, channel, to, None, "", store.name, "", "", words, chat=chat)
    return _tried(
        runtime, account, trial_id, lambda: opened(runtime, account).send(message).response
    )


def introduce(runtime: Runtime, store: Store, channel: ChannelName) -> tuple[bool, str]:
    """Ask the provider who the account is; give whether it knows it, and its name or why not.

    It counts as a test: raises `NotConnected` and `TooManyTries`.
    """
    account, trial_id = _begin_trial(runtime, store, channel, channel.value, "")
    asked = opened(runtime, account)
    if not isinstance(asked, Introduced):
        raise TypeError(f"{channel} of {account.provider} is tried out by a message")
    return _tried(runtime, account, trial_id, asked.introduce)


def _begin_trial(
    runtime: Runtime, store: Store, channel: ChannelName, to: str, words: str
) -> tuple[ChannelAccount, str]:
    def keep(connection: Connection) -> tuple[ChannelAccount, str]:
        account = channel_accounts.get(connection, store.id, channel)
        if account is None:
            raise NotConnected
        real_now = runtime.database.real_now(connection)
        if trials.count_since(connection, store.id, real_now - AN_HOUR) >= MOST_AN_HOUR:
            raise TooManyTries
        told = {"subject": "", "html": "", "text": words}
        return account, trials.put(connection, store.id, to, told, real_now)

    return runtime.database.write(keep)


def _tried(
    runtime: Runtime, account: ChannelAccount, trial_id: str, attempt: Callable[[], str]
) -> tuple[bool, str]:
    try:
        answer = attempt()
    except SendFailed as failure:
        _note_trial(runtime, account, trial_id, trials.FAILED, failure.reason)
        return False, failure.reason
    _note_trial(runtime, account, trial_id, trials.SENT, answer)
    return True, answer


def _note_trial(
    runtime: Runtime, account: ChannelAccount, trial_id: str, state: str, words: str
) -> None:
    trouble = words if state == trials.FAILED else None

    def note(connection: Connection) -> None:
        real_now = runtime.database.real_now(connection)
        trials.settle(connection, account.store_id, trial_id, state, words, real_now)
        channel_accounts.troubled(connection, account.store_id, account.channel, trouble, real_now)

    runtime.database.write(note)


def _told(runtime: Runtime, account: ChannelAccount) -> channels.Account:
    return channels.Account(
        account.channel,
        account.provider,
        account.public,
        account.secret(runtime.secrets),
        callback_url(runtime, account),
        account.store_id,
    )


def _lay_out(database: Database, store_id: str, message: RenderedMessage) -> int | None:
    """Put a message where its visitor fetches it; give its number, None: no such visitor.

    It is put there once under its own id, so what the database did not take may be tried again.
    """
    content = message.chat or ChatContent(message.text)
    said = {"text": content.text, **(chat_document.dump(content) or {})}
    line = Line(message.message_id, content.author.value, said)
    try:
        return database.write(lambda c: webchat.put(c, store_id, message.to, line, database.now(c)))
    except StorageError as error:
        words = "the database did not answer"
        raise SendFailed(words, outcome=Outcome.RETRY, retry_after=LAY_OUT_AGAIN) from error


def _keep(key: tuple[str, str, ChannelName], revision: int, channel: Channel) -> None:
    before = _open.pop(key, None)
    _open[key] = (revision, channel)
    if before is None and len(_open) > MOST_OPEN:
        before = _open.pop(next(iter(_open)))
    now = time.monotonic()
    if before:
        _leaving.append((now + GRACE, before[1]))
    while _leaving and _leaving[0][0] <= now:
        _leaving.pop(0)[1].close()
