"""The migrations lead to the schema that the code speaks of, on both systems."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select

import storage
from storage.database import Database, is_current, migrate
from storage.mirror_lines import lines_of
from storage.schema import customers, metadata, new_id, order_lines, orders
from tests.seeding import a_store, an_item, at


def test_a_migrated_database_equals_the_schema(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
    database.close()


def test_an_empty_database_is_not_current_and_a_migrated_one_is(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert not is_current(database)
    migrate(empty_database_url)
    assert is_current(database)
    database.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)


def test_two_processes_may_migrate_at_once(empty_database_url: str) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(empty_database_url)
        except BaseException as error:  # noqa: BLE001  shown below
            failures.append(error)

    threads: list[Any] = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_orders_from_before_have_their_lines_after_the_migration(empty_database_url: str) -> None:
    placed_at = at("2026-11-10 12:00") + timedelta(microseconds=7)
    hat = {**an_item(700), "product_id": "p2", "quantity": 3}
    told: list[dict[str, Any]] = [
        {"items": [hat, an_item(500), {**hat, "quantity": 1}]},
        {"items": [{**hat, "product_id": None}]},
        {"items": [hat], "counts": False},
        {"items": [hat], "cancelled_at": placed_at},
        {"items": [hat], "customer_id": None},
        {"items": []},
    ]
    database = Database(empty_database_url)
    with database.writing() as connection:
        _upgrade(connection, "0001")
        store_id = a_store(connection, "a.example")
        ada = new_id()
        who = {"id": ada, "first_name": "Ada", "last_name": "Reyes"}
        moments = {"created_at": placed_at, "updated_at": placed_at}
        connection.execute(insert(customers).values(store_id=store_id, **who, **moments))
        for number, one in enumerate(told):
            row = {"customer_id": ada, "cancelled_at": None, "counts": True, **SUMS, **one}
            named = {"external_id": str(number), "name": f"#{number}", "placed_at": placed_at}
            connection.execute(
                insert(orders).values(store_id=store_id, updated_at=placed_at, **named, **row)
            )
    migrate(empty_database_url)
    with database.reading() as connection:
        found = {tuple(row) for row in connection.execute(select(*KEPT))}
        lines = {
            (row["id"], *line)
            for row in connection.execute(select(orders)).mappings()
            for line in lines_of(row)
        }
        names = connection.execute(select(customers.c.first_key, customers.c.last_key)).one()
    assert found == lines
    assert tuple(names) == ("ada", "reyes")
    assert sorted(amount for *_, amount in found) == [500, 2800]
    database.close()


MONEY = {"currency": "USD", "store_currency": "USD"}
SUMS = {**MONEY, "subtotal": 1, "total": 1, "store_total": 1}
LINE = ("order_id", "product_id", "customer_id", "placed_at", "amount")
KEPT = [order_lines.c[name] for name in LINE]


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
