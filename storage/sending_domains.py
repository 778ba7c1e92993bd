"""The domain that a store's e-mail is from: its key, what DNS said of it, and whether it passed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from storage.dialect import upsert
from storage.schema import sending_domains
from storage.secrets import Secrets

KEY = "dkim_private_key"


@dataclass(frozen=True, slots=True)
class SendingDomain:
    """A store's own domain."""

    domain: str
    public_key: str
    records: Mapping[str, Any]
    checked_at: datetime | None
    verified_at: datetime | None


_COLUMNS = [sending_domains.c[name] for name in SendingDomain.__dataclass_fields__]


def get(connection: Connection, store_id: str) -> SendingDomain | None:
    """Give a store's domain."""
    query = select(*_COLUMNS).where(sending_domains.c.store_id == store_id)
    row = connection.execute(query).one_or_none()
    return SendingDomain(*row) if row else None


def verified(connection: Connection, secrets: Secrets, store_id: str) -> tuple[str, str] | None:
    """Give the domain that passed, and the key that signs for it."""
    d = sending_domains.c
    query = select(d.domain, d.private_key).where(
        d.store_id == store_id, d.verified_at.is_not(None)
    )
    row = connection.execute(query).one_or_none()
    return (row[0], secrets.decrypt(store_id, KEY, row[1])) if row else None


def choose(
    connection: Connection, secrets: Secrets, store_id: str, domain: str, key: tuple[str, str]
) -> None:
    """Take a domain with a new key (PEM, public half); what was there before is forgotten."""
    row: dict[str, Any] = {
        "store_id": store_id, "domain": domain, "public_key": key[1], "records": {},
        "private_key": secrets.encrypt(store_id, KEY, key[0]), "checked_at": None,
        "verified_at": None,
    }  # fmt: skip
    upsert(connection, sending_domains, [row])


def note(
    connection: Connection,
    store_id: str,
    domain: str,
    records: Mapping[str, Any],
    *,
    checked_at: datetime,
    passes: bool | None,
) -> None:
    """Keep what DNS said; `passes` is None when it said too little to change anything."""
    d = sending_domains.c
    values: dict[str, Any] = {"records": dict(records), "checked_at": checked_at}
    if passes is not None:
        values["verified_at"] = checked_at if passes else None
    mine = (d.store_id == store_id, d.domain == domain)
    connection.execute(update(sending_domains).where(*mine).values(**values))


def forget(connection: Connection, store_id: str) -> bool:
    """Go back to the shared sender."""
    gone = connection.execute(delete(sending_domains).where(sending_domains.c.store_id == store_id))
    return gone.rowcount == 1
