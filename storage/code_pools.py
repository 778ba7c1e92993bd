"""Pools: codes made ahead for one way of taking off and one day of expiry, each taken once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from storage.among import among
from storage.bulk import insert_rows, update_rows
from storage.dialect import claim as claim_rows
from storage.schema import code_pools, codes, new_id, pool_codes

OPEN, CLOSED, FAILED = "open", "closed", "failed"
ASKED, READY, TAKEN, REFUSED = "asked", "ready", "taken", "refused"
FREED = {"lease_owner": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool in our hands: whoever lost the fence may not write what came of it."""

    id: str
    terms: Mapping[str, Any]
    terms_key: str
    starts_at: datetime
    ends_at: datetime
    size: int
    first_code: str
    external_id: str | None
    import_id: str | None
    attempts: int
    fence: int


@dataclass(frozen=True, slots=True)
class NewPool:
    """A pool to be made; its first code's text is chosen before the platform is asked."""

    terms: Mapping[str, Any]
    terms_key: str
    starts_at: datetime
    ends_at: datetime
    size: int
    first_code: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A pool's code and whose it is now."""

    code_id: str
    pool_id: str
    code: str
    external_id: str
    ends_at: datetime


COLUMNS = [code_pools.c[name] for name in Pool.__slots__]


def ensure(connection: Connection, store_id: str, new: Iterable[NewPool], now: datetime) -> int:
    """Put pools in, to be filled at once; one that is there stays as it is. Give how many."""
    rows = [
        {
            "store_id": store_id,
            "id": new_id(),
            "terms": dict(one.terms),
            "terms_key": one.terms_key,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "state": OPEN,
            "size": one.size,
            "first_code": one.first_code,
            "due_at": now,
        }
        for one in new
    ]
    return insert_rows(connection, code_pools, rows, new_only=True)


def known(connection: Connection, store_id: str, since: datetime) -> set[tuple[str, datetime]]:
    """Give the (terms key, end) of the store's pools that end after a moment."""
    p = code_pools.c
    query = select(p.terms_key, p.ends_at).where(p.store_id == store_id, p.ends_at > since)
    return {(row.terms_key, row.ends_at) for row in connection.execute(query)}


def take(
    connection: Connection,
    store_id: str,
    terms_key: str,
    ends_at: datetime,
    code_ids: Sequence[str],
    now: datetime,
) -> list[Taken]:
    """Take a code from one pool for each of these, as far as it has some: each once, for ever."""
    pool = connection.execute(
        select(code_pools.c.id, code_pools.c.external_id).where(
            code_pools.c.store_id == store_id,
            code_pools.c.terms_key == terms_key,
            code_pools.c.ends_at == ends_at,
            code_pools.c.starts_at <= now,
            code_pools.c.state != CLOSED,
            code_pools.c.external_id.is_not(None),
        )
    ).one_or_none()
    if pool is None:
        return []
    c = pool_codes.c
    free = (
        select(c.store_id, c.code)
        .where(c.store_id == store_id, c.pool_id == pool.id, c.state == READY)
        .limit(len(code_ids))
    )
    texts = claim_rows(connection, pool_codes, free, {"state": TAKEN}, [c.code])
    taken = [
        Taken(code_id, pool.id, row.code, pool.external_id, ends_at)
        for code_id, row in zip(code_ids, texts, strict=False)
    ]
    rows = [{"store_id": store_id, "code": one.code, "code_id": one.code_id} for one in taken]
    update_rows(connection, pool_codes, rows, match=("store_id", "code"))
    return taken


def ends_of(connection: Connection, store_id: str, pool_ids: Iterable[str]) -> dict[str, datetime]:
    """Give when these pools' codes run out, by pool id."""
    p = code_pools.c
    query = select(p.id, p.ends_at).where(p.store_id == store_id, among(p.id, pool_ids))
    return {row.id: row.ends_at for row in connection.execute(query)}


def keep(connection: Connection, store_id: str, code_ids: Iterable[str]) -> None:
    """Leave claimed codes with what they have from their pool, and its end."""
    p, c = code_pools.c, codes.c
    its_end = select(p.ends_at).where(p.store_id == c.store_id, p.id == c.pool_id)
    connection.execute(
        update(codes)
        .where(c.store_id == store_id, among(c.id, code_ids))
        .values(state="created", ends_at=its_end.scalar_subquery(), **FREED)
    )


def wake_if_low(
    connection: Connection, store_id: str, terms_key: str, ends_at: datetime, now: datetime
) -> int | None:
    """Have a pool filled up that has few left; give how many, None if it has enough."""
    p = code_pools.c
    mine = (p.store_id == store_id, p.terms_key == terms_key, p.ends_at == ends_at)
    pool = connection.execute(select(p.id, p.size).where(*mine)).one()
    left = counts(connection, store_id, [pool.id]).get(pool.id, {}).get(READY, 0)
    if left > low_water(pool.size):
        return None
    connection.execute(update(code_pools).where(*mine, p.state == OPEN).values(due_at=now))
    return left


def low_water(size: int) -> int:
    """Give the number of ready codes at which a pool is filled up."""
    return size // 2


def counts(
    connection: Connection, store_id: str, pool_ids: Iterable[str]
) -> dict[str, dict[str, int]]:
    """Count the codes of pools by state."""
    c = pool_codes.c
    rows = connection.execute(
        select(c.pool_id, c.state, func.count())
        .where(c.store_id == store_id, among(c.pool_id, pool_ids))
        .group_by(c.pool_id, c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for pool_id, state, count in rows:
        found.setdefault(pool_id, {})[state] = count
    return found


def low(connection: Connection, store_id: str, now: datetime) -> int:
    """Count the pools in use that will soon be empty, or could not be made: an alarm."""
    p = code_pools.c
    is_begun = or_(p.external_id.is_not(None), p.error.is_not(None))
    query = select(p.id, p.size, p.state).where(
        p.store_id == store_id, p.ends_at > now, p.state.in_([OPEN, FAILED]), is_begun
    )
    pools = list(connection.execute(query))
    states = counts(connection, store_id, [row.id for row in pools])
    return sum(
        row.state == FAILED or states.get(row.id, {}).get(READY, 0) <= row.size // 4
        for row in pools
    )


# --- filling ----------------------------------------------------------------------------------


def claim(
    connection: Connection,
    store_id: str,
    *,
    now: datetime,
    real_now: datetime,
    owner: str,
    lease_until: datetime,
) -> Pool | None:
    """Take one pool that is to be looked after; also from whoever died over it."""
    p = code_pools.c
    chosen = (
        select(p.store_id, p.id)
        .where(
            p.store_id == store_id,
            p.due_at <= now,
            or_(p.retry_at.is_(None), p.retry_at <= real_now),
            or_(p.lease_until.is_(None), p.lease_until < real_now),
        )
        .order_by(p.due_at)
        .limit(1)
    )
    values = {
        "lease_owner": owner,
        "lease_until": lease_until,
        "fence": p.fence + 1,
        "attempts": p.attempts + 1,
    }
    for row in claim_rows(connection, code_pools, chosen, values, COLUMNS):
        return Pool(**row._asdict())
    return None


def write(connection: Connection, store_id: str, pool: Pool, **values: Any) -> bool:
    """Note how far it came; False when the pool is no longer ours."""
    p = code_pools.c
    written = connection.execute(
        update(code_pools)
        .where(p.store_id == store_id, p.id == pool.id, p.fence == pool.fence)
        .values(**values)
    )
    return written.rowcount == 1


def leave(
    connection: Connection,
    store_id: str,
    pool: Pool,
    due_at: datetime | None,
    **values: Any,
) -> bool:
    """Put a pool back until a moment in business time, None for good."""
    return write(connection, store_id, pool, due_at=due_at, attempts=0, **FREED, **values)


def add_codes(connection: Connection, store_id: str, pool_id: str, texts: Sequence[str]) -> None:
    """Note codes that the platform is about to be asked for."""
    rows = [
        {"store_id": store_id, "code": text, "pool_id": pool_id, "state": ASKED} for text in texts
    ]
    insert_rows(connection, pool_codes, rows, new_only=True)


def asked(connection: Connection, store_id: str, pool_id: str, limit: int) -> list[str]:
    """Give codes that the platform was or is to be asked for, and has not confirmed."""
    c = pool_codes.c
    query = select(c.code).where(c.store_id == store_id, c.pool_id == pool_id, c.state == ASKED)
    return list(connection.execute(query.order_by(c.code).limit(limit)).scalars())


def confirm(
    connection: Connection, store_id: str, *, ready: Sequence[str], refused: Sequence[str]
) -> None:
    """Note which codes the platform has, and which belong to somebody else."""
    for state, texts in ((READY, ready), (REFUSED, refused)):
        rows = [{"store_id": store_id, "code": text, "state": state} for text in texts]
        still_asked = [pool_codes.c.state == ASKED]
        update_rows(connection, pool_codes, rows, match=("store_id", "code"), only=still_asked)


def forget_unused(connection: Connection, store_id: str, pool_id: str) -> None:
    """Drop the codes of a pool that ran out which nobody got."""
    c = pool_codes.c
    connection.execute(
        delete(pool_codes).where(c.store_id == store_id, c.pool_id == pool_id, c.state != TAKEN)
    )
