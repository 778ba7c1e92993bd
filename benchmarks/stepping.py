"""Row 3: due step to next step (delay, condition, message), against a batch drain by hand."""

import time
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, select, update

from benchmarks import by_hand_steps, stock
from benchmarks.bench import Bench
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, alternate, figure, median
from jobs import advance
from jobs.runtime import Runtime
from storage.schema import enrollments, messages

FIRST = "wait"


def figures(bench: Bench) -> list[Figure]:
    """Move the same people on, in turn by the app's job and by hand."""
    count, rounds = bench.pick((200, 1), (8_000, 2), (30_000, 5))
    with fresh(bench.server) as url, bench.runtime(url) as runtime:
        store_id = _stock(runtime, count)
        runs = {
            "ours": partial(_ours, runtime, store_id, count),
            "hand": partial(_by_hand, runtime, url, store_id, count),
        }
        alternate(1, runs)
        know(url)
        rate = {name: median(rates) for name, rates in alternate(rounds, runs).items()}
    return [
        figure("3 due step to next step", bench.database, rate["ours"], "/s",
               Bound(at_least=0.6, of_ratio=True), ceiling=("batch drain by hand", rate["hand"]))
    ]  # fmt: skip


def _stock(runtime: Runtime, count: int) -> str:
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        store_id = stock.open_store(connection, now)
        flow = stock.publish(connection, store_id, stock.step_document(), now)
        who = stock.people(connection, store_id, count, now)
        stock.waiting(connection, flow, who, FIRST, now)
    return store_id


def _make_due(runtime: Runtime) -> None:
    """Put everyone back to the first delay, which is just over."""
    with runtime.database.writing() as connection:
        connection.execute(delete(messages))
        at = runtime.database.now(connection)
        connection.execute(update(enrollments).values(_waiting_at_first(at)))


def _waiting_at_first(at: datetime) -> dict[str, object]:
    hour = timedelta(hours=1)
    return {"step_id": FIRST, "waiting_until": at, "due_at": at, "entered_at": at - hour,
            "anchor_at": at - 2 * hour, "choices": {}}  # fmt: skip


def _ours(runtime: Runtime, store_id: str, count: int) -> float:
    _make_due(runtime)
    began = time.perf_counter()
    left = [store_id]
    while left:
        left = advance.drain(runtime, left)
    seconds = time.perf_counter() - began
    _check(runtime, count)
    return count / seconds


def _by_hand(runtime: Runtime, url: str, store_id: str, count: int) -> float:
    _make_due(runtime)
    began = time.perf_counter()
    by_hand_steps.drain(url, store_id)
    seconds = time.perf_counter() - began
    _check(runtime, count)
    return count / seconds


def _check(runtime: Runtime, count: int) -> None:
    with runtime.database.reading() as connection:
        moved = select(func.count()).select_from(enrollments).where(enrollments.c.step_id != FIRST)
        written = select(func.count()).select_from(messages)
        found = [connection.execute(query).scalar_one() for query in (moved, written)]
    if found != [count, count]:
        raise RuntimeError(f"of {count} enrollments {found[0]} moved on and {found[1]} wrote")
