"""What the builder's tests do over and over: find steps and places, drag, read the kept draft."""

import contextlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error, Frame, Locator, expect

from marketing.flow_schema import load
from storage.database import Database
from storage.flows import get
from tests.seeding import Rows, SmallStore

SAVED = re.compile(r"Saved \d.* E[DS]T")
PAINTED = """async () => { for (let round = 0; round < 3; round++)
    await new Promise(done => requestAnimationFrame(() => setTimeout(done))) }"""
"""What was done before is drawn, and what follows from its being drawn is done, too."""


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


def drawn(frame: Frame, *wanted: str) -> None:
    """Wait until these steps are drawn, from the top; of a new step's id the kind is enough."""
    with contextlib.suppress(Error):
        frame.wait_for_function(DRAWN_FROM_THE_TOP, arg=list(wanted))
    assert [told_as(one, wanted) for one in ids(frame)] == list(wanted)


def told_as(step_id: str, wanted: tuple[str, ...]) -> str:
    return step_id if step_id in wanted else step_id.partition("-")[0]


DRAWN_FROM_THE_TOP = """wanted => {
  const cards = [...document.querySelectorAll(".react-flow__node-card")]
    .map(c => [c.getBoundingClientRect().top, c.dataset.id]).sort((a, b) => a[0] - b[0])
    .map(([, id]) => wanted.includes(id) ? id : id.split("-")[0]);
  return JSON.stringify(cards) === JSON.stringify(wanted);
}"""


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
    frame.evaluate(PAINTED)  # on a busy machine later than that
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
