"""Forms and sheets of channels and flows in German, the longest words: on a desk, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from jobs import intake
from jobs.runtime import Runtime
from marketing.flow_schema import dump, load
from sandbox.whatsapp import WhatsApp
from storage import flows
from storage.database import Database
from tests.channels.test_whatsapp import graph_url, whatsapp  # noqa: F401  fixtures
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    database_url,
    in_every_sight,
    maple,
    open_page,
)
from tests.embedded_ui.test_german_states import both, settled
from tests.embedded_ui.test_opt_in_api import WRITTEN
from tests.embedded_ui.test_opt_in_page import connect
from tests.embedded_ui.test_whatsapp_page import connected, runtime  # noqa: F401  fixtures
from tests.seeding import SmallStore, at

pytestmark = IN_A_BROWSER
SLOW = 30_000  # ms


@pytest.fixture(autouse=True)
def _german(admin: AdminFrame) -> None:
    admin.locale = "de"


def test_each_channels_form_is_sound_in_german(open_page: Open, maple: SmallStore) -> None:
    frame = open_page("/settings/channels")
    settled(frame)
    begin = frame.get_by_role("button", name="Einrichten")
    expect(begin.first).to_be_visible(timeout=SLOW)
    for left in reversed(range(begin.count())):
        begin.first.click()
        expect(begin).to_have_count(left)
    plivo = frame.get_by_role("region", name="SMS über Plivo")
    plivo.get_by_label("Auth ID", exact=True).fill("MAXXXXXXXXXXXXXXXXXX")
    plivo.get_by_label("Auth Token von Plivo").fill("geheim")
    plivo.get_by_label("Nummer", exact=True).fill("0155 50100")
    messenger = frame.get_by_role("region", name="Messenger")
    messenger.get_by_label("Seiten-ID").fill("Meine Seite")
    for card in (plivo, messenger):
        card.get_by_role("button", name="Verbinden").click()
        expect(card.locator("[aria-invalid=true]").first).to_be_visible(timeout=SLOW)
    in_every_sight(frame)


def test_the_links_of_a_flow_are_sound_in_german(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    connect(database, maple.id)
    flow = load(WRITTEN)
    with database.writing() as connection:
        flow_id = flows.create(connection, maple.id, flow, dump(flow), at("2026-11-20 12:00"))
    frame = open_page(f"/flows/{flow_id}")
    card = frame.locator('.react-flow__node-card[data-id="trigger"]')
    card.evaluate("card => card.click()")
    link = frame.locator(".insp").get_by_label("Link für WhatsApp", exact=True)
    expect(link).to_have_value(re.compile("wa.me"), timeout=SLOW)
    link.scroll_into_view_if_needed()
    both(frame, ".insp")


def test_the_word_to_agree_by_is_sound_in_german(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    connect(database, maple.id)
    frame = open_page("/settings/channels")
    card = frame.get_by_role("region", name="Zustimmung per WhatsApp")
    card.get_by_label("Stichwort", exact=True).fill("DABEI", timeout=SLOW)
    card.get_by_label("Was neben dem Stichwort steht").fill("Neues von uns, viermal im Monat.")
    card.get_by_role("button", name="Auf dieses Wort warten").click()
    expect(card.get_by_role("button", name="Kopieren")).to_be_visible(timeout=SLOW)
    in_every_sight(frame)


def test_letting_people_in_is_sound_in_german(
    open_page: Open, admin: AdminFrame, maple: SmallStore
) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    frame.get_by_role("button", name="Personen einlassen").click()
    dialog = frame.get_by_role("dialog")
    expect(dialog.get_by_label("Segment", exact=True)).to_be_visible()
    both(frame, ".dialog")
    dialog.get_by_role("radio", name="Personen aus der Vergangenheit").click()
    dialog.get_by_label("Tage zurück").fill("30")
    both(frame, ".dialog")
    dialog.get_by_role("button", name="Zeigen, wie viele").click()
    own: Runtime = admin.app.extensions["reprise"]
    expect(dialog.get_by_text("Wird nachgesehen")).to_be_visible()
    while intake.drain(own, [maple.id]):
        pass
    expect(dialog.get_by_text("Wer draußen bleibt")).to_be_visible()
    both(frame, ".dialog")


def test_whatsapps_templates_are_sound_in_german(
    open_page: Open, maple: SmallStore, runtime: Runtime, connected: WhatsApp
) -> None:
    frame = open_page("/settings/channels")
    templates = frame.get_by_role("region", name="WhatsApp-Vorlagen").first
    expect(templates.get_by_text("spring_sale")).to_be_visible(timeout=SLOW)
    settled(frame)
    in_every_sight(frame)
    frame = open_page(f"/inbox/{maple.ada}")
    picker = frame.get_by_label("Vorlage", exact=True)
    english = picker.locator("option", has_text=re.compile("cart_reminder.*Englisch"))
    picker.select_option(english.get_attribute("value", timeout=SLOW))
    settled(frame)
    in_every_sight(frame)
