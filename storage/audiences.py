"""Whom a source reaches by each channel, and who is left out why: counted, nobody is looked up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, not_, select

from marketing.consent import ConsentPolicy
from marketing.model import Reason
from marketing.sources import Source
from storage.among import among
from storage.members import IS_THERE
from storage.reach import Ways, reachable
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
    connection: Connection, store_id: str, source: Source, policy: ConsentPolicy, now: datetime
) -> Audience:
    """Count the people of a source, all in one question."""
    tables, mine = _of_source(store_id, source)
    open_to = reachable(connection, store_id, policy, now)
    told = {
        f"{channel}:{reason}": words
        for channel, ways in open_to.items()
        for reason, words in _reasons(ways).items()
    }
    counts = [func.count().filter(words).label(name) for name, words in told.items()]
    query = select(func.count().label("customers"), *counts).select_from(tables)
    row = connection.execute(query.where(customers.c.store_id == store_id, mine)).mappings().one()
    return Audience(row["customers"], {channel: _reached(channel, row) for channel in open_to})


def reached_of(
    connection: Connection,
    store_id: str,
    customer_ids: Iterable[str],
    policy: ConsentPolicy,
    now: datetime,
) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Give by customer the channels with an address, and of those the ones open to marketing.

    Whether a chat's window is open just now is not asked: it says nothing of another day.
    """
    c = customers.c
    open_to = reachable(connection, store_id, policy, now)
    columns = [
        *(ways.has_address.label(f"has_{one}") for one, ways in open_to.items()),
        *(and_(ways.has_address, ways.may).label(f"may_{one}") for one, ways in open_to.items()),
    ]
    query = select(c.id, *columns).where(c.store_id == store_id, among(c.id, customer_ids))
    return {row["id"]: _open(row, open_to) for row in connection.execute(query).mappings()}


def _open(row: Mapping[Any, Any], channels: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    has = frozenset(one for one in channels if row[f"has_{one}"])
    return has, frozenset(one for one in has if row[f"may_{one}"])


REACHED = "reached"


def _reasons(ways: Ways) -> dict[str, ColumnElement[bool]]:
    """Give who is reached, and each of the others by the first reason that keeps them out."""
    has = ways.has_address
    return {
        REACHED: ways.reached,
        Reason.NO_ADDRESS.value: not_(has),
        Reason.UNSUBSCRIBED.value: and_(has, ways.said_no),
        Reason.NO_CONSENT.value: and_(has, not_(ways.said_no), not_(ways.may)),
        Reason.CHANNEL_WINDOW.value: and_(has, ways.may, not_(ways.is_open)),
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
