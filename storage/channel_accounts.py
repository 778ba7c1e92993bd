"""A store's own account with a channel's provider: what it is, how it fares, its secret sealed."""

import json
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from marketing.model import ChannelName
from storage.dialect import upsert
from storage.schema import channel_accounts
from storage.secrets import Secrets

FIELD = "channel_account"
MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """One account as it may be shown; times are real."""

    store_id: str
    channel: ChannelName
    provider: str
    callback_key: str
    public: Mapping[str, str]
    revision: int
    connected_at: datetime
    last_event_at: datetime | None
    refused_at: datetime | None
    """When a knock at its door was last turned away, unless one has been right since."""
    trouble: str | None
    trouble_at: datetime | None
    token_ends_at: datetime | None
    """Business time, as `renew_at`; None: never, or nobody has told yet."""
    renew_at: datetime | None
    renewal_failed_at: datetime | None
    sealed: str = field(repr=False)

    def secret(self, secrets: Secrets) -> Mapping[str, str]:
        """Give what is never shown; raises `storage.secrets.BadSecret`."""
        opened: Mapping[str, str] = json.loads(secrets.decrypt(self.store_id, FIELD, self.sealed))
        return opened


def connect(
    connection: Connection,
    secrets: Secrets,
    store_id: str,
    channel: ChannelName,
    told: tuple[str, Mapping[str, str], Mapping[str, str]],
    real_now: datetime,
) -> ChannelAccount:
    """Keep an account (provider, what may be shown, what may not) instead of the one before.

    Its door's address stays as long as the channel is connected.
    """
    provider, public, secret = told
    known = get(connection, store_id, channel, is_locked=True)
    row: dict[str, Any] = {
        "store_id": store_id, "channel": channel.value, "provider": provider,
        "callback_key": known.callback_key if known else random.token_urlsafe(24),
        "public": dict(public), "revision": known.revision + 1 if known else 1,
        "secret": secrets.encrypt(store_id, FIELD, json.dumps(dict(secret))),
        "connected_at": real_now, "last_event_at": None, "refused_at": None,
        "trouble": None, "trouble_at": None,
    }  # fmt: skip
    upsert(connection, channel_accounts, [row])
    kept = get(connection, store_id, channel)
    if kept is None:
        raise AssertionError("what was just kept is there")
    return kept


def get(
    connection: Connection, store_id: str, channel: ChannelName, *, is_locked: bool = False
) -> ChannelAccount | None:
    """Give a store's account for a channel; locked: nobody changes it until we commit."""
    a = channel_accounts.c
    query = select(channel_accounts).where(a.store_id == store_id, a.channel == channel.value)
    query = query.with_for_update() if is_locked else query
    row = connection.execute(query).one_or_none()
    return _account(row) if row else None


def of_store(connection: Connection, store_id: str) -> list[ChannelAccount]:
    """Give all accounts of a store, in the order of their channels' names."""
    a = channel_accounts.c
    query = select(channel_accounts).where(a.store_id == store_id).order_by(a.channel)
    return [_account(row) for row in connection.execute(query)]


def by_key(connection: Connection, channel: str, callback_key: str) -> ChannelAccount | None:
    """Give the account whose door this is."""
    a = channel_accounts.c
    query = select(channel_accounts).where(a.callback_key == callback_key, a.channel == channel)
    row = connection.execute(query).one_or_none()
    return _account(row) if row else None


def disconnect(connection: Connection, store_id: str, channel: ChannelName) -> bool:
    """Forget an account; False when there is none."""
    a = channel_accounts.c
    mine = (a.store_id == store_id, a.channel == channel.value)
    return connection.execute(delete(channel_accounts).where(*mine)).rowcount == 1


def heard(connection: Connection, store_id: str, channel: ChannelName, real_now: datetime) -> None:
    """Note that the provider told something just now."""
    _note(connection, store_id, channel, {"last_event_at": real_now, "refused_at": None})


def turned_away(
    connection: Connection, store_id: str, channel: ChannelName, real_now: datetime
) -> None:
    """Note that a knock was not signed with what we keep of the account."""
    _note(connection, store_id, channel, {"refused_at": real_now})


def troubled(
    connection: Connection,
    store_id: str,
    channel: ChannelName,
    words: str | None,
    real_now: datetime,
) -> bool:
    """Note what went wrong last, in words for the merchant; None: all is well again.

    False where the store has no account of its own for the channel.
    """
    words = words[:MOST_WORDS] if words else None
    at = real_now if words else None
    return _note(connection, store_id, channel, {"trouble": words, "trouble_at": at})


def _note(
    connection: Connection, store_id: str, channel: ChannelName, values: Mapping[str, Any]
) -> bool:
    a = channel_accounts.c
    mine = (a.store_id == store_id, a.channel == channel.value)
    return connection.execute(update(channel_accounts).where(*mine).values(**values)).rowcount == 1


def _account(row: Row[Any]) -> ChannelAccount:
    values = row._asdict()
    sealed, channel = values.pop("secret"), ChannelName(values.pop("channel"))
    return ChannelAccount(channel=channel, sealed=sealed, **values)
