"""What all buyers did, kept by triggers: always what counting the customers says."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, func, select, update

from storage import buyer_sums, day_turns
from storage.buyer_sums import AllBuyers
from storage.database import Database
from storage.schema import buyer_sums as kept
from storage.schema import customers
from tests.seeding import NOW, Rows, a_store


def counted(connection: Connection, store_id: str) -> AllBuyers:
    """Count them one by one."""
    c = customers.c
    query = select(c.orders_count, c.spent).where(
        c.store_id == store_id, c.first_order_at.is_not(None)
    )
    rows = connection.execute(query).all()
    return AllBuyers(len(rows), sum(row[0] >= 2 for row in rows), sum(row[1] for row in rows))


class Shop:
    """A store whose customers buy, give back, are merged and erased, by a die."""

    def __init__(self, connection: Connection, domain: str, seed: int) -> None:
        self.store_id = a_store(connection, domain)
        self.die = random.Random(seed)  # noqa: S311  a die of a test
        self.people: list[str] = []

    def lives(self, connection: Connection) -> None:
        act = self.die.randrange(6)
        if act < 2 or not self.people:
            bought = self._bought() if act else {}
            self.people.append(Rows(connection, self.store_id).customer("Ada", **bought))
            return
        mine = customers.c.id == self.die.choice(self.people)
        if act == 2:  # merged into somebody, or erased
            gone = self.people.pop()
            connection.execute(delete(customers).where(customers.c.id == gone))
        elif act == 3:  # all taken back
            none = {"orders_count": 0, "spent": 0, "first_order_at": None}
            connection.execute(update(customers).where(mine).values(**none))
        else:  # news, told twice
            for _ in range(2):
                connection.execute(update(customers).where(mine).values(**self._bought()))

    def _bought(self) -> dict[str, object]:
        count = self.die.randrange(1, 4)
        at = NOW - timedelta(days=self.die.randrange(900))
        return {"orders_count": count, "spent": count * 700 - 100, "first_order_at": at}


def watched(connection: Connection, store_id: str) -> None:
    day_turns.begin(connection, store_id, NOW)
    day_turns.watch(connection, store_id, NOW, NOW)


def rows_of(connection: Connection, store_id: str) -> int:
    return connection.execute(select(func.count()).where(kept.c.store_id == store_id)).scalar_one()


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_and_its_changes_are_what_the_customers_say(
    database: Database, seed: int
) -> None:
    with database.writing() as connection:
        shop, stranger = (
            Shop(connection, "a.example", seed),
            Shop(connection, "b.example", seed + 9),
        )
        for number in range(60):
            if number == 10:
                watched(connection, shop.store_id)
            if number > 15 and number % 7 == 0:
                buyer_sums.keep(connection, shop.store_id)
                assert rows_of(connection, shop.store_id) == 1
            if number == 40:
                buyer_sums.forget(connection, shop.store_id)
            for one in (shop, stranger):
                one.lives(connection)
                told = buyer_sums.totals(connection, one.store_id)
                assert told == counted(connection, one.store_id)
        assert rows_of(connection, stranger.store_id) == 0  # nobody looks at it


def test_the_whole_is_read_and_not_counted_again(database: Database) -> None:
    with database.writing() as connection:
        shop = Shop(connection, "a.example", 1)
        watched(connection, shop.store_id)
        buyer_sums.keep(connection, shop.store_id)
        connection.execute(update(kept).values(customers=77))
        assert buyer_sums.totals(connection, shop.store_id).customers == 77


@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_still_open_when_the_whole_is_kept_is_not_lost(
    database: Database, is_first: bool
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with database.writing() as connection:
        shop = Shop(connection, "a.example", 3)
        watched(connection, shop.store_id)
        for _ in range(20):
            shop.lives(connection)
        if not is_first:
            buyer_sums.keep(connection, shop.store_id)
    with database.writing() as late:
        for _ in range(20):
            shop.lives(late)
        with database.writing() as connection:
            buyer_sums.keep(connection, shop.store_id)
            assert buyer_sums.totals(connection, shop.store_id) == counted(
                connection, shop.store_id
            )
    with database.writing() as connection:
        assert rows_of(connection, shop.store_id) > 1
        assert buyer_sums.totals(connection, shop.store_id) == counted(connection, shop.store_id)
