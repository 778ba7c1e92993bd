"""Whom a source reaches by each channel, and who is left out why: counted, nobody is looked up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, not_, select

from marketing.consent import ConsentPolicy
from marketing.model import ConsentState, Reason
from marketing.sources import Source
from storage.among import among
from storage.members import IS_THERE
from storage.reach import ADDRESSES, reachable
from storage.schema import customers, segment_members


@dataclass(frozen=True, slots=True)
class Reached:
    """How many one channel reaches, and how many not, by reason."""

    reached: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Audience:
    """How many a source has, and by channel whom it reaches.

    Addresses that bounced or complained are told apart when a message is sent: what is kept of
    them is a hash.
    """

    customers: int
    channels: Mapping[str, Reached]


def audience(
    connection: Connection, store_id: str, source: Source, policy: ConsentPolicy
) -> Audience:
    """Count the people of a source, all in one question."""
    tables, mine = _of_source(store_id, source)
    told = {
        f"{channel}:{reason}": words
        for channel, reached in reachable(policy).items()
        for reason, words in _reasons(channel, reached).items()
    }
    counts = [func.count().filter(words).label(name) for name, words in told.items()]
    query = select(func.count().label("customers"), *counts).select_from(tables)
    row = connection.execute(query.where(customers.c.store_id == store_id, mine)).mappings().one()
    channels = {channel: _reached(channel, row) for channel in ADDRESSES}
    return Audience(row["customers"], channels)


def reached_of(
    connection: Connection, store_id: str, customer_ids: Iterable[str], policy: ConsentPolicy
) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Give by customer the channels with an address, and of those the ones open to marketing."""
    c = customers.c
    open_to = reachable(policy)
    columns = [
        *(ADDRESSES[one][0].is_not(None).label(f"has_{one}") for one in ADDRESSES),
        *(func.coalesce(words, False).label(f"may_{one}") for one, words in open_to.items()),
    ]
    query = select(c.id, *columns).where(c.store_id == store_id, among(c.id, customer_ids))
    return {row["id"]: _open(row) for row in connection.execute(query).mappings()}


def _open(row: Mapping[Any, Any]) -> tuple[frozenset[str], frozenset[str]]:
    has = frozenset(one for one in ADDRESSES if row[f"has_{one}"])
    return has, frozenset(one for one in ADDRESSES if row[f"may_{one}"])


REACHED = "reached"


def _reasons(channel: str, reached: ColumnElement[bool]) -> dict[str, ColumnElement[bool]]:
    address, consent = ADDRESSES[channel]
    said_no = func.coalesce(consent == ConsentState.UNSUBSCRIBED.value, False)
    is_reached = func.coalesce(reached, False)
    return {
        REACHED: is_reached,
        Reason.NO_ADDRESS.value: address.is_(None),
        Reason.UNSUBSCRIBED.value: and_(address.is_not(None), said_no),
        Reason.NO_CONSENT.value: and_(address.is_not(None), not_(said_no), not_(is_reached)),
    }


def _reached(channel: str, row: Mapping[Any, int]) -> Reached:
    found = {
        name.partition(":")[2]: number
        for name, number in row.items()
        if name.startswith(f"{channel}:")
    }
    reached = found.pop(REACHED)
    return Reached(reached, {reason: number for reason, number in found.items() if number})


def _of_source(store_id: str, source: Source) -> tuple[FromClause, ColumnElement[bool]]:
    c, m = customers.c, segment_members.c
    if source.segment is not None:
        same = and_(m.store_id == c.store_id, m.customer_id == c.id)
        within = customers.join(segment_members, same)
        own = and_(m.store_id == store_id, m.segment_id == source.segment)
        return within, and_(own, c.deleted_at.is_(None))
    named = among(c.id, source.customers) if source.customers else None
    return customers, IS_THERE if named is None else and_(IS_THERE, named)
