"""Discount codes, each for one recipient: asked for, made at the platform, redeemed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, and_, case, func, literal, literal_column, or_, select, update

from storage.among import among
from storage.bulk import insert_rows, update_rows
from storage.dialect import claim as claim_rows
from storage.schema import codes

PENDING, CREATING, CREATED = "pending", "creating", "created"
FAILED, CANCELLED = "failed", "cancelled"
IS_OPEN = codes.c.state.in_([literal_column("'pending'"), literal_column("'creating'")])


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be made; its text is chosen before the platform is asked."""

    enrollment_id: str
    step_id: str
    customer_id: str
    code: str
    percent: int
    starts_at: datetime
    ends_at: datetime
    needed_by: datetime


@dataclass(frozen=True, slots=True)
class ClaimedCode:
    """A code in our hands; a write after the call goes through only with its fence."""

    id: str
    enrollment_id: str
    code: str
    percent: int
    starts_at: datetime
    ends_at: datetime
    needed_by: datetime
    attempts: int
    fence: int
    external_id: str | None
    """The platform's id, when it is there already and only its end moved."""


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
            "percent": one.percent,
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


def cancel(connection: Connection, store_id: str, enrollment_ids: Sequence[str]) -> None:
    """Stop making codes for enrollments that are over; what was made stays valid."""
    connection.execute(
        update(codes)
        .where(
            codes.c.store_id == store_id,
            among(codes.c.enrollment_id, enrollment_ids),
            codes.c.state.in_([PENDING, CREATING, FAILED]),
            codes.c.external_id.is_(None),
        )
        .values(state=CANCELLED, due_at=None)
    )


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
            lease_owner=None,
            lease_until=None,
        )
    )
    return settled.rowcount == 1


def redeem(connection: Connection, store_id: str, redeemed: Iterable[tuple[str, str]]) -> None:
    """Note which order used which code: (code text, order id) pairs; the first use counts."""
    rows = [
        {"store_id": store_id, "code": text, "redeemed_order_id": order_id}
        for text, order_id in redeemed
    ]
    unused = [codes.c.redeemed_order_id.is_(None)]
    update_rows(connection, codes, rows, match=("store_id", "code"), only=unused)
