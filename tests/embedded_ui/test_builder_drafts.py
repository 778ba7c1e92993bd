"""The builder's draft: kept, offline, edited by two, only looked at; long flows, small screens."""

from typing import Any

import pytest
from playwright.sync_api import Frame, expect

from marketing import crediting
from marketing.model import Platform
from storage import stores
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.building import (
    SAVED,
    Sketch,
    draft_of,
    kept,
    message,
    palette,
    plus,
    saved,
    sketch,
    step,
    wait,
)
from tests.embedded_ui.conftest import MAPLE, token_for
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
from tests.seeding import SmallStore

__all__ = ["sketch"]
pytestmark = IN_A_BROWSER


def test_who_may_only_look_sees_the_flow_and_changes_nothing(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        stores.set_settings(connection, maple.id, {"new_people_role": "viewer"})
    frame = open_page(f"/flows/{maple.flow[0]}")
    expect(step(frame, "Message: Your items are saved")).to_be_visible()
    expect(frame.locator(".plus")).to_have_count(0)
    expect(frame.get_by_role("complementary", name="Steps")).to_have_count(0)
    step(frame, "Message: Your items are saved").focus()
    frame.page.keyboard.press("Delete")
    expect(step(frame, "Message: Your items are saved")).to_be_visible()
    check(frame)


def test_of_a_hundred_steps_only_those_in_sight_are_in_the_page(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    many = [message("first", "First"), *(wait(f"w{at}") for at in range(99))]
    frame = open_page(f"/flows/{kept(database, maple.id, *many)}")
    expect(step(frame, "Message: First")).to_be_visible()
    assert frame.locator(".react-flow__node").count() < 20
    step(frame, "Message: First").focus()
    for at in range(30):
        frame.page.keyboard.press("ArrowDown")
        expect(frame.locator(f'.react-flow__node[data-id="w{at}"]')).to_be_focused()


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
    expect(dialog).to_contain_text("Their changes")
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


def test_without_store_credit_no_step_gives_it_and_one_that_would_is_a_problem(
    open_page: Open, sketch: Sketch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The frame of these tests is Shopify's, which has credit.
    monkeypatch.setattr(crediting, "WITHOUT_CREDIT", frozenset({Platform.SHOPIFY}))
    credit = {"kind": "reward", "id": "thanks", "amount": 500, "or_code": False}
    frame = open_page(f"/flows/{sketch(message('one', 'One'), credit)}")
    expect(frame.get_by_text("Your platform has no store credit")).to_be_visible()
    expect(palette(frame, "reward").and_(frame.get_by_role("button"))).to_have_count(0)
    plus(frame, "@1").click()
    expect(frame.get_by_role("menuitem", name="Discount code")).to_be_visible()
    expect(frame.get_by_role("menuitem", name="Store credit")).to_have_count(0)
    check(frame)
    frame.page.keyboard.press("Escape")
    frame.locator('.react-flow__node-card[data-id="thanks"]').click()
    expect(frame.get_by_text("Shopify has no store credit.").first).to_be_visible()


def test_on_a_phone_steps_are_read_and_added_by_plus(open_page: Open, sketch: Sketch) -> None:
    frame = open_page(f"/flows/{sketch(message('one', 'One'), wait('two'))}")
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    expect(frame.get_by_role("complementary", name="Steps")).to_be_hidden()
    plus(frame, "@1").click()
    frame.get_by_role("menuitem", name="Discount code").click()
    expect(step(frame, "Discount code")).to_be_focused()
    check(frame)
    frame.get_by_role("complementary", name="Step details").get_by_label("Close").click()
    expect(frame.locator(".insp.idle")).to_have_count(1)


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


def test_a_value_that_nothing_can_be_made_of_keeps_nothing_else_from_being_saved(
    open_page: Open, sketch: Sketch, maple: SmallStore, database: Database
) -> None:
    code = {"kind": "coupon", "id": "code", "percent": 10, "valid_for": "P1D"}
    flow = sketch(code, message("one", "One"))
    frame = open_page(f"/flows/{flow}")
    step(frame, "Discount code").click()
    prefix = frame.get_by_label("Codes begin with")
    prefix.fill("Très!")
    prefix.press("Enter")
    palette(frame, "delay").click()
    saved(frame)
    draft = draft_of(database, maple.id, flow)["steps"]
    assert (draft[0]["prefix"], len(draft)) == ("TRÈS!", 3)
    step(frame, "Discount code").click()
    expect(frame.get_by_label("Codes begin with")).to_have_value("TRÈS!")
    expect(frame.locator(".insp")).to_contain_text("Use 1 to 12 capitals, digits and -.")
    step(frame, "Message: One").click()
    frame.get_by_role("button", name="Edit message").click()
    expect(frame.get_by_role("heading", name="One", exact=True)).to_be_visible()


PASTE = """(page, steps) => { const data = new DataTransfer();
    data.setData("text/plain", JSON.stringify(steps));
    const told = {clipboardData: data, bubbles: true, cancelable: true};
    page.dispatchEvent(new ClipboardEvent("paste", told)) }"""


def test_what_can_not_be_saved_is_said_and_led_to_before_a_message_opens(
    open_page: Open, sketch: Sketch, maple: SmallStore, database: Database
) -> None:
    flow = sketch(message("one", "One"))
    frame = open_page(f"/flows/{flow}")
    expect(step(frame, "Message: One")).to_be_visible()
    frame.locator("body").evaluate(PASTE, {"reprise/steps": 1, "steps": [wait("rest", "soon")]})
    state = frame.locator(".savestate")
    expect(state).to_contain_text("Not saved: “Wait”: Is no duration.")
    step(frame, "Message: One").click()
    frame.get_by_role("button", name="Edit message").click()
    expect(frame.page.get_by_text("The message opens once the draft is saved.")).to_be_visible()
    expect(frame.locator(".insp .wrong")).to_contain_text("Write PT12H for")
    step(frame, "Message: One").click()
    state.get_by_role("button", name="Show it").click()
    expect(frame.get_by_role("textbox", name="How long")).to_be_focused()
    frame.get_by_role("textbox", name="How long").fill("3")
    frame.get_by_role("textbox", name="How long").press("Enter")
    saved(frame)
    assert draft_of(database, maple.id, flow)["steps"][1]["duration"] == "P3D"


def test_a_note_beside_a_step_stands_on_its_card_and_is_kept(
    open_page: Open, sketch: Sketch, maple: SmallStore, database: Database
) -> None:
    flow = sketch(message("one", "One"))
    frame = open_page(f"/flows/{flow}")
    card = frame.locator("[data-step=one]")
    card.click()
    note = frame.get_by_label("Note for your team")
    note.fill("Asked by Jo")
    note.blur()
    expect(card.get_by_text("Note: Asked by Jo")).to_have_count(1)
    check(frame)
    saved(frame)
    assert draft_of(database, maple.id, flow)["notes"] == {"one": "Asked by Jo"}
    frame.locator("[data-step=trigger]").click()
    note.fill("Since May")
    note.blur()
    saved(frame)
    told = {"one": "Asked by Jo", "trigger": "Since May"}
    assert draft_of(database, maple.id, flow)["notes"] == told
