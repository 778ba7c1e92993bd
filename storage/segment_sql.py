"""A segment's condition as SQL: everyone of a store for whom it holds, in one statement.

It gives the same answer as `marketing.segments.has` over the facts of each customer. What is
counted or summed up is worked out once for all of them, never customer by customer.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Numeric,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from marketing.conditions import (
    GROUPS,
    IN_SEGMENT,
    NOTHING,
    NUMBERS,
    PERCENT,
    SOME,
    TIMELY,
    ago,
    each_test,
    moment_in,
    plain,
    share,
)
from marketing.conditions import MOMENTS as TAKEN_MOMENTS
from marketing.flow import Condition, Measure
from marketing.model import ChannelName
from marketing.segments import CHAT_CONSENTS, LISTS, MOMENTS, TEXTS
from marketing.segments import NUMBERS as NUMBER_FIELDS
from storage.chat_words import words_on
from storage.dialect import is_sqlite
from storage.json_sql import (
    begins,
    bytewise,
    draw_of,
    holds_text,
    json_bool,
    json_has,
    json_number,
    json_text,
    json_there,
)
from storage.measures import source_of, taken_of
from storage.schema import customers, rfm_scores, segment_members
from storage.segment_members import is_id

Words = ColumnElement[bool]
ELSEWHERE = frozenset({"rfm", *CHAT_CONSENTS})
"""Fields of a customer that lie in other tables."""
OPPOSITE = {"eq": "ne", "ne": "eq", "gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}


def who(connection: Connection, store_id: str, condition: Condition, now: datetime) -> Select[Any]:
    """Select the ids of a store's customers for whom the condition holds."""
    told = Telling(store_id, now, is_lite=is_sqlite(connection))
    words = told.tell(condition, decides=True)
    c = customers.c
    return (
        select(c.id)
        .select_from(told.joined)
        .where(c.store_id == store_id, c.deleted_at.is_(None), words)
    )


def is_of_rows(condition: Condition) -> bool:
    """Say if a customer's own row decides: nothing else of them is looked for."""
    return all(
        test.measure is None
        and test.op != IN_SEGMENT
        and (test.field or "").removeprefix("customer.").partition(".")[0] not in ELSEWHERE
        for test in each_test(condition)
    )


class Telling:
    """One condition on its way into SQL; `joined` grows by what its tests look at.

    A set of customers that all of it depends on is a semi-join or an anti-join, which the
    database takes in whatever order is best. Elsewhere PostgreSQL joins sets, so that it never
    looks them through for each customer; SQLite keeps the set of an IN by itself, and joins 64
    tables at the most.
    """

    def __init__(self, store_id: str, now: datetime, *, is_lite: bool) -> None:
        self.store_id, self.now, self._is_lite = store_id, now, is_lite
        self._has_scores = False
        self._chats: dict[str, ColumnElement[Any]] = {}
        self.joined: FromClause = customers

    def tell(self, test: Condition, *, decides: bool) -> Words:
        """Give a test in SQL; `decides`: who does not pass it is out, else it is never NULL."""
        match test.op:
            case "all":
                return and_(true(), *(self.tell(part, decides=decides) for part in test.of))
            case "any":
                parts = [self.tell(part, decides=False) for part in test.of]
                return or_(false(), *parts)
            case "none" if decides:
                return and_(true(), *(not_(self._sure(part, decides=True)) for part in test.of))
            case "none":
                return not_(or_(false(), *(self.tell(part, decides=False) for part in test.of)))
            case _:
                simple = plain(test)
                if simple.op == "none":
                    return self.tell(simple, decides=decides)
                return self._sure(simple, decides=decides) if not decides else self._test(simple)

    def _sure(self, part: Condition, *, decides: bool) -> Words:
        """Give a test that is false, not NULL, where it does not hold."""
        simple = plain(part)
        if simple.op in GROUPS:
            return self.tell(simple, decides=False)
        if simple.measure or simple.op in {IN_SEGMENT, PERCENT}:
            return self._test(simple, decides=decides)
        return func.coalesce(self._test(simple), false())

    def _test(self, test: Condition, *, decides: bool = True) -> Words:
        if test.op == IN_SEGMENT:
            return self._is_among(_members(self.store_id, str(test.value)), decides=decides)
        if test.op == PERCENT:
            return draw_of(test.salt or "", customers.c.id) < share(test)
        if test.measure:
            return self._measured(test, test.measure, decides=decides)
        return self._field(test, (test.field or "").removeprefix("customer."))

    def _is_among(self, these: Select[Any], *, decides: bool) -> Words:
        if self._is_lite:
            return customers.c.id.in_(these)
        alike = these.subquery()
        if decides:
            return select(literal_column("1")).where(alike.c[0] == customers.c.id).exists()
        self.joined = self.joined.outerjoin(alike, alike.c[0] == customers.c.id)
        found: Words = alike.c[0].is_not(None)
        return found

    def _measured(self, test: Condition, measure: Measure, *, decides: bool) -> Words:
        """Look for those whose rows pass; where none pass too, for those whose rows don't."""
        told = test.op, test.value if type(test.value) is int else None
        counts = measure.source == "events" or measure.take == "count"
        if counts and told in SOME | NOTHING:
            found = self._is_among(self._rows(measure, decides=decides), decides=decides)
            return found if told in SOME else not_(found)
        source = source_of(measure, self.store_id, self.now)
        passes, holds_of_none = having(test, measure, self.now, partial(taken_of, source))
        if holds_of_none:
            return not_(self._is_among(self._group(measure, not_(passes)), decides=decides))
        return self._is_among(self._group(measure, passes), decides=decides)

    def _rows(self, measure: Measure, *, decides: bool) -> Select[Any]:
        """Select whose rows there are: each once where they are joined."""
        source = source_of(measure, self.store_id, self.now)
        query = select(source.customer_id).where(
            source.of_store, source.narrowed, source.customer_id.is_not(None)
        )
        return query if decides or self._is_lite else query.distinct()

    def _group(self, measure: Measure, passes: Words) -> Select[Any]:
        return (
            self._rows(measure, decides=True)
            .group_by(source_of(measure, self.store_id, self.now).customer_id)
            .having(passes)
        )

    def _field(self, test: Condition, name: str) -> Words:
        if name.startswith("properties."):
            return _property(test, tuple(name.split(".")[1:]))
        if name in LISTS:
            return _list(test, customers.c[name])
        column = self._column(name)
        if test.op == "exists":
            return column.is_(None) if test.value is False else column.is_not(None)
        if test.op in TIMELY:
            cut = self.now - ago(test.value)
            return column > cut if test.op == "within" else column <= cut
        return _compared(test.op, column, _kind(name), test.value)

    def _column(self, name: str) -> ColumnElement[Any]:
        start, _, rest = name.partition(".")
        if start == "rfm":
            self._join_scores()
            return rfm_scores.c[rest]
        if name in CHAT_CONSENTS:
            return self._said_on(CHAT_CONSENTS[name])
        column = customers.c[name]
        return cast(column, Text()) if name == "id" else column

    def _said_on(self, channel: ChannelName) -> ColumnElement[Any]:
        if channel not in self._chats:
            words = words_on(self.store_id, channel)
            self.joined = self.joined.outerjoin(words, words.c.customer_id == customers.c.id)
            self._chats[channel] = words.c.consent
        return self._chats[channel]

    def _join_scores(self) -> None:
        if not self._has_scores:
            self._has_scores = True
            s, c = rfm_scores.c, customers.c
            own = and_(s.store_id == c.store_id, s.customer_id == c.id)
            self.joined = self.joined.outerjoin(rfm_scores, own)


def _members(store_id: str, segment_id: str) -> Select[Any]:
    m = segment_members.c
    own = m.segment_id == segment_id if is_id(segment_id) else false()
    return select(m.customer_id).where(m.store_id == store_id, own)


Take = Callable[[str], ColumnElement[Any]]
"""Gives what a customer's rows come to: `count`, `spent`, `first` or `last`."""


def having(test: Condition, measure: Measure, now: datetime, take: Take) -> tuple[Words, bool]:
    """Give what a customer's group of rows has to come to, and if no rows at all do, too."""
    if measure.take in TAKEN_MOMENTS:
        return _moment(test, measure.take, now, take)
    value, compare = test.value, NUMBERS[test.op]
    if measure.take == "average":
        least = cast(_large(value), Numeric()) * take("count")
        return and_(take("count") > 0, compare(take("spent"), least)), False
    total = take("spent" if measure.take == "spent" else "count")
    return compare(total, _large(value)), bool(compare(0, value))


def _large(value: Any) -> Any:
    """Give a whole number room: PostgreSQL would take it for as small a one as the column's."""
    is_whole = type(value) is int or (type(value) is float and value.is_integer())
    return literal(int(value), BigInteger()) if is_whole else value


def _moment(test: Condition, which: str, now: datetime, take: Take) -> tuple[Words, bool]:
    if test.op == "exists":
        count = take("count")
        return (count < 1, True) if test.value is False else (count >= 1, False)
    at = take(which)
    if test.op in TIMELY:
        cut = now - ago(test.value)
        return (at > cut if test.op == "within" else at <= cut), False
    return NUMBERS[test.op](at, moment_in(test.value)), False


def _kind(name: str) -> str:
    kinds = {"text": TEXTS, "number": NUMBER_FIELDS, "moment": MOMENTS}
    return next((kind for kind, names in kinds.items() if name in names), "truth")


def _compared(op: str, column: ColumnElement[Any], kind: str, value: Any) -> Words:
    """Compare a fact of a kind with a value, which never matches where it is of another kind."""
    if op == "in":
        return _is_one_of(column, kind, value if isinstance(value, (list, tuple)) else ())
    told = _alike(kind, value)
    if told is None or (kind == "truth" and op not in {"eq", "ne"}):
        return false()
    if op in TEXT_OPS:
        return TEXT_OPS[op](column, told) if kind == "text" else false()
    ordered = kind == "text" and op not in {"eq", "ne"}
    words: Words = NUMBERS[op](bytewise(column) if ordered else column, _large(told))
    return words


def _is_one_of(column: ColumnElement[Any], kind: str, values: Sequence[Any]) -> Words:
    """Look a fact up in a list of values: one test, since SQLite can't stack a thousand."""
    told = [one for one in (_alike(kind, value) for value in values) if one is not None]
    return column.in_([_large(one) for one in told]) if told else false()


TEXT_OPS: Mapping[str, Callable[[ColumnElement[Any], str], Words]] = {
    "contains": holds_text,
    "starts_with": begins,
}


def _alike(kind: str, value: Any) -> Any:
    """Give the value as a fact of this kind would be; None if it is of another."""
    if isinstance(value, bool) or kind == "truth":
        return value if isinstance(value, bool) and kind == "truth" else None
    if kind == "moment":
        return moment_in(value)
    wanted = str if kind == "text" else (int, float)
    return value if isinstance(value, wanted) else None


def _list(test: Condition, column: ColumnElement[Any]) -> Words:
    if test.op == "exists":
        return false() if test.value is False else true()
    return json_has(column, (), test.value) if test.op == "contains" else false()


def _property(test: Condition, path: tuple[str, ...]) -> Words:
    """A property is of whatever kind it was given: it is compared as the value's."""
    column = customers.c.properties
    if test.op == "exists":
        there = json_there(column, path)
        return ~there if test.value is False else there
    if test.op == "in":
        places = {_typed(column, path, one)[0]: _typed(column, path, one)[1] for one in test.value}
        return or_(false(), *(_is_one_of(at, kind, test.value) for kind, at in places.items()))
    kind, told = _typed(column, path, test.value)
    words = _compared(test.op, told, kind, test.value)
    return or_(words, json_has(column, path, test.value)) if test.op == "contains" else words


def _typed(
    column: ColumnElement[Any], path: tuple[str, ...], value: Any
) -> tuple[str, ColumnElement[Any]]:
    if isinstance(value, bool):
        return "truth", json_bool(column, path)
    if isinstance(value, str):
        return "text", json_text(column, path)
    return "number", json_number(column, path)
