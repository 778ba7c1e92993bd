"""What somebody of the team sees whose role lets them look alone: nothing that would be refused."""

import re

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import update

from jobs import drafts, segments
from jobs.runtime import Runtime
from marketing.flow_schema import read
from marketing.team import Role
from storage import team
from storage.database import Database
from storage.schema import team as team_table
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    empty,
    maple,
    open_page,
)
from tests.jobs.test_steps import MAIL
from tests.seeding import Rows, SmallStore

pytestmark = IN_A_BROWSER
BIG = {"name": "Big spenders", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
CHANGES = re.compile("^(Add|Create|Save|Delete|Send|Let people in|Move|Remove|Duplicate|Set up)")
OPEN = """() => [...document.querySelectorAll(
    "main :is(input, select, textarea, [role=switch])")].filter(e => e.checkVisibility()
    && !e.matches(":disabled, [readonly], [aria-disabled=true], [type=search]"))
    .map(e => e.ariaLabel || e.labels?.[0]?.textContent || e.outerHTML)"""
"""What can still be typed or chosen in, but for a search."""


@pytest.fixture
def viewer(maple: SmallStore, database: Database) -> SmallStore:
    """The store, with the person of the tests' tokens as a viewer."""
    with database.writing() as connection:
        team.welcome(connection, maple.id, "42", Role.VIEWER, database.real_now(connection))
    return maple


def still(frame: Frame) -> None:
    """Hold a page to what a viewer may do there: look."""
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    expect(frame.locator("[aria-busy=true], .sk")).to_have_count(0)
    assert frame.evaluate(OPEN) == []
    named = frame.get_by_role("main").get_by_role("button", name=CHANGES, disabled=False)
    assert named.all_text_contents() == []
    check(frame)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/settings", "Only a publisher can change this."),
        ("/settings/form", "Only a publisher can change this."),
        ("/settings/conversations", "Only a publisher can change this."),
        ("/settings/channels", "This takes the role of a publisher."),
        ("/set-up", "Only a publisher can change this."),
        ("/segments/{segment}", "Your role lets you look, not change."),
        ("/segments/new", "Your role lets you look, not change."),
        ("/flows/new", "Your role lets you look, not change."),
        ("/campaigns", ""),
        ("/segments", ""),
    ],
)
def test_a_viewer_can_change_nothing_and_is_told_who_can(
    open_page: Open, viewer: SmallStore, runtime: Runtime, path: str, says: str
) -> None:
    kept = segments.create(runtime, viewer.id, BIG)
    frame = open_page(path.format(segment=kept))
    if says:
        expect(frame.get_by_text(says).first).to_be_visible()
    still(frame)


def test_whoever_becomes_an_editor_finds_what_a_viewer_did_not(
    open_page: Open, viewer: SmallStore, database: Database
) -> None:
    frame = open_page("/segments/new")
    expect(frame.get_by_label("Name", exact=True)).to_be_disabled()
    with database.writing() as connection:
        connection.execute(update(team_table).values(role=Role.EDITOR.value))
    frame = open_page("/segments/new")
    expect(frame.get_by_label("Name", exact=True)).to_be_enabled()
    expect(frame.get_by_role("button", name="Save segment")).to_be_visible()
    frame = open_page("/campaigns")
    expect(frame.get_by_role("button", name="Create campaign")).to_be_visible()
    frame = open_page("/settings")
    expect(frame.get_by_label("Days a click counts")).to_be_disabled()


def test_an_editor_finds_a_segment_closed_that_a_live_flow_asks_about(
    open_page: Open, viewer: SmallStore, runtime: Runtime, database: Database
) -> None:
    kept = segments.create(runtime, viewer.id, BIG)
    with database.writing() as connection:
        connection.execute(update(team_table).values(role=Role.EDITOR.value))
        asking = {"op": "in_segment", "value": kept}
        flow = read({"name": "Thanks", "trigger": {"event": "order.placed"}, "steps": [MAIL],
                     "filter": asking})  # fmt: skip
        Rows(connection, viewer.id).flow(flow)
    frame = open_page(f"/segments/{kept}")
    expect(frame.get_by_text("It decides whom Thanks writes to")).to_be_visible()
    still(frame)


def test_only_a_publisher_can_let_a_store_go_live_at_set_up(
    open_page: Open, empty: str, runtime: Runtime, database: Database
) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, empty, database.now(connection))
        team.welcome(connection, empty, "42", Role.EDITOR, database.real_now(connection))
    frame = open_page("/set-up")
    card = frame.get_by_role("region", name="Your cart flow")
    expect(card.get_by_text("Only a publisher can change this.")).to_be_visible()
    for button in card.get_by_role("button").all():
        expect(button).to_be_disabled()
    check(frame)
