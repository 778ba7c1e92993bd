"""Every page in WordPress' own frame, with its own accent: held to axe in each width and theme."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from jobs import outbox
from storage import stores
from tests.embedded_ui.framed import IN_A_BROWSER, WIDE
from tests.embedded_ui.test_every_page import looked_at
from tests.embedded_ui.test_woocommerce_doors import Town, database_url, town

__all__ = ["database_url", "town"]
pytestmark = IN_A_BROWSER
PAGES = ("Dashboard", "Flows", "Campaigns", "Segments", "Customers", "Settings")
PARTS = ("Sign-up form", "Channels", "Team and programs", "Data and privacy")
SLOW = 30_000  # ms


@pytest.fixture
def panel(browser: Browser, town: Town) -> Frame:
    """The panel in wp-admin, of a store that was connected this moment."""
    context = browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce"
    )
    told = {"log": "marlene", "pwd": "fern", "redirect_to": "/"}
    context.request.post(f"{town.shop.url}/wp-login.php", form=told)
    page: Page = context.new_page()
    page.goto(f"{town.url}/woocommerce/install?store_url={quote(town.shop.url, safe='')}")
    page.get_by_role("link", name="Approve").click()
    frame = page.locator("#app-frame").element_handle(timeout=SLOW).content_frame()
    assert frame
    return frame


def test_whoever_reloads_the_frame_is_led_to_the_plugins_page_and_opens_the_panel_there(
    panel: Frame,
) -> None:
    panel.get_by_role("link", name="Settings", exact=True).click(timeout=SLOW)
    expect(panel.get_by_role("heading", name="Settings")).to_be_visible(timeout=SLOW)
    panel.evaluate("location.reload()")
    again = panel.get_by_role("link", name="Open again")
    expect(again).to_be_visible(timeout=SLOW)
    looked_at(panel)
    again.click()
    page = panel.page
    page.wait_for_url(re.compile(r"/wp-admin/admin\.php\?page=reprise$"), timeout=SLOW)
    opened = page.frame_locator("#app-frame")
    expect(opened.get_by_role("link", name="Settings", exact=True)).to_be_visible(timeout=SLOW)
    expect(opened.get_by_role("link", name="Open again")).to_have_count(0)


def test_settings_say_what_of_guests_stays_here_and_that_they_were_saved(panel: Frame) -> None:
    panel.get_by_role("link", name="Settings", exact=True).click(timeout=SLOW)
    expect(panel.get_by_text("WooCommerce keeps no record of guests")).to_be_visible(timeout=SLOW)
    panel.get_by_label("Name", exact=True).first.fill("Fern & Fir", timeout=SLOW)
    panel.get_by_role("button", name="Save", exact=True).click(timeout=SLOW)
    said = panel.get_by_role("status").filter(has_text="Settings saved")
    expect(said).to_be_visible(timeout=SLOW)
    looked_at(panel)


def test_the_shop_shows_the_sign_up_form_once_it_is_switched_on(panel: Frame, town: Town) -> None:
    panel.get_by_role("link", name="Settings", exact=True).wait_for(timeout=SLOW)
    told = {"signup_form": {"is_on": True}}
    town.runtime.database.write(lambda c: stores.set_settings(c, town.store().id, told))
    panel.page.goto(town.shop.url)
    email = panel.page.locator("[data-reprise-form] input[type=email]")
    expect(email).to_be_visible(timeout=SLOW)


def test_the_shop_shows_the_chat_once_it_is_on_here_and_in_the_plugin(
    panel: Frame, town: Town
) -> None:
    panel.get_by_role("link", name="Settings", exact=True).click(timeout=SLOW)
    panel.get_by_role("link", name="Channels", exact=True).click(timeout=SLOW)
    card = panel.get_by_role("region", name="Website chat", exact=True)
    card.get_by_role("button", name="Set up").click(timeout=SLOW)
    card.get_by_role("button", name="Turn on").click(timeout=SLOW)
    with panel.page.context.expect_page(timeout=SLOW) as opened:
        card.get_by_role("link", name=re.compile("Open the plugin")).click(timeout=SLOW)
    looked_at(panel)
    settings = opened.value
    settings.get_by_label("Show it on every page").check(timeout=SLOW)
    settings.get_by_role("button", name="Save Changes").click(timeout=SLOW)
    expect(settings.get_by_label("Show it on every page")).to_be_checked(timeout=SLOW)
    settings.goto(f"{town.shop.url}/")
    settings.get_by_role("button", name="Open chat").click(timeout=SLOW)
    settings.get_by_label("Your message").fill("Do you ship ferns?")
    settings.keyboard.press("Enter")
    expect(settings.locator(".log > .line.visitor")).to_contain_text("ferns", timeout=SLOW)


def test_a_store_without_the_plugin_is_given_the_chats_code_and_no_way_to_the_plugin(
    panel: Frame, town: Town
) -> None:
    panel.get_by_role("link", name="Settings", exact=True).click(timeout=SLOW)
    town.shop.set_site("plugin", False)
    while outbox.drain(town.runtime, [town.store().id]):
        pass
    panel.get_by_role("link", name="Channels", exact=True).click(timeout=SLOW)
    card = panel.get_by_role("region", name="Website chat", exact=True)
    card.get_by_role("button", name="Set up").click(timeout=SLOW)
    card.get_by_role("button", name="Turn on").click(timeout=SLOW)
    expect(card.get_by_text("Paste it into your theme")).to_be_visible(timeout=SLOW)
    expect(card.get_by_text("data-reprise-chat")).to_be_visible()
    expect(card.get_by_role("link", name=re.compile("Open the plugin"))).to_have_count(0)
    looked_at(panel)


def test_every_page_is_sound_in_wordpress_own_frame(panel: Frame) -> None:
    for name in (*PAGES, *PARTS):
        panel.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        link = panel.get_by_role("navigation").get_by_role("link", name=name, exact=True)
        link.click(timeout=SLOW)
        expect(link).to_have_attribute("aria-current", "page")
        looked_at(panel)
        expect(link).to_be_in_viewport(ratio=0.9)
    assert panel.locator("html").get_attribute("data-platform") == "woocommerce"


def test_the_setup_page_and_a_flow_are_sound_in_wordpress_own_frame(panel: Frame) -> None:
    panel.get_by_role("link", name=re.compile(r"of \d+ done")).click(timeout=SLOW)
    expect(panel.get_by_text("is connected.")).to_be_visible(timeout=SLOW)
    looked_at(panel)
    panel.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    panel.get_by_role("navigation").get_by_role("link", name="Flows", exact=True).click()
    panel.get_by_role("link", name="Create flow").first.click(timeout=SLOW)
    panel.get_by_role("button", name="A cart is left behind").click(timeout=SLOW)
    expect(panel.get_by_text("Your platform has no store credit")).to_be_visible(timeout=SLOW)
    looked_at(panel)
