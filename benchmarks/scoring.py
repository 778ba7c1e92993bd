"""Row 9's scores: buyers of a store scored a bit at a time, and no bit holds others up for long."""

import time

from benchmarks.bench import Bench
from benchmarks.figures import Bound, Figure, figure
from jobs.runtime import Runtime
from storage import rfm

ROUNDS = ("first", "again")
"""The first writes a row of every buyer, the second finds that nothing changed."""
LONGEST = 2_000
"""Milliseconds: no job may hold its stores up for longer."""


def figures(bench: Bench, runtime: Runtime, store_id: str, people: int) -> list[Figure]:
    """Score everyone twice; give what it takes together, and the longest transaction."""
    told = []
    for words in ROUNDS:
        turns = _scored(runtime, store_id)
        name = f"9 {people:,} buyers scored, {words}"
        told += [
            figure(name, bench.database, sum(turns), "s"),
            figure(f"{name}, longest of {len(turns)} transactions", bench.database,
                   max(turns) * 1000, "ms", Bound(at_most=LONGEST)),
        ]  # fmt: skip
    return told


def _scored(runtime: Runtime, store_id: str) -> list[float]:
    """Give the seconds of each transaction."""
    turns = []
    with runtime.database.writing() as connection:
        rfm.want(connection, store_id, runtime.database.now(connection))
    is_over = False
    while not is_over:
        began = time.perf_counter()
        with runtime.database.writing() as connection:
            now = runtime.database.now(connection)
            is_over = rfm.go_on(connection, store_id, "USD", now)
        turns.append(time.perf_counter() - began)
    return turns
