"""Addresses that are not to be written to; kept as hashes, so that they outlive an erasure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, false, func, not_, select, update

from marketing.consent import SuppressionScope
from storage.among import among, among_given
from storage.dialect import upsert
from storage.schema import suppressions

HARD_BOUNCE, UNSUBSCRIBED, COMPLAINED = "hard_bounce", "unsubscribed", "complained"
CARRIER_STOP = "carrier_stop"


def of(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str]
) -> dict[str, SuppressionScope]:
    """Give which of these address hashes are suppressed, and how far."""
    wanted = sorted(set(hashes))
    if not wanted:
        return {}
    told = {"store": store_id, "channel": channel, "hashes": wanted}
    return {row[0]: SuppressionScope(row[1]) for row in connection.execute(_OF, told)}


_OF = select(suppressions.c.address_hash, suppressions.c.scope).where(
    suppressions.c.store_id == bindparam("store"),
    suppressions.c.channel == bindparam("channel"),
    among_given(suppressions.c.address_hash, "hashes"),
)


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
    """Suppress addresses; `all` is never weakened, nor is a customer's own word by a carrier's."""
    known = of(connection, store_id, channel, hashes)
    stays = {SuppressionScope.ALL, scope}
    if scope is SuppressionScope.CARRIER:
        stays.add(SuppressionScope.MARKETING)
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
        if known.get(one) not in stays
    ]
    upsert(connection, suppressions, rows)


def left_anew(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str], at: datetime
) -> None:
    """Move on the moment at which the owners of addresses left; never back."""
    s = suppressions.c
    mine = (s.store_id == store_id, s.channel == channel, among(s.address_hash, hashes))
    earlier = (s.reason == UNSUBSCRIBED, s.created_at < at)
    connection.execute(update(suppressions).where(*mine, *earlier).values(created_at=at))


def left_by(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str], source: str
) -> None:
    """Note by what the owners of addresses left, however else they had left before."""
    s = suppressions.c
    mine = (s.store_id == store_id, s.channel == channel, among(s.address_hash, hashes))
    said = update(suppressions).where(*mine, s.reason == UNSUBSCRIBED)
    connection.execute(said.values(source=source))


def left_at(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str]
) -> datetime | None:
    """Give when the owners of addresses last left by a word of theirs; None: they did not."""
    s = suppressions.c
    mine = (s.store_id == store_id, s.channel == channel, among(s.address_hash, hashes))
    latest = select(func.max(s.created_at, type_=s.created_at.type))
    words = (s.reason == UNSUBSCRIBED,)
    found: datetime | None = connection.execute(latest.where(*mine, *words)).scalar_one()
    return found


def lift(
    connection: Connection,
    store_id: str,
    channel: str,
    hashes: Iterable[str],
    *,
    but: str | None = None,
) -> bool:
    """Let addresses be written to again: their owners subscribed anew. False: nothing held them.

    `but`: by whom it stays.
    """
    s = suppressions.c
    stays = s.source == but if but else false()
    lifted = connection.execute(
        suppressions.delete().where(
            s.store_id == store_id,
            s.channel == channel,
            among(s.address_hash, hashes),
            s.scope == SuppressionScope.MARKETING.value,
            not_(stays),
        )
    )
    return lifted.rowcount > 0


def let_through(
    connection: Connection, store_id: str, channel: str, hashes: Iterable[str] | None = None
) -> None:
    """Forget which numbers a provider lets nothing through to; all of them without `hashes`."""
    s = suppressions.c
    mine = [s.store_id == store_id, s.channel == channel]
    mine += [] if hashes is None else [among(s.address_hash, hashes)]
    by_carrier = s.scope == SuppressionScope.CARRIER.value
    connection.execute(suppressions.delete().where(*mine, by_carrier))


def counts(connection: Connection, store_id: str) -> dict[str, int]:
    """Give how many addresses are suppressed, by reason."""
    s = suppressions.c
    query = select(s.reason, func.count()).where(s.store_id == store_id).group_by(s.reason)
    return {row[0]: row[1] for row in connection.execute(query)}
