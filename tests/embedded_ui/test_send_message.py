"""“Send message” on a customer's page: it leads to the box to write in, or says why it can't."""

import re

from playwright.sync_api import expect
from sqlalchemy import update

from jobs.runtime import Runtime
from marketing.team import Role
from sandbox.twilio import Twilio
from storage import schema
from storage.channel_accounts import ChannelAccount
from storage.database import Database
from tests.channels.test_twilio import api_url, twilio  # noqa: F401  fixtures
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    database_url,
    in_every_sight,
    maple,
    open_page,
)
from tests.embedded_ui.test_inbox_api import be
from tests.embedded_ui.test_inbox_page import ADA, SLOW, account, runtime, work, wrote  # noqa: F401
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER


def agreed(database: Database, store: SmallStore) -> None:
    c = schema.customers.c
    with database.writing() as connection:
        told = update(schema.customers).where(c.id == store.ada).values(sms_consent="subscribed")
        connection.execute(told)


def test_it_begins_a_conversation_by_text_with_whoever_agreed(
    open_page: Open,
    maple: SmallStore,
    runtime: Runtime,
    account: ChannelAccount,
    twilio: Twilio,
) -> None:
    agreed(runtime.database, maple)
    frame = open_page(f"/customers/{maple.ada}")
    expect(frame.get_by_role("link", name="Send message")).to_be_visible(timeout=SLOW)
    in_every_sight(frame)
    frame.get_by_role("link", name="Send message").click()
    box = frame.get_by_label("Reply by Text message")
    expect(box).to_be_focused(timeout=SLOW)
    expect(frame.get_by_text("Nobody has written here yet.")).to_be_visible()
    expect(frame.get_by_role("button", name="Close", exact=True)).to_have_count(0)
    in_every_sight(frame)
    box.fill("Your mug is back.")
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.get_by_text("With your team")).to_be_visible(timeout=SLOW)
    work(runtime, account)
    assert [text["body"] for text in twilio.texts(ADA)] == ["Your mug is back."]


def test_it_leads_into_the_conversation_there_is(
    open_page: Open,
    maple: SmallStore,
    runtime: Runtime,
    account: ChannelAccount,
) -> None:
    wrote(runtime, account, "Is it in stock?")
    frame = open_page(f"/customers/{maple.ada}")
    frame.get_by_role("link", name="Send message").click(timeout=SLOW)
    expect(frame.get_by_label("Reply by Text message")).to_be_focused(timeout=SLOW)
    expect(frame.get_by_role("log").or_(frame.get_by_text("Is it in stock?")).first).to_be_visible()


def test_it_says_why_nothing_can_be_sent(
    open_page: Open,
    maple: SmallStore,
    runtime: Runtime,
    account: ChannelAccount,
) -> None:
    frame = open_page(f"/customers/{maple.ada}")
    button = frame.get_by_role("button", name="Send message")
    expect(button).to_be_disabled(timeout=SLOW)
    expect(button).to_have_accessible_description(re.compile("did not agree to messages"))
    expect(frame.get_by_role("link", name="Write an email in your own")).to_be_visible()
    in_every_sight(frame)


def test_a_store_without_such_a_channel_is_led_to_the_channels(
    open_page: Open,
    maple: SmallStore,
) -> None:
    frame = open_page(f"/customers/{maple.ada}")
    expect(frame.get_by_role("button", name="Send message")).to_be_disabled(timeout=SLOW)
    expect(frame.get_by_role("link", name="Go to channels")).to_be_visible()


def test_a_viewer_has_no_such_button(
    open_page: Open,
    maple: SmallStore,
    runtime: Runtime,
    account: ChannelAccount,
) -> None:
    frame = open_page(f"/customers/{maple.ada}")
    expect(frame.get_by_role("button", name="Send message")).to_be_visible(timeout=SLOW)
    be(runtime.database, maple, Role.VIEWER)
    frame = open_page(f"/customers/{maple.ada}")
    expect(frame.get_by_role("heading", name="Timeline")).to_be_visible(timeout=SLOW)
    expect(frame.get_by_text("Send message")).to_have_count(0)
