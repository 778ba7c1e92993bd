"""From nothing to a recovered cart, as a merchant lives it: in the panel inside the store admin.

The real thing that `make run` starts. A flow is built by dragging, written, mended, tested and
published; then a visitor of the shop front leaves a cart, time passes, the mail arrives, its
link is followed and something bought; and the panel tells of it.
"""

import re

from playwright.sync_api import Browser, Frame, Locator, Page, expect

from tests.embedded_ui.building import saved
from tests.embedded_ui.framed import IN_A_BROWSER
from tests.merchant import (  # noqa: F401  fixtures
    RECIPE,
    SLOW,
    Desk,
    block,
    desk,
    details,
    done,
    drop,
    pause,
    shopper,
    town,
    wait_of,
    write,
)
from tests.test_life_of_a_cart import Town, leave_a_cart

pytestmark = IN_A_BROWSER
OWNER = "wren@maple-and-moss.shop"
US = ("US", "en", "USD")


def test_a_flow_is_dragged_together_at_a_desk_and_wins_a_cart_back(
    town: Town, browser: Browser, shopper: Page
) -> None:
    with desk(browser, town, 1440, 1100) as at:
        frame = a_new_flow(at)
        wait, first, later, second, last, code, third = [
            drop(frame, kind, f"@{place}")
            for place, kind in enumerate(
                ("delay", "message", "delay", "message", "delay", "coupon", "message")
            )
        ]
        wait_of(frame, wait, "1", "hours")
        wait_of(frame, later, "12", "hours")
        wait_of(frame, last, "24", "hours")
        at.look()
        write(frame, first, "Still thinking it over?", "Your things are still here")
        a_test_arrives(frame, town)
        at.look()
        done(frame)
        write(frame, second, "A word on your cart", "Is anything unclear?")
        done(frame)
        the_problem_leads_to_the_message_that_lacks_words(frame)
        write(frame, third, "Ten percent for you", "Take a tenth off")
        frame.get_by_role("button", name="Discount code", exact=True).click()
        done(frame)
        offers = details(frame, third).get_by_label("Offers", exact=True)
        offers.select_option(f"coupon:{code}")
        saved(frame)
        expect(frame.get_by_role("button", name="No problems")).to_be_visible(timeout=SLOW)
        publish(at, frame)
        ada = "ada@example.com"
        leave_a_cart(town, shopper, ada, first_name="Ada", wants_news=True, country=US)
        the_mails_come_in_their_time(town, ada)
        the_link_leads_back_and_something_is_bought(town, shopper, ada)
        the_flow_shows_who_went_where(at, first)
        the_recovered_cart_is_on_the_dashboard(at)


def a_new_flow(at: Desk) -> Frame:
    """The recipe that the demo turned on is paused; then a flow is begun from nothing."""
    frame = at.open("Flows")
    expect(frame.get_by_role("heading", name="Flows", level=1)).to_be_visible(timeout=SLOW)
    pause(frame, RECIPE)
    frame.get_by_role("link", name="Create flow").click()
    frame.get_by_role("button", name="A cart is left behind").click(timeout=SLOW)
    expect(frame.get_by_role("heading", name="Cart left behind")).to_be_visible(timeout=SLOW)
    return frame


def a_test_arrives(frame: Frame, town: Town) -> None:
    frame.get_by_role("button", name="Send test").click()
    dialog = frame.get_by_role("dialog", name="Send yourself a test")
    dialog.get_by_label("Your address").fill(OWNER)
    dialog.get_by_role("button", name="Send", exact=True).click()
    it_was_sent(dialog, town, "[Test] Still thinking it over?")
    dialog.get_by_role("button", name="Close").click()


def it_was_sent(dialog: Locator, town: Town, subject: str) -> None:
    expect(dialog.get_by_text(re.compile(f"^Sent to {OWNER}"))).to_be_visible(timeout=SLOW)
    (mail,) = town.mails(OWNER)
    assert mail["subject"] == subject
    assert "maple-and-moss-logo.png" in mail["html"], "the brand is the store's own"


def the_problem_leads_to_the_message_that_lacks_words(frame: Frame) -> None:
    frame.get_by_role("button", name=re.compile(r"^\d problem")).click()
    frame.locator(".plist button", has_text="Message").first.click()
    expect(frame.get_by_role("complementary", name="Step details")).to_contain_text("Message")


def publish(at: Desk, frame: Frame) -> None:
    frame.get_by_role("button", name="Publish", exact=True).click()
    sheet = frame.get_by_role("dialog", name=re.compile("^Publish"))
    expect(sheet.get_by_text("In one sentence")).to_be_visible(timeout=SLOW)
    at.look()
    sheet.get_by_role("button", name="Publish", exact=True).click()
    expect(sheet).to_have_count(0, timeout=SLOW)
    expect(frame.get_by_text("Live", exact=True).first).to_be_visible()


def the_mails_come_in_their_time(town: Town, email: str) -> None:
    town.later("55m")
    assert town.mails(email) == []
    town.later("5m")
    assert [mail["subject"] for mail in town.mails(email)] == ["Still thinking it over?"]
    town.later("23h")
    assert [mail["subject"] for mail in town.mails(email)] == [
        "Still thinking it over?", "A word on your cart", "Ten percent for you",
    ]  # fmt: skip


def the_link_leads_back_and_something_is_bought(town: Town, shopper: Page, email: str) -> None:
    """The newest mail, opened and clicked in the mailbox as a person does."""
    town.later("10m")
    shopper.context.clear_cookies()
    shopper.goto(f"{town.mailbox}/?to={email}")
    shopper.locator("ul.mails a").first.click()
    mail = shopper.frame_locator("#body")
    with shopper.context.expect_page() as opened:
        mail.get_by_role("link", name="Back to my cart").click()
    restored = opened.value
    expect(restored).to_have_url(re.compile(re.escape(town.front)))
    if "/checkout" not in restored.url:
        expect(restored.locator("ul.lines li").first).to_be_visible()
        restored.goto(f"{town.front}/checkout")
    restored.get_by_role("button", name="Pay now").click()
    restored.wait_for_url(re.compile("/orders/"))
    restored.close()
    town.later("5m")


def the_flow_shows_who_went_where(at: Desk, first: str) -> None:
    frame = at.open("Flows")
    frame.get_by_role("link", name="Cart left behind").first.click(timeout=SLOW)
    card = frame.locator(f'.react-flow__node-card[data-id="{first}"]')
    expect(card).to_contain_text(re.compile("Sent.*1|1.*[Ss]ent"), timeout=SLOW)
    at.look()


def the_recovered_cart_is_on_the_dashboard(at: Desk) -> None:
    frame = at.open("Dashboard")
    expect(frame.get_by_text("Attributed revenue").first).to_be_visible(timeout=SLOW)
    told = at.town.panel("dashboard?days=30")
    assert told["revenue"]["total"] > 0
    rate = {one["key"]: one["value"] for one in told["metrics"]}["cart_recovery_rate"]
    assert rate == 1.0
    expect(frame.get_by_text("100.0%").first).to_be_visible()
    line = frame.get_by_role("row", name=re.compile("Cart left behind")).first
    expect(line).to_contain_text(re.compile(r"\$[1-9]"))
    at.look()
