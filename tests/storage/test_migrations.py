"""The migrations lead to the schema that the code speaks of, on both systems."""

import threading
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.database import Database, is_current, migrate
from storage.schema import metadata


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
