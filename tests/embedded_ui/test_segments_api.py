"""The panel's lists of segments: pages, reach, uses, ready-made ones, counts and estimates."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from jobs import campaigns, segments
from jobs.runtime import Runtime
from jobs.segment_lists import SAMPLE
from storage.database import Database
from storage.schema import customers, new_id, rfm_scores
from storage.segment_lists import PAGE
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.jobs.test_steps import MAIL
from tests.seeding import NOW, SmallStore

BIG: Any = {"op": "gt", "field": "customer.spent", "value": 5000}


def told(ask: Ask, path: str, method: str = "GET", **options: Any) -> Any:
    answer = ask(path, method, **options)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json


@pytest.fixture
def kept(runtime: Runtime, maple: SmallStore, neighbour: SmallStore) -> str:
    """A segment of Maple & Moss with its people in it, beside one of the neighbour's."""
    for store in (neighbour, maple):
        made = segments.create(runtime, store.id, {"name": "Big", "condition": BIG})
        segments.drain(runtime, [store.id])
    return made


def test_segments_are_listed_with_their_size_and_what_uses_them(
    ask: Ask, runtime: Runtime, maple: SmallStore, kept: str
) -> None:
    user = segments.create(
        runtime, maple.id, {"name": "User", "condition": {"op": "in_segment", "value": kept}}
    )
    sale = {"name": "Sale", "source": {"segment": kept}, "steps": [MAIL]}
    campaign = campaigns.create(runtime, maple.id, sale).campaign.id
    page = told(ask, "/segments")
    lines = {one["id"]: one for one in page["segments"]}
    assert (page["total"], page["pages"], set(lines)) == (2, 1, {kept, user})
    assert (lines[kept]["customers"], lines[kept]["state"]) == (1, "ready")
    assert lines[kept]["used_by"] == [
        {"kind": "segment", "id": user, "name": "User"},
        {"kind": "campaign", "id": campaign, "name": "Sale"},
    ]
    assert told(ask, f"/segments/{kept}")["used_by"] == lines[kept]["used_by"]
    assert page["everyone"] > lines[kept]["customers"]


def test_a_page_holds_so_many_and_a_search_narrows_them(
    ask: Ask, runtime: Runtime, maple: SmallStore, kept: str
) -> None:
    for number in range(PAGE):
        segments.create(runtime, maple.id, {"name": f"Part {number}", "condition": BIG})
    first, second = (told(ask, f"/segments?page={page}") for page in (1, 2))
    assert (len(first["segments"]), len(second["segments"])) == (PAGE, 1)
    assert (first["pages"], first["total"]) == (2, PAGE + 1)
    found = told(ask, "/segments?search=PART 7")
    assert [one["name"] for one in found["segments"]] == ["Part 7"]
    assert told(ask, "/segments?search=Part", domain=NEIGHBOUR)["segments"] == []
    assert ask("/segments?page=0").status_code == 422
    names = [one["name"] for one in told(ask, "/segments/names")["segments"]]
    assert (names[:3], len(names)) == (["Big", "Part 0", "Part 1"], PAGE + 1)


def test_reach_is_told_of_the_own_segments_only(ask: Ask, kept: str) -> None:
    assert told(ask, f"/segments/reach?ids={kept}") == {"reach": {kept: {"email": 1, "sms": 0}}}
    theirs = told(ask, f"/segments/reach?ids={kept}", domain=NEIGHBOUR)
    assert theirs == {"reach": {kept: {"email": 0, "sms": 0}}}
    assert ask("/segments/reach").status_code == 422
    assert ask("/segments/reach?ids=1").status_code == 422


def test_ready_made_segments_are_offered_until_they_are_added(ask: Ask, maple: SmallStore) -> None:
    def offered() -> dict[str, Any]:
        return {one["key"]: one for one in told(ask, "/segments/ready")["ready"]}

    assert offered()["bought-once"]["condition"] == {"op": "eq", "orders": "count", "value": 1}
    assert offered()["interested-in"]["condition"] is None
    form = {"key": "bought-once", "name": "Einmal gekauft"}
    made = told(ask, "/segments/ready", "POST", json=form)
    assert (made["name"], made["ready_made"]) == ("Einmal gekauft", "bought-once")
    assert "bought-once" not in offered()
    told(ask, "/segments/ready", "POST", json={"key": "interested-in", "parameter": "Hats"})
    assert "interested-in" in offered()
    missing = ask("/segments/ready", "POST", json={"key": "interested-in"})
    assert (missing.status_code, missing.json["field"]) == (422, "category")  # type: ignore[index]
    assert ask("/segments/ready", "POST", json={"key": "none"}).status_code == 422
    there = told(ask, "/segments/ready", domain=NEIGHBOUR)["ready"]
    assert "bought-once" in {one["key"] for one in there}


def test_a_count_names_some_and_says_of_how_many(ask: Ask, maple: SmallStore) -> None:
    document = {"name": "-", "condition": BIG}
    counted = told(ask, "/segments/count", "POST", json=document)
    assert (counted["customers"], counted["reach"]) == (1, {"email": 1, "sms": 0})
    [sample] = counted["samples"]
    assert (sample["id"], sample["name"]) == (maple.ada, "Ada Reyes")
    assert (sample["email"], sample["phone"], sample["chat"]) == ("ada@example.com", None, None)
    assert counted["everyone"] == told(ask, "/customers")["total"]


def test_a_nameless_customer_of_a_count_comes_with_what_else_is_known(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        bare = {"first_name": None, "last_name": None, "email": None, "email_key": None}
        row = update(customers).where(customers.c.id == maple.ada)
        connection.execute(row.values(**bare, phone="+15550100"))
    document = {"name": "-", "condition": BIG}
    [sample] = told(ask, "/segments/count", "POST", json=document)["samples"]
    assert (sample["name"], sample["email"], sample["phone"]) == ("", None, "+15550100")


def test_a_small_store_is_estimated_to_the_point(ask: Ask, maple: SmallStore) -> None:
    document = {"name": "-", "condition": BIG}
    counted = told(ask, "/segments/count", "POST", json=document)
    about = told(ask, "/segments/estimate", "POST", json=document)
    assert about == {name: counted[name] for name in ("customers", "everyone")}
    wrong = {"name": "-", "condition": {"op": "percent", "value": 400}}
    assert ask("/segments/estimate", "POST", json=wrong).status_code == 422


def test_a_large_store_is_estimated_by_a_part_of_it(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    many = 3 * SAMPLE
    rows = [
        {"store_id": maple.id, "id": new_id(), "spent": 9000 * (number % 4 == 0),
         "created_at": NOW, "updated_at": NOW}
        for number in range(many)
    ]  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(customers), rows)
    about = told(ask, "/segments/estimate", "POST", json={"name": "-", "condition": BIG})
    assert about["everyone"] > many
    assert many / 4 * 0.8 < about["customers"] < many / 4 * 1.2


def test_what_is_wrong_is_told_at_its_place(ask: Ask, maple: SmallStore) -> None:
    wrong = {"op": "none", "of": [{"op": "percent", "value": 400}]}
    document = {"name": "Odd", "condition": {"op": "all", "of": [BIG, wrong]}}
    [problem] = told(ask, "/segments/check", "POST", json=document)["problems"]
    assert problem["field"] == "condition.of.1.of.0"
    unknown = {"op": "all", "of": [{"op": "eq", "field": "customer.shoe", "value": 4}]}
    refused = ask("/segments", "POST", json={"name": "Odd", "condition": unknown}).json
    assert refused
    assert refused["field"] == "condition.of.0"


def test_buyers_are_counted_by_their_scores(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    assert told(ask, "/segments/rfm") == {"cells": []}
    scored = {"store_id": maple.id, "last_order_at": NOW, "orders": 5, "spent": 9, "monetary": 1}
    with database.writing() as connection:
        connection.execute(
            insert(rfm_scores),
            [
                {**scored, "customer_id": one, "recency": 5, "frequency": 4, "group": "champions"}
                for one in (maple.ada, new_id())
            ],
        )
        connection.execute(update(customers).values(last_order_at=NOW))
    cell = {"recency": 5, "frequency": 4, "group": "champions", "customers": 2}
    assert told(ask, "/segments/rfm") == {"cells": [cell]}
    assert told(ask, "/segments/rfm", domain=NEIGHBOUR) == {"cells": []}
