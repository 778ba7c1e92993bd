"""Row "seen": what a merchant's browser feels of the panel, in its frame inside a store's admin.

Largest contentful paint, layout shift, and the slowest single interaction (Event Timing: from the
input to the next frame), also with a processor four times slower behind 1.6 Mbit/s and 150 ms; of
the dashboard, and of the builder with a flow of a hundred steps. Told once, on the embedded
database: the pages ask the API alone.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Frame, sync_playwright
from sqlalchemy import insert

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.figures import Bound, Figure, figure
from embedded_ui import assets
from jobs import drafts
from marketing import recipes
from marketing.flow_schema import dump
from sandbox.ports import free_port
from setup import browser as browsers
from storage.database import migrate
from storage.schema import demo_clock
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import CLIENT_ID, MAPLE, SECRET
from tests.seeding import NOW, SmallStore

STEPS = 100
SLOWER = 4
FAR = {
    "offline": False, "latency": 150,
    "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8,
}  # fmt: skip
UNSEEN = 2_000
"""Milliseconds after all has come in which nobody looks."""
LOOK = """
window.seen = {lcp: 0, cls: 0, slowest: 0};
const watch = (type, tell, more = {}) => new PerformanceObserver(
  (list) => list.getEntries().forEach(tell)).observe({type, buffered: true, ...more});
watch("largest-contentful-paint", (e) => { seen.lcp = e.startTime; });
watch("layout-shift", (e) => { if (!e.hadRecentInput) seen.cls += e.value; });
watch("event", (e) => { if (e.interactionId) seen.slowest = Math.max(seen.slowest, e.duration); },
  {durationThreshold: 16});
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A page, what says that it is there, and what a merchant does on it."""

    name: str
    path: str
    ready: str
    use: Callable[[Frame], None]


def figures(bench: Bench) -> list[Figure]:
    """Open each page some times in both conditions; the median of paints, the worst of the rest."""
    if bench.database != "sqlite" or browsers.find() is None or not assets.DIST.exists():
        return []
    # A thread of its own: another browser may be driven in this one already.
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(_measured, bench).result()


def _measured(bench: Bench) -> list[Figure]:
    with _panel(bench) as (admin, flow_id), _browser() as browser:
        places = (
            Place("dashboard", "", ".kv", _use_dashboard),
            Place(f"builder, {STEPS} steps", f"/flows/{flow_id}", ".step", _use_builder),
        )
        runs = bench.pick(1, 2, 5)
        return [
            one
            for place in places
            for slow in (False, True)
            for one in _told(place, [_seen(browser, admin, place, slow) for _ in range(runs)], slow)
        ]


def _told(place: Place, runs: list[Mapping[str, float]], slow: bool) -> Iterator[Figure]:  # noqa: FBT001  one of two
    name = f"seen {place.name}{', slow device and line' if slow else ''}"
    paint = [Bound(at_most=2_000)] if slow else []
    quick = [] if slow else [Bound(at_most=200)]
    paints = median(run["lcp"] for run in runs)
    yield figure(f"{name}, largest paint", "sqlite", paints, "ms", *paint)
    shift = max(run["cls"] for run in runs)
    yield figure(f"{name}, layout shift", "sqlite", shift, "", Bound(at_most=0.02))
    slowest = max(run["slowest"] for run in runs)
    yield figure(f"{name}, slowest interaction", "sqlite", slowest, "ms", *quick)


def _seen(browser: Browser, admin: AdminFrame, place: Place, slow: bool) -> Mapping[str, float]:  # noqa: FBT001  one of two
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.add_init_script(LOOK)
    page = context.new_page()
    if slow:
        _slow_down(context.new_cdp_session(page))
    page.goto(admin.page(place.path))
    page.wait_for_timeout(
        UNSEEN
    )  # to look for something runs scripts in the page: not while it is drawn
    frame = page.frame_locator("#app-frame").locator(":root").element_handle().owner_frame()
    if frame is None:
        raise AssertionError("the admin shows the panel in a frame")
    frame.locator(place.ready).first.wait_for(timeout=60_000)
    page.wait_for_timeout(1_000)
    loaded: Mapping[str, float] = frame.evaluate("seen")  # what is asked for later may move things
    place.use(frame)
    page.wait_for_timeout(500)
    slowest = frame.evaluate("seen.slowest")
    context.close()
    return {**loaded, "slowest": slowest}


def _slow_down(session: CDPSession) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", FAR)


def _use_dashboard(frame: Frame) -> None:
    frame.get_by_role("button", name="7 days").click()
    frame.page.wait_for_timeout(500)
    frame.get_by_role("button", name="View as table").click()
    frame.page.wait_for_timeout(300)


def _use_builder(frame: Frame) -> None:
    """Choose a step, add one by "+", and take it back."""
    frame.locator(".step").nth(1).click()
    frame.page.wait_for_timeout(300)
    frame.locator('.plus[data-place="@2"]').click()
    frame.get_by_role("menuitem", name="Wait", exact=True).click()
    frame.page.wait_for_timeout(500)
    frame.page.keyboard.press("Control+z")
    frame.page.wait_for_timeout(500)


@contextlib.contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = browsers.find((*browsers.WINDOWED, browsers.SHELL))  # the one that people have
        args = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
        browser = playwright.chromium.launch(executable_path=found, args=args)
        yield browser
        browser.close()


@contextlib.contextmanager
def _panel(bench: Bench) -> Iterator[tuple[AdminFrame, str]]:
    """Serve the panel of a small store by the real web process; gives its frame and a long flow.

    Frame and panel are of one site here: a browser would slow down the admin's process only.
    """
    port = free_port()
    database_url = f"sqlite:///{bench.folder / 'seen.db'}"
    flow_id = _fill(bench, database_url)
    told = {
        "DEMO": "1",
        "SHOPIFY_CLIENT_ID": CLIENT_ID,
        "SHOPIFY_CLIENT_SECRET": SECRET,
        "SHOPIFY_ADMIN_URL": f"http://127.0.0.1:{port}/shops/{{shop}}",
        "SHOPIFY_APP_BRIDGE_URL": f"http://127.0.0.1:{port}/static/app-bridge.js",
    }
    environment = {**bench.environment(database_url), **told}
    with processes.app(environment, "web") as children:
        admin = AdminFrame()
        admin.show(f"http://127.0.0.1:{processes.port_of(children['web'])}", port)
        yield admin, flow_id
        admin.stop()


def _fill(bench: Bench, database_url: str) -> str:
    """Put a small store into a fresh database, and the long flow; gives the flow's id."""
    migrate(database_url)
    with bench.runtime(database_url) as runtime:
        with runtime.database.writing() as connection:
            clock = {"id": 1, "real_at": datetime.now(UTC), "business_at": NOW, "speed": 0}
            connection.execute(insert(demo_clock).values(clock))
            store = SmallStore(connection, MAPLE)
        return drafts.create(runtime, store.id, _long_flow())


def _long_flow() -> dict[str, Any]:
    """A hundred steps: a message, waits, and questions with a wait in either way."""
    recipe = dump(recipes.load("abandoned-cart"))
    steps: list[dict[str, Any]] = recipe["steps"][:1]
    for number in range(STEPS // 10):
        steps += [_wait(f"wait-{number}-{at}") for at in range(7 if number else 6)]
        ways = {way: [_wait(f"{way}-{number}")] for way in ("yes", "no")}
        asked = {"op": "gt", "field": "customer.orders", "value": number}
        steps.append({"kind": "condition", "id": f"ask-{number}", "condition": asked, **ways})
    return {
        "name": "A hundred steps",
        "trigger": {"event": "cart.abandoned", "idle": "PT1H"},
        "exits": ["order.placed"],
        "steps": steps,
    }


def _wait(step_id: str) -> dict[str, Any]:
    return {"kind": "delay", "id": step_id, "duration": "PT1H"}
