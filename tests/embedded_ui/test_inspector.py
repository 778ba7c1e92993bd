"""The builder's inspector as a merchant uses it: every kind of step edited, checked, published."""

import re
from typing import Any

import pytest
from playwright.sync_api import Frame, Locator, expect

from jobs import flow_problems
from marketing.flow_schema import dump, read
from storage import flows
from storage.database import Database
from tests.embedded_ui.building import saved
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    WIDE,
    Open,
    admin,
    check,
    database_url,
    in_every_sight,
    maple,
    open_page,
    wide_again,
)
from tests.seeding import Rows, SmallStore

pytestmark = IN_A_BROWSER
Json = dict[str, Any]
TEMPLATE = {"subject": "Hello", "preview": "", "mjml": "<mjml></mjml>", "text": "Hello"}
MAIL = {"kind": "message", "id": "mail", "name": "First mail", "channel": "email"}
ORDERED = {"op": "gte", "field": "customer.orders_count", "value": 1}
HOME = {"key": "home", "values": ["DE"]}
STEPS: tuple[Json, ...] = (
    {**MAIL, "template": TEMPLATE},
    {"kind": "delay", "id": "pause", "duration": "PT2H"},
    {"kind": "wait_for_event", "id": "open", "event": "message.opened", "timeout": "P1D"},
    {"kind": "condition", "id": "fork", "condition": ORDERED},
    {"kind": "switch", "id": "lands", "field": "customer.country", "cases": [HOME]},
    {"kind": "split", "id": "toss", "variants": [{"key": key, "weight": 1} for key in "ab"]},
    {"kind": "coupon", "id": "code", "percent": 10, "valid_for": "P1D"},
    {"kind": "reward", "id": "gift", "amount": 500, "or_code": True},
    {"kind": "update_customer", "id": "mark", "add_tags": ["seen"]},
    {"kind": "notify_staff", "id": "team", "subject": "A cart", "text": "Look at it."},
    {"kind": "call_webhook", "id": "hook", "url": "https://example.com/hook"},
    {"kind": "start_flow", "id": "other", "flow": ""},
    {"kind": "exit", "id": "bye"},
)  # fmt: skip


def keep(database: Database, store_id: str, *steps: Json, **more: Any) -> str:
    document = {
        "name": "Sketch",
        "trigger": {"event": "cart.abandoned", "idle": "PT1H"},
        "exits": ["order.placed"],
        "steps": list(steps),
        **more,
    }
    with database.writing() as connection:
        columns = {"live_version_id": None}
        return Rows(connection, store_id).flow(read(document), status="draft", **columns)[0]


def draft_of(database: Database, store_id: str, flow_id: str) -> Json:
    with database.reading() as connection:
        stored = flows.get(connection, store_id, flow_id)
    assert stored
    return dict(stored.draft)


def form(frame: Frame) -> Locator:
    return frame.get_by_role("complementary", name="Step details")


def choose(frame: Frame, step_id: str) -> Locator:
    frame.locator(f'.react-flow__node-card[data-id="{step_id}"]').evaluate("card => card.click()")
    return form(frame)


def fill(inside: Locator, label: str, value: str) -> None:
    box = inside.get_by_label(label, exact=True).last
    box.fill(value)
    box.press("Enter")


def kept_of(database: Database, store_id: str, flow_id: str) -> dict[str, Json]:
    return {one["id"]: one for one in draft_of(database, store_id, flow_id)["steps"]}


def until(frame: Frame, database: Database, place: tuple[str, str], is_there: Any) -> None:
    """Wait until the draft at the server has it."""
    for _ in range(300):
        if is_there(kept_of(database, *place)):
            return
        frame.page.wait_for_timeout(100)
    raise AssertionError(kept_of(database, *place))


def test_the_waiting_steps_are_edited_in_plain_words_and_kept(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, *STEPS)
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "pause")
    fill(inside, "How long", "3")
    inside.get_by_label("How long: unit").select_option("days")
    inside.get_by_label("Wait", exact=True).select_option("clock")
    inside.get_by_label("Until what time").fill("09:30")
    inside.get_by_label("Until what time").press("Enter")
    inside.get_by_role("button", name="Mon").click()
    check(frame)
    inside = choose(frame, "open")
    inside.get_by_label("Wait until", exact=True).select_option("message.clicked")
    fill(inside, "At the longest", "5")
    place = (maple.id, flow_id)
    until(frame, database, place, lambda kept: kept["open"]["timeout"] == "P5D")
    kept = kept_of(database, *place)
    assert kept["pause"] == {
        "kind": "delay", "id": "pause", "duration": "P3D", "since": "previous",
        "until": "09:30", "weekdays": [0],
    }  # fmt: skip
    assert kept["open"]["event"] == "message.clicked"
    frame.page.keyboard.press("Control+z")
    check(frame)


def test_a_wait_of_seconds_is_kept_to_the_second(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, {"kind": "delay", "id": "pause", "duration": "PT5S"})
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "pause")
    expect(inside.get_by_label("How long", exact=True)).to_have_value("5")
    expect(inside.get_by_label("How long: unit")).to_have_value("seconds")
    inside.get_by_label("How long: unit").select_option("minutes")
    fill(inside, "How long", "1.5")
    place = (maple.id, flow_id)
    until(frame, database, place, lambda kept: kept["pause"]["duration"] == "PT1M30S")
    fill(inside, "How long: Minutes", "2")
    until(frame, database, place, lambda kept: kept["pause"]["duration"] == "PT2M30S")
    check(frame)


def test_the_ways_of_a_flow_are_edited(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, *STEPS)
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "toss")
    fill(inside, "Share of A", "3")
    expect(inside.get_by_text("75% of people")).to_be_visible()
    inside.get_by_role("button", name="Add a variant").click()
    check(frame)
    inside = choose(frame, "lands")
    inside.get_by_role("button", name="Add a way").click()
    expect(inside.get_by_label("Name of the way").last).to_have_value("Way 2")
    expect(inside.get_by_role("group", name="Values of “Way 2”")).to_be_visible()
    check(frame)
    fill(inside, "Name of the way", "Big Spenders")
    expect(inside.get_by_label("Name of the way").last).to_have_value("big-spenders")
    fill(inside, "Name of the way", "way 3")
    expect(inside.get_by_label("Name of the way").last).to_have_value("Way 3")
    inside = choose(frame, "fork")
    expect(inside.get_by_role("heading", name="Take the way “yes” if")).to_be_visible()
    check(frame)
    place = (maple.id, flow_id)
    until(frame, database, place, lambda kept: len(kept["lands"]["cases"]) == 2)
    weights = [one["weight"] for one in kept_of(database, *place)["toss"]["variants"]]
    assert weights == [3, 1, 2]
    until(frame, database, place, lambda kept: kept["lands"]["cases"][1]["key"] == "way-3")


def test_codes_and_credit_are_edited_with_their_rules(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, *STEPS)
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "code")
    inside.get_by_role("button", name="An amount").click()
    fill(inside, "Amount off", "7.50")
    fill(inside, "Smallest order", "40")
    fill(inside, "Codes begin with", "spring")
    inside.get_by_label("May be combined with other discounts").check()
    inside.get_by_role("button", name="Remove One code per customer in").click()
    check(frame)
    inside = choose(frame, "gift")
    inside.get_by_role("button", name="Every nth").click()
    fill(inside, "Every how many orders", "3")
    inside.get_by_label("It runs out after …").click()
    check(frame)
    place = (maple.id, flow_id)
    until(frame, database, place, lambda kept: kept["gift"].get("expires_after") == "P90D")
    kept = kept_of(database, *place)
    assert kept["code"] == {
        "kind": "coupon", "id": "code", "off": "amount", "amount": 750, "minimum": 4000,
        "valid_for": "P1D", "prefix": "SPRING", "combinable": True, "once_per": None,
    }  # fmt: skip
    assert kept["gift"]["every"] == 3


def test_what_else_a_flow_does_is_edited(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, *STEPS)
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "mark")
    inside.get_by_role("button", name="Add a property").click()
    inside.get_by_label("Name", exact=True).fill("Tier")
    inside.get_by_label("Name", exact=True).press("Enter")
    fill(inside, "Value", "gold")
    inside.get_by_label("Text message").check()
    in_every_sight(frame, ".insp")
    wide_again(frame)
    inside = choose(frame, "team")
    fill(inside, "Subject", "A large cart")
    inside = choose(frame, "hook")
    fill(inside, "Address", "https://example.com/other")
    inside = choose(frame, "other")
    inside.get_by_label("Start this flow").select_option("Abandoned cart")
    check(frame)
    inside = choose(frame, "bye")
    expect(inside.get_by_text("Whoever comes here leaves the flow.")).to_be_visible()
    place = (maple.id, flow_id)
    until(frame, database, place, lambda kept: kept["other"]["flow"] == maple.flow[0])
    kept = kept_of(database, *place)
    assert kept["mark"]["properties"] == {"tier": "gold"}
    assert kept["mark"]["unsubscribe"] == ["sms"]
    assert kept["team"]["subject"] == "A large cart"
    assert kept["hook"]["url"] == "https://example.com/other"


def test_a_message_step_says_how_it_goes_out(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    code = {"kind": "coupon", "id": "code", "percent": 15, "valid_for": "P1D"}
    flow_id = keep(database, maple.id, code, {**MAIL, "template": TEMPLATE})
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "mail")
    fill(inside, "Name, for you alone", "The offer")
    inside.get_by_role("button", name="Add another if not reachable").click()
    inside.get_by_label("Offers").select_option(label="The code of “15 %”")
    inside.get_by_label("Leave it out when it would be late by …").click()
    short = inside.get_by_text("shorter than the 16 hours between two marketing emails")
    late = inside.get_by_role("textbox", name="Leave it out when it would be late by")
    expect(late).to_have_value("20")
    expect(short).to_have_count(0)
    fill(inside, "Leave it out when it would be late by", "2")
    expect(short).to_be_visible()
    expect(
        inside.get_by_text("shorter than the 24 hours between two marketing texts")
    ).to_be_visible()
    expect(inside.get_by_text(re.compile("quiet hours for texts, .* to .* where"))).to_be_visible()
    check(frame)
    fill(inside, "Leave it out when it would be late by", "20")
    inside.get_by_role("button", name="About an order").click()
    check(frame)
    place = (maple.id, flow_id)
    until(frame, database, place, lambda kept: kept["mail"].get("deadline") == "PT20H")
    mail = kept_of(database, *place)["mail"]
    assert (mail["name"], mail["channels"]) == ("The offer", ["email", "sms"])
    assert (mail["coupon"], mail["message_kind"]) == ("code", "transactional")
    inside.get_by_role("button", name="Send a test").click()
    expect(frame.get_by_role("dialog", name="Send a test")).to_be_visible()
    check(frame)


def test_the_trigger_the_exits_and_the_name_are_edited(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, STEPS[0])
    frame = open_page(f"/flows/{flow_id}")
    inside = form(frame)
    fill(inside, "Name", "Ours")
    inside.get_by_label("Something that ends it").select_option("order.cancelled")
    inside.get_by_role("button", name="Remove an order is placed").click()
    check(frame)
    inside = choose(frame, "trigger")
    fill(inside, "After this long without activity", "2")
    inside.get_by_label("It begins when").select_option("customer.lapsed")
    fill(inside, "Days without an order", "60")
    inside.get_by_role("button", name="After a while").click()
    fill(inside, "Again at the earliest after", "45")
    check(frame)
    inside.get_by_label("It begins when").select_option("date.reached")
    fill(inside, "Days after the date", "-7")
    inside.get_by_label("Every year").uncheck()
    for _ in range(300):
        draft = draft_of(database, maple.id, flow_id)
        if draft["trigger"].get("yearly") is False:
            break
        frame.page.wait_for_timeout(100)
    assert (draft["name"], draft["exits"]) == ("Ours", ["order.cancelled"])
    assert draft["trigger"] == {
        "event": "date.reached", "idle": None, "filter": None, "reentry": "P45D",
        "property": "birthday", "days": -7, "yearly": False,
    }  # fmt: skip


def test_a_wrong_value_is_named_at_its_field_and_in_the_list(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = keep(database, maple.id, *STEPS)
    frame = open_page(f"/flows/{flow_id}")
    inside = choose(frame, "code")
    fill(inside, "Percent off", "120")
    wrong = inside.get_by_text("Is out of bounds. Use 1 to 100.")
    expect(wrong).to_be_visible()
    assert wrong.evaluate("one => getComputedStyle(one).display") == "block"  # below, not beside
    expect(inside.get_by_label("Percent off")).to_have_attribute("aria-invalid", "true")
    check(frame)
    inside = choose(frame, "pause")
    frame.get_by_role("button", name=re.compile(r"\d+ problems?")).click()
    listed = frame.get_by_role("dialog")
    expect(listed.get_by_text("To fix before it can go live")).to_be_visible()
    expect(listed.get_by_role("button", name="Start another flow")).to_have_count(1)
    check(frame)
    listed.get_by_role("button", name="Discount code").click()
    expect(form(frame).get_by_label("Percent off")).to_be_focused()


def test_what_no_code_can_begin_with_is_told_at_its_field_and_saved_with_all_else(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page(f"/flows/{keep(database, maple.id, *STEPS)}")
    inside = choose(frame, "code")
    fill(inside, "Codes begin with", "back!")
    told = "Can't begin a code. Use 1 to 12 capitals, digits and -."
    expect(inside.get_by_text(told)).to_be_visible()
    expect(frame.get_by_role("status").filter(has_text="Saved ")).to_be_visible()
    fill(inside, "Codes begin with", "back")
    expect(inside.get_by_text(told)).to_have_count(0)


def test_slips_of_the_hand_are_told_without_the_words_of_programs(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page(f"/flows/{keep(database, maple.id, *STEPS)}")
    inside = choose(frame, "code")
    fill(inside, "Valid for", "9999999")
    expect(inside.get_by_text("Is too long. Use a year at the most.")).to_be_visible()
    fill(inside, "Smallest order", "-3")
    expect(inside.get_by_text("Is out of bounds. Use an amount above 0.")).to_be_visible()
    fill(inside, "Percent off", "")
    expect(inside.get_by_text("Is missing. Say how much the code takes off.")).to_be_visible()
    inside = choose(frame, "toss")
    fill(inside, "Share of A", "-3")
    expect(inside.get_by_label("Share of A")).to_have_value("0")
    expect(inside.get_by_text("0% of people", exact=True)).to_be_visible()


def test_the_values_of_a_way_have_the_width_of_the_form(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page(f"/flows/{keep(database, maple.id, *STEPS)}")
    inside = choose(frame, "lands")
    name = inside.get_by_label("Name of the way", exact=True).bounding_box()
    values = inside.get_by_role("group", name="Values of").bounding_box()
    assert name
    assert values
    assert values["y"] >= name["y"] + name["height"]
    assert values["width"] >= name["width"]


def test_a_flow_goes_live_after_what_is_new_was_said(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    frame = open_page(f"/flows/{maple.flow[0]}")
    inside = choose(frame, "until-objection")
    fill(inside, "How long after the last activity of the cart", "6")
    choose(frame, "trigger").get_by_role("button", name="Only once", exact=True).click()
    saved(frame)
    frame.get_by_role("button", name="Publish changes").click()
    sheet = frame.get_by_role("dialog", name=re.compile("^Publish"))
    expect(sheet.get_by_text("Time: 12 hr → 6 hr")).to_be_visible()
    expect(sheet.get_by_text(re.compile("^How often: .* → Each customer once$"))).to_be_visible()
    expect(sheet.get_by_text(re.compile("under way and stay on version 1"))).to_be_visible()
    expect(sheet.get_by_text(re.compile("^If a customer leaves a cart for 1 hour"))).to_be_visible()
    check(frame)
    sheet.get_by_role("button", name="Publish", exact=True).click()
    expect(sheet).to_have_count(0)
    expect(frame.get_by_role("button", name="Publish changes")).to_be_disabled()
    frame.get_by_role("button", name="Versions").click()
    versions = frame.get_by_role("dialog", name="Versions")
    expect(versions.get_by_text("Version 2")).to_be_visible()
    first = versions.get_by_role("listitem").filter(has_text="Version 1")
    first.get_by_role("button", name="Compare with the draft").click()
    expect(first.get_by_text("Time: 12 hr → 6 hr")).to_be_visible()
    check(frame)
    first.get_by_role("button", name="Restore into the draft").click()
    expect(versions).to_have_count(0)
    place = (maple.id, maple.flow[0])
    until(frame, database, place, lambda kept: kept["until-objection"]["duration"] == "PT12H")


def test_one_click_goes_back_to_an_older_version(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    flow_id = maple.flow[0]
    with database.writing() as connection:
        stored = flows.get(connection, maple.id, flow_id)
        assert stored
        document = {**stored.draft, "name": "Renamed"}
        now = stored.updated_at
        flows.save_draft(connection, maple.id, flow_id, read(document), now)
        flow = read(document)
        flows.add_version(
            connection,
            maple.id,
            flow_id,
            flow,
            flow_problems.compile_all(flow, link_length=40),
            now,
        )
    frame = open_page(f"/flows/{flow_id}")
    frame.get_by_role("button", name="Versions").click()
    first = frame.get_by_role("listitem").filter(has_text="Version 1")
    first.get_by_role("button", name="Go back to it now").click()
    expect(frame.get_by_role("dialog")).to_have_count(0)
    with database.reading() as connection:
        stored = flows.get(connection, maple.id, flow_id)
        assert stored
        live = flows.numbered(connection, stored, 3)
    assert dump(live.flow)["name"] == "Abandoned cart"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_forms_are_sound_in_every_width_and_theme(
    open_page: Open, maple: SmallStore, database: Database, size: tuple[int, int], theme: str
) -> None:
    flow_id = keep(database, maple.id, *STEPS)
    frame = open_page(f"/flows/{flow_id}")
    frame.page.set_viewport_size({"width": size[0], "height": size[1]})
    frame.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    for step_id in ("trigger", *(one["id"] for one in STEPS)):
        choose(frame, step_id)
        expect(form(frame).get_by_role("heading", level=2)).to_be_visible()
        if step_id in {"trigger", "mail", "code", "fork"}:
            check(frame, ".insp" if size == NARROW else None)  # a phone's sheet covers the rest
