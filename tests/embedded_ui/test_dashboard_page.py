"""The dashboard in a browser: bands and shares, any days, what needs a hand, what to test."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert, select, update

from embedded_ui import assets
from storage import schema
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (
    Open,
    admin,
    check,
    database_url,
    in_every_sight,
    look,
    maple,
    open_page,
)
from tests.embedded_ui.test_dashboard_api import many_unopened
from tests.seeding import SmallStore, at

__all__ = ["admin", "database_url", "maple", "open_page"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]


def test_each_figure_says_its_share_and_where_it_stands_and_who_says_so(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("")
    frame.get_by_role("button", name="7 days").click()
    results = frame.get_by_label("Key results")
    expect(results.get_by_text("100.0% of your store")).to_be_visible()
    few = "Usual: 10.0% to 15.0%. Too few yet to compare: 6 of 100"
    expect(results.get_by_text(few)).to_be_visible()
    expect(results.get_by_text("Usual: $3.65. Too few yet to compare: 5 of 200")).to_be_visible()
    frame.get_by_role("button", name="Revenue per recipient").focus()
    expect(frame.locator(".pop", has_text="benchmark report")).to_be_visible()
    by_message = frame.get_by_role("region", name="By message")
    expect(by_message.get_by_role("row", name="Your items are saved")).to_contain_text("$80")
    expect(frame.get_by_role("region", name="By channel")).to_contain_text("Not told")
    look(open_page, "", "By channel")


def test_a_message_called_by_its_subject_shows_no_template_language(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    where = schema.flows.c.id == maple.flow[0]
    with database.writing() as connection:
        draft = connection.execute(select(schema.flows.c.draft).where(where)).scalar_one()
        subject = {"subject": "Still there, {{ first_name }}?"}
        steps = [
            {**one, "name": "", "template": {**one["template"], **subject}}
            if one["kind"] == "message"
            else one
            for one in draft["steps"]
        ]
        connection.execute(
            update(schema.flows).where(where).values(draft={**draft, "steps": steps})
        )
    by_message = open_page("").get_by_role("region", name="By message")
    expect(by_message.get_by_text("Still there, [first name]?").first).to_be_visible()
    expect(by_message).not_to_contain_text("{{")


def test_any_days_are_looked_at_by_keys(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("")
    expect(frame.get_by_role("region", name="By channel")).to_be_visible()
    frame.get_by_role("button", name="Custom", exact=True).press("Enter")
    frame.get_by_label("From").fill("2026-11-17")
    frame.get_by_label("To", exact=True).fill("2026-11-17")
    check(frame)
    frame.get_by_role("button", name="Show").press("Enter")
    results = frame.get_by_label("Key results")
    expect(results.get_by_text("$80.00", exact=True).first).to_be_visible()


def test_days_typed_before_the_figures_come_stay(
    open_page: Open, admin: AdminFrame, maple: SmallStore
) -> None:
    admin.faults["/dashboard"] = 503
    frame = open_page("")
    frame.get_by_role("button", name="Custom", exact=True).click()
    frame.get_by_label("From").fill("2026-11-17")
    admin.faults.clear()
    expect(frame.get_by_role("region", name="By channel")).to_be_visible(timeout=15_000)
    expect(frame.get_by_label("From")).to_have_value("2026-11-17")


def test_a_weak_message_is_put_to_the_test_from_here(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    many_unopened(database, maple)
    frame = look(open_page, "", "Worth an A/B test")
    expect(frame.get_by_text("is clicked by 0.0%; 5.3% is usual.")).to_be_visible()
    expect(frame.get_by_text("below usual").first).to_be_visible()
    frame.get_by_role("button", name="Start the A/B test").click()
    expect(frame.get_by_role("heading", name="Abandoned cart")).to_be_visible()
    frame = open_page("")
    expect(frame.get_by_text("By message")).to_be_visible()
    expect(frame.get_by_text("Worth an A/B test")).to_have_count(0)


def test_what_needs_a_hand_has_its_button(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    when = at("2026-11-20 08:00")
    with database.writing() as connection:
        maple.rows.connection = connection
        stuck = maple.rows.enrollment(maple.flow, maple.ada, when, state="dead")
        maple.rows.message(maple.flow, stuck, "reminder", maple.ada, when, state="dead")
        row = {"noun": "order", "state": "failed", "error": "no", "install_epoch": 1}
        connection.execute(insert(schema.imports).values(store_id=maple.id, **row))
        later = when + timedelta(hours=1)
        maple.rows.message(maple.flow, stuck, "offer", maple.ada, later, state="failed")
    frame = look(open_page, "", "Needs you")
    expect(frame.get_by_text("Part of it could not be copied.")).to_be_visible()
    expect(frame.get_by_text("You can leave this page.")).to_have_count(0)
    expect(frame.get_by_text("Import past orders")).to_be_visible()
    stuck_row = frame.get_by_role("listitem").filter(has_text="stuck in a flow")
    stuck_row.get_by_role("button", name="Try again").press("Enter")
    expect(stuck_row).to_have_count(0)
    expect(frame.get_by_role("link", name="See the flows").first).to_be_visible()


def test_a_failed_copy_says_what_is_missing_and_goes_on_at_a_press(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        for noun, state in (("customer", "done"), ("order", "failed")):
            row = {"noun": noun, "state": state, "done": 40, "install_epoch": 1}
            connection.execute(insert(schema.imports).values(store_id=maple.id, **row))
    frame = look(open_page, "", "did not let us read all of this: Orders.")
    in_every_sight(frame)
    frame.get_by_role("button", name="Go on copying").click()
    expect(frame.get_by_text("Figures appear as they come")).to_be_visible()
    expect(frame.get_by_role("button", name="Go on copying")).to_have_count(0)
