"""WhatsApp as a merchant has it: connected, its templates synced, and one sent past the window."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Frame, expect

from channels import Providers
from jobs import channel_accounts, reply, whatsapp_templates
from jobs.runtime import Runtime
from marketing.model import ChannelName
from sandbox.whatsapp import ACCOUNT_ID, PHONE_NUMBER_ID, WhatsApp
from storage import demo_clock, inbound, schema, stores
from storage.inbound import Inbound
from tests.channels.test_whatsapp import graph_url, whatsapp  # noqa: F401  fixtures
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    SIGHTS,
    Open,
    admin,
    check,
    database_url,
    look,
    maple,
    open_page,
)
from tests.embedded_ui.test_inspector import TEMPLATE, choose, fill, keep
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000
BLANKS = ["[Ada]", "[Juniper candle]"]
ADA = "+4790000000"


@pytest.fixture
def connected(admin: AdminFrame, whatsapp: WhatsApp, graph_url: str) -> WhatsApp:
    """Meta as this app finds it; nothing that it tells arrives."""
    runtime = admin.app.extensions["reprise"]
    providers = Providers(use_proxies=False, meta_graph_url=graph_url)
    admin.app.extensions["reprise"] = replace(runtime, providers=providers)
    return whatsapp


def test_whatsapp_is_connected_and_its_templates_are_listed(
    open_page: Open, maple: SmallStore, connected: WhatsApp
) -> None:
    frame = open_page("/settings/channels")
    card = frame.get_by_role("region", name="WhatsApp", exact=True)
    card.get_by_role("button", name="Set up").click(timeout=SLOW)
    card.get_by_label("Phone number ID", exact=True).fill(PHONE_NUMBER_ID)
    card.get_by_label("WhatsApp Business account ID").fill(ACCOUNT_ID)
    card.get_by_label("App secret").fill(connected.app_secret)
    card.get_by_label("Access token").fill(connected.access_token)
    card.get_by_role("button", name="Connect").click()
    expect(card.get_by_text("/callbacks/whatsapp/")).to_be_visible(timeout=SLOW)
    card.get_by_role("button", name="Check the connection").click()
    expect(card.get_by_text("Meta knows this number as Maple & Moss")).to_be_visible(timeout=SLOW)
    templates = frame.get_by_role("region", name="WhatsApp templates").first
    templates.get_by_role("button", name="Sync now").click()
    expect(templates.get_by_text("spring_sale")).to_be_visible(timeout=SLOW)
    expect(templates.get_by_role("row", name="new_arrivals")).to_contain_text("Its form is wrong.")
    expect(templates.get_by_text("Meta has paused it", exact=False)).to_be_visible()
    templates.get_by_label("To which number").fill("+4790000000")
    templates.get_by_role("button", name="Send a test").click()
    expect(templates.get_by_text("Meta has taken the template")).to_be_visible(timeout=SLOW)
    check(frame)
    look(open_page, "/settings/channels", "WhatsApp templates")


@pytest.fixture
def runtime(admin: AdminFrame, connected: WhatsApp, maple: SmallStore) -> Runtime:
    """The app's own: its account has its templates, and Ada wrote two days ago."""
    own: Runtime = admin.app.extensions["reprise"]
    public = {
        "phone_number_id": PHONE_NUMBER_ID, "account_id": ACCOUNT_ID, "verify_token": "our word",
    }  # fmt: skip
    secret = {"app_secret": connected.app_secret, "access_token": connected.access_token}
    with own.database.reading() as connection:
        store = stores.by_id(connection, maple.id)
    assert store
    told = ("meta", public, secret)
    channel_accounts.connect(own, store, ChannelName.WHATSAPP, told)
    whatsapp_templates.sync_now(own, maple.id)
    with own.database.writing() as connection:
        mine = schema.customers.c.id == maple.ada
        agreed = {"phone": ADA, "whatsapp_consent": "subscribed"}
        connection.execute(schema.customers.update().where(mine).values(**agreed))
        wrote = Inbound("wamid.in", maple.ada, ADA, "Is it in stock?", own.database.now(connection))
        inbound.keep(connection, maple.id, "whatsapp", [wrote])
    demo_clock.advance(own.database, timedelta(days=2))
    return own


def test_a_template_is_picked_filled_previewed_and_sent_past_the_window(
    open_page: Open, maple: SmallStore, runtime: Runtime, connected: WhatsApp
) -> None:
    frame = open_page(f"/inbox/{maple.ada}")
    picker = frame.get_by_label("Template", exact=True)
    picker.select_option("cart_reminder, American English", timeout=SLOW)
    preview = frame.get_by_role("group", name="Preview")
    blanks = preview.locator("mark")
    expect(blanks).to_have_text(BLANKS)
    seen_everywhere(frame)
    frame.get_by_label("Blank 1").fill("Ada")
    expect(blanks).to_have_text(BLANKS[1:])
    frame.get_by_label("Blank 2").fill("mug")
    expect(blanks).to_have_count(0)
    frame.get_by_label("Where “Back to the cart” leads").fill("https://elsewhere.example/")
    expect(preview.get_by_text("Hi Ada, your mug is still in your cart.")).to_be_visible()
    frame.get_by_role("button", name="Send template").click()
    expect(frame.get_by_text("It leads elsewhere than the template")).to_be_visible(timeout=SLOW)
    seen_everywhere(frame)
    frame.get_by_label("Where “Back to the cart” leads").fill("abc")
    frame.get_by_role("button", name="Send template").click()
    thread = frame.get_by_role("region", name="Conversation with")
    expect(thread.get_by_text("Template cart_reminder")).to_be_visible(timeout=SLOW)
    while reply.drain(runtime, [maple.id]):
        pass
    expect(thread.get_by_text("Sent", exact=True)).to_be_visible(timeout=SLOW)
    [sent] = connected.messages(ADA)
    assert sent["text"].startswith("Hi Ada, your mug is still in your cart.")
    seen_everywhere(frame)


def test_a_template_is_picked_and_filled_in_a_flow(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    step = {"kind": "message", "id": "wa", "channel": "whatsapp", "template": TEMPLATE}
    flow_id = keep(runtime.database, maple.id, step)
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "wa")
    picker = inside.get_by_label("WhatsApp template", exact=True)
    picker.select_option("cart_reminder, American English", timeout=SLOW)
    fill(inside, "Blank 1", "{{ customer.first_name }}")
    fill(inside, "Blank 2", "mug")
    preview = inside.get_by_role("group", name="Preview")
    expect(preview.get_by_text("your mug is still in your cart.")).to_be_visible()
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        preview.scroll_into_view_if_needed()
        check(frame, ".insp" if width == NARROW[0] else None)


def seen_everywhere(frame: Frame) -> None:
    """Look at it wide and narrow, light and dark."""
    before = frame.page.viewport_size
    check(frame)
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    frame.evaluate("document.documentElement.dataset.theme = 'dark'")
    check(frame)
    frame.evaluate("delete document.documentElement.dataset.theme")
    if before is not None:
        frame.page.set_viewport_size(before)
