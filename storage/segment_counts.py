"""How many a condition holds for, whom of them each channel reaches, and some to judge by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, true

from marketing.consent import ConsentPolicy
from marketing.flow import Condition
from storage.reach import CHATS, reachable, reached_on_chats
from storage.schema import customers
from storage.segment_sql import is_of_rows, who

SAMPLES = 10
FEW = 10_000
"""So many are put in order; among more, the newest are met soon where all stand in order."""
_c = customers.c
_NEWEST = (_c.created_at.desc(), _c.id.desc())


@dataclass(frozen=True, slots=True)
class Count:
    """How many a condition holds for, how many of them a channel reaches, and some of them."""

    customers: int
    reach: Mapping[str, int]
    samples: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of whom."""

    connection: Connection
    store_id: str
    condition: Condition
    now: datetime


def count(
    connection: Connection,
    store_id: str,
    condition: Condition,
    policy: ConsentPolicy,
    now: datetime,
) -> Count:
    """Count everyone for whom a condition holds, saved or not, and whom each channel reaches."""
    asked = _Asked(connection, store_id, condition, now)
    open_to = reachable(connection, store_id, policy, now)
    kept = {name: ways.reached for name, ways in open_to.items() if name not in CHATS}
    told, samples = (_by_rows if is_of_rows(condition) else _by_all)(asked, kept)
    chats = _on_chats(asked, policy) if samples else {}
    counts = {name: told[name] if name in kept else chats.get(name, 0) for name in open_to}
    return Count(told["customers"], counts, samples)


Words = Mapping[str, ColumnElement[bool]]
Told = tuple[Mapping[str, int], Sequence[str]]


def _by_rows(asked: _Asked, kept: Words) -> Told:
    """Count as the rows are read, by as many processes as the database has; then find some.

    Nothing is put down in between, which would take longer than the reading where a condition
    holds for a million; and it is by groups, since what a sum is narrowed by would be looked up
    anew for each of them.
    """
    mine = who(asked.connection, asked.store_id, asked.condition, asked.now)
    columns = [words.label(f"on_{name}") for name, words in kept.items()]
    query = mine.with_only_columns(
        func.count().label("number"), *columns, maintain_column_froms=True
    )
    grouped = query.group_by(*(f"on_{name}" for name in kept))
    rows = asked.connection.execute(grouped).mappings().all()
    told = {"customers": sum(row["number"] for row in rows)}
    told |= {name: sum(row["number"] for row in rows if row[f"on_{name}"]) for name in kept}
    if told["customers"] <= FEW:  # an offset keeps them from being looked for in their order
        few = mine.add_columns(_c.created_at).offset(0).subquery()
        newest = select(few.c.id).order_by(few.c.created_at.desc(), few.c.id.desc())
    else:
        newest = mine.order_by(*_NEWEST)
    found = asked.connection.execute(newest.limit(SAMPLES)).scalars()
    return told, list(found) if told["customers"] else []


def _by_all(asked: _Asked, kept: Words) -> Told:
    """Find everyone once, since it is long to find them; count these and take some of them."""
    columns = [words.label(name) for name, words in kept.items()]
    mine = who(asked.connection, asked.store_id, asked.condition, asked.now)
    wanted = (_c.id, _c.created_at, *columns)
    found = mine.with_only_columns(*wanted, maintain_column_froms=True).cte("found")
    counted = (func.count().filter(found.c[name]).label(name) for name in kept)
    sums = select(func.count().label("customers"), *counted).select_from(found).subquery()
    newest = select(found.c.id, sums).join_from(found, sums, true())
    newest = newest.order_by(found.c.created_at.desc(), found.c.id.desc()).limit(SAMPLES)
    rows = asked.connection.execute(newest).mappings().all()
    told = rows[0] if rows else {"customers": 0, **dict.fromkeys(kept, 0)}
    return {name: told[name] for name in ("customers", *kept)}, [row["id"] for row in rows]


def _on_chats(asked: _Asked, policy: ConsentPolicy) -> dict[str, int]:
    """Count those of a condition whom each chat reaches, begun with whom it reaches."""
    connection, store_id = asked.connection, asked.store_id
    mine = who(connection, store_id, asked.condition, asked.now)
    chats = reached_on_chats(connection, store_id, policy, asked.now)
    told = {name: mine.where(words).subquery() for name, words in chats.items()}
    return {
        name: connection.execute(select(func.count()).select_from(some)).scalar_one()
        for name, some in told.items()
    }
