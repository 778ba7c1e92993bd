"""The triggers of a store's last days, as a flow's draft would have had them.

Of many a sample is looked at, taken from all of the days; each then stands for as many as it was
one of. Consent, tags and what else nobody dates are those of today.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from jobs import abandon, advance, enroll
from jobs.backfill import due_of
from jobs.enroll import Candidate, LetIn
from marketing.enrollment import Enter, EntryFacts
from marketing.entry import is_cart_flow, should_enroll
from marketing.outlook import Way, way_of
from storage import Connection, Row, history, idle_carts
from storage.flows import Version
from storage.stores import Store

DAYS = timedelta(days=30)
SLICES, EACH = 10, 50
"""So many parts of the days, and how many triggers of each are looked at."""
A_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One trigger, and how many it stands for."""

    candidate: Candidate
    weight: float


@dataclass(frozen=True, slots=True)
class Lived:
    """Somebody who would have entered, and what they would have met."""

    customer_id: str
    weight: float
    way: Way


@dataclass(frozen=True, slots=True)
class Past:
    """What was looked at, and who would have entered."""

    looked_at: int
    is_sample: bool
    first_at: datetime | None
    """The earliest trigger that was looked at."""
    lived: list[Lived]


def live_again(
    connection: Connection, store: Store, version: Version, moments: tuple[datetime, datetime]
) -> Past:
    """Let the last days' triggers come again, up to now; nothing is written."""
    now = moments[0]
    found = [
        one
        for within in _slices(now - DAYS, now)
        for one in _of_slice(connection, store, version, within, now)
    ]
    entering = list(_entering(version, found, now - DAYS))
    rows = [due_of(one) for one, _ in entering]
    known = {(store.id, version.id): version}
    batch = advance.batch_of(connection, store.id, moments, rows, is_suspect=False, known=known)
    lived = [
        Lived(
            one.candidate.customer_id,
            weight,
            way_of(version.flow, one.enrollment, advance.facts_of(row, version.flow, batch), now),
        )
        for (one, weight), row in zip(entering, rows, strict=True)
    ]
    first_at = min((one.candidate.facts.occurred_at for one in found), default=None)
    return Past(len(found), any(one.weight > 1 for one in found), first_at, lived)


def _slices(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    long = (until - since) / SLICES
    for number in range(SLICES):
        yield since + number * long, since + (number + 1) * long - A_TICK


def _of_slice(
    connection: Connection,
    store: Store,
    version: Version,
    within: tuple[datetime, datetime],
    now: datetime,
) -> list[Weighed]:
    if is_cart_flow(version.flow):
        return _carts(connection, store, version, within, now)
    event = version.flow.trigger.event
    page = history.page(connection, store.id, event, within, after=None, limit=EACH)
    weight = 1.0
    if page.cursor is not None:
        weight = history.count(connection, store.id, event, within) / len(page.news)
    found = enroll.by_trigger(connection, store, version, page.news, now)
    return [Weighed(one, weight) for one in found]


def _carts(
    connection: Connection,
    store: Store,
    version: Version,
    within: tuple[datetime, datetime],
    now: datetime,
) -> list[Weighed]:
    idle = version.flow.trigger.idle or timedelta()
    active = (within[0] - idle, within[1] - idle)
    rows = idle_carts.page(connection, store.id, active, after=None, limit=EACH)
    weight = 1.0
    if len(rows) == EACH:
        weight = idle_carts.count(connection, store.id, active) / len(rows)
    by_id = {row.id: row for row in rows}
    return [
        Weighed(replace(one, facts=_as_it_was(one.facts, by_id[one.cart_id or ""], idle)), weight)
        for one in abandon.candidates_of(connection, store.id, rows, version, now)
    ]


def _as_it_was(facts: EntryFacts, row: Row[Any], idle: timedelta) -> EntryFacts:
    """Give what was known of a cart when it was left: that it was bought later is no news then."""
    facts = replace(facts, live_activity_at=None)
    if row.abandoned_at and (row.completed_at or row.closed_at):
        at = row.abandoned_at
        return replace(facts, occurred_at=at, activity_at=at - idle, ordered_at=None)
    if facts.ordered_at and facts.ordered_at > facts.occurred_at:
        return replace(facts, ordered_at=None)
    return facts


def _entering(
    version: Version, found: Sequence[Weighed], since: datetime
) -> Iterable[tuple[LetIn, float]]:
    """Ask each trigger what the draft would have said at its own moment."""
    last: dict[str, datetime] = {}
    seen: set[tuple[str, str]] = set()
    for told in sorted(found, key=lambda one: one.candidate.facts.occurred_at):
        one = told.candidate
        before = one.facts.last_entered_at
        # Who entered meanwhile did so by what is asked about here.
        kept = before if before and before < since else None
        facts = replace(one.facts, last_entered_at=last.get(one.customer_id, kept))
        answer = should_enroll(version.flow, one.event, facts, facts.occurred_at)
        if not isinstance(answer, Enter) or one.blocked:
            continue
        key = (one.customer_id, answer.trigger_key)
        if key not in seen:
            seen.add(key)
            last[one.customer_id] = facts.occurred_at
            candidate = replace(one, facts=facts)
            yield LetIn(candidate, enroll.begun(candidate, answer), answer.replaces), told.weight
