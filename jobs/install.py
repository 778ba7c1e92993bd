"""Installing: a grant becomes a store with tokens, its recipes as drafts and a first import."""

from collections.abc import Callable
from datetime import timedelta

from connectors.base import Credentials, Installation
from jobs import activation, drafts, listening, sync
from jobs.runtime import Runtime
from marketing.model import Platform, StoreProfile, StoreStatus
from storage import credentials, stores
from storage.stores import Store

EARLY = timedelta(minutes=5)
"""A token that ends within this is as good as none (Shopify's own libraries say so)."""


def opened(
    runtime: Runtime, platform: Platform, domain: str, exchange: Callable[[], Installation]
) -> Store:
    """Give the store whose merchant opened the app; `exchange` gets tokens where we need some.

    Raises what `exchange` and the platform's API raise; nothing is half installed then.
    """
    store = _usable(runtime, platform, domain)
    return store or granted(runtime, platform, exchange())


def granted(runtime: Runtime, platform: Platform, installation: Installation) -> Store:
    """Keep a grant: asked the platform who it is first, then written in one transaction."""
    access = Credentials(installation.store_domain, installation.access_token)
    profile = runtime.connectors[platform].fetch_profile(access)
    store = _keep(runtime, platform, installation, profile)
    runtime.queues.wake("sync")
    runtime.queues.wake_clock()
    return store


def _usable(runtime: Runtime, platform: Platform, domain: str) -> Store | None:
    with runtime.database.reading() as connection:
        store = stores.by_domain(connection, platform, domain)
        if store is None or store.status is not StoreStatus.INSTALLED:
            return None
        tokens = credentials.load(connection, runtime.secrets, store.id)
        real_now = runtime.database.real_now(connection)
    return store if tokens and not tokens.is_stale(real_now, EARLY) else None


def _keep(
    runtime: Runtime, platform: Platform, installation: Installation, profile: StoreProfile
) -> Store:
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        store, fresh = stores.install(
            connection, platform, installation.store_domain, scopes=installation.scopes, now=now
        )
        stores.tell(connection, store.id, profile, now)
        credentials.keep(connection, runtime.secrets, store.id, _tokens(installation))
        activation.ask(connection, runtime, store.id)
        listening.ask(connection, runtime, store)
        if fresh:
            drafts.seed_recipes(connection, store.id, now)
            sync.begin(connection, store)
    return store


def _tokens(installation: Installation) -> credentials.Tokens:
    return credentials.Tokens(
        access_token=installation.access_token,
        access_expires_at=installation.access_expires_at,
        refresh_token=installation.refresh_token,
        refresh_expires_at=installation.refresh_expires_at,
    )
