"""Adding up a store's days: which have to be, by whom, and from when on changes are marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage import buyer_sums, dialect
from storage.day_sums import NOUNS, Noun, Span, added, is_marked
from storage.many import insert_new
from storage.schema import EPOCH, day_marks, day_sums, day_turns, summed_days

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Turn:
    """A store's turn: up to when its days may be added up, None before they are watched."""

    watched_to: datetime | None
    horizon: int | None
    """Once no transaction older than this runs, every change of watched days is marked."""


def is_kept(connection: Connection, store_id: str) -> bool:
    """Say if a store's days are added up at all."""
    query = select(day_turns.c.store_id).where(day_turns.c.store_id == store_id)
    return connection.execute(query).first() is not None


def begin(connection: Connection, store_id: str, now: datetime) -> None:
    """Have a store's days added up from now on, if they are not yet."""
    row = {"store_id": store_id, "due_at": now}
    insert_new(connection, day_turns, [row], key=("store_id",), returning=[day_turns.c.store_id])


def take(connection: Connection, store_id: str, now: datetime) -> Turn | None:
    """Give the store's turn if it is due, held against anybody else who would take it."""
    t = day_turns.c
    query = select(t.watched_to, t.horizon).where(t.store_id == store_id, t.due_at <= now)
    row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return Turn(*row) if row else None


def watch(connection: Connection, store_id: str, until: datetime, due_at: datetime) -> None:
    """Have every change before a moment marked from now on; what runs already may miss it."""
    _put(connection, store_id, watched_to=until, horizon=None, due_at=due_at)


def settle(connection: Connection, store_id: str, due_at: datetime) -> None:
    """Note which transactions may have missed it: those that began by now."""
    _put(connection, store_id, horizon=dialect.next_transaction(connection), due_at=due_at)


def is_settled(connection: Connection, turn: Turn) -> bool:
    """Say if none of them runs any more."""
    return turn.horizon is not None and dialect.oldest_running(connection) >= turn.horizon


def put_off(connection: Connection, store_id: str, due_at: datetime) -> None:
    """Set when the store's days are looked at next."""
    _put(connection, store_id, due_at=due_at)


def _put(connection: Connection, store_id: str, **values: object) -> None:
    connection.execute(update(day_turns).where(day_turns.c.store_id == store_id).values(**values))


def stale(connection: Connection, store_id: str, noun: Noun, days: Sequence[Span]) -> list[Span]:
    """Give the days that are not added up, or were written to since."""
    d = summed_days.c
    fresh = select(d.starts_at, d.ends_at).where(
        d.store_id == store_id, d.noun == noun.name, ~is_marked()
    )
    known = {(row[0], row[1]) for row in connection.execute(fresh)}
    return [day for day in days if day not in known]


def add_up(
    connection: Connection, store_id: str, noun: Noun, days: Sequence[Span], watched_to: datetime
) -> None:
    """Add some days up anew. Their marks go first: whoever writes meanwhile leaves another.

    An hour that lies in two days, one of which is not among these, keeps its mark.
    """
    for first, last in _hours(days, watched_to):
        m = day_marks.c
        these = (m.store_id == store_id, m.noun == noun.name, m.hour.between(first, last))
        connection.execute(delete(day_marks).where(*these))
    for day in days:
        _forget(connection, store_id, noun, [day[0]])
        rows = [_row(store_id, noun, day, told) for told in _told(connection, store_id, noun, day)]
        if rows:
            connection.execute(insert(day_sums), rows)
        own = {"store_id": store_id, "noun": noun.name, "starts_at": day[0], "ends_at": day[1]}
        first, last = _seconds(day[0]) // HOUR, (_seconds(day[1]) - 1) // HOUR
        connection.execute(insert(summed_days).values(**own, first_hour=first, last_hour=last))


def _told(
    connection: Connection, store_id: str, noun: Noun, day: Span
) -> Iterable[dict[str, object]]:
    within = (noun.at >= day[0]) & (noun.at < day[1])
    for _, values in added(connection, store_id, noun, within):
        if values["count"]:
            yield values


def _row(store_id: str, noun: Noun, day: Span, told: dict[str, object]) -> dict[str, object]:
    return {"store_id": store_id, "noun": noun.name, "starts_at": day[0], **told}


def _seconds(at: datetime) -> int:
    return int((at - EPOCH).total_seconds())


def _hours(days: Sequence[Span], watched_to: datetime) -> Iterable[tuple[int, int]]:
    """Give the first and last hour that lie wholly in days that follow one another."""
    first: datetime | None = None
    for at, day in enumerate(days):
        first = first or day[0]
        if at + 1 < len(days) and days[at + 1][0] == day[1]:
            continue
        end = _seconds(day[1])
        last = -(-end // HOUR) - 1 if day[1] >= watched_to else end // HOUR - 1
        yield -(-_seconds(first) // HOUR), last
        first = None


def _forget(connection: Connection, store_id: str, noun: Noun, starts: Iterable[datetime]) -> None:
    for table in (day_sums, summed_days):
        c = table.c
        mine = (c.store_id == store_id, c.noun == noun.name, c.starts_at.in_(list(starts)))
        connection.execute(delete(table).where(*mine))


def forget_others(connection: Connection, store_id: str, days: Sequence[Span]) -> None:
    """Forget days that are none any more: too old, or of another time zone."""
    d = summed_days.c
    kept = {(noun.name, *day) for noun in NOUNS for day in days}
    query = select(d.noun, d.starts_at, d.ends_at).where(d.store_id == store_id)
    gone = [row for row in connection.execute(query) if tuple(row) not in kept]
    for noun in NOUNS:
        starts = [row.starts_at for row in gone if row.noun == noun.name]
        if starts:
            _forget(connection, store_id, noun, starts)


def forget_all(connection: Connection, store_id: str, now: datetime) -> None:
    """Have all days of a store added up anew, from the ledger."""
    begin(connection, store_id, now)
    put_off(connection, store_id, now)  # first: it waits for a turn that is being taken
    for table in (day_sums, summed_days):
        connection.execute(delete(table).where(table.c.store_id == store_id))
    buyer_sums.forget(connection, store_id)
