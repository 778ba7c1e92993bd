"""Addresses that are not to be written to; kept as hashes, so that they outlive an erasure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from marketing.consent import SuppressionScope
from storage.among import among
from storage.dialect import upsert
from storage.schema import suppressions

HARD_BOUNCE, UNSUBSCRIBED, COMPLAINED = "hard_bounce", "unsubscribed", "complained"


def of(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str]
) -> dict[str, SuppressionScope]:
    """Give which of these address hashes are suppressed, and how far."""
    s = suppressions.c
    query = select(s.address_hash, s.scope).where(
        s.store_id == store_id, s.channel == channel, among(s.address_hash, hashes)
    )
    return {row.address_hash: SuppressionScope(row.scope) for row in connection.execute(query)}


def add(  # noqa: PLR0913  one row's columns
    connection: Connection,
    store_id: str,
    channel: str,
    hashes: Sequence[str],
    *,
    scope: SuppressionScope,
    reason: str,
    source: str,
    now: datetime,
) -> None:
    """Suppress addresses; `all` is never weakened to `marketing`."""
    known = of(connection, store_id, channel, hashes)
    rows = [
        {
            "store_id": store_id,
            "channel": channel,
            "address_hash": one,
            "scope": scope.value,
            "reason": reason,
            "source": source,
            "created_at": now,
        }
        for one in sorted(set(hashes))
        if known.get(one) not in {SuppressionScope.ALL, scope}
    ]
    upsert(connection, suppressions, rows)


def lift(connection: Connection, store_id: str, channel: str, hashes: Iterable[str]) -> None:
    """Let addresses be written to again: their owners subscribed anew."""
    s = suppressions.c
    connection.execute(
        suppressions.delete().where(
            s.store_id == store_id,
            s.channel == channel,
            among(s.address_hash, hashes),
            s.scope == SuppressionScope.MARKETING.value,
        )
    )
