"""Stores that belong to the same people: linked by a code that one shows and the other enters."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, or_, select

from marketing.model import StoreStatus
from storage import stores
from storage.dialect import upsert
from storage.schema import link_codes, store_links
from storage.stores import Store

CODE_LIFE: Final = timedelta(minutes=15)
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike."""
LENGTH: Final = 16
"""80 bits: nobody guesses one in its quarter of an hour."""


def new_code(connection: Connection, store_id: str, real_now: datetime) -> tuple[str, datetime]:
    """Make the code that links this store to another, and give its end; an older one is void."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    until = real_now + CODE_LIFE
    row = {"store_id": store_id, "code_hash": _hash(code), "expires_at": until}
    upsert(connection, link_codes, [row])
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4)), until


def redeem(connection: Connection, store_id: str, code: str, real_now: datetime) -> Store | None:
    """Link this store to the one whose code this is; None for a wrong, old, used or own code."""
    c = link_codes.c
    found = connection.execute(
        delete(link_codes)
        .where(c.code_hash == _hash(code), c.expires_at > real_now, c.store_id != store_id)
        .returning(c.store_id)
    ).scalar_one_or_none()
    if found is None:
        return None
    pairs = ((store_id, found), (found, store_id))
    rows = [{"store_id": one, "other_id": other, "linked_at": real_now} for one, other in pairs]
    upsert(connection, store_links, rows)
    return stores.by_id(connection, found)


def of_store(connection: Connection, store_id: str) -> list[Store]:
    """Give the stores that this one is linked to and that still have us, by name."""
    query = select(store_links.c.other_id).where(store_links.c.store_id == store_id)
    found = [stores.by_id(connection, other) for other in connection.execute(query).scalars()]
    here = (one for one in found if one and one.status is not StoreStatus.UNINSTALLED)
    return sorted(here, key=lambda one: (one.name or one.domain).lower())


def linked(connection: Connection, store_id: str, other_id: str) -> Store | None:
    """Give the other store if the two are linked."""
    return next((one for one in of_store(connection, store_id) if one.id == other_id), None)


def unlink(connection: Connection, store_id: str, other_id: str) -> bool:
    """Take a link away on both sides; False if there is none."""
    c = store_links.c
    mine = (c.store_id == store_id) & (c.other_id == other_id)
    theirs = (c.store_id == other_id) & (c.other_id == store_id)
    return bool(connection.execute(delete(store_links).where(or_(mine, theirs))).rowcount)


def _hash(code: str) -> str:
    plain = code.upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
