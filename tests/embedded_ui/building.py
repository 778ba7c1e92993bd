"""What the builder's tests do over and over: find steps and places, drag, read the kept draft."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Locator, expect

from marketing.flow_schema import load
from storage.database import Database
from storage.flows import get
from tests.seeding import Rows, SmallStore

SAVED = re.compile(r"Saved \d.* E[DS]T")


def step(frame: Frame, name: str) -> Locator:
    return frame.get_by_role("group", name=name)


def plus(frame: Frame, place: str) -> Locator:
    return frame.locator(f'.plus[data-place="{place}"]')


def ids(frame: Frame) -> list[str]:
    """Name the steps as they are drawn, from the top."""
    expect(frame.locator(".react-flow__node-card").first).to_be_visible()
    found: list[str] = frame.locator(".react-flow__node-card").evaluate_all(
        """cards => cards.map(c => [c.getBoundingClientRect().top, c.dataset.id])
        .sort((a, b) => a[0] - b[0]).map(([, id]) => id)"""
    )
    return found


def drag(frame: Frame, what: Locator, to: Locator, *, drop: bool = True) -> None:
    """Drag by the mouse as a hand does: over the way, not at once."""
    mouse = frame.page.mouse
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    mouse.move(start["x"] + 30, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(start["x"] + 60, start["y"] + 20, steps=3)
    mouse.move(end["x"] + end["width"] / 2 + 40, end["y"] + end["height"] / 2 + 10, steps=8)
    expect(to).to_have_class("plus nopan nodrag hot")
    if drop:
        mouse.up()


def palette(frame: Frame, kind: str) -> Locator:
    return frame.locator(f'.pi[data-kind="{kind}"]')


def draft_of(database: Database, store_id: str, flow_id: str) -> dict[str, Any]:
    with database.reading() as connection:
        stored = get(connection, store_id, flow_id)
    assert stored
    return dict(stored.draft)


def saved(frame: Frame) -> None:
    """Wait until the last edit has reached the server."""
    frame.page.wait_for_timeout(300)  # the edit itself is shown first
    expect(frame.get_by_role("status").filter(has_text=SAVED)).to_be_visible()


Sketch = Callable[..., str]


@pytest.fixture
def sketch(maple: SmallStore, database: Database) -> Sketch:
    """Keep a flow with these steps and give its id; one message is there already."""

    def keeping(*steps: dict[str, Any]) -> str:
        return kept(database, maple.id, *steps)

    return keeping


def kept(database: Database, store_id: str, *steps: dict[str, Any]) -> str:
    document = {
        "name": "Sketch",
        "trigger": {"event": "cart.abandoned", "idle": "PT1H"},
        "exits": ["order.placed"],
        "steps": list(steps),
    }
    with database.writing() as connection:
        return Rows(connection, store_id).flow(load(document), status="draft")[0]


def message(step_id: str, name: str) -> dict[str, Any]:
    template = {"subject": name, "preview": "", "mjml": "<mjml></mjml>", "text": name}
    said = {"id": step_id, "name": name, "template": template}
    return {"kind": "message", "channel": "email", **said}


def wait(step_id: str, duration: str = "PT1H") -> dict[str, Any]:
    return {"kind": "delay", "id": step_id, "duration": duration}
