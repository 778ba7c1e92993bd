"""The recipes in the panel: found by what they are for, and why one of them has to wait."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from embedded_ui import assets
from jobs import drafts
from storage.database import Database
from storage.schema import flows
from tests.embedded_ui.test_panel import (
    Open,
    admin,
    check,
    database_url,
    empty,
    look,
    open_page,
)
from tests.seeding import NOW

__all__ = ["admin", "database_url", "empty", "open_page"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]


def test_recipes_are_found_by_what_they_are_for_and_say_why_one_has_to_wait(
    open_page: Open, empty: str, database: Database
) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, empty, NOW)
    frame = look(open_page, "/flows", "No flows yet")
    frame.get_by_role("button", name="See the recipes").click()
    expect(frame.get_by_role("heading", name="After an order")).to_be_visible()
    frame.get_by_role("link", name="On its way").click()
    frame.get_by_role("button", name="1 problem").click()
    problems = frame.locator(".pop.problems")
    expect(problems.get_by_text("This flow would send what Shopify sends already")).to_be_visible()
    frame.page.keyboard.press("Escape")
    frame.get_by_text("Worth an A/B test").click()
    expect(frame.get_by_text("Say who packed it.")).to_be_visible()
    check(frame)


def test_who_recovers_carts_already_is_not_sent_to_the_other_cart_recipe(
    open_page: Open, empty: str, database: Database
) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, empty, NOW)
    frame = open_page("/flows")
    frame.get_by_role("button", name="See the recipes").click()
    begin = frame.get_by_role("listitem").filter(has_text="Start here")
    expect(begin).to_have_count(3)
    expect(begin.filter(has_text="what others say")).to_have_count(1)
    with database.writing() as connection:
        cart = flows.c.recipe == "abandoned-cart"
        connection.execute(update(flows).where(cart).values(status="live"))
    frame = open_page("/flows")
    frame.get_by_role("button", name="Recipes", exact=True).click()
    begin = frame.get_by_role("listitem").filter(has_text="Start here")
    expect(begin).to_have_count(3)
    expect(begin.filter(has_text="what others say")).to_have_count(0)
