"""The list of flows and the page for a new one: found, filtered, paused, begun."""

from playwright.sync_api import expect

from jobs import drafts
from marketing.triggers import KINDS
from storage.database import Database
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    empty,
    look,
    maple,
    open_page,
)
from tests.seeding import NOW, Rows, SmallStore
from tests.storage.test_reports_flows import forked

pytestmark = IN_A_BROWSER


def with_recipes(database: Database, store_id: str) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, store_id, NOW)


def test_flows_are_found_by_name_and_status(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        Rows(connection, maple.id).flow(forked(), status="paused")
    frame = look(open_page, "/flows", "Forked")
    frame.get_by_role("searchbox", name="Find a flow").fill("fork")
    expect(frame.get_by_role("link", name="Abandoned cart")).to_have_count(0)
    frame.get_by_role("button", name="Live", exact=True).click()
    expect(frame.get_by_text("No flow matches")).to_be_visible()
    check(frame)
    frame.get_by_role("button", name="Paused", exact=True).click()
    expect(frame.get_by_role("link", name="Forked")).to_be_visible()


def test_a_flow_is_paused_in_its_row_and_goes_on(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("/flows")
    frame.get_by_role("button", name="Pause Abandoned cart").click()
    expect(frame.locator(".badge", has_text="Paused")).to_be_visible()
    frame.get_by_role("button", name="Resume Abandoned cart").click()
    expect(frame.locator(".badge", has_text="Live")).to_be_visible()


def test_a_recipe_is_chosen_by_the_picture_of_its_steps(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with_recipes(database, maple.id)
    frame = open_page("/flows")
    frame.get_by_role("button", name="Recipes").click()
    expect(frame.get_by_text("Start here")).to_have_count(3)
    picture = frame.get_by_role("img", name="Steps: Message, Wait 2 days").first
    expect(picture).to_be_visible()
    check(frame)
    frame.get_by_role("link", name="Birthday").click()
    expect(frame.get_by_role("heading", name="Birthday", level=1)).to_be_visible()


def test_a_flow_begins_with_what_starts_it(open_page: Open, empty: str, database: Database) -> None:
    with_recipes(database, empty)
    frame = look(open_page, "/flows/new", "Begin with what starts it")
    frame.get_by_role("button", name="An order is placed").click()
    expect(frame.get_by_role("heading", name="After an order", level=1)).to_be_visible()
    expect(frame.get_by_role("group", name="When an order is placed")).to_be_visible()
    expect(frame.locator('.plus[data-place="@0"]')).to_be_visible()
    check(frame)


def test_a_flow_begins_with_any_event_that_may_begin_one(open_page: Open, empty: str) -> None:
    frame = look(open_page, "/flows/new", "Begin with what starts it")
    expect(frame.get_by_role("button", name="Someone writes to you")).to_be_visible()
    others = frame.get_by_label("Or with anything else")
    expect(others.locator("option:not([value=''])")).to_have_count(len(KINDS))
    expect(frame.get_by_role("button", name="Begin", exact=True)).to_be_disabled()
    others.select_option(label="a review is posted")
    check(frame)
    frame.get_by_role("button", name="Begin", exact=True).click()
    expect(frame.get_by_role("group", name="When a review is posted")).to_be_visible()


def test_a_flow_is_said_in_a_sentence_drawn_and_kept(open_page: Open, empty: str) -> None:
    frame = open_page("/flows/new")
    said = frame.get_by_role("textbox", name="What should happen")
    said.fill("If a customer dreams of a cart, send an email.")
    frame.get_by_role("button", name="Draw it").click()
    expect(said).to_have_attribute("aria-invalid", "true")
    check(frame)
    said.fill("")
    frame.get_by_role("button", name="Take the example").click()
    frame.get_by_role("button", name="Draw it").click()
    expect(frame.locator(".told-steps > li")).to_have_count(5)
    said.fill("If")
    expect(frame.get_by_role("button", name="Create this flow")).to_have_count(0)  # of other words
    said.fill(
        "If a customer adds to cart and does not buy within 1 hour, send an email, "
        "wait 23 hours, send an email."
    )
    frame.get_by_role("button", name="Draw it").click()
    expect(frame.locator(".told-steps > li")).to_have_count(4)
    check(frame)
    frame.get_by_role("button", name="Create this flow").click()
    expect(frame.locator(".react-flow__node-card")).to_have_count(4)
