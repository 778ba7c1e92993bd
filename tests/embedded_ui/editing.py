"""The message editor under test: how it is opened, read and waited for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, FrameLocator, Locator, expect
from sqlalchemy import select

from storage import schema
from storage.database import Database
from tests.embedded_ui.building import PAINTED
from tests.embedded_ui.framed import SIGHTS, WIDE, Open, check
from tests.seeding import SmallStore

Json = dict[str, Any]
Kept = Callable[[str], Json]


@pytest.fixture
def kept(database: Database, maple: SmallStore) -> Kept:
    """Give the template that the flow's draft has at a step."""

    def asked(step: str) -> Json:
        with database.reading() as connection:
            drafts = select(schema.flows.c.draft).where(schema.flows.c.id == maple.flow[0])
            steps = connection.execute(drafts).scalar_one()["steps"]
        found: Json = next(one["template"] for one in steps if one["id"] == step)
        return found

    return asked


@pytest.fixture
def write(open_page: Open, maple: SmallStore) -> Callable[..., Frame]:
    """Open the editor of a step of the abandoned-cart flow."""

    def opened(step: str = "reminder") -> Frame:
        frame = open_page(f"/flows/{maple.flow[0]}/messages/{step}")
        expect(preview(frame).locator("body")).to_be_visible()
        return frame

    return opened


def preview(frame: Frame) -> FrameLocator:
    return frame.frame_locator("iframe[data-front]")


def row(frame: Frame, name: str) -> Locator:
    """Give a block's row in the list."""
    return frame.locator(".mscroll .bname", has=frame.get_by_text(name, exact=True))


def names(frame: Frame) -> list[str]:
    return frame.locator(".mscroll .bname b").all_inner_texts()


def begins(frame: Frame, *blocks: str) -> None:
    """Wait until the list begins with the logo and these."""
    for place, name in enumerate(("Logo header", *blocks)):
        expect(frame.locator(".mscroll .bname b").nth(place)).to_have_text(name)


def saved(frame: Frame) -> None:
    """Wait until all that was written is kept, and a moment before: it begins after a pause."""
    frame.page.wait_for_timeout(900)
    frame.evaluate(PAINTED)  # on a busy machine later than that
    expect(frame.get_by_text(re.compile(r"^Saved \d.* E[DS]T$"))).to_be_visible(timeout=15_000)


def seen(frame: Frame, *states: Callable[[], None]) -> None:
    """Hold the page, in each of its states, to axe in every width and theme."""
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(frame)
        for state in states:
            state()
            check(frame)
    frame.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
