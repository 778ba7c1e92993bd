"""From nothing to a recovered cart, as a merchant lives it: in the panel inside the store admin.

The real thing that `make run` starts. A flow is built by dragging, written, mended, tested and
published; then a visitor of the shop front leaves a cart, time passes, the mail arrives, its
link is followed and something bought; and the panel tells of it. Once at a desk, once on a phone
in the dark, once by the keyboard alone.
"""

import re

from playwright.sync_api import Browser, Frame, Locator, Page, expect

from tests.embedded_ui.building import plus, saved, step
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
    press,
    shopper,
    tab_to,
    town,
    wait_of,
    write,
)
from tests.test_life_of_a_cart import Town, leave_a_cart

pytestmark = IN_A_BROWSER
OWNER = "wren@maple-and-moss.shop"
US = ("US", "en", "USD")
NOTHING_TO_FIX = re.compile(r"^(No problems|\d+ hints?)$")


def test_a_flow_is_dragged_together_at_a_desk_and_wins_a_cart_back(
    town: Town, browser: Browser, shopper: Page
) -> None:
    with desk(browser, town) as at:
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
        press(frame.get_by_role("button", name="Discount code", exact=True))
        done(frame)
        offers = details(frame, third).get_by_label("Offers", exact=True)
        offers.select_option(f"coupon:{code}")
        saved(frame)
        expect(frame.get_by_role("button", name=NOTHING_TO_FIX)).to_be_visible(timeout=SLOW)
        publish(at, frame)
        ada = "ada@example.com"
        leave_a_cart(town, shopper, ada, first_name="Ada", wants_news=True, country=US)
        the_mails_come_in_their_time(town, ada)
        the_link_leads_back_and_something_is_bought(town, shopper, ada)
        the_flow_shows_who_went_where(at, first)
        the_recovered_cart_is_on_the_dashboard(at, at.open("Dashboard"))


def a_new_flow(at: Desk) -> Frame:
    """The recipe that the demo turned on is paused; then a flow is begun from nothing."""
    frame = at.open("Flows")
    expect(frame.get_by_role("heading", name="Flows", level=1)).to_be_visible(timeout=SLOW)
    pause(frame, RECIPE)
    press(frame.get_by_role("link", name="Create flow"))
    press(frame.get_by_role("button", name="A cart is left behind"))
    expect(frame.get_by_role("heading", name="Cart left behind")).to_be_visible(timeout=SLOW)
    return frame


def a_test_arrives(frame: Frame, town: Town) -> None:
    press(frame.get_by_role("button", name="Send test"))
    dialog = frame.get_by_role("dialog", name="Send yourself a test")
    dialog.get_by_label("Your address").fill(OWNER)
    press(dialog.get_by_role("button", name="Send", exact=True))
    it_was_sent(dialog, town, "[Test] Still thinking it over?")
    press(dialog.get_by_role("button", name="Close"))


def it_was_sent(dialog: Locator, town: Town, subject: str) -> None:
    expect(dialog.get_by_text(re.compile(f"^Sent to {OWNER}"))).to_be_visible(timeout=SLOW)
    (mail,) = town.mails(OWNER)
    assert mail["subject"] == subject
    assert "maple-and-moss-logo.png" in mail["html"], "the brand is the store's own"


def the_problem_leads_to_the_message_that_lacks_words(frame: Frame) -> None:
    press(frame.get_by_role("button", name=re.compile(r"^\d problem")))
    press(frame.locator(".plist button", has_text="Message").first)
    expect(frame.get_by_role("complementary", name="Step details")).to_contain_text("Message")


def publish(at: Desk, frame: Frame) -> None:
    press(frame.get_by_role("button", name="Publish", exact=True))
    sheet = frame.get_by_role("dialog", name=re.compile("^Publish"))
    expect(sheet.get_by_text("In one sentence")).to_be_visible(timeout=SLOW)
    at.look()
    press(sheet.get_by_role("button", name="Publish", exact=True))
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
    press(frame.get_by_role("link", name="Cart left behind").first)
    card = frame.locator(f'.react-flow__node-card[data-id="{first}"]')
    expect(card).to_contain_text(re.compile("Sent.*1|1.*[Ss]ent"), timeout=SLOW)
    at.look()


def the_recovered_cart_is_on_the_dashboard(at: Desk, frame: Frame) -> None:
    expect(frame.get_by_text("Attributed revenue").first).to_be_visible(timeout=SLOW)
    told = at.town.panel("dashboard?days=30")
    assert told["revenue"]["total"] > 0
    rate = {one["key"]: one["value"] for one in told["metrics"]}["cart_recovery_rate"]
    assert rate == 1.0
    expect(frame.get_by_text("100.0%").first).to_be_visible()
    line = frame.get_by_role("row", name=re.compile("Cart left behind")).first
    expect(line).to_contain_text(re.compile(r"\$[1-9]"))
    at.look()


def test_the_same_on_a_phone_in_the_dark_by_plus(
    town: Town, browser: Browser, shopper: Page
) -> None:
    with desk(browser, town, on_a_phone_in_the_dark=True) as at:
        frame = a_new_flow(at)
        first = added_by_plus(frame, "@0", "Message", "message")
        later = added_by_plus(frame, "@1", "Wait", "delay")
        second = added_by_plus(frame, "@2", "Message", "message")
        at.look()
        for step_id, subject in ((first, "Still thinking it over?"), (second, "Last call")):
            written_on_a_phone(frame, step_id, subject)
            at.look()
            done(frame)
        wait_of(frame, later, "6", "hours")
        at.look()
        press(frame.get_by_role("button", name="Close").first)
        publish(at, frame)
        grace = "grace@example.com"
        leave_a_cart(town, shopper, grace, first_name="Grace", wants_news=True, country=US)
        town.later("1h 5m")
        assert [mail["subject"] for mail in town.mails(grace)] == ["Still thinking it over?"]
        the_link_leads_back_and_something_is_bought(town, shopper, grace)
        town.later("6h")
        assert len(town.mails(grace)) == 1
        the_recovered_cart_is_on_the_dashboard(at, at.open("Dashboard"))


def added_by_plus(frame: Frame, place: str, name: str, kind: str) -> str:
    press(plus(frame, place))
    press(frame.get_by_role("menuitem", name=name, exact=True))
    card = frame.locator(".react-flow__node-card:focus")
    expect(card).to_have_attribute("data-id", re.compile(kind))
    step_id = card.get_attribute("data-id") or ""
    press(frame.get_by_role("complementary", name="Step details").get_by_label("Close"))
    expect(frame.locator(".insp.idle")).to_have_count(1)  # else it lies on the next "+"
    return step_id


def written_on_a_phone(frame: Frame, step_id: str, subject: str) -> None:
    press(details(frame, step_id).get_by_role("button", name="Edit message"))
    frame.get_by_label("Subject", exact=True).fill(subject, timeout=SLOW)
    press(block(frame, "Text"))
    frame.get_by_role("textbox", name="Text", exact=True).fill("Your cart is still here.")
    press(frame.get_by_role("button", name="All blocks"))
    press(frame.get_by_role("button", name="Button", exact=True))
    frame.get_by_label("Label", exact=True).fill("Back to my cart")
    press(frame.get_by_role("group", name="Places").get_by_role("button", name="cart"))


def test_the_same_by_the_keyboard_alone(town: Town, browser: Browser, shopper: Page) -> None:
    with desk(browser, town) as at:
        at.page.goto(town.admin)
        press_on(at, at.page.locator("#app-links").get_by_role("link", name="Flows"))
        frame = drawn_by_keys(at)
        written_by_keys(at, frame, "Last call")
        written_by_keys(at, frame, "Still thinking it over?", is_tested=True)
        expect(frame.get_by_role("button", name=NOTHING_TO_FIX)).to_be_visible(timeout=SLOW)
        published_by_keys(at, frame)
        mary = "mary@example.com"
        leave_a_cart(town, shopper, mary, first_name="Mary", wants_news=True, country=US)
        town.later("1h 5m")
        assert [mail["subject"] for mail in town.mails(mary)] == ["Still thinking it over?"]
        the_link_leads_back_and_something_is_bought(town, shopper, mary)
        town.later("1d")
        assert len(town.mails(mary)) == 1
        press_on(at, at.page.locator("#app-links").get_by_role("link", name="Dashboard"))
        the_recovered_cart_is_on_the_dashboard(at, at.panel)
        assert at.presses == 0


def drawn_by_keys(at: Desk) -> Frame:
    """Pause the recipe, begin a flow, and add its three steps; the last one has the focus."""
    frame, keys = at.panel, at.page.keyboard
    press_on(at, frame.get_by_role("button", name=f"Pause {RECIPE}", exact=True))
    expect(frame.get_by_role("button", name=f"Resume {RECIPE}", exact=True)).to_be_visible()
    press_on(at, frame.get_by_role("link", name="Create flow"), "Shift+Tab")
    press_on(at, frame.get_by_role("button", name="A cart is left behind"))
    tab_to(at.page, step(frame, "When a cart is abandoned"))
    for name, group in (("Message", "Message"), ("Wait", "Wait"), ("Message", "Message")):
        keys.press("+")
        expect(frame.get_by_role("menuitem", name=name, exact=True)).to_be_visible()
        keys.type(name)
        keys.press("Enter")
        expect(step(frame, group).and_(frame.locator(":focus"))).to_be_visible()
    return frame


def published_by_keys(at: Desk, frame: Frame) -> None:
    press_on(at, frame.get_by_role("button", name="Publish", exact=True))
    sheet = frame.get_by_role("dialog", name=re.compile("^Publish"))
    expect(sheet.get_by_text("It has not been live before.")).to_be_visible(timeout=SLOW)
    press_on(at, sheet.get_by_role("button", name="Publish", exact=True))
    expect(sheet).to_have_count(0, timeout=SLOW)


def press_on(at: Desk, wanted: Locator, key: str = "Tab") -> None:
    tab_to(at.page, wanted, key)
    at.page.keyboard.press("Enter")


def written_by_keys(at: Desk, frame: Frame, subject: str, *, is_tested: bool = False) -> None:
    """Write the message whose step has the focus, and come back to it."""
    keys = at.page.keyboard
    keys.press("Enter")
    press_on(at, frame.get_by_role("button", name="Edit message"))
    tab_to(at.page, frame.get_by_label("Subject", exact=True))
    keys.type(subject)
    tab_to(at.page, block(frame, "Text"), "Shift+Tab")
    keys.press("Tab")
    with_a_button_by_keys(at, frame)
    tab_to(at.page, block(frame, "Text"), "Shift+Tab")
    keys.press("Enter")
    tab_to(at.page, frame.get_by_role("textbox", name="Text", exact=True))
    keys.type("Your cart is still here.")
    if is_tested:
        sent_to_oneself_by_keys(at, frame, subject)
    at.page.wait_for_timeout(900)  # keeping begins after a pause
    expect(frame.get_by_text(re.compile(r"^Saved \d"))).to_be_visible(timeout=SLOW)
    press_on(at, frame.get_by_role("button", name="Done"), "Shift+Tab")
    expect(frame.locator(".react-flow__node-card").first).to_be_visible(timeout=SLOW)
    tab_to(at.page, step(frame, "Message").first)


def with_a_button_by_keys(at: Desk, frame: Frame) -> None:
    keys = at.page.keyboard
    keys.press("Enter")
    expect(frame.get_by_role("menu")).to_be_visible()
    keys.type("Button")
    keys.press("Enter")
    tab_to(at.page, frame.get_by_label("Label", exact=True))
    keys.press("Control+a")
    keys.type("Back to my cart")
    press_on(at, frame.get_by_role("group", name="Places").get_by_role("button", name="cart"))


def sent_to_oneself_by_keys(at: Desk, frame: Frame, subject: str) -> None:
    press_on(at, frame.get_by_role("button", name="Send test"), "Shift+Tab")
    dialog = frame.get_by_role("dialog", name="Send yourself a test")
    tab_to(at.page, dialog.get_by_label("Your address"))
    at.page.keyboard.type(OWNER)
    at.page.keyboard.press("Enter")
    it_was_sent(dialog, at.town, f"[Test] {subject}")
    at.page.keyboard.press("Escape")
