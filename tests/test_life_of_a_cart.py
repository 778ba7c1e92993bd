"""The main job, end to end, as people meet it: an abandoned cart is won back.

A visitor in a browser, the sandbox as Shopify, the real web, worker, clock, queue and SMTP,
once on SQLite and once on PostgreSQL. What the merchant then sees is read off the panel in
the store admin's frame.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.demo import DIRECT, Demo, asked

STARTS_WITHIN = 90  # seconds
ADA, GRACE = "ada@example.com", "grace@example.com"


class Town:
    """The running demo, and how to ask it things."""

    def __init__(self, at: dict[str, str]) -> None:
        self.front, self.admin = at["shop front"], at["store admin"]
        self.mailbox, self.app = at["mailbox"], at["app"]

    def later(self, duration: str) -> None:
        """Let time pass, in steps, until nothing is due any more."""
        asked(f"{self.admin}/api/clock", advance=duration)

    def mails(self, to: str) -> list[dict[str, Any]]:
        mails: list[dict[str, Any]] = asked(f"{self.mailbox}/api/messages?{urlencode({'to': to})}")
        return mails

    def panel(self, path: str) -> Any:
        token = asked(f"{self.admin}/api/session-token")["token"]
        return asked(f"{self.app}/panel/api/{path}", {"Authorization": f"Bearer {token}"})

    def customer(self, email: str) -> dict[str, Any]:
        found = self.panel(f"customers?{urlencode({'search': email})}")["customers"]
        assert [one["email"] for one in found] == [email]
        return dict(found[0])

    def timeline(self, email: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.panel(
            f"customers/{self.customer(email)['id']}/timeline"
        )["entries"]
        return entries


@pytest.fixture
def town(empty_database_url: str, tmp_path: Path) -> Iterator[Town]:
    demo = Demo(tmp_path, {"DATABASE_URL": empty_database_url})
    try:
        yield Town(demo.start(STARTS_WITHIN))
    finally:
        code = demo.end()
    assert code == 0


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_an_abandoned_cart_is_won_back(town: Town, page: Page) -> None:
    leave_a_cart(town, page, GRACE, first_name="Grace", wants_news=False)
    page.context.clear_cookies()
    leave_a_cart(town, page, ADA, first_name="Ada", wants_news=True)
    nothing_goes_out_early(town)
    the_reminder_shows_the_cart(town)
    the_link_restores_the_cart(town, page)
    the_objection_and_the_offer_follow(town)
    code = the_code_is_in_the_store(town)
    buying_ends_the_sequence(town, page, code)
    the_panel_tells_it_all(town, page)
    who_did_not_agree_was_not_written_to_and_the_panel_says_so(town)


@pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)
def test_buying_ends_it_at_once_a_new_cart_replaces_the_old_and_unsubscribing_stops_all(
    town: Town, page: Page
) -> None:
    an_order_after_the_reminder_ends_the_sequence(town, page)
    a_second_cart_replaces_the_first(town, page)
    unsubscribing_stops_what_is_due(town)


def an_order_after_the_reminder_ends_the_sequence(town: Town, page: Page) -> None:
    leave_a_cart(town, page, "mary@example.com", first_name="Mary", wants_news=True)
    town.later("1h 5m")
    page.goto(f"{town.front}/checkout")
    page.get_by_role("button", name="Pay now").click()
    page.wait_for_url(re.compile("/orders/"))
    town.later("11h 5m")
    assert len(town.mails("mary@example.com")) == 1
    ends = [one["event"] for one in town.timeline("mary@example.com") if "event" in one]
    assert "order_placed" in {one["reason"] for one in ends}


def a_second_cart_replaces_the_first(town: Town, page: Page) -> None:
    page.context.clear_cookies()
    leave_a_cart(town, page, "joan@example.com", first_name="Joan", wants_news=True)
    town.later("1h 5m")
    page.context.clear_cookies()
    leave_a_cart(town, page, "joan@example.com", first_name="Joan", wants_news=True)
    town.later("1h 5m")
    assert len(town.mails("joan@example.com")) == 2
    ends = [one["event"] for one in town.timeline("joan@example.com") if "event" in one]
    assert "replaced" in {one["reason"] for one in ends}


def unsubscribing_stops_what_is_due(town: Town) -> None:
    """By the one-click POST of a mail program; the store hears of it, too."""
    header = town.mails("joan@example.com")[-1]["headers"]["List-Unsubscribe"]
    url = re.search(r"<(http[^>]+)>", header)
    assert url
    form = urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with DIRECT.open(url[1], data=form, timeout=10) as answer:
        assert answer.status == 200
    town.later("11h 5m")
    assert len(town.mails("joan@example.com")) == 2
    consents = town.panel(f"customers/{town.customer('joan@example.com')['id']}")["consents"]
    assert {one["state"] for one in consents if one["channel"] == "email"} == {"unsubscribed"}


def leave_a_cart(
    town: Town,
    page: Page,
    email: str,
    *,
    first_name: str,
    wants_news: bool,
    country: tuple[str, str, str] = ("DE", "de", "EUR"),
) -> None:
    page.goto(town.front)
    page.locator("ul.goods a").first.click()
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url(re.compile("/cart$"))
    page.goto(f"{town.front}/checkout")
    contact = page.locator("#contact")
    contact.get_by_label("First name").fill(first_name)
    contact.get_by_label("Last name").fill("Example")
    for label, choice in zip(("Country", "Language", "Pay in"), country, strict=True):
        contact.get_by_label(label).select_option(choice)
    contact.get_by_label("Email", exact=True).fill(email)
    if wants_news:
        contact.get_by_label("Email me with news and offers").check()
    contact.get_by_role("button", name="Continue to payment").click()
    expect(page.locator("#payment")).to_be_visible()
    page.goto("about:blank")
    town.later("1m")


def nothing_goes_out_early(town: Town) -> None:
    town.later("55m")
    assert town.mails(ADA) == []


def the_reminder_shows_the_cart(town: Town) -> None:
    town.later("5m")
    (reminder,) = town.mails(ADA)
    assert "Ada" in reminder["subject"]
    assert "€" in reminder["html"]
    assert "€" in reminder["text"]
    assert re.search(r'<img[^>]+src="http', reminder["html"])
    assert reminder["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def the_link_restores_the_cart(town: Town, page: Page) -> None:
    """Opened and clicked in the mailbox, as a person does, a while after it arrived."""
    town.later("10m")
    page.goto(f"{town.mailbox}/?to={ADA}")
    page.locator("ul.mails a").first.click()
    mail = page.frame_locator("#body")
    with page.context.expect_page() as opened:
        mail.get_by_role("link", name=re.compile("cart", re.IGNORECASE)).first.click()
    restored = opened.value
    expect(restored).to_have_url(re.compile(re.escape(town.front)))
    expect(restored.locator("ul.lines li").first).to_be_visible()
    restored.close()


def the_objection_and_the_offer_follow(town: Town) -> None:
    town.later("10h 40m")
    assert len(town.mails(ADA)) == 1
    town.later("15m")
    assert len(town.mails(ADA)) == 2
    town.later("12h 5m")
    offer = town.mails(ADA)[2]
    assert "10" in offer["text"]


def the_code_is_in_the_store(town: Town) -> str:
    """The code is the one of the mail, and the shop front takes it."""
    text = town.mails(ADA)[2]["text"]
    found = re.search(r"\b[A-Z]{2,}-?[A-Z0-9]{5,}(?:-[A-Z0-9]+)*\b", text)
    assert found, text
    return found[0]


def buying_ends_the_sequence(town: Town, page: Page, code: str) -> None:
    """The link in the offer has applied the code already."""
    (link,) = set(re.findall(r'href="(http[^"]+/cart/[^"]+)"', town.mails(ADA)[2]["html"]))
    page.goto(link)
    expect(page).to_have_url(re.compile("/checkout"))
    expect(page.locator(".good")).to_contain_text(code)
    page.get_by_role("button", name="Pay now").click()
    page.wait_for_url(re.compile("thank|orders"))
    town.later("2d")
    assert len(town.mails(ADA)) == 3


def the_panel_tells_it_all(town: Town, page: Page) -> None:
    dashboard = town.panel("dashboard?days=30")
    assert dashboard["revenue"]["total"] > 0
    metrics = {one["key"]: one["value"] for one in dashboard["metrics"]}
    assert metrics["cart_recovery_rate"] == 0.5
    assert metrics["revenue_per_recipient"] > 0
    page.goto(town.admin)
    page.get_by_role("link", name="Reprise").first.click()
    panel = page.frame_locator("#app-frame")
    expect(panel.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(panel.get_by_text("Attributed revenue").first).to_be_visible()
    the_timeline_is_there(town, panel, page)
    # Cookies know no ports: those of the shop front are the sandbox's, and ours would show here.
    assert all(one["name"].startswith("front_") for one in page.context.cookies(town.app))


def who_did_not_agree_was_not_written_to_and_the_panel_says_so(town: Town) -> None:
    assert town.mails(GRACE) == []
    skipped = [one["message"] for one in town.timeline(GRACE) if "message" in one]
    assert [one["reason"] for one in skipped] == ["no_consent"] * 3
    left_out = town.panel("dashboard?days=30")["not_written"]
    assert left_out["carts"] == 1
    assert left_out["value"] > 0


def the_timeline_is_there(town: Town, panel: FrameLocator, page: Page) -> None:
    page.get_by_role("link", name="Customers").last.click()
    panel.get_by_role("link", name=re.compile("Ada")).first.click()
    expect(panel.get_by_text("Abandoned cart").first).to_be_visible()
    sent = [one["message"] for one in town.timeline(ADA) if "message" in one]
    assert len(sent) == 3
