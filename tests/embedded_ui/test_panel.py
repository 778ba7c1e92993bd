"""The panel in a real browser, in a frame, on a real database: what a merchant sees and can do.

Each page in each state is also held to axe: nothing serious, light and dark, wide and narrow.
"""

import re
from typing import Any

from playwright.sync_api import Browser, expect
from sqlalchemy import insert, update

from storage.database import Database
from storage.schema import imports
from storage.schema import stores as store_table
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import MAPLE
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    empty,
    look,
    maple,
    open_page,
    press_save,
)
from tests.seeding import Rows, SmallStore, at
from tests.storage.test_reports_flows import forked

pytestmark = IN_A_BROWSER


def test_the_dashboard_shows_what_was_counted_by_hand(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("")
    frame.get_by_role("button", name="7 days").click()
    results = frame.get_by_label("Key results")
    for figure in ("$120.00", "33.3%", "$66.67", "$24.00"):
        expect(results.get_by_text(figure).first).to_be_visible()
    expect(frame.get_by_text("2 of 6 abandoned carts")).to_be_visible()
    expect(frame.get_by_text("1 message may or may not have gone out.")).to_be_visible()
    look(open_page, "", "Carts not written to")


def test_the_chart_is_read_by_keys_and_as_a_table(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("")
    frame.get_by_role("button", name="7 days").click()
    chart = frame.get_by_role("group", name="Attributed revenue by day.")
    chart.focus()
    for _ in range(4):
        chart.press("ArrowRight")
    said = "Nov 17: $80.00, the period before: $50.00"
    expect(frame.get_by_text(said)).to_be_attached()
    frame.get_by_role("button", name="View as table").click()
    row = frame.get_by_role("row", name="Nov 17 $80.00 $50.00")
    expect(row).to_be_visible()
    check(frame)


def test_a_definition_opens_by_pointer_and_by_keys(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("")
    word = frame.get_by_role("button", name="Repeat purchase rate")
    meaning = frame.locator(".pop", has_text="Customers with two or more orders")
    word.hover()
    expect(meaning).to_be_visible()
    check(frame)
    word.press("Escape")
    expect(meaning).to_be_hidden()
    frame.get_by_role("button", name="Customer lifetime value").focus()
    expect(frame.locator(".pop", has_text="A look back, not a forecast.")).to_be_visible()


def test_a_new_store_is_told_what_to_do_first(
    open_page: Open, empty: str, database: Database
) -> None:
    with database.writing() as connection:
        Rows(connection, empty).abandoned_cart_flow(status="draft", live_version_id=None)
        row = {"noun": "order", "state": "running", "done": 12400, "total": 31000}
        connection.execute(insert(imports).values(store_id=empty, install_epoch=1, **row))
    frame = look(open_page, "", "Turn on cart recovery")
    expect(frame.get_by_text("12,400 of 31,000")).to_be_visible()
    expect(frame.get_by_text("No cart was abandoned in this period.")).to_have_count(0)
    left = frame.get_by_role("region", name="Carts not written to")
    expect(left).to_contain_text("Copying your store")
    expect(frame.get_by_text("No revenue to show yet")).to_be_visible()
    expect(frame.get_by_role("group", name="Attributed revenue by day.")).to_have_count(0)
    frame.get_by_role("link", name="See the flow").click()
    expect(frame.get_by_role("heading", name="Abandoned cart")).to_be_visible()


def test_empty_lists_say_how_they_fill(open_page: Open, empty: str) -> None:
    look(open_page, "/flows", "No flows yet")
    look(open_page, "/customers", "No customers yet")


def test_flows_are_listed_with_their_figures(open_page: Open, maple: SmallStore) -> None:
    frame = look(open_page, "/flows", "When a cart is abandoned")
    frame.get_by_role("link", name="Abandoned cart").click()
    expect(frame.get_by_role("region", name="Steps of the flow")).to_be_visible()


def test_a_flow_shows_what_happened_at_each_step(open_page: Open, maple: SmallStore) -> None:
    path = f"/flows/{maple.flow[0]}"
    look(open_page, path, "Your items are saved")
    frame = open_page(path)
    first = frame.get_by_role("group", name="Message: Your items are saved")
    expect(first).to_contain_text("4 sent")
    first.click()
    details = frame.get_by_role("complementary", name="Step details")
    expect(details).to_contain_text("The customer did not agree to marketing on this channel.")
    expect(details).to_contain_text("$130.00")
    check(frame)


def test_a_flow_is_walked_with_the_arrow_keys(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    trigger = frame.locator('.react-flow__node[data-id="trigger"]')
    trigger.focus()
    for _ in range(3):
        frame.locator(".react-flow__node:focus").press("ArrowDown")
    focused = frame.locator(".react-flow__node:focus")
    expect(focused).to_have_attribute("data-id", "objection")
    focused.press("Enter")
    details = frame.get_by_role("complementary", name="Step details")
    expect(details.get_by_role("heading", name="About shipping")).to_be_visible()


def test_ways_that_part_are_drawn_and_join_again(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        flow = Rows(connection, maple.id).flow(forked())
    frame = look(open_page, f"/flows/{flow[0]}", "A/B split")
    expect(frame.locator(".elab")).to_have_count(4)
    expect(frame.locator('[data-id="test"]')).to_be_attached()
    joined = frame.locator('.react-flow__edge[data-id$=">join:big"]')
    expect(joined).to_have_count(2)


def test_a_flow_is_paused_and_goes_on(open_page: Open, maple: SmallStore) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.get_by_role("button", name="Pause").click()
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_contain_text("The 2 waiting now keep their place")
    check(frame)
    dialog.get_by_role("button", name="Pause").click()
    expect(frame.locator(".fhead .badge", has_text="Paused")).to_be_visible()
    expect(frame.page.get_by_text("The flow is paused")).to_be_visible()
    frame.get_by_role("button", name="Resume").click()
    expect(frame.locator(".fhead .badge", has_text="Live")).to_be_visible()


def test_a_draft_goes_live_by_the_keyboard_alone(
    open_page: Open, empty: str, database: Database
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, empty)
        flow = rows.abandoned_cart_flow(status="draft", live_version_id=None, recipe=None)
    frame = open_page(f"/flows/{flow[0]}")
    publish = frame.get_by_role("button", name="Publish")
    publish.focus()
    publish.press("Enter")
    dialog = frame.get_by_role("dialog")
    expect(dialog).to_be_visible()
    frame.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(publish).to_be_focused()
    publish.press("Enter")
    confirm = dialog.get_by_role("button", name="Publish", exact=True)
    expect(confirm).to_be_enabled()
    confirm.focus()
    frame.page.keyboard.press("Enter")
    expect(frame.locator(".fhead .badge", has_text="Live")).to_be_visible()


def test_a_customer_is_searched_and_their_timeline_told(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        for minute in range(40):
            when = at(f"2026-09-01 10:{minute:02}")
            rows.event(maple.ada, "customer.tagged", when, added=[f"vip {minute}"])
        rows.message(
            maple.flow,
            maple.ada_enrollment,
            "objection",
            maple.ada,
            at("2026-11-18 07:00"),
            state="skipped",
            reason="order_placed",
        )
    look(open_page, "/customers", "Ada Reyes")
    frame = open_page("/customers")
    frame.get_by_role("searchbox").fill("ada")
    expect(frame.get_by_text("1 customer", exact=True)).to_be_visible()
    frame.get_by_role("link", name="Ada Reyes").click()
    timeline = frame.get_by_role("region", name="Timeline")
    for told in ("Earned an order", "They placed an order.", "$20.00 refunded", "Not sent"):
        expect(timeline.get_by_text(told).first).to_be_visible()
    timeline.get_by_role("button", name="Show older").click()
    expect(timeline.get_by_role("button", name="Show older")).to_have_count(0)
    expect(timeline.get_by_text("Got a tag")).to_have_count(40)
    expect(timeline.get_by_text("vip 39", exact=True)).to_be_visible()
    look(open_page, f"/customers/{maple.ada}", "Lifetime value so far")


def test_settings_are_changed_refused_and_kept(open_page: Open, maple: SmallStore) -> None:
    look(open_page, "/settings", "Who gets cart reminders")
    frame = open_page("/settings")
    frame.get_by_role("radio", name="Everyone who did not unsubscribe").click()
    expect(frame.get_by_text("marketing messages need consent given beforehand")).to_be_visible()
    frame.get_by_label("Add a country").select_option("DE")
    expect(frame.get_by_label("Rule for Germany")).to_have_value("subscribers")
    frame.get_by_role("switch", name="Quiet hours for email").click()
    frame.get_by_label("Days a click counts").fill("99")
    check(frame)
    press_save(frame)
    expect(frame.get_by_text("Use 1 to 30 days.")).to_have_count(1)
    expect(frame.get_by_label("Days a click counts")).to_be_focused()
    expect(frame.get_by_role("button", name="Try again")).to_have_count(0)
    check(frame)
    frame.get_by_label("Days a click counts").fill("7")
    frame.get_by_label("Free shipping from (USD)").fill("49.95")
    frame.get_by_label("Cost at the most (USD)").fill("250")
    press_save(frame)
    expect(frame.page.get_by_text("Settings saved")).to_be_visible()
    again = open_page("/settings")
    expect(again.get_by_label("Days a click counts")).to_have_value("7")
    expect(again.get_by_label("Free shipping from (USD)")).to_have_value("49.95")
    expect(again.get_by_label("Cost at the most (USD)")).to_have_value("250")
    expect(again.get_by_label("Codes at the most")).to_have_value("")
    expect(again.get_by_label("Rule for Germany")).to_have_value("subscribers")
    night = again.get_by_role("group", name="Quiet hours for email")
    expect(night.get_by_label("From")).to_have_value("21:00")


def test_a_key_is_made_copied_once_and_revoked(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("/settings/team")
    expect(frame.get_by_text("No program has a key yet.")).to_be_visible()
    expect(frame.get_by_role("button", name="Make a key")).to_be_disabled()
    frame.get_by_label("Which program is it for?").fill("Loyalty app")
    frame.get_by_label("Read customers").check()
    frame.get_by_role("button", name="Make a key").click()
    shown = frame.get_by_label("The key for Loyalty app")
    expect(shown).to_have_value(re.compile("rp_live_"))
    check(frame)
    frame.get_by_role("button", name="Done").click()
    expect(shown).to_have_count(0)
    expect(
        frame.get_by_text("Read customers · Send events and reviews · not used yet")
    ).to_be_visible()
    frame.get_by_role("button", name="Revoke the key of Loyalty app").click()
    expect(frame.get_by_role("alertdialog")).to_be_visible()
    check(frame)
    frame.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(frame.get_by_text("No program has a key yet.")).to_be_visible()


def test_a_page_whose_figures_fail_says_what_is_known(
    open_page: Open, maple: SmallStore, admin: AdminFrame
) -> None:
    admin.faults["dashboard"] = 503
    frame = open_page("")
    alert = frame.get_by_role("alert")
    expect(alert).to_contain_text("This could not be loaded. Try again.", timeout=15_000)
    expect(alert).not_to_contain_text("flows keep running")  # nobody looked whether they do
    check(frame)
    admin.faults.clear()
    frame.get_by_role("button", name="Try again").click()
    expect(frame.get_by_text("2 of 6 abandoned carts")).to_be_visible()


def test_a_store_that_lost_its_grant_is_led_to_connect_again(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        connection.execute(update(store_table).values(status="needs_reauth"))
    frame = look(open_page, "", "Connect your store again")
    link = frame.get_by_role("link", name="Connect")
    assert link.get_attribute("target") == "_top"
    assert link.get_attribute("href") == f"https://app.example.com/shopify/auth?shop={MAPLE}"


def test_a_token_that_is_refused_is_renewed_once_and_then_explained(
    open_page: Open, maple: SmallStore, admin: AdminFrame
) -> None:
    admin.forged = True
    frame = open_page("/flows")
    expect(frame.get_by_text("Your sign-in ran out.")).to_be_visible()
    assert len([path for path in admin.asked if path.startswith("/panel/api/store")]) == 2
    check(frame)


def test_outside_the_admin_the_page_says_where_to_open_it(
    browser: Browser, admin: AdminFrame, maple: SmallStore
) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{admin.app_url}/panel/")
    expect(page.get_by_text("it only works inside the store")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 23, 25)"
    check(page.main_frame)
    assert context.cookies() == []
    context.close()


def test_no_other_site_can_frame_the_panel(
    browser: Browser, admin: AdminFrame, maple: SmallStore
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content(f'<iframe src="{admin.app_url}/panel/?shop={MAPLE}"></iframe>')
    page.wait_for_load_state("networkidle")
    assert all("Dashboard" not in frame.content() for frame in page.frames)
    context.close()


def test_what_a_page_needs_is_asked_for_from_the_start_and_once(
    open_page: Open, maple: SmallStore, admin: AdminFrame
) -> None:
    flow, ada = f"/flows/{maple.flow[0]}", f"/customers/{maple.ada}"
    message = f"{flow}/messages/reminder"
    lists = ("", "/flows", "/flows/new", "/campaigns", "/segments", "/customers", "/settings")
    for path in (*lists, "/set-up", flow, message, ada):
        admin.asked.clear()
        frame = open_page(path)
        expect(frame.get_by_role("heading", level=1).first).to_be_visible()
        frame.page.wait_for_load_state("networkidle")
        begun = frame.evaluate(BEGUN)
        assert len(begun) >= 2, path
        asked = [each for each in admin.asked if each.startswith("/panel/api")]
        assert [each for each in begun if asked.count(each) != 1] == [], path


BEGUN = """() => {
  const of = (name) => performance.getEntriesByType("resource").filter(e => e.name.includes(name));
  const api = of("/panel/api/");
  const first = Math.min(...api.map(e => e.startTime));
  return api.filter(e => e.startTime < first + 20)
    .map(e => new URL(e.name)).map(u => u.pathname + (u.search || "?"));
}"""
"""The addresses that were asked for at once, at the very beginning."""


def test_the_admin_draws_the_navigation(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("")
    expect(frame.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(frame.locator("nav.topnav")).to_have_count(0)
    page: Any = frame.page
    links = page.locator("#app-links a")
    expect(links).to_have_count(7)
    page.evaluate("document.getElementById('app-links').hidden = false")
    links.get_by_text("Customers").click()
    expect(frame.get_by_role("heading", name="Customers")).to_be_visible()
    assert page.context.cookies() == []


def test_the_layout_stays_where_it_is_while_figures_come(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("")
    expect(frame.get_by_text("Carts not written to")).to_be_visible()
    frame.page.wait_for_timeout(500)
    shift = frame.evaluate(
        """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
        for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value;
        }).observe({type: "layout-shift", buffered: true}); setTimeout(() => done(sum), 200) })"""
    )
    assert shift <= 0.02


def test_a_page_whose_files_are_gone_after_an_update_offers_a_reload(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/flows")
    expect(frame.get_by_text("When a cart is abandoned")).to_be_visible()
    frame.page.route("**/FlowPage-*.js", lambda route: route.fulfill(status=404))
    frame.get_by_role("link", name="Abandoned cart").click()
    expect(frame.get_by_role("heading", name="This page could not be shown")).to_be_visible()
    check(frame)
    frame.page.unroute("**/FlowPage-*.js")
    frame.get_by_role("button", name="Reload this page").click()
    expect(frame.get_by_role("heading", name="Abandoned cart")).to_be_visible()
