"""Row 8: what is due costs the same at ten times the finished history (PostgreSQL)."""

import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import delete, update

from benchmarks import stock
from benchmarks.bench import Bench
from benchmarks.crowd import Crowd, scaled
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, alternate, figure, median
from jobs import advance, deliver
from jobs.runtime import Runtime
from storage.schema import enrollments, messages

TIMES = 10
"""How often everyone has been through by the second measurement."""


def figures(bench: Bench) -> list[Figure]:
    """Move people on and write to them over a short past and over ten times of it, in turn."""
    people = bench.pick(100, 50_000, scaled(100_000))
    due, rounds = bench.pick((40, 1), (4_000, 3), (10_000, 5))
    with contextlib.ExitStack() as stack:
        runs = {str(times): _past(stack, bench, people, times, due) for times in (1, TIMES)}
        alternate(1, runs)
        found = alternate(rounds, runs)
    words = ("8 due step to next step at 10 x history", "8 due message to SMTP at 10 x history")
    rates = {name: [median(each) for each in zip(*told, strict=True)]
             for name, told in found.items()}  # fmt: skip
    unchanged = Bound(at_least=0.9, of_ratio=True)
    return [
        figure(name, bench.database, rates[str(TIMES)][index], "/s", unchanged,
               ceiling=(f"{people:,} finished", rates["1"][index]))
        for index, name in enumerate(words)
    ]  # fmt: skip


def _past(
    stack: contextlib.ExitStack, bench: Bench, people: int, times: int, due: int
) -> Callable[[], tuple[float, float]]:
    """Make a database with so long a past; give what measures one round over it."""
    url = stack.enter_context(fresh(bench.server))
    runtime = stack.enter_context(bench.runtime(url))
    store_id, who = _stock(runtime, people, times, due)
    know(url)
    return partial(_round, runtime, store_id, who)


def _stock(runtime: Runtime, people: int, times: int, due: int) -> tuple[str, list[str]]:
    """Give the store and the enrollments that are made due again and again."""
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        store_id = stock.open_store(connection, now)
        flow = stock.publish(connection, store_id, stock.recipe_document(), now)
        crowd = Crowd(store_id, people)
        crowd.gather(connection, orders=0, events=4 * times)
        crowd.finish(connection, flow, times)
        who = stock.people(connection, store_id, due, now, first=20_000_001)
        waiting = stock.waiting(connection, flow, who, stock.TEMPLATE_STEP, now)
    return store_id, waiting


def _round(runtime: Runtime, store_id: str, who: list[str]) -> tuple[float, float]:
    """Give the rate of steps and that of messages."""
    _make_due(runtime, who)
    stepped = _drained(lambda left: advance.drain(runtime, left), store_id)
    sent = _drained(lambda left: deliver.drain(runtime, left), store_id)
    return len(who) / stepped, len(who) / sent


def _make_due(runtime: Runtime, who: list[str]) -> None:
    with runtime.database.writing() as connection:
        at = runtime.database.now(connection) - timedelta(seconds=1)
        mine = messages.c.enrollment_id.in_(who)
        connection.execute(delete(messages).where(mine))
        again = {"step_id": stock.TEMPLATE_STEP, "waiting_until": at, "due_at": at}
        connection.execute(update(enrollments).where(enrollments.c.id.in_(who)).values(again))


def _drained(drain: Callable[[list[str]], list[str]], store_id: str) -> float:
    """Give the seconds until nothing is due."""
    began = time.perf_counter()
    left = [store_id]
    while left:
        left = drain(left)
    return time.perf_counter() - began
