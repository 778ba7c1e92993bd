"""Who a customer is on the chat channels: ids that a person only has there, met as they write.

`storage.chatters` meets them. That two are one person is noted here
when it is proven (`join`): the id, and what was written by it, becomes the other's, and goes back
by `split`. What somebody merely says of themselves (`claim`) is kept, and opens nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from marketing.leading import WHY, Leader
from marketing.model import Consent, ConsentState, Reason
from storage.among import among
from storage.schema import identities, inbound_messages, replies


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a customer is reached on a channel, and what they said of being written to there."""

    address: str
    consent: ConsentState | None
    leader: Leader = Leader.US
    """Who leads the conversation there."""

    @property
    def led(self) -> Reason | None:
        """Why nothing of ours goes there, while another leads."""
        return WHY.get(self.leader)


# --- reached --------------------------------------------------------------------------------


def of(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> dict[tuple[str, str], Identity]:
    """Give where each (customer id, channel) is reached: where they were seen last."""
    i = identities.c
    query = (
        select(i.customer_id, i.channel, i.address, i.consent, i.led_by)
        .where(i.store_id == store_id, among(i.customer_id, customer_ids))
        .order_by(i.last_seen, i.kind, i.address)  # of a number and another id the number
    )
    return {
        (row.customer_id, row.channel): Identity(
            row.address,
            ConsentState(row.consent) if row.consent else None,
            Leader(row.led_by) if row.led_by else Leader.US,
        )
        for row in connection.execute(query)
    }


def addresses_of(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> dict[tuple[str, str], str]:
    """Give the address of each (customer id, channel) that has one."""
    return {key: one.address for key, one in of(connection, store_id, customer_ids).items()}


def names_of(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> dict[str, tuple[str, str | None]]:
    """Give by customer the channel that they were seen on last, and what they are called there."""
    i = identities.c
    query = (
        select(i.customer_id, i.channel, i.name)
        .where(i.store_id == store_id, among(i.customer_id, customer_ids))
        .order_by(i.last_seen, i.name.is_not(None), i.address)
    )
    return {row.customer_id: (row.channel, row.name) for row in connection.execute(query)}


def of_customer(connection: Connection, store_id: str, customer_id: str) -> list[Row[Any]]:
    """Give all that is kept of who a customer is on chat channels, the latest seen first."""
    i = identities.c
    query = select(identities).where(i.store_id == store_id, i.customer_id == customer_id)
    return list(connection.execute(query.order_by(i.last_seen.desc(), i.address)))


def consent(
    connection: Connection,
    store_id: str,
    customer_id: str,
    said: Consent,
    *,
    only_after: ConsentState | None = None,
) -> bool:
    """Note what a customer said of a chat channel just now; False when that was known already."""
    i = identities.c
    mine = [i.store_id == store_id, i.channel == said.channel.value, i.customer_id == customer_id]
    mine.append(i.consent.is_distinct_from(said.state.value))
    if only_after is not None:
        mine.append(i.consent == only_after.value)
    values = {"consent": said.state.value, "consent_source": said.source.value}
    told = update(identities).where(*mine).values(**values, consent_at=said.changed_at)
    return connection.execute(told).rowcount > 0


# --- joined ---------------------------------------------------------------------------------


def join(  # noqa: PLR0913  whose, where, to whom, how, when
    connection: Connection,
    store_id: str,
    channel: str,
    address: str,
    customer_id: str,
    *,
    by: str,
    at: datetime,
) -> str | None:
    """Let an id be a customer's, as is proven; give whose it was, None: nothing changes.

    What came by it comes along, and so do the sender's other ids on that channel.
    """
    before = _held(connection, store_id, channel, address)
    if before is None or before.customer_id == customer_id:
        return None
    i, old = identities.c, before.customer_id
    theirs = (i.store_id == store_id, i.channel == channel, i.customer_id == old)
    ways = list(connection.execute(select(i.address).where(*theirs)).scalars())
    connection.execute(
        update(identities)
        .where(*theirs)
        .values(
            customer_id=customer_id, joined_by=by, joined_at=at, joined_from=old, claims_id=None
        )
    )
    _move_words(connection, store_id, channel, ways, old, customer_id)
    return str(old)


def split(connection: Connection, store_id: str, channel: str, address: str) -> str | None:
    """Undo a join; give whose the id is again, None: it was not joined."""
    row = _held(connection, store_id, channel, address)
    if row is None or row.joined_from is None:
        return None
    i = identities.c
    same = (i.store_id == store_id, i.channel == channel, i.customer_id == row.customer_id)
    together = (*same, i.joined_from == row.joined_from)
    ways = list(connection.execute(select(i.address).where(*together)).scalars())
    nothing = {"joined_by": None, "joined_at": None, "joined_from": None, "claims_id": None}
    back = update(identities).where(*together).values(customer_id=row.joined_from, **nothing)
    connection.execute(back)
    _move_words(connection, store_id, channel, ways, row.customer_id, row.joined_from)
    return str(row.joined_from)


def claim(
    connection: Connection, store_id: str, channel: str, address: str, claims_id: str
) -> bool:
    """Keep whom somebody says they are; False: they are, or they said so before."""
    i = identities.c
    told = (
        update(identities)
        .where(*_whose(store_id, channel, address))
        .where(i.customer_id != claims_id, i.claims_id.is_distinct_from(claims_id))
        .values(claims_id=claims_id)
    )
    return connection.execute(told).rowcount == 1


def _held(connection: Connection, store_id: str, channel: str, address: str) -> Row[Any] | None:
    query = select(identities).where(*_whose(store_id, channel, address))
    return connection.execute(query.with_for_update()).one_or_none()


def _whose(store_id: str, channel: str, address: str) -> tuple[ColumnElement[bool], ...]:
    i = identities.c
    return i.store_id == store_id, i.channel == channel, i.address == address


def _move_words(
    connection: Connection,
    store_id: str,
    channel: str,
    addresses: Iterable[str],
    old: str,
    new: str,
) -> None:
    for table, column in ((inbound_messages, "sender"), (replies, "address")):
        c = table.c
        theirs = (c.store_id == store_id, c.channel == channel, c.customer_id == old)
        moved = update(table).where(*theirs, among(c[column], addresses)).values(customer_id=new)
        connection.execute(moved)


# --- merged, forgotten ----------------------------------------------------------------------


def merge(connection: Connection, store_id: str, old: str, new: str) -> None:
    """Of two customers who are one: all that names the one names the other."""
    for name in ("customer_id", "joined_from", "claims_id"):
        column = identities.c[name]
        told = update(identities).where(identities.c.store_id == store_id, column == old)
        connection.execute(told.values({name: new}))


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget where customers chatted who are gone."""
    i = identities.c
    gone = list(customer_ids)
    said = update(identities).where(i.store_id == store_id, among(i.claims_id, gone))
    connection.execute(said.values(claims_id=None))
    mine = (i.store_id == store_id, among(i.customer_id, gone))
    return connection.execute(delete(identities).where(*mine)).rowcount


def addresses(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> set[tuple[str, str]]:
    """Give all (channel, address) of customers: what erasing them suppresses."""
    i = identities.c
    mine = (i.store_id == store_id, among(i.customer_id, customer_ids))
    return {
        (row[0], row[1]) for row in connection.execute(select(i.channel, i.address).where(*mine))
    }
