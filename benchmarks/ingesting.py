"""Row 2: accepted to mirrored, made an event and enrolled; sustained, and how soon at 500 a second.

Half are checkouts left an hour ago, which begin a cart sequence; half are orders, which begin a
flow after the purchase. All are of different people, whom the store did not know before. Both
flows begin with a delay: nothing is sent meanwhile.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from sqlalchemy import func, select

from benchmarks import by_hand_ingest, load, payloads, processes, stock
from benchmarks.bench import Bench
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, alternate, figure, median, percentile
from benchmarks.load import Load, Result
from benchmarks.payloads import DOMAIN, Delivery
from benchmarks.processes import port_of
from jobs import abandon, ingest
from jobs.runtime import Runtime
from marketing.model import Platform
from storage import inbox
from storage.database import Database
from storage.schema import enrollments

RATE = 500
KNOWN_ALREADY = 20_000
"""Customers with a cart that the store had before: nobody measures an empty database."""
QUIET = timedelta(minutes=61)
AT_ONCE = 500
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the inbox reads of a webhook."""

    id: str
    topic: str
    body: bytes
    store_domain: str = DOMAIN
    event_id: str | None = None
    triggered_at: datetime | None = None


class Side:
    """One of the two that take in: its database, its store, and whose webhooks come next."""

    def __init__(self, bench: Bench, url: str) -> None:
        self.url = url
        self.first = 1
        self.database = Database(url)
        self.home = _furnish(self.database, bench.pick(50, KNOWN_ALREADY, KNOWN_ALREADY))
        self.bench = bench

    def fill(self, count: int) -> None:
        """Put so many webhooks into the inbox that it has not seen."""
        half, first = count // 2, self.first
        both = chain.from_iterable(
            zip(
                payloads.checkouts(half, first=first, quiet=QUIET),
                payloads.orders(half, first=first + half),
                strict=True,
            )
        )
        arrivals = _numbered(both, first)
        while batch := list(islice(arrivals, AT_ONCE)):
            with self.database.writing() as connection:
                inbox.keep_all(connection, [(Platform.SHOPIFY, one) for one in batch])
        self.first += count

    def entered(self) -> int:
        with self.database.reading() as connection:
            query = select(func.count()).select_from(enrollments)
            return int(connection.execute(query).scalar_one())


def figures(bench: Bench) -> list[Figure]:
    """Measure how much it can take in, then how long it takes at a steady rate."""
    count, rounds = bench.pick((60, 1), (3_000, 2), (12_000, 3))
    with fresh(bench.server) as ours, fresh(bench.server) as hand:
        rate = _sustained(bench, Side(bench, ours), Side(bench, hand), count, rounds)
    with fresh(bench.server) as url:
        waits, result = _at_a_rate(bench, url, bench.pick(1, 5, 30))
    name = "2 accepted to enrolled"
    kept_up = result.answers / result.seconds
    return [
        figure(f"{name}, sustained", bench.database, rate["ours"], "/s", Bound(at_least=1500),
               ceiling=("batch ingest by hand", rate["hand"])),
        figure(f"{name}, p95 at {RATE}/s", bench.database, percentile(waits, 0.95), "ms",
               Bound(at_most=1000)),
        figure(f"{name}, p50 at {RATE}/s", bench.database, percentile(waits, 0.5), "ms"),
        figure(f"{name}, accepted at {RATE}/s", bench.database, kept_up, "/s"),
    ]  # fmt: skip


def _numbered(deliveries: Iterator[Delivery], first: int) -> Iterator[Arrival]:
    return (
        Arrival(f"webhook-{number}", one.topic, one.body)
        for number, one in enumerate(deliveries, first)
    )


def _furnish(database: Database, known: int) -> by_hand_ingest.Home:
    """Open the store and put both flows to work."""
    with database.writing() as connection:
        now = database.now(connection)
        store_id = stock.open_store(connection, now, cart_idle_seconds=3600)
        cart = stock.publish(connection, store_id, stock.step_document(), now)
        order = stock.publish(connection, store_id, stock.order_document(), now)
        stock.people(connection, store_id, known, now, first=20_000_000)
    return by_hand_ingest.Home(
        store_id,
        {
            "checkouts/create": (cart.id, cart.version_id, "wait"),
            "orders/create": (order.id, order.version_id, "rest"),
        },
    )


def _sustained(bench: Bench, ours: Side, hand: Side, count: int, rounds: int) -> dict[str, float]:
    with bench.runtime(ours.url) as runtime:
        runs = {"ours": lambda: _ours(runtime, ours, count), "hand": lambda: _hand(hand, count)}
        alternate(1, runs)
        know(ours.url)
        know(hand.url)
        rates = alternate(rounds, runs)
    for side in (ours, hand):
        side.database.close()
    return {name: median(found) for name, found in rates.items()}


def _ours(runtime: Runtime, side: Side, count: int) -> float:
    side.fill(count)
    expected = side.entered() + count
    began = time.perf_counter()
    while _has_pending(runtime):
        ingest.drain(runtime)
    left = [side.home.store_id]
    while left:
        left = abandon.drain(runtime, left)
    return _rate(side, expected, count, time.perf_counter() - began)


def _has_pending(runtime: Runtime) -> bool:
    with runtime.database.reading() as connection:
        return inbox.has_pending(connection)


def _hand(side: Side, count: int) -> float:
    side.fill(count)
    expected = side.entered() + count
    began = time.perf_counter()
    by_hand_ingest.drain(side.url, side.home)
    return _rate(side, expected, count, time.perf_counter() - began)


def _rate(side: Side, expected: int, count: int, seconds: float) -> float:
    found = side.entered()
    if found != expected:
        raise RuntimeError(f"{found} people are enrolled where {expected} should be")
    return count / seconds


def _at_a_rate(bench: Bench, url: str, seconds: int) -> tuple[list[float], Result]:
    """Send to the real processes; give each webhook's way in ms, from 200 to enrolled.

    The k-th answer is paired with the k-th enrollment: the inbox is worked on in its order.
    """
    side = Side(bench, url)
    environment = bench.environment(url)
    with processes.app(environment, "web", "worker", "clock") as children:
        port, count = port_of(children["web"]), RATE * seconds
        minutes = QUIET.total_seconds() / 60
        load.run(bench.load, Load(port, count=50, first=10_000_000, quiet_minutes=minutes))
        _wait_for(side, 50)
        know(url)
        wanted = Load(port, count=count, rate=RATE, quiet_minutes=minutes)
        bench.load.send(load.plain(wanted))
        seen = list(_watch(side, 50, 50 + count))
        result = load.result(bench.load.hear())
    side.database.close()
    ways = zip(sorted(result.answered_at), seen, strict=True)
    return [max(0.0, (enrolled - answered) * 1000) for answered, enrolled in ways], result


def _wait_for(side: Side, count: int) -> None:
    for _ in _watch(side, 0, count):
        pass


def _watch(side: Side, known: int, expected: int) -> Iterator[float]:
    """Yield for each enrollment beyond the known ones when it was first seen, within 10 ms."""
    news_at = time.monotonic()
    while known < expected:
        found, at = side.entered(), time.time()
        if found > known:
            news_at = time.monotonic()
        if time.monotonic() - news_at > PATIENCE:
            raise RuntimeError(f"only {known} of {expected} people were enrolled")
        yield from (at for _ in range(found - known))
        known = found
        time.sleep(0.01)
