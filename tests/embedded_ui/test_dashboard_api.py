"""The dashboard's figures by hand: shares, bands, tables, any days, a suggestion, another try."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from embedded_ui.results import band_of
from jobs import campaigns
from jobs.runtime import Runtime
from marketing import recipes
from marketing.benchmarks import CART_RECOVERY
from marketing.flow_schema import dump
from storage import schema
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.seeding import SmallStore, at


def told(ask: Ask, path: str, status: int = 200, **options: Any) -> Any:
    answer = ask(path, **options)
    assert answer.status_code == status, answer.text
    return answer.json


def test_attributed_revenue_is_told_beside_all_that_the_store_took(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    before = told(ask, "/dashboard?days=7")["revenue"]
    with database.writing() as connection:
        maple.rows.connection = connection
        maple.rows.order(maple.ada, at("2026-11-15 12:00"), 18000)
        maple.rows.order(maple.ada, at("2026-11-15 12:00"), 99000, counts=False)
    revenue = told(ask, "/dashboard?days=7")["revenue"]
    assert (revenue["total"], revenue["store"]) == (12000, before["store"] + 18000)
    assert revenue["share"] == pytest.approx(12000 / revenue["store"])
    assert revenue["share_before"] == 1.0


def test_campaigns_are_not_told_among_the_flows(
    ask: Ask, runtime: Runtime, maple: SmallStore
) -> None:
    steps = dump(recipes.load("abandoned-cart"))["steps"][:1]
    campaigns.create(
        runtime, maple.id, {"name": "Sale", "source": {"everyone": True}, "steps": steps}
    )
    answer = ask("/dashboard")
    assert answer.json
    assert [line["name"] for line in answer.json["flows"]] == ["Abandoned cart"]


def test_each_figure_with_a_band_says_where_it_stands_and_who_says_so(
    ask: Ask, maple: SmallStore
) -> None:
    metrics = {one["key"]: one for one in told(ask, "/dashboard?days=7")["metrics"]}
    recovery = metrics["cart_recovery_rate"]["band"]
    assert recovery == {
        "low": 0.1, "high": 0.15, "top": 0.2, "source": "seed", "standing": None,
        "needed": 100, "seen": 6,
    }  # fmt: skip
    again = metrics["repeat_purchase_rate"]["band"]
    assert (again["standing"], again["needed"], again["seen"]) == (None, 100, 3)
    assert metrics["customer_lifetime_value"]["band"] is None
    each = metrics["revenue_per_recipient"]["band"]
    assert (each["low"], each["source"], each["standing"]) == (365, "klaviyo_2023", None)
    assert each["needed"] == 200


def test_a_figure_is_held_against_its_band_from_enough_on() -> None:
    few, enough = band_of(CART_RECOVERY, 0.2, 99), band_of(CART_RECOVERY, 0.2, 100)
    assert few
    assert enough
    assert (few["standing"], enough["standing"]) == (None, "top")
    none = band_of(CART_RECOVERY, None, 500)
    assert none
    assert none["standing"] is None


def test_channels_and_messages_sum_up_to_the_whole(ask: Ask, maple: SmallStore) -> None:
    dashboard = told(ask, "/dashboard?days=7")
    [email] = dashboard["channels"]
    assert (email["channel"], email["cost"]) == ("email", None)
    assert (email["orders"], email["revenue"]) == (2, 12000)
    messages = dashboard["messages"]
    assert sum(one["revenue"] for one in messages) == 12000
    assert sum(one["sent"] for one in messages) == email["sent"]
    first = messages[0]
    assert (first["flow_name"], first["name"]) == ("Abandoned cart", "Your items are saved")
    assert [one["rate"] for one in first["rates"]] == [None, None, None]


def test_the_codes_that_were_used_are_told_with_their_cost(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    given = {"granted_at": at("2026-11-17 20:00"), "cost": 900}
    with database.writing() as connection:
        maple.rows.connection = connection
        used = {**given, "redeemed_order_id": maple.ada_order}
        maple.rows.code(maple.ada_enrollment, maple.ada, at("2026-11-17 20:00"), **used)
        other = {**given, "step_id": "other"}
        maple.rows.code(maple.ada_enrollment, maple.ada, at("2026-11-17 20:00"), **other)
    costs = told(ask, "/dashboard?days=7")["code_costs"]
    assert costs == [{"flow_id": maple.flow[0], "cost": 900}]


def test_any_days_may_be_looked_at(ask: Ask, maple: SmallStore) -> None:
    some = told(ask, "/dashboard?from=2026-11-17&to=2026-11-17")
    assert (some["days"], some["first"], some["last"]) == (1, "2026-11-17", "2026-11-17")
    assert [day["amount"] for day in some["revenue"]["series"]] == [8000]
    week = told(ask, "/dashboard?from=2026-11-14&to=2026-11-20")
    last = told(ask, "/dashboard?days=7")
    assert week["revenue"] == last["revenue"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-17", "to"),
        ("to=2026-11-17", "from"),
        ("from=2026-11-18&to=2026-11-17", "to"),
        ("from=2024-11-18&to=2026-11-17", "to"),
        ("from=2026-11-18&to=2026-11-21", "to"),
        ("from=never&to=2026-11-21", "from"),
        ("from=0001-01-01&to=0001-01-02", "from"),
    ],
)
def test_days_that_make_no_sense_are_refused_by_field(
    ask: Ask, maple: SmallStore, query: str, field: str
) -> None:
    assert told(ask, f"/dashboard?{query}", 422)["field"] == field


def many_unopened(database: Database, store: SmallStore, count: int = 200) -> None:
    """Send the second message to many who open it as usual but hardly ever click."""
    with database.writing() as connection:
        store.rows.connection = connection
        for number in range(count):
            entered = at("2026-11-18 08:00") + timedelta(minutes=number)
            enrollment = store.rows.enrollment(store.flow, store.ada, entered)
            seen = {"opened_at": entered} if number % 10 < 6 else {}
            store.rows.message(store.flow, enrollment, "objection", store.ada, entered, **seen)


def test_a_message_below_its_band_is_suggested_and_its_test_begins_in_the_draft(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    assert told(ask, "/dashboard?days=7")["suggestion"] is None
    many_unopened(database, maple)
    suggestion = told(ask, "/dashboard?days=7")["suggestion"]
    assert (suggestion["step_id"], suggestion["aspect"]) == ("objection", "click")
    assert (suggestion["rate"], suggestion["usual"]) == (0.0, 0.053)
    assert told(ask, "/dashboard?days=7", domain=NEIGHBOUR)["suggestion"] is None
    door = f"/flows/{maple.flow[0]}/messages/objection/test"
    told(ask, door, 404, method="POST", domain=NEIGHBOUR)
    begun = told(ask, door, 201, method="POST")
    draft = told(ask, f"/flows/{maple.flow[0]}/draft")["draft"]
    split = next(step for step in draft["steps"] if step["id"] == begun["split_id"])
    assert [arm["steps"][0]["id"] for arm in split["variants"]] == ["objection", "objection-b"]
    assert told(ask, f"/flows/{maple.flow[0]}")["has_changes"]
    assert told(ask, "/dashboard?days=7")["suggestion"] is None
    told(ask, door, 409, method="POST")
    nothing = f"/flows/{maple.flow[0]}/messages/nothing/test"
    told(ask, nothing, 409, method="POST")


def test_what_was_put_aside_is_tried_again_in_the_own_store_only(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    for store in (maple, neighbour):
        with database.writing() as connection:
            store.rows.connection = connection
            when = at("2026-11-20 08:00")
            stuck = store.rows.enrollment(store.flow, store.ada, when, state="dead")
            store.rows.message(store.flow, stuck, "reminder", store.ada, when, state="dead")
            row = {"noun": "order", "state": "failed", "error": "no", "install_epoch": 1}
            connection.execute(insert(schema.imports).values(store_id=store.id, **row))
            call = {"kind": "write_consent", "key": "a", "payload": {}, "state": "failed"}
            outbox = insert(schema.outbox).values(
                store_id=store.id, id=schema.new_id(), due_at=when, **call
            )
            connection.execute(outbox)
            told_us = {"channel": "sms", "url": "/", "body": b"x", "digest": "d", "error": "no"}
            moments = dict.fromkeys(("received_at", "due_at", "processed_at"), when)
            callback = {"store_id": store.id, "id": schema.new_id(), **told_us, **moments}
            connection.execute(insert(schema.callbacks).values(**callback))
    kinds = (
        "dead_messages", "stuck_customers", "failed_imports", "failed_consent_writes",
        "dead_callbacks",
    )  # fmt: skip
    before = {one["kind"] for one in told(ask, "/dashboard")["problems"]}
    assert before >= set(kinds)
    for kind in kinds:
        again = told(ask, "/dashboard/retry", method="POST", json={"kind": kind})
        assert again == {"retried": 1}, kind
    after = {one["kind"] for one in told(ask, "/dashboard")["problems"]}
    assert not after & set(kinds)
    theirs = {one["kind"] for one in told(ask, "/dashboard", domain=NEIGHBOUR)["problems"]}
    assert theirs >= set(kinds)
    refused = told(ask, "/dashboard/retry", 422, method="POST", json={"kind": "held_messages"})
    assert refused["field"] == "kind"
