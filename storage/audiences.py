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
    Label,
    RowMapping,
    Select,
    and_,
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
    kept = {channel: ways for channel, ways in open_to.items() if channel not in CHATS}
    columns = [one for channel, ways in kept.items() for one in _deciding(channel, ways)]
    people = select().select_from(tables).where(*within)
    rows = _grouped(connection, people, columns)
    everyone = sum(row["number"] for row in rows)
    told = {channel: _reached(channel, rows) for channel in kept}
    for channel, ways in open_to.items():
        if channel in CHATS:
            told[channel] = _on_chat(connection, people, channel, ways, everyone)
    return Audience(everyone, {channel: told[channel] for channel in open_to})


def _grouped(
    connection: Connection, people: Select[Any], columns: Sequence[Label[bool]]
) -> Sequence[RowMapping]:
    """Count people by what decides about them, which is looked up once for each of them."""
    query = people.add_columns(func.count().label("number"), *columns)
    return connection.execute(query.group_by(*(one.name for one in columns))).mappings().all()


def _on_chat(
    connection: Connection, people: Select[Any], channel: str, ways: Ways, everyone: int
) -> Reached:
    """Count those alone who are on a chat: nobody else is looked up."""
    found = people.where(ways.has_address)
    rows = _grouped(connection, found, _deciding(channel, ways)[1:])
    met = _reached(channel, rows)
    missing = everyone - sum(row["number"] for row in rows)
    absent = {Reason.NO_ADDRESS.value: missing} if missing else {}
    return Reached(met.reached, {**met.left_out, **absent})


DECIDES = ("has_address", "said_no", "is_suppressed", "may", "is_open")


def _deciding(channel: str, ways: Ways) -> list[Label[bool]]:
    return [getattr(ways, name).label(f"{channel}_{name}") for name in DECIDES]


def _reached(channel: str, rows: Sequence[RowMapping]) -> Reached:
    """Add up groups of people by the first reason that keeps them out."""
    found: Counter[str] = Counter()
    for row in rows:
        told = {name: row.get(f"{channel}_{name}", True) for name in DECIDES}
        found[_reason(told)] += row["number"]
    reached = found.pop(REACHED, 0)
    return Reached(reached, found)


def _reason(told: Mapping[str, bool]) -> str:
    if not told["has_address"]:
        return Reason.NO_ADDRESS.value
    if told["said_no"]:
        return Reason.UNSUBSCRIBED.value
    if told["is_suppressed"]:
        return Reason.SUPPRESSED.value
    if not told["may"]:
        return Reason.NO_CONSENT.value
    return REACHED if told["is_open"] else Reason.CHANNEL_WINDOW.value


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


def _of_source(store_id: str, source: Source) -> tuple[FromClause, ColumnElement[bool]]:
    c, m = customers.c, segment_members.c
    if source.segment is not None:
        same = and_(m.store_id == c.store_id, m.customer_id == c.id)
        within = customers.join(segment_members, same)
        own = and_(m.store_id == store_id, m.segment_id == source.segment)
        return within, and_(own, c.deleted_at.is_(None))
    named = among(c.id, source.customers) if source.customers else None
    return customers, IS_THERE if named is None else and_(IS_THERE, named)
