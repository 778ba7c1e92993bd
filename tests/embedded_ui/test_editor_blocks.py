"""The blocks of a message in a real browser: dragged, moved by keys, written, picked, pasted."""

import re
from collections.abc import Callable

from playwright.sync_api import Frame, Locator, expect
from sqlalchemy import insert

from storage import schema
from storage.database import Database
from tests.embedded_ui.editing import (  # noqa: F401  fixtures
    Kept,
    begins,
    kept,
    names,
    preview,
    row,
    saved,
    seen,
    write,
)
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    SIGHTS,
    WIDE,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.seeding import NOW, SmallStore

pytestmark = IN_A_BROWSER


def test_blocks_are_moved_and_added_by_dragging(write: Callable[..., Frame], kept: Kept) -> None:
    frame = write()
    drag(frame, row(frame, "Button").locator("xpath=../span[1]"), row(frame, "Heading"))
    expect(frame.get_by_text(re.compile("Button is now"))).to_be_attached()
    begins(frame, "Button", "Heading")
    drag(frame, frame.locator(".tile", has_text="Two columns"), row(frame, "Heading"))
    begins(frame, "Button", "Two columns", "Heading")
    drag(frame, frame.locator(".tile", has_text="Image"), frame.get_by_label("Left column"), 34)
    begins(frame, "Button", "Two columns", "Image")
    saved(frame)
    columns = kept("reminder")["blocks"][2]
    assert [one["kind"] for one in columns["left"]] == ["image"]


def drag(frame: Frame, what: Locator, above: Locator, down: float = 2) -> None:
    what.scroll_into_view_if_needed()
    start, end = what.bounding_box(), above.bounding_box()
    assert start
    assert end
    mouse = frame.page.mouse
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(start["x"] + start["width"] / 2 + 12, start["y"] + 4, steps=4)
    mouse.move(end["x"] + 40, end["y"] + down, steps=8)
    expect(frame.locator(".mghost")).to_be_visible()
    mouse.up()
    expect(frame.locator(".mghost")).to_have_count(0)


def test_blocks_are_moved_copied_and_removed_by_keys(
    write: Callable[..., Frame], kept: Kept
) -> None:
    frame = write()
    keys = frame.page.keyboard
    before = names(frame)
    row(frame, "Heading").focus()
    keys.press("Alt+ArrowDown")
    begins(frame, "Text", "Heading")
    expect(row(frame, "Heading")).to_be_focused()
    keys.press("Control+d")
    begins(frame, "Text", "Heading", "Heading")
    expect(row(frame, "Heading").nth(1)).to_be_focused()
    keys.press("Delete")
    begins(frame, "Text", "Heading", "Product grid")
    expect(frame.locator(".snack")).to_contain_text("Heading removed")
    check(frame)
    for _ in range(3):
        keys.press("Control+z")
    expect(frame.locator(".mscroll .bname b")).to_have_text(before)
    keys.press("Control+Shift+z")
    begins(frame, "Text", "Heading")
    saved(frame)
    assert [one["kind"] for one in kept("reminder")["blocks"]][1:3] == ["text", "heading"]


def test_a_block_is_added_and_written_by_the_keyboard_alone(
    write: Callable[..., Frame], kept: Kept
) -> None:
    frame = write()
    keys = frame.page.keyboard
    row(frame, "Logo header").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Tab", "Enter"):
        keys.press(key)
    menu = frame.get_by_role("menu")
    expect(menu).to_be_visible()
    check(frame)
    keys.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name="Text")).to_be_focused()
    keys.press("Enter")
    expect(menu).to_have_count(0)
    begins(frame, "Heading", "Text", "Text")
    text = frame.get_by_role("textbox", name="Text", exact=True)
    expect(text).to_be_focused()
    keys.press("Control+a")
    keys.type("By keys")
    expect(preview(frame).get_by_text("By keys")).to_be_visible()
    saved(frame)
    assert kept("reminder")["blocks"][2]["html"] == "<p>By keys</p>"


def test_a_block_taken_out_comes_back_and_the_footer_stays(write: Callable[..., Frame]) -> None:
    frame = write()
    before = names(frame)
    row(frame, "Button").focus()
    row(frame, "Button").press("Delete")
    expect(row(frame, "Button")).to_have_count(0)
    frame.locator(".snack").get_by_role("button", name="Undo").click()
    expect(frame.locator(".mscroll .bname b")).to_have_text(before)
    row(frame, "Footer").focus()
    row(frame, "Footer").press("Delete")
    assert names(frame) == before
    expect(frame.get_by_role("button", name="More for Footer")).to_have_count(0)


def test_bold_a_link_and_a_list_are_written(write: Callable[..., Frame], kept: Kept) -> None:
    frame = write()
    row(frame, "Text").first.click()
    box = frame.get_by_role("textbox", name="Text", exact=True)
    box.press("Control+a")
    box.press("Delete")
    box.press_sequentially("Come back ")
    box.press("Control+b")
    box.press_sequentially("today")
    box.press("Control+b")
    box.press("Enter")
    box.press_sequentially("Free returns")
    frame.get_by_role("button", name="List").click()
    box.press("Shift+Home")
    frame.get_by_role("button", name="Link", exact=True).click()
    frame.get_by_label("Address").fill("maple.example/returns")
    check(frame)
    frame.get_by_role("button", name="Set link").click()
    expect(preview(frame).get_by_role("link", name="Free returns")).to_be_visible()
    saved(frame)
    html = kept("reminder")["blocks"][2]["html"]
    assert "<p>Come back <strong>today</strong></p>" in html
    assert re.search(r'<ul><li><a href="https://maple.example/returns"[^>]*>Free returns</a>', html)


PASTED = (
    '<h1 onclick="x()">Big</h1><script>y()</script><div>and <b>bold</b> '
    '<a href="javascript:z()">no</a></div>'
)
PASTE = """(box, html) => { const data = new DataTransfer(); data.setData("text/html", html);
    const told = {clipboardData: data, bubbles: true, cancelable: true};
    box.dispatchEvent(new ClipboardEvent("paste", told)) }"""


def test_what_is_pasted_keeps_only_what_a_text_may_hold(
    write: Callable[..., Frame], kept: Kept
) -> None:
    frame = write()
    row(frame, "Text").first.click()
    box = frame.get_by_role("textbox", name="Text", exact=True)
    box.press("Control+a")
    box.evaluate(PASTE, PASTED)
    saved(frame)
    html = kept("reminder")["blocks"][2]["html"]
    assert "<strong>bold</strong>" in html
    for refused in ("script", "onclick", "javascript", "<h1", "<div"):
        assert refused not in html


def a_product(database: Database, store_id: str, number: int, title: str) -> None:
    variant = {"external_id": f"{number}-1", "price": 4900, "available": True}
    columns = {
        "store_id": store_id,
        "external_id": str(number),
        "title": title,
        "handle": f"p{number}",
        "url": f"https://maple.example/products/p{number}",
        "status": "active",
        "variants": [variant],
        "created_at": NOW,
        "updated_at": NOW,
    }
    with database.writing() as connection:
        connection.execute(insert(schema.products).values(columns))


def test_a_product_grid_is_added_with_picked_products(
    write: Callable[..., Frame], kept: Kept, database: Database, maple: SmallStore
) -> None:
    a_product(database, maple.id, 1, "Linen throw")
    a_product(database, maple.id, 2, "Wool blanket")
    frame = write()
    row(frame, "Button").click()
    frame.locator(".palette").get_by_role("button", name="Product grid").click()
    assert names(frame).index("Button") == len(names(frame)) - 4
    frame.get_by_label("Which products").select_option(label="Picked by you")
    frame.get_by_role("button", name="Add a product").click()
    frame.get_by_role("combobox", name="Search products").fill("wool")
    option = frame.get_by_role("option", name="Wool blanket")
    expect(option).to_be_visible()
    expect(frame.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    check(frame)
    option.click()
    expect(preview(frame).get_by_text("Wool blanket").first).to_be_visible()
    saved(frame)
    block = kept("reminder")["blocks"][5]
    assert (block["kind"], block["of"], block["products"]) == ("products", "picked", ["2"])
