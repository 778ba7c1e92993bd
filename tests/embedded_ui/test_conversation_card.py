"""A customer in human hands: shown on their page, and handed back with one press."""

from typing import Any

import pytest
from playwright.sync_api import expect

from embedded_ui import assets
from marketing.attachments import Attachment, AttachmentKind
from marketing.chat import Author
from marketing.frustration import Because
from marketing.hand_over_rules import Then
from storage import conversations, inbound, replies, rule_calls
from storage.database import Database
from storage.inbound import Inbound
from storage.replies import NewReply
from tests.embedded_ui.framed import check
from tests.embedded_ui.test_conversations_api import take_over
from tests.embedded_ui.test_panel import Open, admin, look, maple, open_page
from tests.seeding import SmallStore

__all__ = ["admin", "maple", "open_page"]
SENT = (
    Attachment(AttachmentKind.PICTURE, url="https://scontent.example/red.jpg"),
    Attachment(AttachmentKind.FILE, media_id="1", name="invoice.pdf"),
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]


def test_the_page_says_so_and_hands_back(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    take_over(database, maple)
    frame = look(open_page, f"/customers/{maple.ada}", "In human hands")
    check(frame)
    frame.get_by_role("button", name="Hand back to automation").click()
    expect(frame.get_by_role("heading", name="In human hands")).to_have_count(0)
    with database.reading() as connection:
        assert conversations.of(connection, maple.id, maple.ada).state == conversations.AUTOMATED


def test_the_inbox_says_why_and_can_be_told_that_nobody_was_needed(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    guessed(database, maple)
    frame = look(open_page, f"/inbox/{maple.ada}", "Because: They seem frustrated.")
    expect(frame.get_by_text("50 points: said the same again")).to_be_visible()
    check(frame)
    right = frame.get_by_role("button", name="That was right")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true", timeout=30_000)
    check(frame)
    frame.get_by_role("button", name="Not needed").click()
    expect(frame.get_by_role("heading", name="In human hands")).to_have_count(0, timeout=30_000)
    expect(frame.get_by_role("button", name="Take over")).to_be_visible(timeout=30_000)
    with database.reading() as connection:
        assert conversations.of(connection, maple.id, maple.ada).not_needed_at is not None


def test_the_thread_says_what_was_deleted_and_what_was_written_on_the_platform_itself(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        now = database.now(connection)
        told = [Inbound("in1", maple.ada, "igsid", "My secret", now)]
        told.append(Inbound("in2", maple.ada, "igsid", "", now, attachments=SENT))
        inbound.keep(connection, maple.id, "instagram", told)
        inbound.empty(connection, maple.id, "instagram", "in1")
        key = f"{replies.ECHO}e1"
        new = NewReply(maple.ada, "instagram", "igsid", Author.PERSON, "We are on it", key=key)
        replies.keep_echo(connection, maple.id, new, "e1", now)
    frame = look(open_page, f"/inbox/{maple.ada}", "We are on it")
    expect(frame.get_by_text("Your team, on Instagram itself")).to_be_visible()
    expect(frame.get_by_text("Deleted by the customer")).to_be_visible()
    expect(frame.get_by_text("Picture", exact=True)).to_be_visible()
    expect(frame.get_by_text("File: invoice.pdf", exact=True)).to_be_visible()
    expect(frame.get_by_text("Without words")).to_have_count(0)
    check(frame)


def guessed(database: Database, store: SmallStore) -> None:
    because = [Because("very_negative", 25), Because("said_again", 50)]
    with database.writing() as connection:
        told: dict[str, Any] = {
            "at": database.now(connection), "by": "rule", "rule": "frustration",
        }  # fmt: skip
        assert conversations.hand_over(connection, store.id, store.ada, **told, because=because)
        rule = (told["rule"], Then.HAND_OVER, told["at"])
        rule_calls.note(connection, store.id, store.ada, *rule)


def test_a_guess_says_its_reasons_and_can_be_told_that_nobody_was_needed(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    guessed(database, maple)
    frame = look(open_page, f"/customers/{maple.ada}", "Because: They seem frustrated.")
    expect(frame.get_by_text("50 points: said the same again")).to_be_visible()
    frame.get_by_role("button", name="Nobody was needed").click()
    expect(frame.get_by_role("heading", name="In human hands")).to_have_count(0, timeout=30_000)
    with database.reading() as connection:
        assert conversations.of(connection, maple.id, maple.ada).not_needed_at is not None
