"""A flow as a sentence in the builder: it says what is drawn, and the drawing follows it."""

import re

from playwright.sync_api import Frame, Locator, expect

from storage.database import Database
from tests.embedded_ui.building import Sketch, draft_of, message, plus, saved, sketch, step, wait
from tests.embedded_ui.framed import (
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.seeding import SmallStore

__all__ = ["admin", "database_url", "maple", "open_page", "sketch"]
pytestmark = IN_A_BROWSER
CHANGED = (
    "If a customer leaves a cart for 1 hour, send an email, wait 5 seconds, send a text message. "
    "Stop when an order is placed."
)


def test_a_flow_is_drawn_anew_by_its_sentence_and_keeps_what_was_written(
    open_page: Open, maple: SmallStore, database: Database, sketch: Sketch
) -> None:
    flow_id = sketch(message("first", "Ours"), wait("later", "PT23H"), message("last", "Gone"))
    frame = open_page(f"/flows/{flow_id}")
    box = sentence_of(frame)
    expect(box).to_have_value(re.compile("^If a customer leaves a cart for 1 hour, .*23 hours"))
    draw = frame.get_by_role("button", name="Draw it anew")
    expect(draw).to_be_disabled()
    box.fill("If a customer leaves a cart for 1 hour, send a pigeon")
    draw.click()
    expect(frame.get_by_text("“pigeon” was not understood.")).to_be_visible()
    check(frame)
    box.fill(CHANGED)
    draw.click()
    expect(frame.get_by_role("dialog")).to_have_count(0)
    expect(step(frame, "Wait")).to_contain_text("For 5 sec")
    saved(frame)
    mail, later, text = draft_of(database, maple.id, flow_id)["steps"]
    assert (mail["id"], mail["template"]["subject"]) == ("first", "Ours")
    assert (later["id"], later["duration"]) == ("later", "PT5S")
    assert text["channel"] == "sms"
    expect(sentence_of(frame)).to_have_value(CHANGED)
    frame.page.keyboard.press("Escape")
    expect(frame.get_by_role("dialog")).to_have_count(0)
    frame.get_by_role("button", name="Undo").click()
    expect(step(frame, "Wait")).to_contain_text("For 23 hr")


def test_a_flow_that_no_sentence_says_is_told_to_be_one(open_page: Open, sketch: Sketch) -> None:
    frame = open_page(f"/flows/{sketch(message('first', 'Ours'))}")
    plus(frame, "@1").click()
    frame.get_by_role("menuitem", name="Yes / no", exact=True).click()
    frame.get_by_role("complementary", name="Step details").get_by_label("Close").click()
    frame.get_by_role("button", name="Change it as a sentence").click()
    expect(frame.get_by_text("be said in a sentence: a part")).to_be_visible()
    check(frame)


def sentence_of(frame: Frame) -> Locator:
    frame.get_by_role("button", name="Change it as a sentence").click()
    return frame.get_by_role("dialog", name="The flow as a sentence").get_by_label("What happens")
