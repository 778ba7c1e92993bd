"""Finding who looked and left: products and categories viewed, and no cart nor order since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobs import membership
from jobs.endings import Ended, end
from jobs.enroll import Candidate, LetIn, filter_fields, let_in
from jobs.rounds import rounds
from jobs.runtime import Runtime
from jobs.visit import BROWSED
from marketing.conditions import Asked
from marketing.enrollment import EntryFacts
from marketing.events import EventName
from marketing.model import Reason
from marketing.timing import zone_of
from storage import Connection, Row, browses, enrollments, facts, flow_events, flows, stores
from storage.enrollments import Ending
from storage.facts import About
from storage.flow_events import Told
from storage.flows import Version
from storage.idle_carts import last_orders
from storage.stores import Store

BATCH = 500
SLACK = timedelta(minutes=1)
"""A view is looked at for the flows whose idle time was reached since the look before."""
KINDS = [kind for kind, _ in BROWSED.values()]
Live = Mapping[str, Sequence[Version]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about those who viewed something."""

    values: Mapping[About, dict[str, Any]]
    last_entered_at: Mapping[tuple[str, str], datetime]


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Look at what was viewed and left at these stores, in turns; give those that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: derive_browsed(runtime, store_id))


def derive_browsed(runtime: Runtime, store_id: str) -> bool:
    """Look at one batch of a store's views; True when there may be more.

    What somebody viewed last, and then neither bought nor put anything into a cart, becomes an
    event, and begins a sequence in every live flow whose idle time it has reached.
    """
    entered, is_full = runtime.database.write(lambda c: _derive(runtime, c, store_id))
    if entered:
        runtime.queues.wake("advance", [store_id])
    return is_full


def look_again(connection: Connection, store_id: str, since: datetime) -> None:
    """Set when to look at what was viewed since then: flows went live, or stopped."""
    for kind, versions in _live(connection, store_id).items():
        idle = min(map(_idle, versions), default=None)
        browses.look_again(connection, store_id, kind, idle, since=since)


def _live(connection: Connection, store_id: str) -> Live:
    return {kind.value: flows.live(connection, [store_id], kind) for kind in KINDS}


def _idle(version: Version) -> timedelta:
    return version.flow.trigger.idle or timedelta()


def _derive(runtime: Runtime, connection: Connection, store_id: str) -> tuple[int, bool]:
    now = runtime.database.now(connection)
    store, live = stores.by_id(connection, store_id), _live(connection, store_id)
    rows = browses.take(connection, store_id, now, BATCH)
    if store is None or not rows:
        return 0, False
    left = _left(connection, store_id, rows, live)
    entered = let_in(connection, store_id, _candidates(connection, store, left, live, now), now)
    _replace_older(connection, store_id, entered)
    _tell(connection, store_id, left, live, now)
    seen = [(row, _next_look(row, live[row.kind], now)) for row in rows]
    browses.looked_at(connection, store_id, seen)
    return len(entered), len(rows) == BATCH


def _left(
    connection: Connection, store_id: str, rows: Iterable[Row[Any]], live: Live
) -> list[Row[Any]]:
    """Give what was viewed last of all, and left: no cart nor order came after it."""
    there = [row for row in rows if not row.is_gone]
    customers = sorted({row.customer_id for row in there})
    kinds = [kind for kind, versions in live.items() if versions]
    viewed = browses.newest(connection, store_id, customers, kinds)
    carts = browses.last_carts(connection, store_id, customers)
    bought = last_orders(connection, store_id, customers)
    return [
        row
        for row in there
        if viewed.get(row.customer_id, row.viewed_at) <= row.viewed_at
        and not any(
            since.get(row.customer_id, row.viewed_at) > row.viewed_at for since in (carts, bought)
        )
    ]


def _next_look(row: Row[Any], versions: Iterable[Version], now: datetime) -> datetime | None:
    """When the next flow's longer idle time is reached."""
    later = [row.viewed_at + _idle(version) for version in versions]
    return min((at for at in later if at > now), default=None)


def _candidates(
    connection: Connection, store: Store, rows: Sequence[Row[Any]], live: Live, now: datetime
) -> list[Candidate]:
    known = _known(connection, store.id, rows, live, now)
    return [
        _candidate(store, row, version, known)
        for row in rows
        for version in live[row.kind]
        if row.idle_at - SLACK <= row.viewed_at + _idle(version) <= now
    ]


def _known(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]], live: Live, now: datetime
) -> Known:
    versions = [version for some in live.values() for version in some]
    fields = frozenset[Asked]().union(*map(filter_fields, versions))
    asked = {About(row.customer_id) for row in rows}
    customers = {row.customer_id for row in rows}
    last = enrollments.last_entries(
        connection, store_id, (version.flow_id for version in versions), customers
    )
    return Known(facts.values_of(connection, store_id, asked, fields, now), last)


def _candidate(store: Store, row: Row[Any], version: Version, known: Known) -> Candidate:
    viewed_on = row.viewed_at.astimezone(zone_of(store.timezone)).date()
    given = EntryFacts(
        occurred_at=row.viewed_at + _idle(version),
        values={**known.values.get(About(row.customer_id), {}), "event": row.data},
        counts=not row.is_staff,
        last_entered_at=known.last_entered_at.get((version.flow_id, row.customer_id)),
        zone=store.timezone,
        # The same thing viewed on another day is another reason to write; re-entry is the flow's.
        subject=f"{row.kind}:{row.subject}:{viewed_on.isoformat()}",
    )
    return Candidate(version, row.customer_id, given, row.kind, data=row.data)


def _replace_older(connection: Connection, store_id: str, entered: Sequence[LetIn]) -> None:
    """One sequence about browsing a person: what they viewed last wins."""
    new = {one.enrollment.id for one in entered}
    at = {one.candidate.customer_id: one.enrollment.entered_at for one in entered}
    if not at:
        return
    under_way = enrollments.active(connection, store_id, at)
    versions = flows.versions(connection, [(store_id, one.version_id) for one in under_way])
    over = [
        Ended(one, Ending(one.id, Reason.REPLACED, max(at[one.customer_id], one.entered_at)))
        for one in under_way
        if one.id not in new and versions[store_id, one.version_id].flow.trigger.event in KINDS
    ]
    end(connection, store_id, over)


def _tell(
    connection: Connection, store_id: str, rows: Iterable[Row[Any]], live: Live, now: datetime
) -> None:
    """Tell the timeline once of each thing that was viewed and left."""
    told = [
        Told(
            EventName(row.kind),
            row.customer_id,
            row.viewed_at + min(map(_idle, live[row.kind])),
            f"{row.customer_id}:{row.subject}",
            row.data,
        )
        for row in rows
        if live[row.kind]
    ]
    flow_events.keep(connection, store_id, told)
    membership.look_soon(connection, store_id, {one.name for one in told}, now)
