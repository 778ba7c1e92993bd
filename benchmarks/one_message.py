"""Row 5: one due message on an idle system: how long after its time it is handed over.

The real worker and clock run; messages come due one at a time, at random moments, so that no
tick of anything can fall into step with them.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks import by_hand_mail, processes, stock
from benchmarks.bench import Bench
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, figure, percentile
from benchmarks.stock import Flow, Person
from jobs.runtime import Runtime
from storage import flows
from storage.database import Database

PATIENCE = 60.0
"""Seconds; on a busy machine worker and clock take a while to start."""
NAME = "5 due to handed over, idle"


def figures(bench: Bench) -> list[Figure]:
    """Let some messages come due, one after the other."""
    count = bench.pick(2, 8, 30)
    with fresh(bench.server) as url, bench.runtime(url) as runtime:
        flow, who = _stock(runtime, 2 * count + 1)
        know(url)
        hand = _by_hand(bench, runtime, url, flow, who[:count])
        with processes.app(bench.environment(url), "worker", "clock"):
            _ours(bench, runtime, flow, who[count : count + 1])  # they start meanwhile
            ours = _ours(bench, runtime, flow, who[count + 1 :])
    ceiling = "sleep, render and send by hand"
    return [
        figure(f"{NAME}, p50", bench.database, percentile(ours, 0.5), "ms", Bound(at_most=20),
               ceiling=(ceiling, percentile(hand, 0.5))),
        figure(f"{NAME}, p99", bench.database, percentile(ours, 0.99), "ms", Bound(at_most=250),
               ceiling=(ceiling, percentile(hand, 0.99))),
        figure(f"{NAME}, earliest", bench.database, min(ours), "ms", Bound(at_least=0)),
    ]  # fmt: skip


def _stock(runtime: Runtime, count: int) -> tuple[Flow, list[Person]]:
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        store_id = stock.open_store(connection, now)
        flow = stock.publish(connection, store_id, stock.recipe_document(), now)
        return flow, stock.people(connection, store_id, count, now)


def _ours(bench: Bench, runtime: Runtime, flow: Flow, who: list[Person]) -> list[float]:
    """Give for each message by how many milliseconds the mail server had it after its time."""
    waits = []
    for person in who:
        due_at = _due_in(runtime.database, flow, person, random.uniform(0.5, 1.4))
        runtime.queues.wake_clock()
        waits.append(_arrival(bench, due_at) - due_at)
    return [wait * 1000 for wait in waits]


def _due_in(database: Database, flow: Flow, person: Person, seconds: float) -> float:
    """Put one message in, due so many seconds from now; give its moment, in seconds since 1970."""
    with database.writing() as connection:
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        waiting = stock.waiting(connection, flow, [person], "until-objection", at + 9 * stock.HOUR)
        stock.due_messages(connection, flow, [person], waiting, at)
    return at.timestamp()


def _arrival(bench: Bench, due_at: float) -> float:
    give_up = due_at + PATIENCE
    time.sleep(max(0.0, due_at - time.time()) + 0.2)
    while time.time() < give_up:
        arrived = bench.sink.arrivals()
        if arrived:
            return arrived[0][1]
        time.sleep(0.05)
    raise RuntimeError("a message that was due did not arrive")


def _by_hand(
    bench: Bench, runtime: Runtime, url: str, flow: Flow, who: list[Person]
) -> list[float]:
    """The same by a script that knows when to wake up and has everything open."""
    with runtime.database.reading() as connection:
        key = (flow.store_id, flow.version_id)
        version = flows.versions(connection, [key])[key]
    words = by_hand_mail.Words(version.templates[stock.TEMPLATE_STEP].to_document())
    ledger = by_hand_mail.ledger(url, flow.store_id)
    lines = [by_hand_mail.Line(bench.sink.port)]

    def once(person: Person) -> float:
        due_at = _due_in(runtime.database, flow, person, random.uniform(0.1, 0.3))
        time.sleep(max(0.0, due_at - time.time()))
        while not by_hand_mail.drain(ledger, words, lines, 1):
            if time.time() > due_at + PATIENCE:
                raise RuntimeError("a message that is due was not found by hand")
            time.sleep(0.0005)
        return bench.sink.arrivals()[0][1] - due_at

    waits = _each(once, who)
    lines[0].close()
    ledger.close()
    return waits


def _each(once: Callable[[Person], float], who: list[Person]) -> list[float]:
    return [once(person) * 1000 for person in who]
