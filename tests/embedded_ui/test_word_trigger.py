"""The builder's trigger by words: a merchant chooses whether a message is the word or has it."""

from playwright.sync_api import expect

from storage.database import Database
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    Open,
    admin,
    check,
    database_url,
    in_every_sight,
    maple,
    open_page,
)
from tests.embedded_ui.test_inspector import choose, draft_of, keep
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
CHAT = {
    "kind": "message",
    "id": "chat",
    "channel": "instagram",
    "template": {"chat": {"text": "Hi"}},
}


def test_a_comment_that_has_a_word_begins_a_flow(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, CHAT, trigger={"event": "message.received"})
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "trigger")
    what = inside.get_by_label("What they do")
    expect(what).to_be_visible(timeout=30_000)
    what.select_option("comment")
    expect(inside.get_by_text("answer a comment privately once, within 7 days")).to_be_visible()
    post = inside.get_by_label("Under which post")
    post.fill("17887498072083520")
    post.blur()
    expect(frame.locator("[data-step=trigger]")).to_contain_text("comments on a post of yours")
    in_every_sight(frame, ".insp")
    for _ in range(300):
        trigger = draft_of(database, maple.id, flow_id)["trigger"]
        if trigger.get("referral"):
            break
        frame.page.wait_for_timeout(100)
    assert (trigger["kind"], trigger["referral"]) == ("comment", "17887498072083520")


def test_a_word_may_be_the_message_or_stand_in_it(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, CHAT, trigger={"event": "message.received"})
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "trigger")
    words = inside.get_by_label("Words", exact=True)
    expect(words.last).to_be_visible(timeout=30_000)
    expect(inside.get_by_role("button", name="contains the word")).to_have_count(0)
    words.last.fill("Größe")
    words.last.press("Enter")
    in_it = inside.get_by_role("button", name="contains the word")
    in_it.click()
    expect(in_it).to_have_attribute("aria-pressed", "true")
    card = frame.locator("[data-step=trigger]")
    expect(card).to_contain_text("With “Größe” in it")
    check(frame)
    paced = inside.get_by_text("At most once in ten minutes")
    expect(paced).to_be_visible()
    inside.get_by_role("button", name="Only once").click()
    expect(paced).to_have_count(0)
    inside.get_by_role("button", name="Every time").click()
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    check(frame)
    for _ in range(300):
        trigger = draft_of(database, maple.id, flow_id)["trigger"]
        if trigger.get("keyword_match") == "contains":
            break
        frame.page.wait_for_timeout(100)
    assert (trigger["keywords"], trigger["keyword_match"]) == (["Größe"], "contains")
