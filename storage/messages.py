"""The ledger: each message's row, claimed, handed over and settled by the protocol.

    claim (T1) -> begin (T2: `handing_over`, with its attempt) -> the network -> settle (T3)

Whoever claims gets a fence number; a later write goes through only with it. `marketing.ledger`
has the states. Times of leases and retries are real, due times are business time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, literal_column, or_, select, update

from marketing.ledger import HANDED_OVER, IN_FLIGHT, UNSURE
from marketing.model import MessageState, Reason
from storage.among import among
from storage.bulk import insert_rows, update_rows
from storage.dialect import claim as claim_rows
from storage.schema import attempts, codes, customers, enrollments, flows, messages, stores

# Written out, not bound: a partial index is found only by the very words of its condition.
IS_DUE = messages.c.state == literal_column("'due'")
STOPPABLE = ("due", "retry_wait", "held", "claimed")
"""States from which an exit or an unsubscribe still stops a message."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What `advance` puts into the ledger."""

    id: str
    enrollment_id: str
    flow_id: str
    version_id: str
    step_id: str
    customer_id: str
    cart_id: str | None
    order_id: str | None
    code_id: str | None
    channel: str
    kind: str
    due_at: datetime
    expires_at: datetime
    rfc_message_id: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate said about one claimed message, as the ledger keeps it."""

    id: str
    state: MessageState
    reason: str | None
    not_before: datetime
    offers_code: bool | None


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


# --- in -------------------------------------------------------------------------------------


def add(
    connection: Connection, store_id: str, new: Sequence[NewMessage], created_at: datetime
) -> int:
    """Put messages in, due at their time; one that is there already stays as it is."""
    rows = [
        {
            "store_id": store_id,
            "id": one.id,
            "enrollment_id": one.enrollment_id,
            "flow_id": one.flow_id,
            "version_id": one.version_id,
            "step_id": one.step_id,
            "occurrence": 0,
            "customer_id": one.customer_id,
            "cart_id": one.cart_id,
            "order_id": one.order_id,
            "code_id": one.code_id,
            "channel": one.channel,
            "kind": one.kind,
            "state": MessageState.DUE.value,
            "due_at": one.due_at,
            "not_before": one.due_at,
            "expires_at": one.expires_at,
            "attempts": 0,
            "deaths": 0,
            "alone": False,
            "fence": 0,
            "rfc_message_id": one.rfc_message_id,
            "created_at": created_at,
        }
        for one in new
    ]
    return insert_rows(connection, messages, rows, new_only=True)


# --- T1: claim --------------------------------------------------------------------------------


def claim(
    connection: Connection,
    store_id: str,
    *,
    now: datetime,
    owner: str,
    lease_until: datetime,
    limit: int,
) -> list[str]:
    """Take due messages of a store under a lease, the longest due first; give their ids.

    A row that was suspected of a crash is taken alone.
    """
    m = messages.c
    mine = select(m.store_id, m.id).where(m.store_id == store_id, IS_DUE, m.not_before <= now)
    values = {
        "state": MessageState.CLAIMED.value,
        "lease_owner": owner,
        "lease_until": lease_until,
        "fence": m.fence + 1,
    }
    chosen = mine.where(m.alone).limit(1)
    taken = claim_rows(connection, messages, chosen, values, [m.id])
    if not taken:
        chosen = mine.where(~m.alone).order_by(m.not_before).limit(limit)
        taken = claim_rows(connection, messages, chosen, values, [m.id])
    return [row.id for row in taken]


def claimed(
    connection: Connection, store_id: str, ids: Sequence[str], owner: str, *, hold: bool = False
) -> list[Row[Any]]:
    """Give claimed messages of ours with what the gate asks about, the longest due first.

    With `hold` they and their customers are kept from others until the end of the transaction;
    rows that another transaction is just changing are left out then: nothing here ever waits
    for a lock, so nothing here can be part of a deadlock.
    """
    m, c, e = messages.c, customers.c, enrollments.c
    query = (
        select(
            messages,
            c.email,
            c.phone,
            c.email_consent,
            c.sms_consent,
            c.country.label("customer_country"),
            c.timezone.label("customer_timezone"),
            c.locale.label("customer_locale"),
            c.first_name,
            c.last_name,
            func.coalesce(c.erased_at, c.deleted_at, type_=c.erased_at.type).label("gone_at"),
            e.state.label("enrollment_state"),
            e.end_reason,
            flows.c.status.label("flow_status"),
            codes.c.state.label("code_state"),
            codes.c.code,
            codes.c.percent,
            codes.c.ends_at.label("code_ends_at"),
            codes.c.external_id.label("code_external_id"),
            stores.c.status.label("store_status"),
            stores.c.paused_channels,
        )
        .join(customers, and_(c.store_id == m.store_id, c.id == m.customer_id))
        .join(enrollments, and_(e.store_id == m.store_id, e.id == m.enrollment_id))
        .join(flows, and_(flows.c.store_id == m.store_id, flows.c.id == m.flow_id))
        .join(stores, stores.c.id == m.store_id)
        .outerjoin(codes, and_(codes.c.store_id == m.store_id, codes.c.id == m.code_id))
        .where(
            m.store_id == store_id,
            among(m.id, ids),
            m.state == MessageState.CLAIMED.value,
            m.lease_owner == owner,
        )
        .order_by(m.not_before, m.id)
    )
    if hold:
        query = query.with_for_update(of=[messages, customers], skip_locked=True, key_share=True)
    return list(connection.execute(query))


def neighbours(
    connection: Connection, store_id: str, customer_ids: Iterable[str], since: datetime
) -> list[Row[Any]]:
    """Give the other recent messages of these customers that pacing asks about."""
    m = messages.c
    query = select(
        m.id,
        m.customer_id,
        m.enrollment_id,
        m.flow_id,
        m.channel,
        m.kind,
        m.state,
        m.due_at,
        m.not_before,
        m.sent_at,
    ).where(
        m.store_id == store_id,
        among(m.customer_id, customer_ids),
        m.due_at >= since,
        m.state.in_([*sorted(HANDED_OVER | UNSURE | IN_FLIGHT), "due", "retry_wait"]),
    )
    return list(connection.execute(query))


def rule(connection: Connection, store_id: str, rulings: Sequence[Ruling]) -> None:
    """Write what the gate said of claimed messages that do not go out now."""
    rows = [
        {
            "store_id": store_id,
            "id": one.id,
            "state": one.state.value,
            "reason": one.reason,
            "not_before": one.not_before,
            "offers_code": one.offers_code,
        }
        for one in rulings
    ]
    freed = {"lease_owner": None, "lease_until": None}
    update_rows(connection, messages, rows, only=[messages.c.state == "claimed"], also=freed)


def release(connection: Connection, store_id: str, ids: Sequence[str], owner: str) -> None:
    """Give claimed messages back untouched."""
    m = messages.c
    connection.execute(
        update(messages)
        .where(
            m.store_id == store_id,
            among(m.id, ids),
            m.state == MessageState.CLAIMED.value,
            m.lease_owner == owner,
        )
        .values(state=MessageState.DUE.value, lease_owner=None, lease_until=None)
    )


# --- T2: begin to hand over -------------------------------------------------------------------


def begin(
    connection: Connection,
    store_id: str,
    going: Sequence[tuple[Row[Any], bool, str | None]],
    *,
    real_now: datetime,
    lease_until: datetime,
    now: datetime,
) -> None:
    """Write that these claimed messages are being handed over, each with its attempt.

    `going`: the row of `claimed`, whether it offers its code, and a note.
    """
    rows = [
        {"store_id": store_id, "id": row.id, "offers_code": offers, "reason": note}
        for row, offers, note in going
    ]
    handing = {
        "state": MessageState.HANDING_OVER.value,
        "lease_until": lease_until,
        "attempts": messages.c.attempts + 1,
    }
    update_rows(connection, messages, rows, also=handing)
    tries = [
        {
            "store_id": store_id,
            "message_id": row.id,
            "number": row.attempts + 1,
            "fence": row.fence,
            "started_at": real_now,
        }
        for row, _, _ in going
    ]
    insert_rows(connection, attempts, tries)
    _note_last_sends(connection, store_id, [row for row, _, _ in going], now)


def _note_last_sends(
    connection: Connection, store_id: str, going: Iterable[Row[Any]], now: datetime
) -> None:
    marketing = [row for row in going if row.kind == "marketing"]
    for channel, name in (("email", "last_email_at"), ("sms", "last_sms_at")):
        people = sorted({row.customer_id for row in marketing if row.channel == channel})
        if people:
            connection.execute(
                update(customers)
                .where(customers.c.store_id == store_id, among(customers.c.id, people))
                .values({name: now})
            )


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
    ours = [messages.c.state == MessageState.HANDING_OVER.value]
    freed = {"provider": provider, "lease_owner": None, "lease_until": None, "alone": False}
    settled = update_rows(
        connection, messages, rows, match=("store_id", "id", "fence"), only=ours, also=freed
    )
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
    update_rows(connection, attempts, ends, match=("store_id", "message_id", "number"))
    return settled


def _write_reasons(
    connection: Connection, store_id: str, settlements: Sequence[Settlement]
) -> None:
    """A failure's words; a success keeps the gate's note."""
    rows = [
        {"store_id": store_id, "id": one.id, "fence": one.fence, "reason": one.reason}
        for one in settlements
        if one.reason is not None
    ]
    update_rows(connection, messages, rows, match=("store_id", "id", "fence"))


# --- stopping ---------------------------------------------------------------------------------


def skip_of_enrollments(
    connection: Connection, store_id: str, reasons: Mapping[str, Reason]
) -> int:
    """Stop what is not handed over yet of these enrollments (id -> reason); give how many."""
    rows = [
        {"store_id": store_id, "enrollment_id": one, "reason": reason.value}
        for one, reason in reasons.items()
    ]
    return update_rows(
        connection,
        messages,
        rows,
        match=("store_id", "enrollment_id"),
        # No `IN`: for many rows SQLite's driver wants one statement that holds for all of them.
        only=[or_(*[messages.c.state == state for state in STOPPABLE])],
        also={"state": MessageState.SKIPPED.value, "lease_owner": None, "lease_until": None},
    )


def skip_of_customer(
    connection: Connection, store_id: str, customer_id: str, channel: str, reason: Reason
) -> int:
    """Stop a customer's marketing messages on one channel that are not handed over yet."""
    m = messages.c
    stopped = connection.execute(
        update(messages)
        .where(
            m.store_id == store_id,
            m.customer_id == customer_id,
            m.channel == channel,
            m.kind == "marketing",
            m.state.in_(STOPPABLE),
        )
        .values(
            state=MessageState.SKIPPED.value,
            reason=reason.value,
            lease_owner=None,
            lease_until=None,
        )
    )
    return stopped.rowcount
