"""Segments: made and changed by the merchant, built and swept in bulk by this job.

A segment is looked at in bulk when it is new or changed, and once a day in any case, which heals
whatever was missed. When time alone may have changed who is in it (a moment passes out of a
window: the earliest such moment is its `due_at`), only those whose moment it was are looked at,
of all segments that are due together. What a look finds is a suspicion only: each suspect is
decided like anyone of whom something is heard (`jobs.membership`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial

from jobs import enroll, membership
from jobs.rounds import rounds
from jobs.runtime import Runtime
from jobs.segment_lists import live_uses, uses_of
from marketing import ready_segments, segment_schema
from marketing.condition_rules import segments_in
from marketing.model import JsonObject
from marketing.policy import policy_of
from marketing.said import say
from marketing.segments import BadSegment, Segment, Turning, asks_of, is_circular, rule_of
from marketing.sentences import language_of
from marketing.templates import Problem
from marketing.timing import at_local, zone_of
from storage import (
    Connection,
    flows,
    rfm,
    segment_counts,
    segment_scan,
    segment_sql,
    segment_turns,
    segments,
    stores,
)
from storage.dialect import lock_stores
from storage.segment_counts import Count
from storage.segments import Look, StoredSegment
from storage.stores import Store

CHUNK = 500
"""Customers decided about in one transaction."""
SUSPECTS = 20 * CHUNK
TOGETHER = 200
"""Segments looked at in one go, where only some customers have to be."""
SOME = 5000
"""Customers of one question."""
MOST = 50_000
"""Whom time moved; of more it is as well to look at everybody."""
LATEST = timedelta(days=1)
"""How often everybody is looked at, at the least."""
SCORED_AT = time(3)
"""When a store's buyers are scored, by its own clock."""
SCORES = "customer.rfm"


class NoSuchSegment(Exception):
    """The store has no segment of this id."""


class SegmentInUse(Exception):
    """Others ask about the segment: `users` names them."""

    def __init__(self, users: Sequence[str]) -> None:
        super().__init__(f"used by {', '.join(users)}")
        self.users = tuple(users)


# --- what the merchant does -------------------------------------------------------------------


def create(
    runtime: Runtime,
    store_id: str,
    document: JsonObject,
    *,
    ready_made: str | None = None,
    announces: bool = False,
) -> str:
    """Keep a new segment and give its id; raises `BadSegment`. A job finds its members.

    Whoever it has from the start did not enter it just now: flows that begin with entering
    hear of them only if it `announces`.
    """
    segment = segment_schema.load(document)
    with runtime.database.writing() as connection:
        lock_stores(connection, [store_id])  # no two at once have one name, or ask in a circle
        now = runtime.database.now(connection)
        _check(connection, store_id, None, segment)
        segment_id = segments.create(
            connection, store_id, segment, now, ready_made=ready_made, announces=announces
        )
        _want_scores(connection, store_id, segment, now)
    if segment_id is None:
        raise BadSegment((TAKEN,))
    runtime.queues.wake("segments", [store_id])
    return segment_id


def create_ready_made(
    runtime: Runtime,
    store_id: str,
    key: str,
    parameter: str | None = None,
    *,
    name: str | None = None,
) -> str:
    """Keep one of the ready-made segments, in the store's currency; raises as `create` does.

    A key that is none raises `NoSuchSegment`; `name` is what the merchant calls it.
    """
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, store_id)
    if store is None or key not in {one.key for one in ready_segments.all_of_them()}:
        raise NoSuchSegment(key)
    document = ready_segments.document(key, store.currency, parameter, language_of(store.locale))
    return create(runtime, store_id, document | ({"name": name} if name else {}), ready_made=key)


def change(
    runtime: Runtime,
    store_id: str,
    segment_id: str,
    document: JsonObject,
    *,
    announces: bool = False,
    idle_only: bool = False,
) -> None:
    """Give a segment another name or condition; raises `BadSegment` or `NoSuchSegment`.

    `idle_only`: whoever asks may not say who is written to, so one that a live flow or a
    scheduled campaign asks about is not theirs to change: raises `SegmentInUse`.
    """
    segment = segment_schema.load(document)
    with runtime.database.writing() as connection:
        lock_stores(connection, [store_id])
        now = runtime.database.now(connection)
        if segments.get(connection, store_id, segment_id, lock=True) is None:
            raise NoSuchSegment(segment_id)
        if idle_only and (users := live_uses(connection, store_id, segment_id)):
            raise SegmentInUse([one.name for one in users])
        _check(connection, store_id, segment_id, segment)
        if not segments.change(connection, store_id, segment_id, segment, now, announces=announces):
            raise BadSegment((TAKEN,))
        _want_scores(connection, store_id, segment, now)
    runtime.queues.wake("segments", [store_id])


TAKEN = Problem(
    "", "name", say("is the name of another segment"), say("Give it a name of its own.")
)


def remove(runtime: Runtime, store_id: str, segment_id: str) -> None:
    """Forget a segment; raises `SegmentInUse` while others ask about it, or `NoSuchSegment`."""
    with runtime.database.writing() as connection:
        lock_stores(connection, [store_id])
        if segments.get(connection, store_id, segment_id, lock=True) is None:
            raise NoSuchSegment(segment_id)
        users = uses_of(connection, store_id, with_people=True).get(segment_id)
        if users:
            raise SegmentInUse([one.name for one in users])
        segments.remove(connection, store_id, segment_id)


def _check(connection: Connection, store_id: str, segment_id: str | None, segment: Segment) -> None:
    """Refuse a segment that asks about one that is not there, or about itself."""
    stored = {one.id: one.rule for one in segments.of_store(connection, store_id)}
    if segments_in(segment.condition) - stored.keys():
        message = say("asks about a segment that is not in this store")
        remedy = say("Choose another one, or make it first.")
        raise BadSegment((Problem("", "condition", message, remedy),))
    if segment_id and is_circular(segment_id, {**stored, segment_id: rule_of(segment.condition)}):
        message = say("asks about the segment itself, by way of others")
        raise BadSegment((Problem("", "condition", message, say("Take one of them out.")),))


def _want_scores(connection: Connection, store_id: str, segment: Segment, now: datetime) -> None:
    if _asks_for_scores(segment):
        rfm.want(connection, store_id, now)


def _asks_for_scores(segment: Segment | StoredSegment) -> bool:
    return any(str(one).startswith(SCORES) for one in asks_of(segment.condition))


def check(runtime: Runtime, store_id: str, document: JsonObject) -> tuple[Problem, ...]:
    """Give everything that is wrong with a segment's document; keeps nothing."""
    try:
        segment = segment_schema.load(document)
        with runtime.database.reading() as connection:
            _check(connection, store_id, None, segment)
    except BadSegment as bad:
        return bad.problems
    return ()


def count(runtime: Runtime, store_id: str, document: JsonObject) -> Count:
    """Count everyone that a segment would have, saved or not; raises `BadSegment`."""
    segment = segment_schema.load(document)
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, store_id)
        if store is None:
            raise NoSuchSegment(store_id)
        _check(connection, store_id, None, segment)
        now = runtime.database.now(connection)
        policy = policy_of(store.settings).consent
        return segment_counts.count(connection, store_id, segment.condition, policy, now)


# --- the job ----------------------------------------------------------------------------------


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Score buyers and look at segments that are due, in turns; give the stores with more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: sweep(runtime, store_id))


def sweep(runtime: Runtime, store_id: str, *, most: int = MOST) -> bool:
    """Do the next thing of a store that is due; True when there may be more.

    `most`: of how many whom time moved everybody is looked at.
    """
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        store = stores.by_id(connection, store_id)
        scores_due = rfm.is_due(connection, store_id, now)
        due = segments.due(connection, store_id, now, TOGETHER)
    if store is None:
        return False
    if scores_due:
        runtime.database.write(lambda c: _score(runtime, c, store))
        return True
    if due:
        _look(runtime, store, due, now, most)
    return bool(due)


def _look(
    runtime: Runtime, store: Store, due: Sequence[StoredSegment], now: datetime, most: int
) -> None:
    """Look at what has been due the longest; where time alone is to be followed, at all of it."""
    moved = {one.id: one.seen_at for one in due if one.seen_at and not _is_whole(one, now)}
    if due[0].id in moved:
        _follow_time(runtime, store, [one for one in due if one.id in moved], most)
    else:
        _look_at(runtime, store, due[0])


def _is_whole(one: StoredSegment, now: datetime) -> bool:
    return not one.is_told or one.whole_at is None or one.whole_at <= now


def _follow_time(runtime: Runtime, store: Store, these: Sequence[StoredSegment], most: int) -> None:
    """Decide about those whom time may have moved since the last look, and nobody else.

    What is heard of has been decided about when it was; the rest of the customers stay as
    they are until everybody is looked at.
    """
    conditions = {one.id: one.condition for one in these}
    found: dict[str, Collection[str]] = {}
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        moved = segment_turns.turned(connection, store.id, _since(these), now, most)
        for start in range(0, len(moved), SOME) if len(moved) < most else ():
            some = moved[start : start + SOME]
            found |= segment_scan.in_doubt(connection, store.id, some, conditions, now)
    if len(moved) < most:
        _settle(runtime, store, found)
        runtime.database.write(lambda c: finish(runtime, c, these, now))
    else:
        runtime.database.write(lambda c: segments.hasten(c, store.id, conditions, now))


def _since(these: Iterable[StoredSegment]) -> dict[Turning, datetime]:
    """Give up to when each kind of moment is accounted for in all of these segments."""
    since: dict[Turning, datetime] = {}
    for one in these:
        for turning in one.rule.turnings:
            if one.seen_at is not None:
                since[turning] = min(one.seen_at, since.get(turning, one.seen_at))
    return since


def _settle(runtime: Runtime, store: Store, found: Mapping[str, Collection[str]]) -> int:
    """Decide about the segments in doubt of each of these customers, some at a time."""
    changed, suspects = 0, sorted(found)
    for start in range(0, len(suspects), CHUNK):
        some = suspects[start : start + CHUNK]
        asked = sorted({one for customer_id in some for one in found[customer_id]})
        changed += runtime.database.write(partial(_decide, runtime, store, asked, some))
    if changed:
        runtime.queues.wake_clock()
    return changed


def _look_at(runtime: Runtime, store: Store, one: StoredSegment) -> None:
    """Bring a segment's members in line with its condition, and say when to look next."""
    if not one.is_told:
        runtime.database.write(lambda c: _fill(runtime, c, one))
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        who = segment_sql.who(connection, store.id, one.condition, now)
        found = segment_turns.suspects(connection, store.id, one.id, who, SUSPECTS)
    changed = _settle(runtime, store, {customer_id: [one.id] for customer_id in found})
    if len(found) < SUSPECTS or not changed:
        runtime.database.write(lambda c: finish(runtime, c, [one], now, whole=True))


def _fill(runtime: Runtime, connection: Connection, one: StoredSegment) -> None:
    now = runtime.database.now(connection)
    who = segment_sql.who(connection, one.store_id, one.condition, now)
    segment_turns.fill(connection, one.store_id, one.id, who, now)


def _decide(
    runtime: Runtime,
    store: Store,
    segment_ids: Sequence[str],
    customer_ids: Sequence[str],
    connection: Connection,
) -> int:
    """Decide about some suspects, as of this moment; give how many memberships changed."""
    now = runtime.database.now(connection)
    stored = {each.id: each for each in segments.of_store(connection, store.id)}
    asked = [one for one in segment_ids if one in stored]
    if not asked:
        return 0
    changes = membership.settle(connection, store.id, asked, stored, customer_ids, now)
    news = membership.tell(connection, store.id, changes, stored, now, NOBODY)
    enroll.react(connection, runtime, store, news, now)
    return len(changes.entered) + len(changes.left)


NOBODY: Mapping[str, Sequence[str]] = {}
"""No flow's step made time pass."""


def finish(
    runtime: Runtime,
    connection: Connection,
    these: Sequence[StoredSegment],
    seen_at: datetime,
    *,
    whole: bool = False,
) -> None:
    """Mark segments as ready and set when they are looked at next, unless somebody changed them.

    `seen_at`: as of when they were looked at; what time changed since is due again.
    """
    now = runtime.database.now(connection)
    for one in these:
        look = Look(seen_at, seen_at + LATEST if whole else one.whole_at)
        turn = segment_turns.next_turn(connection, one.store_id, one.rule.turnings, seen_at)
        due_at = min(max(turn or now + LATEST, now + membership.SOONEST), now + LATEST)
        segments.finish(connection, one, look, due_at, now)


def _score(runtime: Runtime, connection: Connection, store: Store) -> None:
    """Score some more of a store's buyers.

    After the last the segments that ask for it are looked at; again the next night.
    """
    now = runtime.database.now(connection)
    asking = [one.id for one in segments.of_store(connection, store.id) if _asks_for_scores(one)]
    if not (asking or _flows_ask(connection, store.id)):
        rfm.put_off(connection, store.id, None)
        return
    if not rfm.go_on(connection, store.id, store.currency, now):
        return
    segments.hasten(connection, store.id, asking, now)
    rfm.put_off(connection, store.id, _next_night(store, now))


def _next_night(store: Store, now: datetime) -> datetime:
    zone = zone_of(store.timezone)
    today = now.astimezone(zone).date()
    tonight = at_local(today, SCORED_AT, zone)
    return tonight if tonight > now else at_local(today + timedelta(days=1), SCORED_AT, zone)


def _flows_ask(connection: Connection, store_id: str) -> bool:
    return any(
        str(one).startswith(SCORES)
        for version in flows.live(connection, [store_id])
        for one in flows.everything_asked(version.flow)
    )
