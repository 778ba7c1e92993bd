"""Platforms that tell how things stand: what happened follows from what we had, and once."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from marketing.events import EventName
from marketing.model import Change, Order
from storage.database import Database
from storage.schema import carts, customers, events, orders
from storage.stores import Store
from tests.storage.mirroring import (
    a_cart,
    a_customer,
    a_store,
    an_order,
    at,
    key,
    rows,
    tell,
)

PLACED, PAID, FULFILLED, CANCELLED, REFUNDED = (
    EventName.ORDER_PLACED,
    EventName.ORDER_PAID,
    EventName.ORDER_FULFILLED,
    EventName.ORDER_CANCELLED,
    EventName.ORDER_REFUNDED,
)


@pytest.fixture
def store(database: Database) -> Store:
    return a_store(database)


def stands(hours: float, **fields: Any) -> Change:
    told: Order = an_order("7", hours=0, **fields)
    told = replace(told, updated_at=at(hours))
    return Change(EventName.ORDER_UPDATED, at(hours), told, is_state=True)


def happened(database: Database) -> list[str]:
    told = [row["name"] for row in rows(database, events)]
    return sorted(name for name in told if name.startswith("order.") and name != "order.updated")


def test_steps_of_an_order_follow_from_how_it_stood_before(
    database: Database, store: Store
) -> None:
    tell(database, store, stands(0))
    assert happened(database) == [PLACED]
    tell(database, store, stands(1, paid_at=at(0.5)))
    assert happened(database) == [PAID, PLACED]
    tell(database, store, stands(2, paid_at=at(0.5), fulfilled_at=at(2)), hours=3)
    assert happened(database) == [FULFILLED, PAID, PLACED]


def test_a_hook_built_late_tells_all_steps_at_once(database: Database, store: Store) -> None:
    tell(database, store, stands(2, paid_at=at(0.5), fulfilled_at=at(2)), hours=3)
    assert happened(database) == [FULFILLED, PAID, PLACED]
    paid = next(row for row in rows(database, events) if row["name"] == PAID)
    assert paid["occurred_at"] == at(0.5)


def test_nothing_happens_twice_in_whatever_order_and_however_late_words_come(
    database: Database, store: Store
) -> None:
    words = [
        stands(0),
        stands(1, paid_at=at(0.5)),
        stands(2, paid_at=at(0.5), fulfilled_at=at(2)),
        stands(3, paid_at=at(0.5), fulfilled_at=at(2), store_refunded=500),
    ]
    for number, order in enumerate(itertools.permutations(words)):
        for one in (*order, *order):
            tell(database, store, one, hours=5 + number)
    assert happened(database) == [FULFILLED, PAID, PLACED, REFUNDED]


def test_each_further_refund_is_news_of_its_own_amount(database: Database, store: Store) -> None:
    tell(database, store, stands(0))
    for hours, refunded in ((1, 500), (2, 500), (3, 800)):
        tell(database, store, stands(hours, store_refunded=refunded), hours=hours)
    told = [
        row["data"]["store_amount"] for row in rows(database, events) if row["name"] == REFUNDED
    ]
    assert sorted(told) == [300, 500]


def test_an_order_whose_payment_is_awaited_is_none_yet(database: Database, store: Store) -> None:
    tell(database, store, stands(0, is_placed=False, counts=False))
    assert rows(database, orders) == []
    tell(database, store, stands(1, is_placed=False, counts=False, cancelled_at=at(1)))
    assert (rows(database, orders), happened(database)) == ([], [])


def test_an_order_that_is_paid_after_all_was_placed_when_it_was_made(
    database: Database, store: Store
) -> None:
    tell(database, store, stands(0, is_placed=False, counts=False))
    tell(database, store, stands(2, paid_at=at(2)), hours=2)
    placed = next(row for row in rows(database, events) if row["name"] == PLACED)
    assert placed["occurred_at"] == at(0)
    assert happened(database) == [PAID, PLACED]


def test_an_order_that_fails_after_it_was_placed_counts_no_more_until_it_is_paid(
    database: Database, store: Store
) -> None:
    tell(database, store, stands(0))
    tell(database, store, stands(1, is_placed=False, counts=False))
    (ada,) = rows(database, customers)
    assert (ada["orders_count"], ada["spent"]) == (0, 0)
    tell(database, store, stands(2, paid_at=at(2)), hours=2)
    (ada,) = rows(database, customers)
    assert ada["orders_count"] == 1


def test_a_bank_transfer_that_never_came_is_a_cancelled_order(
    database: Database, store: Store
) -> None:
    tell(database, store, stands(0))
    tell(database, store, stands(5, is_placed=False, cancelled_at=at(5)), hours=5)
    assert happened(database) == [CANCELLED, PLACED]


def test_an_old_order_that_is_told_late_makes_no_news_of_its_steps(
    database: Database, store: Store
) -> None:
    old = replace(an_order("1", hours=-200), paid_at=at(-199), updated_at=at(0))
    tell(database, store, Change(EventName.ORDER_UPDATED, at(0), old, is_state=True))
    assert happened(database) == []


def test_an_imported_state_makes_no_news_and_the_next_step_does(
    database: Database, store: Store
) -> None:
    tell(database, store, stands(0, paid_at=at(0)), imported=True)
    assert happened(database) == []
    tell(database, store, stands(1, paid_at=at(0), fulfilled_at=at(1)))
    assert happened(database) == [FULFILLED]


def test_an_order_ends_the_cart_that_waited_for_its_payment(
    database: Database, store: Store
) -> None:
    tell(database, store, a_cart("order-7"))
    tell(database, store, stands(1, paid_at=at(1), checkout_token="order-7"))
    (cart,) = rows(database, carts)
    assert cart["order_id"]


def test_an_account_opened_since_we_came_is_told_once_by_hook_and_by_poll(
    database: Database, store: Store
) -> None:
    def account(hours: float, opened: float) -> Change:
        told = a_customer(key("9"), hours, created_at=at(opened))
        return Change(EventName.CUSTOMER_UPDATED, at(hours), told, is_state=True)

    for hours in (0, 1, 1, 0):
        tell(database, store, account(hours, 0), hours=2)
    told = [row["name"] for row in rows(database, events)]
    assert told.count(EventName.CUSTOMER_CREATED) == 1
    tell(database, store, account(3, -500), hours=3)
    again = [row["name"] for row in rows(database, events)]
    assert again.count(EventName.CUSTOMER_CREATED) == 1
