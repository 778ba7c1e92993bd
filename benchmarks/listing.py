"""Row 11: how long a merchant waits for a page's figures, with a million customers."""

import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from benchmarks import processes, stock
from benchmarks.bench import Bench
from benchmarks.crowd import EVENTS_EACH, ORDERS_EACH, Crowd, scaled
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, figure, percentile
from benchmarks.payloads import DOMAIN
from benchmarks.processes import CLIENT_SECRET
from jobs import campaigns, flow_problems, segments, sums
from jobs.runtime import Runtime
from marketing import campaigns as documents
from marketing.model import ChannelName
from storage import Connection, channel_accounts, flows
from storage import campaigns as kept
from storage.schema import customers, flow_versions
from tests.embedded_ui.conftest import token_for

MANY = 1_000_000
WARM = 2
CONNECTED = tuple(ChannelName)[2:]
LONGEST = 300
"""Milliseconds, at the 95th percentile."""
SPENT = {"op": "gt", "field": "customer.spent", "value": 5000}
BUYERS = {"name": "Spenders", "condition": SPENT}
COUNTED: dict[str, dict[str, Any]] = {
    "who spent": SPENT,
    "who agreed to e-mail": {"op": "eq", "field": "customer.email_consent", "value": "subscribed"},
    "who bought lately": {"op": "gte", "orders": "count", "within": "P30D", "value": 1},
}
"""What somebody may ask for while they write a segment, nearly everybody first."""
SENT_AGO = timedelta(days=60)
"""When the campaign was made that each customer had: a while before its messages."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page asks for; with a `body` it is posted."""

    name: str
    path: str
    body: dict[str, Any] | None = None


def figures(bench: Bench) -> list[Figure]:
    """Ask the real web process for each page's figures again and again, with a fresh sign-in."""
    people, times = bench.pick((300, 3), (50_000, 20), (scaled(MANY), 40))
    with fresh(bench.server) as url:
        with bench.runtime(url) as runtime:
            store_id, pages = _stocked(runtime, people)
        know(url)
        added = _added_up(bench, url, store_id)
        with processes.app(bench.environment(url), "web") as children:
            port = processes.port_of(children["web"])
            name = f"11 panel at {people:,} customers"
            told = [
                _told(bench, f"{name}, {page.name}", _asked(port, page, times)) for page in pages
            ]
            return [*told, *added]


def _stocked(runtime: Runtime, people: int) -> tuple[str, list[Page]]:
    """Put in a store, a segment of nearly everybody and a campaign to all; give what is asked."""
    with runtime.database.writing() as connection:
        store_id = _gathered(connection, runtime.database.now(connection), people)
        _connect(connection, runtime, store_id)
    segment_id = segments.create(runtime, store_id, BUYERS)
    campaign_id = _campaign(runtime, store_id, people)
    while segments.sweep(runtime, store_id):
        pass
    with runtime.database.reading() as connection:
        return store_id, list(_pages(connection, store_id, segment_id, campaign_id))


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
    crowd.bounce(connection)
    return store_id


def _connect(connection: Connection, runtime: Runtime, store_id: str) -> None:
    """Connect the channels besides e-mail and text messages, so that whom they reach is told."""
    for channel in CONNECTED:
        told: tuple[str, dict[str, str], dict[str, str]] = ("bench", {}, {})
        now = runtime.database.now(connection)
        channel_accounts.connect(connection, runtime.secrets, store_id, channel, told, now)


def _campaign(runtime: Runtime, store_id: str, people: int) -> str:
    """Make a campaign that each customer has had; give its id."""
    recipe = stock.recipe_document()
    words = next(step for step in recipe["steps"] if step["kind"] == "message")
    wanted = {"name": "To everyone", "source": {"everyone": True}, "steps": [words]}
    one = campaigns.create(runtime, store_id, wanted).campaign
    flow = documents.flow_of(documents.load(wanted), documents.Clock.STORE)
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        compiled = flow_problems.compile_all(flow, link_length=40)
        version = flows.add_version(connection, store_id, one.flow_id, flow, compiled, now)
        sent = stock.Flow(store_id, one.flow_id, version)
        Crowd(store_id, people).finish(connection, sent, 1, before=1)
        over = {"state": "sent", "created_at": now - SENT_AGO, "finished_at": now}
        kept.put(connection, store_id, one.id, now, **over)
    return one.id


def _pages(
    connection: Connection, store_id: str, segment_id: str, campaign_id: str
) -> Iterator[Page]:
    c = customers.c
    someone = connection.execute(select(c.id, c.email).where(c.store_id == store_id).limit(1)).one()
    flow_id = connection.execute(select(flow_versions.c.flow_id).limit(1)).scalar_one()
    yield Page("dashboard of 30 days", "/dashboard?days=30")
    yield Page("dashboard of 90 days", "/dashboard?days=90")
    yield Page("flows", "/flows?days=30")
    yield Page("one flow", f"/flows/{flow_id}?days=30")
    yield Page("customers", "/customers")
    yield Page("customers searched", f"/customers?search={quote(str(someone.email)[:6])}")
    for channel in ChannelName:
        yield Page(f"customers reached by {channel}", f"/customers?reach={channel}")
    yield Page("one customer", f"/customers/{someone.id}")
    yield Page("one timeline", f"/customers/{someone.id}/timeline")
    yield Page("segments", "/segments")
    yield Page("whom a segment reaches", f"/segments/reach?ids={segment_id}")
    yield Page("one segment", f"/segments/{segment_id}")
    yield Page("one segment's members", f"/segments/{segment_id}/members")
    for who, condition in COUNTED.items():
        yield Page(f"count {who}", "/segments/count", {"name": who, "condition": condition})
    yield Page("campaigns", "/campaigns")
    yield Page("campaigns' figures", f"/campaigns/figures?ids={campaign_id}")
    yield Page("one campaign", f"/campaigns/{campaign_id}")
    yield Page("one campaign's report", f"/campaigns/{campaign_id}/report")
    yield Page("one campaign's audience", f"/campaigns/{campaign_id}/audience")


def _asked(port: int, page: Page, times: int) -> list[float]:
    """Give the milliseconds of each answer, after some that only warm up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    method, body = ("POST", json.dumps(page.body)) if page.body else ("GET", None)
    took = []
    for _ in range(times + WARM):
        token = token_for(DOMAIN, secret=CLIENT_SECRET, aud="benchmark")  # it is good for a minute
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        began = time.perf_counter()
        connection.request(method, f"/panel/api{page.path}", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{page.path}: {answer.status} {told[:200]!r}")
    connection.close()
    return took[WARM:]


def _told(bench: Bench, name: str, took: list[float]) -> Figure:
    slowest = percentile(took, 0.95)
    return figure(f"{name}, p95", bench.database, slowest, "ms", Bound(at_most=LONGEST))
