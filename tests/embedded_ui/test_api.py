"""What the API tells, against the store counted by hand; what it takes; how it says no."""

from typing import Any

import openapi_spec_validator
import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from jobs import drafts
from marketing import recipes
from marketing.flow_schema import dump
from storage import flows
from storage.database import Database
from storage.schema import flows as flow_table
from storage.schema import imports
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, Ask
from tests.seeding import NOW, Rows, SmallStore, a_store, at

SILENT = {"abandoned_checkout": False, "order_confirmation": True, "shipping": True}
FORM = {
    "audience": "everyone",
    "audience_by_country": [{"country": "DE", "audience": "subscribers"}],
    "click_days": 7,
    "open_days": 2,
    "utm": False,
    "email_cap_hours": None,
    "sms_cap_hours": 48,
    "email_quiet_hours": {"start": "22:00", "end": "07:30"},
    "sms_quiet_hours": {"start": "19:00", "end": "10:00"},
    "chat_quiet_hours": None,
    "stop_ends_all_texts": True,
    "sender_name": "Maple",
    "sender_address": "hello@maple.example.com",
    "free_shipping_threshold": 5000,
    "return_days": 30,
    "transit_days": 4,
    "price_drop_percent": 10,
    "code_budget_count": 200,
    "code_budget_cost": 100_000,
    "founder_name": "Grace Moss",
    "brand_story": "We began with one loom in a barn.",
    "instagram_url": "https://www.instagram.com/maple",
    "facebook_url": None,
    "tiktok_url": None,
    "youtube_url": None,
    "pinterest_url": None,
    "platform_mails": SILENT,
    "message_prices": {"email": 90, "sms": 7900, "whatsapp": 0},
}


def told(ask: Ask, path: str, **options: Any) -> Any:
    answer = ask(path, **options)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_store_tells_its_profile_and_how_far_the_import_is(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        for noun, state, done, total in (
            ("order", "running", 12400, 31000),
            ("customer", "done", 310, 310),
        ):
            row = {"noun": noun, "state": state, "done": done, "total": total, "install_epoch": 1}
            connection.execute(insert(imports).values(store_id=maple.id, **row))
    store = told(ask, "/store")
    assert store["currency"] == "USD"
    assert store["timezone"] == "America/New_York"
    assert store["now"].startswith("2026-11-20T18:00:00")
    assert [(part["noun"], part["done"], part["total"]) for part in store["imports"]] == [
        ("customer", 310, 310),
        ("order", 12400, 31000),
    ]
    assert {task["key"]: task["done"] for task in store["setup"]} == {
        "store_connected": True,
        "history_imported": False,
        "sender_named": False,
        "cart_recovery_live": True,
    }


def test_the_dashboard_tells_what_was_counted_by_hand(ask: Ask) -> None:
    dashboard = told(ask, "/dashboard?days=7")
    revenue = dashboard["revenue"]
    assert (revenue["total"], revenue["previous"]) == (12000, 5000)
    assert revenue["change"] == pytest.approx(1.4)
    assert [day["amount"] for day in revenue["series"]] == [0, 0, 0, 8000, 0, 4000, 0]
    assert revenue["series"][0]["date"] == "2026-11-14"
    metrics = {metric["key"]: metric for metric in dashboard["metrics"]}
    assert metrics["cart_recovery_rate"]["value"] == pytest.approx(1 / 3)
    assert metrics["cart_recovery_rate"]["change"] is None
    assert metrics["customer_lifetime_value"]["value"] == 6667
    assert metrics["customer_lifetime_value"]["previous"] == 4000
    assert metrics["repeat_purchase_rate"]["value"] == pytest.approx(1 / 3)
    assert metrics["repeat_purchase_rate"]["change"] == pytest.approx(1 / 3)
    assert metrics["revenue_per_recipient"]["value"] == 2400
    assert all(metric["definition"] for metric in metrics.values())
    assert all(len(metric["series"]) == 7 for metric in metrics.values())
    assert dashboard["not_written"]["carts"] == 2
    assert dashboard["not_written"]["value"] == 9500
    assert dashboard["not_written"]["abandoned"] == 6
    assert dashboard["problems"] == [{"kind": "unknown_messages", "count": 1}]
    assert (dashboard["click_days"], dashboard["open_days"]) == (5, 5)
    assert [flow["revenue"] for flow in dashboard["flows"]] == [12000]


def test_a_new_store_has_no_figures_but_a_dashboard(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    with database.writing() as connection:
        a_store(connection, "new.myshopify.com")
    dashboard = told(ask, "/dashboard?days=90", domain="new.myshopify.com")
    assert dashboard["revenue"]["total"] == 0
    assert [metric["value"] for metric in dashboard["metrics"]] == [None] * 4
    assert told(ask, "/flows", domain="new.myshopify.com")["flows"] == []
    assert told(ask, "/customers", domain="new.myshopify.com")["total"] == 0


def test_a_flow_tells_its_steps_with_their_figures(ask: Ask, maple: SmallStore) -> None:
    flow = told(ask, f"/flows/{maple.flow[0]}?days=7")
    assert flow["name"] == "Abandoned cart"
    assert flow["trigger"] == {
        "event": "cart.abandoned",
        "idle_seconds": 3600,
        "reentry": "always",
        "filter": None,
    }
    assert (flow["entered"], flow["waiting"], flow["revenue"]) == (6, 2, 12000)
    kinds = [step["kind"] for step in flow["steps"]]
    assert kinds == ["message", "delay", "message", "delay", "coupon", "delay", "message"]
    reminder = flow["steps"][0]
    assert reminder["name"] == "Your items are saved"
    assert reminder["figures"]["sent"] == 3
    assert {each["reason"]: each["count"] for each in reminder["figures"]["refused"]} == {
        "no_consent": 1,
        "unsubscribed": 1,
    }
    assert not flow["has_changes"]
    assert flow["problems"] == []


def test_a_flow_is_paused_resumed_and_published(ask: Ask, maple: SmallStore) -> None:
    door = f"/flows/{maple.flow[0]}"
    assert told(ask, f"{door}/pause", method="POST")["status"] == "paused"
    assert told(ask, door)["status"] == "paused"
    assert told(ask, f"{door}/resume", method="POST")["status"] == "live"
    published = told(ask, f"{door}/publish", method="POST")
    assert (published["status"], published["live_version"]) == ("live", 2)
    assert told(ask, "/flows", domain=NEIGHBOUR)["flows"][0]["live_version"] == 1


def test_the_list_of_flows_tells_what_needs_a_look(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    [row] = told(ask, "/flows")["flows"]
    assert (row["has_changes"], row["problems"]) == (False, 0)
    assert row["picture"][:3] == [
        {"kind": "delay", "seconds": 3600, "channel": None},
        {"kind": "message", "seconds": None, "channel": "email"},
        {"kind": "delay", "seconds": 43200, "channel": None},
    ]
    draft = told(ask, f"/flows/{row['id']}/draft")["draft"]
    broken = {**draft, "steps": [{"kind": "condition", "id": "c", "condition": {"op": "all"}}]}
    told(ask, f"/flows/{row['id']}/draft", method="PUT", json=broken)
    [row] = told(ask, "/flows")["flows"]
    assert row["has_changes"]
    assert row["problems"] > 0
    assert row["picture"][1:] == [{"kind": "condition", "seconds": None, "channel": None}]


def test_the_list_of_flows_names_the_channels_of_questions_too(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    [row] = told(ask, "/flows")["flows"]
    draft = told(ask, f"/flows/{row['id']}/draft")["draft"]
    template = {"subject": "", "text": "S or M?", "mjml": ""}
    asked = {
        "kind": "ask",
        "id": "size",
        "channel": "whatsapp",
        "template": template,
        "timeout": "P1D",
        "answers": [],
    }
    told(ask, f"/flows/{row['id']}/draft", method="PUT", json={**draft, "steps": [asked]})
    [row] = told(ask, "/flows")["flows"]
    assert row["channels"] == ["whatsapp"]
    assert row["picture"][1:] == [{"kind": "ask", "seconds": None, "channel": "whatsapp"}]


def test_recipes_come_after_the_stores_own_flows_in_their_order_and_say_what_they_are_for(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, maple.id, NOW)
    lines = told(ask, "/flows")["flows"]
    assert lines[0]["id"] == maple.flow[0]
    assert [line["recipe"] for line in lines] == list(recipes.names())
    places = [recipes.CATEGORIES.index(line["about"]["category"]) for line in lines]
    assert places == sorted(places)
    flow = told(ask, f"/flows/{lines[-1]['id']}")
    assert flow["about"] == lines[-1]["about"]
    assert flow["about"]["ideas"]


def test_a_recipe_waits_until_the_platform_stops_sending_the_same(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        flow_id = flows.create(
            connection, maple.id, shipping := recipes.load("shipping"), dump(shipping), NOW
        )
    [problem] = told(ask, f"/flows/{flow_id}")["problems"]
    assert "Shopify sends already: shipping emails" in problem["message"]
    refused = ask(f"/flows/{flow_id}/publish", "POST")
    assert (refused.status_code, refused.json) == (409, {"message": problem["message"]})
    silent = FORM | {"platform_mails": SILENT | {"shipping": False}}
    told(ask, "/settings", method="PUT", json=silent)
    assert told(ask, f"/flows/{flow_id}")["problems"] == []
    assert told(ask, f"/flows/{flow_id}/publish", method="POST")["status"] == "live"


def test_a_recipe_for_what_another_live_flow_does_carries_a_warning(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    proof = recipes.load("abandoned-cart-proof")
    with database.writing() as connection:
        flow_id = flows.create(connection, maple.id, proof, dump(proof), NOW)
    [warning] = told(ask, f"/flows/{flow_id}")["warnings"]
    assert warning["step"] == "trigger"
    assert "is live, and this recipe is meant instead of it" in warning["message"]
    assert told(ask, f"/flows/{maple.flow[0]}")["warnings"] == []


def test_a_draft_that_cannot_go_live_says_why(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        broken = {"name": "Broken", "trigger": {"event": "cart.abandoned"}, "steps": []}
        flow_id = Rows(connection, maple.id).abandoned_cart_flow(recipe=None, status="draft")[0]
        connection.execute(
            flow_table.update()
            .where(flow_table.c.id == flow_id)
            .values(draft=broken, live_version_id=None)
        )
    flow = told(ask, f"/flows/{flow_id}")
    assert flow["steps"] == []
    assert flow["problems"]
    answer = ask(f"/flows/{flow_id}/publish", "POST")
    assert answer.status_code == 409
    assert answer.json
    assert "." in answer.json["message"]


def test_customers_are_found_and_told_with_their_lifetime_value(
    ask: Ask, maple: SmallStore
) -> None:
    found = told(ask, "/customers?search=ada")
    assert [line["id"] for line in found["customers"]] == [maple.ada]
    ada = told(ask, f"/customers/{maple.ada}")
    assert (ada["name"], ada["orders"], ada["spent"], ada["average"]) == (
        "Ada Reyes",
        2,
        13000,
        6500,
    )
    assert ada["consents"][0] == {
        "channel": "email",
        "state": "subscribed",
        "source": "checkout",
        "changed_at": "2026-11-01T09:00:00+00:00",
        "keyword": None,
        "wording": None,
        "is_suppressed": False,
        "is_stopped_by_carrier": False,
    }
    assert ada["flows"] == []


def test_a_customer_is_told_which_flow_they_are_in_and_what_comes_next(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        Rows(connection, maple.id).enrollment(
            maple.flow,
            maple.cleo,
            at("2026-11-20 10:00"),
            state="active",
            step_id="until-objection",
            waiting_until=at("2026-11-20 21:00"),
        )
    (flow,) = told(ask, f"/customers/{maple.cleo}")["flows"]
    assert (flow["flow_name"], flow["next"]) == ("Abandoned cart", "About shipping")
    assert flow["waiting_until"] == "2026-11-20T21:00:00+00:00"


def test_the_timeline_says_why_a_message_did_not_go_out(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        for hour, state, reason in (
            ("08", "skipped", "unsubscribed"),
            ("09", "failed", "550 No such mailbox"),
        ):
            enrollment = rows.enrollment(maple.flow, maple.cleo, at(f"2026-11-19 {hour}:00"))
            rows.message(
                maple.flow,
                enrollment,
                "reminder",
                maple.cleo,
                at(f"2026-11-19 {hour}:00"),
                state=state,
                reason=reason,
            )
    entries = told(ask, f"/customers/{maple.cleo}/timeline")["entries"]
    failed, skipped = (entry["message"] for entry in entries[:2])
    assert (skipped["state"], skipped["reason"], skipped["detail"]) == (
        "skipped",
        "unsubscribed",
        None,
    )
    assert (failed["reason"], failed["detail"]) == (None, "550 No such mailbox")


def test_the_timeline_goes_on_where_it_stopped(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        for minute in range(59):
            moment = at(f"2026-11-12 10:{minute:02}")
            Rows(connection, maple.id).event(maple.cleo, "customer.tagged", moment)
    path = f"/customers/{maple.cleo}/timeline"
    seen: list[str] = []
    before: str | None = ""
    while before is not None:
        page = told(ask, path, query_string={"before": before})
        seen += [entry["id"] for entry in page["entries"]]
        before = page["before"]
    assert len(seen) == len(set(seen)) == 61


def test_input_of_every_wrong_kind_gets_words_not_a_crash(ask: Ask, maple: SmallStore) -> None:
    timeline = f"/customers/{maple.ada}/timeline?before="
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/dashboard?days=8", {}),
        ("/customers?page=0", {}),
        ("/customers?page=9999", {}),
        ("/customers?search=" + "x" * 101, {}),
        ("/customers?search=%00", {}),
        (f"{timeline}x", {}),
        (f"{timeline}~", {}),
        (f"{timeline}2026-11-12T10:00:00Z~x", {}),
        (f"{timeline}2026-13-01T00:00:00Z~1", {}),
        ("/settings", {"method": "PUT", "data": "{", "content_type": "application/json"}),
        ("/settings", {"method": "PUT", "json": []}),
        ("/settings", {"method": "PUT", "json": None}),
        ("/settings", {"method": "PUT", "data": b"\xff", "content_type": "application/json"}),
    ]
    for path, options in asked:
        answer = ask(path, **options)
        assert answer.status_code in {400, 415, 422}, path
        assert answer.json
        assert answer.json["message"], path


def test_brackets_without_end_are_refused(ask: Ask) -> None:
    answer = ask("/settings", "PUT", data=b"[" * 100_000, content_type="application/json")
    assert answer.status_code == 400


def test_a_search_is_only_ever_text(ask: Ask) -> None:
    for search in ("'; DROP TABLE customers", "%", "_", "\U0001f600", "0000", "ж", "\\"):
        assert told(ask, "/customers", query_string={"search": search})["total"] == 0, search


WAYS = {"GET", "PUT", "POST"}


def _is_of_api(rule: str) -> bool:
    return rule.startswith("/panel/api/") and not rule.endswith("openapi.json")


def test_the_api_describes_itself(client: FlaskClient) -> None:
    document = client.get("/panel/api/openapi.json").json
    assert document
    assert document["openapi"].startswith("3.1")
    documented = {
        (path, method)
        for path, methods in document["paths"].items()
        for method in methods
        if method in {"get", "put", "post"}
    }
    assert ("/panel/api/flows/{flow_id}/publish", "post") in documented
    routes = [one for one in client.application.url_map.iter_rules() if _is_of_api(one.rule)]
    methods = {(one.rule, way) for one in routes for way in one.methods or () if way in WAYS}
    assert len(documented) == len(methods)
    openapi_spec_validator.validate(document)
    assert document["security"] == [{"idToken": []}]
    assert "sent" in document["components"]["schemas"]["Figures"]["properties"]


def test_answers_are_never_kept_by_anyone(ask: Ask) -> None:
    answer = ask("/store")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json
    assert answer.json["domain"] == MAPLE
