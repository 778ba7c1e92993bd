"""How much memory web and worker take at 100,000 customers, at work; row 7: at a million.

Webhooks come in, carts are found abandoned, people move on and messages go out meanwhile. Each
look counts shared pages in parts (PSS); a process' own greatest (RSS) is told beside it.
"""

import threading
import time
from datetime import timedelta
from typing import Self

from sqlalchemy import func, select

from benchmarks import load, processes, stock
from benchmarks.bench import Bench
from benchmarks.crowd import Crowd, scaled
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, figure
from benchmarks.load import Load
from benchmarks.processes import Memory, port_of
from sandbox.processes import Child
from storage.database import Database
from storage.schema import enrollments, messages, stores

CUSTOMERS = 100_000
MANY = 1_000_000
ENOUGH = Bound(at_most=200)
PATIENCE = 180.0


class Watch:
    """Looks at processes four times a second, on a thread of its own."""

    def __init__(self, children: dict[str, Child]) -> None:
        self._children = children
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.looks: dict[str, list[Memory]] = {name: [] for name in children}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.25):
            for name, child in self._children.items():
                self.looks[name].append(processes.memory(child))


def figures(bench: Bench) -> list[Figure]:
    """Let the whole app work on a large store."""
    due = bench.pick(20, 1_000, 20_000)
    with fresh(bench.server) as url:
        _stock(url, bench.pick(400, CUSTOMERS, CUSTOMERS), due)
        know(url)
        with processes.app(bench.environment(url), "web", "worker", "clock") as children:
            with Watch(children) as watch:
                port = port_of(children["web"])
                load.run(bench.load, Load(port, count=due, quiet_minutes=120, first=CUSTOMERS + 1))
                _wait_until_sent(url, due)
            looks = watch.looks
    return [*_told(bench, "web", looks["web"]), *_told(bench, "worker", looks["worker"])]


def at_a_million(bench: Bench) -> list[Figure]:
    """Row 7 (PostgreSQL): the same beside a million customers with a past, and whether it stays."""
    due, crowd = bench.pick(20, 1_000, 60_000), bench.pick(400, CUSTOMERS, scaled(MANY))
    with fresh(bench.server) as url:
        _stock(url, 10 * due, due)
        _gather(url, crowd, bench.pick(1, 1, 5), bench.pick(2, 2, 20))
        know(url)
        with processes.app(bench.environment(url), "worker", "clock") as children:
            with Watch(children) as watch:
                _wait_until_sent(url, due, times=1)
            looks = watch.looks["worker"]
    third = len(looks) // 3
    begun, ended = (processes.peaks(part)[1] for part in (looks[: 2 * third], looks[-third:]))
    words = f"7 memory of worker at {crowd:,} customers, largest process"
    return [
        figure(words, bench.database, processes.peaks(looks)[1], "MB RSS", ENOUGH),
        figure(f"{words}, last third of the run", bench.database, ended, "MB RSS",
               Bound(at_most=1.05, of_ratio=True), ceiling=("before", begun)),
    ]  # fmt: skip


def _gather(url: str, count: int, orders: int, events: int) -> None:
    database = Database(url)
    with database.writing() as connection:
        store_id = connection.execute(select(stores.c.id)).scalar_one()
        Crowd(store_id, count).gather(connection, orders=orders, events=events)
    database.close()


def _told(bench: Bench, name: str, looks: list[Memory]) -> list[Figure]:
    together, largest = processes.peaks(looks)
    count = max(one.count for one in looks)
    return [
        figure(f"memory of {name} at {CUSTOMERS:,} customers, largest process", bench.database,
               largest, "MB RSS", ENOUGH),
        figure(f"memory of {name} at {CUSTOMERS:,} customers, all {count} processes",
               bench.database, together, "MB PSS"),
    ]  # fmt: skip


def _stock(url: str, count: int, due: int) -> None:
    """A tenth wait in a flow, of whom some are due at once, others soon."""
    database = Database(url)
    with database.writing() as connection:
        now = database.now(connection)
        store_id = stock.open_store(connection, now, cart_idle_seconds=3600)
        flow = stock.publish(connection, store_id, stock.recipe_document(), now)
        who = stock.people(connection, store_id, count, now)
        stock.waiting(connection, flow, who[:due], stock.TEMPLATE_STEP, now)
        later = now + timedelta(hours=9)
        stock.waiting(connection, flow, who[due : count // 10], "until-objection", later)
    database.close()


def _wait_until_sent(url: str, due: int, times: int = 2) -> None:
    """Wait for the messages of those who were due and, the second time, of those who came in."""
    database = Database(url)
    sent = select(func.count()).where(messages.c.state == "sent")
    entered = select(func.count()).select_from(enrollments)
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with database.reading() as connection:
            found = [connection.execute(query).scalar_one() for query in (sent, entered)]
        if found[0] >= times * due:
            database.close()
            return
        time.sleep(0.25)
    raise RuntimeError(f"{found[0]} messages were sent of {times * due}; {found[1]} people entered")
