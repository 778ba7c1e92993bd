"""A flow is read before React Flow has come: its steps stand where the canvas draws them then."""

import pytest
from playwright.sync_api import Frame, Route, expect

from storage.database import Database
from tests.embedded_ui.building import (
    Sketch,
    drag,
    drawn,
    message,
    palette,
    plus,
    sketch,
    step,
    wait,
)
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    FONT,
    IN_A_BROWSER,
    NARROW,
    WIDE,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
    resized,
)
from tests.seeding import Rows, SmallStore
from tests.storage.test_reports_flows import forked

__all__ = ["sketch"]
pytestmark = IN_A_BROWSER

CANVAS = "**/Board-*.js"
STANDING = """() => [...document.querySelectorAll(".step, .plus, .elab, .end")].map(one => {
    const {x, y, width, height} = one.getBoundingClientRect();
    return [one.dataset.step ?? one.dataset.place ?? one.textContent,
        ...[x, y, width, height].map(px => Math.round(px * 10) / 10)].join(" ");
}).sort()"""
"""All that stands on the canvas, and where: name, left, top, width, height."""
SHIFT = """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
    for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value;
    }).observe({type: "layout-shift", buffered: true}); setTimeout(() => done(sum), 200) })"""

GREY = """new MutationObserver(() => {
    window.wasGrey ||= Boolean(document.querySelector(".page .sk"))
    }).observe(document, {subtree: true, childList: true})"""
"""Notes whether grey shapes stood in the page at any time."""
BEFORE = """new MutationObserver(() => {
    if (document.querySelector(".step")) window.before ??= document.querySelectorAll(".pi").length
    }).observe(document, {subtree: true, childList: true})"""
"""Notes how many kinds of steps stood in the palette when the flow's first step was there."""


class Held:
    """The canvas's file, kept back until it is let go."""

    def __init__(self, open_page: Open) -> None:
        self._routes: list[Route] = []
        self._open = open_page
        self._page = open_page("/flows").page
        self._page.route(CANVAS, self._keep)

    def _keep(self, route: Route) -> None:
        self._routes.append(route)

    def open(self, path: str, size: tuple[int, int] = WIDE) -> Frame:
        frame = self._open(path)
        if size != WIDE:
            resized(frame, size)
            with self._page.expect_event("framenavigated"):
                frame.evaluate("location.reload()")
        expect(frame.locator(".first .step").first).to_be_visible()
        frame.wait_for_function(FONT)  # names on lines are as wide as their letters
        return frame

    def let_go(self) -> None:
        for route in self._routes:
            route.continue_()
        self._page.unroute(CANVAS)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_steps_stay_where_they_are_when_the_canvas_comes(
    open_page: Open, maple: SmallStore, database: Database, size: tuple[int, int]
) -> None:
    with database.writing() as connection:
        flow = Rows(connection, maple.id).flow(forked())
    held = Held(open_page)
    frame = held.open(f"/flows/{flow[0]}", size)
    before = frame.evaluate(STANDING)
    held.let_go()
    expect(frame.locator(".react-flow__node-card").first).to_be_visible()
    expect(frame.locator(".first")).to_have_count(0)
    after = frame.evaluate(STANDING)  # the canvas draws a short flow's steps out of sight, too
    assert [one for one in before if one not in after] == []
    assert frame.evaluate(SHIFT) <= 0.02


def test_what_has_come_by_then_is_drawn_at_once_and_not_as_grey_shapes_first(
    open_page: Open, maple: SmallStore
) -> None:
    before = open_page("/flows")
    expect(before.locator("tbody tr").first).to_be_visible()
    page, path = before.page, f"/flows/{maple.flow[0]}"
    first = {"/store", f"{path}?days=30", f"{path}/draft", "/flows?days=30"}
    kept: list[Route] = []
    answers: list[str] = []

    def look() -> None:
        if first <= set(answers) and kept:
            kept.pop().continue_()

    def keep(route: Route) -> None:
        kept.append(route)
        look()

    def note(url: str) -> None:
        answers.append(url.rsplit("/panel/api", maxsplit=1)[-1])
        look()

    page.add_init_script(GREY)
    page.route("**/FlowPage-*.js", keep)
    page.on("response", lambda answer: note(answer.url))
    frame = open_page(path)
    expect(step(frame, "Message: Your items are saved")).to_be_visible()
    assert not frame.evaluate("window.wasGrey")
    page.wait_for_timeout(1_500)
    asked = [one for one in answers if one in first]
    assert sorted(asked) == sorted(first), "each is asked for once"


def test_what_comes_late_is_waited_for_and_not_asked_for_again(
    open_page: Open, maple: SmallStore
) -> None:
    page, path = open_page("/flows").page, f"/flows/{maple.flow[0]}"
    asked: list[Route] = []

    def keep(route: Route) -> None:
        asked.append(route)

    page.route(f"**{path}/draft", keep)
    frame = open_page(path)
    expect(frame.locator(".page .sk").first).to_be_visible()  # its patience is over
    page.wait_for_timeout(500)
    assert len(asked) == 1
    asked[0].continue_()
    expect(step(frame, "Message: Your items are saved")).to_be_visible()
    assert len(asked) == 1


def test_the_font_comes_by_itself_and_moves_nothing(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    expect(step(frame, "Message: Your items are saved")).to_be_visible()
    assert frame.evaluate("document.querySelector('link[as=font]')") is None
    frame.wait_for_function(FONT)
    assert frame.evaluate("""document.fonts.check('450 13px "Inter Variable"', 'Flow')""")
    assert frame.evaluate(SHIFT) <= 0.02


def test_the_flow_is_drawn_before_its_palette_which_comes_by_itself_and_moves_nothing(
    open_page: Open, maple: SmallStore
) -> None:
    open_page("/flows").page.add_init_script(BEFORE)
    frame = open_page(f"/flows/{maple.flow[0]}")
    expect(palette(frame, "delay")).to_be_visible()
    assert frame.evaluate("window.before") == 0
    assert frame.evaluate(SHIFT) <= 0.02


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_first_picture_can_be_read_in_every_sight(
    open_page: Open, maple: SmallStore, size: tuple[int, int]
) -> None:
    frame = Held(open_page).open(f"/flows/{maple.flow[0]}", size)
    expect(frame.locator(".first")).to_contain_text("Your items are saved")
    expect(frame.get_by_role("button", name="Publish")).to_be_visible()
    for theme in ("light", "dark"):
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(frame)


def test_a_live_flows_bar_takes_three_rows_on_a_phone(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    bar = frame.locator(".fhead")
    expect(bar.get_by_role("button", name="Pause")).to_be_visible(timeout=30_000)
    resized(frame, NARROW)
    tops = [
        bar.get_by_role("button", name=name).bounding_box()["y"]  # type: ignore[index]
        for name in ("Undo", "Redo", "Versions", "Pause", "Publish")
    ]
    assert tops[0] == tops[1], "undo and redo stay together"
    assert tops[3] == tops[4], "so do the two that say whether the flow runs"
    assert len(set(tops)) == 2, "below the row of its name"
    check(frame)


def test_a_step_is_added_before_the_canvas_has_come(open_page: Open, sketch: Sketch) -> None:
    held = Held(open_page)
    frame = held.open(f"/flows/{sketch(message('one', 'One'), wait('two'))}")
    drag(frame, palette(frame, "delay"), plus(frame, "@1"))
    expect(frame.locator(".first .step")).to_have_count(4)
    held.let_go()
    expect(step(frame, "Wait").first).to_be_focused()
    drawn(frame, "trigger", "one", "delay", "two")
    check(frame)


def test_a_canvas_that_cannot_come_is_told_and_asked_for_again(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/flows")
    frame.page.route(CANVAS, lambda route: route.fulfill(status=404))
    frame = open_page(f"/flows/{maple.flow[0]}")
    expect(frame.get_by_role("heading", name="This page could not be shown")).to_be_visible()
    frame.page.unroute(CANVAS)
    frame.get_by_role("button", name="Reload this page").click()
    expect(step(frame, "Message: Your items are saved")).to_be_visible()
