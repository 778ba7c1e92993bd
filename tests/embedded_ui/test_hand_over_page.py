"""Settings: how conversations are handed over, set as a merchant sets them."""

from playwright.sync_api import expect

from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    look,
    maple,
    open_page,
    press_save,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER


def test_hours_promises_and_who_is_told_are_kept(open_page: Open, maple: SmallStore) -> None:
    frame = look(open_page, "/settings/conversations", "When a person takes over")
    frame = open_page("/settings/conversations")
    frame.get_by_label("At most so many takeovers in an hour").fill("12")
    frame.get_by_label("Your own words for a person").fill("concierge\nshop manager\n")
    frame.get_by_role("switch", name="At any time").click()
    expect(frame.get_by_label("Monday from")).to_have_value("09:00")
    frame.get_by_label("Monday until").fill("12:30")
    frame.get_by_role("switch", name="Saturday").click()
    frame.get_by_role("switch", name="Watch how long customers wait").click()
    frame.get_by_label("Minutes until the first answer").fill("20")
    frame.get_by_label("Email addresses").fill("team@maple.example")
    frame.get_by_label("Slack").fill("https://evil.example/x")
    press_save(frame)
    expect(frame.get_by_text("Paste the address that begins with").first).to_be_visible()
    check(frame)
    frame.get_by_label("Slack").fill("https://hooks.slack.com/services/T/B/x")
    press_save(frame)
    expect(frame.get_by_label("Monday until")).to_have_value("12:30")
    frame = open_page("/settings/conversations")
    expect(frame.get_by_label("Your own words for a person")).to_have_value(
        "concierge\nshop manager"
    )
    expect(frame.get_by_label("At most so many takeovers in an hour")).to_have_value("12")
    expect(frame.get_by_label("Saturday until")).to_have_value("17:00")
    expect(frame.get_by_label("Minutes until the first answer")).to_have_value("20")
