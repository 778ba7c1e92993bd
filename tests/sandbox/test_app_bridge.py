"""The stand-in for App Bridge, in a real browser."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from sandbox.serve import Sandbox
from sandbox.world import SAMPLE_SHOP
from tests.sandbox.fake_app import CLIENT_ID, FakeApp

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    yield opened
    context.close()


def open_app(page: Page, sandbox: Sandbox) -> FrameLocator:
    page.goto(f"{sandbox.world.admin_url}/shops/{SAMPLE_SHOP}/apps/{CLIENT_ID}")
    return page.frame_locator("#app-frame")


def test_the_merchant_installs_on_the_consent_screen_and_sees_the_app(
    page: Page, sandbox: Sandbox
) -> None:
    page.goto(f"{sandbox.world.admin_url}/")
    page.get_by_role("button", name="Install").click()
    expect(page.frame_locator("#app-frame").locator("#who")).to_have_text(SAMPLE_SHOP)


def test_the_apps_own_fetches_carry_a_session_token_and_no_cookie(
    page: Page, installed: Sandbox, fake_app: FakeApp
) -> None:
    expect(open_app(page, installed).locator("#who")).to_have_text(SAMPLE_SHOP)
    assert fake_app.asked[-1].startswith("Bearer ey")
    assert page.context.cookies() == []


def test_a_refused_token_is_renewed_once(page: Page, installed: Sandbox, fake_app: FakeApp) -> None:
    fake_app.stale = 1
    expect(open_app(page, installed).locator("#who")).to_have_text(SAMPLE_SHOP)
    assert len(set(fake_app.asked)) == 2


def test_a_token_refused_twice_is_left_alone(
    page: Page, installed: Sandbox, fake_app: FakeApp
) -> None:
    fake_app.stale = 9
    expect(open_app(page, installed).locator("#who")).to_have_text("stale")
    assert len(fake_app.asked) == 2


def test_the_admin_draws_the_apps_links_and_toasts(page: Page, installed: Sandbox) -> None:
    open_app(page, installed)
    link = page.locator("#app-links a")
    expect(link).to_have_text("Flows")
    expect(page.locator("#toast")).to_have_text("Hello")
    link.click()
    page.wait_for_function("document.getElementById('app-frame').contentWindow.length === 0")
    frame = page.frame("app-iframe")
    assert frame
    frame.wait_for_url("**#flows")


def test_a_bounce_page_comes_back_with_a_fresh_token(
    page: Page, installed: Sandbox, fake_app: FakeApp
) -> None:
    open_app(page, installed)
    frame = page.frame("app-iframe")
    assert frame
    reload = f"{fake_app.url}/shopify?shop={SAMPLE_SHOP}&deep=link"
    with frame.expect_navigation(url="**deep=link&id_token=ey*"):
        frame.goto(f"{fake_app.url}/shopify?shopify-reload={quote(reload)}", wait_until="commit")


def test_a_bounce_page_leads_nowhere_else(
    page: Page, installed: Sandbox, fake_app: FakeApp
) -> None:
    open_app(page, installed)
    frame = page.frame("app-iframe")
    assert frame
    frame.goto(f"{fake_app.url}/shopify?shopify-reload=https%3A%2F%2Fevil.example%2F")
    expect(page.frame_locator("#app-frame").locator("#who")).to_have_text(SAMPLE_SHOP)
    assert frame.url.startswith(fake_app.url)


def test_the_clock_in_the_bar_moves_time_on(
    page: Page, installed: Sandbox, fake_app: FakeApp
) -> None:
    page.goto(f"{installed.world.admin_url}/shops/{SAMPLE_SHOP}/webhooks")
    page.get_by_role("button", name="+1h", exact=True).click()
    expect(page.locator("#clock")).not_to_have_attribute("aria-busy", "true")
    page.wait_for_function("!document.getElementById('clock-note').textContent")
    assert sum(fake_app.steps) == 3600
