"""The inbox as the team has it: who wrote is listed, read, answered by text, and put away."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Frame, expect

from channels import Providers
from channels.base import Callback
from jobs import channel_accounts, receive, reply
from jobs.runtime import Runtime
from marketing.attachments import Attachment, AttachmentKind
from marketing.model import ChannelName
from marketing.team import Role
from sandbox.twilio import MEDIA, NUMBER, Twilio
from storage import Connection, inbound, saved_replies, schema, stores, team, threads
from storage.channel_accounts import ChannelAccount
from storage.database import Database
from storage.inbound import Inbound
from storage.stores import Store
from tests.channels.test_twilio import api_url, twilio  # noqa: F401  fixtures
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    WIDE,
    Open,
    admin,
    check,
    database_url,
    in_every_sight,
    look,
    maple,
    open_page,
    wide_again,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
ADA = "+15550100"
SLOW = 30_000


@pytest.fixture
def runtime(admin: AdminFrame, twilio: Twilio, api_url: str) -> Runtime:
    """The app's own, with Twilio where it is here; nothing that Twilio tells arrives by itself."""
    own: Runtime = admin.app.extensions["reprise"]
    own = replace(own, providers=Providers(api_url, use_proxies=False))
    admin.app.extensions["reprise"] = own
    twilio.call = lambda *_: 0  # type: ignore[method-assign]
    return own


@pytest.fixture
def account(runtime: Runtime, maple: SmallStore, twilio: Twilio) -> ChannelAccount:
    """The store's own account, and Ada's number."""
    with runtime.database.writing() as connection:
        mine = schema.customers.c.id == maple.ada
        connection.execute(schema.customers.update().where(mine).values(phone=ADA))
    public = {"account_sid": twilio.account_sid, "sender": NUMBER}
    told = ("twilio", public, {"auth_token": twilio.auth_token})
    return channel_accounts.connect(runtime, the_store(runtime, maple), ChannelName.SMS, told)


def the_store(runtime: Runtime, maple: SmallStore) -> Store:
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, maple.id)
    assert store
    return store


def come_in(runtime: Runtime, account: ChannelAccount, query: str = "", **form: str) -> None:
    url = channel_accounts.callback_url(runtime, account) + query
    receive.kept(runtime, account, Callback(url, urlencode(form).encode()))
    while receive.drain(runtime, [account.store_id]):
        pass


def wrote(runtime: Runtime, account: ChannelAccount, text: str, sid: str = "SM1") -> None:
    come_in(runtime, account, MessageSid=sid, From=ADA, To=NUMBER, Body=text)


def work(runtime: Runtime, account: ChannelAccount) -> None:
    while reply.drain(runtime, [account.store_id]):
        pass


def test_without_a_conversation_it_says_what_will_be_there(
    open_page: Open, maple: SmallStore
) -> None:
    frame = look(open_page, "/inbox", "When someone answers a message, it lands here.")
    for width, height in (WIDE, NARROW):
        frame.page.set_viewport_size({"width": width, "height": height})
        expect(frame.get_by_text("No conversations yet")).to_be_visible()
        expect(frame.get_by_text("with their cart and orders beside it")).to_be_visible()
        expect(frame.get_by_role("button", name="Start a test conversation")).to_be_visible()
        expect(frame.get_by_role("link", name="Go to channels")).to_be_visible()
    frame.get_by_role("button", name="Mine", exact=True).click()
    expect(frame.get_by_text("Nothing here")).to_be_visible(timeout=SLOW)
    expect(frame.get_by_text("it lands here")).to_have_count(0)


def test_the_inbox_says_once_in_which_zone_its_times_are(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    wrote(runtime, account, "Is the mug in stock?")
    frame = open_page("/inbox")
    zone = frame.get_by_text("Times in America/New York")
    expect(zone).to_be_visible(timeout=SLOW)
    frame.get_by_role("link", name="Is the mug in stock?").click()
    expect(frame.get_by_role("complementary").get_by_text("Times in")).to_be_visible(timeout=SLOW)
    expect(zone).to_have_count(1)


def test_a_list_that_can_not_be_renewed_stays_with_why(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    wrote(runtime, account, "Is the mug in stock?")
    frame = open_page("/inbox")
    line = frame.get_by_role("link", name="Is the mug in stock?")
    expect(line).to_be_visible(timeout=SLOW)
    frame.page.route("**/panel/api/conversations?*", lambda route: route.abort())
    old = frame.get_by_text("What you see may be old.")
    expect(old).to_be_visible(timeout=SLOW)
    for show in ("Waiting", "Unassigned"):
        frame.get_by_role("button", name=show, exact=True).click()
        frame.page.wait_for_timeout(4_000)
        expect(line).to_be_visible()
        expect(old).to_be_visible()
    check(frame)
    frame.page.unroute("**/panel/api/conversations?*")
    expect(old).to_have_count(0, timeout=SLOW)
    expect(line).to_be_visible()


def test_a_list_that_never_came_says_so_and_keeps_saying_it(
    open_page: Open, maple: SmallStore
) -> None:
    open_page("/settings").page.route("**/panel/api/conversations?*", lambda route: route.abort())
    frame = open_page("/inbox")
    gone = frame.get_by_text("so this could not be loaded.")
    expect(gone).to_be_visible(timeout=SLOW)
    for _ in range(12):
        assert gone.is_visible(), "it is not taken back while it is asked again"
        frame.page.wait_for_timeout(500)
    expect(frame.get_by_text("What you see may be old.")).to_have_count(0)
    check(frame)


def test_who_else_is_writing_is_shown_above_the_box(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    wrote(runtime, account, "Hello?")
    frame = open_page(f"/inbox/{maple.ada}")
    expect(frame.get_by_label("Reply by Text message")).to_be_visible(timeout=SLOW)

    def note(connection: Connection) -> None:
        real_now = runtime.database.real_now(connection)
        other = team.welcome(connection, maple.id, "77", Role.INBOX, real_now)
        team.introduce(connection, maple.id, other.id, "Mara")
        threads.writes(connection, maple.id, maple.ada, other.id, real_now + timedelta(minutes=5))

    runtime.database.write(note)
    expect(frame.get_by_text("Mara is writing an answer here just now.")).to_be_visible(
        timeout=SLOW
    )
    in_every_sight(frame)


def test_who_wrote_is_read_answered_and_put_away(
    open_page: Open,
    maple: SmallStore,
    database: Database,
    runtime: Runtime,
    twilio: Twilio,
    account: ChannelAccount,
) -> None:
    wrote(runtime, account, "Is the mug in stock?")
    frame = look(open_page, "/inbox", "Is the mug in stock?")
    frame.get_by_role("link", name="Is the mug in stock?").click()
    thread = frame.get_by_role("region", name="Conversation with")
    box = frame.get_by_label("Reply by Text message")
    box.fill(f"Yes, {3} of them.")
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(thread.get_by_text("Yes, 3 of them.")).to_be_visible(timeout=SLOW)
    expect(thread.get_by_text("With your team")).to_be_visible(timeout=SLOW)
    expect(thread.get_by_text("Waiting to go out")).to_be_visible(timeout=SLOW)
    work(runtime, account)
    expect(thread.get_by_text("Sent", exact=True)).to_be_visible(timeout=SLOW)
    [text] = [one for one in twilio.texts(ADA) if not one["is_inbound"]]
    assert text["body"] == "Yes, 3 of them."
    come_in(runtime, account, MessageSid=text["sid"], MessageStatus="delivered")
    expect(thread.get_by_text("Delivered")).to_be_visible(timeout=SLOW)
    check(frame)
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    check(frame)
    frame.evaluate("document.documentElement.dataset.theme = 'dark'")
    check(frame)
    hand_back_and_close(frame, runtime, account)


def hand_back_and_close(frame: Frame, runtime: Runtime, account: ChannelAccount) -> None:
    thread = frame.get_by_role("region", name="Conversation with")
    frame.get_by_role("link", name="Back to the list").click()
    expect(frame.get_by_role("link", name="Yes, 3 of them.")).to_be_visible(timeout=SLOW)
    frame.get_by_role("link", name="Yes, 3 of them.").click()
    frame.get_by_role("button", name="Hand back to automation").click()
    expect(thread.get_by_text("Automation answers")).to_be_visible(timeout=SLOW)
    frame.get_by_role("button", name="Close", exact=True).click()
    expect(frame.get_by_role("button", name="Reopen")).to_be_visible(timeout=SLOW)
    wrote(runtime, account, "Thanks!", "SM2")
    expect(thread.get_by_text("Thanks!")).to_be_visible(timeout=SLOW)
    expect(frame.get_by_role("button", name="Close", exact=True)).to_be_visible(timeout=SLOW)


def test_a_reply_that_failed_stays_with_its_reason_and_is_tried_again(
    open_page: Open,
    maple: SmallStore,
    runtime: Runtime,
    twilio: Twilio,
    account: ChannelAccount,
) -> None:
    wrote(runtime, account, "Hello?")
    frame = open_page(f"/inbox/{maple.ada}")
    frame.get_by_label("Reply by Text message").fill("Here I am")
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.get_by_text("Waiting to go out")).to_be_visible(timeout=SLOW)
    come_in_failed(runtime, account, twilio)
    expect(frame.get_by_text("Did not go out")).to_be_visible(timeout=SLOW)
    expect(frame.get_by_text("the carrier does not say why")).to_be_visible()
    expect(frame.get_by_text("Twilio 30008", exact=True)).to_be_visible()
    in_every_sight(frame)
    wide_again(frame)
    frame.get_by_role("button", name="Try again").click()
    expect(frame.get_by_text("Waiting to go out")).to_be_visible(timeout=SLOW)
    work(runtime, account)
    expect(frame.get_by_text("Sent", exact=True)).to_be_visible(timeout=SLOW)


def come_in_failed(runtime: Runtime, account: ChannelAccount, twilio: Twilio) -> None:
    work(runtime, account)
    [text] = [one for one in twilio.texts(ADA) if not one["is_inbound"]]
    come_in(
        runtime, account, MessageSid=text["sid"], MessageStatus="undelivered", ErrorCode="30008"
    )


def test_saved_replies_are_kept_and_picked_by_the_keyboard(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    wrote(runtime, account, "What size?")
    frame = open_page(f"/inbox/{maple.ada}")
    box = frame.get_by_label("Reply by Text message")
    box.fill("{first_name}, they run small.")
    frame.get_by_role("button", name="Saved replies").click()
    frame.get_by_label("Name", exact=True).fill("Sizes")
    frame.get_by_role("button", name="Save this reply").click()
    expect(frame.get_by_role("button", name="Delete “Sizes”")).to_be_visible(timeout=SLOW)
    check(frame)
    frame.page.keyboard.press("Escape")
    box.fill("/si")
    expect(frame.get_by_role("option", name="Sizes")).to_be_visible(timeout=SLOW)
    check(frame)
    box.press("Enter")
    expect(box).to_have_value("Ada, they run small.")


def test_a_saved_reply_leaves_no_braces_and_no_gap_where_nobody_knows_a_name(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    with runtime.database.writing() as connection:
        mine = schema.customers.c.id == maple.ada
        connection.execute(schema.customers.update().where(mine).values(first_name=None))
        now = runtime.database.now(connection)
        saved_replies.add(connection, maple.id, "Thanks", "Hi {first_name}, thank you.", now)
    wrote(runtime, account, "What size?")
    frame = open_page(f"/inbox/{maple.ada}")
    box = frame.get_by_label("Reply by Text message")
    box.fill("/th")
    expect(frame.get_by_role("option", name="Thanks")).to_be_visible(timeout=SLOW)
    box.press("Enter")
    expect(box).to_have_value("Hi, thank you.")
    box.fill("Dear {first_name}, they run small.")
    frame.get_by_role("button", name="Send", exact=True).click()
    thread = frame.get_by_role("region", name="Conversation with")
    expect(thread.get_by_text("Dear, they run small.")).to_be_visible(timeout=SLOW)


def test_a_saved_reply_is_given_another_name_and_other_words_by_the_keyboard(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        saved_replies.add(connection, maple.id, "Delivery", "Three days.", now)
        saved_replies.add(connection, maple.id, "Sizes", "They run small.", now)
    wrote(runtime, account, "What size?")
    frame = open_page(f"/inbox/{maple.ada}")
    frame.get_by_role("button", name="Saved replies").click()
    frame.get_by_role("button", name="Edit “Sizes”").press("Enter")
    frame.get_by_label("Name", exact=True).fill("Delivery")
    frame.get_by_label("Text", exact=True).fill("They run large.")
    frame.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(frame.get_by_text("There is a saved reply of this name")).to_be_visible(timeout=SLOW)
    check(frame)
    frame.get_by_label("Name", exact=True).fill("Fit")
    frame.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(frame.get_by_role("button", name="Edit “Fit”")).to_be_focused(timeout=SLOW)
    frame.page.keyboard.press("Escape")
    box = frame.get_by_label("Reply by Text message")
    box.fill("/fi")
    expect(frame.get_by_role("option", name="Fit")).to_be_visible(timeout=SLOW)
    box.press("Enter")
    expect(box).to_have_value("They run large.")


def test_the_list_is_walked_and_a_conversation_closed_by_the_keyboard(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    wrote(runtime, account, "Hello?")
    frame = open_page("/inbox")
    expect(frame.get_by_role("link", name="Hello?")).to_be_visible(timeout=SLOW)
    frame.get_by_text("Choose a conversation").click()
    frame.page.keyboard.press("j")
    expect(frame.get_by_label("Reply by Text message")).to_be_visible(timeout=SLOW)
    frame.get_by_role("heading", name="Ada Reyes").first.click()
    frame.page.keyboard.press("e")
    frame.get_by_role("button", name="Closed", exact=True).click()
    expect(frame.get_by_role("link", name="Hello?")).to_be_visible(timeout=SLOW)


def test_a_picture_that_a_customer_sent_is_opened_in_its_place(
    open_page: Open, maple: SmallStore, runtime: Runtime, account: ChannelAccount
) -> None:
    at = runtime.providers.twilio_api_url
    where = f"{at}/2010-04-01/Accounts/{account.public['account_sid']}/Messages/MM1/Media"
    picture = Attachment(AttachmentKind.PICTURE, url=f"{where}/{MEDIA}")
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        one = Inbound("MM1", maple.ada, ADA, "", now, attachments=(picture,))
        inbound.keep(connection, maple.id, "sms", [one])
    frame = open_page(f"/inbox/{maple.ada}")
    listed = frame.get_by_role("region", name="Conversations", exact=True)
    expect(listed.get_by_text("Picture", exact=True)).to_be_visible()
    frame.get_by_role("button", name="Open Picture").click()
    expect(frame.get_by_role("img", name="Picture")).to_be_visible(timeout=SLOW)
    in_every_sight(frame)
