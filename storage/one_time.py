"""What is good once and for minutes: the nonce of an installation under way, a launch's token.

Neither has a store that could vouch for it: who holds it is not yet known, so these rows stand
before all stores. Only hashes are kept; times are real time.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select, update

from storage.bulk import insert_rows
from storage.schema import one_time

INSTALL, LAUNCH = "install", "launch"
INSTALL_LIFE = timedelta(minutes=15)
MOST_TRIES = 5
"""So often somebody may try to prove whose store it is."""


def begin(connection: Connection, nonce: str, domain: str, real_now: datetime) -> None:
    """Remember which store an installation was begun for; rows of before are forgotten."""
    connection.execute(delete(one_time).where(one_time.c.expires_at < real_now))
    row = {"kind": INSTALL, "digest": _digest(nonce), "domain": domain,
           "expires_at": real_now + INSTALL_LIFE}  # fmt: skip
    insert_rows(connection, one_time, [row])


def claim(connection: Connection, nonce: str, real_now: datetime) -> str | None:
    """Use a nonce up and give its store's domain; None: unknown, too late, or used before.

    Of two that race for it, one gets it.
    """
    query = (
        update(one_time)
        .where(*_living(nonce, real_now))
        .where(one_time.c.claimed_at.is_(None), one_time.c.opened_at.is_(None))
        .values(claimed_at=real_now)
    )
    if connection.execute(query).rowcount != 1:
        return None
    return domain_of(connection, nonce, real_now)


def domain_of(connection: Connection, nonce: str, real_now: datetime) -> str | None:
    """Give which store a nonce was made for, used or not."""
    query = select(one_time.c.domain).where(*_living(nonce, real_now))
    domain: str | None = connection.execute(query).scalar_one_or_none()
    return domain


def granted(
    connection: Connection, nonce: str, store_id: str, proof: str, real_now: datetime
) -> None:
    """Note that the installation came to its end, and what its store's owner can read there."""
    query = update(one_time).where(*_living(nonce, real_now), one_time.c.claimed_at.is_not(None))
    connection.execute(query.values(store_id=store_id, proof=_digest(f"{nonce} {proof}")))


def come_back(connection: Connection, nonce: str, real_now: datetime) -> str | None:
    """Give the id of the store that an installation ended with, once; None: with none.

    Stores send their key before the browser comes back, so who comes too early waits for
    somebody else's yes: the nonce is void from then on, for the key as well.
    """
    mine = _living(nonce, real_now)
    query = update(one_time).where(*mine, one_time.c.opened_at.is_(None))
    if connection.execute(query.values(opened_at=real_now)).rowcount != 1:
        return None
    store_id: str | None = connection.execute(select(one_time.c.store_id).where(*mine)).scalar_one()
    return store_id


def prove(
    connection: Connection, nonce: str, proof: str, real_now: datetime
) -> tuple[str | None, int]:
    """Try to open the panel of a finished installation: (store id if proven, tries left).

    Proven once, it opens nothing any more. Each try counts, also of those that race.
    """
    mine = (*_living(nonce, real_now), one_time.c.opened_at.is_not(None))
    may = (one_time.c.proof.is_not(None), one_time.c.tries < MOST_TRIES)
    trying = update(one_time).where(*mine, *may).values(tries=one_time.c.tries + 1)
    if connection.execute(trying).rowcount != 1:
        return None, 0
    row = connection.execute(
        select(one_time.c.store_id, one_time.c.proof, one_time.c.tries).where(*mine)
    ).one()
    if not hmac.compare_digest(row.proof, _digest(f"{nonce} {proof}")):
        return None, MOST_TRIES - row.tries
    connection.execute(update(one_time).where(*mine).values(proof=None))
    return row.store_id, 0


def burn_launch(
    connection: Connection, store_id: str, jti: str, expires_at: datetime, real_now: datetime
) -> bool:
    """Use a launch token's id up; False: it was used before. Each store has its own ids."""
    connection.execute(delete(one_time).where(one_time.c.expires_at < real_now))
    row = {"kind": LAUNCH, "digest": _digest(f"{store_id}:{jti}"), "domain": "",
           "expires_at": expires_at}  # fmt: skip
    return bool(insert_rows(connection, one_time, [row], new_only=True))


def _living(nonce: str, real_now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        one_time.c.kind == INSTALL,
        one_time.c.digest == _digest(nonce),
        one_time.c.expires_at > real_now,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
