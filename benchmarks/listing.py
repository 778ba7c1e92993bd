"""Row 11: how long a merchant waits for a page's figures, with a million customers."""

import http.client
import time
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import select

from benchmarks import processes, stock
from benchmarks.bench import Bench
from benchmarks.crowd import EVENTS_EACH, ORDERS_EACH, Crowd, scaled
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, figure, percentile
from benchmarks.payloads import DOMAIN
from benchmarks.processes import CLIENT_SECRET
from jobs import segments, sums
from jobs.runtime import Runtime
from marketing.model import ChannelName
from storage import Connection, channel_accounts
from storage.schema import customers, flow_versions
from tests.embedded_ui.conftest import token_for

MANY = 1_000_000
WARM = 2
CONNECTED = tuple(ChannelName)[2:]
LONGEST = 300
"""Milliseconds, at the 95th percentile."""


BUYERS = {"name": "Spenders", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}


def figures(bench: Bench) -> list[Figure]:
    """Ask the real web process for each page's figures again and again, with a fresh sign-in."""
    people, times = bench.pick((300, 3), (50_000, 20), (scaled(MANY), 40))
    with fresh(bench.server) as url:
        with bench.runtime(url) as runtime:
            with runtime.database.writing() as connection:
                store_id = _gathered(connection, runtime.database.now(connection), people)
                _connect(connection, runtime, store_id)
            segments.create(runtime, store_id, BUYERS)
            with runtime.database.reading() as connection:
                pages = list(_pages(connection, store_id))
        know(url)
        added = _added_up(bench, url, store_id)
        with processes.app(bench.environment(url), "web") as children:
            port = processes.port_of(children["web"])
            name = f"11 panel at {people:,} customers"
            told = [
                _told(bench, f"{name}, {page}", _asked(port, path, times)) for page, path in pages
            ]
            return [*told, *added]


def _added_up(bench: Bench, url: str, store_id: str) -> list[Figure]:
    """Let the job add up all past days, as it does once somebody looked at the dashboard."""
    took = []
    with bench.runtime(url) as runtime:
        is_over = False
        while not is_over:
            began = time.perf_counter()
            is_over = not sums.sweep(runtime, store_id)
            took.append(time.perf_counter() - began)
    name = f"11 past days added up, longest of {len(took)} transactions"
    return [
        figure("11 past days added up", bench.database, sum(took), "s"),
        figure(name, bench.database, max(took) * 1000, "ms", Bound(at_most=2_000)),
    ]


def _gathered(connection: Connection, now: datetime, people: int) -> str:
    """Put a store in whose every customer has ordered, looked about, and been written to."""
    store_id = stock.open_store(connection, now)
    crowd = Crowd(store_id, people)
    crowd.gather(connection, orders=ORDERS_EACH, events=EVENTS_EACH)
    flow = stock.publish(connection, store_id, stock.recipe_document(), now)
    crowd.finish(connection, flow, 1)
    crowd.chat(connection)
    return store_id


def _connect(connection: Connection, runtime: Runtime, store_id: str) -> None:
    """Connect the channels besides e-mail and text messages, so that whom they reach is told."""
    for channel in CONNECTED:
        told: tuple[str, dict[str, str], dict[str, str]] = ("bench", {}, {})
        now = runtime.database.now(connection)
        channel_accounts.connect(connection, runtime.secrets, store_id, channel, told, now)


def _pages(connection: Connection, store_id: str) -> Iterator[tuple[str, str]]:
    c = customers.c
    someone = connection.execute(select(c.id, c.email).where(c.store_id == store_id).limit(1)).one()
    flow_id = connection.execute(select(flow_versions.c.flow_id).limit(1)).scalar_one()
    yield "dashboard of 30 days", "/dashboard?days=30"
    yield "dashboard of 90 days", "/dashboard?days=90"
    yield "flows", "/flows?days=30"
    yield "one flow", f"/flows/{flow_id}?days=30"
    yield "customers", "/customers"
    yield "customers searched", f"/customers?search={quote(str(someone.email)[:6])}"
    for channel in ChannelName:
        yield f"customers reached by {channel}", f"/customers?reach={channel}"
    yield "one customer", f"/customers/{someone.id}"
    yield "one timeline", f"/customers/{someone.id}/timeline"
    yield "segments", "/segments"
    yield "campaigns", "/campaigns"


def _asked(port: int, path: str, times: int) -> list[float]:
    """Give the milliseconds of each answer, after some that only warm up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    took = []
    for _ in range(times + WARM):
        token = token_for(DOMAIN, secret=CLIENT_SECRET, aud="benchmark")  # it is good for a minute
        began = time.perf_counter()
        connection.request("GET", f"/panel/api{path}", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        told = answer.read()
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {told[:200]!r}")
    connection.close()
    return took[WARM:]


def _told(bench: Bench, name: str, took: list[float]) -> Figure:
    slowest = percentile(took, 0.95)
    return figure(f"{name}, p95", bench.database, slowest, "ms", Bound(at_most=LONGEST))
