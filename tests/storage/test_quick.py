"""The driver's own connections, each statement a commit: lent, kept, and given up when dead."""

import threading
import traceback

import pytest
from sqlalchemy.exc import OperationalError

from storage import quick
from storage.database import Database


@pytest.fixture
def fast(database: Database) -> Database:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer: it gathers instead")
    return database


def _pid(database: Database) -> int:
    with database.autocommitting() as driver:
        return driver.info.backend_pid


def test_one_thread_is_lent_the_same_connection_again_and_two_at_once_are_not(
    fast: Database,
) -> None:
    first = _pid(fast)
    assert _pid(fast) == first
    with fast.autocommitting() as mine:
        found: list[int] = []
        other = threading.Thread(target=lambda: found.append(_pid(fast)))
        other.start()
        other.join()
        assert mine.info.backend_pid == first
        assert found
        assert found != [first]


def test_a_connection_that_failed_is_told_as_the_databases_trouble_and_not_lent_again(
    fast: Database,
) -> None:
    first = _pid(fast)
    with pytest.raises(OperationalError), fast.autocommitting() as driver:
        driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert _pid(fast) != first


def test_what_it_refuses_is_told_without_the_row(fast: Database) -> None:
    refused = ["one", "ada@maple.example"]
    with (
        pytest.raises(OperationalError, match="null value") as told,
        fast.autocommitting() as driver,
    ):
        driver.execute("INSERT INTO leases (name, owner) VALUES (%s, %s)", refused)
    assert "ada@maple" not in "".join(traceback.format_exception(told.value))


def test_one_that_died_while_nobody_had_it_is_noticed_before_it_is_lent(
    fast: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _pid(fast)
    with fast.writing() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({first})")
    monkeypatch.setattr(quick, "ASKED_AFTER", 0.0)
    assert _pid(fast) != first
