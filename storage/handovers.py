"""Handing over: begun with an attempt (T2), settled by fence (T3). See `messages` for T1."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, update

from marketing.model import MessageState
from storage.among import among_given
from storage.bulk import Insert, Update, update_rows
from storage.messages import FREED
from storage.schema import attempts, customers, messages


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one hand-over went."""

    id: str
    fence: int
    number: int
    state: MessageState
    reason: str | None = None
    provider_id: str | None = None
    sent_at: datetime | None = None
    retry_at: datetime | None = None
    reconcile_at: datetime | None = None
    response: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is written of one message when its hand-over begins."""

    row: Row[Any] = field(kw_only=False)
    """Of `storage.messages.claimed`."""
    offers_code: bool
    note: str | None
    subject: str
    told_stop_to: str | None = None
    parts: int | None = None
    """Of a text message: by how many it is billed."""


# --- T2: begin to hand over -------------------------------------------------------------------


def begin(
    connection: Connection,
    store_id: str,
    going: Sequence[Begun],
    *,
    real_now: datetime,
    lease_until: datetime,
    now: datetime,
) -> None:
    """Write that these claimed messages are being handed over, each with its attempt."""
    rows = [
        {
            "store_id": store_id,
            "id": one.row.id,
            "offers_code": one.offers_code,
            "reason": one.note,
            "subject": one.subject,
            "told_stop_to": one.told_stop_to,
            "parts": one.parts,
        }
        for one in going
    ]
    _BEGIN.run(connection, rows, until=lease_until)
    tries = [
        {
            "store_id": store_id,
            "message_id": one.row.id,
            "number": one.row.attempts + 1,
            "fence": one.row.fence,
            "started_at": real_now,
        }
        for one in going
    ]
    _TRY.run(connection, tries)
    _note_last_sends(connection, store_id, [one.row for one in going], now)


_BEGIN = Update(
    messages,
    ("store_id", "id", "offers_code", "reason", "subject", "told_stop_to", "parts"),
    also={
        "state": MessageState.HANDING_OVER.value,
        "lease_until": bindparam("until", type_=messages.c.lease_until.type),
        "attempts": messages.c.attempts + 1,
    },
)
_TRY = Insert(attempts, ("store_id", "message_id", "number", "fence", "started_at"))


def _note_last_sends(
    connection: Connection, store_id: str, going: Iterable[Row[Any]], now: datetime
) -> None:
    marketing = [row for row in going if row.kind == "marketing"]
    for channel, statement in _LAST_SENDS.items():
        people = sorted({row.customer_id for row in marketing if row.channel == channel})
        if people:
            connection.execute(statement, {"store": store_id, "people": people, "now": now})


_LAST_SENDS = {
    channel: update(customers)
    .where(customers.c.store_id == bindparam("store"), among_given(customers.c.id, "people"))
    .values({column: bindparam("now", type_=column.type)})
    for channel, column in (("email", customers.c.last_email_at), ("sms", customers.c.last_sms_at))
}


# --- T3: settle -------------------------------------------------------------------------------


def settle(
    connection: Connection,
    store_id: str,
    settlements: Sequence[Settlement],
    provider: str,
    real_now: datetime,
) -> int:
    """Write how hand-overs went; give how many were still ours to settle."""
    rows = [
        {
            "store_id": store_id,
            "id": one.id,
            "fence": one.fence,
            "state": one.state.value,
            "provider_id": one.provider_id,
            "sent_at": one.sent_at,
            "retry_at": one.retry_at,
            "reconcile_at": one.reconcile_at,
        }
        for one in settlements
    ]
    settled = _SETTLE.run(connection, rows, by=provider)
    _write_reasons(connection, store_id, settlements)
    ends = [
        {
            "store_id": store_id,
            "message_id": one.id,
            "number": one.number,
            "finished_at": real_now,
            "outcome": one.state.value,
            "response": one.response,
        }
        for one in settlements
    ]
    _END_TRY.run(connection, ends)
    return settled


_BY_FENCE = ("store_id", "id", "fence")
_SETTLE = Update(
    messages,
    (*_BY_FENCE, "state", "provider_id", "sent_at", "retry_at", "reconcile_at"),
    match=_BY_FENCE,
    only=[messages.c.state == MessageState.HANDING_OVER.value],
    also={**FREED, "provider": bindparam("by"), "alone": False},
)
_END_TRY = Update(
    attempts,
    ("store_id", "message_id", "number", "finished_at", "outcome", "response"),
    match=("store_id", "message_id", "number"),
)


def _write_reasons(
    connection: Connection, store_id: str, settlements: Sequence[Settlement]
) -> None:
    """A failure's words; a success keeps the gate's note."""
    rows = [
        {"store_id": store_id, "id": one.id, "fence": one.fence, "reason": one.reason}
        for one in settlements
        if one.reason is not None
    ]
    update_rows(connection, messages, rows, match=_BY_FENCE)
