"""Agreeing by a word in a browser: set on its card, linked, and shown with who agreed by it."""

from urllib.parse import urlencode

from playwright.sync_api import expect

from channels.base import Callback
from jobs import channel_accounts, receive
from jobs.runtime import Runtime
from marketing.model import ChannelName
from sandbox.twilio import NUMBER, Twilio
from storage import schema, stores
from storage.channel_accounts import ChannelAccount
from tests.channels.test_twilio import api_url, twilio  # noqa: F401  fixtures
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    SIGHTS,
    Open,
    admin,
    check,
    database_url,
    look,
    maple,
    open_page,
)
from tests.embedded_ui.test_channels_page import connected  # noqa: F401  fixture
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000
WORDING = "Text JOIN for our news and offers, four a month at most. Reply STOP to end them."


def account_of(runtime: Runtime, maple: SmallStore, twilio: Twilio) -> ChannelAccount:
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, maple.id)
    assert store
    public = {"account_sid": twilio.account_sid, "sender": NUMBER}
    told = ("twilio", public, {"auth_token": twilio.auth_token})
    return channel_accounts.connect(runtime, store, ChannelName.SMS, told)


def test_a_word_is_set_printed_agreed_by_and_let_go(
    open_page: Open,
    admin: AdminFrame,
    maple: SmallStore,
    connected: Twilio,
) -> None:
    runtime: Runtime = admin.app.extensions["reprise"]
    account = account_of(runtime, maple, connected)
    frame = open_page("/settings/channels")
    card = frame.get_by_role("region", name="Agreeing by text message")
    card.get_by_label("Word", exact=True).fill("Stop", timeout=SLOW)
    card.get_by_label("What stands beside the word").fill(WORDING)
    card.get_by_role("button", name="Wait for this word").click()
    expect(card.get_by_text("This word has a meaning of its own")).to_be_visible(timeout=SLOW)
    check(frame)
    card.get_by_label("Word", exact=True).fill("JOIN")
    card.get_by_role("button", name="Wait for this word").click()
    link = card.get_by_label("Link for Text message", exact=True)
    expect(link).to_have_value(f"sms:{NUMBER}?body=JOIN", timeout=SLOW)
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        card.scroll_into_view_if_needed()
        check(frame)
    join(runtime, account, maple)
    [agreed] = found(runtime, maple)
    frame = look(open_page, f"/customers/{agreed}", "By a word they wrote")
    expect(frame.get_by_text(f"“JOIN” beside this text: {WORDING}")).to_be_visible()
    expect(frame.get_by_text("Wrote “JOIN” · Text message")).to_be_visible()
    expect(frame.get_by_text("Known since")).not_to_contain_text("+1")  # it is their name already
    frame = open_page("/settings/channels")
    frame.get_by_role("button", name="Stop waiting for the word").click(timeout=SLOW)
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Nobody agrees by it from then on.")
    check(frame)
    dialog.get_by_role("button", name="Stop waiting for the word").click()
    expect(frame.get_by_role("button", name="Wait for this word")).to_be_visible(timeout=SLOW)


def join(runtime: Runtime, account: ChannelAccount, maple: SmallStore) -> None:
    url = channel_accounts.callback_url(runtime, account)
    form = {"MessageSid": "SM1", "From": "+15550107777", "To": NUMBER, "Body": "Join!"}
    receive.kept(runtime, account, Callback(url, urlencode(form).encode()))
    while receive.drain(runtime, [maple.id]):
        pass


def found(runtime: Runtime, maple: SmallStore) -> list[str]:
    with runtime.database.reading() as connection:
        query = schema.opt_ins.select().where(schema.opt_ins.c.store_id == maple.id)
        return [row.customer_id for row in connection.execute(query)]
