"""The main job on WooCommerce, end to end, as people meet it.

A merchant and a visitor in a browser, the sandbox as WordPress, the real web, worker, clock, queue
and SMTP. What the merchant sees is read off the panel in wp-admin's frame.
"""

import re
import sqlite3
import urllib.request
from collections.abc import Iterator
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo import Demo, asked
from tests.test_life_of_a_cart import STARTS_WITHIN

ADA = "ada@example.com"


class WooTown:
    """The running demo, seen from its WooCommerce store."""

    def __init__(self, at: dict[str, str], folder: Path) -> None:
        self.admin, self.mailbox, self.app = at["store admin"], at["mailbox"], at["app"]
        self.store = f"http://127.0.0.1:{urlsplit(self.app).port + 4}"
        self.database = folder / "reprise.db"
        self.session = ""

    def later(self, duration: str) -> None:
        asked(f"{self.admin}/api/clock", advance=duration)

    def mails(self, to: str) -> list[dict[str, Any]]:
        mails: list[dict[str, Any]] = asked(f"{self.mailbox}/api/messages?{urlencode({'to': to})}")
        return mails

    def panel(self, path: str, **told: Any) -> Any:
        """Ask the panel's API with the session of a page that was just opened."""
        method = told.pop("method", None)
        headers = {"Authorization": f"Bearer {self.session}"}
        return asked(f"{self.app}/panel/api/{path}", headers, method=method, **told)

    def open_panel(self) -> None:
        """Take a session as the page in wp-admin's frame does."""
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        form = urlencode({"log": "marlene", "pwd": "fern", "redirect_to": "/"}).encode()
        browser.open(f"{self.store}/wp-login.php", form, timeout=30)
        admin = browser.open(f"{self.store}/wp-admin/admin.php?page=reprise", timeout=30)
        (source,) = re.findall(r'src="([^"]+/launch[^"]+)"', admin.read().decode())
        page = browser.open(unescape(source), timeout=30).read().decode()
        self.session = session_in(page)

    def make_live(self) -> None:
        """The store mails nobody by itself; the recipe goes live."""
        form = self.panel("settings")
        silent = dict.fromkeys(form["platform_mails"], False)
        self.panel("settings", method="PUT", **form | {"platform_mails": silent})
        flows = self.panel("flows")["flows"]
        (flow,) = [one for one in flows if one["recipe"] == "abandoned-cart"]
        self.panel(f"flows/{flow['id']}/publish", revision=None)


def session_in(page: str) -> str:
    (session,) = re.findall(r'"token":\s*"([^"]+)"', page)
    return str(session)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[WooTown]:
    demo = Demo(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/reprise.db"})
    try:
        yield WooTown(demo.start(STARTS_WITHIN), tmp_path)
    finally:
        code = demo.end()
    assert code == 0


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_a_woocommerce_cart_is_won_back_and_its_shopper_forgotten(
    town: WooTown, page: Page
) -> None:
    the_merchant_connects_the_store(town, page)
    the_history_is_imported(town)
    town.make_live()
    leave_a_cart(town, page)
    the_reminder_comes(town)
    code = the_offer_has_a_code(town)
    the_link_restores_the_cart_with_its_code(town, page, code)
    buying_is_credited(town, page)
    wordpress_own_tool_erases_the_shopper(town, page)


def the_merchant_connects_the_store(town: WooTown, page: Page) -> None:
    page.goto(f"{town.store}/wp-admin/")
    page.get_by_role("button", name="Log In").click()
    page.get_by_role("link", name="Connect").click()
    expect(page.get_by_role("heading", name="Reprise would like to connect")).to_be_visible()
    page.get_by_role("link", name="Approve").click()
    page.wait_for_url(re.compile(r"/wp-admin/admin\.php\?page=reprise"))
    panel = page.frame_locator("#app-frame")
    expect(panel.get_by_role("heading", name="Dashboard")).to_be_visible()
    panel.get_by_role("link", name="Customers").click()
    expect(panel.get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    assert all(one["name"].startswith("woo_") for one in page.context.cookies(town.app))


def the_history_is_imported(town: WooTown) -> None:
    town.later("1m")
    town.open_panel()
    store = town.panel("store")
    assert store["platform"] == "woocommerce"
    assert {part["state"] for part in store["imports"]} == {"done"}
    assert town.panel("customers")["total"] > 10


def leave_a_cart(town: WooTown, page: Page) -> None:
    page.goto(town.store)
    page.locator("ul.goods a").first.click()
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Proceed to checkout").click()
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Email address").fill(ADA)
    page.get_by_label("Send me news and offers").check()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("about:blank")
    page.context.clear_cookies(name="woo_session")
    town.later("1m")


def the_reminder_comes(town: WooTown) -> None:
    town.later("55m")
    assert town.mails(ADA) == []
    town.later("10m")
    (reminder,) = town.mails(ADA)
    assert "Ada" in reminder["subject"]
    assert "€" in reminder["html"]


def the_offer_has_a_code(town: WooTown) -> str:
    town.later("11h 5m")
    town.later("12h 10m")
    mails = town.mails(ADA)
    assert len(mails) == 3
    found = re.search(r"\b[A-Z]{2,}-?[A-Z0-9]{5,}(?:-[A-Z0-9]+)*\b", mails[2]["text"])
    assert found, mails[2]["text"]
    return found[0]


def the_link_restores_the_cart_with_its_code(town: WooTown, page: Page, code: str) -> None:
    (link,) = set(re.findall(r'href="(http[^"]+/cart/[^"]+)"', town.mails(ADA)[2]["html"]))
    page.goto(unescape(link))
    expect(page).to_have_url(re.compile(re.escape(town.store) + "/checkout/"))
    expect(page.get_by_label("Email address")).to_have_value(ADA)
    expect(page.locator(".good")).to_contain_text(code.lower())


def buying_is_credited(town: WooTown, page: Page) -> None:
    page.get_by_role("button", name="Place Order").click()
    expect(page.get_by_role("heading", name="Order received")).to_be_visible()
    town.later("1d")
    assert len(town.mails(ADA)) == 3
    page.goto(f"{town.store}/wp-admin/admin.php?page=reprise")
    panel = page.frame_locator("#app-frame")
    expect(panel.get_by_text("Attributed revenue").first).to_be_visible()
    town.open_panel()
    assert town.panel("dashboard?days=30")["revenue"]["total"] > 0


def wordpress_own_tool_erases_the_shopper(town: WooTown, page: Page) -> None:
    page.get_by_role("link", name="Personal data").click()
    page.locator("form[action*=erase]").get_by_label("email address").fill(ADA)
    page.get_by_role("button", name="Erase Personal Data").click()
    town.later("20m")
    town.open_panel()
    assert town.panel(f"customers?{urlencode({'search': ADA})}")["customers"] == []
    assert places_of(town.database, ADA) == []


def places_of(database: Path, words: str) -> list[str]:
    """Where in the whole database a text still stands."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return [
            name
            for (name,) in names
            if any(
                words in (cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell))
                for row in connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608  its own names
                for cell in row
            )
        ]
