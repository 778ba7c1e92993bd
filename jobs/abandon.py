"""Finding abandoned carts: the event that no platform sends, and the sequences it begins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from jobs import membership
from jobs.endings import Ended, end
from jobs.enroll import Candidate, LetIn, filter_fields, let_in
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.conditions import Asked
from marketing.enrollment import EntryFacts
from marketing.events import EventName
from marketing.model import Reason
from storage import Connection, Row, enrollments, facts, flow_events, flows, idle_carts
from storage.enrollments import Ending
from storage.facts import About
from storage.flow_events import Told
from storage.flows import Version

BATCH = 500
SLACK = timedelta(minutes=1)
"""A cart is looked at for the flows whose idle time was reached since the look before."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about the persons of a batch of idle carts."""

    ordered_at: Mapping[str, datetime]
    live_activity_at: Mapping[str, datetime]
    last_entered_at: Mapping[tuple[str, str], datetime]
    values: Mapping[About, dict[str, Any]]


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Look at the idle carts of these stores, in turns; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: derive_abandoned(runtime, store_id))


def derive_abandoned(runtime: Runtime, store_id: str) -> bool:
    """Look at one batch of a store's idle carts; True when there may be more.

    Each one that is abandoned becomes an event, and begins a sequence in every live cart flow
    whose idle time it has reached, or has its reason for not doing so told.
    """
    entered, is_full = runtime.database.write(lambda c: _derive(runtime, c, store_id))
    if entered:
        runtime.queues.wake("advance", [store_id])
    return is_full


def _derive(runtime: Runtime, connection: Connection, store_id: str) -> tuple[int, bool]:
    now = runtime.database.now(connection)
    versions = flows.live(connection, [store_id], EventName.CART_ABANDONED)
    rows = idle_carts.take(connection, store_id, now, BATCH)
    reachable = [row for row in rows if _is_reachable(row)]
    candidates = _candidates(connection, store_id, reachable, versions, now)
    entered = let_in(connection, store_id, candidates, now)
    replace_older(connection, store_id, [one for one in entered if one.replaces])
    abandoned = {one.id for one in reachable if _is_abandoned(one)}
    _tell(connection, store_id, [row for row in reachable if row.id in abandoned], versions, now)
    idle_carts.looked_at(
        connection,
        store_id,
        [(row.id, _abandoned_at(row, abandoned), _next_look(row, versions, now)) for row in rows],
    )
    return len(entered), len(rows) == BATCH


def _is_reachable(row: Row[Any]) -> bool:
    return row.customer_id is not None and row.gone_at is None and row.address is not None


def _is_abandoned(row: Row[Any]) -> bool:
    """A cart with something in it that nobody bought, closed or took away."""
    over = (row.completed_at, row.closed_at, row.deleted_at)
    return bool(row.items) and not any(over)


def _abandoned_at(row: Row[Any], abandoned: set[str]) -> datetime | None:
    """The first time counts; idle time is on top of the last activity."""
    at: datetime | None = row.abandoned_at
    return at or (row.idle_at if row.id in abandoned else None)


def _idle(version: Version) -> timedelta:
    return version.flow.trigger.idle or timedelta()


def _next_look(row: Row[Any], versions: Iterable[Version], now: datetime) -> datetime | None:
    """When the next flow's longer idle time is reached."""
    later = [row.updated_at + _idle(version) for version in versions]
    return min((at for at in later if at > now), default=None)


def _candidates(
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    versions: Sequence[Version],
    now: datetime,
) -> list[Candidate]:
    if not rows or not versions:
        return []
    known = _known(connection, store_id, rows, versions, now)
    return [
        Candidate(version, row.customer_id, _facts(row, version, known), _EVENT, row.id)
        for row in rows
        for version in versions
        if row.idle_at - SLACK <= row.updated_at + _idle(version) <= now
    ]


_EVENT = EventName.CART_ABANDONED.value


def candidates_of(
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    version: Version,
    now: datetime,
) -> list[Candidate]:
    """Give those of any carts, however old, as candidates of a cart flow."""
    reachable = [row for row in rows if _is_reachable(row)]
    if not reachable:
        return []
    known = _known(connection, store_id, reachable, [version], now)
    asked = [(row, replace(_facts(row, version, known), arrived_at=None)) for row in reachable]
    return [Candidate(version, row.customer_id, given, _EVENT, row.id) for row, given in asked]


def _known(
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    versions: Sequence[Version],
    now: datetime,
) -> Known:
    customers = sorted({row.customer_id for row in rows})
    live = idle_carts.live_activity(connection, store_id, customers)
    for row in rows:
        if _is_abandoned(row):
            newest = max(row.updated_at, live.get(row.customer_id, row.updated_at))
            live[row.customer_id] = newest
    asked = {About(row.customer_id, row.id) for row in rows}
    fields = frozenset[Asked]().union(*map(filter_fields, versions))
    return Known(
        idle_carts.last_orders(connection, store_id, customers),
        live,
        enrollments.last_entries(
            connection, store_id, (version.flow_id for version in versions), customers
        ),
        facts.values_of(connection, store_id, asked, fields, now),
    )


def _facts(row: Row[Any], version: Version, known: Known) -> EntryFacts:
    bought = row.updated_at if row.completed_at or row.closed_at else None
    return EntryFacts(
        occurred_at=row.updated_at + _idle(version),
        values=known.values.get(About(row.customer_id, row.id), {}),
        cart_id=row.external_id,
        activity_at=row.updated_at,
        arrived_at=row.arrived_at,
        ordered_at=bought or known.ordered_at.get(row.customer_id),
        counts=row.counts and not row.is_staff,
        emptied=not row.items or row.deleted_at is not None,
        last_entered_at=known.last_entered_at.get((version.flow_id, row.customer_id)),
        live_activity_at=known.live_activity_at.get(row.customer_id),
    )


def replace_older(connection: Connection, store_id: str, entered: Sequence[LetIn]) -> None:
    """Let the newest cart win: whoever just entered leaves sequences about other carts."""
    newest = {one.candidate.customer_id: one.candidate for one in entered}
    if not newest:
        return
    under_way = enrollments.active(connection, store_id, newest)
    versions = flows.versions(connection, [(store_id, one.version_id) for one in under_way])
    over = [
        Ended(one, Ending(one.id, Reason.REPLACED, newest[one.customer_id].facts.occurred_at))
        for one in under_way
        if one.cart_id
        and one.cart_id != newest[one.customer_id].cart_id
        and versions[store_id, one.version_id].flow.trigger.event == EventName.CART_ABANDONED
    ]
    end(connection, store_id, over)


def _tell(
    connection: Connection,
    store_id: str,
    rows: Iterable[Row[Any]],
    versions: Iterable[Version],
    now: datetime,
) -> None:
    """Tell the timeline of carts that were abandoned: once per time they were left."""
    shortest = min((_idle(version) for version in versions), default=timedelta())
    told = [
        Told(
            EventName.CART_ABANDONED,
            row.customer_id,
            row.updated_at + shortest,
            row.id,
            {
                "cart_id": row.id,
                "idle_seconds": int(shortest.total_seconds()),
                "store_total": row.store_total,
            },
        )
        for row in rows
    ]
    flow_events.keep(connection, store_id, told)
    if told:
        membership.look_soon(connection, store_id, {_EVENT}, now)
