"""How often messages go out, and when: the card of the settings with everything switched on."""

from playwright.sync_api import expect

from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    database_url,
    in_every_sight,
    maple,
    open_page,
    press_save,
    wide_again,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER


def test_limits_and_quiet_hours_of_each_channel_are_set_and_kept(
    open_page: Open, maple: SmallStore
) -> None:
    frame = open_page("/settings")
    card = frame.get_by_role("region", name="How often, and when")
    expect(card.get_by_role("switch").first).to_be_visible()
    for switch in card.get_by_role("switch").all():
        switch.set_checked(True)
    expect(card.locator("input[type=time]")).to_have_count(6)
    in_every_sight(frame)
    wide_again(frame)
    chats = card.get_by_role("group").last
    chats.get_by_label("From").fill("22:30")
    press_save(frame)
    expect(frame.page.get_by_text("Settings saved")).to_be_visible()
    again = open_page("/settings").get_by_role("region", name="How often, and when")
    expect(again.get_by_role("group").last.get_by_label("From")).to_have_value("22:30")
