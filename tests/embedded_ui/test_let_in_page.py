"""Letting many into a live flow: a segment, and people from the past, who are counted first."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from jobs import intake, segments
from jobs.runtime import Runtime
from storage.database import Database
from tests.embedded_ui.conftest import runtime_of, settings_of
from tests.embedded_ui.framed import (
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.seeding import SmallStore

__all__ = ["admin", "database_url", "maple", "open_page"]
pytestmark = IN_A_BROWSER
BIG = {"name": "Big spenders", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}


@pytest.fixture
def runtime(database_url: str, database: Database, valkey_url: str, tmp_path: Path) -> Runtime:
    return runtime_of(settings_of(database_url, tmp_path), database, valkey_url)


def test_a_segment_is_let_into_a_live_flow(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    segments.create(runtime, maple.id, BIG)
    segments.drain(runtime, [maple.id])
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.get_by_role("button", name="Let people in").click()
    dialog = frame.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Let them in")).to_have_count(0)
    dialog.get_by_label("Segment", exact=True).select_option(label="Big spenders")
    expect(dialog.get_by_text("1 person is in it by now.")).to_be_visible()
    check(frame)
    dialog.get_by_role("button", name="Let them in").click()
    expect(dialog.get_by_text("Letting them in")).to_be_visible()
    while intake.drain(runtime, [maple.id]):
        pass
    expect(dialog.get_by_text("1 looked at")).to_be_visible()
    expect(dialog.get_by_role("button", name="Back")).to_be_visible()
    check(frame)


def test_a_segment_whose_people_are_still_being_found_is_not_called_empty(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    segments.create(runtime, maple.id, {"name": "New", "condition": BIG["condition"]})
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.get_by_role("button", name="Let people in").click()
    dialog = frame.get_by_role("dialog")
    dialog.get_by_label("Segment", exact=True).select_option(label="New")
    expect(dialog.get_by_text("Its people are still being found: 0 so far.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Let them in")).to_be_enabled()
    check(frame)
    segments.drain(runtime, [maple.id])
    expect(dialog.get_by_text("1 person is in it by now.")).to_be_visible(timeout=15_000)


def test_people_from_the_past_are_counted_before_they_come_in(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.get_by_role("button", name="Let people in").click()
    dialog = frame.get_by_role("dialog")
    dialog.get_by_role("radio", name="People from the past").click()
    dialog.get_by_label("Days back").fill("30")
    dialog.get_by_role("button", name="See how many").click()
    expect(dialog.get_by_text("Looking")).to_be_visible()
    expect(dialog.get_by_text("would come in")).to_have_count(0)  # nobody was looked at yet
    while intake.drain(runtime, [maple.id]):
        pass
    expect(dialog.get_by_text("0 people would come in")).to_be_visible()
    expect(dialog.get_by_text("past a discount code, which nobody can give")).to_be_visible()
    expect(dialog.get_by_role("button", name="Let them in")).to_have_count(0)
    check(frame)
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_label("Days back")).to_have_value("30")


def test_where_nobody_would_come_in_nobody_is_offered_to_be_let_in(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    richest = {"op": "gt", "field": "customer.spent", "value": 10**9}
    segments.create(runtime, maple.id, {"name": "Nobody yet", "condition": richest})
    segments.drain(runtime, [maple.id])
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.get_by_role("button", name="Let people in").click()
    dialog = frame.get_by_role("dialog")
    dialog.get_by_label("Segment", exact=True).select_option(label="Nobody yet")
    expect(dialog.get_by_text("there is nobody to let in")).to_be_visible()
    expect(dialog.get_by_role("button", name="Let them in")).to_have_count(0)
    dialog.get_by_role("radio", name="People from the past").click()
    dialog.get_by_label("Days back").fill("1")
    dialog.get_by_role("button", name="See how many").click()
    expect(dialog.get_by_text("Looking")).to_be_visible()
    while intake.drain(runtime, [maple.id]):
        pass
    expect(dialog.get_by_text("There is nobody to let in.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Let them in")).to_have_count(0)
    check(frame)
