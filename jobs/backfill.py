"""People from the past: a flow's triggers of the last days, each placed where it would stand now.

One batch is one transaction of its intake. A rehearsal does all of it but the writing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobs import abandon, advance, enroll
from jobs.enroll import Candidate, LetIn
from marketing.backfill import stand
from marketing.enrollment import Enrollment, Enter, EntryFacts, Refuse
from marketing.entry import is_cart_flow, should_enroll
from marketing.events import EventName
from marketing.model import Reason
from storage import Connection, enrollments, flow_events, history, idle_carts
from storage.enrollment_turns import Due
from storage.flow_events import Told
from storage.flows import Version
from storage.intakes import Intake, Taken
from storage.stores import Store

BATCH = 250


def place(
    connection: Connection,
    store: Store,
    intake: Intake,
    version: Version,
    moments: tuple[datetime, datetime],
) -> Taken:
    """Place the next batch of an intake's people; a rehearsal only counts them."""
    now = moments[0]
    candidates, cursor = _page(connection, store, intake, version, now)
    entering, refused = _sort(connection, store.id, version, candidates)
    placed = _stand(connection, store.id, version, entering, moments, refused)
    if not intake.is_rehearsal:
        placed = _keep(connection, store.id, placed, refused, now)
    standing = Counter(one.enrollment.step_id or "" for one in placed)
    return Taken(cursor, len(candidates), len(placed), refused, standing)


def _page(
    connection: Connection, store: Store, intake: Intake, version: Version, now: datetime
) -> tuple[list[Candidate], str | None]:
    """Give the next triggers of the past as candidates, in the order of their time."""
    trigger, since = version.flow.trigger, intake.since or now
    if is_cart_flow(version.flow):
        idle = trigger.idle or timedelta()
        rows = idle_carts.page(
            connection, store.id, (since - idle, now - idle), after=intake.cursor, limit=BATCH
        )
        found = abandon.candidates_of(connection, store.id, rows, version, now)
        cursor = rows[-1].id if len(rows) == BATCH else None
    else:
        page = history.page(
            connection, store.id, trigger.event, (since, now), after=intake.cursor, limit=BATCH
        )
        found = enroll.by_trigger(connection, store, version, page.news, now)
        cursor = page.cursor
    return sorted(found, key=lambda one: one.facts.occurred_at), cursor


def _sort(
    connection: Connection, store_id: str, version: Version, candidates: Sequence[Candidate]
) -> tuple[list[LetIn], Counter[str]]:
    """Ask each trigger what the flow would have said at its own moment."""
    people = {one.customer_id for one in candidates}
    known = enrollments.keys_of(connection, store_id, version.flow_id, people)
    last: dict[str, datetime] = {}
    entering, refused = list[LetIn](), Counter[str]()
    for one in candidates:
        facts = _with_last_entry(one, last)
        answer = should_enroll(version.flow, one.event, facts, facts.occurred_at)
        if isinstance(answer, Enter) and (one.customer_id, answer.trigger_key) in known:
            answer = Refuse(answer.trigger_key, Reason.ALREADY_ENROLLED)
        if isinstance(answer, Enter):
            known.add((one.customer_id, answer.trigger_key))
            last[one.customer_id] = facts.occurred_at
            entering.append(LetIn(one, enroll.begun(one, answer), answer.replaces))
        elif answer:
            refused[answer.reason.value] += 1
    return entering, refused


def _with_last_entry(one: Candidate, last: Mapping[str, datetime]) -> EntryFacts:
    """Count those of the same batch among the entries that a re-entry rule asks for."""
    entered = [at for at in (one.facts.last_entered_at, last.get(one.customer_id)) if at]
    return replace(one.facts, last_entered_at=max(entered, default=None))


def _stand(
    connection: Connection,
    store_id: str,
    version: Version,
    entering: Sequence[LetIn],
    moments: tuple[datetime, datetime],
    refused: Counter[str],
) -> list[LetIn]:
    """Give those who would be under way, where they would stand; the others go to `refused`."""
    rows = [due_of(one) for one in entering]
    batch = advance.batch_of(connection, store_id, moments, rows, is_suspect=False)
    placed = []
    for one, row in zip(entering, rows, strict=True):
        facts = advance.facts_of(row, version.flow, batch)
        stands = stand(version.flow, one.enrollment, facts, moments[0])
        if isinstance(stands, Reason):
            refused[stands.value] += 1
        else:
            placed.append(replace(one, enrollment=stands))
    return placed


def due_of(one: LetIn) -> Due:
    """Give somebody who entered as the engine is asked about them."""
    whose = one.candidate
    return Due(
        one.enrollment,
        whose.cart_id,
        whose.order_id,
        whose.data,
        touched=0,
        activity_at=whose.facts.activity_at,
        cart_gone_at=None,
    )


def _keep(
    connection: Connection,
    store_id: str,
    placed: Sequence[LetIn],
    refused: Counter[str],
    now: datetime,
) -> list[LetIn]:
    """Write who is placed; whoever came in by the same trigger meanwhile is so already."""
    rows = [
        (one.enrollment, one.candidate.cart_id, one.candidate.order_id, one.candidate.data)
        for one in placed
    ]
    new = {one.id for one in enrollments.add(connection, store_id, rows)}
    kept = [one for one in placed if one.enrollment.id in new]
    if len(kept) < len(placed):
        refused[Reason.ALREADY_ENROLLED.value] += len(placed) - len(kept)
    abandon.replace_older(connection, store_id, [one for one in kept if one.replaces])
    flow_events.keep(connection, store_id, [_told(one.enrollment, now) for one in kept])
    return kept


def _told(placed: Enrollment, now: datetime) -> Told:
    data = {
        "flow_id": placed.flow_id,
        "enrollment_id": placed.id,
        "trigger_key": placed.trigger_key,
        "from_the_past": placed.entered_at.isoformat(),
    }
    return Told(EventName.FLOW_ENTERED, placed.customer_id, now, placed.id, data)
