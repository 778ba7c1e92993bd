"""Finding customers: by beginnings of words, segment, consent, reach; the newest first.

A few are found from what was asked for and put in order; of many, the newest are met soon when
one walks along all customers in their order. Which of the two it is, a bounded count tells.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from marketing.phone_numbers import begun_at
from storage.beginnings import begins, key_of, really_begins
from storage.schema import customers, segment_members

PAGE = 50
FURTHEST_PAGE = 200
COUNTED_TO = 10_000
"""Beyond this many the list says "more than": counting on would cost more than it tells."""
AT_MOST = 7 * COUNTED_TO
"""What a few come to, by the seven things that a word may begin."""
DIGITS = 4
"""So many make a part of a phone number."""
_NUMBER = re.compile(r"(?<!\w)(?:\+|00|\()?[\d(][\d\s().\-/\u00a0]{4,}\d(?!\w)")
"""A number as people write it: with blanks, dashes, dots, parentheses."""
WHOLE = 7
"""So many digits are one number, whatever stands between them."""
RARE = {
    "email": customers.c.email_consent.in_(
        [literal_column(f"'{state}'") for state in ("unsubscribed", "pending", "invalid")]
    ),
    "sms": customers.c.sms_consent.is_not(None),
}
"""What the partial indexes of the consents say: told again, so that they are used."""
NEVER_SAID = "unknown"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers: each part that is given narrows."""

    search: str = ""
    """Each of its words begins an address, a first or a last name, or a phone number."""
    segment_id: str | None = None
    channel: str = "email"
    """Whose consent `consent` is about: email or sms."""
    consent: str | None = None
    """A state of `marketing.model.ConsentState`, or `unknown`."""
    reached: ColumnElement[bool] | None = None
    """Whom a channel reaches now: `storage.reach`."""
    country: str | None = None
    """The store's: a number that names no country is dialled as one does there."""


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of the list; `total` stops at `COUNTED_TO` + 1."""

    customers: Sequence[Row[*tuple[Any, ...]]]
    total: int


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was asked for: as a condition, and as the customers it finds."""

    condition: ColumnElement[bool]
    found: Select[*tuple[Any, ...]]
    """The ids, up to so many that there is no sense in beginning with them."""
    is_few: bool


def customer_page(
    connection: Connection, store_id: str, wanted: Wanted, *, page: int = 1
) -> CustomerPage:
    """Give a page of a store's customers, the newest first."""
    c = customers.c
    parts = [*_words(connection, store_id, wanted), *_segment(connection, store_id, wanted)]
    few = next((part for part in parts if part.is_few), None)
    here = [c.store_id == store_id, c.deleted_at.is_(None), c.erased_at.is_(None)]
    said = (_said(wanted), true() if wanted.reached is None else wanted.reached)
    found = and_(*here, *(part.condition for part in parts if part is not few), *said)
    if few is not None:
        found = and_(found, c.id.in_(few.found))
    is_more = wanted.consent is not None or wanted.reached is not None
    is_one_word = len(parts) == 1 and few is None and not is_more
    total = COUNTED_TO + 1 if is_one_word else _count(connection, found)
    return CustomerPage(_rows(connection, found, page, in_one_go=few is not None), total)


def words_in(search: str) -> list[str]:
    """Give the words that are looked for, in small letters; a number written apart is one."""
    return _NUMBER.sub(_together, search.lower()).split()


def _together(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    if len(digits) < WHOLE:
        return found[0]
    return f"+{digits}" if found[0].startswith("+") else digits


def named(store_id: str, word: str, country: str | None = None) -> Any:
    """Give a query of the ids of customers whom a word may mean, `COUNTED_TO` each way at most."""
    branches = [
        select(customers.c.id).where(customers.c.store_id == store_id, test).limit(COUNTED_TO)
        for test in _begins(word.lower(), begins, country)
    ]
    return union_all(*(select(branch.subquery().c.id) for branch in branches))


def _count(connection: Connection, found: ColumnElement[bool]) -> int:
    some = select(customers.c.id).where(found).limit(COUNTED_TO + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _rows(
    connection: Connection, found: ColumnElement[bool], page: int, *, in_one_go: bool
) -> Sequence[Row[Any]]:
    """Read a page; a few are fetched first and then put in order, not the other way round."""
    few = select(customers).where(found).limit(AT_MOST)
    source = few.subquery() if in_one_go else customers
    query = (
        select(source)
        .order_by(source.c.created_at.desc(), source.c.id.desc())
        .limit(PAGE)
        .offset((min(page, FURTHEST_PAGE) - 1) * PAGE)
    )
    return connection.execute(query if in_one_go else query.where(found)).all()


def _words(connection: Connection, store_id: str, wanted: Wanted) -> list[Part]:
    return [_word(connection, store_id, word, wanted.country) for word in words_in(wanted.search)]


def _word(connection: Connection, store_id: str, word: str, country: str | None) -> Part:
    tests = _begins(word, begins, country)
    branches = [
        select(customers.c.id).where(customers.c.store_id == store_id, test).limit(COUNTED_TO + 1)
        for test in tests
    ]
    each = [select(branch.subquery().c.id) for branch in branches]
    counted = select(*(select(func.count()).select_from(one.subquery()).scalar_subquery()
                       for one in branches))  # fmt: skip
    most = max(connection.execute(counted).one())
    found: Any = union_all(*each)
    return Part(or_(*_begins(word, really_begins, country)), found, is_few=most <= COUNTED_TO)


Test = Callable[[ColumnElement[Any], str], ColumnElement[bool]]


def _begins(word: str, test: Test, country: str | None) -> list[ColumnElement[bool]]:
    c, name = customers.c, key_of(word)
    tests = [test(c.email_key, word)]
    if name:
        tests += [test(c.first_key, name), test(c.last_key, name)]
    digits = re.sub(r"[^\d+]", "", word)
    if len(digits) >= DIGITS:
        tests += [test(c.phone, one) for one in _dialled(digits, country)]
    return tests


def _dialled(digits: str, country: str | None) -> list[str]:
    """Give how a number may be kept: with its country, which few write as it is kept."""
    if digits.startswith("+"):
        return [digits]
    if digits.startswith("00"):
        return [f"+{digits[2:]}"]
    american = [f"+1{digits}"] if len(digits) == len("2125550143") else []
    at_home = begun_at(digits, country)
    return list(dict.fromkeys([digits, f"+{digits}", *american, *([at_home] if at_home else [])]))


def _segment(connection: Connection, store_id: str, wanted: Wanted) -> list[Part]:
    if wanted.segment_id is None:
        return []
    m = segment_members.c
    members = select(m.customer_id).where(m.store_id == store_id, m.segment_id == wanted.segment_id)
    some = members.limit(COUNTED_TO + 1).subquery()
    size = connection.execute(select(func.count()).select_from(some)).scalar_one()
    is_member = members.where(m.customer_id == customers.c.id).correlate(customers).exists()
    return [Part(is_member, members, is_few=size <= COUNTED_TO)]


def _said(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.consent is None:
        return true()
    column = customers.c[f"{wanted.channel}_consent"]
    if wanted.consent == NEVER_SAID:
        return column.is_(None)
    rare = RARE[wanted.channel]
    is_rare = wanted.channel == "sms" or wanted.consent in {"unsubscribed", "pending", "invalid"}
    return and_(column == wanted.consent, rare) if is_rare else column == wanted.consent
