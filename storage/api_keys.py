"""API keys: what opens the public door for a store's other programs, kept as hashes.

A key is a name and 256 random bits. A slow hash is for secrets that people choose: nobody can
guess through 256 bits, and each request would pay for it. SHA-256 of the secret, bound to the
key's id, is as good here and costs nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, insert, or_, select, update

from storage.schema import api_keys, new_id

BEGINS: Final = "rp_live"
USED_WITHIN: Final = timedelta(hours=1)
"""A use is noted this often at the most: a busy key is no reason to write all the time."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as the merchant sees it."""

    store_id: str
    id: str
    name: str
    prefix: str
    hash: str = field(repr=False)
    scopes: frozenset[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def create(
    connection: Connection, store_id: str, name: str, scopes: Iterable[str], real_now: datetime
) -> tuple[ApiKey, str]:
    """Keep a new key; gives it, and what its owner has to write down: it is told this once."""
    key_id, secret = new_id(), secrets.token_urlsafe(32)
    named = f"{BEGINS}_{UUID(key_id).hex}"
    row: dict[str, Any] = {
        "store_id": store_id, "id": key_id, "name": name, "prefix": _prefix(key_id),
        "hash": _hash(key_id, secret), "scopes": sorted(set(scopes)), "created_at": real_now,
    }  # fmt: skip
    connection.execute(insert(api_keys).values(**row))
    kept = {**row, "scopes": frozenset(scopes), "last_used_at": None, "revoked_at": None}
    return ApiKey(**kept), f"{named}_{secret}"


def of_store(connection: Connection, store_id: str) -> list[ApiKey]:
    """Give the store's keys that still open the door, the newest first."""
    query = select(api_keys).where(api_keys.c.store_id == store_id, api_keys.c.revoked_at.is_(None))
    return [_key(row) for row in connection.execute(query.order_by(api_keys.c.id.desc()))]


def revoke(connection: Connection, store_id: str, key_id: str, real_now: datetime) -> bool:
    """Let a key open nothing any more; False if the store has no such key in use."""
    revoked = (
        update(api_keys)
        .where(
            api_keys.c.store_id == store_id,
            api_keys.c.id == key_id,
            api_keys.c.revoked_at.is_(None),
        )
        .values(revoked_at=real_now)
    )
    return connection.execute(revoked).rowcount == 1


def find(connection: Connection, shown: str) -> ApiKey | None:
    """Give the key that somebody shows, whatever store it is of; None if it opens nothing."""
    named = _read(shown)
    if named is None:
        return None
    key_id, secret = named
    query = select(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    found = [_key(row) for row in connection.execute(query)]
    told = _hash(key_id, secret)
    return next((one for one in found if hmac.compare_digest(one.hash, told)), None)


def note_use(connection: Connection, key: ApiKey, real_now: datetime) -> None:
    """Keep that the key was used at about this time."""
    c = api_keys.c
    stale = or_(c.last_used_at.is_(None), c.last_used_at <= real_now - USED_WITHIN)
    connection.execute(
        update(api_keys)
        .where(c.store_id == key.store_id, c.id == key.id, stale)
        .values(last_used_at=real_now)
    )


def _read(shown: str) -> tuple[str, str] | None:
    """Take a key apart: `rp_live_<id>_<secret>`, whose secret may hold `_` itself."""
    begins, _, rest = shown[:200].partition(f"{BEGINS}_")
    name, _, secret = rest.partition("_")
    try:
        return (str(UUID(hex=name)), secret) if not begins and len(name) == 32 else None
    except ValueError:
        return None


def _prefix(key_id: str) -> str:
    """Show the end of the id: the ids of one hour all begin alike."""
    return f"{BEGINS}_…{UUID(key_id).hex[-6:]}"


def _hash(key_id: str, secret: str) -> str:
    return hashlib.sha256(f"{key_id}:{secret}".encode("utf-8", "replace")).hexdigest()


def _key(row: Row[*tuple[object, ...]]) -> ApiKey:
    told = row._asdict()
    return ApiKey(**{**told, "scopes": frozenset(told["scopes"])})
