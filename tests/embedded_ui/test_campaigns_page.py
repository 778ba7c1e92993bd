"""Campaigns in the panel: begun, planned, sent by the real jobs, and what came of each."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import update

from channels.email.smtp import SmtpChannel
from jobs import advance, campaigns, deliver, intake, launch, segments
from jobs.runtime import Runtime
from marketing.model import ChannelName
from storage import demo_clock
from storage.database import Database
from storage.schema import customers
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import runtime_of, settings_of
from tests.embedded_ui.editing import row
from tests.embedded_ui.framed import (
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
from tests.embedded_ui.test_every_page import stands_still
from tests.jobs.stage import Sink
from tests.jobs.test_steps import MAIL
from tests.seeding import SmallStore

__all__ = ["admin", "database_url", "empty", "maple", "open_page"]
pytestmark = IN_A_BROWSER
BIG = {"name": "Big spenders", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
LIVE = {"audience": "everyone", "quiet_hours": {"email": None}, "caps": {"email": None}}


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.server.stop()


@pytest.fixture
def runtime(
    database_url: str, database: Database, valkey_url: str, tmp_path: Path, sink: Sink
) -> Iterator[Runtime]:
    """The workers' side, with a mail server behind it."""
    made = runtime_of(settings_of(database_url, tmp_path), database, valkey_url)
    mail = SmtpChannel.from_url(sink.url, demo=True)
    made.channels[ChannelName.EMAIL] = mail  # type: ignore[index]
    yield made
    mail.close()


@pytest.fixture
def segment(runtime: Runtime, maple: SmallStore) -> str:
    made = segments.create(runtime, maple.id, BIG)
    segments.drain(runtime, [maple.id])
    return made


def work(runtime: Runtime, store_id: str) -> None:
    """Do whatever is due, as the workers would."""
    for job in (launch, intake, advance, deliver, launch):
        while job.drain(runtime, [store_id]):
            pass


def made(runtime: Runtime, store_id: str, name: str = "Sale") -> str:
    document = {"name": name, "source": {"everyone": True}, "steps": [MAIL]}
    return campaigns.create(runtime, store_id, document).campaign.id


def begin(frame: Frame, name: str, segment: str) -> None:
    frame.get_by_role("button", name="Create campaign").click()
    dialog = frame.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("To whom").select_option(label=segment)
    check(frame)
    dialog.get_by_role("button", name="Create draft").click()
    expect(frame.get_by_role("heading", name=name)).to_be_visible()


def write(frame: Frame) -> None:
    """Say something of one's own in a campaign that nobody has written yet."""
    expect(frame.get_by_text("be sent yet")).to_be_visible()
    expect(frame.get_by_role("button", name="Send now")).to_be_disabled()
    unready = frame.locator(".banner", has_text="be sent yet")
    unready.get_by_role("link", name="Write the message").click()
    row(frame, "Text").click()
    text = frame.get_by_role("textbox", name="Text", exact=True)
    expect(text).to_contain_text("there is news at")
    text.fill("The autumn tea is here.")
    frame.get_by_role("button", name="Done").click()
    expect(frame.get_by_role("button", name="Send now")).to_be_enabled()
    expect(frame.get_by_text("be sent yet")).to_have_count(0)


def test_a_campaign_goes_to_a_segment_and_its_figures_come_back(
    open_page: Open, maple: SmallStore, runtime: Runtime, segment: str, sink: Sink
) -> None:
    frame = look(open_page, "/campaigns", "No campaigns yet")
    begin(frame, "Autumn sale", "Big spenders")
    expect(frame.get_by_text("Email reaches 1")).to_be_visible()
    expect(frame.get_by_text("1 person in it by now")).to_be_visible()
    check(frame)
    write(frame)
    frame.get_by_role("button", name="Send now").click()
    question = frame.get_by_role("alertdialog")
    expect(question).to_contain_text("It goes to up to 1 person.")
    check(frame)
    question.get_by_role("button", name="Send now").click()
    expect(frame.page.get_by_role("status").filter(has_text="on its way")).to_be_visible()
    work(runtime, maple.id)
    demo_clock.advance(runtime.database, timedelta(minutes=1))  # what is told ends with now
    assert [to[:3] for to in sink.counts()] == ["ada"]
    expect(frame.get_by_role("heading", name="Results")).to_be_visible()
    figure = frame.locator("dl div")
    expect(figure.filter(has_text="Recipients")).to_contain_text("1", timeout=15_000)
    expect(figure.filter(has_text="Sent")).to_contain_text("1")
    # Whoever did not agree is in it as well, so that nothing says yet that they get it.
    expect(frame.get_by_text("1 checked, 1 of them recipients")).to_be_visible()
    check(frame)
    frame = look(open_page, "/campaigns", "Autumn sale")
    row = frame.get_by_role("row", name="Autumn sale")
    expect(row).to_contain_text("Big spenders")
    expect(row).to_contain_text("Sending")


def test_a_campaign_is_planned_moved_and_called_off(
    open_page: Open, maple: SmallStore, runtime: Runtime, segment: str
) -> None:
    own = made(runtime, maple.id)
    frame = look(open_page, f"/campaigns/{own}", "Write the message")
    frame.get_by_role("radio", name="At a date").click()
    frame.get_by_role("button", name="Plan it").click()
    expect(frame.get_by_text("Choose a date and a time.")).to_be_visible()
    frame.get_by_label("Date and time").fill("2020-01-01T10:00")
    frame.get_by_role("button", name="Plan it").click()
    expect(frame.get_by_text("That moment is over")).to_be_visible()
    frame.get_by_label("Date and time").fill("2027-01-05T10:00")
    expect(frame.get_by_text("That moment is over")).to_have_count(0)
    frame.get_by_label("By whose clock").select_option("customer")
    check(frame)
    frame.get_by_role("button", name="Plan it").click()
    expect(frame.get_by_text("Goes out Jan 5, 10:00 AM, by each customer")).to_be_visible()
    frame.get_by_role("button", name="Stop and edit").click()
    expect(frame.get_by_text("Goes out")).to_have_count(0)
    expect(frame.get_by_role("button", name="Stop and edit")).to_have_count(0)
    frame.get_by_label("By whose clock").select_option("store")
    frame.get_by_role("button", name="Plan it").click()
    expect(frame.get_by_text("Goes out Jan 5, 10:00 AM EST")).to_be_visible()
    frame.get_by_label("Send it to").select_option(label="Big spenders")
    expect(frame.get_by_text("1 person in it by now")).to_be_visible()
    frame.get_by_role("button", name="Cancel campaign").click()
    check(frame)
    frame.get_by_role("alertdialog").get_by_role("button", name="Cancel campaign").click()
    expect(frame.get_by_text("Canceled")).to_be_visible()
    expect(frame.get_by_role("button", name="Send now")).to_have_count(0)


def test_a_campaign_stands_where_it_stood_while_it_was_waited_for(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    stands_still(open_page, f"/campaigns/{made(runtime, maple.id)}", "/campaigns/")


def test_who_is_left_out_is_said_with_the_reason(
    open_page: Open, maple: SmallStore, runtime: Runtime, database: Database
) -> None:
    with database.writing() as connection:
        told = update(customers).where(customers.c.id == maple.ben)
        connection.execute(told.values(email_consent="unsubscribed"))
    frame = look(open_page, f"/campaigns/{made(runtime, maple.id)}", "Left out")
    out = frame.get_by_role("listitem").filter(has_text="The customer unsubscribed.")
    expect(out).to_contain_text("1")
    frame.get_by_role("button", name="Send now").click()
    question = frame.get_by_role("alertdialog")
    expect(question).to_contain_text("It goes to up to 1 person.")
    expect(question.get_by_role("listitem").filter(has_text="unsubscribed")).to_contain_text("1")
    check(frame)
    question.get_by_role("button", name="Not yet").click()


def test_its_message_is_looked_at_and_tested_from_here_also_when_it_is_under_way(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    own = made(runtime, maple.id)
    campaigns.schedule(runtime, maple.id, own, None)
    launch.drain(runtime, [maple.id])
    frame = look(open_page, f"/campaigns/{own}", "Look at the message")
    frame.get_by_role("button", name="Look at the message").click()
    seen = frame.get_by_role("dialog")
    expect(seen.get_by_role("heading", name=re.compile("^Hello"))).to_be_visible()
    expect(seen.frame_locator("iframe").locator("body")).to_be_attached()
    check(frame)
    seen.get_by_role("button", name="Close").click()
    frame.get_by_role("button", name="Send a test").click()
    sheet = frame.get_by_role("dialog", name="Send a test")
    sheet.get_by_label("To which address").fill("me")
    sheet.get_by_role("button", name="Send the test").click()
    expect(sheet.get_by_text("This is no email address.")).to_be_visible()
    check(frame)
    sheet.get_by_label("To which address").fill("me@maple.example")
    expect(sheet.get_by_text("This is no email address.")).to_have_count(0)
    sheet.get_by_role("button", name="Send the test").click()
    expect(sheet.get_by_text("On its way to me@maple.example.")).to_be_visible()


def test_a_campaign_under_way_is_paused_and_goes_on(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    own = made(runtime, maple.id)
    campaigns.schedule(runtime, maple.id, own, None)
    launch.drain(runtime, [maple.id])
    frame = look(open_page, f"/campaigns/{own}", "checked")
    frame.get_by_role("button", name="Pause").click()
    frame.get_by_role("alertdialog").get_by_role("button", name="Pause").click()
    expect(frame.get_by_text("Paused", exact=True)).to_be_visible()
    check(frame)
    frame.get_by_role("button", name="Go on sending").click()
    expect(frame.get_by_text("Sending", exact=True)).to_be_visible()


def test_a_campaign_under_way_is_cancelled_and_says_who_did_not_get_it(
    open_page: Open, maple: SmallStore, runtime: Runtime, sink: Sink
) -> None:
    own = made(runtime, maple.id)
    campaigns.schedule(runtime, maple.id, own, None)
    for job in (launch, intake, advance):
        job.drain(runtime, [maple.id])
    frame = look(open_page, f"/campaigns/{own}", "checked")
    frame.get_by_role("button", name="Cancel campaign").click()
    question = frame.get_by_role("alertdialog")
    expect(question).to_contain_text("Nobody else gets it, now or later.")
    check(frame)
    question.get_by_role("button", name="Cancel campaign").click()
    expect(frame.get_by_text("Canceled", exact=True)).to_be_visible()
    work(runtime, maple.id)
    assert sink.mails == []
    demo_clock.advance(runtime.database, timedelta(minutes=1))  # what is told ends with now
    frame = look(open_page, f"/campaigns/{own}", "Canceled")
    out = frame.get_by_role("listitem").filter(has_text="The campaign was canceled before")
    expect(out).to_contain_text(re.compile(r"\d"))
    expect(frame.get_by_role("button", name="Go on sending")).to_have_count(0)
    expect(frame.get_by_text("as soon as the first messages are out")).to_have_count(0)
    check(frame)


def test_lists_that_fail_say_so_and_long_ones_have_pages(
    open_page: Open, maple: SmallStore, runtime: Runtime, admin: AdminFrame
) -> None:
    for number in range(26):
        made(runtime, maple.id, f"Sale {number}")
    frame = look(open_page, "/campaigns", "Sale 25")
    expect(frame.get_by_text("26 campaigns")).to_be_visible()
    frame.get_by_role("button", name="Next page").click()
    expect(frame.get_by_role("link", name="Sale 0", exact=True)).to_be_visible()
    admin.faults["/campaigns"] = 500
    look(open_page, "/campaigns", "This could not be loaded")
