"""The builder as a merchant uses it: steps dragged, added by keys, moved, copied, undone, kept."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Locator, expect

from embedded_ui import assets
from marketing.flow_schema import load
from storage.database import Database
from storage.flows import get
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import MAPLE, token_for
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    NARROW,
    SIGHTS,
    Open,
    admin,
    check,
    database_url,
    empty,
    maple,
    open_page,
)
from tests.seeding import Rows, SmallStore
from tests.storage.test_reports_flows import forked

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]
SAVED = re.compile(r"Saved \d")


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


def test_a_step_is_dragged_from_the_palette_onto_a_line_and_kept(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    before = ids(frame)
    drag(frame, palette(frame, "delay"), plus(frame, "@1"))
    added = step(frame, "Wait").first
    expect(added).to_be_focused()
    assert len(ids(frame)) == len(before) + 1
    expect(frame.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    kinds = [one["kind"] for one in draft_of(database, maple.id, maple.flow[0])["steps"]]
    assert kinds[:3] == ["message", "delay", "delay"]
    check(frame)


def test_a_drag_is_given_up_with_escape(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    before = ids(frame)
    drag(frame, palette(frame, "split"), plus(frame, "@1"), drop=False)
    check(frame)
    frame.page.keyboard.press("Escape")
    frame.page.mouse.up()
    expect(frame.locator(".ghost")).to_have_count(0)
    assert ids(frame) == before


def test_a_step_is_dragged_elsewhere_and_undo_brings_it_back(
    open_page: Open, sketch: Sketch
) -> None:
    frame = open_page(
        f"/flows/{sketch(message('one', 'One'), wait('two'), message('three', 'Three'))}"
    )
    expect(step(frame, "Message: Three")).to_be_visible()
    drag(frame, frame.locator('.step[data-step="three"]'), plus(frame, "@0"))
    assert ids(frame) == ["trigger", "three", "one", "two"]
    frame.page.keyboard.press("Control+z")
    assert ids(frame) == ["trigger", "one", "two", "three"]
    frame.page.keyboard.press("Control+Shift+z")
    assert ids(frame) == ["trigger", "three", "one", "two"]


def test_a_step_that_ends_the_flow_is_only_offered_where_nobody_is_cut_off(
    open_page: Open, sketch: Sketch
) -> None:
    frame = open_page(f"/flows/{sketch(message('one', 'One'), wait('two'))}")
    plus(frame, "@1").click()
    expect(frame.get_by_role("menuitem", name="Wait", exact=True)).to_be_visible()
    expect(frame.get_by_role("menuitem", name="Leave flow")).to_have_count(0)
    frame.page.keyboard.press("Escape")
    plus(frame, "@2").click()
    frame.get_by_role("menuitem", name="Leave flow").click()
    expect(step(frame, "Leave flow")).to_be_focused()
    expect(frame.locator(".react-flow__node-end")).to_have_count(0)


def test_everything_is_done_by_the_keyboard_alone(open_page: Open, sketch: Sketch) -> None:
    frame = open_page(f"/flows/{sketch(message('one', 'One'))}")
    keys = frame.page.keyboard
    step(frame, "Message: One").focus()
    keys.press("+")
    expect(frame.get_by_role("menu")).to_be_visible()
    check(frame)
    keys.type("Wait")
    keys.press("Enter")
    expect(step(frame, "Wait")).to_be_focused()
    keys.press("Alt+ArrowUp")
    expect(step(frame, "Wait")).to_be_focused()
    assert [name.split("-")[0] for name in ids(frame)] == ["trigger", "delay", "one"]
    keys.press("ArrowDown")
    expect(step(frame, "Message: One")).to_be_focused()
    keys.press("m")
    expect(plus(frame, "@0")).to_be_focused()
    keys.press("Enter")
    expect(step(frame, "Message: One")).to_be_focused()
    assert [name.split("-")[0] for name in ids(frame)] == ["trigger", "one", "delay"]
    keys.press("Control+d")
    expect(step(frame, "Message: One")).to_have_count(2)
    keys.press("Delete")
    expect(step(frame, "Message: One")).to_have_count(1)
    expect(frame.get_by_text("Step deleted").first).to_be_visible()
    keys.press("Control+z")
    expect(step(frame, "Message: One")).to_have_count(2)
    keys.press("Control+Shift+z")
    expect(step(frame, "Message: One")).to_have_count(1)


def test_steps_are_copied_together_and_pasted_into_another_flow(
    open_page: Open, sketch: Sketch
) -> None:
    other = sketch(message("else", "Else"))
    frame = open_page(f"/flows/{sketch(message('one', 'One'), wait('two'))}")
    keys = frame.page.keyboard
    step(frame, "Message: One").focus()
    keys.press("Shift+ArrowDown")
    expect(frame.locator(".step.marked")).to_have_count(2)
    check(frame)
    keys.press("Control+c")
    expect(frame.get_by_text("2 steps copied")).to_be_attached()
    frame.get_by_role("link", name="Back to flows").click()
    frame.locator(f'a[href*="{other}"]').click()
    expect(step(frame, "Message: Else")).to_be_visible()
    plus(frame, "@1").click()
    frame.get_by_role("menuitem", name="Paste 2 copied steps").click()
    assert ids(frame) == ["trigger", "else", "one", "two"]
    step(frame, "Wait").focus()
    keys.press("Control+v")
    expect(frame.locator(".react-flow__node-card")).to_have_count(6)


def test_a_field_that_is_left_by_clicking_plus_still_opens_the_menu(
    open_page: Open, sketch: Sketch
) -> None:
    """The edit that leaving the field makes draws the flow anew while the click is on its way."""
    frame = open_page(f"/flows/{sketch(message('one', 'One'), wait('two'))}")
    frame.get_by_role("button", name="Sketch").click()
    frame.get_by_label("Name of the flow").fill("Cart again")
    plus(frame, "@1").click()
    expect(frame.get_by_role("menu")).to_be_visible()
    expect(frame.get_by_role("heading", name="Cart again")).to_be_attached()


def test_branches_are_folded_moved_and_taken_apart(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        flow = Rows(connection, maple.id).flow(forked())
    frame = open_page(f"/flows/{flow[0]}")
    frame.locator('[data-branch="test:b"]').click()
    frame.get_by_role("menuitem", name="Fold the branch").click()
    expect(frame.get_by_role("button", name="2 steps folded")).to_be_visible()
    check(frame)
    frame.get_by_role("button", name="2 steps folded").click()
    frame.locator('[data-branch="test:b"]').click()
    frame.get_by_role("menuitem", name="Move the branch left").click()
    expect(frame.get_by_text("Branch moved")).to_be_attached()
    step(frame, "A/B split").focus()
    frame.page.keyboard.press(".")
    frame.get_by_role("menuitem", name="Delete, but keep what is under “B · 75%”").click()
    assert ids(frame) == ["trigger", "big", "thanks", "second", "out"] or "rest" in ids(frame)
    frame.get_by_role("button", name="Undo").last.click()
    expect(step(frame, "A/B split")).to_be_visible()


def test_taking_out_a_step_at_which_people_wait_asks_first(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    waiting = frame.locator(".step", has_text="2 waiting now")
    waiting.click()
    frame.locator(".react-flow__node:focus-within, .react-flow__node.selected").first.focus()
    frame.page.keyboard.press("Delete")
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_contain_text("2 wait at what you delete")
    check(frame)
    dialog.get_by_role("button", name="Cancel").click()
    expect(waiting).to_be_visible()


def test_a_step_is_found_by_its_words(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    step(frame, "Message: Your items are saved").focus()
    frame.page.keyboard.press("Control+f")
    frame.get_by_role("textbox", name="Find a step").fill("shipping")
    frame.page.keyboard.press("Enter")
    expect(frame.get_by_text("1 of 1")).to_be_visible()
    expect(frame.locator('.step.sel[data-step="objection"]')).to_be_visible()
    check(frame)


def test_edits_made_offline_stay_and_are_saved_when_the_connection_is_back(
    open_page: Open, sketch: Sketch, maple: SmallStore, database: Database
) -> None:
    flow = sketch(message("one", "One"))
    frame = open_page(f"/flows/{flow}")
    expect(step(frame, "Message: One")).to_be_visible()
    frame.page.route("**/panel/api/**", lambda route: route.abort())
    palette(frame, "delay").click()
    expect(frame.get_by_text("Your edits are kept here")).to_be_visible()
    check(frame)
    frame.page.unroute("**/panel/api/**")
    expect(frame.get_by_role("status").filter(has_text=SAVED)).to_be_visible(timeout=15_000)
    assert len(draft_of(database, maple.id, flow)["steps"]) == 2


def as_someone_else(frame: Frame, admin: AdminFrame, flow: str, **changes: Any) -> None:
    """Change a draft as another person of the store does."""
    address = f"{admin.app_url}/panel/api/flows/{flow}/draft"
    headers = {"Authorization": f"Bearer {token_for(MAPLE, sub='77')}"}
    draft = frame.page.request.get(address, headers=headers).json()["draft"]
    answer = frame.page.request.put(address, headers=headers, data={**draft, **changes})
    assert answer.ok


def test_who_edits_at_the_same_time_is_told_and_loses_nothing(
    open_page: Open,
    admin: AdminFrame,
    sketch: Sketch,
    maple: SmallStore,
    database: Database,
) -> None:
    flow = sketch(message("one", "One"))
    frame = open_page(f"/flows/{flow}")
    expect(step(frame, "Message: One")).to_be_visible()
    as_someone_else(frame, admin, flow, name="Theirs")
    palette(frame, "delay").click()
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Someone else changed this draft at")
    expect(dialog).to_contain_text("Changed: the name")
    expect(dialog).to_contain_text("Added: Wait")
    check(frame)
    dialog.get_by_role("button", name="Keep mine").click()
    expect(frame.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    assert len(draft_of(database, maple.id, flow)["steps"]) == 2
    frame.page.keyboard.press("Control+z")
    expect(frame.get_by_role("heading", name="Theirs")).to_be_visible()
    expect(step(frame, "Wait")).to_have_count(0)


def test_who_changed_nothing_sees_what_others_changed(
    open_page: Open,
    admin: AdminFrame,
    sketch: Sketch,
) -> None:
    flow = sketch(message("one", "One"))
    frame = open_page(f"/flows/{flow}")
    expect(step(frame, "Message: One")).to_be_visible()
    as_someone_else(frame, admin, flow, name="Theirs")
    expect(frame.get_by_role("heading", name="Theirs")).to_be_visible(timeout=20_000)
    expect(frame.get_by_text("Someone else changed this draft.")).to_be_attached()


def test_what_is_live_can_be_looked_at_and_not_changed(open_page: Open, sketch: Sketch) -> None:
    frame = open_page(f"/flows/{sketch(message('one', 'One'))}")
    palette(frame, "delay").click()
    expect(step(frame, "Wait")).to_be_visible()
    frame.get_by_role("button", name="Live", exact=True).click()
    expect(step(frame, "Wait")).to_have_count(0)
    expect(frame.locator(".plus")).to_have_count(0)
    check(frame)
    frame.get_by_role("button", name="Draft", exact=True).click()
    expect(step(frame, "Wait")).to_be_visible()


def test_on_a_phone_steps_are_read_and_added_by_plus(open_page: Open, sketch: Sketch) -> None:
    frame = open_page(f"/flows/{sketch(message('one', 'One'), wait('two'))}")
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    expect(frame.get_by_role("complementary", name="Steps")).to_be_hidden()
    plus(frame, "@1").click()
    frame.get_by_role("menuitem", name="Discount code").click()
    expect(step(frame, "Discount code")).to_be_focused()
    check(frame)


def test_the_builder_is_sound_in_every_width_and_theme(open_page: Open, sketch: Sketch) -> None:
    frame = open_page(f"/flows/{sketch(message('one', 'One'), wait('two'))}")
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        plus(frame, "@1").click()
        expect(frame.get_by_role("menu")).to_be_visible()
        check(frame)
        frame.page.keyboard.press("Escape")
        expect(frame.get_by_role("menu")).to_have_count(0)
        check(frame)
