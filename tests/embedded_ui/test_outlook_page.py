"""What a flow is to be expected to cost and bring: before it goes live, and at its steps."""

import re

from playwright.sync_api import expect

from storage import stores
from storage.database import Database
from tests.embedded_ui.framed import (
    IN_A_BROWSER,
    SIGHTS,
    Open,
    admin,
    check,
    database_url,
    empty,
    look,
    maple,
    open_page,
    press_save,
)
from tests.embedded_ui.test_inspector import choose
from tests.embedded_ui.test_outlook_api import orders
from tests.seeding import Rows, SmallStore, at

__all__ = ["admin", "database_url", "empty", "maple", "open_page"]
pytestmark = IN_A_BROWSER


def leave_carts(database: Database, store: SmallStore, count: int) -> None:
    with database.writing() as connection:
        stores.set_settings(connection, store.id, {"message_prices": {"email": 1000}})
        rows = Rows(connection, store.id)
        for number in range(count):
            who = rows.customer("Leaver", email_consent="subscribed")
            rows.cart(who, at(f"2026-11-{1 + number % 18:02} 12:00"), 8000)


def test_before_it_goes_live_people_messages_and_money_are_told(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    leave_carts(database, maple, 40)
    orders(database, maple, 10)
    frame = open_page(f"/flows/{maple.flow[0]}")
    inside = choose(frame, "code")
    inside.get_by_label("Percent off").fill("15")
    inside.get_by_label("Percent off").press("Enter")
    expect(inside.get_by_text("What to expect in a month")).to_be_visible()
    expect(inside.get_by_text(re.compile("^An assumption: fewer than 20 codes"))).to_be_visible()
    frame.get_by_role("button", name="Publish changes").click()
    sheet = frame.get_by_role("dialog", name=re.compile("^Publish"))
    expect(sheet.get_by_text("What to expect in a month")).to_be_visible()
    expect(sheet.get_by_text(re.compile("Percent off: 10% . 15%"))).to_be_visible()
    row = sheet.locator("dl div")
    expect(row.filter(has_text="People who enter")).to_contain_text(re.compile(r"\d+ to \d+"))
    expect(row.filter(has_text="Money out")).to_contain_text(re.compile(r"\$0.\d\d to \$\d+"))
    expect(row.filter(has_text="Money in")).to_contain_text("not known")
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        sheet.get_by_text("Money in").scroll_into_view_if_needed()
        check(frame)


def test_an_empty_store_is_told_that_nothing_is_known(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    inside = choose(frame, "reminder")
    expect(inside.get_by_text("What to expect in a month")).to_be_visible()


def test_the_prices_of_messages_are_a_setting(open_page: Open, maple: SmallStore) -> None:
    frame = look(open_page, "/settings", "What messages cost you")
    frame.get_by_label("Email: price of 1,000 (USD)").fill("0.9")
    press_save(frame)
    expect(frame.page.get_by_role("status").filter(has_text="Saved").first).to_be_visible()
    frame = open_page("/settings")
    expect(frame.get_by_label("Email: price of 1,000 (USD)")).to_have_value("0.9")
