"""Addresses that a provider asked to leave alone for a while; kept as hashes, in business time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from marketing.rests import RestKind, lasts
from storage.among import among
from storage.dialect import upsert
from storage.schema import address_rests


@dataclass(frozen=True, slots=True)
class Rests:
    """What is known of one address on one channel."""

    until: Mapping[RestKind, datetime]
    window_closed_at: datetime | None = None
    """When the provider last said that the customer wrote too long ago."""


NONE = Rests({})


def of(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str]
) -> dict[str, Rests]:
    """Give what is known of these addresses; of most it is nothing, and they are not in it."""
    wanted = sorted(set(hashes))
    if not wanted:
        return {}
    r = address_rests.c
    query = select(r.address_hash, r.kind, r.told_at, r.until).where(
        r.store_id == store_id, r.channel == channel, among(r.address_hash, wanted)
    )
    found: dict[str, dict[RestKind, tuple[datetime, datetime]]] = {}
    for one, kind, told_at, until in connection.execute(query):
        found.setdefault(one, {})[RestKind(kind)] = (told_at, until)
    return {one: _rests(told) for one, told in found.items()}


def _rests(told: Mapping[RestKind, tuple[datetime, datetime]]) -> Rests:
    closed = told.get(RestKind.WINDOW)
    return Rests({kind: times[1] for kind, times in told.items()}, closed[0] if closed else None)


def note(
    connection: Connection,
    store_id: str,
    channel: str,
    told: Iterable[tuple[str, RestKind]],
    now: datetime,
) -> None:
    """Keep that a provider refused these (address hash, kind): each time it lasts longer.

    What was forgotten long ago begins anew; told of within an hour it is one and the same.
    """
    for address_hash, kind in sorted(set(told)):
        before = _before(connection, store_id, channel, address_hash, kind)
        if before is not None and kind is not RestKind.WINDOW and now - before[1] < SAME:
            continue
        times = before[0] + 1 if before and now - before[1] < FORGOTTEN else 1
        row: dict[str, Any] = {
            "store_id": store_id, "channel": channel, "address_hash": address_hash,
            "kind": kind.value, "times": times, "told_at": now, "until": now + lasts(kind, times),
        }  # fmt: skip
        upsert(connection, address_rests, [row])


SAME = timedelta(hours=1)
FORGOTTEN = timedelta(days=60)


def clear(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str], *kinds: RestKind
) -> None:
    """Let addresses be written to again: a message has reached them."""
    r = address_rests.c
    mine = (
        r.store_id == store_id,
        r.channel == channel,
        among(r.address_hash, sorted(set(hashes))),
    )
    connection.execute(delete(address_rests).where(*mine, r.kind.in_([one.value for one in kinds])))


def _before(
    connection: Connection, store_id: str, channel: str, address_hash: str, kind: RestKind
) -> tuple[int, datetime] | None:
    r = address_rests.c
    query = select(r.times, r.told_at).where(
        r.store_id == store_id,
        r.channel == channel,
        r.address_hash == address_hash,
        r.kind == kind.value,
    )
    row = connection.execute(query).one_or_none()
    return (row[0], row[1]) if row else None
