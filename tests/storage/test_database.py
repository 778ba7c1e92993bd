"""Transactions, turns, group commit and clocks, on both systems."""

import multiprocessing
import os
import sys
import threading
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage import demo_clock
from storage.database import Database
from storage.demo_clock import DemoDatabase, refuse_demo_database
from storage.schema import leases
from storage.turns import Line

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
fork = multiprocessing.get_context("fork")


def put(connection: Connection, name: str) -> str:
    row = {"name": name, "owner": "me", "lease_until": NOW, "fence": 1}
    connection.execute(insert(leases).values(**row))
    return name


def put_all(connection: Connection, names: list[str]) -> list[str]:
    return [put(connection, name) for name in names]


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(leases)).scalar_one()


def test_a_clean_end_commits_and_an_exception_undoes(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "kept")
    with pytest.raises(DBAPIError), database.writing() as connection:
        put_all(connection, ["lost", "kept"])
    assert count(database) == 1


@pytest.mark.parametrize("wrong", [{"fence": None}, {"fence": []}, {"name": "kept"}])
def test_an_error_tells_a_log_nothing_of_the_row_that_was_to_be_written(
    database: Database, wrong: dict[str, Any]
) -> None:
    row = {"name": "one", "owner": "ada@maple.example", "lease_until": NOW, "fence": 1} | wrong
    database.write(lambda connection: put(connection, "kept"))
    with pytest.raises(DBAPIError) as told, database.writing() as connection:
        connection.execute(insert(leases).values(**row))
    words = "".join(traceback.format_exception(told.value))
    assert "leases" in words
    assert "ada@maple" not in words


def test_times_come_back_to_the_microsecond_in_utc(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "one")
    with database.reading() as connection:
        told = connection.execute(select(leases.c.lease_until)).scalar_one()
    assert (told, told.tzinfo) == (NOW, UTC)


def test_a_reader_sees_one_moment_and_holds_up_no_writer(database: Database) -> None:
    with database.reading() as reader:
        query = select(func.count()).select_from(leases)
        assert reader.execute(query).scalar_one() == 0
        with database.writing() as connection:
            put(connection, "meanwhile")
        assert reader.execute(query).scalar_one() == 0
    assert count(database) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as connection:
        put(connection, "sneaked in")


def test_a_lone_caller_of_the_group_does_not_wait(database: Database) -> None:
    database.together(lambda connection: put(connection, "warm"))
    began = time.monotonic()
    assert database.together(lambda connection: put(connection, "alone")) == "alone"
    assert time.monotonic() - began < 1
    assert count(database) == 2


def test_callers_of_the_group_get_their_own_results_and_errors(database: Database) -> None:
    outcomes: dict[int, Any] = {}

    def call(number: int) -> None:
        name = f"n{number % 10}"  # ten of twenty are refused by the key
        try:
            outcomes[number] = database.gather(put_all, name)
        except DBAPIError as error:
            outcomes[number] = type(error).__name__

    in_threads([lambda number=number: call(number) for number in range(20)])
    assert count(database) == 10
    assert sorted(outcomes.values()) == sorted(
        ["IntegrityError"] * 10 + [f"n{n}" for n in range(10)]
    )


def test_a_fault_in_one_work_undoes_that_work_only(database: Database) -> None:
    def faulty(connection: Connection) -> None:
        put(connection, "undone")
        raise ZeroDivisionError

    def fine() -> None:
        database.together(lambda connection: put(connection, "done"))

    def broken() -> None:
        with pytest.raises(ZeroDivisionError):
            database.together(faulty)

    in_threads([broken, fine])
    assert count(database) == 1


def in_threads(works: list[Any]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_closed_database_takes_no_more(database: Database) -> None:
    database.together(lambda connection: put(connection, "last"))
    database.close()
    with pytest.raises(RuntimeError):
        database.together(lambda connection: put(connection, "too late"))


def _write_some(url: str, name: str, finished: Any) -> None:
    database = Database(url)
    longest = 0.0
    for number in range(30):
        began = time.monotonic()
        with database.writing() as connection:
            put(connection, f"{name}{number}")
        longest = max(longest, time.monotonic() - began)
    finished.put(longest)
    database.close()


def test_writers_of_several_processes_take_turns(database_url: str) -> None:
    finished = fork.Queue()
    writers = [fork.Process(target=_write_some, args=(database_url, n, finished)) for n in "abc"]
    for writer in writers:
        writer.start()
    waits = [finished.get(timeout=60) for _ in writers]
    for writer in writers:
        writer.join()
    database = Database(database_url)
    assert count(database) == 90
    assert max(waits) < 10
    database.close()


def test_a_child_does_not_speak_over_its_parents_connections(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "parent")
    database.together(lambda c: put(c, "group"))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            database.together(lambda c: put(c, "child's group"))
            with database.writing() as connection:
                put(connection, "child")
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    with database.writing() as connection:
        put(connection, "parent again")
    assert count(database) == 5


def test_a_write_that_lost_a_deadlock_is_tried_again(database: Database) -> None:
    if database.dialect == "sqlite":
        return  # one writer at a time: there is nobody to lock out
    with database.writing() as connection:
        put_all(connection, ["a", "b"])
    both_hold_one = threading.Barrier(2)
    tries: list[str] = []

    def swap(first: str, second: str) -> None:
        def work(connection: Connection) -> None:
            tries.append(first)
            lock = select(leases.c.owner).with_for_update()
            connection.execute(lock.where(leases.c.name == first))
            if len(tries) <= 2:
                both_hold_one.wait(10)
            connection.execute(lock.where(leases.c.name == second))

        database.write(work)

    in_threads([lambda: swap("a", "b"), lambda: swap("b", "a")])
    assert len(tries) > 2


def test_threads_are_served_in_the_order_they_came() -> None:
    line, served = Line(), []
    line.enter()
    threads = []
    for number in range(10):

        def wait(number: int = number) -> None:
            line.enter()
            served.append(number)
            line.leave()

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        while len(line._waiting) <= number:
            time.sleep(0.001)
    line.leave()
    for thread in threads:
        thread.join()
    assert served == list(range(10))


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_cannot_be_shared_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite needs a file|DATABASE_URL must begin"):
        Database(url)


def test_an_unreachable_database_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nowhere/reprise.db")
    with pytest.raises(SQLAlchemyError):
        database.ping()


def test_sqlite_keeps_what_it_acknowledged(database: Database) -> None:
    if database.dialect != "sqlite":
        return
    with database.writing() as connection:
        for pragma, wanted in {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
        }.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == wanted


def test_business_time_is_real_time_unless_a_demo_moved_it(database: Database) -> None:
    with database.reading() as connection:
        gap = database.now(connection) - database.real_now(connection)
    assert abs(gap) < timedelta(seconds=5)
    assert abs(datetime.now(UTC) - demo_clock.read(database)[0]) < timedelta(seconds=5)
    refuse_demo_database(database)


def test_a_demos_time_moves_on_never_back_and_may_run_faster(database: Database) -> None:
    demo_clock.start(database)
    before, speed = demo_clock.read(database)
    assert speed == 1
    moved = demo_clock.advance(database, timedelta(hours=2))
    assert timedelta(hours=2) <= moved - before < timedelta(hours=2, seconds=5)
    demo_clock.start(database)
    assert demo_clock.read(database)[0] >= moved, "a second start keeps the time"
    demo_clock.set_speed(database, 3600)
    first = demo_clock.read(database)[0]
    time.sleep(0.05)
    later, speed = demo_clock.read(database)
    assert (speed, later - first > timedelta(minutes=2)) == (3600, True)
    with pytest.raises(ValueError, match="back"):
        demo_clock.advance(database, timedelta(seconds=-1))
    with pytest.raises(ValueError, match="whole number"):
        demo_clock.set_speed(database, 0)


def test_a_real_start_refuses_a_demos_database(database: Database) -> None:
    demo_clock.start(database)
    with pytest.raises(DemoDatabase):
        refuse_demo_database(database)


def test_an_empty_database_is_not_a_demos(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    refuse_demo_database(database)
    database.close()
    assert sys.version_info >= (3, 11)
