"""The addresses that flows and alarms call: how often in a row each failed, since when it is off.

Known by their hash; in the clear stands the host alone, for an address may hold a key.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, select, update

from storage.among import among
from storage.dialect import upsert
from storage.schema import endpoints

FAILURES = 5
"""So many calls in a row that failed for good switch an address off."""


def off_since(connection: Connection, store_id: str, url: str) -> datetime | None:
    """Give since when an address is not called any more; None: it is."""
    mine = (endpoints.c.store_id == store_id, endpoints.c.url_hash == _hash(url))
    return connection.execute(select(endpoints.c.off_at).where(*mine)).scalar_one_or_none()


def failed(
    connection: Connection, store_id: str, url: str, real_now: datetime, *, is_gone: bool
) -> None:
    """Count a call that failed for good; too many in a row, or `is_gone`, switch it off."""
    mine = (endpoints.c.store_id == store_id, endpoints.c.url_hash == _hash(url))
    query = select(endpoints.c.failures, endpoints.c.off_at).where(*mine).with_for_update()
    known = connection.execute(query).one_or_none()
    failures = 1 + (known.failures if known else 0)
    is_off = is_gone or failures >= FAILURES
    off_at = (known.off_at if known else None) or (real_now if is_off else None)
    row = {"store_id": store_id, "url_hash": _hash(url), "url": host_of(url),
           "failures": failures, "off_at": off_at}  # fmt: skip
    upsert(connection, endpoints, [row])


def worked(connection: Connection, store_id: str, url: str) -> None:
    """Forget what failed before: the address answers."""
    mine = (endpoints.c.store_id == store_id, endpoints.c.url_hash == _hash(url))
    connection.execute(
        update(endpoints).where(*mine, endpoints.c.failures > 0).values(failures=0, off_at=None)
    )


def switch_on(connection: Connection, store_id: str, urls: Iterable[str]) -> None:
    """Call these again, whatever failed before."""
    hashes = [_hash(url) for url in urls]
    if hashes:
        mine = (endpoints.c.store_id == store_id, among(endpoints.c.url_hash, hashes))
        connection.execute(delete(endpoints).where(*mine))


def host_of(url: str) -> str:
    """Give what may be shown of an address: where it leads, without what opens the door there."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}"


def _hash(url: str) -> str:
    return sha256(url.encode()).hexdigest()
