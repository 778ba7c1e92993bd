"""What is not a cart, end to end: a sign-up is welcomed, an order is followed to its review.

Everything begins with a button that a visitor or the merchant presses in the sandbox, and ends
with a mail in its mailbox; between the two lies the platform's own protocol, and time.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sandbox.world import SAMPLE_SHOP
from tests.demo import Demo, asked
from tests.test_life_of_a_cart import STARTS_WITHIN, Town, leave_a_cart

ADA, MARY = "ada@example.com", "mary@example.com"


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


def make_live(town: Town, *recipes: str) -> None:
    """Let the merchant say that the shop mails nothing of its own, and publish these recipes."""
    headers = merchant(town)
    settings = f"{town.app}/panel/api/settings"
    form = asked(settings, headers)
    silent = dict.fromkeys(form["platform_mails"], False)
    asked(settings, headers, method="PUT", **form | {"platform_mails": silent})
    for flow in asked(f"{town.app}/panel/api/flows", headers)["flows"]:
        if flow["recipe"] in recipes:
            asked(f"{town.app}/panel/api/flows/{flow['id']}/publish", headers, revision=None)


def merchant(town: Town) -> dict[str, str]:
    token = asked(f"{town.admin}/api/session-token")["token"]
    return {"Authorization": f"Bearer {token}"}


def test_an_order_is_confirmed_followed_to_the_door_and_asked_about(town: Town, page: Page) -> None:
    make_live(town, "order-confirmation", "shipping", "review-request")
    product = buy(town, page, ADA)
    town.later("5m")
    confirmation = mail(town, ADA, "Your order")
    assert product in confirmation["text"]
    press(town, page, "Fulfil")
    town.later("5m")
    parcel = mail(town, ADA, "On its way")
    assert re.search(r"UPS, tracking number 1Z\d+", parcel["text"])
    town.later("2d")
    press(town, page, "Delivered")
    for _ in range(3):
        town.later("2d")
    asks = f"How is your {product}?"
    assert asks not in {one["subject"] for one in town.mails(ADA)}
    town.later("2d")
    assert "Write a review" in mail(town, ADA, asks)["text"]


def test_whoever_signs_up_is_welcomed_and_hears_no_more_after_unsubscribing(
    town: Town, page: Page
) -> None:
    make_live(town, "welcome")
    page.goto(town.front)
    page.get_by_label("News and offers by email").fill(MARY)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="You are on the list")).to_be_visible()
    town.later("1m")
    assert len(town.mails(MARY)) == 1
    town.later("2d 5m")
    best = town.mails(MARY)[1]
    assert best["subject"] == "What people buy most at Maple & Moss"
    page.goto(f"{town.admin}/shops/{SAMPLE_SHOP}/customers")
    row(page, MARY).get_by_role("button", name="Unsubscribe").click()
    town.later("2d 5m")
    assert len(town.mails(MARY)) == 2
    skipped = [one["message"] for one in town.timeline(MARY) if "message" in one]
    assert skipped[0]["reason"] == "unsubscribed"


def buy(town: Town, page: Page, email: str) -> str:
    """Buy the first thing that the shop front shows; gives its name."""
    leave_a_cart(town, page, email, first_name="Ada", wants_news=True, country=("US", "en", "USD"))
    page.goto(f"{town.front}/checkout")
    line = page.locator("ul.lines li div").first
    name = str(line.evaluate("line => line.firstChild.textContent"))
    page.get_by_role("button", name="Pay now").click()
    page.wait_for_url(re.compile("/orders/"))
    return name


def mail(town: Town, to: str, subject: str) -> dict[str, Any]:
    """Give the one mail to somebody whose subject begins so."""
    (found,) = (one for one in town.mails(to) if one["subject"].startswith(subject))
    return found


def press(town: Town, page: Page, button: str) -> None:
    """Press a button of Ada's order in the store admin."""
    page.goto(f"{town.admin}/shops/{SAMPLE_SHOP}/orders")
    row(page, ADA).get_by_role("button", name=button).click()
    expect(row(page, ADA).get_by_role("button", name=button)).to_have_count(0)


def row(page: Page, email: str) -> Locator:
    return page.get_by_role("row").filter(has_text=email)
