"""Receive: what providers told of messages, and what customers wrote back, out of the callbacks.

A callback is verified and kept at the door; here it becomes states of messages, and
conversations. Everything may come late, twice and in any order.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from channels.base import (
    AccountTrouble,
    Callback,
    Erased,
    InboundMessage,
    OptChange,
    TemplateNews,
)
from jobs import (
    alerts,
    channel_accounts,
    conversing,
    leading,
    reports_of_providers,
    whatsapp_templates,
)
from jobs.named_reports import TooEarly, named, with_own_echoes
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.model import ChannelName
from storage import Connection, Row, callbacks, pauses, stores
from storage import channel_accounts as accounts
from storage.channel_accounts import ChannelAccount
from storage.stores import Store
from storage.text import clean_json

log = logging.getLogger(__name__)

BATCH = 100
AWHILE = timedelta(minutes=1)
PAUSE = timedelta(hours=1)
KEEP = timedelta(days=30)
"""How long we know again what a provider told: none repeats itself later. Real time."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Read what providers told of these stores, in turns; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: receive_batch(runtime, store_id))


def receive_batch(runtime: Runtime, store_id: str) -> bool:
    """Read one batch; True when there may be more."""
    count = runtime.database.write(lambda c: _receive(runtime, c, store_id))
    if count:
        runtime.queues.wake("outbox", [store_id])
        runtime.queues.wake_clock()
    return count == BATCH


def _receive(runtime: Runtime, connection: Connection, store_id: str) -> int:
    real_now = runtime.database.real_now(connection)
    rows = callbacks.pending(connection, store_id, BATCH, real_now)
    store = stores.by_id(connection, store_id) if rows else None
    if store is None:
        return 0
    callbacks.prune(connection, store_id, real_now - KEEP)
    for row in rows:
        try:
            with connection.begin_nested():
                failures = _read(runtime, connection, store, row)
            if failures:
                callbacks.failed(connection, row, _words(failures[0]), real_now)
            else:
                callbacks.read(connection, store_id, [row.id], real_now)
        except TooEarly as error:
            callbacks.failed(connection, row, str(error), real_now)
        except Exception as error:
            log.exception("a callback of %s can't be read", row.channel)
            callbacks.failed(connection, row, _words(error), real_now)
    return len(rows)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _read(runtime: Runtime, connection: Connection, store: Store, row: Row[Any]) -> list[Exception]:
    """Take in one callback; give what could not be, to be told again with it."""
    account = accounts.get(connection, store.id, ChannelName(row.channel))
    if account is None:
        return []  # disconnected meanwhile
    channel = channel_accounts.opened(runtime, account)
    found = channel.parse(Callback(row.url, clean_json(row.body)))
    if not store.is_installed:
        conversing.heed_wishes(runtime, connection, store, account.channel, found)
        return []
    real_now = runtime.database.real_now(connection)
    told = with_own_echoes(connection, store, account.channel, found, real_now)
    updates = named(connection, store, account.channel, told)
    wrote = [one for one in told if isinstance(one, InboundMessage)]
    reports_of_providers.take(runtime, connection, store, account, updates)
    # Who leads is known before what is written is read, and once more of those who are new by it.
    leading.hear(runtime, connection, store, account, told)
    failures = conversing.hear(runtime, connection, store, account.channel, wrote)
    leading.hear(runtime, connection, store, account, wrote)
    erased = [one for one in told if isinstance(one, Erased)]
    conversing.forget(runtime, connection, store, account.channel, erased)
    conversing.heed(
        runtime,
        connection,
        store,
        account.channel,
        [one for one in told if isinstance(one, OptChange)],
    )
    for one in told:
        if isinstance(one, TemplateNews):
            whatsapp_templates.hear(runtime, connection, store.id, one)
        elif isinstance(one, AccountTrouble):
            _of_account(runtime, connection, store, account.channel, one)
    return failures


def _of_account(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: AccountTrouble,
) -> None:
    """Tell the team of it; what every message would fail by stops them for a while.

    A provider takes such messages and reports on them later, so the next try is not so soon as
    where it refuses them at once.
    """
    real_now = runtime.database.real_now(connection)
    accounts.troubled(connection, store.id, channel, told.words, real_now)
    alerts.ring_of_channel(connection, runtime, store, channel, told.words)
    if told.pauses:
        times = {"since": real_now, "until": real_now + PAUSE}
        pauses.pause(connection, store.id, channel.value, reason=told.words, **times)


def turned_away(runtime: Runtime, account: ChannelAccount) -> None:
    """Keep that a knock was not signed with the account's secret; whoever knocks may be anybody.

    It is written once in a while only, so that a flood of them costs reads.
    """
    with runtime.database.reading() as connection:
        real_now = runtime.database.real_now(connection)
    if account.refused_at and real_now - account.refused_at < AWHILE:
        return
    told = (account.store_id, account.channel, real_now)
    runtime.database.write(lambda connection: accounts.turned_away(connection, *told))


def kept(runtime: Runtime, account: ChannelAccount, callback: Callback) -> None:
    """Keep a verified callback, durable when this returns, and wake who reads it."""

    def keep(connection: Connection) -> None:
        real_now = runtime.database.real_now(connection)
        told = (callback.url, callback.body)
        callbacks.keep(connection, account.store_id, account.channel, told, real_now)
        accounts.heard(connection, account.store_id, account.channel, real_now)

    runtime.database.write(keep)
    runtime.queues.wake("receive", [account.store_id])
