"""Settings: how conversations are handed over, set as a merchant sets them."""

from playwright.sync_api import expect

from marketing.hand_over_rules import Then, Verdict
from storage import rule_calls
from storage.database import Database
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


def test_rules_say_how_often_they_were_right_and_go_on_trial(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        now = database.now(connection)
        whose = (connection, maple.id, maple.ada)
        for number in range(12):
            told = rule_calls.note(*whose, "frustration", Then.HAND_OVER, now)
            verdict = Verdict.NOT_NEEDED if number % 4 == 0 else Verdict.RIGHT
            rule_calls.judge(connection, maple.id, told, verdict)
        rule_calls.note(*whose, "frustration", Then.OFFER, now)
        rule_calls.note(*whose, "unanswered_twice", Then.HAND_OVER, now, is_trial=True)
    frame = look(open_page, "/settings/conversations", "Right in 75% of 12 that were judged")
    expect(frame.get_by_text("On trial: would have called your team 1")).to_be_visible()
    check(frame)
    frame.get_by_role("switch", name="On trial: Frustration that adds up").click()
    with frame.page.expect_response(lambda answer: answer.request.method == "PUT"):
        press_save(frame)
    frame = open_page("/settings/conversations")
    trial = frame.get_by_role("switch", name="On trial: Frustration that adds up")
    expect(trial).to_be_checked()


def test_hours_promises_and_who_is_told_are_kept(open_page: Open, maple: SmallStore) -> None:
    frame = look(open_page, "/settings/conversations", "When a person takes over")
    frame = open_page("/settings/conversations")
    frame.get_by_label("At most so many takeovers in an hour").fill("12")
    frame.get_by_role("textbox", name="Your own words for a person").fill(
        "concierge\nshop manager\n"
    )
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
    with frame.page.expect_response(lambda answer: answer.request.method == "PUT"):
        press_save(frame)
    expect(frame.get_by_label("Monday until")).to_have_value("12:30")
    frame = open_page("/settings/conversations")
    expect(frame.get_by_role("textbox", name="Your own words for a person")).to_have_value(
        "concierge\nshop manager"
    )
    expect(frame.get_by_label("At most so many takeovers in an hour")).to_have_value("12")
    expect(frame.get_by_label("Saturday until")).to_have_value("17:00")
    expect(frame.get_by_label("Minutes until the first answer")).to_have_value("20")
