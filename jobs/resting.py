"""Addresses that rest: what providers said of them, kept as it is told."""

from collections.abc import Iterable, Sequence

from channels.base import StatusUpdate
from jobs.runtime import Runtime
from marketing.model import ChannelName, MessageStatus
from marketing.rests import RestKind
from storage import Connection, rests
from storage.stores import Store

REACHED = frozenset({MessageStatus.DELIVERED, MessageStatus.OPENED})


def note(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: str,
    told: Iterable[tuple[str, RestKind]],
) -> None:
    """Keep why these (address, kind) are to be left alone; business time says how long."""
    hashed = [(runtime.secrets.address_hash(channel, to), kind) for to, kind in told]
    if hashed:
        rests.note(connection, store.id, channel, hashed, runtime.database.now(connection))


def hear(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    updates: Sequence[StatusUpdate],
) -> None:
    """Keep what reports say of addresses; whoever is reached is no longer unreachable."""
    told = [(one.recipient, one.rests) for one in updates if one.recipient and one.rests]
    note(runtime, connection, store, channel.value, told)
    reached = [
        runtime.secrets.address_hash(channel.value, one.recipient)
        for one in updates
        if one.recipient and one.status in REACHED
    ]
    if reached:
        rests.clear(connection, store.id, channel.value, reached, RestKind.UNREACHABLE)
