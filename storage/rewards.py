"""Rewards: store credit that a flow gives, each once; which of them a platform's credit is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from storage.among import among
from storage.bulk import insert_rows
from storage.dialect import lock_claims
from storage.schema import customers, enrollments, new_id, orders, rewards

PENDING, CREDITING, CREDITED = "pending", "crediting", "credited"
UNKNOWN, CODED, FAILED = "unknown", "coded", "failed"
IS_OPEN = (PENDING, CREDITING, UNKNOWN)


@dataclass(frozen=True, slots=True)
class NewReward:
    """What a customer is to get; money in minor units of the store's currency."""

    enrollment_id: str
    flow_id: str
    step_id: str
    customer_id: str
    amount: int
    currency: str
    expires_at: datetime | None
    order_number: int | None


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward as it stands, and whose it is."""

    id: str
    enrollment_id: str
    step_id: str
    customer_id: str
    amount: int
    currency: str
    expires_at: datetime | None
    state: str
    asked_at: datetime | None
    tried_at: datetime | None
    version_id: str
    customer_external_id: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """What became of an enrollment's reward of one step."""

    enrollment_id: str
    step_id: str
    state: str
    amount: int
    currency: str
    expires_at: datetime | None


def hold(connection: Connection, store_id: str) -> None:
    """Let one transaction at a time grant rewards of a store: each order's number counts once."""
    lock_claims(connection, f"rewards:{store_id}")


def order_number(
    connection: Connection, store_id: str, customer_id: str, order_id: str | None
) -> int:
    """Count a customer's counted orders up to this one, or all of them."""
    o = orders.c
    theirs = [o.store_id == store_id, o.customer_id == customer_id, o.counts]
    standing = or_(o.cancelled_at.is_(None), o.id == order_id)
    query = select(func.count()).select_from(orders).where(*theirs, standing)
    if order_id is not None:
        at = select(o.placed_at).where(o.store_id == store_id, o.id == order_id).scalar_subquery()
        query = query.where(or_(o.placed_at < at, and_(o.placed_at == at, o.id <= order_id)))
    return connection.execute(query).scalar_one()


def is_given(
    connection: Connection,
    store_id: str,
    which: tuple[str, str, str],
    number: int,
) -> bool:
    """Say if a (flow, step, customer) has a reward for its order of this number."""
    r = rewards.c
    flow_id, step_id, customer_id = which
    query = select(r.id).where(
        r.store_id == store_id,
        r.customer_id == customer_id,
        r.flow_id == flow_id,
        r.step_id == step_id,
        r.order_number == number,
    )
    return connection.execute(query.limit(1)).first() is not None


def add(connection: Connection, store_id: str, new: NewReward, now: datetime) -> str | None:
    """Put a reward in and give its id; None when the enrollment has it already."""
    row = {
        "store_id": store_id,
        "id": new_id(),
        **{name: getattr(new, name) for name in NewReward.__slots__},
        "state": PENDING,
        "granted_at": now,
    }
    return row["id"] if insert_rows(connection, rewards, [row], new_only=True) else None


def get(connection: Connection, store_id: str, reward_id: str) -> Reward | None:
    """Give a reward and whose it is."""
    r, e, c = rewards.c, enrollments.c, customers.c
    own = [r[name] for name in Reward.__slots__ if name in r]
    query = (
        select(*own, e.version_id, c.external_id.label("customer_external_id"))
        .join(enrollments, and_(e.store_id == r.store_id, e.id == r.enrollment_id))
        .join(customers, and_(c.store_id == r.store_id, c.id == r.customer_id))
        .where(r.store_id == store_id, r.id == reward_id)
    )
    row = connection.execute(query).one_or_none()
    return Reward(**row._asdict()) if row else None


def move(connection: Connection, store_id: str, reward: Reward, **values: Any) -> bool:
    """Note how far it came; False when somebody else has moved it since it was read."""
    r = rewards.c
    as_read = [r.state == reward.state, r.tried_at.is_not_distinct_from(reward.tried_at)]
    moved = connection.execute(
        update(rewards).where(r.store_id == store_id, r.id == reward.id, *as_read).values(**values)
    )
    return moved.rowcount == 1


def claimed(connection: Connection, store_id: str, external_ids: Iterable[str]) -> set[str]:
    """Give which of the platform's credits are rewards that we know of."""
    r = rewards.c
    query = select(r.external_id).where(r.store_id == store_id, among(r.external_id, external_ids))
    return set(connection.execute(query).scalars())


def give_up_claim(connection: Connection, store_id: str, external_id: str, but: str) -> str | None:
    """Take a credit from the reward that was thought to be it; give that reward's id.

    It was found by looking; the platform's own answer to another says otherwise.
    """
    r = rewards.c
    query = (
        update(rewards)
        .where(r.store_id == store_id, r.external_id == external_id, r.id != but)
        .values(external_id=None, state=UNKNOWN)
        .returning(r.id)
    )
    return connection.execute(query).scalar()


def given(
    connection: Connection, store_id: str, enrollment_ids: Sequence[str]
) -> dict[tuple[str, str], Given]:
    """Give what became of the rewards of these enrollments, by (enrollment, step)."""
    r = rewards.c
    query = select(*[r[name] for name in Given.__slots__]).where(
        r.store_id == store_id, among(r.enrollment_id, enrollment_ids)
    )
    return {(row.enrollment_id, row.step_id): Given(*row) for row in connection.execute(query)}
