"""What is due, store by store, and when the next thing is: the clock's and `/readyz`'s questions.

Each answer comes off the front of a partial index: a million waiting rows cost no more than one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from storage.schema import (
    announcements,
    browses,
    callbacks,
    campaigns,
    carts,
    channel_accounts,
    code_pools,
    codes,
    conversations,
    day_turns,
    enrollments,
    hits,
    inbox,
    intakes,
    messages,
    orders,
    outbox,
    recommendation_rounds,
    replies,
    rfm_runs,
    segments,
    split_tests,
    visits,
    watches,
)

COUNTED_TO = 1000
"""Per kind; whoever waits for nothing to be due needs to know no more."""


def _is(table: Table, *states: str) -> ColumnElement[bool]:
    """Written out, not bound: a partial index is found only by the words of its condition."""
    words: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return table.c.state == words[0] if len(words) == 1 else table.c.state.in_(words)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Rows that wait for a moment; `is_real` when it is real time that they wait for."""

    table: Table
    at: Column[Any]
    waits: ColumnElement[bool]
    is_real: bool = False


ENROLLMENTS = Kind(
    enrollments,
    enrollments.c.due_at,
    and_(_is(enrollments, "active"), enrollments.c.due_at.is_not(None)),
)
MESSAGES = Kind(messages, messages.c.not_before, _is(messages, "due"))
RETRIES = Kind(messages, messages.c.retry_at, _is(messages, "retry_wait"), is_real=True)
UNKNOWN = Kind(messages, messages.c.reconcile_at, _is(messages, "unknown"), is_real=True)
CARTS = Kind(carts, carts.c.idle_at, carts.c.idle_at.is_not(None))
CODES = Kind(codes, codes.c.due_at, _is(codes, "pending", "creating"))
POOLS = Kind(code_pools, code_pools.c.due_at, code_pools.c.due_at.is_not(None))
REPLIES = Kind(replies, replies.c.due_at, _is(replies, "queued"), is_real=True)
RENEWALS = Kind(
    channel_accounts, channel_accounts.c.renew_at, channel_accounts.c.renew_at.is_not(None)
)
OUTBOX = Kind(outbox, outbox.c.due_at, _is(outbox, "pending", "running"), is_real=True)
HITS = Kind(hits, hits.c.occurred_at, hits.c.processed_at.is_(None))
CALLBACKS = Kind(callbacks, callbacks.c.due_at, callbacks.c.processed_at.is_(None), is_real=True)
VISITS = Kind(visits, visits.c.due_at, visits.c.due_at.is_not(None))
SEGMENTS = Kind(segments, segments.c.due_at, segments.c.due_at.is_not(None))
SCORES = Kind(rfm_runs, rfm_runs.c.due_at, rfm_runs.c.due_at.is_not(None))
DAYS = Kind(day_turns, day_turns.c.due_at, day_turns.c.due_at.is_not(None))
BROWSES = Kind(browses, browses.c.idle_at, browses.c.idle_at.is_not(None))
CAMPAIGNS = Kind(campaigns, campaigns.c.due_at, campaigns.c.due_at.is_not(None))
INTAKES = Kind(intakes, intakes.c.due_at, intakes.c.due_at.is_not(None))
ANNOUNCEMENTS = Kind(announcements, announcements.c.due_at, announcements.c.due_at.is_not(None))
WATCHES = Kind(watches, watches.c.due_at, watches.c.due_at.is_not(None))
SPLIT_TESTS = Kind(split_tests, split_tests.c.due_at, split_tests.c.due_at.is_not(None))
CONVERSATIONS = Kind(conversations, conversations.c.due_at, conversations.c.due_at.is_not(None))
DELIVERIES = Kind(orders, orders.c.delivery_due_at, orders.c.delivery_due_at.is_not(None))

RECOMMENDATIONS = Kind(
    recommendation_rounds,
    recommendation_rounds.c.due_at,
    recommendation_rounds.c.due_at.is_not(None),
)

INGEST = inbox.c.state == literal_column("'pending'")
KINDS = (
    CARTS,
    ENROLLMENTS,
    MESSAGES,
    REPLIES,
    CONVERSATIONS,
    CODES,
    POOLS,
    HITS,
    CALLBACKS,
    VISITS,
    BROWSES,
    CAMPAIGNS,
    INTAKES,
    DELIVERIES,
    RECOMMENDATIONS,
    WATCHES,
    SPLIT_TESTS,
    SEGMENTS,
    SCORES,
    DAYS,
    ANNOUNCEMENTS,
    RENEWALS,
    OUTBOX,
    RETRIES,
    UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look round showed."""

    due: tuple[Kind, ...]
    has_webhooks: bool
    business_next: datetime | None
    """When something else comes due, in business time ..."""
    real_next: datetime | None
    """... and in real time."""


def look(connection: Connection, now: datetime, real_now: datetime) -> Look:
    """Look at the front of everything that waits; behind it, where the front is due."""
    has_webhooks, *fronts = connection.execute(_FRONTS).one()
    due: list[Kind] = []
    coming: list[tuple[bool, datetime]] = []
    for kind, front in zip(KINDS, fronts, strict=True):
        moment = real_now if kind.is_real else now
        at = front
        if front is not None and front <= moment:
            due.append(kind)
            at = connection.execute(_after_front(kind), {"now": moment}).scalar_one()
        if at is not None:
            coming.append((kind.is_real, at))
    return Look(
        tuple(due),
        bool(has_webhooks),
        min((at for is_real, at in coming if not is_real), default=None),
        min((at for is_real, at in coming if is_real), default=None),
    )


def _front(kind: Kind) -> Select[*tuple[Any, ...]]:
    return select(func.min(kind.at, type_=kind.at.type)).where(kind.waits)


@cache
def _after_front(kind: Kind) -> Select[*tuple[Any, ...]]:
    return _front(kind).where(kind.at > bindparam("now", type_=kind.at.type))


def _fronts() -> Select[*tuple[Any, ...]]:
    """Ask without a parameter: with one, the server plans two dozen questions anew each time."""
    webhook = select(inbox.c.id).where(INGEST).exists()
    return select(webhook, *[_front(kind).scalar_subquery() for kind in KINDS])


_FRONTS = _fronts()


def stores(connection: Connection, kind: Kind, now: datetime) -> list[str]:
    """Give the stores that have something of this kind due, hopping from store to store."""
    return list(connection.execute(_hopping(kind), {"now": now}).scalars())


@cache
def _hopping(kind: Kind) -> Select[*tuple[Any, ...]]:
    own = kind.table.c.store_id
    first = select(own).where(kind.waits).order_by(own).limit(1).scalar_subquery()
    hop = select(first.label("store_id")).cte("hop", recursive=True)
    further = (
        select(own)
        .where(kind.waits, own > hop.c.store_id)
        .order_by(own)
        .limit(1)
        .correlate(hop)
        .scalar_subquery()
    )
    hop = hop.union_all(select(further).where(hop.c.store_id.is_not(None)))
    now = bindparam("now", type_=kind.at.type)
    due = select(own).where(own == hop.c.store_id, kind.waits, kind.at <= now).correlate(hop)
    return select(hop.c.store_id).where(hop.c.store_id.is_not(None), due.exists())


def count(connection: Connection, now: datetime, real_now: datetime) -> Mapping[str, int]:
    """Count what is due or in somebody's hands, by kind, each up to `COUNTED_TO`."""
    retry_over = or_(codes.c.retry_at.is_(None), codes.c.retry_at <= real_now)
    p = code_pools.c
    pool_retry_over = or_(p.retry_at.is_(None), p.retry_at <= real_now)
    in_hand = and_(_is(messages, "claimed", "handing_over"))
    found = {
        "inbox": (inbox, _is(inbox, "pending")),
        "carts": (carts, and_(CARTS.waits, CARTS.at <= now)),
        "enrollments": (enrollments, and_(ENROLLMENTS.waits, ENROLLMENTS.at <= now)),
        "messages": (messages, and_(MESSAGES.waits, MESSAGES.at <= now)),
        "in_flight": (messages, in_hand),
        "retries": (messages, and_(RETRIES.waits, RETRIES.at <= real_now)),
        "replies": (replies, and_(REPLIES.waits, REPLIES.at <= real_now)),
        "replies_in_flight": (replies, _is(replies, "handing_over")),
        "conversations": (conversations, and_(CONVERSATIONS.waits, CONVERSATIONS.at <= now)),
        "codes": (codes, and_(CODES.waits, CODES.at <= now, retry_over)),
        "pools": (code_pools, and_(POOLS.waits, POOLS.at <= now, pool_retry_over)),
        "renewals": (channel_accounts, and_(RENEWALS.waits, RENEWALS.at <= now)),
        "outbox": (outbox, and_(OUTBOX.waits, OUTBOX.at <= real_now)),
        "hits": (hits, and_(HITS.waits, HITS.at <= now)),
        "visits": (visits, and_(VISITS.waits, VISITS.at <= now)),
        "browses": (browses, and_(BROWSES.waits, BROWSES.at <= now)),
        "campaigns": (campaigns, and_(CAMPAIGNS.waits, CAMPAIGNS.at <= now)),
        "segments": (segments, and_(SEGMENTS.waits, SEGMENTS.at <= now)),
        "scores": (rfm_runs, SCORES.at <= now),
        "days": (day_turns, DAYS.at <= now),
        "intakes": (intakes, and_(INTAKES.waits, INTAKES.at <= now)),
        "announcements": (
            announcements,
            and_(ANNOUNCEMENTS.waits, ANNOUNCEMENTS.at <= now),
        ),
        "watches": (watches, and_(WATCHES.waits, WATCHES.at <= now)),
        "tests": (split_tests, and_(SPLIT_TESTS.waits, SPLIT_TESTS.at <= now)),
        "deliveries": (orders, and_(DELIVERIES.waits, DELIVERIES.at <= now)),
        "recommendations": (
            recommendation_rounds,
            and_(RECOMMENDATIONS.waits, RECOMMENDATIONS.at <= now),
        ),
    }
    counts = [
        select(func.count())
        .select_from(
            select(literal_column("1").label("one"))
            .select_from(table)
            .where(which)
            .limit(COUNTED_TO)
            .subquery()
        )
        .scalar_subquery()
        .label(name)
        for name, (table, which) in found.items()
    ]
    return dict(connection.execute(select(*counts)).one()._mapping)  # noqa: SLF001
