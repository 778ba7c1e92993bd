"""Row 6: one store's single message behind another store's million due ones (PostgreSQL)."""

import time

from sqlalchemy import func, select

from benchmarks import processes, stock
from benchmarks.bench import Bench
from benchmarks.crowd import Crowd, scaled
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, figure, percentile
from benchmarks.payloads import email_of
from jobs.runtime import Runtime
from storage.schema import messages

BEHIND = 1_000_000
PATIENCE = 60.0


def figures(bench: Bench) -> list[Figure]:
    """Let a flood run, and write to single customers of another store meanwhile."""
    flood, count = bench.pick((300, 2), (100_000, 5), (scaled(BEHIND), 20))
    with fresh(bench.server) as url, bench.runtime(url) as runtime:
        _flood(runtime, flood)
        know(url)
        bench.sink.arrivals()
        with processes.app(bench.environment(url), "worker", "clock"):
            _wait_until_under_way(runtime)
            waits = [_single(bench, runtime, number) for number in range(count)]
    name = f"6 single message behind another store's {flood:,}"
    return [
        figure(f"{name}, slowest of {count}", bench.database, max(waits), "s", Bound(at_most=5)),
        figure(f"{name}, p50", bench.database, percentile(waits, 0.5), "s"),
    ]


def _flood(runtime: Runtime, count: int) -> None:
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        store_id = stock.open_store(connection, now, domain="flood.myshopify.com")
        flow = stock.publish(connection, store_id, stock.recipe_document(), now)
        crowd = Crowd(store_id, count)
        crowd.gather(connection, orders=0, events=0)
        crowd.be_written_to(connection, flow)


def _wait_until_under_way(runtime: Runtime) -> None:
    """Let the flood have the worker before anybody else comes."""
    sent = select(func.count()).where(messages.c.state == "sent")
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with runtime.database.reading() as connection:
            if connection.execute(sent).scalar_one():
                return
        time.sleep(0.1)
    raise RuntimeError("the flood does not begin")


def _single(bench: Bench, runtime: Runtime, number: int) -> float:
    """Give the seconds from a message's being due to its arrival at the mail server."""
    first = 30_000_001 + number
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        domain = f"quiet-{number}.myshopify.com"
        store_id = stock.open_store(connection, now, domain=domain)
        flow = stock.publish(connection, store_id, stock.recipe_document(), now)
        who = stock.people(connection, store_id, 1, now, first=first)
        waiting = stock.waiting(connection, flow, who, "until-objection", now + stock.HOUR)
        stock.due_messages(connection, flow, who, waiting, now)
    began = time.time()
    runtime.queues.wake_clock()
    return _arrived_at(bench, email_of(first)) - began


def _arrived_at(bench: Bench, address: str) -> float:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        for recipient, at in bench.sink.arrivals():
            if recipient == address:
                return at
        time.sleep(0.02)
    raise RuntimeError(f"{address} was not written to within {PATIENCE:.0f} s")
