"""Settings: the team and its log, linked stores, and lists brought from elsewhere, as seen."""

from playwright.sync_api import Route, expect
from sqlalchemy import update

from marketing.team import Role
from storage import flows, store_links, stores, team
from storage.database import Database
from storage.schema import stores as store_table
from storage.schema import team as team_table
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import MAPLE
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    Open,
    admin,
    check,
    database_url,
    empty,
    in_every_sight,
    look,
    maple,
    open_page,
    picture,
    press_save,
)
from tests.seeding import SmallStore, a_store

pytestmark = IN_A_BROWSER


def someone(database: Database, store_id: str, user_id: str, role: Role) -> None:
    with database.writing() as connection:
        team.welcome(connection, store_id, user_id, role, database.real_now(connection))


def test_a_colleague_is_named_and_given_a_role_and_the_log_tells(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    someone(database, maple.id, "90211", Role.PUBLISHER)
    frame = open_page("/settings/team")
    expect(frame.get_by_text("You", exact=True)).to_be_visible()
    frame.get_by_label("Name of Person 90211").fill("Jo")
    frame.get_by_label("Role of Person 90211").select_option("editor")
    expect(frame.get_by_text("Nothing goes live by it.")).to_be_visible()
    frame.get_by_role("button", name="Save").click()
    expect(frame.get_by_label("Role of Jo")).to_have_value("editor")
    look(open_page, "/settings/team", "Changed someone of the team “Jo”: Editor")


def test_whoever_lost_their_access_is_told_so_where_the_page_was_open(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page("/flows")
    expect(frame.get_by_role("heading", name="Flows", level=1)).to_be_visible()
    with database.writing() as connection:
        connection.execute(update(team_table).values(role="none"))
    frame = look(open_page, "/flows", "You have no access to Reprise in this store.")
    expect(frame.get_by_role("button", name="Create flow")).to_have_count(0)


def test_the_last_publisher_is_told_why_they_stay_one(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("/settings/team")
    frame.get_by_label("Role of Person 42").select_option("viewer")
    frame.get_by_role("button", name="Save").click()
    expect(frame.get_by_text("Somebody has to be able to publish.")).to_be_visible()
    check(frame)


def test_a_double_click_makes_one_key_and_not_a_second_that_nobody_sees(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/settings/team")
    asked: list[str] = []
    frame.page.on("request", lambda one: asked.append(f"{one.method} {one.url}"))
    frame.get_by_label("Which program is it for?").fill("Loyalty app")
    frame.get_by_role("button", name="Make a key").dblclick()
    expect(frame.get_by_label("The key for Loyalty app")).to_be_visible()
    assert len([one for one in asked if one.startswith("POST") and "/keys" in one]) == 1


def test_the_row_of_tabs_scrolls_sideways_alone(open_page: Open, maple: SmallStore) -> None:
    tabs = open_page("/settings").locator(".tabs")
    expect(tabs).to_be_visible()
    assert tabs.evaluate("one => getComputedStyle(one).overflowY") == "hidden"


SEEN = """one => { const [tab, bar] = [one, one.parentElement].map(e => e.getBoundingClientRect());
    return tab.left >= bar.left && tab.right <= bar.right; }"""


def test_the_open_tab_comes_into_sight_when_the_window_is_narrowed(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/settings/data")
    tab = frame.locator('.tabs a[aria-current="page"]')
    expect(tab).to_be_visible()
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    frame.wait_for_function(f"() => ({SEEN})(document.querySelector('.tabs [aria-current]'))")
    frame.page.set_viewport_size({"width": NARROW[0] - 70, "height": NARROW[1]})
    frame.wait_for_function(f"() => ({SEEN})(document.querySelector('.tabs [aria-current]'))")


def test_a_viewer_sees_the_team_and_changes_nothing(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    someone(database, maple.id, "90211", Role.PUBLISHER)
    someone(database, maple.id, "42", Role.VIEWER)
    with database.writing() as connection:
        connection.execute(
            update(team_table).where(team_table.c.user_id == "42").values(role="viewer")
        )
    frame = look(open_page, "/settings/team", "Person 90211")
    expect(frame.get_by_label("Role of Person 90211")).to_be_disabled()
    expect(frame.get_by_text("Ask one of your team.").first).to_be_visible()
    expect(frame.get_by_role("heading", name="API keys")).to_have_count(0)
    data = look(open_page, "/settings/data", "People who unsubscribed elsewhere")
    expect(data.get_by_label("List of addresses (CSV)")).to_be_disabled()


def test_two_stores_are_linked_by_a_code_and_unlinked(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        other = a_store(connection, "third.myshopify.com")
        code, _ = store_links.new_code(connection, other, database.real_now(connection))
    frame = open_page("/settings/team")
    frame.get_by_role("button", name="Make a code for the other store").click()
    expect(frame.get_by_text("It works once, until")).to_be_visible()
    entry = frame.get_by_label("Code of the other store")
    entry.fill("NO-SUCH-CODE")
    entry.press("Enter")
    expect(frame.get_by_text("This code opens nothing")).to_be_visible()
    check(frame)
    entry.fill(code)
    entry.press("Enter")
    link = frame.get_by_role("link", name="Open Maple & Moss")
    expect(link).to_have_attribute("target", "_top")
    frame.get_by_role("button", name="Unlink Maple & Moss").click()
    check(frame)
    frame.get_by_role("alertdialog").get_by_role("button", name="Unlink").click()
    expect(frame.get_by_text("No other store is linked.")).to_be_visible()


def test_a_code_is_offered_once_the_list_of_stores_has_come(
    open_page: Open, maple: SmallStore
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    open_page("/settings/data").page.route("**/panel/api/stores", hold)
    frame = open_page("/settings/team")
    expect(frame.get_by_role("heading", name="Your other stores")).to_be_visible()
    button = frame.get_by_role("button", name="Make a code for the other store")
    expect(frame.get_by_label("Which program is it for?")).to_be_visible()
    expect(button).to_have_count(0)  # what is drawn anew when the list comes would lose its code
    held[0].continue_()
    button.click()
    expect(frame.get_by_text("It works once, until")).to_be_visible()


def test_a_list_from_elsewhere_is_brought_and_counted(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("/settings/data")
    lines = ["email", *(f"person{at}@example.com" for at in range(12_000)), "nobody"]
    file = {"name": "out.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    with frame.page.expect_file_chooser() as chooser:
        frame.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(files=[file])
    expect(frame.get_by_text("12,000 addresses are not written to anymore.")).to_be_visible(
        timeout=30_000
    )
    expect(frame.get_by_text("Line without an address: 12002")).to_be_visible()
    check(frame)
    empty_file = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"nothing here"}
    frame.get_by_label("List of addresses (CSV)").set_input_files(files=[empty_file])
    expect(frame.get_by_text("There is no email address in this file.")).to_be_visible()
    picture_file = {"name": "x.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\0\0"}
    frame.get_by_label("List of addresses (CSV)").set_input_files(files=[picture_file])
    expect(frame.get_by_text("a CSV file. Export the list")).to_be_visible()
    of_a_spreadsheet = {**file, "buffer": "email\nzoë@example.com\n".encode("utf-16")}
    frame.get_by_label("List of addresses (CSV)").set_input_files(files=[of_a_spreadsheet])
    expect(frame.get_by_text("1 address is not written to anymore.")).to_be_visible()


def test_a_store_is_disconnected_after_its_address_was_typed(
    open_page: Open, maple: SmallStore, admin: AdminFrame
) -> None:
    look(open_page, "/settings/data", "If you leave Reprise").page.clock.install()
    frame = open_page("/settings/data")
    frame.get_by_role("button", name="Disconnect the store").click()
    dialog = frame.get_by_role("alertdialog")
    dialog.get_by_label("to confirm").fill("something else")
    dialog.get_by_role("button", name="Disconnect the store").click()
    expect(dialog.get_by_text("Type the address of your store")).to_be_visible(timeout=30_000)
    check(frame)
    dialog.get_by_label("to confirm").fill(MAPLE)
    dialog.get_by_role("button", name="Disconnect the store").click()
    expect(frame.get_by_text("The store is disconnected")).to_be_visible(timeout=30_000)
    asked = len(admin.asked)
    frame.page.clock.fast_forward("10:00")  # whoever polls would hear that nobody is signed in
    frame.page.wait_for_timeout(500)
    assert admin.asked[asked:] == []
    expect(frame.get_by_label("List of addresses (CSV)")).to_have_count(0)
    expect(frame.get_by_text("The store is disconnected")).to_be_visible()
    picture(frame)


def test_the_part_that_is_open_is_in_sight_on_a_phone(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("/settings")
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    parts = frame.get_by_role("navigation", name="Parts of the settings").get_by_role("link")
    expect(parts.last).to_be_visible(timeout=30_000)
    expect(parts.last).not_to_be_in_viewport(ratio=0.9)
    frame.evaluate("document.querySelector('.tabs a:last-of-type').click()")
    expect(frame.get_by_text("If you leave Reprise")).to_be_visible()
    expect(parts.last).to_be_in_viewport(ratio=0.9)


def test_which_language_is_spoken_where_is_told(
    open_page: Open, admin: AdminFrame, maple: SmallStore, database: Database
) -> None:
    card = open_page("/settings").get_by_role("region", name="Language")
    expect(card).to_contain_text("This panelEnglish")
    expect(card).to_contain_text("Your storeAmerican English")
    expect(card).to_contain_text("Recipes begin in this language.")
    card.scroll_into_view_if_needed()
    with database.writing() as connection:
        connection.execute(update(store_table).values(locale="fr-CA"))
    admin.locale = "de"
    frame = open_page("/settings")
    card = frame.get_by_role("region", name="Sprache")
    expect(card).to_contain_text("Diese OberflächeDeutsch")
    expect(card).to_contain_text("Ihr ShopFranzösisch (Kanada)")
    expect(card).to_contain_text("Ihre beginnen darum auf Englisch")
    card.scroll_into_view_if_needed()
    in_every_sight(frame)


def test_a_log_that_does_not_load_leaves_the_rest(
    open_page: Open,
    maple: SmallStore,
    admin: AdminFrame,
) -> None:
    admin.faults["/audit"] = 503
    frame = open_page("/settings/team")
    expect(frame.get_by_role("alert")).to_be_visible(timeout=15_000)
    expect(frame.get_by_label("Role of Person 42")).to_be_visible()
    check(frame)


def test_a_flow_is_copied_to_the_linked_store(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        other, now = a_store(connection, "third.myshopify.com"), database.real_now(connection)
        code, _ = store_links.new_code(connection, other, now)
        store_links.redeem(connection, maple.id, code, now)
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.get_by_role("button", name="Copy to another store").click()
    dialog = frame.get_by_role("dialog", name="Copy “Abandoned cart” to")
    expect(dialog.get_by_label("Store")).to_have_value(other)
    check(frame)
    dialog.get_by_role("button", name="Copy", exact=True).click()
    arrived = frame.get_by_role("dialog", name="Maple & Moss has it as a draft")
    expect(arrived.get_by_text("All that it names is there, too.")).to_be_visible()
    leads = arrived.get_by_role("link", name="Open Maple & Moss")
    expect(leads).to_be_visible()
    check(frame)
    with database.reading() as connection:
        (copied,) = flows.of_store(connection, other)
    assert (leads.get_attribute("href") or "").endswith(f"/panel/flows/{copied.id}")
    assert copied.name == "Abandoned cart"
    assert copied.live_version_id is None


def test_the_sign_up_form_is_switched_on_and_its_words_are_kept(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = look(open_page, "/settings/form", "Take sign-ups on")
    frame.get_by_role("switch", name="Take sign-ups on").click()
    english = frame.get_by_role("group", name="English")
    expect(english.locator("textarea")).to_have_count(3)  # what is long is not looked at by a slit
    english.get_by_label("Heading").fill("The moss letter")
    frame.get_by_role("button", name="Save").click()
    expect(frame.get_by_role("button", name="Save")).to_be_disabled()
    with database.reading() as connection:
        kept = stores.by_id(connection, maple.id)
    assert kept
    form = kept.settings["signup_form"]
    assert (form["is_on"], form["words"]["en"]["title"]) == (True, "The moss letter")
    assert kept.public_key in frame.get_by_label("Code").input_value()


def test_unsaved_settings_are_asked_about_before_a_tab_or_the_browsers_back_leaves_them(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/settings/team")
    expect(frame.get_by_text("You", exact=True)).to_be_visible()
    tabs = frame.get_by_role("navigation", name="Parts of the settings")
    tabs.get_by_role("link").first.click()
    days = frame.get_by_label("Days a click counts")
    days.fill("9")
    asked = frame.get_by_role("alertdialog", name="Leave without saving?")
    expect(frame.page.get_by_role("region", name="Unsaved changes")).to_be_visible()
    frame.page.wait_for_timeout(500)  # the dialog's own file is on its way
    tabs.get_by_role("link", name="Team and programs").click()
    expect(asked).to_be_visible()
    check(frame)
    asked.get_by_role("button", name="Stay").click()
    expect(days).to_have_value("9")
    frame.evaluate("history.back()")
    expect(asked).to_be_visible()
    expect(days).to_have_value("9")
    asked.get_by_role("button", name="Leave").click()
    expect(frame.get_by_text("You", exact=True)).to_be_visible()


def test_what_was_typed_when_the_sign_in_ran_out_is_still_there_and_saved_on_the_next_try(
    open_page: Open, maple: SmallStore, admin: AdminFrame
) -> None:
    frame = open_page("/settings")
    days = frame.get_by_label("Days a click counts")
    days.fill("9")
    admin.forged = True
    press_save(frame)
    told = frame.get_by_role("alert").filter(has_text="Not saved, because your sign-in ran out.")
    expect(told).to_be_visible(timeout=30_000)
    expect(days).to_have_value("9")
    check(frame)
    admin.forged = False
    told.get_by_role("button", name="Try again").click()
    expect(frame.page.get_by_role("region", name="Unsaved changes")).to_be_hidden(timeout=30_000)
    expect(told).to_have_count(0)
    expect(open_page("/settings").get_by_label("Days a click counts")).to_have_value("9")


def test_the_admins_save_bar_keeps_and_discards_and_asks_before_one_leaves(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/settings")
    bar = frame.page.get_by_role("region", name="Unsaved changes")
    days = frame.get_by_label("Days a click counts")
    expect(days).to_be_visible()
    expect(bar).to_be_hidden()
    days.fill("9")
    expect(bar).to_be_visible()
    expect(frame.locator(".savebar")).to_have_count(0)
    picture(frame)
    asked: list[str] = []
    frame.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    frame.page.evaluate("document.querySelector('#app-links a:last-of-type').click()")
    assert asked == ["Leave the page with unsaved changes?"]
    bar.get_by_role("button", name="Discard").click()
    expect(bar).to_be_hidden()
    expect(days).not_to_have_value("9")
    days.fill("9")
    press_save(frame)
    expect(bar).to_be_hidden()
    expect(open_page("/settings").get_by_label("Days a click counts")).to_have_value("9")


def test_where_the_admin_has_no_save_bar_ours_stands_below_the_form(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/settings")
    frame.page.route("**/app-bridge.js", without_a_save_bar)
    frame = open_page("/settings")
    frame.get_by_label("Days a click counts").fill("9")
    check(frame)
    frame.get_by_role("button", name="Save", exact=True).click()
    expect(frame.locator(".savebar")).to_have_count(0)
    expect(open_page("/settings").get_by_label("Days a click counts")).to_have_value("9")


def without_a_save_bar(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("saveBar:", "older:"))
