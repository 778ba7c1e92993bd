"""`reprise segments`: segments of a store, counted before they are kept, and who is in them."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any, TypeVar

from commands.speech import Trouble, Verbs, answer, desk_of, document_in, is_id, table
from jobs import segments as work
from marketing.segments import BadSegment
from storage import segments

T = TypeVar("T")
AT_ONCE = 1000


def add_to(nouns: Any) -> None:
    """Add the noun with its verbs."""
    verbs = Verbs(nouns, "segments", "segments: create, count, list, and who is in them")
    verbs.add("list", list_segments, "list the segments of a store")
    for name, run, words in (
        ("create", create_segment, "keep a file as a new segment"),
        ("count", count_segment, "count whom a file would have; nothing is kept"),
    ):
        verbs.add(name, run, words).add_argument("file", metavar="FILE", help="- is standard input")
    verbs.add("members", list_members, "print the ids of a segment's customers").add_argument("id")


def list_segments(told: Namespace) -> None:
    with desk_of(told) as desk, desk.runtime.database.reading() as connection:
        found = segments.of_store(connection, desk.store.id)
        sizes = segments.sizes(connection, desk.store.id, [one.id for one in found])
    rows = [
        {"id": one.id, "name": one.name, "state": one.state, "customers": sizes.get(one.id, 0)}
        for one in found
    ]
    answer(told, rows, table(rows, "The store has no segment."))


def create_segment(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        made = _heeding(lambda: work.create(desk.runtime, desk.store.id, document))
    answer(told, {"id": made}, [made])


def count_segment(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        counted = _heeding(lambda: work.count(desk.runtime, desk.store.id, document))
    reach = ", ".join(f"{number} by {channel}" for channel, number in counted.reach.items())
    data = {"customers": counted.customers, "reach": dict(counted.reach)}
    answer(told, data, [f"{counted.customers} customers; reached: {reach}"])


def list_members(told: Namespace) -> None:
    ids: list[str] = []
    with desk_of(told) as desk, desk.runtime.database.reading() as connection:
        store_id = desk.store.id
        if not is_id(told.id) or segments.get(connection, store_id, told.id) is None:
            raise Trouble(f"The store has no segment {told.id!r}: `reprise segments list` tells.")
        while part := segments.members(
            connection, store_id, told.id, after=ids[-1] if ids else None, limit=AT_ONCE
        ):
            ids += part
    answer(told, ids, ids)


def _heeding(act: Callable[[], T]) -> T:
    try:
        return act()
    except BadSegment as bad:
        words = "\n".join(f"  {one.sentence}" for one in bad.problems)
        raise Trouble(f"The segment can't be used:\n{words}") from None
