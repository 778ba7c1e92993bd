"""What rules of handing over did about conversations, or would have, and what people found of it.

Counted for the hour's limit, and for how often a rule is right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from marketing.hand_over_rules import GUESSED, Then, Verdict
from marketing.hand_over_words import words_of_rule
from marketing.said import Said
from storage import conversations as hands
from storage.alarms import Waiting
from storage.dialect import lock_claims
from storage.schema import conversations, customers, new_id, rule_calls


@dataclass(frozen=True, slots=True)
class RuleCall:
    """A rule was met."""

    id: str
    rule: str
    came_to: str
    is_trial: bool
    at: datetime
    verdict: str | None

    @property
    def why(self) -> Said | None:
        """The rule in words."""
        return words_of_rule(self.rule)


@dataclass(frozen=True, slots=True)
class Sum:
    """How often a rule came to something, and how often people found it right, or not needed."""

    rule: str
    is_trial: bool
    handed_over: int
    offered: int
    over_limit: int
    right: int
    not_needed: int


def note(  # noqa: PLR0913  whose, and what
    connection: Connection,
    store_id: str,
    customer_id: str,
    rule: str,
    then: Then,
    at: datetime,
    *,
    is_trial: bool = False,
) -> str:
    """Keep what a rule came to, or would have; give the call's id."""
    row = {"store_id": store_id, "id": new_id(), "customer_id": customer_id, "rule": rule}
    told = {"came_to": then.value, "is_trial": is_trial, "at": at}
    connection.execute(insert(rule_calls).values(**row, **told))
    return row["id"]


def guessed_since(connection: Connection, store_id: str, since: datetime) -> int:
    """Count a store's conversations that rules that guess handed over since then.

    Others who would count wait until this transaction is over: together they stay within a limit.
    """
    lock_claims(connection, f"rule_calls:{store_id}")
    c = rule_calls.c
    mine = (c.store_id == store_id, c.at > since, c.came_to == Then.HAND_OVER.value)
    query = select(func.count()).where(*mine, c.rule.in_(sorted(GUESSED)), ~c.is_trial)
    return connection.execute(query).scalar_one()


def over_limit_at(connection: Connection, store_id: str, customer_id: str) -> datetime | None:
    """Give when a customer's hand-over last came to nothing, for the hour was full."""
    c = rule_calls.c
    came_to = c.came_to == Then.OVER_LIMIT.value
    return _last(connection, store_id, customer_id, came_to, ~c.is_trial)


def tried_at(connection: Connection, store_id: str, customer_id: str, rule: str) -> datetime | None:
    """Give when a rule on trial was last met by a customer."""
    c = rule_calls.c
    return _last(connection, store_id, customer_id, c.rule == rule, c.is_trial)


def _last(
    connection: Connection, store_id: str, customer_id: str, *such: ColumnElement[bool]
) -> datetime | None:
    c = rule_calls.c
    mine = (c.store_id == store_id, c.customer_id == customer_id)
    query = select(func.max(c.at, type_=c.at.type)).where(*mine, *such)
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def latest(
    connection: Connection, store_id: str, customer_id: str, call_id: str | None = None
) -> RuleCall | None:
    """Give the last call about a customer, or the one that is named; None: there is none."""
    c = rule_calls.c
    mine = [c.store_id == store_id, c.customer_id == customer_id]
    if call_id is not None:
        mine.append(c.id == call_id)
    query = select(*(c[name] for name in RuleCall.__dataclass_fields__)).where(*mine)
    row = connection.execute(query.order_by(c.at.desc(), c.is_trial, c.id).limit(1)).one_or_none()
    return RuleCall(*row) if row else None


def judge(connection: Connection, store_id: str, call_id: str, verdict: Verdict) -> None:
    """Keep what somebody found of a call; a later word replaces it."""
    c = rule_calls.c
    mine = (c.store_id == store_id, c.id == call_id)
    connection.execute(update(rule_calls).where(*mine).values(verdict=verdict.value))


def sums(connection: Connection, store_id: str, since: datetime) -> list[Sum]:
    """Count a store's calls since then, by rule, and those on trial by themselves."""
    c = rule_calls.c
    counted = [func.count().filter(c.came_to == one.value) for one in Then]
    judged = [func.count().filter(c.verdict == one.value) for one in Verdict]
    query = select(c.rule, c.is_trial, *counted, *judged)
    mine = (c.store_id == store_id, c.at >= since)
    rows = connection.execute(query.where(*mine).group_by(c.rule, c.is_trial))
    return [Sum(*row) for row in rows]


def waiting(
    connection: Connection, store_id: str, since: datetime, until: datetime
) -> Sequence[Waiting]:
    """Give whom no person took over in that time, for the hour was full, and nobody answered yet.

    Who waits longest comes first.
    """
    c, v, w = rule_calls.c, conversations.c, customers.c
    query = (
        select(c.customer_id, w.first_name, w.last_name, func.min(c.at))
        .join(conversations, (v.store_id == c.store_id) & (v.customer_id == c.customer_id))
        .join(customers, (w.store_id == c.store_id) & (w.id == c.customer_id))
        .where(c.store_id == store_id, c.at >= since, c.at < until)
        .where(c.came_to == Then.OVER_LIMIT.value, ~c.is_trial, v.state == hands.AUTOMATED)
        .where(v.waiting_since.is_not(None), v.closed_at.is_(None))
        .group_by(c.customer_id, w.first_name, w.last_name)
        .order_by(func.min(c.at), c.customer_id)
    )
    rows = connection.execute(query)
    return [Waiting(row[0], " ".join(part for part in row[1:3] if part)) for row in rows]


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget what rules did about customers who are gone."""
    c = rule_calls.c
    mine = (c.store_id == store_id, c.customer_id.in_(list(customer_ids)))
    return connection.execute(delete(rule_calls).where(*mine)).rowcount
