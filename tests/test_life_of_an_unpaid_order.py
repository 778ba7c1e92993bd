"""A WooCommerce store by its keys alone: no plugin tells of carts, but unpaid orders are seen."""

import re
from html import unescape
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.test_life_of_a_woocommerce_cart import WooTown, page, session_in, town

__all__ = ["page", "town"]
GRACE = "grace@example.com"


def test_by_keys_alone_an_unpaid_order_is_recovered(town: WooTown, page: Page) -> None:
    page.goto(f"{town.store}/wp-admin/")
    page.get_by_role("button", name="Log In").click()
    page.get_by_role("link", name="Plugins").click()
    page.get_by_role("button", name="Deactivate").click()
    page.goto(f"{town.app}/woocommerce/install?{urlencode({'store_url': town.store})}")
    page.get_by_role("link", name="Approve").click()
    end = the_key_ends(town, page)
    page.get_by_label(re.compile("Last 7 characters")).fill(end)
    with page.expect_response(re.compile("/woocommerce/open")) as opened:
        page.get_by_role("button", name="Open Reprise").click()
    town.session = session_in(opened.value.text())
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    page.wait_for_url(re.compile(re.escape(f"{town.app}/panel") + r"(\?|$)"))
    town.later("1m")
    form = town.panel("settings")
    town.panel("settings", method="PUT", **form | {"audience": "everyone"})
    town.make_live()
    an_order_is_left_unpaid(town, page)
    town.later("1h 10m")
    (reminder,) = town.mails(GRACE)
    (link,) = set(re.findall(r'href="(http[^"]+/cart/[^"]+)"', reminder["html"]))
    page.goto(unescape(link))
    expect(page).to_have_url(re.compile(re.escape(town.store) + "/checkout/"))
    page.get_by_label("Email address").fill(GRACE)  # by keys alone a link brings goods, no person
    page.get_by_role("button", name="Place Order").click()
    expect(page.get_by_role("heading", name="Order received")).to_be_visible()


def the_key_ends(town: WooTown, page: Page) -> str:
    """As the merchant reads it in the store's own settings, in another tab."""
    expect(page.get_by_role("heading", name=re.compile("Show that you run"))).to_be_visible()
    settings = page.context.new_page()
    settings.goto(f"{town.store}/wp-admin/admin.php?page=wc-settings&tab=advanced&section=keys")
    end = settings.locator("code", has_text="…").first.inner_text().lstrip("…")
    settings.close()
    return end


def an_order_is_left_unpaid(town: WooTown, page: Page) -> None:
    page.goto(town.store)
    page.locator("ul.goods a").nth(2).click()
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Proceed to checkout").click()
    page.get_by_label("First name").fill("Grace")
    page.get_by_label("Email address").fill(GRACE)
    page.get_by_label("A card that fails").check()
    page.get_by_role("button", name="Place Order").click()
    expect(page.get_by_role("heading", name="Order received")).to_be_visible()
    page.context.clear_cookies(name="woo_session")
    town.later("1m")
