"""Opening the public door: keys made, shown once, checked at every request, revoked."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from jobs.pixel_limits import Buckets
from jobs.runtime import Runtime
from storage import Connection, api_keys, stores
from storage.api_keys import ApiKey
from storage.stores import Store

LONGEST_NAME = 80


class Scope(StrEnum):
    """What a key may do."""

    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    FLOWS_READ = "flows:read"
    FLOWS_WRITE = "flows:write"
    SEGMENTS_READ = "segments:read"
    SEGMENTS_WRITE = "segments:write"
    EVENTS_WRITE = "events:write"


@dataclass(frozen=True, slots=True)
class Caller:
    """The program at the door: whose it is, and the key it showed."""

    store: Store
    key: ApiKey


def make(
    runtime: Runtime, store_id: str, name: str, scopes: Collection[Scope]
) -> tuple[ApiKey, str]:
    """Make a key and give it with its words: they are told this once and kept nowhere."""

    def keep(connection: Connection) -> tuple[ApiKey, str]:
        real_now = runtime.database.real_now(connection)
        return api_keys.create(connection, store_id, name, [str(one) for one in scopes], real_now)

    return runtime.database.write(keep)


def revoke(runtime: Runtime, store_id: str, key_id: str) -> bool:
    """Let a key open nothing from now on; False if the store has no such key in use."""

    def end(connection: Connection) -> bool:
        real_now = runtime.database.real_now(connection)
        return api_keys.revoke(connection, store_id, key_id, real_now)

    return runtime.database.write(end)


def caller_of(runtime: Runtime, shown: str) -> Caller | None:
    """Say who shows these words; None when they open nothing, or the store removed the app."""
    with runtime.database.reading() as connection:
        key = api_keys.find(connection, shown)
        store = stores.by_id(connection, key.store_id) if key else None
        real_now = runtime.database.real_now(connection)
    if key is None or store is None or not store.is_installed:
        return None
    if key.last_used_at is None or real_now - key.last_used_at > api_keys.USED_WITHIN:
        runtime.database.write(lambda c: api_keys.note_use(c, key, real_now))
    return Caller(store, key)


def pace() -> Buckets:
    """Give the bound on how fast each key may knock: twenty a second, a hundred at once."""
    return Buckets(rate=20, burst=100)
