"""Two of a team at the same form: nobody's changes are lost, and nobody's are saved over unseen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import update

from jobs import segments
from jobs.runtime import Runtime
from storage import stores
from storage.database import Database
from storage.schema import segments as segments_table
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
    press_save,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
BIG = {"name": "Big spenders", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
Saves = Callable[..., None]


@pytest.fixture
def elsewhere(maple: SmallStore, database: Database) -> Saves:
    """Have somebody else save settings meanwhile."""

    def saving(**settings: Any) -> None:
        with database.writing() as connection:
            kept = stores.by_id(connection, maple.id)
            assert kept
            stores.set_settings(connection, maple.id, {**kept.settings, **settings})

    return saving


def settings_of(database: Database, store_id: str) -> Any:
    with database.reading() as connection:
        kept = stores.by_id(connection, store_id)
    assert kept
    return kept.settings


def looked_at_again(frame: Frame) -> None:
    """As when somebody comes back to the window after a while."""
    frame.page.clock.fast_forward("00:30")
    frame.evaluate("window.dispatchEvent(new Event('visibilitychange'))")


def test_saving_settings_keeps_what_somebody_else_saved_meanwhile(
    open_page: Open, maple: SmallStore, database: Database, elsewhere: Saves
) -> None:
    frame = open_page("/settings")
    frame.get_by_label("Days a click counts").fill("9")
    elsewhere(sender_name="Mara of Maple")
    press_save(frame)
    expect(frame.get_by_label("Name", exact=True)).to_have_value("Mara of Maple")
    expect(frame.get_by_label("Days a click counts")).to_have_value("9")
    kept = settings_of(database, maple.id)
    assert kept["sender_name"] == "Mara of Maple"
    assert kept["click_window"] == "P9D"


def test_what_is_typed_stays_when_somebody_else_saves_and_it_is_told(
    open_page: Open, maple: SmallStore, elsewhere: Saves
) -> None:
    frame = open_page("/settings")
    frame.page.clock.install()
    frame = open_page("/settings")
    frame.get_by_label("Days a click counts").fill("9")
    elsewhere(sender_name="Mara of Maple")
    looked_at_again(frame)
    expect(frame.get_by_text("Someone else saved changes here meanwhile.")).to_be_visible()
    expect(frame.get_by_label("Days a click counts")).to_have_value("9")
    expect(frame.get_by_label("Name", exact=True)).to_have_value("Mara of Maple")
    check(frame)


def test_a_segment_that_somebody_else_saved_is_asked_about_before_it_is_saved_over(
    open_page: Open, maple: SmallStore, runtime: Runtime, database: Database
) -> None:
    kept = segments.create(runtime, maple.id, BIG)
    frame = open_page(f"/segments/{kept}")
    frame.get_by_label("Name", exact=True).fill("My big spenders")
    other = {"name": "Theirs", "condition": {**BIG["condition"], "value": 9900}}  # type: ignore[dict-item]
    segments.change(runtime, maple.id, kept, other)
    with database.writing() as connection:  # the demo's clock stands still
        later = segments_table.c.updated_at
        row = connection.execute(segments_table.select()).one()
        connection.execute(
            update(segments_table).values({later: row.updated_at + timedelta(seconds=5)})
        )
    frame.get_by_role("button", name="Save segment").click()
    asked = frame.get_by_role("alert").filter(has_text="Someone else saved this segment meanwhile.")
    expect(asked).to_contain_text("“Theirs”")
    check(frame)
    assert name_of(database, kept) == "Theirs"
    asked.get_by_role("button", name="Save mine over it").click()
    expect(asked).to_have_count(0)
    expect(frame.get_by_role("heading", name="My big spenders")).to_be_visible()
    assert name_of(database, kept) == "My big spenders"


def test_theirs_can_be_taken_too(
    open_page: Open, maple: SmallStore, runtime: Runtime, database: Database
) -> None:
    kept = segments.create(runtime, maple.id, BIG)
    frame = open_page(f"/segments/{kept}")
    frame.get_by_label("Name", exact=True).fill("My big spenders")
    with database.writing() as connection:
        row = connection.execute(segments_table.select()).one()
        moved = {"name": "Theirs", "updated_at": row.updated_at + timedelta(seconds=5)}
        connection.execute(update(segments_table).values(moved))
    frame.get_by_role("button", name="Save segment").click()
    frame.get_by_role("button", name="Take theirs").click()
    expect(frame.get_by_label("Name", exact=True)).to_have_value("Theirs")
    expect(frame.get_by_text("Changes are not saved yet.")).to_have_count(0)
    assert name_of(database, kept) == "Theirs"


def name_of(database: Database, segment_id: str) -> str:
    with database.reading() as connection:
        row = connection.execute(
            segments_table.select().where(segments_table.c.id == segment_id)
        ).one()
    return str(row.name)
