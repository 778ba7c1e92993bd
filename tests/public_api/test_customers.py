"""Customers from outside: found, listed, made, changed; and what they said about marketing."""

from typing import Any

from jobs import privacy
from marketing.model import CustomerKey, PrivacyRequest
from storage import schema, stores
from tests.jobs.firing import entries, flow_on
from tests.jobs.stage import Stage
from tests.public_api.conftest import Program

NEW = {"email": "Dana@Example.com", "first_name": "Dana"}


def said(state: str, at: str = "2026-01-05T10:00:00Z", **more: Any) -> dict[str, Any]:
    return {"email": {"state": state, "source": "form", "at": at, **more}}


def test_a_customer_is_made_once_and_then_changed(program: Program, stage: Stage) -> None:
    made = program.told("POST", "/customers", {**NEW, "properties": {"birthday": "1990-02-28"}})
    assert (made["email"], made["consent"]["email"]["state"]) == ("Dana@Example.com", None)
    word = {
        "email": "dana@example.com", "external_id": "77", "phone": "+4915112345678",
        "country": "DE", "region": "BE", "city": "Berlin", "timezone": "Europe/Berlin",
        "locale": "de-DE", "tags": ["vip", "blue"],
        "properties": {"birthday": "1990-03-01", "points": 5},
    }  # fmt: skip
    changed = program.told("POST", "/customers", word)
    assert changed["id"] == made["id"]
    assert changed["first_name"] == "Dana"
    assert (changed["external_id"], changed["country"]) == ("77", "DE")
    assert (changed["region"], changed["city"]) == ("BE", "Berlin")
    assert changed["properties"] == {"birthday": "1990-03-01", "points": 5}
    last = {"id": made["id"], "add_tags": ["new"], "remove_tags": ["blue"],
            "properties": {"points": None}}  # fmt: skip
    assert program.told("POST", "/customers", last)["tags"] == ["vip", "new"]
    read = program.told("GET", f"/customers/{made['id']}")
    assert read["properties"] == {"birthday": "1990-03-01"}
    names = [row.name for row in stage.rows(schema.events, customer_id=made["id"])]
    assert sorted(names) == [
        "customer.created", "customer.tagged", "customer.tagged", "customer.untagged",
        "customer.updated", "customer.updated",
    ]  # fmt: skip


def test_an_address_that_is_known_is_never_replaced(program: Program, stage: Stage) -> None:
    ada = stage.customer("Ada", external_id="1", email="a@example.com", email_key="a@example.com")
    told = program.told("POST", "/customers", {"external_id": "1", "email": "b@example.com"})
    assert (told["id"], told["email"]) == (ada, "a@example.com")


def test_customers_are_found_by_their_names_and_listed_part_by_part(
    program: Program, stranger: Program, stage: Stage
) -> None:
    ids = [stage.customer(f"P{number}") for number in range(5)]
    stage.customer("Gone", deleted_at=stage.now)
    one = stage.rows(schema.customers, id=ids[2])[0]
    for query in (f"email={one.email.upper()}", f"external_id={one.external_id}"):
        assert [each["id"] for each in program.told("GET", f"/customers?{query}")["customers"]] == [
            ids[2]
        ]
        assert stranger.told("GET", f"/customers?{query}")["customers"] == []
    seen, after = [], ""
    while True:
        part = program.told("GET", f"/customers?limit=2{after}")
        seen += [each["id"] for each in part["customers"]]
        if part["next"] is None:
            break
        after = f"&after={part['next']}"
    assert seen == sorted(ids)
    assert stranger.told("GET", "/customers")["customers"] == []


def test_consent_needs_where_and_when_and_flows_hear_of_it(program: Program, stage: Stage) -> None:
    flow = flow_on(stage, "customer.subscribed")
    bare = {**NEW, "consent": {"email": {"state": "subscribed"}}}
    assert program.refused(422, "POST", "/customers", bare)["field"].startswith("consent.email")
    now = stage.now.isoformat()
    told = program.told("POST", "/customers", {**NEW, "consent": said("subscribed", now)})
    assert told["consent"]["email"]["state"] == "subscribed"
    assert told["consent"]["email"]["source"] == "form"
    assert [who for who, _ in entries(stage, flow)] == [told["id"]]
    again = program.told("POST", "/customers", {**NEW, "consent": said("subscribed", now)})
    assert again["id"] == told["id"]
    assert len(entries(stage, flow)) == 1


def test_nobody_who_unsubscribed_is_subscribed_again_in_silence(
    program: Program, stage: Stage
) -> None:
    who = program.told("POST", "/customers", {**NEW, "consent": said("unsubscribed")})["id"]
    later = said("subscribed", "2026-02-01T10:00:00Z")
    told = program.refused(409, "POST", "/customers", {**NEW, "first_name": "X", "consent": later})
    assert told["field"] == "consent.email"
    assert "January 5, 2026" in told["message"]
    assert "anew" in told["message"]
    kept = program.told("GET", f"/customers/{who}")
    assert (kept["first_name"], kept["consent"]["email"]["state"]) == ("Dana", "unsubscribed")
    older = said("subscribed", "2025-12-01T10:00:00Z", anew=True)
    kept = program.told("POST", "/customers", {**NEW, "consent": older})
    assert kept["consent"]["email"]["state"] == "unsubscribed"
    anew = said("subscribed", "2026-02-01T10:00:00Z", anew=True)
    kept = program.told("POST", "/customers", {**NEW, "consent": anew})
    assert kept["consent"]["email"]["state"] == "subscribed"


def test_the_platform_is_told_of_tags_and_answers_of_those_it_knows(
    program: Program, stage: Stage
) -> None:
    word = {**NEW, "tags": ["vip"], "consent": said("unsubscribed")}
    program.told("POST", "/customers", word)
    assert stage.rows(schema.outbox, store_id=stage.store_id) == []
    ada = stage.customer("Ada", external_id="9", email_consent=None)
    program.told("POST", "/customers", {**word, "email": "x@example.com", "external_id": "9"})
    asked = stage.rows(schema.outbox, store_id=stage.store_id)
    assert {one.kind for one in asked} == {"write_tags", "write_consent"}
    assert {one.payload["customer_id"] for one in asked} == {ada}


def test_an_erased_person_does_not_come_back_by_this_door(program: Program, stage: Stage) -> None:
    who = program.told("POST", "/customers", NEW, Idempotency_Key="k")["id"]
    program.told("POST", "/events", {"name": "quiz", "customer": {"id": who},
                                     "properties": {"said": "Canary"}})  # fmt: skip
    asked = PrivacyRequest("customer_redact", CustomerKey(email="dana@example.com"))
    with stage.database.writing() as connection:
        store = stores.by_id(connection, stage.store_id)
        assert store
        privacy.heed(connection, stage.runtime, store, asked, stage.now, webhook_id="w")
    kept = str([stage.rows(table) for table in (schema.answers, schema.events, schema.customers)])
    assert "Canary" not in kept
    assert "dana" not in kept.lower()
    program.refused(404, "GET", f"/customers/{who}")
    told = program.refused(422, "POST", "/events", {"name": "quiz", "customer": {"id": who}})
    assert told["field"] == "customer"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"email": "x"}, "email"),
    ({"email": ""}, "email"),
    ({"phone": "0151"}, "phone"),
    ({"country": "Germany"}, "country"),
    ({"region": "California"}, "region"),
    ({"timezone": "Berlin"}, "timezone"),
    ({"locale": "German"}, "locale"),
    ({"first_name": "a\u202eb"}, "first_name"),
    ({"last_name": "x" * 201}, "last_name"),
    ({"tags": ["a,b"]}, "tags.0"),
    ({"tags": ["a"], "add_tags": ["b"]}, "tags"),
    ({"properties": {"Not A Name": 1}}, "properties"),
    ({"properties": {"deep": {"er": 1}}}, "properties"),
    ({"properties": {f"p{number}": 1 for number in range(101)}}, "properties"),
    ({"birthday": "1990-01-01"}, "birthday"),
    ({"properties": {"birthday": "3.12.1990"}}, "properties.birthday"),
    ({"properties": {"birthday": 1990}}, "properties.birthday"),
    ({"consent": {"fax": {}}}, "consent.fax"),
    ({"consent": said("maybe")}, "consent.email.state"),
    ({"consent": said("subscribed", "tomorrow")}, "consent.email.at"),
    ({"consent": said("subscribed", "2099-01-01T00:00:00Z")}, "consent.email.at"),
    ({"consent": said("subscribed", "9999-12-31T23:59:59-14:00")}, "consent.email.at"),
    ({"id": "1"}, "id"),
]


def test_a_wrong_field_is_named(program: Program) -> None:
    for change, field in WRONG:
        told = program.refused(422, "POST", "/customers", {**NEW, **change})
        assert told["field"].startswith(field), change
        assert told["message"]


def test_a_date_that_a_live_flow_waits_for_is_written_as_one(
    program: Program, stranger: Program, stage: Stage
) -> None:
    bad = {"email": "eve@example.com", "properties": {"renewal": "1.2.2026"}}
    program.told("POST", "/customers", bad)
    flow_on(stage, "date.reached", property="renewal")
    told = program.refused(422, "POST", "/customers", bad)
    assert told["field"] == "properties.renewal"
    assert "Write it as 1990-02-28" in told["message"]
    stranger.told("POST", "/customers", bad)
    program.told("POST", "/customers", {**bad, "properties": {"renewal": "2026-02-01"}})
    program.told("POST", "/customers", {**bad, "properties": {"renewal": None}})


def test_nobody_is_named_by_nothing_or_by_another_stores_id(program: Program, stage: Stage) -> None:
    assert "Name the customer" in program.refused(422, "POST", "/customers", {})["message"]
    theirs = stage.customer("Eve", store_id=stage.stranger_id)
    program.refused(404, "POST", "/customers", {"id": theirs, "first_name": "X"})
    program.refused(422, "GET", "/customers?limit=201")
    program.refused(422, "GET", "/customers?email=%00")
    program.refused(422, "GET", "/customers?page=2")
