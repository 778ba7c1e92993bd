"""Set-up in a browser: from what is at stake to a live cart flow, without leaving the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Frame, expect
from sqlalchemy import insert

import embedded_ui
from embedded_ui import assets
from jobs import drafts, intake, publish
from jobs.runtime import Runtime
from marketing.model import StoreLook, StoreProfile
from sandbox.ports import free_port
from storage import flows, stores
from storage.database import Database
from storage.schema import imports
from tests import local_dns
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import MAPLE, runtime_of, settings_of
from tests.embedded_ui.framed import (
    SIGHTS,
    Open,
    check,
    database_url,
    empty,
    maple,
    open_page,
    press_save,
)
from tests.embedded_ui.framed import look as look_at
from tests.embedded_ui.test_setup_api import leave
from tests.local_dns import LocalDns
from tests.seeding import NOW, SmallStore

__all__ = ["database_url", "empty", "maple", "open_page"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]


@pytest.fixture
def dns_server() -> Iterator[LocalDns]:
    with local_dns.running() as served:
        yield served


@pytest.fixture
def runtime(
    database_url: str, database: Database, valkey_url: str, tmp_path: Path, dns_server: LocalDns
) -> tuple[Runtime, int]:
    port = free_port()
    settings = settings_of(
        database_url,
        tmp_path,
        shopify_admin_url=f"http://localhost:{port}/shops/{{shop}}",
        shopify_app_bridge_url=f"http://localhost:{port}/static/app-bridge.js",
        dns_servers=dns_server.server,
        shared_sender_daily=500,
    )
    return runtime_of(settings, database, valkey_url), port


@pytest.fixture
def admin(runtime: tuple[Runtime, int]) -> Iterator[AdminFrame]:
    templates = str(Path(embedded_ui.__path__[0]) / "templates")
    app = Flask("app", static_folder=None, template_folder=templates)
    embedded_ui.register(app, runtime[0])
    frame = AdminFrame().start(app, runtime[1])
    yield frame
    frame.stop()


def test_a_new_store_is_led_to_a_live_cart_flow_on_one_page(
    open_page: Open, empty: str, database: Database
) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, empty, NOW)
        row = {"state": "running", "done": 12400, "total": 31000, "install_epoch": 1}
        connection.execute(insert(imports).values(store_id=empty, noun="order", **row))
    frame = look_at(open_page, "/set-up", "Your cart flow")
    expect(frame.get_by_text("12,400 of 31,000")).to_be_visible()
    expect(frame.get_by_role("heading", name="Reading which carts were left")).to_be_visible()
    expect(frame.get_by_text("No cart was left")).to_have_count(0)
    expect(frame.get_by_text("It takes 500 marketing messages")).to_be_visible()
    frame.get_by_label("Name", exact=True).fill("Maple")
    frame.get_by_label("Address for replies").fill("hello@maple.example")
    frame.get_by_role("switch", name="Abandoned checkout").press("Space")
    press_save(frame)
    expect(frame.page.get_by_role("button", name="Save")).to_have_count(0)
    expect(frame.get_by_text("in the last 24 hours are followed up at once.")).to_be_visible()
    frame.get_by_role("button", name="Turn on cart recovery").press("Enter")
    expect(
        frame.get_by_text("carts left from now on are followed up, and those of the last 24 hours.")
    ).to_be_visible()
    check(frame)


def test_the_brand_is_the_stores_own_until_the_merchant_changes_it(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    look = StoreLook(None, "#47603f", "#faf7f1", "#a4532f")
    profile = StoreProfile(MAPLE, "1", "Maple & Moss", None, "USD", "America/New_York", look=look)
    with database.writing() as connection:
        stores.tell(connection, maple.id, profile, NOW)
    frame = look_at(open_page, "/set-up", "Taken from your store")
    expect(frame.locator(".lookview i")).to_have_css("background-color", "rgb(71, 96, 63)")
    frame.get_by_role("button", name="Change logo and colors").click()
    frame.get_by_label("Buttons", exact=True).fill("#123456")
    check(frame)
    frame.get_by_role("button", name="Use the store").click()
    expect(frame.get_by_label("Buttons", exact=True)).to_have_value("#47603f")
    frame.get_by_label("Buttons", exact=True).fill("#123456")
    frame.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(frame.get_by_text("Chosen by you")).to_be_visible()
    expect(frame.locator(".lookview i")).to_have_css("background-color", "rgb(18, 52, 86)")
    frame.get_by_role("button", name="Read from the store again").click()
    expect(frame.get_by_text("Your store did not answer")).to_be_visible()


def test_dns_records_are_shown_copied_and_checked_until_they_pass(
    open_page: Open, maple: SmallStore, dns_server: LocalDns
) -> None:
    frame = open_page("/set-up")
    frame.get_by_label("Your domain").fill("gmail.com")
    frame.get_by_role("button", name="Get the records").click()
    expect(frame.get_by_text("Give a domain of your own")).to_be_visible()
    frame.get_by_label("Your domain").fill("maple.example")
    frame.get_by_label("Your domain").press("Enter")
    expect(frame.get_by_text("reprise._domainkey.maple.example")).to_be_visible()
    frame.get_by_role("button", name="Check now").click()
    expect(frame.get_by_text("Not there yet").first).to_be_visible()
    codes = frame.locator(".dns code").all_text_contents()
    dns_server.texts = {codes[0]: ["v=DKIM1; k=rsa; p=OTHER"], codes[2]: [codes[3]]}
    frame.get_by_role("button", name="Check now").click()
    expect(frame.get_by_text("Found: v=DKIM1; k=rsa; p=OTHER")).to_be_visible()
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(frame)
    dns_server.texts[codes[0]] = [codes[1]]
    frame.get_by_role("button", name="Check now").click()
    expect(frame.get_by_text("maple.example has passed, but")).to_be_visible()
    expect(frame.get_by_text("Until your own domain passes")).to_have_count(0)
    frame.get_by_label("Address for replies").fill("hello@maple.example")
    press_save(frame)
    expect(frame.get_by_text("Messages are from hello@maple.example")).to_be_visible()


def test_a_wrong_address_says_so_once_at_its_field_and_is_discarded_with_its_words(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/set-up")
    address = frame.get_by_label("Address for replies")
    address.fill("not an address")
    press_save(frame)
    expect(frame.get_by_text("This is no email address.")).to_have_count(1)
    expect(address).to_be_focused()
    expect(frame.get_by_role("button", name="Try again")).to_have_count(0)
    frame.page.get_by_role("button", name="Discard").click()
    expect(address).to_have_value("")
    expect(frame.get_by_text("This is no email address.")).to_have_count(0)


def test_a_mail_of_the_platform_that_a_live_flow_doubles_is_warned_of_at_its_switch(
    open_page: Open, empty: str, database: Database, runtime: tuple[Runtime, int]
) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, empty, NOW)
        stores.set_settings(connection, empty, {"platform_mails": {"abandoned_checkout": False}})
        (flow_id,) = [
            one.id for one in flows.of_store(connection, empty) if one.recipe == "abandoned-cart"
        ]
    publish.publish(runtime[0], empty, flow_id)
    frame = open_page("/set-up")
    expect(
        frame.get_by_text("carts left from now on are followed up, and those of the last 24 hours.")
    ).to_be_visible()
    warned = frame.get_by_text("“Abandoned cart” is live and does the same")
    expect(warned).to_have_count(0)
    frame.get_by_role("switch", name="Abandoned checkout").press("Space")
    expect(warned).to_be_visible()
    check(frame)


def test_warm_carts_are_counted_and_then_rescued_once(
    open_page: Open, maple: SmallStore, database: Database, runtime: tuple[Runtime, int]
) -> None:
    with database.writing() as connection:
        maple.rows.connection = connection
        leave(maple, "Warm", 5, 1843000)
        leave(maple, "Mute", 5, 8000, email_consent="not_subscribed")
    frame = look_at(open_page, "/set-up", "left behind")
    expect(frame.get_by_text("3 did not agree to marketing")).to_be_visible()
    frame.get_by_role("button", name="Rescue them").click()
    let_in(frame, runtime[0], maple.id, "would enter the flow now.")
    expect(frame.get_by_text("1 can be written to")).to_be_visible()
    silent = "1 of them may not be written to by email as things stand."
    expect(frame.get_by_text(f"2 would enter the flow now. {silent}")).to_be_visible()
    frame.get_by_role("button", name="Let ").click()
    let_in(frame, runtime[0], maple.id, "are in the flow.")
    expect(frame.get_by_text(f"2 are in the flow. {silent}")).to_be_visible()
    check(frame)


def test_what_a_rescue_finds_and_what_stands_above_it_are_of_one_moment(
    open_page: Open, maple: SmallStore, database: Database, runtime: tuple[Runtime, int]
) -> None:
    with database.writing() as connection:
        maple.rows.connection = connection
        who, cart = leave(maple, "Warm", 5, 1843000)
    frame = open_page("/set-up")
    expect(frame.get_by_text("1 can be written to")).to_be_visible()
    with database.writing() as connection:
        maple.rows.connection = connection
        maple.rows.enrollment(maple.flow, who, NOW, cart_id=cart)
    frame.get_by_role("button", name="Rescue them").click()
    let_in(frame, runtime[0], maple.id, "1 would enter the flow now. 1 of them may not")
    expect(frame.get_by_text("0 can be written to")).to_be_visible()
    expect(frame.get_by_text("1 is followed by a flow already")).to_be_visible()
    check(frame)


def let_in(frame: Frame, runtime: Runtime, store_id: str, until: str) -> None:
    """Do the job's work until the page has heard of it."""
    for _ in range(60):
        intake.take_batch(runtime, store_id)
        if frame.get_by_text(until).first.is_visible():
            return
        frame.page.wait_for_timeout(250)
    expect(frame.get_by_text(until).first).to_be_visible()
