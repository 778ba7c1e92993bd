"""Channels of a store that are out of order: their credentials were refused. Real times."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from storage.schema import stores


def pause(
    connection: Connection,
    store_id: str,
    channel: str,
    *,
    reason: str,
    since: datetime,
    until: datetime,
) -> None:
    """Stop sending on a channel; it is tried again after `until`."""
    entry = {"reason": reason, "since": since.isoformat(), "until": until.isoformat()}
    paused = _paused(connection, store_id)
    entry["since"] = paused.get(channel, entry)["since"]
    _write(connection, store_id, {**paused, channel: entry})


def resume(connection: Connection, store_id: str, channel: str) -> None:
    """Let a channel send again."""
    paused = _paused(connection, store_id)
    _write(connection, store_id, {k: v for k, v in paused.items() if k != channel})


def of_store(connection: Connection, store_id: str) -> dict[str, dict[str, Any]]:
    """Give the channels of a store that are paused: `{"reason", "since"}` of each."""
    query = select(stores.c.paused_channels).where(stores.c.id == store_id)
    paused = connection.execute(query).scalar_one_or_none() or {}
    return {
        channel: {"reason": one["reason"], "since": datetime.fromisoformat(one["since"])}
        for channel, one in paused.items()
    }


def over(connection: Connection, real_now: datetime) -> list[tuple[str, str]]:
    """Give the (store id, channel) pairs whose time to be tried again has come."""
    query = select(stores.c.id, stores.c.paused_channels).where(stores.c.is_paused)
    return [
        (store_id, channel)
        for store_id, paused in connection.execute(query)
        for channel, entry in paused.items()
        if datetime.fromisoformat(entry["until"]) <= real_now
    ]


def _paused(connection: Connection, store_id: str) -> dict[str, Any]:
    query = select(stores.c.paused_channels).where(stores.c.id == store_id).with_for_update()
    paused: dict[str, Any] | None = connection.execute(query).scalar_one_or_none()
    return paused or {}


def _write(connection: Connection, store_id: str, paused: dict[str, Any]) -> None:
    connection.execute(
        update(stores)
        .where(stores.c.id == store_id)
        .values(paused_channels=paused, is_paused=bool(paused))
    )
