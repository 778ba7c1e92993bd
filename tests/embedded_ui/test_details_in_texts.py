"""Details of a customer in texts, chats, WhatsApp and tests: picked from the list, and readable."""

from playwright.sync_api import expect

from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.building import draft_of, saved
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    database_url,
    in_every_sight,
    maple,
    open_page,
    wide_again,
)
from tests.embedded_ui.test_inspector import MAIL, TEMPLATE, choose, keep
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000  # ms


def test_a_detail_is_put_into_a_text_message_with_what_stands_in_for_it(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow = keep(database, maple.id, {**MAIL, "channel": "sms", "template": TEMPLATE})
    frame = open_page(f"/flows/{flow}")
    frame.locator("[data-step=mail]").click()
    box = frame.locator('[id="field-template.sms"]')
    box.fill("Hello !")
    box.press("ArrowLeft")
    frame.get_by_role("button", name="Insert a detail into Text message").click(timeout=SLOW)
    frame.get_by_role("combobox", name="Search details").fill("first name")
    in_every_sight(frame)
    wide_again(frame)
    frame.get_by_role("option", name="First name").click()
    frame.get_by_label("is not known, say").fill("friend")
    frame.get_by_role("button", name="Insert", exact=True).click()
    expect(box).to_have_value('Hello {{ customer.first_name | default: "friend" }}!')
    expect(frame.locator(".reads")).to_have_text("Reads: Hello Ada!")
    box.blur()
    saved(frame)
    kept = draft_of(database, maple.id, flow)["steps"][0]["template"]["sms"]
    assert kept == 'Hello {{ customer.first_name | default: "friend" }}!'


def test_a_link_of_the_customers_own_reads_as_what_it_leads_to(
    open_page: Open, admin: AdminFrame, maple: SmallStore, database: Database
) -> None:
    words = "Your cart: {{ cart.url }} {{ item.url }}"
    template = {**TEMPLATE, "sms": words}
    flow = keep(database, maple.id, {**MAIL, "channel": "sms", "template": template})
    for locale, read in {
        "en": "Reads: Your cart: [link to the cart] [link]",
        "de": "Zu lesen: Your cart: [Link zum Warenkorb] [Link]",
    }.items():
        admin.locale = locale
        frame = open_page(f"/flows/{flow}")
        frame.locator("[data-step=mail]").click()
        expect(frame.locator(".reads")).to_have_text(read, timeout=SLOW)


def test_a_chat_message_shows_a_name_where_its_detail_stands(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    chat = {"text": "Hi {{ customer.first_name }}, still there?"}
    template = {**TEMPLATE, "chat": chat}
    flow = keep(database, maple.id, {**MAIL, "channel": "messenger", "template": template})
    frame = open_page(f"/flows/{flow}")
    frame.locator("[data-step=mail]").click()
    expect(frame.locator(".bubble p")).to_have_text("Hi Ada, still there?", timeout=SLOW)
    expect(frame.get_by_role("button", name="Insert a detail into")).to_have_count(1)


def test_a_subject_and_a_preview_text_show_how_they_read(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    asks = "Still there, {{ customer.first_name }}?"
    flow = keep(database, maple.id, {**MAIL, "template": {**TEMPLATE, "subject": asks}})
    frame = open_page(f"/flows/{flow}/messages/mail")
    inbox = frame.get_by_role("region", name="In the inbox")
    expect(inbox.get_by_text("Reads: Still there, ")).to_be_visible(timeout=SLOW)
    expect(inbox.get_by_text("Reads: ")).to_have_count(1)
    inbox.get_by_label("Preview text", exact=True).fill("For {{ customer.first_name }}")
    expect(inbox.get_by_text("Reads: For Ada", exact=True)).to_be_visible()
    in_every_sight(frame)


def test_a_test_reads_as_a_customer_would_get_it(open_page: Open, maple: SmallStore) -> None:
    flow_id, _ = maple.flow
    frame = open_page(f"/flows/{flow_id}")
    choose(frame, "reminder").get_by_role("button", name="Send a test").click()
    sheet = frame.get_by_role("dialog", name="Send a test")
    shown = sheet.get_by_role("group", name="Whose details it shows")
    shown.get_by_role("button", name="As Sample customer").click()
    frame.get_by_role("combobox", name="Search customers").fill("ada")
    option = frame.get_by_role("option", name="Ada Reyes")
    expect(option).to_be_visible()
    in_every_sight(frame)
    wide_again(frame)
    option.click()
    expect(shown.get_by_role("button", name="As Ada Reyes")).to_be_visible()
    in_every_sight(frame)
    wide_again(frame)
    sheet.get_by_label("To which address").fill("me@maple.example")
    with frame.page.expect_request("**/templates/test") as asked:
        sheet.get_by_role("button", name="Send the test").click()
    about = asked.value.post_data_json["about"]
    assert about["customer_id"] == maple.ada
    assert about["offers_code"] is False, "a step without a code shows none"
    expect(sheet.get_by_text("On its way to me@maple.example.")).to_be_visible()
