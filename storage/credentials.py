"""A store's tokens, encrypted, and the lease under which one job at a time renews them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, or_, select, update

from storage import alert_addresses, channel_accounts, schema, sending_domains
from storage.database import Database
from storage.dialect import upsert
from storage.schema import credentials
from storage.secrets import BadKeys, Secrets, key_id

ACCESS = "access_token"
REFRESH = "refresh_token"
SEALED: Mapping[Table, Mapping[str, str]] = {
    credentials: {ACCESS: ACCESS, REFRESH: REFRESH},
    schema.sending_domains: {"private_key": sending_domains.KEY},
    schema.channel_accounts: {"secret": channel_accounts.FIELD},
}
"""Every column that holds a ciphertext, and the field it is bound to."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What calls a store's API; lifetimes are real time."""

    access_token: str = field(repr=False)
    access_expires_at: datetime | None = None
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None

    def is_stale(self, real_now: datetime, margin: timedelta) -> bool:
        """True when the access token ends within `margin`."""
        return self.access_expires_at is not None and self.access_expires_at <= real_now + margin


@dataclass(frozen=True, slots=True)
class RefreshLease:
    """The right to renew one store's tokens until the lease ends."""

    store_id: str
    fence: int
    tokens: Tokens


def keep(connection: Connection, secrets: Secrets, store_id: str, tokens: Tokens) -> None:
    """Store tokens fresh from a grant; a renewal that is under way has lost its fence."""
    query = select(credentials.c.fence).where(credentials.c.store_id == store_id)
    fence = connection.execute(query.with_for_update()).scalar_one_or_none() or 0
    row = {
        "store_id": store_id, **_sealed(secrets, store_id, tokens), "fence": fence + 1,
        "lease_owner": None, "lease_until": None, "refused_at": None,
    }  # fmt: skip
    upsert(connection, credentials, [row])


def load(connection: Connection, secrets: Secrets, store_id: str) -> Tokens | None:
    """Give a store's tokens, or None: not installed. Raises `storage.secrets.BadSecret`."""
    query = select(credentials).where(credentials.c.store_id == store_id)
    row = connection.execute(query).one_or_none()
    return _tokens(secrets, row) if row and row.access_token else None


def lease_refresh(
    connection: Connection,
    secrets: Secrets,
    store_id: str,
    *,
    owner: str,
    real_now: datetime,
    seconds: float,
) -> RefreshLease | None:
    """Take the right to renew the tokens; None while another has it, or there are none."""
    free = or_(credentials.c.lease_until.is_(None), credentials.c.lease_until <= real_now)
    query = (
        update(credentials)
        .where(credentials.c.store_id == store_id, free)
        .values(
            lease_owner=owner,
            lease_until=real_now + timedelta(seconds=seconds),
            fence=credentials.c.fence + 1,
        )
        .returning(*credentials.c)
    )
    row = connection.execute(query).one_or_none()
    if row is None or row.access_token is None:
        return None
    return RefreshLease(store_id, row.fence, _tokens(secrets, row))


def store_refreshed(
    connection: Connection, secrets: Secrets, lease: RefreshLease, tokens: Tokens
) -> bool:
    """Write the renewed tokens, all at once; False when the fence is no longer ours."""
    values = _sealed(secrets, lease.store_id, tokens)
    return _finish(connection, lease, {**values, "refused_at": None})


def release_refresh(
    connection: Connection, lease: RefreshLease, *, refused_at: datetime | None = None
) -> bool:
    """Give the right back without new tokens; `refused_at`: the platform wants none of them."""
    return _finish(connection, lease, {"refused_at": refused_at})


def _finish(connection: Connection, lease: RefreshLease, values: dict[str, Any]) -> bool:
    query = (
        update(credentials)
        .where(credentials.c.store_id == lease.store_id, credentials.c.fence == lease.fence)
        .values(lease_owner=None, lease_until=None, **values)
    )
    return connection.execute(query).rowcount == 1


def rotate(connection: Connection, secrets: Secrets) -> int:
    """Encrypt every secret of every store under the newest key; give how many rows changed."""
    rows = sum(_rotate(connection, secrets, table, fields) for table, fields in SEALED.items())
    return rows + len(alert_addresses.rotate(connection, secrets))


def _rotate(
    connection: Connection, secrets: Secrets, table: Table, fields: Mapping[str, str]
) -> int:
    changed = 0
    keys = list(table.primary_key)
    for row in connection.execute(select(table).with_for_update()).mappings().all():
        sealed = {
            column: secrets.rotate(row["store_id"], field, row[column])
            for column, field in fields.items()
            if row[column]
        }
        if any(value != row[column] for column, value in sealed.items()):
            mine = [key == row[key.name] for key in keys]
            connection.execute(update(table).where(*mine).values(**sealed))
            changed += 1
    return changed


def key_ids(connection: Connection) -> set[str]:
    """Name the keys under which something is stored."""
    found = alert_addresses.key_ids(connection)
    for table, fields in SEALED.items():
        rows = connection.execute(select(*[table.c[column] for column in fields]))
        found |= {key_id(stored) for row in rows for stored in row if stored}
    return found


def refuse_unknown_keys(database: Database, secrets: Secrets) -> None:
    """Raise `BadKeys` when something is stored under a key that APP_KEYS does not have."""
    if not all(database.has_table(table.name) for table in SEALED):
        return  # to be migrated first
    with database.reading() as connection:
        missing = key_ids(connection) - secrets.key_ids
    if missing:
        names = ", ".join(sorted(missing))
        raise BadKeys(f"Stored secrets need the key {names}: put it back at the end of APP_KEYS.")


def _sealed(secrets: Secrets, store_id: str, tokens: Tokens) -> dict[str, Any]:
    refresh = tokens.refresh_token
    return {
        ACCESS: secrets.encrypt(store_id, ACCESS, tokens.access_token),
        REFRESH: secrets.encrypt(store_id, REFRESH, refresh) if refresh else None,
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
    }


def _tokens(secrets: Secrets, row: Any) -> Tokens:
    refresh = row.refresh_token
    return Tokens(
        access_token=secrets.decrypt(row.store_id, ACCESS, row.access_token),
        access_expires_at=row.access_expires_at,
        refresh_token=secrets.decrypt(row.store_id, REFRESH, refresh) if refresh else None,
        refresh_expires_at=row.refresh_expires_at,
    )
