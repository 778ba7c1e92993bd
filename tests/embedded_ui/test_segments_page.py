"""Segments in the panel: built from sentences in groups, counted as they are written, and kept."""

from typing import Any

import pytest
from playwright.sync_api import Frame, expect

from embedded_ui import assets
from jobs import segments
from jobs.runtime import Runtime
from storage import rfm
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import runtime_of, settings_of
from tests.embedded_ui.framed import (
    Open,
    admin,
    check,
    database_url,
    empty,
    in_every_sight,
    look,
    maple,
    open_page,
    wide_again,
)
from tests.seeding import NOW, SmallStore

__all__ = ["admin", "database_url", "empty", "maple", "open_page"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]
BIG = {"op": "gt", "field": "customer.spent", "value": 5000}


@pytest.fixture
def runtime(database_url: str, database: Database, valkey_url: str, tmp_path: Any) -> Runtime:
    return runtime_of(settings_of(database_url, tmp_path), database, valkey_url)


def kept(runtime: Runtime, store_id: str, name: str, condition: Any) -> str:
    """Keep a segment and have its people found, as the worker does."""
    made = segments.create(runtime, store_id, {"name": name, "condition": condition})
    segments.drain(runtime, [store_id])
    return made


def choose(frame: Frame, row: int, label: str, value: str) -> None:
    frame.locator(".crow").nth(row).get_by_label(label, exact=True).first.select_option(value)


def test_the_list_tells_no_share_while_people_are_still_being_found(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    segments.create(runtime, maple.id, {"name": "New", "condition": BIG})
    frame = look(open_page, "/segments", "Finding its people")
    line = frame.get_by_role("row", name="New")
    expect(line).not_to_contain_text("%")
    expect(line).not_to_contain_text("Email")
    segments.drain(runtime, [maple.id])
    expect(line).to_contain_text("12.5%", timeout=15_000)
    expect(line).to_contain_text("Email: 1")


def test_a_nested_segment_is_built_counted_and_saved(
    open_page: Open, maple: SmallStore, runtime: Runtime, database: Database
) -> None:
    frame = open_page("/segments")
    frame.get_by_role("link", name="Create segment").click()
    expect(frame.get_by_text("No condition yet.")).to_be_visible()
    frame.get_by_label("Name", exact=True).fill("Regulars")
    frame.get_by_role("button", name="Add condition").click()
    expect(frame.get_by_text("placed an order at least 1 time.")).to_be_visible()
    frame.locator(".crow").first.get_by_label("Number", exact=True).fill("2")
    expect(frame.get_by_text("placed an order at least 2 times")).to_be_visible()
    expect(frame.get_by_role("link", name="Ada Reyes")).to_be_visible()
    frame.get_by_role("button", name="Add group").click()
    choose(frame, 1, "What the condition is about", "field:customer.email_consent")
    frame.get_by_role("button", name="Add condition").last.click()
    choose(frame, 2, "What the condition is about", "orders:spent")
    frame.locator(".crow").nth(2).get_by_label("Amount").fill("99.50")
    summary = frame.get_by_test_id("summary")
    expect(summary).to_contain_text("spent on orders is at least $99.50")
    expect(summary).to_contain_text("email consent is “Agreed”")
    check(frame)
    frame.get_by_role("button", name="Save segment").click()
    expect(frame.page.get_by_role("status").filter(has_text="Segment saved")).to_be_visible()
    expect(frame.get_by_role("heading", name="Regulars")).to_be_visible()
    segments.drain(runtime, [maple.id])
    frame = look(open_page, "/segments", "Regulars")
    expect(frame.get_by_role("row", name="Regulars")).to_contain_text("1")
    with database.reading() as connection:
        [stored] = segments.segments.of_store(connection, maple.id)
    assert [part.op for part in stored.condition.of] == ["gte", "any", "gte"]
    assert stored.condition.of[2].value == 9950


def test_rows_and_groups_are_moved_copied_and_removed_by_keys(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    one = {"op": "gte", "orders": "count", "value": 1}
    two = {"op": "any", "of": [{"op": "eq", "field": "customer.country", "value": "DE"}]}
    made = kept(runtime, maple.id, "Two", {"op": "all", "of": [one, two]})
    frame = look(open_page, f"/segments/{made}", "Who belongs")
    page, summary = frame.page, frame.get_by_test_id("summary")
    expect(summary).to_contain_text("country is Germany")
    row = frame.get_by_role("group", name="placed an order")
    row.get_by_label("Comparison").focus()
    page.keyboard.press("Alt+ArrowDown")  # into the group
    expect(frame.get_by_role("group", name="Any of").locator(".crow")).to_have_count(2)
    page.keyboard.press("Alt+ArrowUp")  # out of it again
    expect(frame.get_by_role("group", name="Any of").locator(".crow")).to_have_count(1)
    row.get_by_label("Comparison").focus()
    page.keyboard.press("Control+d")
    expect(row).to_have_count(2)
    row.nth(1).get_by_role("button", name="Remove: placed an order").focus()
    page.keyboard.press("Enter")
    expect(row).to_have_count(1)
    expect(frame.locator(":focus")).to_have_text("Add condition")
    frame.get_by_role("button", name="Remove group: Any of").click()
    expect(summary).to_have_text("Customers for whom this holds: placed an order at least 1 time.")


def test_values_are_picked_from_what_the_store_has(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    other = kept(runtime, maple.id, "Big spenders", BIG)
    frame = open_page("/segments/new")
    frame.get_by_role("button", name="Add condition").click()
    choose(frame, 0, "What the condition is about", "op:in_segment")
    choice = frame.get_by_role("combobox", name="Is in the segment")
    choice.select_option(label="Big spenders")
    expect(frame.get_by_test_id("summary")).to_contain_text("is in the segment “Big spenders”")
    choose(frame, 0, "What the condition is about", "field:customer.country")
    choose(frame, 0, "Comparison", "in")
    for country in ("Germany", "Austria"):
        frame.get_by_role("combobox", name="Value").select_option(label=country)
    expect(frame.get_by_test_id("summary")).to_contain_text("is one of Germany or Austria")
    check(frame)
    frame.get_by_role("button", name="Remove Germany").click()
    expect(frame.get_by_test_id("summary")).to_contain_text("is one of Austria")
    for fact, value in (("region", "CA"), ("city", "Hamburg")):
        choose(frame, 0, "What the condition is about", f"field:customer.{fact}")
        frame.get_by_role("combobox", name="Value").fill(value)
        expect(frame.get_by_test_id("summary")).to_contain_text(f"“{value}”")
        in_every_sight(frame)
    wide_again(frame)
    choose(frame, 0, "What the condition is about", "field:customer.tags")
    frame.get_by_role("combobox", name="Value").fill("b2b")
    expect(frame.get_by_test_id("summary")).to_contain_text("tags include “b2b”")
    choose(frame, 0, "What the condition is about", "field:customer.email")
    choose(frame, 0, "Comparison", "in")
    for mail in ("ada@example.com", "ben@example.com"):
        frame.get_by_role("textbox", name="Value").or_(
            frame.get_by_role("combobox", name="Value")
        ).fill(mail)
        frame.page.keyboard.press("Enter")
    expect(frame.get_by_role("button", name="Remove ada@example.com")).to_be_visible()
    check(frame)
    assert other


def test_a_ready_made_segment_is_added_and_the_empty_list_offers_them(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    frame = look(open_page, "/segments", "No segments yet")
    card = frame.get_by_role("listitem").filter(has_text="Bought exactly once")
    expect(card.get_by_text("2 people")).to_be_visible()
    card.get_by_role("button", name="Add “Bought exactly once”").click()
    expect(frame.get_by_role("link", name="Bought exactly once")).to_be_visible()
    expect(card).to_have_count(0)
    frame.get_by_role("combobox", name="Category").fill("Scarves")
    frame.get_by_role("button", name="Add “Interested in Scarves”").click()
    expect(frame.get_by_role("link", name="Interested in Scarves")).to_be_visible()


def test_what_uses_a_segment_is_named_and_keeps_it(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    used = kept(runtime, maple.id, "Used", BIG)
    user = kept(runtime, maple.id, "User", {"op": "in_segment", "value": used})
    frame = open_page(f"/segments/{used}")
    expect(frame.get_by_text("total spent is more than $50.00")).to_be_visible()
    frame.get_by_role("button", name="Delete").click()
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Segment “User”")
    expect(dialog.get_by_role("button", name="Delete")).to_have_count(0)
    check(frame)
    frame = open_page(f"/segments/{user}")
    frame.get_by_role("button", name="Delete").click()
    frame.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(frame.get_by_role("heading", name="Segments", exact=True)).to_be_visible()
    expect(frame.get_by_role("link", name="Used")).to_be_visible()
    expect(frame.get_by_role("link", name="User", exact=True)).to_have_count(0)


def test_wrong_conditions_are_told_at_their_row(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("/segments/new")
    frame.get_by_role("button", name="Save segment").click()
    expect(frame.get_by_text("Give the segment a name.")).to_be_visible()
    expect(frame.get_by_text("Add a condition")).to_be_visible()
    frame.get_by_label("Name", exact=True).fill("Odd")
    frame.get_by_role("button", name="Add condition").click()
    choose(frame, 0, "What the condition is about", "field:customer.properties.")
    frame.get_by_label("Name", exact=True).first.focus()
    expect(frame.get_by_text("Name the property.")).to_be_visible()
    check(frame)
    choose(frame, 0, "What the condition is about", "op:percent")
    frame.get_by_role("textbox", name="Random share").fill("400")
    frame.get_by_role("button", name="Save segment").click()
    expect(frame.locator(".crow").get_by_text("Give a number from 0 to 100.")).to_be_visible()
    check(frame)


def test_a_count_that_fails_does_not_keep_anyone_from_saving(
    open_page: Open, maple: SmallStore, admin: AdminFrame
) -> None:
    admin.faults["/segments/count"] = 500
    frame = open_page("/segments/new")
    frame.get_by_label("Name", exact=True).fill("Kept")
    frame.get_by_role("button", name="Add condition").click()
    expect(frame.get_by_text("Counting failed just now")).to_be_visible()
    frame.get_by_role("button", name="Save segment").click()
    expect(frame.get_by_role("heading", name="Kept")).to_be_visible()
    check(frame)
    admin.faults["/segments"] = 500
    look(open_page, "/segments", "This could not be loaded")


def test_buyers_are_shown_by_their_scores_once_they_have_some(
    open_page: Open, maple: SmallStore, runtime: Runtime, database: Database
) -> None:
    with database.writing() as connection:
        rfm.want(connection, maple.id, NOW)
    champions = {"op": "eq", "field": "customer.rfm.group", "value": "champions"}
    kept(runtime, maple.id, "Best", champions)
    while segments.drain(runtime, [maple.id]):
        pass
    frame = look(open_page, "/segments", "Your buyers by how lately")
    expect(frame.get_by_role("cell", name="1 Potential loyal")).to_be_visible()
    in_every_sight(frame)
    # On a phone all five columns are in sight, and the groups stand in words below.
    grid = frame.get_by_role("group", name="Your buyers by how lately")
    assert grid.evaluate("one => one.scrollWidth <= one.clientWidth")
    expect(frame.locator(".rfmgroups")).to_contain_text("Potential loyal")


def test_a_segment_that_is_not_saved_is_asked_about_before_one_leaves_it(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/segments")
    frame.get_by_role("link", name="Create segment").click()
    frame.get_by_role("button", name="Save segment").click()
    frame.get_by_role("button", name="Add condition").click()
    expect(frame.get_by_text("Give the segment a name.")).to_have_count(1)
    question = frame.get_by_role("alertdialog")
    back = frame.get_by_role("link", name="Back to segments")
    expect(frame.get_by_text("Changes are not saved yet.")).to_be_visible()
    frame.wait_for_function("() => history.state?.isHeld")
    back.click()
    check(frame)
    question.get_by_role("button", name="Stay").click()
    frame.get_by_label("Name", exact=True).fill("Buyers")
    frame.get_by_role("button", name="Save segment").click()
    expect(frame.get_by_role("heading", name="Buyers", level=1)).to_be_visible()
    back.click()
    expect(frame.get_by_role("heading", name="Segments", level=1)).to_be_visible()
    expect(question).to_have_count(0)
    expect(frame.get_by_role("link", name="Buyers")).to_be_visible()
