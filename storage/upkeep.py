"""The ledger's upkeep: what dead workers left behind, retries, holds, and unknown fates."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, literal_column, select, update

from marketing.model import MessageState, Reason
from storage.among import among
from storage.batches import DEADLY
from storage.bulk import update_rows
from storage.messages import IS_DUE
from storage.schema import attempts, hits, messages

IS_LEASED = messages.c.state.in_([literal_column("'claimed'"), literal_column("'handing_over'")])
IS_UNKNOWN = messages.c.state == literal_column("'unknown'")
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Unsure:
    """A message that may or may not have gone out."""

    store_id: str
    id: str
    handed_over_at: datetime
    """When the hand-over began, in real time."""
    seen_at: datetime | None
    """When it was first opened or clicked, by whomever: it arrived."""


# --- after a crash ----------------------------------------------------------------------------


def free_expired_claims(connection: Connection, real_now: datetime) -> int:
    """Make due again what was claimed by the dead: nothing of it was handed over."""
    m = messages.c
    query = (
        select(m.store_id, m.lease_owner, m.id)
        .where(IS_LEASED, m.state == MessageState.CLAIMED.value, m.lease_until < real_now)
        .limit(PAGE)
        .with_for_update(skip_locked=True)
    )
    claims: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in connection.execute(query):
        claims[row.store_id, row.lease_owner].append(row.id)
    for (store_id, _), ids in claims.items():
        isolate(connection, store_id, ids, "the worker died before the hand-over")
    return sum(len(ids) for ids in claims.values())


def mark_unknown(connection: Connection, real_now: datetime, look_at: datetime) -> int:
    """Say of hand-overs that nobody finished that they may have gone out; never due again."""
    m = messages.c
    chosen = (
        select(m.store_id, m.id)
        .where(IS_LEASED, m.state == MessageState.HANDING_OVER.value, m.lease_until < real_now)
        .limit(PAGE)
        .with_for_update(skip_locked=True)
    )
    rows = [{"store_id": row.store_id, "id": row.id} for row in connection.execute(chosen)]
    unknown = {"state": MessageState.UNKNOWN.value, "reconcile_at": look_at}
    freed = {"lease_owner": None, "lease_until": None}
    handing = [m.state == MessageState.HANDING_OVER.value]
    return update_rows(connection, messages, rows, only=handing, also={**unknown, **freed})


def isolate(connection: Connection, store_id: str, ids: Sequence[str], error: str) -> None:
    """Take suspects of a failure singly from now on; one that fails alone thrice is dead."""
    m = messages.c
    deaths = m.deaths + case((m.alone, 1), else_=0)
    state = case((deaths >= DEADLY, MessageState.DEAD.value), else_=MessageState.DUE.value)
    connection.execute(
        update(messages)
        .where(m.store_id == store_id, among(m.id, ids), m.state == MessageState.CLAIMED.value)
        .values(
            state=state,
            deaths=deaths,
            alone=True,
            reason=error[:500],
            lease_owner=None,
            lease_until=None,
        )
    )


def redrive(connection: Connection, store_id: str, message_id: str, now: datetime) -> bool:
    """Give a dead message another chance; False if it is not dead, or not the store's."""
    m = messages.c
    revived = connection.execute(
        update(messages)
        .where(m.store_id == store_id, m.id == message_id, m.state == MessageState.DEAD.value)
        .values(state=MessageState.DUE.value, deaths=0, alone=True, reason=None, not_before=now)
    )
    return revived.rowcount == 1


# --- waiting for something else than time ------------------------------------------------------


def wake_retries(connection: Connection, real_now: datetime) -> set[str]:
    """Make due again what waited for another try; give the stores."""
    m = messages.c
    woken = connection.execute(
        update(messages)
        .where(m.state == literal_column("'retry_wait'"), m.retry_at <= real_now)
        .values(state=MessageState.DUE.value)
        .returning(m.store_id)
    )
    return set(woken.scalars())


def unhold(
    connection: Connection,
    store_id: str,
    reason: Reason,
    now: datetime,
    *,
    flow_id: str | None = None,
    channel: str | None = None,
) -> int:
    """Make due again what was held for a reason that is over; give how many."""
    m = messages.c
    which = [m.store_id == store_id, m.state == literal_column("'held'"), m.reason == reason.value]
    if flow_id is not None:
        which.append(m.flow_id == flow_id)
    if channel is not None:
        which.append(m.channel == channel)
    released = connection.execute(
        update(messages).where(*which).values(state=MessageState.DUE.value, not_before=now)
    )
    return released.rowcount


GIFTS = (Reason.AWAITING_CODE.value, Reason.AWAITING_REWARD.value)


def wake_for_gifts(connection: Connection, store_id: str, enrollment_ids: Sequence[str]) -> None:
    """Let messages of these enrollments go on that waited for their code or their reward."""
    m = messages.c
    connection.execute(
        update(messages)
        .where(
            m.store_id == store_id,
            among(m.enrollment_id, enrollment_ids),
            IS_DUE,
            m.reason.in_(GIFTS),
        )
        .values(not_before=m.due_at)
    )


# --- unknown fates ----------------------------------------------------------------------------


def unsure(connection: Connection, real_now: datetime) -> list[Unsure]:
    """Give the unknown messages whose fate is to be looked for now."""
    m, a = messages.c, attempts.c
    seen = (
        select(func.min(hits.c.occurred_at, type_=hits.c.occurred_at.type))
        .where(hits.c.store_id == m.store_id, hits.c.message_id == m.id)
        .scalar_subquery()
    )
    last = and_(a.store_id == m.store_id, a.message_id == m.id, a.number == m.attempts)
    query = (
        select(m.store_id, m.id, a.started_at, seen)
        .join(attempts, last)
        .where(IS_UNKNOWN, m.reconcile_at <= real_now)
        .limit(PAGE)
    )
    return [Unsure(*row) for row in connection.execute(query)]


def settle_unknown(
    connection: Connection, found: Sequence[tuple[Unsure, MessageState, datetime | None]]
) -> int:
    """Write what became of unknown messages: arrived, given up, or when to look again."""
    rows = [
        {
            "store_id": one.store_id,
            "id": one.id,
            "state": state.value,
            "sent_at": one.seen_at,
            "reconcile_at": look_at,
        }
        for one, state, look_at in found
    ]
    return update_rows(connection, messages, rows, only=[messages.c.state == "unknown"])
