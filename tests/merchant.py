"""What a merchant does in the panel inside the sandbox's store admin, hand by hand, for stories.

`Desk` is a browser window with the store admin; its panel is found in the frame. What is dragged
is dragged, what is typed goes to the field that has the focus; on a phone a finger taps.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Frame, Locator, Page, expect

from tests.demo import Demo
from tests.embedded_ui.building import drag, palette, plus, saved
from tests.embedded_ui.framed import check
from tests.test_life_of_a_cart import Town

RECIPE = "Abandoned cart"
SLOW = 30_000  # ms that a busy machine may take where a browser waits for several processes
BUSY = 300  # seconds until a run is up on one; how long a start may take is asked elsewhere


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A `make run` of the test's own, in `tmp_path`."""
    demo = Demo(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/reprise.db"})
    try:
        yield Town(demo.start(BUSY))
    finally:
        code = demo.end()
    assert code == 0


@pytest.fixture
def shopper(browser: Browser) -> Iterator[Page]:
    """A visitor of the shop front, who also reads the mail."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


class Desk:
    """The merchant's window, and how often it was pointed at: by the mouse or a finger."""

    def __init__(self, page: Page, town: Town) -> None:
        self.page, self.town, self.presses = page, town, 0

    @property
    def panel(self) -> Frame:
        frame = self.page.locator("#app-frame").element_handle(timeout=SLOW).content_frame()
        assert frame
        return frame

    def open(self, link: str) -> Frame:
        """Open the app from the admin's menu, then one of its pages."""
        self.page.goto(self.town.admin)
        press(self.page.locator("#app-links").get_by_role("link", name=link))
        return self.panel

    def look(self) -> None:
        """Hold what is seen to axe and keep a picture of it, where pictures are kept."""
        check(self.panel)

    def counted(self) -> None:
        self.presses += 1


WINDOW: Final = {"width": 1440, "height": 1100}
A_PHONE: Final = {
    "viewport": {"width": 390, "height": 1000}, "has_touch": True, "is_mobile": True
}  # fmt: skip
COUNTING = "addEventListener('pointerdown', () => globalThis.pressed(), true)"
DARK = "addEventListener('DOMContentLoaded', () => document.documentElement.dataset.theme = 'dark')"


@contextmanager
def desk(browser: Browser, town: Town, *, on_a_phone_in_the_dark: bool = False) -> Iterator[Desk]:
    """A window of its own; nothing may go wrong in its console."""
    wrong: list[str] = []
    window: dict[str, Any] = A_PHONE if on_a_phone_in_the_dark else {"viewport": WINDOW}
    context = browser.new_context(locale="en-US", reduced_motion="reduce", **window)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    at = Desk(page, town)
    context.expose_function("pressed", at.counted)
    context.add_init_script(COUNTING)
    if on_a_phone_in_the_dark:
        context.add_init_script(DARK)
    yield at
    assert wrong == []
    context.close()


def press(what: Locator) -> None:
    """Click, or on a phone tap."""
    has_touch = what.page.evaluate("navigator.maxTouchPoints > 0")
    (what.tap if has_touch else what.click)(timeout=SLOW)


def pause(frame: Frame, name: str) -> None:
    """Pause a live flow in its row of the list."""
    press(frame.get_by_role("button", name=f"Pause {name}", exact=True))
    expect(frame.get_by_role("button", name=f"Resume {name}", exact=True)).to_be_visible()


def drop(frame: Frame, kind: str, place: str) -> str:
    """Drag a step from the palette onto a line and give its id."""
    drag(frame, palette(frame, kind), plus(frame, place))
    card = frame.locator(".react-flow__node-card:focus")
    expect(card).to_have_attribute("data-id", re.compile(kind))
    return card.get_attribute("data-id") or ""


def details(frame: Frame, step_id: str) -> Locator:
    """Click a step and give its form."""
    press(frame.locator(f'.react-flow__node-card[data-id="{step_id}"]'))
    return frame.get_by_role("complementary", name="Step details")


def wait_of(frame: Frame, step_id: str, count: str, unit: str) -> None:
    """Say how long after the last activity of the cart a step goes on."""
    inside = details(frame, step_id)
    inside.get_by_label("Wait", exact=True).select_option("trigger")
    inside.get_by_label(re.compile("unit$")).select_option(unit)
    box = inside.get_by_label("How long after the last activity of the cart", exact=True)
    box.fill(count)
    box.press("Enter")
    saved(frame)


def write(frame: Frame, step_id: str, subject: str, heading: str) -> None:
    """Write a message in its editor, beginning with a template in the store's look."""
    press(details(frame, step_id).get_by_role("button", name="Edit message"))
    press(frame.get_by_role("button", name="Start over from"))
    press(frame.get_by_role("button", name="A template in your look"))
    frame.get_by_label("Subject", exact=True).fill(subject)
    press(block(frame, "Heading"))
    frame.get_by_label("Text", exact=True).fill(heading)
    expect(frame.frame_locator("iframe[data-front]").get_by_text(heading)).to_be_visible(
        timeout=SLOW
    )

    press(block(frame, "Text"))
    frame.get_by_role("textbox", name="Text", exact=True).fill("One click, and it is yours.")
    fix(frame, "Button", "Back to my cart")


def fix(frame: Frame, what: str, words: str) -> None:
    """Let the list of checks lead to a field that lacks its words, and type them there."""
    press(frame.get_by_role("button", name=re.compile(r"^\d+ problem")))
    press(frame.locator(".issue.bad, .issue", has_text=what).first)
    expect(frame.locator("[aria-invalid=true]")).to_be_focused()
    frame.page.keyboard.type(words)
    expect(frame.get_by_role("button", name=re.compile(r"^\d+ problem"))).to_have_count(
        0, timeout=SLOW
    )


def block(frame: Frame, name: str) -> Locator:
    return frame.locator(".mscroll .bname", has=frame.get_by_text(name, exact=True))


def done(frame: Frame) -> None:
    """Leave the editor once all is kept."""
    frame.page.wait_for_timeout(900)  # keeping begins after a pause
    expect(frame.get_by_text(re.compile(r"^Saved \d"))).to_be_visible(timeout=SLOW)
    press(frame.get_by_role("button", name="Done"))
    expect(frame.locator(".react-flow__node-card").first).to_be_visible(timeout=SLOW)


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus, as who has no pointer does."""
    expect(wanted).to_be_visible(timeout=SLOW)
    for _ in range(150):
        if wanted.evaluate("one => one === one.ownerDocument.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{wanted} is not reached by {key}")
