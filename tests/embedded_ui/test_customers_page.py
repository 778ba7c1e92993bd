"""The customers' pages in a browser: narrowed, read, taken out of a flow, exported, erased."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from embedded_ui import assets
from storage import schema
from storage.database import Database
from tests.embedded_ui.framed import (
    SIGHTS,
    Open,
    admin,
    check,
    database_url,
    in_every_sight,
    look,
    maple,
    open_page,
    wide_again,
)
from tests.embedded_ui.test_customers_api import connect_whatsapp, in_segment, waiting
from tests.seeding import SmallStore

__all__ = ["admin", "database_url", "maple", "open_page"]
PROPERTIES = {"birthday": "1990-04-01", "shoe_size": 42.5, "member": True}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]


def test_the_list_is_narrowed_by_segment_and_answer_and_widened_again(
    open_page: Open,
    maple: SmallStore,
    database: Database,
) -> None:
    in_segment(database, maple, maple.ada)
    frame = look(open_page, "/customers", "Ada Reyes")
    frame.get_by_label("Segment").select_option("Regulars")
    expect(frame.get_by_text("1 customer", exact=True)).to_be_visible()
    frame.get_by_label("Email marketing").select_option("Unsubscribed")
    expect(frame.get_by_text("Nobody is like that")).to_be_visible()
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(frame)
    frame.get_by_role("button", name="Show everyone").click()
    expect(frame.get_by_text("8 customers")).to_be_visible()


def test_a_part_that_never_came_does_not_call_the_rest_of_the_page_old(
    open_page: Open, maple: SmallStore
) -> None:
    open_page("/settings").page.route("**/timeline?*", lambda route: route.abort())
    frame = open_page(f"/customers/{maple.ada}")
    expect(frame.get_by_text("so this could not be loaded.")).to_be_visible(timeout=30_000)
    expect(frame.get_by_role("heading", name="Ada Reyes")).to_be_visible()
    expect(frame.get_by_text("What you see may be old.")).to_have_count(0)


def test_the_list_is_narrowed_to_those_whom_whatsapp_reaches(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    connect_whatsapp(database, maple)
    with database.writing() as connection:
        mine = schema.customers.c.id == maple.ada
        agreed = {"phone": "+4790000000", "whatsapp_consent": "subscribed"}
        connection.execute(update(schema.customers).where(mine).values(**agreed))
    frame = look(open_page, "/customers", "Ada Reyes")
    wide_again(frame)
    frame.get_by_label("Can be reached by").select_option("Reachable: WhatsApp")
    expect(frame.get_by_text("1 customer", exact=True)).to_be_visible()
    ada = frame.get_by_role("row").filter(has_text="Ada Reyes")
    expect(ada.get_by_role("img", name="WhatsApp")).to_be_visible()
    in_every_sight(frame)


def test_a_customer_is_taken_out_of_a_flow_by_keys(
    open_page: Open,
    maple: SmallStore,
    database: Database,
) -> None:
    waiting(database, maple)
    frame = look(open_page, f"/customers/{maple.ada}", "In flows now")
    remove = frame.get_by_role("button", name="Remove from “Abandoned cart”")
    remove.press("Enter")
    dialog = frame.get_by_role("alertdialog")
    expect(dialog.get_by_text("What the flow still had to say is not sent.")).to_be_visible()
    check(frame)
    dialog.get_by_role("button", name="Cancel").press("Escape")
    expect(dialog).to_have_count(0)
    expect(remove).to_be_focused()
    remove.press("Enter")
    dialog.get_by_role("button", name="Remove").press("Enter")
    expect(frame.get_by_text("In no flow at the moment.")).to_be_visible()
    expect(frame.get_by_text("Left “Abandoned cart”")).to_be_visible()
    expect(frame.get_by_text("Another flow, or somebody of your team, ended it.")).to_have_count(2)


def test_a_customer_is_exported_and_then_erased_with_a_receipt(
    open_page: Open,
    maple: SmallStore,
    database: Database,
    tmp_path: Path,
) -> None:
    with database.writing() as connection:
        mine = schema.customers.c.id == maple.ada
        told = {"tags": ["vip"], "properties": PROPERTIES}
        connection.execute(update(schema.customers).where(mine).values(**told))
    frame = look(open_page, f"/customers/{maple.ada}", "Their data")
    known = frame.locator(".props")
    for name, value in (("Birthday", "Apr 1, 1990"), ("Shoe size", "42.5"), ("Member", "Yes")):
        expect(known.locator("div").filter(has_text=name)).to_have_text(f"{name}{value}")
    with frame.page.expect_download() as saving:
        frame.get_by_role("button", name="Export as JSON").click()
    saving.value.save_as(tmp_path / "ada.json")
    kept = json.loads((tmp_path / "ada.json").read_text())
    assert [one["email"] for one in kept["customers"]] == ["ada@example.com"]
    frame.get_by_role("button", name="Erase").click()
    typed = frame.get_by_label("To confirm, type ada@example.com")
    typed.fill("ben@example.com")
    frame.get_by_role("button", name="Erase for good").click()
    expect(frame.get_by_text("To erase this customer, type ada@example.com")).to_be_visible()
    for theme in ("light", "dark"):
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(frame)
    typed.fill("ada@example.com")
    typed.press("Enter")
    expect(frame.get_by_role("heading", name="This customer was erased")).to_be_visible()
    expect(frame.get_by_role("row", name="Orders 2")).to_be_visible()
    look(open_page, f"/customers/{maple.ada}", "This customer was erased")
    frame = open_page("/customers")
    frame.get_by_label("Search by name, address or phone").fill("ada")
    expect(frame.get_by_text("name, address or phone number begins with “ada”.")).to_be_visible()
