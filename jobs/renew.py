"""Renew: access tokens of channels that run out are exchanged for new ones in time.

What fails is told in the channel's card, and to the team once; it is tried again every day.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from channels.base import FreshToken, Renewed, SendFailed
from jobs import alerts
from jobs.channel_accounts import OLD_ENOUGH, opened
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.said import Said, in_language, say
from storage import Connection, channel_tokens, stores
from storage.channel_accounts import ChannelAccount
from storage.stores import Store

AHEAD: Final = timedelta(days=10)
"""Before its end a token is renewed: so many tries, a day each, when it fails."""
DAILY: Final = timedelta(days=1)


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Renew what is due in these stores; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: _renew_next(runtime, store_id))


def _renew_next(runtime: Runtime, store_id: str) -> bool:
    """Renew one token of a store's; False when none is due. One that left asks for nothing."""
    taken = runtime.database.write(lambda c: _take(runtime, c, store_id))
    if taken is None:
        return False
    store, account = taken
    if store.is_installed:
        _renew(runtime, store, account)
    return True


def _take(
    runtime: Runtime, connection: Connection, store_id: str
) -> tuple[Store, ChannelAccount] | None:
    now = runtime.database.now(connection)
    store = stores.by_id(connection, store_id)
    account = channel_tokens.take(connection, store_id, now, now + DAILY)
    return (store, account) if store and account else None


def _renew(runtime: Runtime, store: Store, account: ChannelAccount) -> None:
    channel = opened(runtime, account)
    if not isinstance(channel, Renewed):
        raise TypeError(f"the token of {account.channel} does not run out")
    try:
        fresh = channel.renew()
    except SendFailed as failure:
        why = failure.reason
        runtime.database.write(lambda c: _failed(runtime, c, store, account, why))
        runtime.queues.wake("outbox", [store.id])
    else:
        runtime.database.write(lambda c: _keep(runtime, c, account, fresh))


def _keep(
    runtime: Runtime, connection: Connection, account: ChannelAccount, fresh: FreshToken
) -> None:
    now = runtime.database.now(connection)
    ends_at = now + fresh.lasts
    renew_at = max(ends_at - AHEAD, now + OLD_ENOUGH)
    channel_tokens.renewed(connection, runtime.secrets, account, fresh.token, ends_at, renew_at)


def _failed(
    runtime: Runtime, connection: Connection, store: Store, account: ChannelAccount, why: str
) -> None:
    now, real_now = runtime.database.moments(connection)
    words = in_language(_words(account.token_ends_at, now, why), store.locale[:2])
    if channel_tokens.failed(connection, account, words, real_now):
        alerts.ring_of_channel(connection, runtime, store, account.channel, words)


def _words(ends_at: datetime | None, now: datetime, why: str) -> Said:
    if ends_at is None:
        return say(
            "The access token was not renewed ({why}). It is tried again every day. Should it stay "
            "so, make a new one in the app's dashboard and enter it here: it is good for 60 days.",
            why=why,
        )
    if ends_at <= now:
        return say(
            "The access token has run out ({why}). Make a new one in the app's dashboard and "
            "enter it here.",
            why=why,
        )
    return say(
        "The access token was not renewed ({why}). It is tried again every day. Should it stay "
        "so, make a new one in the app's dashboard and enter it here: it ends on {day}.",
        why=why,
        day=ends_at.date(),
    )
