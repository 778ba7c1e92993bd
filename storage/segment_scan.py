"""Many segments at once: who of some customers belongs by the facts, and who is in by the books.

What several conditions count is counted once for all of them. Which of the segments somebody
belongs to is a row of bits, by the facts and by the books: who has two unlike rows is in doubt.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from marketing.conditions import NOTHING, SOME
from marketing.flow import Condition, Measure
from storage.among import among
from storage.dialect import is_sqlite
from storage.measures import Source, common, source_of, taken_of
from storage.schema import Id, customers, segment_members
from storage.segment_sql import Telling, Words, having

BITS = 60
"""Segments a whole number: either database has 64 bits, one of them the sign."""


@dataclass(frozen=True, slots=True)
class _Some:
    """The customers of one question."""

    store_id: str
    ids: Sequence[str]

    def has(self, customer_id: Column[Any]) -> ColumnElement[bool]:
        return among(customer_id, self.ids)


def in_doubt(
    connection: Connection,
    store_id: str,
    customer_ids: Iterable[str],
    conditions: Mapping[str, Condition],
    now: datetime,
) -> dict[str, frozenset[str]]:
    """Give those of some customers who are in a segment and don't belong there, or the reverse.

    `conditions` are by segment id; so are the segments in doubt, by customer.
    """
    these = _Some(store_id, sorted(customer_ids))
    ids, c = list(conditions), customers.c
    sharing = _Sharing(these, now, is_lite=is_sqlite(connection))
    tests = [sharing.tell(one, decides=True) for one in conditions.values()]
    kept = _kept(these, ids)
    facts = [case((c.deleted_at.is_(None), one), else_=0) for one in _words(tests)]
    books = [func.coalesce(kept.c[_name(at)], 0) for at in range(len(facts))]
    query = (
        select(c.id, *facts, *books)
        .select_from(sharing.everything.outerjoin(kept, kept.c.customer_id == c.id))
        .where(c.store_id == these.store_id, these.has(c.id))
        .where(or_(*(fact != book for fact, book in zip(facts, books, strict=True))))
    )
    return {
        row[0]: frozenset(_differing(ids, row[1 : len(facts) + 1], row[len(facts) + 1 :]))
        for row in connection.execute(query)
    }


def _words(tests: Sequence[Words]) -> list[ColumnElement[int]]:
    """Give whole numbers whose bits say which of the tests hold."""
    found = []
    for start in range(0, len(tests), BITS):
        total: ColumnElement[int] = cast(literal_column("0"), BigInteger())
        for at, test in enumerate(tests[start : start + BITS]):
            total = total + case((test, _bit(at)), else_=_bit(None))
        found.append(total)
    return found


def _bit(at: int | None) -> ColumnElement[int]:
    """Written out, not bound: there are thousands of them."""
    return literal_column(f"CAST({0 if at is None else 1 << at} AS BIGINT)", BigInteger())


def _name(at: int) -> str:
    return f"bits_{at}"


def _kept(these: _Some, ids: Sequence[str]) -> Subquery:
    """Select the same of who is in by the books."""
    m = segment_members.c
    words = range(-(-len(ids) // BITS))
    numbers = union_all(*(_number(at, segment_id, words) for at, segment_id in enumerate(ids)))
    bit = numbers.subquery("numbers")
    sums = [cast(func.sum(bit.c[_name(at)]), BigInteger()).label(_name(at)) for at in words]
    return (
        select(m.customer_id, *sums)
        .join_from(segment_members, bit, bit.c.segment_id == m.segment_id)
        .where(m.store_id == these.store_id, these.has(m.customer_id))
        .group_by(m.customer_id)
        .subquery("kept")
    )


def _number(at: int, segment_id: str, words: Iterable[int]) -> Select[*tuple[Any, ...]]:
    own, bit = divmod(at, BITS)
    bits = [_bit(bit if one == own else None).label(_name(one)) for one in words]
    return select(literal(segment_id, Id).label("segment_id"), *bits)


def _differing(ids: Sequence[str], facts: Sequence[int], books: Sequence[int]) -> Iterable[str]:
    unlike = [fact ^ book for fact, book in zip(facts, books, strict=True)]
    return (one for at, one in enumerate(ids) if unlike[at // BITS] >> at % BITS & 1)


class _Sharing(Telling):
    """Many conditions on their way into one statement: each test is told once for all of them."""

    def __init__(self, these: _Some, now: datetime, *, is_lite: bool) -> None:
        super().__init__(these.store_id, now, is_lite=is_lite)
        self._these = these
        self._known: dict[str, Words] = {}
        self._groups: dict[FromClause, _Group] = {}

    @property
    def everything(self) -> FromClause:
        """What to select from: the customers, and beside them all that the tests look at."""
        found = self.joined
        for group in self._groups.values():
            rows = group.rows(self._these, self.now).subquery(group.name)
            found = found.outerjoin(rows, rows.c.customer_id == customers.c.id)
        return found

    def _test(self, test: Condition, *, decides: bool = True) -> Words:  # noqa: ARG002
        told = repr(test)  # 1, 1.0 and True are equal, and not alike
        if told not in self._known:
            self._known[told] = super()._test(test, decides=False)
        return self._known[told]

    def _measured(self, test: Condition, measure: Measure, *, decides: bool) -> Words:  # noqa: ARG002
        source = source_of(measure, self.store_id, self.now)
        group = self._groups.setdefault(source.table, _Group(f"of_{len(self._groups)}"))
        group.measures.append(measure)
        is_count = measure.source == "events" or measure.take == "count"
        told = test.op, test.value if type(test.value) is int else None
        if is_count and measure.within is not None and told in SOME | NOTHING:
            lately = self._is_within(group, measure, measure.within)
            return lately if told in SOME else ~lately
        passes, _ = having(test, measure, self.now, partial(group.column, source, measure))
        return func.coalesce(passes, false())

    def _is_within(self, group: "_Group", measure: Measure, within: timedelta) -> Words:
        """The last one tells of every window: of twenty it is looked up once."""
        ever = replace(measure, within=None)
        at = group.column(source_of(ever, self.store_id, self.now), ever, "last")
        return func.coalesce(at > self.now - within, false())


@dataclass(slots=True)
class _Group:
    """What is counted and summed up of one table, a row a customer."""

    name: str
    measures: list[Measure] = field(default_factory=list)
    """All that were asked for: together they say which rows are looked at."""
    columns: dict[tuple[Any, ...], ColumnElement[Any]] = field(default_factory=dict)
    """Each once, by what it is."""
    sources: list[Source] = field(default_factory=list)

    def column(self, source: Source, measure: Measure, take: str) -> ColumnElement[Any]:
        """Give a column of the group, 0 or NULL for who has no rows."""
        self.sources.append(source)
        event = measure.take if measure.source == "events" else None
        what = (take, event, measure.within, repr(measure.where))
        new = taken_of(source, take, source.narrowed).label(f"taken_{len(self.columns)}")
        taken = self.columns.setdefault(what, new)
        told: ColumnElement[Any] = literal_column(f"{self.name}.{taken.key}", taken.type)
        return told if take in {"first", "last"} else func.coalesce(told, _bit(None))

    def rows(self, these: _Some, now: datetime) -> Select[Any]:
        """Select it of some customers."""
        source = self.sources[0]
        return (
            select(source.customer_id.label("customer_id"), *self.columns.values())
            .where(source.of_store, these.has(source.customer_id))
            .where(*common(self.measures, source, now))
            .group_by(source.customer_id)
        )
