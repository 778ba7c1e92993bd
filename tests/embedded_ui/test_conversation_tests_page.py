"""A test conversation as a member has it: both sides of it, on a screen and on a phone."""

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import update

from jobs import reply
from jobs.runtime import Runtime
from storage import schema
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    Open,
    admin,
    check,
    database_url,
    in_every_sight,
    maple,
    open_page,
    wide_again,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000


@pytest.fixture
def runtime(admin: AdminFrame) -> Runtime:
    own: Runtime = admin.app.extensions["reprise"]
    return own


def work(runtime: Runtime, store: SmallStore) -> None:
    while reply.drain(runtime, [store.id]):
        pass


def test_a_member_writes_as_a_visitor_answers_and_deletes_it(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    frame = open_page("/inbox")
    frame.get_by_role("button", name="Start a test conversation").click()
    visitor = frame.get_by_role("complementary")
    expect(visitor.get_by_text("Nothing said yet.")).to_be_visible(timeout=SLOW)
    visitor.get_by_label("Write as the visitor").fill("Is the mug in stock?")
    visitor.get_by_label("Write as the visitor").press("Enter")
    listed = frame.get_by_role("region", name="Conversations", exact=True)
    expect(listed.get_by_role("link", name="Is the mug in stock?")).to_contain_text("Test")
    expect(visitor.get_by_role("log").get_by_text("Is the mug in stock?")).to_be_visible()
    expect(visitor.get_by_label("Write as the visitor")).to_have_value("")
    frame.get_by_label("Reply by Website chat").fill("Three of them.")
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.get_by_text("Waiting to go out")).to_be_visible(timeout=SLOW)
    work(runtime, maple)
    expect(visitor.get_by_role("log").get_by_text("Three of them.")).to_be_visible(timeout=SLOW)
    expect(frame.get_by_text("Read", exact=True)).to_be_visible(timeout=SLOW)
    in_every_sight(frame)
    wide_again(frame)
    delete(frame)


def delete(frame: Frame) -> None:
    frame.get_by_role("button", name="Delete this test").click()
    question = frame.get_by_role("alertdialog")
    expect(question.get_by_text("You can start a new one at any time.")).to_be_visible()
    check(frame)
    question.get_by_role("button", name="Delete this test").click()
    expect(frame.get_by_text("When someone answers a message, it lands here.")).to_be_visible(
        timeout=SLOW
    )


def test_on_a_phone_the_visitors_side_stands_in_the_place_of_the_thread(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    frame = open_page("/inbox")
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    check(frame)
    frame.get_by_role("button", name="Start a test conversation").click()
    visitor = frame.get_by_role("complementary")
    expect(visitor.get_by_text("Nothing said yet.")).to_be_visible(timeout=SLOW)
    check(frame)
    visitor.get_by_role("button", name="Talk to an agent").click()
    expect(visitor.get_by_role("log").get_by_text("Talk to an agent")).to_be_visible(timeout=SLOW)
    work(runtime, maple)
    expect(visitor.get_by_role("log").get_by_text("Automation")).to_be_visible(timeout=SLOW)
    in_every_sight(frame)
    expect(frame.get_by_text("Handed to your team")).to_have_count(1)
    expect(frame.get_by_text("They tapped the button for a person.")).to_have_count(1)
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    visitor.get_by_role("button", name="Back to your side").click()
    expect(visitor).not_to_be_visible()
    thread = frame.get_by_role("region", name="Conversation with")
    expect(thread.get_by_text("With your team")).to_be_visible()
    check(frame)
    thread.get_by_role("button", name="Visitor").click()
    expect(visitor.get_by_label("Write as the visitor")).to_be_visible()


def test_who_only_looks_is_offered_no_test(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page("/inbox")
    expect(frame.get_by_role("button", name="Start a test conversation")).to_be_visible()
    with database.writing() as connection:
        theirs = schema.team.c.store_id == maple.id
        connection.execute(update(schema.team).where(theirs).values(role="viewer"))
    frame = open_page("/inbox")
    expect(frame.get_by_text("When someone answers a message, it lands here.")).to_be_visible()
    expect(frame.get_by_role("button", name="Start a test conversation")).to_have_count(0)
