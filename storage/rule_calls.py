"""What rules of handing over did about conversations: counted for the hour's limit, and told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from marketing.hand_over_rules import GUESSED, Then
from storage import conversations as hands
from storage.dialect import lock_claims
from storage.schema import conversations, customers, new_id, rule_calls


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who wanted an answer when the hour was full, and has none yet."""

    customer_id: str
    name: str


def note(
    connection: Connection, store_id: str, customer_id: str, rule: str, then: Then, at: datetime
) -> None:
    """Keep what a rule came to."""
    row = {"store_id": store_id, "id": new_id(), "customer_id": customer_id, "rule": rule}
    connection.execute(insert(rule_calls).values(**row, came_to=then.value, at=at))


def guessed_since(connection: Connection, store_id: str, since: datetime) -> int:
    """Count a store's conversations that rules that guess handed over since then.

    Others who would count wait until this transaction is over: together they stay within a limit.
    """
    lock_claims(connection, f"rule_calls:{store_id}")
    c = rule_calls.c
    mine = (c.store_id == store_id, c.at > since, c.came_to == Then.HAND_OVER.value)
    query = select(func.count()).where(*mine, c.rule.in_(sorted(GUESSED)))
    return connection.execute(query).scalar_one()


def over_limit_at(connection: Connection, store_id: str, customer_id: str) -> datetime | None:
    """Give when a customer's hand-over last came to nothing, for the hour was full."""
    c = rule_calls.c
    mine = (c.store_id == store_id, c.customer_id == customer_id)
    query = select(func.max(c.at, type_=c.at.type)).where(*mine, c.came_to == Then.OVER_LIMIT.value)
    found: datetime | None = connection.execute(query).scalar_one()
    return found


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
        .where(c.came_to == Then.OVER_LIMIT.value, v.state == hands.AUTOMATED)
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
