"""Carts: the newest activity wins, idle time counts from it, and orders find their cart."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from marketing.events import EventName
from marketing.model import CustomerKey, Gone
from storage import mirror_carts
from storage.database import Database
from storage.schema import carts, events, orders
from storage.stores import Store
from tests.storage.mirroring import (
    ADA,
    HOUR,
    NOON,
    SCARF,
    a_cart,
    a_customer,
    a_store,
    an_order,
    at,
    change,
    key,
    names,
    rows,
    tell,
)


@pytest.fixture
def store(database: Database) -> Store:
    return a_store(database)


def the_cart(database: Database) -> dict[str, Any]:
    (cart,) = rows(database, carts)
    return cart


def test_a_carts_lines_and_money_come_back_as_told(database: Database, store: Store) -> None:
    heard = tell(database, store, change(a_cart(), EventName.CART_CREATED))
    cart = the_cart(database)
    assert cart["items"][0] == {
        "product_id": "p1", "variant_id": "v1", "title": "Scarf", "variant_title": None,
        "quantity": 2, "price": 1000, "line_price": 2000, "store_price": 1000, "sku": None,
        "image_url": None, "url": None,
    }  # fmt: skip
    assert (cart["total"], cart["currency"], cart["store_total"]) == (2500, "EUR", 2600)
    (news,) = heard.news[store.id]
    assert (news.name, news.cart_id) == ("cart.created", cart["id"])
    assert news.customer_id == cart["customer_id"]
    assert heard.customers == {0: cart["customer_id"]}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_activity_wins_in_any_order(
    database: Database, store: Store, order: tuple[int, ...]
) -> None:
    told = [a_cart(hours=hours, total=int(hours)) for hours in (0, 1, 2)]
    for place in order:
        tell(database, store, told[place], hours=3)
    cart = the_cart(database)
    assert (cart["total"], cart["updated_at"], cart["idle_at"]) == (2, at(2), at(3))


def test_twenty_copies_change_nothing_and_are_news_once(database: Database, store: Store) -> None:
    heard = [tell(database, store, a_cart(), a_cart()) for _ in range(10)]
    assert [len(one.news.get(store.id, ())) for one in heard] == [1] + [0] * 9
    assert len(rows(database, events)) == 1


def test_each_change_moves_the_time_to_look(database: Database, store: Store) -> None:
    tell(database, store, a_cart(hours=0))
    assert the_cart(database)["idle_at"] == at(1)
    tell(database, store, a_cart(hours=0.5))
    assert the_cart(database)["idle_at"] == at(1.5)


@pytest.mark.parametrize(
    "told",
    [
        {"items": ()},
        {"counts": False},
        {"completed_at": NOON},
        {"closed_at": NOON},
        {"customer": CustomerKey(external_id="9")},
        {"customer": None},
    ],
)
def test_some_carts_are_not_to_be_looked_at(
    database: Database, store: Store, told: dict[str, Any]
) -> None:
    tell(database, store, replace(a_cart(), **told))
    assert the_cart(database)["idle_at"] is None


def test_without_a_live_flow_no_cart_is_looked_at(database: Database) -> None:
    store = a_store(database, idle=None)
    tell(database, store, a_cart(), hours=99)
    assert the_cart(database)["idle_at"] is None
    assert [row["name"] for row in rows(database, events)] == ["cart.updated"]


def test_emptying_a_cart_stops_the_looking(database: Database, store: Store) -> None:
    tell(database, store, a_cart())
    tell(database, store, a_cart(hours=0.5, items=()))
    assert the_cart(database)["idle_at"] is None


def test_a_cart_that_comes_a_day_late_is_mirrored_and_explained(
    database: Database, store: Store
) -> None:
    heard = tell(database, store, a_cart(hours=0), hours=24.1)
    cart = the_cart(database)
    assert cart["idle_at"] is None
    skipped = heard.news[store.id][-1]
    assert (skipped.name, skipped.cart_id) == ("flow.skipped", cart["id"])
    assert skipped.data["reason"] == "arrived_too_late"
    again = tell(database, store, a_cart(hours=0), hours=25)
    assert not again.news


def test_no_cart_is_from_the_future(database: Database, store: Store) -> None:
    told = a_cart(updated_at=datetime(9999, 12, 31, tzinfo=UTC))
    tell(database, store, told, hours=1)
    assert the_cart(database)["updated_at"] == at(1)
    tell(database, store, a_cart(hours=2), hours=2)
    assert the_cart(database)["updated_at"] == at(2)


def test_a_completed_cart_stays_so_whatever_comes_late(database: Database, store: Store) -> None:
    tell(database, store, a_cart(hours=2, completed_at=at(2)), hours=3)
    tell(database, store, a_cart(hours=1), hours=3)
    cart = the_cart(database)
    assert (cart["completed_at"], cart["idle_at"]) == (at(2), None)


@pytest.mark.parametrize("name", ["t1", "77", "c1"])
def test_a_deleted_cart_is_found_by_any_of_its_names(
    database: Database, store: Store, name: str
) -> None:
    tell(database, store, a_cart(checkout_id="77", cart_token="c1"))
    gone = Gone("cart", "unheard", also=(name,))
    heard = tell(database, store, change(gone, EventName.CART_DELETED, 1))
    cart = the_cart(database)
    assert (cart["deleted_at"], cart["idle_at"]) == (at(1), None)
    assert names(heard.news[store.id]) == ["cart.deleted"]


def test_another_stores_cart_of_the_same_name_is_another(database: Database, store: Store) -> None:
    stranger = a_store(database, "stranger.myshopify.com")
    tell(database, store, a_cart())
    tell(database, stranger, change(Gone("cart", "t1"), EventName.CART_DELETED, 1))
    assert the_cart(database)["deleted_at"] is None


ORDERS = {
    "by its checkout": {"checkout_token": "t1"},
    "by its cart": {"cart_token": "c1"},
    "by its person": {},
    "by its person's id": {"customer": CustomerKey(external_id="1")},
}


@pytest.mark.parametrize("told", ORDERS.values(), ids=ORDERS)
def test_an_order_ends_its_cart(database: Database, store: Store, told: dict[str, Any]) -> None:
    tell(database, store, a_customer(key("1")))
    tell(database, store, a_cart(cart_token="c1"))
    tell(database, store, an_order(hours=1, **told))
    they_are_tied(database)


@pytest.mark.parametrize("told", list(ORDERS.values())[:2], ids=list(ORDERS)[:2])
def test_a_cart_that_comes_after_its_order_is_ended_by_it(
    database: Database, store: Store, told: dict[str, Any]
) -> None:
    tell(database, store, an_order(hours=1, **told))
    tell(database, store, a_cart(cart_token="c1"))
    they_are_tied(database)


def they_are_tied(database: Database) -> None:
    cart, order = the_cart(database), rows(database, orders)[0]
    assert (cart["order_id"], cart["completed_at"]) == (order["id"], at(1))
    assert (order["cart_id"], cart["idle_at"]) == (cart["id"], None)


def test_cart_and_order_in_one_batch_find_each_other(database: Database, store: Store) -> None:
    heard = tell(database, store, a_cart(), an_order(hours=1, checkout_token="t1"))
    placed = next(one for one in heard.news[store.id] if one.name == "order.placed")
    assert placed.cart_id == the_cart(database)["id"]
    assert the_cart(database)["idle_at"] is None


def test_an_order_recovers_a_cart_that_was_abandoned(database: Database, store: Store) -> None:
    tell(database, store, a_cart())
    with database.writing() as connection:
        connection.execute(carts.update().values(abandoned_at=at(1), idle_at=None))
    tell(database, store, an_order(hours=2, checkout_token="t1"), hours=2)
    assert the_cart(database)["recovered_at"] == at(2)


def test_a_second_cart_is_not_ended_by_an_order_of_the_first(
    database: Database, store: Store
) -> None:
    tell(database, store, a_cart("t1", hours=0), a_cart("t2", hours=0.5))
    tell(database, store, an_order(hours=1, checkout_token="t1"))
    ended = {row["external_id"]: row["order_id"] is not None for row in rows(database, carts)}
    assert ended == {"t1": True, "t2": False}


def test_a_guests_cart_and_their_order_by_address_are_one_persons(
    database: Database, store: Store
) -> None:
    tell(database, store, a_cart("t1"), an_order(hours=1, who=key("1", ADA)))
    assert the_cart(database)["customer_id"] == rows(database, orders)[0]["customer_id"]


def test_a_cart_waits_for_the_stores_own_idle_time(database: Database) -> None:
    store = a_store(database, idle=7200)
    tell(database, store, a_cart(items=(SCARF, SCARF)))
    assert the_cart(database)["idle_at"] == NOON + 2 * HOUR
    assert mirror_carts.TOO_LATE == 24 * HOUR


def test_whose_cart_it_is_may_be_told_within_the_same_second(
    database: Database, store: Store
) -> None:
    """Checkouts tell whole seconds: the address typed right after the start shares its time."""
    nobodys = replace(a_cart(), customer=None)
    tell(database, store, change(nobodys, EventName.CART_CREATED))
    assert the_cart(database)["idle_at"] is None
    tell(database, store, change(a_cart(), EventName.CART_UPDATED))
    assert the_cart(database)["idle_at"] == a_cart().updated_at + HOUR


def test_a_cart_in_another_currency_is_valued_at_the_rate_of_the_newest_order(
    database: Database, store: Store
) -> None:
    tell(database, store, an_order("o1", hours=-48, total=1000, store_total=1500))
    tell(database, store, an_order("o2", hours=-2, total=1000, store_total=1100))
    tell(database, store, a_cart(who=key(email="grace@example.com"), total=2500, store_total=0))
    assert the_cart(database)["store_total"] == 2750


def test_a_cart_in_a_currency_nobody_paid_in_yet_has_no_value(
    database: Database, store: Store
) -> None:
    tell(database, store, an_order("o1", currency="GBP", total=1000, store_total=1500))
    tell(database, store, a_cart(who=key(email="grace@example.com"), total=2500, store_total=0))
    assert the_cart(database)["store_total"] == 0
