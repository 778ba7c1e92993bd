"""Orders: exact sums whatever comes twice or late; news of each placed order once."""

import itertools
from typing import Any

import pytest

from marketing.events import EventName
from marketing.model import Gone, Order, Product, Refund, Variant
from storage.database import Database
from storage.schema import customers, events, orders, products
from storage.stores import Store
from tests.storage.mirroring import (
    a_store,
    an_order,
    at,
    change,
    key,
    names,
    rows,
    tell,
)

PLACED, UPDATED, PAID = EventName.ORDER_PLACED, EventName.ORDER_UPDATED, EventName.ORDER_PAID


@pytest.fixture
def store(database: Database) -> Store:
    return a_store(database)


def sums(database: Database) -> list[Any]:
    (ada,) = rows(database, customers)
    return [ada[name] for name in ("orders_count", "spent", "first_order_at", "last_order_at")]


def second(database: Database) -> Any:
    (ada,) = rows(database, customers)
    return ada["second_order_at"]


def test_the_second_order_is_known_however_late_the_first_comes(
    database: Database, store: Store
) -> None:
    tell(database, store, change(an_order("o2", hours=2), PLACED), hours=2)
    assert second(database) is None
    tell(database, store, change(an_order("o3", hours=3), PLACED), hours=3)
    assert second(database) == at(3)
    tell(database, store, change(an_order("o1", hours=1), PLACED), hours=4)
    assert second(database) == at(2)
    tell(database, store, change(Gone("order", "o1"), EventName.ORDER_CANCELLED, 5), hours=5)
    assert second(database) == at(3)


def a_refund(name: str = "r1", amount: int = 600, order: str = "o1", hours: float = 2) -> Any:
    told = Refund(name, order, amount, at(hours))
    return change(told, EventName.ORDER_REFUNDED, hours)


def a_product(hours: float = 0, **fields: Any) -> Any:
    told: dict[str, Any] = {"external_id": "p1", "title": "Scarf", "handle": "scarf"}
    record = Product(**{**told, **fields}, updated_at=at(hours))
    return change(record, EventName.PRODUCT_UPDATED, hours)


def test_sums_are_exact_under_copies_and_disorder(database: Database, store: Store) -> None:
    told = [
        change(an_order("o1", hours=0), PLACED),
        change(an_order("o1", hours=0, updated_at=at(1), store_refunded=600), UPDATED),
        change(an_order("o2", hours=1), PLACED),
        a_refund(),
    ]
    for one in [*reversed(told), *told, *told]:
        tell(database, store, one, hours=2)
    assert sums(database) == [2, 2600 * 2 - 600, at(0), at(1)]


def test_a_refund_is_counted_once_however_it_is_told(database: Database, store: Store) -> None:
    tell(database, store, an_order("o1"))
    tell(database, store, a_refund(), a_refund(), a_refund("r2", 100), hours=2)
    tell(
        database,
        store,
        change(an_order("o1", updated_at=at(2), store_refunded=700), UPDATED),
        hours=2,
    )
    assert sums(database)[1] == 2600 - 700


@pytest.mark.parametrize("told", [{"cancelled_at": at(1)}, {"counts": False}])
def test_an_order_that_does_not_stand_is_not_in_the_sums(
    database: Database, store: Store, told: dict[str, Any]
) -> None:
    tell(database, store, an_order("o1"))
    tell(database, store, change(an_order("o1", updated_at=at(1), **told), UPDATED))
    assert sums(database) == [0, 0, None, None]


def test_an_order_that_gets_its_person_later_moves_the_sums(
    database: Database, store: Store
) -> None:
    tell(database, store, an_order("o1", key(None, "guest@example.com")))
    tell(database, store, change(an_order("o1", key("1"), updated_at=at(1)), UPDATED))
    counted = {row["email"]: row["orders_count"] for row in rows(database, customers)}
    assert counted == {"guest@example.com": 0, "ada@example.com": 1}


@pytest.mark.parametrize("order", list(itertools.permutations([PLACED, UPDATED, PAID])))
def test_an_order_is_placed_once_whichever_word_comes_first(
    database: Database, store: Store, order: tuple[EventName, ...]
) -> None:
    told = {
        PLACED: an_order("o1", hours=0),
        UPDATED: an_order("o1", hours=0, updated_at=at(1)),
        PAID: an_order("o1", hours=0, updated_at=at(0.5), paid_at=at(0.5)),
    }
    heard: list[str] = []
    for name in order * 2:
        news = tell(database, store, change(told[name], name)).news
        heard += names(news.get(store.id, ()))
    assert sorted(heard) == ["order.paid", "order.placed", "order.updated"]
    (row,) = rows(database, orders)
    assert (row["updated_at"], row["paid_at"]) == (at(1), at(0.5))


def test_news_of_an_order_placed_before_the_install_triggers_nothing(
    database: Database, store: Store
) -> None:
    old = an_order("o1", hours=-200, updated_at=at(0))
    heard = tell(database, store, change(old, UPDATED))
    assert names(heard.news[store.id]) == ["order.updated"]


def test_an_import_counts_but_is_no_news(database: Database, store: Store) -> None:
    heard = tell(database, store, an_order("o1", hours=-200), imported=True)
    assert not heard.news
    assert not rows(database, events)
    assert sums(database)[0] == 1
    assert rows(database, orders)[0]["imported"]


def test_an_order_that_the_import_saw_first_is_still_news(database: Database, store: Store) -> None:
    order = an_order("o1", hours=0)
    tell(database, store, order, imported=True)
    heard = tell(database, store, order)
    assert names(heard.news[store.id]) == ["order.placed"]
    assert not rows(database, orders)[0]["imported"]


def test_a_deleted_order_counts_no_more(database: Database, store: Store) -> None:
    tell(database, store, an_order("o1"))
    tell(database, store, change(Gone("order", "o1"), EventName.ORDER_CANCELLED, 1))
    assert sums(database)[0] == 0


def test_the_news_of_an_order_names_it(database: Database, store: Store) -> None:
    (news,) = tell(database, store, an_order("o1")).news[store.id]
    (row,) = rows(database, orders)
    assert (news.order_id, news.customer_id) == (row["id"], row["customer_id"])
    assert news.data == {"order_id": row["id"], "store_total": 2600, "name": "#o1"}


def test_a_strangers_refund_touches_nothing(database: Database, store: Store) -> None:
    stranger = a_store(database, "stranger.myshopify.com")
    tell(database, store, an_order("o1"))
    assert not tell(database, stranger, a_refund()).news
    assert sums(database)[1] == 2600


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newest_word_of_a_product_wins(
    database: Database, store: Store, order: tuple[int, ...]
) -> None:
    variants = (Variant("v1", "Red", 1000), Variant("v2", "Blue", 1200, available=False))
    told = [a_product(0), a_product(1, title="Warm scarf", variants=variants)]
    for place in order:
        tell(database, store, told[place])
    (row,) = rows(database, products, "external_id")
    assert (row["title"], [one["price"] for one in row["variants"]]) == ("Warm scarf", [1000, 1200])


def test_a_deleted_product_stays_deleted_whatever_comes_late(
    database: Database, store: Store
) -> None:
    tell(database, store, a_product(0))
    tell(database, store, change(Gone("product", "p1"), EventName.PRODUCT_DELETED, 2))
    tell(database, store, a_product(1))
    assert rows(database, products, "external_id")[0]["deleted_at"] == at(2)


def test_many_stores_in_one_batch(database: Database) -> None:
    from storage import mirror  # noqa: PLC0415
    from tests.storage.mirroring import hash_of  # noqa: PLC0415

    houses = [a_store(database, f"s{n}.myshopify.com") for n in range(20)]
    orders_told: list[tuple[Store, Order]] = [
        (house, an_order(f"o{n}", key(str(n), f"p{n}@example.com")))
        for house in houses
        for n in range(10)
    ]
    told = [mirror.Told(house, change(one), at(1)) for house, one in orders_told]
    with database.writing() as connection:
        heard = mirror.absorb(connection, told, hash_of)
    assert {len(news) for news in heard.news.values()} == {10}
    assert {row["orders_count"] for row in rows(database, customers)} == {1}
    assert len(rows(database, customers)) == 200
