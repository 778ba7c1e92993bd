"""Access tokens of channels that run out by themselves: when a new one is asked for, and kept.

Times of renewal are business time: the provider of the demo lives in it.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from marketing.model import ChannelName
from storage import channel_accounts as accounts
from storage.channel_accounts import FIELD, ChannelAccount
from storage.schema import channel_accounts
from storage.secrets import Secrets

NAME = "access_token"


def watch(
    connection: Connection, store_id: str, channel: ChannelName, renew_at: datetime | None
) -> None:
    """Ask for a new token at a time, whenever the one just given ends; None: it never does."""
    told = {"renew_at": renew_at, "token_ends_at": None, "renewal_failed_at": None}
    _write(connection, store_id, channel, told)


def take(
    connection: Connection, store_id: str, now: datetime, again_at: datetime
) -> ChannelAccount | None:
    """Give an account of the store's whose token is to be renewed now, None: there is none.

    Nobody else gets it before `again_at`: a worker that dies over it delays it until then.
    """
    a = channel_accounts.c
    due = (a.store_id == store_id, a.renew_at.is_not(None), a.renew_at <= now)
    query = select(a.channel).where(*due).order_by(a.renew_at).limit(1)
    found = connection.execute(query.with_for_update(skip_locked=True)).scalar_one_or_none()
    if found is None:
        return None
    _write(connection, store_id, ChannelName(found), {"renew_at": again_at})
    return accounts.get(connection, store_id, ChannelName(found))


def renewed(
    connection: Connection,
    secrets: Secrets,
    account: ChannelAccount,
    token: str,
    ends_at: datetime,
    renew_at: datetime,
) -> bool:
    """Keep the new token sealed, and when it ends; False where the account has changed meanwhile.

    Trouble that an earlier try told of is over; other trouble stays.
    """
    kept = _unchanged(connection, account)
    if kept is None:
        return False
    secret = {**kept.secret(secrets), NAME: token}
    told: dict[str, Any] = {
        "secret": secrets.encrypt(account.store_id, FIELD, json.dumps(secret)),
        "revision": kept.revision + 1, "token_ends_at": ends_at, "renew_at": renew_at,
        "renewal_failed_at": None,
    }  # fmt: skip
    if kept.renewal_failed_at and kept.renewal_failed_at == kept.trouble_at:
        told |= {"trouble": None, "trouble_at": None}
    _write(connection, account.store_id, account.channel, told)
    return True


def failed(connection: Connection, account: ChannelAccount, words: str, real_now: datetime) -> bool:
    """Note in words for the merchant why it was not renewed; True the first time in a row.

    False, too, where the account has changed meanwhile: then nothing is noted.
    """
    kept = _unchanged(connection, account)
    if kept is None:
        return False
    whose = (connection, account.store_id, account.channel)
    accounts.troubled(*whose, words, real_now)
    _write(*whose, {"renewal_failed_at": real_now})
    return kept.renewal_failed_at is None


def _unchanged(connection: Connection, account: ChannelAccount) -> ChannelAccount | None:
    kept = accounts.get(connection, account.store_id, account.channel, is_locked=True)
    return kept if kept and kept.revision == account.revision else None


def _write(
    connection: Connection, store_id: str, channel: ChannelName, told: dict[str, Any]
) -> None:
    a = channel_accounts.c
    mine = (a.store_id == store_id, a.channel == channel.value)
    connection.execute(update(channel_accounts).where(*mine).values(**told))
