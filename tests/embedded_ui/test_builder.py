"""The builder as a merchant uses it: steps dragged, added by keys, moved, copied, undone."""

import re

from playwright.sync_api import expect

from storage.database import Database
from tests.embedded_ui.building import (
    Sketch,
    draft_of,
    drag,
    drawn,
    ids,
    message,
    palette,
    plus,
    saved,
    sketch,
    step,
    wait,
)
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
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

__all__ = ["sketch"]
pytestmark = IN_A_BROWSER


def test_a_step_is_dragged_from_the_palette_onto_a_line_and_kept(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    before = ids(frame)
    drag(frame, palette(frame, "delay"), plus(frame, "@1"))
    added = step(frame, "Wait").first
    expect(added).to_be_focused()
    expect(frame.locator(".react-flow__node-card")).to_have_count(len(before) + 1)
    saved(frame)
    kinds = [one["kind"] for one in draft_of(database, maple.id, maple.flow[0])["steps"]]
    assert kinds[:3] == ["message", "delay", "delay"]
    check(frame)


def test_an_abandoned_cart_flow_is_built_from_nothing_by_dragging(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page("/flows/new")
    frame.page.set_viewport_size({"width": 1280, "height": 1300})
    frame.get_by_role("button", name="A cart is left behind").click()
    expect(frame.get_by_role("heading", name="Cart left behind")).to_be_visible()
    for at, kind in enumerate(("message", "delay", "condition")):
        drag(frame, palette(frame, kind), plus(frame, f"@{at}"))
        expect(frame.locator(".react-flow__node-card:focus")).to_have_attribute(
            "data-id", re.compile(kind)
        )
    asked = frame.locator(".react-flow__node-card:focus").get_attribute("data-id")
    drag(frame, palette(frame, "coupon"), plus(frame, f"{asked}:yes@0"))
    drag(frame, palette(frame, "message"), plus(frame, f"{asked}:yes@1"))
    drag(frame, palette(frame, "message"), plus(frame, f"{asked}:no@0"))
    drag(frame, palette(frame, "exit"), plus(frame, "@3"))
    expect(step(frame, "Leave flow")).to_be_focused()
    saved(frame)
    address = frame.url.partition("/flows/")[2][:36]
    steps = draft_of(database, maple.id, address)["steps"]
    assert [one["kind"] for one in steps] == ["message", "delay", "condition", "exit"]
    assert [one["kind"] for one in steps[2]["yes"]] == ["coupon", "message"]
    assert [one["kind"] for one in steps[2]["no"]] == ["message"]
    expect(frame.locator(".sf.issue").first).to_be_visible()
    check(frame)


def test_the_same_flow_is_built_by_the_keyboard_alone(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page("/flows/new")
    keys = frame.page.keyboard
    frame.get_by_role("button", name="A cart is left behind").press("Enter")
    step(frame, "When a cart is abandoned").focus()
    for name, group in (("Message", "Message"), ("Wait", "Wait"), ("Yes / no", "Yes / no")):
        keys.press("+")
        item = frame.get_by_role("menuitem", name=name, exact=True)
        expect(item).to_be_visible()
        keys.type(name)
        keys.press("Enter")
        expect(step(frame, group)).to_be_focused()
    keys.press("Shift+Tab")  # to the last "+" of the flow
    no = frame.locator('.plus[data-place$=":no@0"]')
    no.focus()
    keys.press("Enter")
    expect(frame.get_by_role("menu")).to_be_visible()
    keys.type("Leave")
    keys.press("Enter")
    expect(step(frame, "Leave flow")).to_be_focused()
    keys.press("ArrowUp")
    expect(step(frame, "Yes / no")).to_be_focused()
    saved(frame)
    address = frame.url.partition("/flows/")[2][:36]
    steps = draft_of(database, maple.id, address)["steps"]
    assert [one["kind"] for one in steps] == ["message", "delay", "condition"]
    assert [one["kind"] for one in steps[2]["no"]] == ["exit"]


def test_a_drag_is_given_up_with_escape(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    before = ids(frame)
    drag(frame, palette(frame, "split"), plus(frame, "@1"), drop=False)
    check(frame)
    frame.page.keyboard.press("Escape")
    frame.page.mouse.up()
    expect(frame.locator(".ghost")).to_have_count(0)
    drawn(frame, *before)


def test_a_step_is_dragged_elsewhere_and_undo_brings_it_back(
    open_page: Open, sketch: Sketch
) -> None:
    frame = open_page(
        f"/flows/{sketch(message('one', 'One'), wait('two'), message('three', 'Three'))}"
    )
    expect(step(frame, "Message: Three")).to_be_visible()
    drag(frame, frame.locator('.step[data-step="three"]'), plus(frame, "@0"))
    drawn(frame, "trigger", "three", "one", "two")
    frame.page.keyboard.press("Control+z")
    drawn(frame, "trigger", "one", "two", "three")
    frame.page.keyboard.press("Control+Shift+z")
    drawn(frame, "trigger", "three", "one", "two")


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
    drawn(frame, "trigger", "delay", "one")
    keys.press("ArrowDown")
    expect(step(frame, "Message: One")).to_be_focused()
    keys.press("m")
    expect(plus(frame, "@0")).to_be_focused()
    keys.press("Enter")
    expect(step(frame, "Message: One")).to_be_focused()
    drawn(frame, "trigger", "one", "delay")
    keys.press("Control+d")
    expect(step(frame, "Message: One")).to_have_count(2)
    keys.press("Delete")
    expect(step(frame, "Message: One")).to_have_count(1)
    expect(frame.get_by_text("Step deleted").first).to_be_visible()
    keys.press("Control+z")
    expect(step(frame, "Message: One")).to_have_count(2)
    keys.press("Control+Shift+z")
    expect(step(frame, "Message: One")).to_have_count(1)


def test_a_step_is_opened_by_enter_and_left_by_escape(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    step(frame, "Message: Your items are saved").focus()
    frame.page.keyboard.press("Enter")
    form = frame.get_by_role("complementary", name="Step details")
    expect(form.locator(":focus")).to_be_visible()
    frame.page.keyboard.press("Escape")
    expect(step(frame, "Message: Your items are saved")).to_be_focused()


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
    drawn(frame, "trigger", "else", "one", "two")
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
    expect(step(frame, "A/B split")).to_have_count(0)
    expect(frame.locator(".react-flow__node-card[data-id=first]")).to_have_count(0)
    expect(frame.locator(".react-flow__node-card[data-id=second]")).to_be_visible()
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
    expect(dialog).to_contain_text("2 people wait at what you delete")
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
