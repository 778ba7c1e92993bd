"""Parting from a store whose merchant removed the app there: what we put into it is taken out.

Its tokens are dropped in the very transaction that reads the news; the one call that is left to
make carries its own copy, encrypted, which is gone with the call.
"""

import logging
from typing import Final

from connectors.base import Credentials, StoreError
from jobs.runtime import Runtime
from storage import Connection, credentials, outbox, stores
from storage.outbox import Call
from storage.stores import Store

log = logging.getLogger(__name__)

KIND: Final = "part"
FIELD: Final = "parting_token"


def ask(connection: Connection, runtime: Runtime, store: Store) -> None:
    """Have our hooks taken out of a store, before its tokens are dropped."""
    real_now = runtime.database.real_now(connection)
    tokens = credentials.load(connection, runtime.secrets, store.id)
    if tokens is None or runtime.connectors[store.platform].since("order", real_now) is None:
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
