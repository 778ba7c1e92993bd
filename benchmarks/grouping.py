"""Row 9: segments at a million customers, against SQL by hand (PostgreSQL)."""

import contextlib
import itertools
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select, text, update

from benchmarks import scoring, stock
from benchmarks.bench import Bench
from benchmarks.by_hand_segments import QUESTIONS, Question
from benchmarks.crowd import EVENTS_EACH, ORDERS_EACH, WHO, Crowd, scaled
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, alternate, figure, median, percentile
from jobs import membership, segments
from jobs.runtime import Runtime
from marketing.events import EventName, News
from marketing.segment_schema import load_condition
from storage import Connection, schema, segment_sql
from storage import segments as kept
from storage.events import Event, append_many

MANY = 1_000_000
SWEEP = timedelta(minutes=5)
HOW_MANY = 100
"""Segments of the store."""


def figures(bench: Bench) -> list[Figure]:
    """Answer the same questions in turn by our SQL and by hand; then keep a hundred segments."""
    people, rounds = bench.pick((300, 1), (50_000, 2), (scaled(MANY), 3))
    with fresh(bench.server) as url, bench.runtime(url) as runtime:
        store_id = _gather(runtime, people)
        know(url)
        answers = [_answered(bench, runtime, store_id, one, rounds) for one in QUESTIONS]
        together = _together(bench, people, answers)
        counted = [_counted(bench, runtime, store_id, one) for one in QUESTIONS]
        scored = scoring.figures(bench, runtime, store_id, people)
        _make_segments(runtime, store_id)
        built = _swept(runtime, store_id)
        know(url)
        whole = _looked_at(runtime, store_id)
        refreshed = min(_refreshed(runtime, store_id) for _ in range(rounds))
        event = percentile([_event(runtime, store_id, n) for n in range(1, 41)][10:], 0.95)
    name = f"9 {HOW_MANY} segments of {people:,} customers"
    return [
        *[one[0] for one in answers],
        together,
        *counted,
        *scored,
        figure(f"{name} built", bench.database, built, "s"),
        figure(f"{name}, everybody looked at (once a day)", bench.database, whole, "s"),
        figure(f"{name} refreshed after five minutes", bench.database, refreshed, "s",
               Bound(at_most=10)),
        figure(f"9 one event's {HOW_MANY} segments, p95", bench.database, event * 1000, "ms",
               Bound(at_most=50)),
        *_beside_history(bench),
    ]  # fmt: skip


def _gather(runtime: Runtime, people: int, events: int = EVENTS_EACH) -> str:
    with runtime.database.writing() as connection:
        store_id = stock.open_store(connection, runtime.database.now(connection))
        Crowd(store_id, people).gather(connection, orders=ORDERS_EACH, events=events)
    return store_id


def _answered(
    bench: Bench, runtime: Runtime, store_id: str, question: Question, rounds: int
) -> tuple[Figure, float, float]:
    """Give the figure of one question, and the milliseconds of ours and by hand."""
    name, by_hand, document = question
    runs: Mapping[str, Callable[[], tuple[float, int]]] = {
        "ours": partial(_ours, runtime, store_id, document),
        "hand": partial(_hand, runtime, store_id, by_hand),
    }
    alternate(1, runs)  # warm
    found = alternate(rounds, runs)
    counts = {count for took in found.values() for _, count in took}
    if len(counts) != 1:
        raise RuntimeError(f"{name}: ours and by hand disagree: {counts}")
    ms = {which: median([seconds for seconds, _ in took]) * 1000 for which, took in found.items()}
    told = figure(f"9 segment: {name}", bench.database, ms["ours"], "ms",
                  ceiling=("SQL by hand", ms["hand"]))  # fmt: skip
    return told, ms["ours"], ms["hand"]


def _together(bench: Bench, people: int, answers: list[tuple[Figure, float, float]]) -> Figure:
    ours, hand = sum(one[1] for one in answers), sum(one[2] for one in answers)
    return figure(f"9 full answers for {people:,} customers, together", bench.database, ours, "ms",
                  Bound(at_most=2, of_ratio=True), ceiling=("SQL by hand", hand))  # fmt: skip


def _ours(runtime: Runtime, store_id: str, document: Mapping[str, Any]) -> tuple[float, int]:
    condition = load_condition(document)
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection).replace(minute=0, second=0, microsecond=0)
        began = time.perf_counter()
        who = segment_sql.who(connection, store_id, condition, now).subquery()
        count = connection.execute(select(func.count()).select_from(who)).scalar_one()
    return time.perf_counter() - began, count


def _hand(runtime: Runtime, store_id: str, by_hand: str) -> tuple[float, int]:
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection).replace(minute=0, second=0, microsecond=0)
        began = time.perf_counter()
        given = {"store": store_id, "now": now}
        # The SQL is `by_hand_segments`' own constant; what it asks with is bound.
        count = connection.execute(text(f"SELECT count(*) FROM ({by_hand}) AS a"), given)  # noqa: S608
        found = count.scalar_one()
    return time.perf_counter() - began, found


def _counted(bench: Bench, runtime: Runtime, store_id: str, question: Question) -> Figure:
    """Count what is not kept yet, as the panel and the public door do while one writes it."""
    document = {"name": "x", "condition": question[2]}
    took = []
    for _ in range(2):
        began = time.perf_counter()
        segments.count(runtime, store_id, document)
        took.append(time.perf_counter() - began)
    return figure(f"9 counted before it is kept: {question[0]}", bench.database,
                  min(took) * 1000, "ms")  # fmt: skip


LATELY, LONG = 7, 70
"""Events of each customer: all windows of the segments are full of them, then ten times as many."""


def _beside_history(bench: Bench) -> list[Figure]:
    """Keep segments up in two stores in turn: one with a short past, one with ten times of it."""
    people, rounds = bench.pick((300, 1), (10_000, 3), (scaled(50_000), 5))
    with contextlib.ExitStack() as stack:
        stores = {
            events: _kept_up(stack, bench, people, events) for events in (LATELY, LONG)
        }  # fmt: skip
        took = alternate(rounds, {str(events): one for events, one in stores.items()})
    told = []
    for at, what in enumerate(("100 segments refreshed", "one event's 100 segments")):
        before, after = (median([one[at] for one in took[str(n)]]) for n in (LATELY, LONG))
        told.append(
            figure(f"9 {what} at 10 x history", bench.database, after * 1000, "ms",
                   Bound(at_most=1.1, of_ratio=True),
                   ceiling=(f"{people * LATELY:,} events", before * 1000))
        )  # fmt: skip
    return told


def _kept_up(
    stack: contextlib.ExitStack, bench: Bench, people: int, events: int
) -> Callable[[], tuple[float, float]]:
    """Give what refreshes a store's segments and lets things happen; it gives both in seconds."""
    url = stack.enter_context(fresh(bench.server))
    runtime = stack.enter_context(bench.runtime(url))
    store_id = _gather(runtime, people, events)
    know(url)
    _make_segments(runtime, store_id)
    _swept(runtime, store_id)
    know(url)
    numbers = itertools.count(1)

    def once() -> tuple[float, float]:
        refreshed = _refreshed(runtime, store_id)
        return refreshed, median([_event(runtime, store_id, next(numbers)) for _ in range(20)])

    once()  # warm
    return once


def _make_segments(runtime: Runtime, store_id: str) -> None:
    """Keep as many as a store with a big team has, no two alike, each of a few members."""
    for number in range(HOW_MANY):
        segments.create(runtime, store_id, {"name": f"S{number}", "condition": _one_of(number)})


def _one_of(number: int) -> dict[str, Any]:
    category = {"category": f"category {number % 40}"}
    viewed = {"op": "gte", "events": "product.viewed", "within": "P30D", "where": category}
    quiet = {"op": "eq", "events": "message.opened", "within": f"P{20 + number}D", "value": 0}
    spent = {"op": "gt", "field": "customer.spent", "value": 30_000 + 100 * number}
    lately = {"op": "within", "field": "customer.last_order_at", "value": f"P{5 + number}D"}
    vip = {"op": "contains", "field": "customer.tags", "value": "vip"}
    return {
        "op": "all",
        "of": [
            [{**viewed, "value": 1}, spent],
            [vip, lately],
            [quiet, spent, lately],
            [spent, lately, vip],
        ][number % 4],
    }


def _swept(runtime: Runtime, store_id: str) -> float:
    """Give the seconds until nothing is due any more."""
    began = time.perf_counter()
    while segments.drain(runtime, [store_id]):
        pass
    return time.perf_counter() - began


def _refreshed(runtime: Runtime, store_id: str) -> float:
    """Give the seconds until all segments have followed five minutes, due all at once."""
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        mine = update(schema.segments).where(schema.segments.c.store_id == store_id)
        connection.execute(mine.values(due_at=now, seen_at=now - SWEEP))
    return _swept(runtime, store_id)


def _looked_at(runtime: Runtime, store_id: str) -> float:
    """Give the seconds until everybody was looked at for all segments, as once a day."""
    with runtime.database.writing() as connection:
        kept.hasten(connection, store_id, None, runtime.database.now(connection))
    return _swept(runtime, store_id)


def _event(runtime: Runtime, store_id: str, number: int) -> float:
    """Let one customer open a message and order something; give the seconds that segments take.

    It is news of an order: all hundred segments ask about orders or what comes with them.
    """

    def hear(connection: Connection) -> float:
        now = runtime.database.now(connection)
        whose = connection.execute(
            # `WHO` is a constant of the crowd, the number our own counter.
            text(f"SELECT {WHO} FROM generate_series({number}, {number}) AS n"),  # noqa: S608
            {"store": store_id},
        ).scalar_one()
        opened = Event(store_id, EventName.MESSAGE_OPENED, now, f"bench:{number}", str(whose))
        append_many(connection, [opened])
        news = [
            News(name, now - timedelta(seconds=1), str(whose))
            for name in (EventName.MESSAGE_OPENED, EventName.ORDER_PAID, EventName.PRODUCT_VIEWED)
        ]
        began = time.perf_counter()
        membership.follow(connection, store_id, news, now)
        return time.perf_counter() - began

    return runtime.database.write(hear)
