"""Questions and chat words in the builder: written, counted, and shown as a chat shows them."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from marketing.chat_limits import LIMITS
from storage.database import Database
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    WIDE,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.embedded_ui.test_inspector import choose, fill, keep, until
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
ROOM = Path("embedded_ui/panel/src/inspector/chat.ts")
ASK: dict[str, Any] = {
    "kind": "ask", "id": "size", "channel": "instagram", "message_kind": "transactional",
    "template": {"chat": {"text": "Which size do you wear?"}}, "timeout": "PT2H",
    "answers": [{"key": "small", "label": "Small"}, {"key": "large", "label": "Large"}],
}  # fmt: skip
COLLECT: dict[str, Any] = {
    "kind": "collect", "id": "mail", "channel": "messenger", "message_kind": "transactional",
    "template": {"chat": {"text": "Where may we write to?"}},
}  # fmt: skip
CARDS: dict[str, Any] = {
    "kind": "message", "id": "cards", "channel": "messenger", "name": "Cart in a chat",
    "template": {"chat": {"text": "Still there:", "cards": "cart",
                          "buttons": [{"label": "To my cart", "url": "{{ cart.url }}"}]}},
}  # fmt: skip


def test_the_panel_counts_by_the_limits_that_the_server_has() -> None:
    told = ROOM.read_text("utf-8")
    for channel, limits in LIMITS.items():
        is_bytes = str(limits.is_bytes).lower()
        line = (
            f"{channel}: {{ text: {limits.text}, isBytes: {is_bytes}, "
            f"replies: {limits.quick_replies}, buttons: {limits.buttons}, label: {limits.label}, "
            f"rows: {limits.rows} }}"
        )
        assert line in told


def test_a_question_is_written_with_its_answers_and_shown_as_in_a_chat(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, ASK)
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "size")
    bubble = inside.get_by_role("img", name="As it looks in a chat")
    expect(bubble).to_contain_text("Talk to an agent")
    expect(inside.get_by_text("23 of 1,000 characters on Instagram")).to_be_visible()
    fill(inside, "Answer 1", "Tiny")
    expect(bubble).to_contain_text("Tiny")
    inside.get_by_role("button", name="Add an answer").click()
    fill(inside, "Answer 3", "Huge")
    fill(inside, "Keep the answer as", "size")
    is_kept = {"Tiny", "Large", "Huge"}
    until(
        frame,
        database,
        (maple.id, flow_id),
        lambda steps: (
            {one["label"] for one in steps["size"]["answers"]} == is_kept
            and steps["size"].get("saves") == "size"
        ),
    )
    for way in ("Tiny", "Any other answer", "No answer in time"):
        expect(frame.locator(".react-flow").get_by_text(way).first).to_be_visible()
    check(frame)


def test_too_much_for_the_channel_is_said_at_its_field(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    long = {**ASK, "answers": [{"key": "a", "label": "A label that is far too long"}]}
    frame = open_page(f"/flows/{keep(database, maple.id, long)}")
    inside = choose(frame, "size")
    expect(inside.get_by_text("Has more answers, or longer ones, than Instagram")).to_be_visible()
    check(frame)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_said_in_a_chat_is_written_beside_the_flow(
    open_page: Open, maple: SmallStore, database: Database, size: tuple[int, int], theme: str
) -> None:
    frame = open_page(f"/flows/{keep(database, maple.id, COLLECT, CARDS)}")
    expect(frame.locator(".react-flow__node-card").first).to_be_visible()
    frame.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    frame.page.set_viewport_size({"width": size[0], "height": size[1]})
    inside = choose(frame, "mail")
    expect(inside.get_by_label("Giving it is consent to marketing")).to_be_checked()
    check(frame, ".insp" if size == NARROW else None)
    inside = choose(frame, "cards")
    expect(inside.get_by_role("img", name="As it looks in a chat")).to_contain_text("To my cart")
    check(frame, ".insp" if size == NARROW else None)
