"""What is opened on the pages, in German, which needs the most room: forms, sheets, dialogs, lists.

The pages themselves are in `test_every_page`; what each is for has a test in English.
"""

import re

import pytest
from playwright.sync_api import Frame, expect

from jobs import campaigns, drafts, segments
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import runtime_of, settings_of
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    WIDE,
    Open,
    admin,
    check,
    database_url,
    empty,
    in_every_sight,
    maple,
    open_page,
)
from tests.embedded_ui.test_builder_drafts import as_someone_else
from tests.embedded_ui.test_editor import empty_out
from tests.embedded_ui.test_inspector import STEPS, keep
from tests.jobs.test_steps import MAIL
from tests.seeding import NOW, Rows, SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000  # ms
BIG = {"op": "all", "of": [
    {"op": "gt", "field": "customer.spent", "value": 5000},
    {"op": "gte", "orders": "count", "value": 2, "within": "P90D"},
    {"op": "any", "of": [{"op": "eq", "field": "customer.email_consent", "value": "subscribed"},
                         {"op": "percent", "value": 10, "salt": "a"}]},
]}  # fmt: skip


@pytest.fixture(autouse=True)
def _german(admin: AdminFrame) -> None:
    admin.locale = "de"


def both(frame: Frame, part: str | None = None) -> None:
    """Hold it to axe and to its width on a desk and on a phone."""
    for width, height in (WIDE, NARROW):
        frame.page.set_viewport_size({"width": width, "height": height})
        check(frame, part if width == NARROW[0] else None)
    frame.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def settled(frame: Frame) -> None:
    expect(frame.locator("[aria-busy=true]")).to_have_count(0, timeout=SLOW)
    expect(frame.locator(".sk")).to_have_count(0, timeout=SLOW)


def test_the_recipes_are_sound_in_german(open_page: Open, empty: str, database: Database) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, empty, NOW)
    frame = open_page("/flows")
    frame.get_by_role("button", name="Vorlagen ansehen").click()
    expect(frame.get_by_role("heading", name="Nach einer Bestellung")).to_be_visible()
    settled(frame)
    in_every_sight(frame)


@pytest.mark.parametrize("place", ["segment", "campaign", "campaign's message", "customers"])
def test_what_a_merchant_made_is_sound_in_german(
    open_page: Open,
    admin: AdminFrame,
    maple: SmallStore,
    place: str,
    request: pytest.FixtureRequest,
) -> None:
    runtime = runtime_of(
        settings_of(request.getfixturevalue("database_url"), request.getfixturevalue("tmp_path")),
        request.getfixturevalue("database"),
        request.getfixturevalue("valkey_url"),
    )
    segment = segments.create(runtime, maple.id, {"name": "Gute Kunden", "condition": BIG})
    segments.drain(runtime, [maple.id])
    document = {"name": "Herbst", "source": {"segment": segment}, "steps": [MAIL]}
    campaign = campaigns.create(runtime, maple.id, document).campaign.id
    where = {
        "segment": f"/segments/{segment}",
        "campaign": f"/campaigns/{campaign}",
        "campaign's message": f"/campaigns/{campaign}/message",
        "customers": "/customers",
    }
    frame = open_page(where[place])
    settled(frame)
    if place == "campaign's message":
        expect(frame.get_by_label("Vorschautext", exact=True)).to_have_value("")
    in_every_sight(frame)


@pytest.mark.parametrize("step", ["trigger", *(str(one["id"]) for one in STEPS)])
def test_the_form_of_a_step_is_sound_in_german(
    open_page: Open, maple: SmallStore, database: Database, step: str
) -> None:
    frame = open_page(f"/flows/{keep(database, maple.id, *STEPS)}")
    card = frame.locator(f'.react-flow__node-card[data-id="{step}"]')
    card.evaluate("card => card.click()")
    inside = frame.locator(".insp")
    expect(inside.get_by_role("heading", level=2)).to_be_visible()
    settled(frame)
    if step == "fork":
        expect(card).to_contain_text("Anzahl der Bestellungen mindestens 1")
    both(frame, ".insp")


def test_what_publishing_says_is_sound_in_german(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.locator('.pi[data-kind="delay"]').click()
    expect(
        frame.get_by_role("status").filter(has_text=re.compile(r"Gespeichert \d"))
    ).to_be_visible()
    frame.get_by_role("button", name="Veröffentlichen").click()
    sheet = frame.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="Veröffentlichen", exact=True)).to_be_visible()
    settled(frame)
    both(frame, ".sheet")
    sheet.get_by_role("button", name="Abbrechen").click()
    frame.get_by_role("button", name="Versionen").click()
    expect(sheet.get_by_text("Version 1")).to_be_visible()
    sheet.get_by_role("button", name="Mit dem Entwurf vergleichen").first.click()
    both(frame, ".sheet")


def test_two_who_edit_at_once_are_told_in_german(
    open_page: Open, admin: AdminFrame, maple: SmallStore
) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    expect(frame.locator(".react-flow__node-card").first).to_be_visible()
    as_someone_else(frame, admin, maple.flow[0], name="Anders")
    frame.locator('.pi[data-kind="delay"]').click()
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_be_visible()
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    expect(dialog).to_be_in_viewport()
    both(frame)


def test_a_message_without_words_is_sound_in_german(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    empty_out(database, maple.flow[0], "objection")
    with database.writing() as connection:
        Rows(connection, maple.id).abandoned_cart_flow(recipe=None)
    frame = open_page(f"/flows/{maple.flow[0]}/messages/objection")
    expect(frame.locator(".starter").first).to_be_visible(timeout=SLOW)
    both(frame)
    frame.locator(".starter").nth(1).click()
    expect(frame.get_by_role("option").first).to_be_visible()
    expect(frame.get_by_role("listbox")).not_to_contain_text("{%")
    both(frame)
