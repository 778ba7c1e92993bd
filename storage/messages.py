"""The ledger: each message's row, claimed, handed over and settled by the protocol.

    claim (T1) -> begin (T2: `handing_over`, with its attempt) -> the network -> settle (T3)

Here is what comes before the hand-over, and what stops a message; `handovers` has T2 and T3.

Whoever claims gets a fence number; a later write goes through only with it. `marketing.ledger`
has the states. Times of leases and retries are real, due times are business time.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from marketing.ledger import HANDED_OVER, IN_FLIGHT, UNSURE
from marketing.model import MessageState, Reason
from storage.among import among, among_given
from storage.bulk import Insert, Update, update_rows
from storage.dialect import claiming, is_sqlite
from storage.schema import codes, conversations, customers, enrollments, flows, messages, stores

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
    channels: Sequence[str] = ()
    """Several channels of which the first that reaches is taken; `channel` is the first."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate said about one claimed message, as the ledger keeps it."""

    id: str
    state: MessageState
    reason: str | None
    not_before: datetime
    offers_code: bool | None
    channel: str
    passed_over: Sequence[Mapping[str, str]] | None = None


# --- in -------------------------------------------------------------------------------------


def add(
    connection: Connection, store_id: str, new: Sequence[NewMessage], created_at: datetime
) -> int:
    """Put messages in, due at their time; one that is there already stays as it is."""
    rows = [
        {
            "id": one.id,
            "enrollment_id": one.enrollment_id,
            "flow_id": one.flow_id,
            "version_id": one.version_id,
            "step_id": one.step_id,
            "customer_id": one.customer_id,
            "cart_id": one.cart_id,
            "order_id": one.order_id,
            "code_id": one.code_id,
            "channel": one.channel,
            "channels": list(one.channels) or None,
            "kind": one.kind,
            "due_at": one.due_at,
            "expires_at": one.expires_at,
            "rfc_message_id": one.rfc_message_id,
        }
        for one in new
    ]
    return _ADD.run(connection, rows, store=store_id, created_at=created_at)


_ADD = Insert(
    messages,
    (
        *("id", "enrollment_id", "flow_id", "version_id", "step_id", "customer_id", "cart_id"),
        *("order_id", "code_id", "channel", "channels", "kind", "due_at", "expires_at"),
        "rfc_message_id",
    ),
    new_only=True,
    also={
        "store_id": bindparam("store", type_=messages.c.store_id.type),
        "state": MessageState.DUE.value,
        "created_at": bindparam("created_at", type_=messages.c.created_at.type),
    },
    same={"not_before": "due_at"},
)


def settle_shown(
    connection: Connection, store_id: str, shown: Mapping[str, Mapping[str, Any]]
) -> None:
    """Keep what messages recommend and quote, by their ids: another try says the same."""
    rows = [{"store_id": store_id, "id": key, "shown": dict(told)} for key, told in shown.items()]
    update_rows(connection, messages, rows)


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

    A row that was suspected of a crash is taken alone; such rows get every eighth turn, and
    each turn that nothing else needs.
    """
    told = {"store": store_id, "now": now, "owner": owner, "until": lease_until, "most": limit}
    order = (True, False) if secrets.randbelow(8) == 0 else (False, True)
    for alone in order:
        statement = _claiming(is_sqlite(connection), alone)
        taken = connection.execute(statement, {**told, "most": 1 if alone else limit}).scalars()
        if ids := list(taken):
            return ids
    return []


@cache
def _claiming(in_sqlite: bool, alone: bool) -> ReturningUpdate[Any]:  # noqa: FBT001
    m = messages.c
    chosen = (
        select(m.store_id, m.id)
        .where(
            m.store_id == bindparam("store"),
            IS_DUE,
            m.not_before <= bindparam("now"),
            m.alone if alone else ~m.alone,
        )
        .limit(bindparam("most", type_=Integer()))
    )
    values = {
        "state": MessageState.CLAIMED.value,
        "lease_owner": bindparam("owner"),
        "lease_until": bindparam("until"),
        "fence": m.fence + 1,
    }
    chosen = chosen if alone else chosen.order_by(m.not_before)
    return claiming(in_sqlite, messages, chosen, values, [m.id])


def claimed(
    connection: Connection, store_id: str, ids: Sequence[str], owner: str, *, hold: bool = False
) -> list[Row[Any]]:
    """Give claimed messages of ours with what the gate asks about, the longest due first.

    With `hold` they and their customers are kept from others until the end of the transaction;
    rows that another transaction is just changing are left out then: nothing here ever waits
    for a lock, so nothing here can be part of a deadlock.
    """
    if not ids:
        return []
    told = {"store": store_id, "ids": sorted(ids), "owner": owner}
    return list(connection.execute(_HOLD_CLAIMED if hold else _CLAIMED, told))


def _claimed() -> Select[*tuple[Any, ...]]:
    """Join few tables and look the rest up: planning seven that share their store took 5 ms."""
    m, c, e = messages.c, customers.c, enrollments.c
    of_flow = and_(flows.c.store_id == m.store_id, flows.c.id == m.flow_id)
    of_store = stores.c.id == bindparam("store")
    talk = conversations.c
    of_talk = and_(talk.store_id == m.store_id, talk.customer_id == m.customer_id)
    return (
        select(
            messages,
            c.email,
            c.phone,
            c.email_consent,
            c.sms_consent,
            c.whatsapp_consent,
            c.country.label("customer_country"),
            c.timezone.label("customer_timezone"),
            c.locale.label("customer_locale"),
            c.first_name,
            c.last_name,
            func.coalesce(c.erased_at, c.deleted_at, type_=c.erased_at.type).label("gone_at"),
            c.orders_count,
            e.state.label("enrollment_state"),
            e.end_reason,
            e.event,
            _looked_up(flows.c.status, of_flow).label("flow_status"),
            _looked_up(flows.c.name, of_flow).label("flow_name"),
            codes.c.state.label("code_state"),
            codes.c.code,
            codes.c.off,
            codes.c.percent,
            codes.c.amount,
            codes.c.minimum,
            codes.c.reason.label("code_reason"),
            codes.c.ends_at.label("code_ends_at"),
            _looked_up(stores.c.status, of_store).label("store_status"),
            _looked_up(stores.c.paused_channels, of_store).label("paused_channels"),
            c.last_email_at,
            c.last_sms_at,
            _looked_up(talk.state, of_talk).label("conversation"),
        )
        .join(customers, and_(c.store_id == m.store_id, c.id == m.customer_id))
        .join(enrollments, and_(e.store_id == m.store_id, e.id == m.enrollment_id))
        .outerjoin(codes, and_(codes.c.store_id == m.store_id, codes.c.id == m.code_id))
        .where(
            m.store_id == bindparam("store"),
            among_given(m.id, "ids"),
            m.state == literal_column("'claimed'"),
            m.lease_owner == bindparam("owner"),
        )
        .order_by(m.not_before, m.id)
    )


def _looked_up(column: Column[Any], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(column).where(where).correlate(messages).scalar_subquery()


_CLAIMED = _claimed()


def _hold(query: Select[Any]) -> Select[Any]:
    return query.with_for_update(of=[messages, customers], skip_locked=True, key_share=True)


_HOLD_CLAIMED = _hold(_CLAIMED)
GATED = (
    *("email", "phone", "email_consent", "sms_consent", "whatsapp_consent"),
    *("customer_country", "customer_timezone"),
    *("gone_at", "enrollment_state", "end_reason", "flow_status", "code_ends_at"),
    *(
        "code_state",
        "code_reason",
        "store_status",
        "paused_channels",
        "last_email_at",
        "last_sms_at",
        "conversation",
    ),
)
"""Of what `claimed` gives: all that may change meanwhile and that the gate asks about."""
_HOLD_GATED = _hold(
    _CLAIMED.with_only_columns(messages.c.id, *[_CLAIMED.selected_columns[name] for name in GATED])
)


def held(
    connection: Connection, store_id: str, ids: Sequence[str], owner: str
) -> dict[str, tuple[Any, ...]]:
    """Hold claimed messages as `claimed` does; give by id what `GATED` names, as it is now."""
    told = {"store": store_id, "ids": sorted(ids), "owner": owner}
    return {row[0]: tuple(row)[1:] for row in connection.execute(_HOLD_GATED, told)}


def neighbours(
    connection: Connection, store_id: str, customer_ids: Iterable[str], since: datetime
) -> list[Row[Any]]:
    """Give the other recent messages of these customers that pacing asks about."""
    told = {"store": store_id, "people": sorted(set(customer_ids)), "since": since}
    return list(connection.execute(_NEIGHBOURS, told)) if told["people"] else []


def sent_since(connection: Connection, store_id: str, since: datetime, most: int) -> int:
    """Give how many marketing e-mails went out since then, or are going; counts no further."""
    m = messages.c
    mine = (m.store_id == store_id, m.channel == "email", m.kind == "marketing")
    out = select(m.id).where(*mine, m.sent_at >= since).limit(most)
    going = select(m.id).where(*mine, m.state == literal_column("'handing_over'")).limit(most)
    counts = [select(func.count()).select_from(one.subquery()) for one in (out, going)]
    return sum(connection.execute(count).scalar_one() for count in counts)


def _neighbours() -> Select[*tuple[Any, ...]]:
    m = messages.c
    names = (
        *("id", "customer_id", "enrollment_id", "flow_id", "channel", "kind", "state"),
        *("due_at", "not_before", "sent_at"),
    )
    return select(*[m[name] for name in names]).where(
        m.store_id == bindparam("store"),
        among_given(m.customer_id, "people"),
        m.due_at >= bindparam("since"),
        m.state.in_([*sorted(HANDED_OVER | UNSURE | IN_FLIGHT), "due", "retry_wait"]),
    )


_NEIGHBOURS = _neighbours()


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
            "channel": one.channel,
            "passed_over": one.passed_over,
        }
        for one in rulings
    ]
    _RULE.run(connection, rows)


FREED = {"lease_owner": None, "lease_until": None}
_RULE = Update(
    messages,
    (
        *("store_id", "id", "state", "reason", "not_before", "offers_code"),
        *("channel", "passed_over"),
    ),
    only=[messages.c.state == "claimed"],
    also=FREED,
)


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
