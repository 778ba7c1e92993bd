"""A page of the panel as a merchant has it: in its frame, on a real database, held to axe.

A test module imports the fixtures it uses; `database_url` is SQLite then: the API is tested on
both databases, and the pages ask the API alone.
"""

import itertools
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Frame, expect
from sqlalchemy import insert

import embedded_ui
from doors.failures import name_failures
from embedded_ui import assets
from sandbox.ports import free_port
from storage.database import Database
from storage.schema import demo_clock
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import MAPLE, runtime_of, settings_of
from tests.seeding import NOW, SmallStore, a_store

PANEL = Path(embedded_ui.__path__[0]) / "panel"
AXE = PANEL / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = (1280, 860), (390, 844)
TALLEST = 4000  # px of a picture
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]
"""The marks of a module of such tests: its `pytestmark`."""


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The API is tested on both databases; the pages ask the API alone."""
    path = tmp_path / "reprise.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def admin(
    database_url: str, database: Database, valkey_url: str, tmp_path: Path
) -> Iterator[AdminFrame]:
    port = free_port()
    settings = settings_of(
        database_url,
        tmp_path,
        shopify_admin_url=f"http://localhost:{port}/shops/{{shop}}",
        shopify_app_bridge_url=f"http://localhost:{port}/static/app-bridge.js",
    )
    app = Flask(
        "app", static_folder=None, template_folder=str(Path(embedded_ui.__path__[0]) / "templates")
    )
    name_failures(app)
    embedded_ui.register(app, runtime_of(settings, database, valkey_url))
    frame = AdminFrame().start(app, port)
    yield frame
    frame.stop()


@pytest.fixture
def maple(database: Database) -> SmallStore:
    with database.writing() as connection:
        clock = {"id": 1, "real_at": datetime.now(UTC), "business_at": NOW, "speed": 0}
        connection.execute(insert(demo_clock).values(clock))
        return SmallStore(connection, MAPLE)


@pytest.fixture
def empty(database: Database) -> str:
    with database.writing() as connection:
        return a_store(connection, MAPLE)


Open = Callable[..., Frame]


@pytest.fixture
def open_page(browser: Browser, admin: AdminFrame) -> Iterator[Open]:
    """Open a page of the panel in its frame; nothing may go wrong in the console meanwhile."""
    wrong: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def opening(path: str) -> Frame:
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.goto(admin.page(path))
        frame = page.frame_locator("#app-frame").locator(":root").element_handle().owner_frame()
        assert frame
        return frame

    yield opening
    assert wrong == []
    context.close()


def press_save(frame: Frame) -> None:
    """Press "Save" in the bar that the admin draws above the app."""
    frame.page.get_by_role("button", name="Save", exact=True).click()


def picture(frame: Frame) -> None:
    """Keep what is seen, where `SCREENSHOTS` names a folder: `make screenshots` looks at it all.

    Each picture is named by its test, its number there, its width and its theme.
    """
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition("::")[2].rpartition(" ")[0]
    test = re.sub(r"[^\w\[\]-]+", "-", test)  # one of many says by what, in words of its own
    number = next(COUNTED.setdefault(test, itertools.count(1)))
    theme = frame.evaluate("document.documentElement.dataset.theme") or "light"
    size = frame.page.viewport_size or {"width": WIDE[0], "height": WIDE[1]}
    name = f"{test.removeprefix('test_')}-{number:02}-{size['width']}-{theme}.png"
    tall = min(frame.evaluate("document.documentElement.scrollHeight"), TALLEST)
    # The frame is as high as the window: what lies below its edge is seen in a higher one.
    # Not while something is open over the page, which has its own height and place.
    is_open = frame.locator("[role=dialog], [role=menu], [role=listbox]").count() > 0
    if tall > size["height"] and not is_open:
        around = size["height"] - frame.evaluate("innerHeight")  # what an admin draws above it
        frame.page.set_viewport_size({**size, "height": tall + around})
        frame.wait_for_function("tall => innerHeight >= tall", arg=tall)
    frame.evaluate(DRAWN)
    if frame.page.viewport_size != size:
        frame.page.screenshot()  # the first may come before the frame's own surface has grown
    frame.page.screenshot(path=Path(folder) / name, animations="disabled")
    if frame.page.viewport_size != size:
        frame.page.set_viewport_size(size)


DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
FONT = "() => [...document.fonts].some(one => one.status === 'loaded')"
"""True once letters have their own width, not that of what stands in for them."""
COUNTED: dict[str, Iterator[int]] = {}
"""Test -> how many pictures it has made."""


def check(frame: Frame, part: str | None = None) -> None:
    """Hold a frame, or a part of it, to axe: nothing serious or critical; and nothing too wide."""
    picture(frame)
    frame.evaluate("source => window.axe || (0, eval)(source)", AXE.read_text())
    found = frame.evaluate(
        """async part => (await axe.run(part ?? document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a",
        "wcag21aa", "wcag22aa", "best-practice"]})).violations
        .filter(v => ["serious", "critical"].includes(v.impact))
        .map(v => [v.id, ...v.nodes.map(n => n.html + " :: " + n.failureSummary)])""",
        part,
    )
    assert found == [], found
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert frame.evaluate(wide) <= 0


SIGHTS = [(size, theme) for size in (WIDE, NARROW) for theme in ("light", "dark")]


def look(open_page: Open, path: str, ready: str) -> Frame:
    """Open a page and hold it to axe in every width and theme."""
    frame = open_page(path)
    expect(frame.get_by_text(ready).first).to_be_visible()
    in_every_sight(frame)
    return frame


def in_every_sight(frame: Frame, part: str | None = None) -> None:
    """Hold a page, or on a phone a part of it that covers the rest, to axe in every sight."""
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(frame, part if width == NARROW[0] else None)


def resized(frame: Frame, size: tuple[int, int]) -> None:
    """Give the window another size, and wait until the frame in it, a process apart, has it."""
    frame.page.set_viewport_size({"width": size[0], "height": size[1]})
    frame.wait_for_function("width => innerWidth === width", arg=size[0])


def wide_again(frame: Frame) -> None:
    """Go back to the sight that a page opens in."""
    frame.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    frame.evaluate("delete document.documentElement.dataset.theme")
