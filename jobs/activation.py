"""Switching our pixel on in a store's pages: after an install, and when its scopes changed."""

from typing import Final

from jobs import access
from jobs.runtime import Runtime
from storage import Connection, outbox, stores
from storage.outbox import Call

KIND: Final = "activate_pixel"


def ask(connection: Connection, runtime: Runtime, store_id: str) -> None:
    """Have it done: by the outbox, for as often as it takes."""
    outbox.add(connection, store_id, KIND, KIND, {}, runtime.database.real_now(connection))


def activate(runtime: Runtime, call: Call) -> bool:
    """Switch it on, with the store's public key and our door; nothing in a store that is gone."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
    if store is not None and store.is_installed:
        endpoint, key = f"{runtime.settings.app_url}/pixel", store.public_key
        access.calling(
            runtime, store.id, lambda platform, token: platform.activate_pixel(token, key, endpoint)
        )
    return False
