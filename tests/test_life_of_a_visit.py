"""Browsing, end to end: a real browser runs the web pixel at the shop front of the demo.

A visitor looks around, becomes known by buying, comes back and leaves a cart without a checkout:
the cart is theirs by the pixel's word and Shopify's, and the reminder leads back to it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo import Demo
from tests.test_life_of_a_cart import STARTS_WITHIN, Town, leave_a_cart

ADA = "ada@example.com"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    demo = Demo(folder, {"DATABASE_URL": f"sqlite:///{folder}/reprise.db"})
    try:
        yield Town(demo.start(STARTS_WITHIN))
    finally:
        code = demo.end()
    assert code == 0


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_a_visitor_becomes_known_and_is_reminded_of_a_cart_without_a_checkout(
    town: Town, page: Page
) -> None:
    the_pixel_is_on(town, page)
    with page.expect_response(re.compile(f"^{town.app}/pixel/")) as told:
        page.goto(f"{town.front}/products/moss-terrarium")
    assert told.value.status == 204
    assert told.value.headers["access-control-allow-origin"] == "*"
    leave_a_cart(town, page, ADA, first_name="Ada", wants_news=True)
    page.goto(f"{town.front}/checkout")
    page.get_by_role("button", name="Pay now").click()
    page.wait_for_url(re.compile("/orders/"))
    town.later("2d")
    assert town.mails(ADA) == []
    page.goto(f"{town.front}/products/cedar-soap")
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url(re.compile("/cart$"))
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")
    town.later("1h 5m")
    (reminder,) = town.mails(ADA)
    assert "Cedar Soap" in reminder["html"]
    the_link_fills_the_cart_anew(town, page)


def the_pixel_is_on(town: Town, page: Page) -> None:
    """The app switches it on soon after the install, through the Admin API."""
    script = page.locator('script[src="/pixel/index.js"]')
    for _ in range(50):
        page.goto(town.front)
        if script.count():
            break
        page.wait_for_timeout(200)
    expect(script).to_have_count(1)


def the_link_fills_the_cart_anew(town: Town, page: Page) -> None:
    """On another device: nothing is left of the cart there but what the link says."""
    page.context.clear_cookies()
    html = town.mails(ADA)[0]["html"]
    (link, *_) = re.findall(r'href="(http[^"]+/cart/[^"]+)"', html)
    page.goto(link)
    expect(page).to_have_url(re.compile("/checkout"))
    expect(page.get_by_text("Cedar Soap")).to_be_visible()
