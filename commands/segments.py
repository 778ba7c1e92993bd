"""`reprise segments`: segments of a store, counted before they are kept, and who is in them."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from commands.speech import Desk, Trouble, Verbs, answer, desk_of, document_in, is_id, table
from jobs import segments as work
from jobs.segments import NoSuchSegment, SegmentInUse
from marketing import ready_segments
from marketing.segments import BadSegment
from storage import segments

T = TypeVar("T")
AT_ONCE = 1000


def add_to(nouns: Any) -> None:
    """Add the noun with its verbs."""
    verbs = Verbs(nouns, "segments", "segments: create, change, count, list, and who is in them")
    verbs.add("list", list_segments, "list the segments of a store")
    for name, run, words in (
        ("create", create_segment, "keep a file as a new segment"),
        ("count", count_segment, "count whom a file would have; nothing is kept"),
    ):
        verbs.add(name, run, words).add_argument("file", metavar="FILE", help="- is standard input")
    check = verbs.add("check", check_segment, "say all that is wrong with a file")
    check.add_argument("file", metavar="FILE", help="- is standard input")
    change = verbs.add("change", change_segment, "give a segment another name or condition")
    change.add_argument("id")
    change.add_argument("file", metavar="FILE", help="- is standard input")
    verbs.add("remove", remove_segment, "forget one that nothing asks about").add_argument("id")
    verbs.add("ready", list_ready, "list those that are ready to be had", of_store=False)
    have = verbs.add("have", have_ready, "keep a ready-made one as the store's own")
    have.add_argument("key")
    have.add_argument("--parameter", help="what it asks for, such as a category")
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


def check_segment(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        found = work.check(desk.runtime, desk.store.id, document)
    answer(told, [one.sentence for one in found], [one.sentence for one in found] or ["ok"])
    if found:
        raise Trouble(f"{told.file} is no segment yet.")


def change_segment(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        _see(desk, told.id)
        _heeding(lambda: work.change(desk.runtime, desk.store.id, told.id, document))
    answer(told, {"id": told.id}, [told.id])


def remove_segment(told: Namespace) -> None:
    with desk_of(told) as desk:
        _see(desk, told.id)
        try:
            work.remove(desk.runtime, desk.store.id, told.id)
        except SegmentInUse as used:
            users = ", ".join(used.users)
            raise Trouble(f"It stays: {users} asks about it. Change that first.") from None
    answer(told, {"id": told.id}, [told.id])


def list_ready(told: Namespace) -> None:
    rows = [asdict(one) for one in ready_segments.all_of_them()]
    answer(told, rows, table(rows, ""))


def have_ready(told: Namespace) -> None:
    with desk_of(told) as desk:
        try:
            made = _heeding(
                lambda: work.create_ready_made(
                    desk.runtime, desk.store.id, told.key, told.parameter
                )
            )
        except NoSuchSegment:
            words = f"None is called {told.key!r}: `reprise segments ready` lists them."
            raise Trouble(words) from None
    answer(told, {"id": made}, [made])


def list_members(told: Namespace) -> None:
    ids: list[str] = []
    with desk_of(told) as desk:
        _see(desk, told.id)
        with desk.runtime.database.reading() as connection:
            while part := segments.members(
                connection, desk.store.id, told.id, after=ids[-1] if ids else None, limit=AT_ONCE
            ):
                ids += part
    answer(told, ids, ids)


def _see(desk: Desk, segment_id: str) -> None:
    """See that it is one of the store's; raises `Trouble`."""
    with desk.runtime.database.reading() as connection:
        known = is_id(segment_id) and segments.get(connection, desk.store.id, segment_id)
    if not known:
        raise Trouble(f"The store has no segment {segment_id!r}: `reprise segments list` tells.")


def _heeding(act: Callable[[], T]) -> T:
    try:
        return act()
    except BadSegment as bad:
        words = "\n".join(f"  {one.sentence}" for one in bad.problems)
        raise Trouble(f"The segment can't be used:\n{words}") from None
