"""What a merchant does about customers: narrows the list, takes them out, exports, erases."""

import json
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from jobs import reap
from jobs.runtime import Runtime
from marketing.consent import SuppressionScope
from storage import schema, suppressions
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.seeding import NOW, Rows, SmallStore, at

RULE = {"op": "gt", "field": "customer.spent", "value": 1}


def told(ask: Ask, path: str, **options: Any) -> Any:
    answer = ask(path, **options)
    assert answer.status_code == 200, answer.text
    return answer.json


def in_segment(database: Database, store: SmallStore, *customer_ids: str) -> str:
    segment_id, when = schema.new_id(), at("2026-11-01 00:00")
    with database.writing() as connection:
        row = {"id": segment_id, "name": "Regulars", "condition": RULE, "state": "ready"}
        moments = {"created_at": when, "updated_at": when}
        connection.execute(insert(schema.segments).values(store_id=store.id, **row, **moments))
        for one in customer_ids:
            member = {"segment_id": segment_id, "customer_id": one, "entered_at": when}
            connection.execute(insert(schema.segment_members).values(store_id=store.id, **member))
    return segment_id


def test_somebody_without_any_address_is_erased_by_a_word(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    nobody = {"email": None, "email_key": None, "phone": None, "external_id": None}
    with database.writing() as connection:
        who = Rows(connection, maple.id).customer("Nobody", **nobody)
    door = f"/customers/{who}"
    assert told(ask, door)["confirm"] == "ERASE"
    for typed in ("", " ", "nobody"):
        wrong = ask(f"{door}/erase", "POST", json={"confirm": typed})
        assert wrong.status_code == 422, typed
    assert ask(f"{door}/erase", "POST", json={"confirm": "erase"}).status_code == 200


def test_the_list_is_narrowed_by_segment_and_consent(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    segment_id = in_segment(database, maple, maple.ada)
    found = told(ask, f"/customers?segment={segment_id}")
    assert [one["id"] for one in found["customers"]] == [maple.ada]
    assert found["total"] == 1
    agreed = told(ask, f"/customers?segment={segment_id}&consent=subscribed")
    assert agreed["total"] == 1
    assert told(ask, f"/customers?segment={segment_id}&consent=unsubscribed")["total"] == 0
    stranger = ask(f"/customers?segment={segment_id}", domain=NEIGHBOUR)
    assert stranger.status_code == 404
    refused = ask("/customers?consent=perhaps")
    assert (refused.status_code, refused.json["field"]) == (422, "consent")  # type: ignore[index]


def test_the_list_says_what_reaches_each_and_is_narrowed_by_a_channel(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        mine = schema.customers.c.id == maple.ada
        agreed = {"phone": "+4790000000", "whatsapp_consent": "subscribed"}
        connection.execute(update(schema.customers).where(mine).values(**agreed))
    for refused in (ask("/customers?reach=whatsapp"), ask("/customers?reach=pigeon")):
        assert (refused.status_code, refused.json["field"]) == (422, "reach")  # type: ignore[index]
    connect_whatsapp(database, maple)
    found = told(ask, "/customers?reach=whatsapp")
    assert found["channels"] == ["email", "sms", "whatsapp"]
    assert [(one["id"], one["reached_by"]) for one in found["customers"]] == [
        (maple.ada, ["email", "whatsapp"])
    ]
    assert (found["total"], found["more"]) == (1, False)
    assert told(ask, "/customers?reach=whatsapp&search=ben")["total"] == 0
    assert told(ask, "/customers", domain=NEIGHBOUR)["channels"] == ["email", "sms"]


def connect_whatsapp(database: Database, store: SmallStore) -> None:
    made = {"provider": "meta", "public": {}, "revision": 1, "secret": "sealed"}
    own = {"channel": "whatsapp", "callback_key": "whatsapp", "connected_at": NOW}
    with database.writing() as connection:
        Rows(connection, store.id).put(schema.channel_accounts, **made, **own)


def test_a_customer_tells_segments_properties_and_when_they_were_last_seen(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    in_segment(database, maple, maple.ada)
    with database.writing() as connection:
        maple.rows.connection = connection
        maple.rows.event(maple.ada, "product.viewed", at("2026-11-19 08:00"), product_id="1")
        maple.rows.event(maple.ada, "segment.entered", at("2026-11-19 09:00"))
    ada = told(ask, f"/customers/{maple.ada}")
    assert [one["name"] for one in ada["segments"]] == ["Regulars"]
    assert ada["last_seen_at"].startswith("2026-11-19T08:00")
    assert ada["properties"] == {}
    assert ada["confirm"] == "ada@example.com"


def waiting(database: Database, store: SmallStore) -> tuple[str, str]:
    """Put Ada into the flow with a message to come; give the ids of both."""
    with database.writing() as connection:
        store.rows.connection = connection
        enrollment = store.rows.enrollment(
            store.flow, store.ada, at("2026-11-20 17:00"), state="active", step_id="until-objection"
        )
        message = store.rows.message(
            store.flow, enrollment, "reminder", store.ada, at("2026-11-20 19:00"), state="due"
        )
    return enrollment, message


def test_a_number_that_the_provider_lets_nothing_through_to_is_told_of(
    ask: Ask, runtime: Runtime, database: Database, maple: SmallStore, neighbour: SmallStore
) -> None:
    hashed = runtime.secrets.address_hash("sms", "+15550100")
    with database.writing() as connection:
        number = {"phone": "+15550100", "sms_consent": "subscribed"}
        ours = Rows(connection, maple.id).customer("Ada", **number)
        theirs = Rows(connection, neighbour.id).customer("Ben", **number)
        suppressions.add(
            connection, maple.id, "sms", [hashed], scope=SuppressionScope.CARRIER,
            reason=suppressions.CARRIER_STOP, source="twilio", now=NOW,
        )  # fmt: skip

    def stopped(customer_id: str, **whose: str) -> dict[str, bool]:
        consents = told(ask, f"/customers/{customer_id}", **whose)["consents"]
        return {one["channel"]: one["is_stopped_by_carrier"] for one in consents}

    assert stopped(ours) == {"email": False, "sms": True, "whatsapp": False}
    assert stopped(theirs, domain=NEIGHBOUR) == {"email": False, "sms": False, "whatsapp": False}


def test_an_address_that_is_not_written_to_is_told_of(
    ask: Ask, runtime: Runtime, database: Database, maple: SmallStore, neighbour: SmallStore
) -> None:
    with database.writing() as connection:
        kept = {"email": "Ada@Example.net", "email_key": "ada@example.net"}
        ours = Rows(connection, maple.id).customer("Ada", **kept)
        theirs = Rows(connection, neighbour.id).customer("Ben", **kept)
    assert told(ask, "/suppressions", method="POST", json={"text": "ada@example.net"})["added"] == 1
    reap.sweep(runtime)

    def held(customer_id: str, **whose: str) -> list[str]:
        consents = told(ask, f"/customers/{customer_id}", **whose)["consents"]
        return [one["channel"] for one in consents if one["is_suppressed"]]

    def reached(**whose: str) -> set[str]:
        return {one["id"] for one in told(ask, "/customers?reach=email", **whose)["customers"]}

    assert held(ours) == ["email"]
    assert ours not in reached()
    assert held(theirs, domain=NEIGHBOUR) == []


def test_a_customer_is_taken_out_of_a_flow_and_the_timeline_says_so(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    enrollment, message = waiting(database, maple)
    door = f"/customers/{maple.ada}/flows/{maple.flow[0]}/remove"
    assert ask(door, "POST", domain=NEIGHBOUR).status_code == 404
    assert told(ask, door, method="POST") == {"ended": 1}
    assert told(ask, f"/customers/{maple.ada}")["flows"] == []
    with database.reading() as connection:
        e, m = schema.enrollments.c, schema.messages.c
        ended = connection.execute(
            select(e.state, e.end_reason, e.ended_at).where(e.id == enrollment)
        ).one()
        stopped = connection.execute(select(m.state, m.reason).where(m.id == message)).one()
    assert tuple(ended) == ("ended", "stopped", NOW)
    assert tuple(stopped) == ("skipped", "stopped")
    entries = told(ask, f"/customers/{maple.ada}/timeline")["entries"]
    left = [one["event"] for one in entries if one["kind"] == "event"]
    assert [(one["name"], one["reason"]) for one in left] == [("flow.ended", "stopped")]
    again = ask(door, "POST")
    assert (again.status_code, again.json["message"]) == (  # type: ignore[index]
        409,
        "The customer is not in this flow any more.",
    )


def test_what_is_kept_of_a_customer_is_given_out_and_no_one_elses(
    ask: Ask, maple: SmallStore, neighbour: SmallStore
) -> None:
    door = f"/customers/{maple.ada}/export"
    assert ask(door, domain=NEIGHBOUR).status_code == 404
    kept = told(ask, door)
    assert [one["email"] for one in kept["customers"]] == ["ada@example.com"]
    assert len(kept["orders"]) == 2
    assert {one["customer_id"] for one in kept["messages"]} == {maple.ada}
    assert "ben" not in json.dumps(kept).lower()


def test_a_customer_is_erased_once_their_address_was_typed_and_leaves_a_receipt(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    waiting(database, maple)
    door = f"/customers/{maple.ada}"
    wrong = ask(f"{door}/erase", "POST", json={"confirm": "ben@example.com"})
    assert wrong.status_code == 422
    assert wrong.json == {
        "message": "To erase this customer, type ada@example.com",
        "field": "confirm",
    }
    typed = {"confirm": " ADA@example.com "}
    assert ask(f"{door}/erase", "POST", domain=NEIGHBOUR, json=typed).status_code == 404
    assert ask(f"{door}/receipt").status_code == 404
    receipt = told(ask, f"{door}/erase", method="POST", json=typed)
    assert receipt["erased_at"].startswith("2026-11-20T18:00")
    assert (receipt["counts"]["orders"], receipt["counts"]["customers"]) == (2, 1)
    assert ask(door).status_code == 404
    assert told(ask, "/customers?search=ada")["total"] == 0
    assert told(ask, f"{door}/receipt") == receipt
    assert ask(f"{door}/receipt", domain=NEIGHBOUR).status_code == 404
    assert told(ask, "/customers?search=ada", domain=NEIGHBOUR)["total"] == 1
    with database.reading() as connection:
        c = schema.customers.c
        row = connection.execute(
            select(c.email, c.first_name, c.first_key).where(c.id == maple.ada)
        ).one()
    assert tuple(row) == (None, None, None)


@pytest.mark.parametrize(
    "search",
    [
        "+1 212 555 0143", "+12125550143", "(212) 555-0143", "212 555 0143", "1-212-555-0143",
        "00 1 212 555 0143", "+1 (212) 555.0143", "Nell +1 212 555 0143", "212-555-0143 nell",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(
    ask: Ask, maple: SmallStore, database: Database, search: str
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        who = rows.customer("Nell", phone="+12125550143", email=None, email_key=None)
        rows.customer("Nora", phone="+12125550199", email=None, email_key=None)
    found = told(ask, "/customers", query_string={"search": search})["customers"]
    assert [one["id"] for one in found] == [who]


@pytest.mark.parametrize("search", ["212 street", "12 34 ada", "+1 212 555 9999"])
def test_digits_that_are_no_number_of_theirs_find_nobody(
    ask: Ask, maple: SmallStore, database: Database, search: str
) -> None:
    with database.writing() as connection:
        Rows(connection, maple.id).customer("Nell", phone="+12125550143")
    assert told(ask, "/customers", query_string={"search": search})["customers"] == []


def test_whoever_has_no_name_goes_by_their_number_or_by_the_chat(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    nothing: dict[str, Any] = {"email": None, "email_key": None, "phone": None, "last_name": None}
    with database.writing() as connection:
        rows, met = Rows(connection, maple.id), []
        for address, name in (("psid-1", "Lena K."), ("psid-2", None)):
            who = rows.customer("", **nothing)
            row = {"channel": "messenger", "address": address, "kind": "psid", "name": name}
            seen = {"first_seen": NOW, "last_seen": NOW}
            own = {"store_id": maple.id, "customer_id": who, **row, **seen}
            connection.execute(insert(schema.identities).values(**own))
            met.append(who)
        by_number = rows.customer("", **{**nothing, "phone": "+12125550143"})
    lines = {one["id"]: one for one in told(ask, "/customers")["customers"]}
    named, unnamed = (lines[one] for one in met)
    assert (named["name"], named["chat"]) == ("Lena K.", "messenger")
    assert (unnamed["name"], unnamed["chat"]) == ("", "messenger")
    assert (lines[by_number]["name"], lines[by_number]["phone"]) == ("", "+12125550143")
    theirs = ask("/customers", domain=NEIGHBOUR).get_data(as_text=True)
    assert "Lena" not in theirs
