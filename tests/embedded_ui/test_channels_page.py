"""Text messages as a merchant sets them up and writes them, on every screen."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import update

from channels import Providers
from marketing.model import ChannelName
from marketing.opt_out_line import longest
from marketing.short_links import in_short, length_at
from marketing.sms import segments
from sandbox.twilio import NO_NUMBER, NUMBER, Twilio
from storage.channel_accounts import connect, heard, turned_away
from storage.database import Database
from storage.schema import channel_accounts
from tests.channels.test_twilio import api_url, twilio  # noqa: F401  fixtures
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
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
from tests.embedded_ui.test_inspector import MAIL, TEMPLATE, choose, keep, until
from tests.seeding import NOW, SmallStore

pytestmark = IN_A_BROWSER


@pytest.fixture
def connected(admin: AdminFrame, twilio: Twilio, api_url: str) -> Twilio:
    """Twilio as this app finds it; nothing that it tells arrives."""
    runtime = admin.app.extensions["reprise"]
    admin.app.extensions["reprise"] = replace(
        runtime, providers=Providers(api_url, use_proxies=False)
    )
    twilio.call = lambda *_: 0  # type: ignore[method-assign]
    return twilio


def test_text_messages_are_connected_tried_out_and_let_go(
    open_page: Open,
    maple: SmallStore,
    connected: Twilio,
) -> None:
    frame = look(
        open_page, "/settings/channels", "of your own with Twilio, at Twilio\u2019s prices"
    )
    frame.get_by_role("button", name="Set up").first.click()
    frame.get_by_label("Account SID").fill("AC12")
    frame.get_by_label("Sender").fill(NUMBER)
    frame.get_by_label("Auth token").fill(connected.auth_token)
    frame.get_by_role("button", name="Connect").click()
    expect(frame.get_by_text("Copy the Account SID from Twilio's console")).to_be_visible()
    check(frame)
    frame.get_by_label("Account SID").fill(connected.account_sid)
    frame.get_by_role("button", name="Connect").click()
    expect(frame.get_by_text("/callbacks/sms/")).to_be_visible()
    expect(frame.get_by_label("Auth token")).to_have_value("")
    frame.get_by_label("To which number").fill(NO_NUMBER)
    frame.get_by_role("button", name="Send a test").click()
    a_refusal_is_said_in_words(frame)
    frame.get_by_label("To which number").fill("+15550100")
    frame.get_by_role("button", name="Send a test").click()
    expect(frame.get_by_text("Twilio has taken the text message to +15550100.")).to_be_visible()
    expect(frame.get_by_text("Did not work")).to_have_count(0)
    look(open_page, "/settings/channels", "Twilio has not told us anything yet")
    frame = open_page("/settings/channels")
    frame.get_by_role("button", name="Disconnect").click()
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_contain_text("The token is forgotten.")
    check(frame)
    dialog.get_by_role("button", name="Disconnect").click()
    expect(frame.get_by_role("button", name="Set up")).to_have_count(6)
    [text] = connected.texts()
    assert text["number"] == "+15550100"


def a_refusal_is_said_in_words(frame: Frame) -> None:
    told = frame.get_by_role("status").filter(has_text="It did not go out.")
    expect(told).to_contain_text("There is no such number.")
    expect(told).to_contain_text("Twilio 21211")
    expect(frame.get_by_text("Did not work")).to_be_visible()
    in_every_sight(frame)
    wide_again(frame)


def test_an_account_is_asked_after_as_soon_as_it_is_connected(
    open_page: Open, maple: SmallStore, connected: Twilio
) -> None:
    frame = open_page("/settings/channels")
    frame.get_by_role("button", name="Set up").first.click()
    frame.get_by_label("Account SID").fill(connected.account_sid)
    frame.get_by_label("Sender").fill(NUMBER)
    frame.get_by_label("Auth token").fill("0" * 32)
    frame.get_by_role("button", name="Connect").click()
    expect(frame.get_by_text("Did not work")).to_be_visible()
    expect(frame.get_by_text(re.compile("^Set up .+·"))).to_be_visible()
    expect(frame.get_by_text(re.compile("^Connected "))).to_have_count(0)
    frame.get_by_label("Auth token").fill(connected.auth_token)
    frame.get_by_role("button", name="Save", exact=True).click()
    expect(frame.get_by_text("Did not work")).to_have_count(0)
    expect(frame.get_by_text(re.compile("^Connected .* [AP]M [A-Z]"))).to_be_visible()
    the_card_asks_each_thing_once(frame)


def the_card_asks_each_thing_once(frame: Frame) -> None:
    """After the account was kept again, and when it is let go."""
    expect(frame.get_by_label("Account SID")).to_have_count(1)
    expect(frame.get_by_label("To which number")).to_have_count(1)
    frame.get_by_role("button", name="Disconnect").click()
    frame.get_by_role("alertdialog").get_by_role("button", name="Disconnect").click()
    expect(frame.get_by_label("To which number")).to_have_count(0)
    expect(frame.get_by_label("Account SID")).to_have_count(0)


def test_a_call_with_another_signature_shows_that_a_secret_is_wrong(
    open_page: Open, maple: SmallStore, admin: AdminFrame, connected: Twilio, database: Database
) -> None:
    runtime = admin.app.extensions["reprise"]
    public = {"account_sid": connected.account_sid, "sender": NUMBER}
    with database.writing() as connection:
        told = ("twilio", public, {"auth_token": "0" * 32})
        connect(connection, runtime.secrets, maple.id, ChannelName.SMS, told, NOW)
        turned_away(connection, maple.id, ChannelName.SMS, NOW)
    frame = look(open_page, "/settings/channels", "Nothing of Twilio could be taken in yet")
    expect(frame.get_by_text("not signed with the \u201cAuth token\u201d given")).to_be_visible()


def test_the_website_chat_is_turned_on_led_to_the_theme_editor_and_turned_off(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/settings/channels")
    card = frame.get_by_role("region", name="Website chat", exact=True)
    card.get_by_role("button", name="Set up").click()
    card.get_by_role("button", name="Turn on").click()
    link = card.get_by_role("link", name="Open the theme editor")
    expect(link).to_have_attribute("href", re.compile("activateAppId=[^/]+/chat-embed$"))
    expect(card.get_by_text("data-reprise-chat")).to_be_visible()
    check(frame)
    look(open_page, "/settings/channels", "among the app embeds")
    frame = open_page("/settings/channels")
    card = frame.get_by_role("region", name="Website chat", exact=True)
    card.get_by_role("button", name="Turn off").click()
    dialog = frame.get_by_role("alertdialog")
    dialog.get_by_role("button", name="Turn off").click()
    expect(card.get_by_role("button", name="Set up")).to_be_visible()


def test_a_text_message_is_written_and_counted_as_it_is_billed(
    open_page: Open,
    maple: SmallStore,
    database: Database,
    admin: AdminFrame,
) -> None:
    flow_id = keep(database, maple.id, {**MAIL, "template": TEMPLATE})
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "mail")
    inside.get_by_label("Channel").select_option("sms")
    entry = inside.get_by_label("Text message", exact=True)
    length = length_at(admin.app.extensions["reprise"].settings.link_url)
    for text in (
        "a" * 161,
        "€" * 81,
        "á" + "a" * 70,
        "😀" * 36,
        "Hi {{ customer.first_name }}: {{ cart.url }} or https://maple.example/sale?ref=texts.",
        "A (bracket) (https://maple.example/a_(b)?c=ü), and {{order.status_url | escape}}!",
        "Maple & Moss: spring is here, see https://maple.example/spring. STOP ends it.",
        "{{ store.name }}: it is back\nSee {{ product.url }}",
        "Maples are on sale, don\u0027t STOP-and-think: https://maple.example",
        "Hi \u2019{{ cart.url }}",
    ):
        entry.fill(text)
        found = segments(in_short(longest(text, ["Maple & Moss"]), length))
        said = "1 part," if found.count == 1 else f"{found.count} parts,"
        expect(inside.get_by_text(f"{said} {found.units} of")).to_be_visible()
    expect(inside.get_by_text("Each is shorter for: \u2019")).to_be_visible()
    expect(
        inside.get_by_text("\u201cMaple & Moss: \u2026 Reply STOP to opt out\u201d")
    ).to_be_visible()
    check(frame)
    inside.get_by_role("button", name="About an order").click()
    expect(inside.get_by_text("Counted at its longest")).to_have_count(0)
    inside.get_by_role("button", name="Marketing", exact=True).click()
    entry.fill("Hi {{ customer.first_name }}")
    entry.blur()
    until(
        frame,
        database,
        (maple.id, flow_id),
        lambda kept: kept["mail"]["template"].get("sms") == "Hi {{ customer.first_name }}",
    )
    expect(inside.get_by_role("button", name="Edit message")).to_have_count(0)
    look(open_page, f"/flows/{flow_id}", "Hi")


def test_a_card_says_until_when_its_access_token_is_good(
    open_page: Open, maple: SmallStore, admin: AdminFrame, database: Database
) -> None:
    secrets, now = admin.app.extensions["reprise"].secrets, datetime.now(UTC)
    public = {"account_id": "17841400555000111", "app_id": "7", "verify_token": "word"}
    told = ("meta", public, {"app_secret": "5" * 32, "access_token": "IGAAtoken"})
    with database.writing() as connection:
        connect(connection, secrets, maple.id, ChannelName.INSTAGRAM, told, now)
        ends_at = datetime(2027, 1, 26, 9, tzinfo=UTC)
        connection.execute(update(channel_accounts).values(token_ends_at=ends_at))
    frame = look(open_page, "/settings/channels", "Access token good until")
    expect(frame.get_by_text("January 26, 2027")).to_contain_text("renewed by itself before")


@pytest.mark.parametrize(("login", "is_unproven"), [("instagram", True), ("page", False)])
def test_instagrams_own_login_proves_the_secret_by_its_first_call_and_the_card_says_so(
    open_page: Open, maple: SmallStore, admin: AdminFrame, database: Database,
    login: str, is_unproven: bool,
) -> None:  # fmt: skip
    secrets = admin.app.extensions["reprise"].secrets
    public = {"account_id": "178414", "app_id": "70010", "verify_token": "word", "login": login}
    told = ("meta", public, {"app_secret": "5" * 32, "access_token": "IGAAtoken"})
    with database.writing() as connection:
        connect(connection, secrets, maple.id, ChannelName.INSTAGRAM, told, NOW)
    frame = look(open_page, "/settings/channels", "Meta has not told us anything yet")
    card = frame.get_by_role("region", name="Instagram", exact=True)
    says = card.get_by_text("Whether the \u201cApp secret\u201d is right shows with Meta")
    expect(says).to_have_count(1 if is_unproven else 0)
    with database.writing() as connection:
        heard(connection, maple.id, ChannelName.INSTAGRAM, NOW)
    frame = open_page("/settings/channels")
    expect(frame.get_by_text("Meta last told us something")).to_be_visible()
    expect(frame.get_by_text("Whether the \u201cApp secret\u201d is right")).to_have_count(0)
