"""WhatsApp as a merchant sets it up: connected, checked, its templates listed and synced."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from channels import Providers
from sandbox.whatsapp import ACCOUNT_ID, PHONE_NUMBER_ID, WhatsApp
from tests.channels.test_whatsapp import graph_url, whatsapp  # noqa: F401  fixtures
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    look,
    maple,
    open_page,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000


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
    expect(templates.get_by_text("Meta has paused it", exact=False)).to_be_visible()
    templates.get_by_label("To which number").fill("+4790000000")
    templates.get_by_role("button", name="Send a test").click()
    expect(templates.get_by_text("Meta has taken the template")).to_be_visible(timeout=SLOW)
    check(frame)
    look(open_page, "/settings/channels", "WhatsApp templates")
