"""Calling a store's API with its tokens: renewed ahead of their end by one job at a time.

The call that renews is outside any transaction; its write goes through only with the fence of
the lease it was made under (`storage.credentials`).
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from connectors.base import Credentials, Installation, StoreConnector, TokenRefused
from jobs.runtime import Runtime
from storage import Connection, credentials, stores
from storage.credentials import RefreshLease, Tokens
from storage.schema import new_id

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
EARLY = timedelta(minutes=5)
LEASE_SECONDS = 60.0
WAIT_SECONDS = 10.0
"""How long to wait for another's renewal."""


def calling(
    runtime: Runtime, store_id: str, call: Callable[[StoreConnector, Credentials], Answer]
) -> Answer:
    """Make one call to a store's API; a token that is not taken is renewed once.

    Raises `TokenRefused` when only the merchant can give access again, and what the call raises.
    """
    store, tokens = _usable(runtime, store_id)
    connector = runtime.connectors[store.platform]
    try:
        return call(connector, Credentials(store.domain, tokens.access_token))
    except TokenRefused:
        fresh = _renewed(runtime, store, tokens)
    try:
        return call(connector, Credentials(store.domain, fresh.access_token))
    except TokenRefused:
        runtime.database.write(lambda c: stores.needs_reauth(c, store.id))
        raise


def fresh(runtime: Runtime, store_id: str) -> None:
    """See that the store's token lasts a while; raises `TokenRefused` if it can't be renewed."""
    _usable(runtime, store_id)


def _usable(runtime: Runtime, store_id: str) -> tuple[stores.Store, Tokens]:
    store, tokens, real_now = _load(runtime, store_id)
    if tokens.is_stale(real_now, EARLY):
        tokens = _renewed(runtime, store, tokens)
    return store, tokens


def _load(runtime: Runtime, store_id: str) -> tuple[stores.Store, Tokens, datetime]:
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, store_id)
        tokens = credentials.load(connection, runtime.secrets, store_id)
        real_now = runtime.database.real_now(connection)
    if store is None or tokens is None:
        raise TokenRefused("the app is not in the store")
    return store, tokens, real_now


def _renewed(runtime: Runtime, store: stores.Store, old: Tokens) -> Tokens:
    """Give newer tokens than `old`: renewed by us, or by whoever is doing it just now."""
    give_up = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < give_up:
        _, tokens, _ = _load(runtime, store.id)
        if tokens.access_token != old.access_token:
            return tokens
        lease = runtime.database.write(lambda c: _lease(runtime, c, store.id))
        if lease is not None:
            return _renew(runtime, store, lease)
        time.sleep(0.1)
    raise TokenRefused("the store's token could not be renewed in time")


def _lease(runtime: Runtime, connection: Connection, store_id: str) -> RefreshLease | None:
    return credentials.lease_refresh(
        connection,
        runtime.secrets,
        store_id,
        owner=new_id(),
        real_now=runtime.database.real_now(connection),
        seconds=LEASE_SECONDS,
    )


def _renew(runtime: Runtime, store: stores.Store, lease: RefreshLease) -> Tokens:
    with runtime.database.reading() as connection:
        real_now = runtime.database.real_now(connection)
    try:
        granted = _ask(runtime, store, lease.tokens.refresh_token, real_now)
    except TokenRefused:
        log.warning("%s gives no tokens any more: its merchant has to open the app", store.domain)
        runtime.database.write(lambda c: _give_up(c, store.id, lease, real_now))
        raise
    except Exception:
        runtime.database.write(lambda c: credentials.release_refresh(c, lease))
        raise
    tokens = _tokens(granted)
    runtime.database.write(lambda c: credentials.store_refreshed(c, runtime.secrets, lease, tokens))
    return tokens


def _ask(
    runtime: Runtime, store: stores.Store, refresh_token: str | None, real_now: datetime
) -> Installation:
    if refresh_token is None:
        raise TokenRefused("there is no token to renew by")
    connector = runtime.connectors[store.platform]
    return connector.refresh(store.domain, refresh_token, now=real_now)


def _give_up(
    connection: Connection, store_id: str, lease: RefreshLease, real_now: datetime
) -> None:
    if credentials.release_refresh(connection, lease, refused_at=real_now):
        stores.needs_reauth(connection, store_id)


def _tokens(granted: Installation) -> Tokens:
    return Tokens(
        access_token=granted.access_token,
        access_expires_at=granted.access_expires_at,
        refresh_token=granted.refresh_token,
        refresh_expires_at=granted.refresh_expires_at,
    )
