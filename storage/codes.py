"""Discount codes, each for one recipient: asked for, made at the platform, redeemed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, and_, case, func, literal, literal_column, or_, select, update

from marketing.ledger import HANDED_OVER, UNSURE
from marketing.model import MessageState, Reason
from storage.among import among
from storage.bulk import insert_rows, update_rows
from storage.code_pools import Taken
from storage.dialect import claim as claim_rows
from storage.schema import codes, messages, pool_codes

PENDING, CREATING, CREATED = "pending", "creating", "created"
FAILED, CANCELLED, REFUSED = "failed", "cancelled", "refused"
FREED = {"lease_owner": None, "lease_until": None}
IS_OPEN = codes.c.state.in_([literal_column("'pending'"), literal_column("'creating'")])


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be made; its text is chosen before the platform is asked."""

    enrollment_id: str
    step_id: str
    customer_id: str
    code: str
    off: str
    percent: int
    amount: int | None
    minimum: int | None
    starts_at: datetime
    ends_at: datetime
    needed_by: datetime


@dataclass(frozen=True, slots=True)
class ClaimedCode:
    """A code in our hands; a write after the call goes through only with its fence."""

    id: str
    enrollment_id: str
    step_id: str
    customer_id: str
    code: str
    off: str
    percent: int
    amount: int | None
    minimum: int | None
    starts_at: datetime
    ends_at: datetime
    needed_by: datetime
    attempts: int
    fence: int
    granted_at: datetime | None
    """When the guards let it pass; None: they have not been asked."""
    pool_id: str | None
    external_id: str | None
    """The platform's id, when it is there already and only its end moved."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the guards said of a code in our hands: what it may cost, or why there is none."""

    id: str
    cost: int = 0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Retired:
    """A code at the platform that nobody needs."""

    id: str
    external_id: str


def code_id(enrollment_id: str, step_id: str) -> str:
    """Give the id of an enrollment's code of a step: known before the code is."""
    return str(uuid5(NAMESPACE_OID, f"{enrollment_id}/{step_id}"))


def add(connection: Connection, store_id: str, new: Sequence[NewCode], now: datetime) -> int:
    """Put codes in, to be made at once; one that is there already stays as it is."""
    rows = [
        {
            "store_id": store_id,
            "id": code_id(one.enrollment_id, one.step_id),
            "enrollment_id": one.enrollment_id,
            "step_id": one.step_id,
            "customer_id": one.customer_id,
            "code": one.code,
            "off": one.off,
            "percent": one.percent,
            "amount": one.amount,
            "minimum": one.minimum,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "needed_by": one.needed_by,
            "state": PENDING,
            "attempts": 0,
            "due_at": now,
            "fence": 0,
        }
        for one in new
    ]
    return insert_rows(connection, codes, rows, new_only=True)


def extend(
    connection: Connection,
    store_id: str,
    moved: Iterable[tuple[str, datetime, datetime]],
    now: datetime,
) -> None:
    """Let codes (id, new end, needed by) last longer; one that was made is told again."""
    rows = [
        {"store_id": store_id, "id": one, "ends_at": ends_at, "needed_by": needed_by}
        for one, ends_at, needed_by in moved
    ]
    again = case((codes.c.state == CREATED, PENDING), else_=codes.c.state)
    update_rows(connection, codes, rows, also={"state": again, "due_at": now})


def cancel(connection: Connection, store_id: str, enrollment_ids: Sequence[str]) -> list[Retired]:
    """Stop making codes for enrollments that are over; give those made that nobody was told of.

    A code that went out in a message, or may have, stays valid: it was promised.
    """
    c, m = codes.c, messages.c
    own = (c.store_id == store_id, among(c.enrollment_id, enrollment_ids))
    connection.execute(
        update(codes)
        .where(*own, c.state.in_([PENDING, CREATING, FAILED]), c.external_id.is_(None))
        .values(state=CANCELLED, due_at=None)
    )
    told = select(m.id).where(
        m.store_id == c.store_id,
        m.enrollment_id == c.enrollment_id,
        m.code_id == c.id,
        m.offers_code,
        m.state.in_(sorted(HANDED_OVER | UNSURE | {MessageState.HANDING_OVER})),
    )
    made = (c.external_id.is_not(None), c.pool_id.is_(None), c.redeemed_order_id.is_(None))
    retired = connection.execute(
        update(codes)
        .where(*own, *made, c.state.in_([PENDING, CREATING, CREATED]), ~told.exists())
        .values(state=CANCELLED, due_at=None)
        .returning(c.id, c.external_id)
    )
    return [Retired(*row) for row in retired]


def claim(  # noqa: PLR0913  the claim's terms
    connection: Connection,
    store_id: str,
    *,
    now: datetime,
    real_now: datetime,
    owner: str,
    lease_until: datetime,
    limit: int,
) -> list[ClaimedCode]:
    """Take codes that are to be made, those needed first; also from whoever died over them."""
    c = codes.c
    ready = or_(c.state == PENDING, and_(c.state == CREATING, c.lease_until < real_now))
    chosen = (
        select(c.store_id, c.id)
        .where(
            c.store_id == store_id,
            IS_OPEN,
            ready,
            c.due_at <= now,
            or_(c.retry_at.is_(None), c.retry_at <= real_now),
        )
        .order_by(c.due_at)
        .limit(limit)
    )
    values = {
        "state": CREATING,
        "lease_owner": owner,
        "lease_until": lease_until,
        "fence": c.fence + 1,
        "attempts": c.attempts + 1,
    }
    taken = claim_rows(connection, codes, chosen, values, [c[n] for n in ClaimedCode.__slots__])
    return [ClaimedCode(**row._asdict()) for row in taken]


def grant(connection: Connection, store_id: str, grants: Sequence[Grant], now: datetime) -> None:
    """Write what the guards said of claimed codes: granted, or none and why."""
    passed = [
        {"store_id": store_id, "id": one.id, "cost": one.cost}
        for one in grants
        if one.reason is None
    ]
    refused = [
        {"store_id": store_id, "id": one.id, "reason": one.reason.value}
        for one in grants
        if one.reason is not None
    ]
    update_rows(connection, codes, passed, also={"granted_at": now})
    update_rows(connection, codes, refused, also={"state": REFUSED, "due_at": None, **FREED})


def take_from_pool(connection: Connection, store_id: str, taken: Sequence[Taken]) -> None:
    """Give claimed codes the text, the end and the platform's id of what a pool had for them."""
    rows = [
        {
            "store_id": store_id,
            "id": one.code_id,
            "pool_id": one.pool_id,
            "code": one.code,
            "external_id": one.external_id,
            "ends_at": one.ends_at,
        }
        for one in taken
    ]
    update_rows(connection, codes, rows, also={"state": CREATED, "error": None, **FREED})


def settle(  # noqa: PLR0913  one row's columns
    connection: Connection,
    store_id: str,
    code: ClaimedCode,
    *,
    state: str,
    external_id: str | None = None,
    retry_at: datetime | None = None,
    error: str | None = None,
) -> bool:
    """Write how the call went; False when the code is no longer ours.

    A code whose end was moved meanwhile stays open: the platform is to be told again.
    """
    c = codes.c
    moved = and_(c.ends_at != code.ends_at, literal(state == CREATED))
    settled = connection.execute(
        update(codes)
        .where(c.store_id == store_id, c.id == code.id, c.fence == code.fence, c.state == CREATING)
        .values(
            state=case((moved, PENDING), else_=state),
            external_id=func.coalesce(external_id, c.external_id),
            retry_at=retry_at,
            error=error,
            **FREED,
        )
    )
    return settled.rowcount == 1


def ran_out_unused(connection: Connection, store_id: str, code_id: str, now: datetime) -> bool:
    """Say if a code's time is over and no order used it."""
    c = codes.c
    query = select(c.id).where(
        c.store_id == store_id, c.id == code_id, c.ends_at <= now, c.redeemed_order_id.is_(None)
    )
    return connection.execute(query).first() is not None


def is_called_off(connection: Connection, store_id: str, code: ClaimedCode) -> bool:
    """Say if a code was called off while the platform was being asked for it."""
    c = codes.c
    query = select(c.state).where(c.store_id == store_id, c.id == code.id, c.fence == code.fence)
    return connection.execute(query).scalar() == CANCELLED


def redeem(connection: Connection, store_id: str, redeemed: Iterable[tuple[str, str]]) -> None:
    """Note which order used which code: (code text, order id) pairs; the first use counts.

    Also of a pool's code that made room for a later one when its message moved on. Platforms
    know no case: some tell a code as the shopper typed it. Ours are in capitals.
    """
    used = dict(reversed(list(redeemed)))
    used = {text.upper(): order_id for text, order_id in used.items()} | used
    rows = [
        {"store_id": store_id, "code": text, "redeemed_order_id": order_id}
        for text, order_id in used.items()
    ]
    unused = [codes.c.redeemed_order_id.is_(None)]
    update_rows(connection, codes, rows, match=("store_id", "code"), only=unused)
    by_text = {row["code"]: row["redeemed_order_id"] for row in rows}
    p = pool_codes.c
    query = select(p.code, p.code_id).where(
        p.store_id == store_id, among(p.code, by_text), p.code_id.is_not(None)
    )
    pooled = [
        {"store_id": store_id, "id": row.code_id, "redeemed_order_id": by_text[row.code]}
        for row in connection.execute(query)
    ]
    update_rows(connection, codes, pooled, only=unused)
