"""What was bought, by product: always what the orders that count say, whatever is told of them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing.events import EventName
from marketing.model import Customer, Gone, Item, Order
from storage.database import Database
from storage.mirror_lines import lines_of
from storage.schema import order_lines, orders, stores
from storage.stores import Store
from tests.storage.mirroring import SCARF, a_store, an_order, at, change, key, people, rows, tell

UPDATED = EventName.ORDER_UPDATED
HAT = Item("p2", "v2", "Hat", None, 1, 300, 300, 330)
GIFT_WRAP = Item(None, None, "Gift wrap", None, 1, 100, 100, 110)


@pytest.fixture
def store(database: Database) -> Store:
    return a_store(database)


def bought(database: Database) -> list[tuple[str, int]]:
    found = rows(database, order_lines, "order_id", "product_id")
    return [(row["product_id"], row["amount"]) for row in found]


def test_the_pieces_of_a_product_add_up_whatever_variant_they_are_of(
    database: Database, store: Store
) -> None:
    other = Item("p1", "v9", "Scarf", "Red", 1, 500, 500, 550)
    tell(database, store, an_order(items=(SCARF, HAT, other, GIFT_WRAP)))
    assert bought(database) == [("p1", 2550), ("p2", 330)]
    ada = people(database)["ada@example.com"]
    (line, _) = rows(database, order_lines, "product_id")
    assert (line["customer_id"], line["placed_at"]) == (ada["id"], at(0))


@pytest.mark.parametrize(
    "told", [{"cancelled_at": at(1)}, {"counts": False}, {"items": (GIFT_WRAP,)}], ids=str
)
def test_what_does_not_stand_or_was_taken_out_was_not_bought(
    database: Database, store: Store, told: dict[str, Any]
) -> None:
    tell(database, store, an_order(), an_order("o2", items=(HAT,)))
    tell(database, store, change(an_order(updated_at=at(1), **told), UPDATED))
    assert bought(database) == [("p2", 330)]


def test_a_deleted_order_was_not_bought(database: Database, store: Store) -> None:
    tell(database, store, an_order())
    tell(database, store, change(Gone("order", "o1"), UPDATED, 1))
    assert bought(database) == []


def test_what_a_merged_customer_bought_is_the_others(database: Database, store: Store) -> None:
    tell(database, store, an_order(who=key("1")), an_order("o2", key("2", "ben@example.com")))
    tell(database, store, change(Gone("customer", "2", into="1"), EventName.CUSTOMER_DELETED, 1))
    ada = people(database)["ada@example.com"]
    assert [row["customer_id"] for row in rows(database, order_lines, "order_id")] == 2 * [
        ada["id"]
    ]


def test_the_same_orders_of_another_store_are_its_own(database: Database, store: Store) -> None:
    other = a_store(database, "birch.myshopify.com")
    tell(database, store, an_order())
    tell(database, other, an_order(items=(HAT,)))
    tell(database, other, change(an_order(updated_at=at(1), cancelled_at=at(1)), UPDATED))
    assert [row["store_id"] for row in rows(database, order_lines, "order_id")] == [store.id]


WHO = st.sampled_from([None, key("1"), key(None), key("2", "ben@example.com"), key("2", None)])
ITEMS = st.lists(st.sampled_from([SCARF, HAT, GIFT_WRAP]), max_size=3).map(tuple)
TOLD = st.builds(
    lambda name, who, hours, updated, **more: change(
        Order(**{
            **{slot: getattr(an_order(name, hours=hours), slot) for slot in Order.__slots__},
            "customer": who, "updated_at": at(updated), **more,
        }),
        UPDATED,
    ),
    st.sampled_from(["o1", "o2"]), WHO, st.integers(0, 2), st.integers(0, 5), items=ITEMS,
    counts=st.booleans(), cancelled_at=st.none() | st.just(at(3)),
)  # fmt: skip
MERGES = st.sampled_from([
    change(Gone("customer", "2", into="1"), EventName.CUSTOMER_DELETED, 4),
    change(Gone("order", "o1"), UPDATED, 5),
    change(Customer(key("1", "ben@example.com"), at(4)), EventName.CUSTOMER_UPDATED),
])  # fmt: skip


@settings(max_examples=40, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(batches=st.lists(st.lists(TOLD | MERGES, min_size=1, max_size=3), min_size=1, max_size=4))
def test_lines_are_what_the_orders_say_after_whatever_was_told(
    database: Database, batches: list[list[Any]]
) -> None:
    store = a_store(database, f"s{len(rows(database, stores, 'domain'))}.myshopify.com")
    for batch in batches:
        tell(database, store, *batch, hours=6)
    said = {
        (row["id"], *line)
        for row in rows(database, orders)
        for line in lines_of(row)
    }  # fmt: skip
    kept = {
        (row["order_id"], row["product_id"], row["customer_id"], row["placed_at"], row["amount"])
        for row in rows(database, order_lines, "order_id")
    }
    assert kept == said
