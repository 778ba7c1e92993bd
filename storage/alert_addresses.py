"""Where a store's team is told of waiting customers, sealed in its settings: who has it can write.

The document of the settings is read in many places; in it stands only what APP_KEYS open. What
an earlier version kept in the clear is read as it is, and sealed by the next word or rotation.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, update

from marketing.conversation_settings import KEY
from storage.schema import stores
from storage.secrets import Secrets, key_id

FIELDS = ("slack_url", "webhook_url")
CLEAR = ("https://", "http://")


def sealed(secrets: Secrets, store_id: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is kept of the settings of conversations."""
    return _changed(told, lambda field, url: secrets.encrypt(store_id, field, url))


def opened(secrets: Secrets, store_id: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give a store's settings with the addresses in the clear: to be shown to nobody else."""
    told = settings.get(KEY)
    if not isinstance(told, Mapping):
        return dict(settings)

    def read(field: str, kept: str) -> str:
        return kept if kept.startswith(CLEAR) else secrets.decrypt(store_id, field, kept)

    return {**settings, KEY: _changed(told, read)}


def rotate(connection: Connection, secrets: Secrets) -> set[str]:
    """Seal all of them under the newest key; give the stores whose were not."""
    changed = set()
    for store_id, settings in connection.execute(select(stores.c.id, stores.c.settings)).all():
        told = settings.get(KEY) or {}
        after = _changed(told, partial(_anew, secrets, store_id))
        if after != told:
            values = {"settings": {**settings, KEY: after}}
            connection.execute(update(stores).where(stores.c.id == store_id).values(**values))
            changed.add(store_id)
    return changed


def key_ids(connection: Connection) -> set[str]:
    """Name the keys under which some of them are sealed."""
    told = [row[0].get(KEY) or {} for row in connection.execute(select(stores.c.settings))]
    kept = [one[field] for one in told for field in FIELDS if one.get(field)]
    return {key_id(one) for one in kept if not one.startswith(CLEAR)}


def _anew(secrets: Secrets, store_id: str, field: str, kept: str) -> str:
    again = secrets.encrypt if kept.startswith(CLEAR) else secrets.rotate
    return again(store_id, field, kept)


def _changed(told: Mapping[str, Any], change: Callable[[str, str], str]) -> dict[str, Any]:
    kept = {field: change(field, told[field]) for field in FIELDS if told.get(field)}
    return {**told, **kept}
