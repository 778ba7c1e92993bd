"""Sums: the days of a store that are over are added up, and again when something of them changes.

A dashboard that is looked at has it begin. A turn adds up some days; it may run twice or die.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.timing import zone_of
from storage import Connection, buyer_sums, day_turns, stores
from storage.day_sums import NOUNS, Span
from storage.reports_time import spans_between
from storage.stores import Store

KEPT = 400
"""Days that are added up; older ones are read from the ledger."""
AT_ONCE = 5
"""Days of a noun in one transaction."""
SOON, LATER = timedelta(seconds=2), timedelta(minutes=10)
"""How long a change of a past day may have it read live."""


def want(runtime: Runtime, store_id: str) -> None:
    """Have a store's days added up from now on; called when somebody looks at them."""
    with runtime.database.reading() as connection:
        is_kept = day_turns.is_kept(connection, store_id)
    if not is_kept:
        runtime.queues.wake("sums", [store_id])


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Add up days that are due, in turns; give the stores with more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: sweep(runtime, store_id))


def rebuild(runtime: Runtime, store_id: str) -> int:
    """Add all days of a store up anew; give how many transactions it took."""
    with runtime.database.writing() as connection:
        day_turns.forget_all(connection, store_id, runtime.database.now(connection))
    count = 1
    while sweep(runtime, store_id):
        count += 1
    return count


def sweep(runtime: Runtime, store_id: str) -> bool:
    """Take a store's turn, if it is due; True when there is more to do at once."""
    return runtime.database.write(lambda connection: _turn(runtime, connection, store_id))


def _turn(runtime: Runtime, connection: Connection, store_id: str) -> bool:
    now = runtime.database.now(connection)
    store = stores.by_id(connection, store_id)
    if store is None:
        return False
    day_turns.begin(connection, store_id, now)
    turn = day_turns.take(connection, store_id, now)
    if turn is None:
        return False
    today = _midnight(now, zone_of(store.timezone))
    if turn.watched_to != today:
        day_turns.watch(connection, store_id, today, now)
    elif turn.horizon is None:
        day_turns.settle(connection, store_id, now)
    elif not day_turns.is_settled(connection, turn):
        day_turns.put_off(connection, store_id, now + SOON)
        return False
    else:
        return _add_up(connection, store, today, now)
    return True


def _add_up(connection: Connection, store: Store, today: datetime, now: datetime) -> bool:
    days = _days(now, zone_of(store.timezone))
    for noun in NOUNS:
        stale = day_turns.stale(connection, store.id, noun, days)
        if stale:
            day_turns.add_up(connection, store.id, noun, stale[-AT_ONCE:], today)
            return True
    day_turns.forget_others(connection, store.id, days)
    buyer_sums.keep(connection, store.id)
    tomorrow = today + timedelta(days=1, minutes=1)
    day_turns.put_off(connection, store.id, min(now + LATER, tomorrow))
    return False


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    day = now.astimezone(zone).date()
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _days(now: datetime, zone: ZoneInfo) -> list[Span]:
    """Give the days that are over, by the store's clock."""
    last: date = now.astimezone(zone).date() - timedelta(days=1)
    return spans_between(last - timedelta(days=KEPT - 1), last, zone)
