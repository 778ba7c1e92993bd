"""Listening to other programs: their events and reviews are kept before they hear that they are."""

from collections.abc import Sequence
from enum import StrEnum

from jobs import enroll, happened
from jobs.happened import Happening, Heard
from jobs.runtime import Runtime
from marketing.reviews import Review
from storage import Connection, events
from storage.stores import Store


class Fate(StrEnum):
    """What became of something that was told."""

    KEPT = "kept"
    KNOWN = "known"
    """It was told before: nothing happened anew."""
    NOBODY = "nobody"
    """The store has no such customer, or was told to forget them: nothing is kept."""


def to_events(runtime: Runtime, store: Store, told: Sequence[Happening]) -> list[Fate]:
    """Keep events of customers and let flows react; gives the fate of each."""

    def keep(connection: Connection) -> tuple[set[str], Heard]:
        now = runtime.database.now(connection)
        keys = [happened.key_of(one) for one in told]
        known = events.known(connection, store.id, keys)
        return known, happened.tell(connection, runtime, store, told, now)

    seen, heard = runtime.database.write(keep)
    enroll.wake_after(runtime, [store.id], heard.news)
    fates = []
    for one, whose in zip(told, heard.customers, strict=True):
        key = happened.key_of(one)
        fates.append(Fate.NOBODY if whose is None else Fate.KNOWN if key in seen else Fate.KEPT)
        seen.add(key)
    return fates


def to_reviews(runtime: Runtime, store: Store, told: Sequence[Review]) -> None:
    """Keep reviews and let flows react; one told again is rewritten."""

    def keep(connection: Connection) -> Heard:
        now = runtime.database.now(connection)
        return happened.post_reviews(connection, runtime, store, told, now)

    heard = runtime.database.write(keep)
    enroll.wake_after(runtime, [store.id], heard.news)
