"""What a merchant does in the panel inside the sandbox's store admin, hand by hand, for stories.

`Desk` is a browser window with the store admin; its panel is found in the frame. What is dragged
is dragged, what is typed goes to the field that has the focus.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """The merchant's window: `wide` has the admin's menu beside the panel, a phone above it."""

    def __init__(self, page: Page, town: Town) -> None:
        self.page, self.town = page, town

    @property
    def panel(self) -> Frame:
        frame = self.page.locator("#app-frame").element_handle(timeout=SLOW).content_frame()
        assert frame
        return frame

    def open(self, link: str) -> Frame:
        """Open the app from the admin's menu, then one of its pages."""
        self.page.goto(self.town.admin)
        self.page.locator("#app-links").get_by_role("link", name=link).click(timeout=SLOW)
        return self.panel

    def theme(self, theme: str) -> None:
        """Let the panel be light or dark, as its host would have it."""
        self.panel.evaluate("theme => document.documentElement.dataset.theme = theme", theme)

    def look(self) -> None:
        """Hold what is seen to axe and keep a picture of it, where pictures are kept."""
        check(self.panel)


@contextmanager
def desk(browser: Browser, town: Town, width: int, height: int) -> Iterator[Desk]:
    """A window of its own; nothing may go wrong in its console."""
    wrong: list[str] = []
    context = browser.new_context(
        locale="en-US", viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield Desk(page, town)
    assert wrong == []
    context.close()


def pause(frame: Frame, name: str) -> None:
    """Pause a live flow in its row of the list."""
    frame.get_by_role("button", name=f"Pause {name}", exact=True).click()
    expect(frame.get_by_role("button", name=f"Resume {name}", exact=True)).to_be_visible()


def drop(frame: Frame, kind: str, place: str) -> str:
    """Drag a step from the palette onto a line and give its id."""
    drag(frame, palette(frame, kind), plus(frame, place))
    card = frame.locator(".react-flow__node-card:focus")
    expect(card).to_have_attribute("data-id", re.compile(kind))
    return card.get_attribute("data-id") or ""


def details(frame: Frame, step_id: str) -> Locator:
    """Click a step and give its form."""
    frame.locator(f'.react-flow__node-card[data-id="{step_id}"]').click()
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
    details(frame, step_id).get_by_role("button", name="Edit message").click()
    frame.get_by_role("button", name="Start over from").click(timeout=SLOW)
    frame.get_by_role("button", name="A template in your look").click(timeout=SLOW)
    frame.get_by_label("Subject", exact=True).fill(subject)
    block(frame, "Heading").click()
    frame.get_by_label("Text", exact=True).fill(heading)
    expect(frame.frame_locator("iframe[data-front]").get_by_text(heading)).to_be_visible(
        timeout=SLOW
    )

    block(frame, "Text").click()
    frame.get_by_role("textbox", name="Text", exact=True).fill("One click, and it is yours.")
    fix(frame, "Button", "Back to my cart")


def fix(frame: Frame, what: str, words: str) -> None:
    """Let the list of checks lead to a field that lacks its words, and type them there."""
    frame.get_by_role("button", name=re.compile(r"^\d+ problem")).click(timeout=SLOW)
    frame.locator(".issue.bad, .issue", has_text=what).first.click()
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
    frame.get_by_role("button", name="Done").click()
    expect(frame.locator(".react-flow__node-card").first).to_be_visible(timeout=SLOW)
