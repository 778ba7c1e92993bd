"""Segments by WhatsApp's consent and by chats, in the panel: written, counted, told honestly."""

from playwright.sync_api import expect

from marketing.model import ChannelName
from storage.database import Database
from storage.schema import channel_accounts, customers
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    SIGHTS,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.embedded_ui.test_segments_page import choose
from tests.seeding import SmallStore, at

pytestmark = IN_A_BROWSER
SLOW = 30_000


def connect(database: Database, store_id: str) -> None:
    made = {"provider": "meta", "public": {}, "revision": 1, "secret": "sealed"}
    with database.writing() as connection:
        for channel in (ChannelName.WHATSAPP, ChannelName.MESSENGER):
            own = {"store_id": store_id, "channel": channel.value, "callback_key": f"key-{channel}"}
            row = {**made, **own, "connected_at": at("2026-11-20 12:00")}
            connection.execute(channel_accounts.insert().values(**row))


def test_a_segment_asks_for_whatsapp_and_chats_and_says_whom_they_reach(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    connect(database, maple.id)
    with database.writing() as connection:
        agreed = {"phone": "+4790000000", "whatsapp_consent": "subscribed"}
        mine = customers.c.id == maple.ada
        connection.execute(customers.update().where(mine).values(**agreed))
    frame = open_page("/segments/new")
    frame.get_by_role("button", name="Add condition").click(timeout=SLOW)
    choose(frame, 0, "What the condition is about", "field:customer.whatsapp_consent")
    summary = frame.get_by_test_id("summary")
    expect(summary).to_contain_text("WhatsApp consent is “Agreed”")
    expect(frame.get_by_role("link", name="Ada Reyes")).to_be_visible(timeout=SLOW)
    bars = frame.locator(".bars")
    expect(bars.get_by_role("listitem").filter(has_text="WhatsApp")).to_contain_text("1 (100")
    expect(bars.get_by_role("listitem").filter(has_text="Messenger")).to_contain_text("0 (0")
    expect(frame.get_by_text("whoever wrote within the last 24 hours")).to_be_visible()
    frame.get_by_role("button", name="Add condition").click()
    choose(frame, 1, "What the condition is about", "field:customer.messenger_consent")
    expect(summary).to_contain_text("chat on Messenger is “Open to messages”")
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(frame)
