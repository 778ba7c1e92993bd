"""The inbox tells how long somebody waits, until when an answer is due, and sorts by it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Frame, expect

from storage import conversations, inbound, stores, threads
from storage.database import Database
from storage.inbound import Inbound
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    look,
    maple,
    open_page,
)
from tests.seeding import NOW, Rows, SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000


@pytest.fixture
def waiting(database: Database, maple: SmallStore) -> None:
    """Four who wrote: one is late, one is due soon, one later; the fourth was answered."""
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        told = {"answer_minutes": 90, "hours": {}}
        stores.set_settings(connection, maple.id, {"conversations": told})
        for name, minutes in (("Late", 200), ("Soon", 75), ("Later", 5), ("Done", 300)):
            whose = rows.customer(name)
            at = NOW - timedelta(minutes=minutes)
            one = Inbound(f"in:{name}", whose, "+15550100", f"{name} wrote this", at)
            inbound.keep(connection, maple.id, "sms", [one])
            hands: dict[str, Any] = {"at": at, "by": "merchant"}
            conversations.hand_over(connection, maple.id, whose, **hands)
        threads.answered(connection, maple.id, whose, NOW - timedelta(minutes=1))


def names(frame: Frame) -> list[str]:
    return [one.split()[0] for one in frame.locator(".ibline b").all_inner_texts()]


@pytest.mark.usefixtures("waiting")
def test_the_list_says_who_waits_how_long_and_what_is_late(open_page: Open) -> None:
    frame = look(open_page, "/inbox", "Waiting 3 hr 20 min")
    late = frame.get_by_role("link", name="Late wrote this")
    expect(late.get_by_text("Late: answer was due")).to_be_visible()
    soon = frame.get_by_role("link", name="Soon wrote this")
    expect(soon.get_by_text("Answer due in 15 min")).to_be_visible()
    later = frame.get_by_role("link", name="Later wrote this")
    expect(later.get_by_text("Answer due in 1 hr 25 min")).to_have_count(0)
    expect(later.get_by_text("Answer due ", exact=False)).to_be_visible()
    expect(frame.get_by_text(re.compile("Waiting[ ,]"))).to_have_count(3)
    assert names(frame) == ["Done", "Later", "Soon", "Late"]


@pytest.mark.usefixtures("waiting")
def test_who_waits_longest_is_put_first_by_the_keyboard(open_page: Open) -> None:
    frame = open_page("/inbox")
    expect(frame.get_by_text("Waiting 3 hr 20 min")).to_be_visible(timeout=SLOW)
    order = frame.get_by_label("Order")
    order.focus()
    frame.page.keyboard.press("ArrowDown")
    expect(frame.locator(".ibline b").first).to_have_text("Late Reyes", timeout=SLOW)
    assert names(frame) == ["Late", "Soon", "Later", "Done"]
    check(frame)
