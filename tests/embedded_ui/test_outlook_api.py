"""What a draft is to be expected to do and to cost, counted by hand from the store's past."""

from typing import Any

from sqlalchemy import update

from storage import schema
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import FORM, told
from tests.embedded_ui.test_versions_api import GOOD, new_flow
from tests.seeding import Rows, SmallStore, a_store, at

WORDS = {"subject": "Thank you", "mjml": "<mjml><mj-body></mj-body></mjml>", "text": "Thanks"}
MAIL = {"kind": "message", "id": "mail", "channel": "email", "template": WORDS}
LATER = {**MAIL, "id": "later"}
CODE = {"kind": "coupon", "id": "code", "percent": 10, "valid_for": "P3D"}
WAIT = {"kind": "delay", "id": "wait", "duration": "P2D"}
EXIT = {"exits": ["order.placed"]}
THANKS: dict[str, Any] = {
    "name": "Thanks",
    "trigger": {"event": "order.placed"},
    "steps": [MAIL, WAIT, CODE, LATER],
}
PRICES = {
    **FORM,
    "audience_by_country": [],
    "message_prices": {"email": 1000, "sms": 0, "whatsapp": 0},
}


def orders(database: Database, store: SmallStore, count: int) -> None:
    """Let so many subscribers order once each for 100, a day apart from each other."""
    with database.writing() as connection:
        rows = Rows(connection, store.id)
        for number in range(count):
            who = rows.customer("Buyer", email_consent="subscribed")
            rows.order(who, at(f"2026-11-{1 + number % 18:02} 12:00"), 10_000)


def outlook_of(ask: Ask, document: dict[str, Any]) -> Any:
    return told(ask, f"/flows/{new_flow(ask, document)}/outlook")


def by_step(found: Any) -> dict[str, Any]:
    return {one["step"]: one for one in found["steps"]}


def holds(found: dict[str, int], number: int) -> bool:
    return found["low"] <= number <= found["high"]


def test_people_messages_and_costs_come_from_the_last_thirty_days(
    ask: Ask, database: Database, maple: SmallStore, neighbour: SmallStore
) -> None:
    told(ask, "/settings", method="PUT", json=PRICES)
    orders(database, maple, 36)
    orders(database, neighbour, 5)
    found = outlook_of(ask, THANKS)
    # 36 here; of the store's own five orders one was cancelled and one is too old.
    assert (found["basis"], found["days"], found["looked_at"]) == ("replay", 30, 40)
    assert (found["is_sample"], holds(found["people"], 39)) == (False, True)
    assert found["people"]["high"] - found["people"]["low"] < 30
    steps = by_step(found)
    assert list(steps) == ["mail", "code", "later"]
    assert holds(steps["mail"]["count"], 39)
    assert steps["mail"]["cost"]["high"] == steps["mail"]["count"]["high"]  # a cent each
    assert (steps["mail"]["basis"], steps["mail"]["revenue"]) == ("price", None)
    code = steps["code"]
    # Nobody ever got a code: all of them may be used, or none.
    assert (code["basis"], code["cost"]["low"]) == ("all_used", 0)
    assert code["cost"]["high"] == code["count"]["high"] * code["each"]
    assert 900 < code["each"] < 1100
    assert found["cost"]["high"] == sum(one["cost"]["high"] for one in found["steps"])
    assert found["revenue"] is None


def test_who_bought_meanwhile_gets_no_more_and_that_is_in_the_figures(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        for number in range(40):
            who = rows.customer("Buyer", email_consent="subscribed")
            rows.order(who, at(f"2026-10-{25 + number % 5} 12:00"), 10_000)
            rows.order(who, at(f"2026-10-{26 + number % 5} 12:00"), 10_000)
    once = {**THANKS, "trigger": {"event": "order.placed", "reentry": "once"}, **EXIT}
    steps = by_step(outlook_of(ask, once))
    assert holds(steps["mail"]["count"], 43)
    assert steps["later"]["count"]["high"] <= 12


def test_carts_that_were_left_are_counted_though_they_were_bought_later(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        for number in range(30):
            left = at(f"2026-11-{1 + number % 15:02} 12:00")
            who = rows.customer("Leaver", email_consent="subscribed")
            bought = at(f"2026-11-{2 + number % 15:02} 18:00")
            rows.order(who, bought, 5000)
            over = {"completed_at": bought, "updated_at": bought} if number % 2 else {}
            columns = {"abandoned_at": left.replace(hour=13), **over}
            cart = rows.cart(who, left, 5000)
            connection.execute(
                update(schema.carts).where(schema.carts.c.id == cart).values(columns)
            )
    found = outlook_of(ask, GOOD)
    assert found["basis"] == "replay"
    assert found["people"]["low"] >= 20


def test_those_nobody_may_write_to_get_nothing(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    orders(database, maple, 20)
    with database.writing() as connection:
        mine = schema.customers.c.store_id == maple.id
        connection.execute(
            update(schema.customers).where(mine).values(email_consent="unsubscribed")
        )
    found = outlook_of(ask, THANKS)
    assert holds(found["people"], 23)
    assert (by_step(found)["mail"]["count"], found["reached"]["low"]) == ({"low": 0, "high": 0}, 0)


ASK = {
    "kind": "ask", "id": "which", "channel": "sms", "template": {"sms": "Tea or coffee?"},
    "answers": [
        {"key": "tea", "label": "Tea", "steps": []},
        {"key": "coffee", "label": "Coffee", "steps": []},
    ],
}  # fmt: skip
COLLECT = {
    "kind": "collect", "id": "where", "contact": "email", "channel": "whatsapp",
    "template": {"chat": {"text": "Where may we write to you?"}},
}  # fmt: skip


def test_questions_by_text_and_whatsapp_cost_what_messages_do(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    prices = {"email": 0, "sms": 1000, "whatsapp": 2000}
    told(ask, "/settings", method="PUT", json={**PRICES, "message_prices": prices})
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        whatsapp = {"channel": "whatsapp", "provider": "meta", "callback_key": "key"}
        more = {"public": {}, "revision": 1, "secret": "", "connected_at": at("2026-11-01 12:00")}
        rows.put(schema.channel_accounts, **whatsapp, **more)
        for number in range(40):
            agreed = {"sms_consent": "subscribed", "whatsapp_consent": "subscribed"}
            who = rows.customer("Buyer", phone=f"+1202555{1000 + number}", **agreed)
            rows.order(who, at(f"2026-11-{1 + number % 18:02} 12:00"), 10_000)
    long = {**ASK, "id": "long", "template": {"sms": "a" * 170}}
    found = outlook_of(ask, {**THANKS, "steps": [ASK, COLLECT, long]})
    steps = by_step(found)
    assert [one["kind"] for one in found["steps"]] == ["message"] * 3
    for step_id, least, most in (("which", 1, 1), ("where", 2, 2), ("long", 2, 2)):
        count, cost = steps[step_id]["count"], steps[step_id]["cost"]
        assert count["high"] > 0
        assert cost == {"low": count["low"] * least, "high": count["high"] * most}
    assert (steps["which"]["basis"], steps["where"]["basis"]) == ("parts", "price")
    assert found["cost"]["high"] == sum(one["cost"]["high"] for one in found["steps"])
    near = {**ASK, "template": {"sms": "a" * 130}}
    [told_of] = outlook_of(ask, {**THANKS, "steps": [near]})["steps"]
    assert told_of["cost"]["high"] == 2 * told_of["count"]["high"]
    assert told_of["cost"]["low"] == told_of["count"]["low"]


def test_codes_and_earnings_of_its_own_are_told_from_once_there_are_enough(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    orders(database, maple, 20)
    flow_id = new_flow(ask, THANKS)
    with database.writing() as connection:
        rows, flow = Rows(connection, maple.id), (flow_id, maple.flow[1])
        for number in range(100):
            who, when = rows.customer("Had"), at("2026-10-01 12:00")
            way = rows.enrollment(flow, who, when)
            sent = rows.message(flow, way, "mail", who, when)
            used = number < 25
            order = rows.order(who, when, 8000) if used else None
            if order:
                rows.credit(order, sent, flow, "mail", who, when)
            rows.code(way, who, when, step_id="code", cost=800, redeemed_order_id=order)
    steps = by_step(told(ask, f"/flows/{flow_id}/outlook"))
    code = steps["code"]
    assert (code["basis"], code["each"]) == ("own", 800)
    assert holds(code["share"], 25)
    assert holds(steps["mail"]["revenue"], 23 * 2000)


def test_a_trigger_without_a_past_a_new_store_and_an_empty_one_are_told_as_such(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    by_hand = {**THANKS, "trigger": {"event": "manual"}}
    found = outlook_of(ask, by_hand)
    assert (found["basis"], found["people"], found["steps"]) == ("no_past", None, [])
    never = {**THANKS, "trigger": {"event": "review.posted"}}
    assert outlook_of(ask, never)["basis"] == "nothing"
    with database.writing() as connection:
        own = schema.stores.c.id == maple.id
        connection.execute(
            update(schema.stores).where(own).values(installed_at=at("2026-11-20 10:00"))
        )
    assert outlook_of(ask, never)["basis"] == "too_new"


def test_many_are_looked_at_as_a_sample(ask: Ask, database: Database, maple: SmallStore) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        for number in range(200):
            who = rows.customer("Buyer", email_consent="subscribed")
            rows.order(who, at(f"2026-11-16 {number % 24:02}:30"), 1000)
    found = outlook_of(ask, THANKS)
    assert (found["is_sample"], found["looked_at"] < 110) == (True, True)
    assert holds(found["people"], 203)


def test_a_stranger_and_a_broken_draft_have_none(ask: Ask, maple: SmallStore) -> None:
    flow_id = new_flow(ask, THANKS)
    assert ask(f"/flows/{flow_id}/outlook", domain=NEIGHBOUR).status_code == 404
    told(ask, f"/flows/{flow_id}/draft", method="PUT", json={**THANKS, "steps": []})
    refused = ask(f"/flows/{flow_id}/outlook")
    assert refused.status_code == 409
    assert refused.json
    assert refused.json["message"]


def test_a_store_with_nothing_in_it_is_told_nothing(ask: Ask, database: Database) -> None:
    domain = "bare.myshopify.com"
    with database.writing() as connection:
        a_store(connection, domain)
    made = ask("/flows", "POST", json=THANKS, domain=domain).json
    assert made
    found = told(ask, f"/flows/{made['id']}/outlook", domain=domain)
    assert (found["basis"], found["cost"], found["revenue"]) == ("nothing", None, None)
