"""The links of a flow beside its trigger: to copy, look at and save, in every width and theme."""

import re

from playwright.sync_api import expect

from marketing.flow_schema import dump, load
from marketing.model import ChannelName
from storage import flows
from storage.database import Database
from storage.schema import channel_accounts as rows
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    SIGHTS,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.embedded_ui.test_inspector import choose
from tests.embedded_ui.test_opt_in_api import WRITTEN
from tests.seeding import SmallStore, at

pytestmark = IN_A_BROWSER
PUBLIC: dict[ChannelName, dict[str, str]] = {
    ChannelName.MESSENGER: {"account_id": "42"},
    ChannelName.INSTAGRAM: {"account_id": "43"},
    ChannelName.WHATSAPP: {"number": "+15550783881"},
}


def connect(database: Database, store_id: str) -> None:
    moment = at("2026-11-20 12:00")
    with database.writing() as connection:
        for channel, public in PUBLIC.items():
            connection.execute(
                rows.insert().values(
                    store_id=store_id, channel=channel.value, provider="meta",
                    callback_key=f"key-{channel}", public=public, revision=1, secret="sealed",
                    connected_at=moment,
                )
            )  # fmt: skip


def test_the_links_stand_below_the_trigger_with_their_codes(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow = load(WRITTEN)
    with database.writing() as connection:
        flow_id = flows.create(connection, maple.id, flow, dump(flow), at("2026-11-20 12:00"))
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "trigger")
    expect(inside.get_by_text("None yet: connect WhatsApp")).to_be_visible(timeout=30_000)
    connect(database, maple.id)
    link = inside.get_by_label("Link for WhatsApp", exact=True)
    expect(link).to_have_value("https://wa.me/15550783881?text=sale", timeout=30_000)
    expect(inside.get_by_text("Give the account's user name in the settings.")).to_be_visible()
    to_account = inside.get_by_role("link", name="To Instagram in the settings")
    expect(to_account).to_have_attribute("href", re.compile("/settings/channels"))
    saved = inside.get_by_role("link", name="Save the QR code for WhatsApp as PNG")
    expect(saved).to_have_attribute("href", re.compile("^data:image/png"))
    for (width, height), theme in SIGHTS:
        frame.page.set_viewport_size({"width": width, "height": height})
        frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        link.scroll_into_view_if_needed()
        check(frame, ".insp" if (width, height) == NARROW else None)
