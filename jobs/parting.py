"""Parting from a store, asked for there or in the panel: what we put into it is taken out.

Its tokens are dropped in the very transaction that reads the news; the one call that is left to
make carries its own copy, encrypted, which is gone with the call.
"""

import contextlib
import logging
from datetime import datetime, timedelta
from typing import Final

from connectors.base import Credentials, StoreError
from jobs import access, privacy
from jobs.runtime import Runtime
from storage import Connection, credentials, outbox, stores
from storage.outbox import Call
from storage.stores import Store

KEPT: Final = timedelta(hours=48)
"""How long the data of a store that left stays: nothing is lost by a removal in error."""
log = logging.getLogger(__name__)

KIND: Final = "part"
FIELD: Final = "parting_token"


def ask(connection: Connection, runtime: Runtime, store: Store) -> None:
    """Have our hooks taken out of a store that removed the app, before its tokens are dropped.

    A platform that tells everything by itself also cleans up by itself, and asks us to erase.
    """
    real_now = runtime.database.real_now(connection)
    if runtime.connectors[store.platform].since("order", real_now) is not None:
        _take_out_later(connection, runtime, store, real_now)
        privacy.erase_later(connection, store, real_now + KEPT, runtime.database.now(connection))


def disconnect(runtime: Runtime, store: Store) -> bool:
    """Part from a store as its merchant asks in the panel; False when that is old news.

    Everything stops at once. What is ours in the store is taken out after the answer.
    """
    with contextlib.suppress(StoreError):  # a token about to end would be of no use later
        access.fresh(runtime, store.id)
    done = runtime.database.write(lambda connection: _disconnect(runtime, connection, store))
    runtime.queues.wake("outbox", [store.id])
    runtime.queues.wake_clock()
    return done


def _disconnect(runtime: Runtime, connection: Connection, store: Store) -> bool:
    now, real_now = runtime.database.moments(connection)
    ask(connection, runtime, store)
    _take_out_later(connection, runtime, store, real_now)
    return privacy.uninstalled(connection, store, max(now, real_now), now)


def _take_out_later(
    connection: Connection, runtime: Runtime, store: Store, real_now: datetime
) -> None:
    tokens = credentials.load(connection, runtime.secrets, store.id)
    if tokens is None:
        return
    sealed = runtime.secrets.encrypt(store.id, FIELD, tokens.access_token)
    outbox.add(connection, store.id, KIND, KIND, {"token": sealed}, real_now)


def part(runtime: Runtime, call: Call) -> bool:
    """Take our hooks out of the store; the key itself stays the merchant's to revoke.

    Not of a store that came back meanwhile. A store that can't be asked keeps its hooks: what
    they bring is answered, and ignored.
    """
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
    if store is not None and not store.is_installed:
        token = runtime.secrets.decrypt(store.id, FIELD, call.payload["token"])
        access = Credentials(store.domain, token)
        connector = runtime.connectors[store.platform]
        try:
            connector.part(access, store.public_key, runtime.settings.app_url)
        except StoreError as error:
            log.warning("%s keeps our hooks: %s", store.domain, error)
    runtime.database.write(lambda c: outbox.drop_of_store(c, call.store_id, [KIND]))
    return False
