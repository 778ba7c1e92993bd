"""A condition counted: how many, whom each channel reaches, and the newest to judge by."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from marketing.consent import ConsentPolicy
from marketing.flow import Condition
from marketing.segment_schema import load_condition
from storage import segment_counts
from storage.database import Database
from storage.schema import new_id
from tests.seeding import NOW, Rows, a_store

SPENT = {"op": "gt", "field": "customer.spent", "value": 5000}
VIEWED = {"op": "gte", "events": "product.viewed", "value": 1}
BOUGHT = {"op": "gte", "orders": "count", "within": "P30D", "value": 1}
SCORED = {"op": "eq", "field": "customer.rfm.group", "value": "best"}
CHATS = {"op": "eq", "field": "customer.messenger_consent", "value": "subscribed"}
MEMBER = {"op": "in_segment", "value": "01890000-0000-7000-8000-000000000000"}
WRITTEN = {"email_consent": "subscribed", "spent": 9000}


def test_a_condition_of_one_row_is_told_from_one_of_many() -> None:
    of_rows: list[dict[str, Any]] = [
        SPENT, BOUGHT, {"op": "none", "of": [SPENT]}, {"op": "any", "of": [SPENT, BOUGHT]},
    ]  # fmt: skip
    assert all(segment_counts.is_of_rows(load_condition(one)) for one in of_rows)
    for one in (VIEWED, SCORED, CHATS, MEMBER):
        for told in (one, {"op": "all", "of": [SPENT, one]}, {"op": "none", "of": [one]}):
            assert not segment_counts.is_of_rows(load_condition(told))


def count(connection: Connection, store_id: str, condition: Condition) -> segment_counts.Count:
    return segment_counts.count(connection, store_id, condition, ConsentPolicy(), NOW)


@pytest.mark.parametrize("few", [0, 100], ids=["many", "few"])
@pytest.mark.parametrize("condition", [SPENT, {"op": "all", "of": [SPENT, VIEWED]}])
def test_who_came_last_is_shown_of_all_that_are_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch, condition: dict[str, Any], few: int
) -> None:
    monkeypatch.setattr(segment_counts, "FEW", few)
    with database.writing() as connection:
        store_id, other = (a_store(connection, f"{new_id()}.example") for _ in range(2))
        rows, strangers = Rows(connection, store_id), Rows(connection, other)
        came = [NOW - timedelta(days=number) for number in range(12)]
        people = [rows.customer("Ada", created_at=at, **WRITTEN) for at in came]
        rows.customer("Gone", created_at=NOW, deleted_at=NOW, **WRITTEN)
        rows.customer("Poor", created_at=NOW, email_consent="subscribed")
        quiet = rows.customer("Quiet", created_at=NOW - timedelta(days=90), spent=9000)
        for one in (*people, quiet):
            rows.event(one, "product.viewed", NOW - timedelta(days=1))
        strange = strangers.customer("Eve", created_at=NOW, **WRITTEN)
        strangers.event(strange, "product.viewed", NOW - timedelta(days=1))
        found = count(connection, store_id, load_condition(condition))
        assert (found.customers, found.reach) == (13, {"email": 12, "sms": 0})
        assert found.samples == people[:10]


@pytest.mark.parametrize("condition", [SPENT, VIEWED])
def test_nobody_is_counted_as_nobody(database: Database, condition: dict[str, Any]) -> None:
    with database.writing() as connection:
        store_id = a_store(connection, f"{new_id()}.example")
        Rows(connection, store_id).customer("Poor")
        found = count(connection, store_id, load_condition(condition))
        assert found == segment_counts.Count(0, {"email": 0, "sms": 0}, [])
