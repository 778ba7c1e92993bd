"""Every kind of step as it is drawn: in words, at every width and theme; and a test that is won."""

from typing import Any

import pytest
from playwright.sync_api import expect

from embedded_ui import assets
from marketing.flow import Flow
from marketing.flow_schema import load
from marketing.step_schema import SCHEMAS
from storage import split_tests
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import Open, admin, check, database_url, look, maple, open_page
from tests.seeding import Rows, SmallStore, at

__all__ = ["admin", "database_url", "maple", "open_page"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel"),
]
WORDS = {"subject": "Hello {{ customer.first_name }}", "preview": "", "text": "t",
         "mjml": "<mjml></mjml>"}  # fmt: skip


def mail(step_id: str, **more: Any) -> dict[str, Any]:
    return {"kind": "message", "id": step_id, "channel": "email", "template": WORDS, **more}


def every_step(other: str) -> Flow:
    either = {**mail("either"), "channels": ["sms", "email"]}
    del either["channel"]
    either["template"] = {**either["template"], "sms": "Your cart waits"}
    steps = [
        {"kind": "delay", "id": "hours", "duration": "PT4H"},
        {"kind": "delay", "id": "clock", "duration": "P1D", "until": "10:00", "weekdays": [0, 2]},
        {"kind": "delay", "id": "date", "until_field": "order.placed_at", "duration": "P7D",
         "until": "09:30"},
        {"kind": "wait_for_event", "id": "wait", "event": "message.opened", "timeout": "P3D",
         "yes": [mail("seen")], "no": [mail("unseen")]},
        {"kind": "switch", "id": "where", "field": "customer.country",
         "cases": [{"key": "home", "values": ["DE", "AT"], "steps": [mail("home")]},
                   {"key": "sea", "values": ["US"], "steps": []}],
         "otherwise": [{"kind": "exit", "id": "out"}]},
        {"kind": "condition", "id": "rich", "yes": [mail("thanks")], "no": [],
         "condition": {"op": "all", "of": [
            {"op": "gt", "field": "order.store_total", "value": 5000},
            {"op": "starts_with", "field": "customer.city", "value": "Ham"}]}},
        {"kind": "split", "id": "test", "variants": [
            {"key": "a", "weight": 1, "steps": [mail("short")]},
            {"key": "b", "weight": 3, "steps": [mail("long")]}]},
        {"kind": "ask", "id": "size", "channel": "instagram", "timeout": "PT2H",
         "template": {"chat": {"text": "Which size?"}}, "answers": [
            {"key": "s", "label": "Small", "steps": []},
            {"key": "l", "label": "Large", "steps": []}]},
        {"kind": "collect", "id": "address", "channel": "instagram", "timeout": "PT2H",
         "contact": "email", "template": {"chat": {"text": "Your address?"}}},
        {"kind": "coupon", "id": "code", "percent": 10, "valid_for": "P2D"},
        {"kind": "reward", "id": "credit", "amount": 500, "every": 5},
        either,
        {"kind": "update_customer", "id": "tag", "add_tags": ["vip"], "remove_tags": ["new"],
         "properties": {"tier": "gold"}, "unsubscribe": ["sms"]},
        {"kind": "notify_staff", "id": "tell", "subject": "A big order", "text": "Look"},
        {"kind": "hand_over", "id": "person", "subject": "Somebody is cross", "text": "Look"},
        {"kind": "call_webhook", "id": "call", "url": "https://hooks.example.com/orders"},
        {"kind": "start_flow", "id": "start", "flow": other},
        {"kind": "stop_flow", "id": "stop", "flow": other},
    ]  # fmt: skip
    trigger = {"event": "order.placed"}
    exits = ["order.refunded"]
    return load({"name": "Everything", "trigger": trigger, "exits": exits, "steps": steps})


def seeded(database: Database, store: SmallStore) -> str:
    """Put the flow, with two who took one variant and one who took the other and ordered."""
    with database.writing() as connection:
        rows = Rows(connection, store.id)
        flow = rows.flow(every_step(store.flow[0]))
        when = at("2026-11-19 10:00")
        for way in ("a", "a", "b"):
            customer = rows.customer("Ida")
            choices = {"wait": "no", "where": "home", "rich": "no", "test": way}
            enrollment = rows.enrollment(flow, customer, when, choices=choices)
            step = "short" if way == "a" else "long"
            message = rows.message(flow, enrollment, step, customer, when, opened_at=when)
            if way == "b":
                order = rows.order(customer, when, 4000)
                rows.credit(order, message, flow, step, customer, when)
        return flow[0]


LINES = {
    "hours": "For 4 hr",
    "clock": "1 day, then until 10:00 AM on Mondays and Wednesdays",
    "date": "7 days after order placed, then until 9:30 AM",
    "wait": "Until a message is opened, 3 days at the most",
    "where": "By country",
    "rich": "Order total is more than $50.00 and city begins with “Ham”",
    "test": "25% / 75%",
    "size": "Which size?",
    "address": "Your address?",
    "code": "10% off, a code for each customer",
    "credit": "$5",
    "either": "Text message or Email · “Your cart waits”",
    "tag": "+vip, \N{MINUS SIGN}new, tier = gold, unsubscribed: Text message",
    "tell": "A big order",
    "call": "https://hooks.example.com/orders",
    "start": "Abandoned cart",
    "stop": "Abandoned cart",
    "out": "Goes no further",
}


def test_each_kind_of_step_says_in_words_what_it_does(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    path = f"/flows/{seeded(database, maple)}"
    look(open_page, path, "Wait for something")
    frame = open_page(path)
    for step_id, line in LINES.items():
        card = frame.locator(f'.react-flow__node[data-id="{step_id}"]')
        expect(card.locator("svg").first).to_be_attached()
        expect(card).to_contain_text(line)
    kinds = {type(step) for step in every_step("x").steps_by_id.values()}
    assert kinds == {schema.makes for schema in SCHEMAS.values()}
    expect(frame.get_by_text("an order is refunded")).to_be_visible()
    expect(frame.get_by_text("They left the flow.")).to_be_visible(timeout=30_000)


def test_conditions_read_on_their_cards_in_german_as_in_segments(
    open_page: Open, admin: AdminFrame, maple: SmallStore, database: Database
) -> None:
    admin.locale = "de"
    frame = open_page(f"/flows/{seeded(database, maple)}")
    card = frame.locator('.react-flow__node[data-id="rich"]')
    expect(card).to_contain_text("Summe der Bestellung mehr als 50,00 $ und Ort beginnt mit „Ham“")
    frame.get_by_role("button", name="Schritt suchen").click()
    frame.locator(".find input").fill("50,00")
    expect(frame.locator(".find")).to_contain_text("1 Schritt")


def test_the_variants_of_a_test_are_compared_and_one_wins(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    path = f"/flows/{seeded(database, maple)}"
    frame = open_page(path)
    frame.locator('.react-flow__node[data-id="test"]').press("Enter")
    won, lost = frame.get_by_role("region", name="B · 75%"), frame.get_by_text("A · 25%").first
    for told in ("Entered1", "Sent1", "Opened1 · 100.0%", "Orders1", "per entry100.0%", "$40.00"):
        expect(won).to_contain_text(told)
    won.get_by_role("button", name="Send everyone here").click()
    dialog = frame.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Who took a variant already keeps it.")
    dialog.get_by_role("button", name="Send everyone here").click()
    expect(won).to_contain_text("Everyone takes it")
    expect(lost).to_be_attached()
    expect(frame.get_by_text("B · 75% · everyone").first).to_be_visible()
    frame.get_by_role("button", name="Let chance decide again").click()
    expect(won).not_to_contain_text("Everyone takes it")


SEEN = {
    "by": "clicks", "state": "leads", "why": None, "leader": "b", "difference": 0.04,
    "low": 0.011, "high": 0.069, "variants": [
        {"key": "a", "people": 1210, "converted": 97, "mean": 0.08},
        {"key": "b", "people": 1198, "converted": 144, "mean": 0.12}],
}  # fmt: skip


def own_pick(database: Database, store: SmallStore, **seen: Any) -> str:
    """Put a split with a rule of its own, and what a look at it gave."""
    arms = [{"key": key, "weight": 1, "steps": [mail(f"m{key}")]} for key in "ab"]
    rule = {"by": "clicks", "after": "P3D", "least": 1000}
    split = {"kind": "split", "id": "test", "variants": arms, "winner": rule}
    flow = load({"name": "Own", "trigger": {"event": "order.placed"}, "steps": [split]})
    with database.writing() as connection:
        winners = {"test": "b"} if seen.get("is_picked") else {}
        flow_id, _ = Rows(connection, store.id).flow(flow, winners=winners)
        when = at("2026-11-20 10:00")
        split_tests.begin(connection, store.id, flow_id, "test", "x", when, when)
        test = split_tests.of_flow(connection, store.id, flow_id)["test"]
        if seen:
            split_tests.looked(connection, store.id, test, when, seen.pop("verdict"), **seen)
    return flow_id


def test_a_split_says_why_it_has_no_winner_yet_and_by_what_it_has_one(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    not_yet = {**SEEN, "state": "not_yet", "why": "open", "low": -0.01}
    for told, seen in (
        ("nobody has had their time", {}),
        ("could still be chance", {"verdict": not_yet, "due_at": at("2026-11-21 10:00")}),
        ("B was picked automatically", {"verdict": SEEN, "due_at": None, "is_picked": True}),
    ):
        flow_id = own_pick(database, maple, **seen)
        frame = open_page(f"/flows/{flow_id}")
        frame.locator('.react-flow__node[data-id="test"]').press("Enter")
        pick = frame.get_by_role("region", name="Automatic winner")
        expect(pick).to_contain_text(told)
        expect(pick).to_contain_text("The variant that more people click wins by itself.")
        pick.scroll_into_view_if_needed()
        check(frame)
    expect(pick).to_contain_text("B is ahead by 1.1 to 6.9 percentage points.")
    expect(pick).to_contain_text("1,198 people · 12.0%")
    expect(frame.get_by_text("Picked by hand")).to_have_count(0)
    frame.get_by_role("button", name="Let chance decide again").click()
    expect(pick).to_contain_text("Somebody decided by hand.")
