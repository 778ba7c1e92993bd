"""The message editor in a real browser: what a merchant writes, sees, is warned of and sends.

Each state is also held to axe: nothing serious, light and dark, wide and narrow.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Locator, expect
from sqlalchemy import select, update

from channels.email.smtp import SmtpChannel
from jobs import outbox
from marketing.model import ChannelName
from storage import schema, stores
from storage.database import Database
from tests.channels.scripted_smtp import ScriptedServer, serving
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import Ask, runtime_of, settings_of
from tests.embedded_ui.editing import (  # noqa: F401  fixtures
    Kept,
    begins,
    kept,
    names,
    preview,
    row,
    saved,
    seen,
    write,
)
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    SIGHTS,
    WIDE,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.seeding import Rows, SmallStore
from tests.storage.test_reports_flows import forked

pytestmark = IN_A_BROWSER


@pytest.fixture
def mail_server() -> Iterator[ScriptedServer]:
    with serving() as running:
        yield running


def test_the_reminder_is_edited_seen_at_once_and_kept(
    write: Callable[..., Frame], kept: Kept
) -> None:
    frame = write()
    row(frame, "Heading").click()
    frame.get_by_label("Text", exact=True).fill("Your blanket waits")
    expect(preview(frame).get_by_text("Your blanket waits")).to_be_visible()
    saved(frame)
    assert kept("reminder")["blocks"][1]["text"] == "Your blanket waits"
    frame.get_by_role("link", name="Back to the flow").click()
    expect(frame.get_by_role("button", name="Done")).to_have_count(0)


def test_a_subject_that_is_too_long_to_keep_is_counted_and_said_in_plain_words(
    write: Callable[..., Frame], kept: Kept
) -> None:
    frame = write()
    before = kept("reminder")["subject"]
    frame.get_by_label("Subject", exact=True).fill("too long " * 199 + "too long!")
    said = frame.get_by_text("Not saved: The subject is too long. Keep it to")
    expect(said).to_be_visible(timeout=30_000)
    expect(frame.get_by_text("1,800 of 60")).to_be_visible(timeout=30_000)
    assert kept("reminder")["subject"] == before


def test_who_may_only_look_sees_the_message_and_nothing_to_change_it_by(
    write: Callable[..., Frame], kept: Kept, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        stores.set_settings(connection, maple.id, {"new_people_role": "viewer"})
    before = kept("reminder")
    frame = write()
    expect(preview(frame).get_by_role("link").first).to_be_visible()
    expect(frame.get_by_role("textbox")).to_have_count(0)
    expect(row(frame, "Heading")).to_have_count(0)
    for name in ("Send test", "Undo", "Start over from"):
        expect(frame.get_by_role("button", name=name)).to_have_count(0)
    seen(frame)
    assert kept("reminder") == before


def test_a_merge_tag_is_picked_with_its_fallback(write: Callable[..., Frame], kept: Kept) -> None:
    frame = write()
    subject = frame.get_by_label("Subject", exact=True)
    subject.fill("Hello !")
    subject.press("ArrowLeft")
    frame.get_by_role("button", name="Insert a detail into Subject").click()
    frame.get_by_role("combobox", name="Search details").fill("first name")
    check(frame)
    frame.page.keyboard.press("Enter")
    frame.get_by_label("If “First name” is not known, say").fill("dear friend")
    check(frame)
    frame.page.keyboard.press("Enter")
    said = 'Hello {{ customer.first_name | default: "dear friend" }}!'
    expect(subject).to_have_value(said)
    expect(subject).to_be_focused()
    saved(frame)
    assert kept("reminder")["subject"] == said


def test_an_empty_link_is_named_and_leads_to_its_field(write: Callable[..., Frame]) -> None:
    frame = write()
    row(frame, "Button").click()
    leads = frame.get_by_label("Leads to")
    leads.fill("")
    expect(frame.get_by_role("button", name="1 problem")).to_be_visible()
    row(frame, "Heading").click()
    frame.get_by_role("button", name="1 problem").click()
    frame.locator(".issue", has_text="Button").click()
    expect(leads).to_be_focused()
    expect(leads).to_have_attribute("aria-invalid", "true")
    seen(frame)
    frame.get_by_role("group", name="Places").get_by_role("button", name="cart").click()
    expect(frame.get_by_role("button", name="1 problem")).to_have_count(0)


def test_the_preview_is_of_a_real_customer(
    write: Callable[..., Frame], maple: SmallStore, database: Database
) -> None:
    frame = write()
    frame.get_by_role("button", name="As Sample customer").click()
    frame.get_by_role("combobox", name="Search customers").fill("ada")
    option = frame.get_by_role("option", name="Ada Reyes")
    expect(option).to_be_visible()
    check(frame)
    option.click()
    expect(frame.get_by_role("button", name="As Ada Reyes")).to_be_visible()
    expect(preview(frame).get_by_text("Still thinking it over, Ada?")).to_be_visible()
    frame.get_by_role("button", name="Phone").click()
    expect(frame.locator("iframe[data-front]")).to_have_css("width", "360px")
    card = preview(frame).locator(".card > table").first
    expect(card).to_have_css("background-color", "rgb(255, 255, 255)")
    frame.get_by_role("button", name="Light").click()
    expect(card).to_have_css("background-color", "rgb(32, 31, 29)")
    frame.get_by_role("button", name="Plain text").click()
    expect(frame.locator(".textpart")).to_contain_text("Still thinking it over, Ada?")
    check(frame)


def test_a_click_in_the_preview_chooses_the_block(write: Callable[..., Frame]) -> None:
    frame = write()
    preview(frame).get_by_text("Return to my cart").click()
    expect(frame.get_by_label("Label", exact=True)).to_have_value("Return to my cart")
    expect(row(frame, "Button")).to_have_attribute("aria-pressed", "true")
    expect(preview(frame).locator("[data-chosen]")).to_have_count(1)
    assert frame.evaluate("document.querySelector('iframe').getAttribute('sandbox')") == (
        "allow-same-origin"
    )


@pytest.fixture
def post(
    maple: SmallStore,
    database: Database,
    database_url: str,
    valkey_url: str,
    tmp_path: Path,
    mail_server: ScriptedServer,
) -> Iterator[Callable[[], object]]:
    """Hand over what waits to be sent, as a worker would, to a mail server of the test's own."""
    runtime = runtime_of(settings_of(database_url, tmp_path), database, valkey_url)
    channel = SmtpChannel.from_url(f"smtp://127.0.0.1:{mail_server.port}", demo=True)
    sending = replace(runtime, channels={ChannelName.EMAIL: channel})
    yield lambda: outbox.drain(sending, [maple.id])
    channel.close()


def test_a_test_mail_arrives_or_the_providers_words_are_told(
    write: Callable[..., Frame], post: Callable[[], object], mail_server: ScriptedServer
) -> None:
    frame = write()
    frame.get_by_role("button", name="Send test").click()
    dialog = frame.get_by_role("dialog", name="Send yourself a test")
    dialog.get_by_label("Your address").fill("nobody")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("This is no email address.")).to_be_visible()
    check(frame)
    dialog.get_by_label("Your address").fill("grace@maple.example")
    sent(dialog, "Send")
    post()
    expect(dialog.get_by_text(re.compile(r"Sent to grace@maple\.example at "))).to_be_visible()
    check(frame)
    [taken] = mail_server.taken
    assert "<grace@maple.example>" in taken.recipient
    assert b"[Test] " in taken.body
    mail_server.script.answers["RCPT"] = "550 5.1.1 No such mailbox here"
    sent(dialog, "Send again")
    post()
    expect(dialog.get_by_text("It could not be sent")).to_be_visible()
    expect(dialog.get_by_text("No such mailbox here")).to_be_visible()
    check(frame)


def sent(dialog: Locator, button: str) -> None:
    with dialog.page.expect_response("**/templates/test"):
        dialog.get_by_role("button", name=button).click()
    expect(dialog.get_by_text("Sending…")).to_be_visible()


def test_on_a_phone_one_part_is_seen_at_a_time(write: Callable[..., Frame]) -> None:
    frame = write()
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    parts = frame.get_by_role("group", name="Parts of the page")
    row(frame, "Heading").click()
    frame.get_by_label("Text", exact=True).fill("On the phone")
    frame.get_by_role("button", name="All blocks").click()
    expect(row(frame, "Heading")).to_be_visible()
    parts.get_by_role("button", name="Preview").click()
    expect(preview(frame).get_by_text("On the phone")).to_be_visible()
    parts.get_by_role("button", name="Checks").click()
    expect(frame.get_by_role("button", name="Check links and pictures")).to_be_visible()
    parts.get_by_role("button", name="Edit").click()
    seen(frame)


def test_what_cannot_be_kept_now_is_kept_later(
    write: Callable[..., Frame], kept: Kept, admin: AdminFrame
) -> None:
    frame = write()
    admin.faults["draft"] = 503
    frame.get_by_label("Preview text", exact=True).fill("Back soon")
    expect(frame.get_by_text(re.compile("^Saving when you"))).to_be_visible()
    check(frame)
    admin.faults.clear()
    saved(frame)
    assert kept("reminder")["preview"] == "Back soon"


def test_of_two_who_write_at_once_none_loses_anything(
    write: Callable[..., Frame], kept: Kept, ask: Ask, maple: SmallStore
) -> None:
    frame = write()
    frame.get_by_label("Preview text", exact=True).fill("Back soon")
    saved(frame)
    told_by_another(ask, maple.flow[0], "objection", "Theirs")
    frame.get_by_label("Subject", exact=True).fill("Mine")
    saved(frame)
    assert (kept("reminder")["subject"], kept("objection")["subject"]) == ("Mine", "Theirs")
    told_by_another(ask, maple.flow[0], "reminder", "Theirs as well")
    frame.get_by_label("Subject", exact=True).fill("Mine again")
    expect(frame.get_by_role("alert")).to_contain_text("changed this message in another window")
    seen(frame)
    frame.get_by_role("button", name="Keep mine").click()
    saved(frame)
    assert kept("reminder")["subject"] == "Mine again"
    assert kept("objection")["subject"] == "Theirs"


def told_by_another(ask: Ask, flow_id: str, step: str, subject: str) -> None:
    """Keep another subject of a step, as another window of the panel would."""
    draft = ask(f"/flows/{flow_id}/draft").json["draft"]
    for one in draft["steps"]:
        if one["id"] == step:
            one["template"]["subject"] = subject
    assert ask(f"/flows/{flow_id}/draft", "PUT", json=draft).status_code == 200


def test_a_message_without_words_asks_what_to_start_from(
    open_page: Open, maple: SmallStore, database: Database, kept: Kept
) -> None:
    empty_out(database, maple.flow[0], "objection")
    with database.writing() as connection:
        Rows(connection, maple.id).abandoned_cart_flow(recipe=None)
    frame = open_page(f"/flows/{maple.flow[0]}/messages/objection")
    expect(frame.get_by_role("heading", name="What do you want to start from?")).to_be_visible()
    expect(frame.locator(".counted")).to_have_count(0)
    seen(frame)
    frame.get_by_role("button", name="A copy of another message").click()
    frame.get_by_role("combobox", name="Search messages").fill("saved")
    check(frame)
    frame.get_by_role("option", name="Your items are saved").first.click()
    expect(preview(frame).get_by_text("Return to my cart")).to_be_visible()
    expect(frame.locator(".counted")).to_be_visible()
    frame.get_by_role("button", name="Undo").click()
    frame.get_by_role("button", name="A template in your look").click()
    expect(row(frame, "Footer")).to_be_visible()
    saved(frame)
    assert kept("objection")["blocks"][-1]["kind"] == "footer"


def empty_out(database: Database, flow_id: str, step: str) -> None:
    with database.writing() as connection:
        where = schema.flows.c.id == flow_id
        draft = connection.execute(select(schema.flows.c.draft).where(where)).scalar_one()
        blank = {"subject": "", "preview": "", "blocks": []}
        steps = [{**one, "template": blank} if one["id"] == step else one for one in draft["steps"]]
        connection.execute(
            update(schema.flows).where(where).values(draft={**draft, "steps": steps})
        )


def test_a_message_that_is_no_longer_there_says_so(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}/messages/never")
    expect(frame.get_by_text("This message is no longer there")).to_be_visible()
    seen(frame)


def test_the_arms_of_a_split_are_one_click_apart(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        flow = Rows(connection, maple.id).flow(forked())
    frame = open_page(f"/flows/{flow[0]}/messages/first")
    arms = frame.get_by_role("navigation", name="Versions of this message")
    expect(arms.get_by_role("link", name="A · 25%")).to_have_attribute("aria-current", "page")
    expect(frame.get_by_text("Written in MJML")).to_be_visible()
    undrawn = frame.get_by_role("alert").filter(has_text="be drawn")
    expect(undrawn).to_contain_text("The store's address or the unsubscribe link would not show.")
    expect(undrawn).not_to_contain_text("mjml:")
    check(frame)
    arms.get_by_role("link", name="B · 75%").click()
    expect(arms.get_by_role("link", name="B · 75%")).to_have_attribute("aria-current", "page")


def test_a_campaigns_message_is_written_in_the_same_editor(
    open_page: Open, maple: SmallStore, kept: Kept, ask: Ask
) -> None:
    message = {"kind": "message", "id": "mail", "channel": "email", "template": kept("reminder")}
    document = {"name": "Sale", "source": {"everyone": True}, "steps": [message]}
    campaign = ask("/campaigns", "POST", json=document).json["id"]
    frame = open_page(f"/campaigns/{campaign}/message")
    frame.get_by_label("Subject", exact=True).fill("Autumn has come")
    saved(frame)
    steps = ask(f"/campaigns/{campaign}").json["document"]["steps"]
    assert steps[0]["template"]["subject"] == "Autumn has come"
