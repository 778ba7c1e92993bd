"""Segments as they are listed: page by page, whom each reaches, and some customers to judge by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, func, select

from marketing.consent import ConsentPolicy
from storage import segment_members
from storage.among import among
from storage.members import IS_THERE
from storage.reach import CHATS, reachable, reached_on_chats
from storage.schema import customers, rfm_scores, segments
from storage.schema import segment_members as memberships

PAGE = 25


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment of the list; `customers` are in it now."""

    id: str
    name: str
    ready_made: str | None
    state: str
    customers: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """A page of the list, and how many segments there are in all."""

    segments: Sequence[SegmentLine]
    total: int


def page(connection: Connection, store_id: str, *, search: str = "", page: int = 1) -> SegmentPage:
    """Give a page of segments whose names hold the search, the last changed first."""
    s = segments.c
    words = search.strip().lower()
    mine = (s.store_id == store_id, func.lower(s.name).contains(words, autoescape=True))
    query = select(s.id, s.name, s.ready_made, s.state, s.updated_at).where(*mine)
    query = query.order_by(s.updated_at.desc(), s.id).limit(PAGE).offset((page - 1) * PAGE)
    rows = connection.execute(query).all()
    total = connection.execute(select(func.count()).where(*mine)).scalar_one()
    sizes = segment_members.sizes(connection, store_id, [row.id for row in rows])
    return SegmentPage([_line(row, sizes) for row in rows], total)


def _line(row: Row[*tuple[object, ...]], sizes: Mapping[str, int]) -> SegmentLine:
    return SegmentLine(**row._asdict(), customers=sizes[row.id])


def names(connection: Connection, store_id: str) -> Sequence[Row[*tuple[object, ...]]]:
    """Give id and name of every segment of a store, by name."""
    s = segments.c
    query = select(s.id, s.name).where(s.store_id == store_id)
    return connection.execute(query.order_by(func.lower(s.name), s.id)).all()


def ready_made(connection: Connection, store_id: str) -> frozenset[str]:
    """Give the keys of the ready-made segments that a store has."""
    s = segments.c
    query = select(s.ready_made).where(s.store_id == store_id, s.ready_made.is_not(None))
    return frozenset(connection.execute(query).scalars())


def reach(
    connection: Connection,
    store_id: str,
    segment_ids: Sequence[str],
    policy: ConsentPolicy,
    now: datetime,
) -> dict[str, dict[str, int]]:
    """Give by segment how many of its members each channel reaches.

    A chat is a question of its own, begun with the few whom it reaches; what stands with the
    customers is counted for all other channels at once.
    """
    open_to = reachable(connection, store_id, policy, now)
    kept = {name: ways.reached for name, ways in open_to.items() if name not in CHATS}
    chats = reached_on_chats(connection, store_id, policy, now)
    found = {one: dict.fromkeys(open_to, 0) for one in segment_ids}
    for told in (kept, *({name: words} for name, words in chats.items())):
        for row in _members(connection, store_id, segment_ids, told) if segment_ids else ():
            for name in told:
                found[row["segment_id"]][name] += row["number"] if row[f"on_{name}"] else 0
    return found


def _members(
    connection: Connection,
    store_id: str,
    segment_ids: Sequence[str],
    told: Mapping[str, ColumnElement[bool]],
) -> Sequence[RowMapping]:
    """Count members by segment and by which of these words hold; of one, those of whom it does.

    By groups: what a sum is narrowed by would be looked up anew for each of a million rows.
    """
    m, c = memberships.c, customers.c
    columns = [words.label(f"on_{name}") for name, words in told.items()]
    within = [] if len(told) > 1 else told.values()
    query = (
        select(m.segment_id, func.count().label("number"), *columns)
        .join_from(memberships, customers, (c.store_id == m.store_id) & (c.id == m.customer_id))
        .where(m.store_id == store_id, c.store_id == store_id, c.deleted_at.is_(None))
        .where(among(m.segment_id, segment_ids), *within)
        .group_by(m.segment_id, *(f"on_{name}" for name in told))
    )
    return connection.execute(query).mappings().all()


def some(connection: Connection, store_id: str, everyone: int, wanted: int) -> list[str]:
    """Give the ids of about so many customers, spread evenly over the time they came."""
    c = customers.c
    place = func.row_number().over(order_by=(c.created_at, c.id)).label("place")
    all_of_them = select(c.id, place).where(c.store_id == store_id, IS_THERE).subquery()
    step = max(1, everyone // wanted)
    query = select(all_of_them.c.id).where(all_of_them.c.place % step == 0).limit(wanted)
    return list(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class RfmCell:
    """How many buyers have a score of recency and one of frequency, and their group."""

    recency: int
    frequency: int
    group: str
    customers: int


def rfm_grid(connection: Connection, store_id: str) -> list[RfmCell]:
    """Count the buyers of each pair of scores; nothing before a store's buyers were scored."""
    r = rfm_scores.c
    query = (
        select(r.recency, r.frequency, r.group, func.count().label("customers"))
        .where(r.store_id == store_id, r.group.is_not(None))
        .group_by(r.recency, r.frequency, r.group)
        .order_by(r.recency.desc(), r.frequency)
    )
    return [RfmCell(**row._asdict()) for row in connection.execute(query)]


def people(
    connection: Connection, store_id: str, ids: Sequence[str]
) -> list[Row[*tuple[object, ...]]]:
    """Give names, addresses and numbers of these customers, in the order asked."""
    c = customers.c
    query = select(c.id, c.first_name, c.last_name, c.email, c.phone)
    query = query.where(c.store_id == store_id, among(c.id, ids))
    found = {row.id: row for row in connection.execute(query)} if ids else {}
    return [found[one] for one in ids if one in found]
