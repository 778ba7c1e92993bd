"""Whom a source reaches by each channel, and who is left out why: counted, nobody is looked up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    RowMapping,
    Select,
    and_,
    case,
    func,
    not_,
    select,
)

from marketing.consent import ConsentPolicy
from marketing.model import Reason
from marketing.sources import Source
from storage.among import among
from storage.members import IS_THERE
from storage.reach import CHATS, Ways, reachable
from storage.schema import customers, segment_members


@dataclass(frozen=True, slots=True)
class Reached:
    """How many one channel reaches, and how many not, by reason."""

    reached: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Audience:
    """How many a source has, and by channel whom it reaches."""

    customers: int
    channels: Mapping[str, Reached]


def audience(
    connection: Connection, store_id: str, source: Source, policy: ConsentPolicy, now: datetime
) -> Audience:
    """Count the people of a source; whom a chat reaches is asked of those alone who are on it."""
    tables, mine = _of_source(store_id, source)
    within = (customers.c.store_id == store_id, mine)
    open_to = reachable(connection, store_id, policy, now)
    kept = {
        f"on_{channel}": _why(ways) for channel, ways in open_to.items() if channel not in CHATS
    }
    # By groups: what a sum is narrowed by would be looked up anew for each of a million rows.
    columns = [words.label(name) for name, words in kept.items()]
    query = select(func.count().label("number"), *columns).select_from(tables).where(*within)
    rows = connection.execute(query.group_by(*kept)).mappings().all()
    customers_in_all = sum(row["number"] for row in rows)
    told = {
        channel: _of_group(rows, f"on_{channel}") for channel in open_to if channel not in CHATS
    }
    for channel in open_to:
        if channel in CHATS:
            people = select().select_from(tables).where(*within)
            told[channel] = _on_chat(connection, people, open_to[channel], customers_in_all)
    return Audience(customers_in_all, {channel: told[channel] for channel in open_to})


def _of_group(rows: Sequence[RowMapping], name: str) -> Reached:
    found: Counter[str] = Counter()
    for row in rows:
        found[row[name]] += row["number"]
    reached = found.pop(REACHED, 0)
    return Reached(reached, found)


def _on_chat(connection: Connection, people: Select[Any], ways: Ways, everyone: int) -> Reached:
    """Group by what decides who is on a chat: each of it is looked up once."""
    names = ("said_no", "is_suppressed", "may", "is_open")
    decides = [getattr(ways, name).label(name) for name in names]
    query = people.add_columns(func.count().label("number"), *decides).where(ways.has_address)
    found: Counter[str] = Counter()
    for one in connection.execute(query.group_by(*names)):
        found[_reason(one)] += one.number
    found[Reason.NO_ADDRESS.value] = everyone - found.total()
    reached = found.pop(REACHED, 0)
    return Reached(reached, {reason: number for reason, number in found.items() if number})


def _reason(one: Row[Any]) -> str:
    if one.said_no:
        return Reason.UNSUBSCRIBED.value
    if one.is_suppressed:
        return Reason.SUPPRESSED.value
    if not one.may:
        return Reason.NO_CONSENT.value
    return REACHED if one.is_open else Reason.CHANNEL_WINDOW.value


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
        *(_lasting(ways).label(f"may_{one}") for one, ways in open_to.items()),
    ]
    query = select(c.id, *columns).where(c.store_id == store_id, among(c.id, customer_ids))
    return {row["id"]: _open(row, open_to) for row in connection.execute(query).mappings()}


def _lasting(ways: Ways) -> ColumnElement[bool]:
    return and_(ways.has_address, ways.may, not_(ways.is_suppressed))


def _open(row: Mapping[Any, Any], channels: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    has = frozenset(one for one in channels if row[f"has_{one}"])
    return has, frozenset(one for one in has if row[f"may_{one}"])


REACHED = "reached"


def _why(ways: Ways) -> ColumnElement[str]:
    """Give the first reason that keeps somebody out, or that they are reached."""
    return case(
        (not_(ways.has_address), Reason.NO_ADDRESS.value),
        (ways.said_no, Reason.UNSUBSCRIBED.value),
        (ways.is_suppressed, Reason.SUPPRESSED.value),
        (not_(ways.may), Reason.NO_CONSENT.value),
        (not_(ways.is_open), Reason.CHANNEL_WINDOW.value),
        else_=REACHED,
    )


def _of_source(store_id: str, source: Source) -> tuple[FromClause, ColumnElement[bool]]:
    c, m = customers.c, segment_members.c
    if source.segment is not None:
        same = and_(m.store_id == c.store_id, m.customer_id == c.id)
        within = customers.join(segment_members, same)
        own = and_(m.store_id == store_id, m.segment_id == source.segment)
        return within, and_(own, c.deleted_at.is_(None))
    named = among(c.id, source.customers) if source.customers else None
    return customers, IS_THERE if named is None else and_(IS_THERE, named)
