"""The way to the database: snapshots to read, turns to write, group commit, and its clock."""

import contextlib
import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson
import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.types.string import TextLoader
from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    func,
    inspect,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from marketing.conditions import draw
from storage.error_words import leave_out_the_row
from storage.group import GroupWriter
from storage.quick import ASKED_AFTER, Quick
from storage.schema import UtcTime, demo_clock
from storage.text import dumps
from storage.turns import Turns

T = TypeVar("T")
Item = TypeVar("Item")

BUSY_MILLISECONDS = 30_000
MIGRATING = 7_241_001  # our advisory lock's number, of no meaning but to be the same everywhere
TRIES = 3
PAUSE = 0.02
RETRYABLE = frozenset(["40001", "40P01"])  # serialization failure, deadlock
BUSINESS_NOW = func.coalesce(
    select(
        demo_clock.c.business_at
        + (func.clock_timestamp() - demo_clock.c.real_at) * demo_clock.c.speed
    ).scalar_subquery(),
    func.clock_timestamp(),
    type_=UtcTime,
)
"""Business time as PostgreSQL tells it within another statement; see `business_now`."""
DEMO = select(demo_clock.c.business_at, demo_clock.c.real_at, demo_clock.c.speed)
REAL_AND_DEMO = DEMO.add_columns(func.clock_timestamp(type_=UtcTime).label("now")).select_from(
    select(literal(1)).subquery("always").outerjoin(demo_clock, true())
)
PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is erased is gone from the file, whoever built SQLite
    "PRAGMA cache_size=-16000",  # KiB
)


class Database:
    """One database, SQLite or PostgreSQL; may be shared by threads and carried over a fork.

    `url` is a SQLAlchemy address; `postgresql://` means psycopg. SQLite lives in a file.
    """

    def __init__(self, url: str, *, pool_size: int = 8, max_overflow: int = 24) -> None:
        self.url = _address(url)
        self.dialect = self.url.get_backend_name()
        make = _sqlite_engines if self.dialect == "sqlite" else _postgresql_engines
        self._readers, self._writers, quick = make(self.url, pool_size, max_overflow)
        self._quick = Quick(quick) if quick else None
        self._turns = Turns(Path(self.url.database or "")) if self.dialect == "sqlite" else None
        self._group = GroupWriter(self.write)
        mine = weakref.WeakMethod(self._after_fork)
        os.register_at_fork(after_in_child=lambda: (method := mine()) and method())

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a snapshot: every statement in it sees one moment, and it holds up no writer."""
        with self._readers.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open one transaction: committed at a clean end, rolled back at an exception.

        In SQLite writers of all threads and processes take fair turns; keep it short, and
        never open one inside another.
        """
        with (
            self._turns or contextlib.nullcontext(),
            self._writers.connect() as connection,
            connection.begin(),
        ):
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction; again, up to three times, when it lost a deadlock."""
        for left in reversed(range(TRIES)):
            try:
                with self.writing() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not left or getattr(error.orig, "sqlstate", None) not in RETRYABLE:
                    raise
            time.sleep(PAUSE)  # let the winner have what it waited for
        raise AssertionError("unreachable")

    @contextlib.contextmanager
    def autocommitting(self) -> Iterator["psycopg.Connection[Any]"]:
        """Open PostgreSQL's own driver, each statement a commit: for the hottest of all writes."""
        if self._quick is None:
            raise TypeError("SQLite has one writer: it gathers instead.")
        with self._quick.connection() as driver:
            yield driver

    def together(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction shared with other callers who wait just now.

        Returns once it is committed. An exception of `work` is raised here and undoes only
        this work. It may be run again after a neighbour's failure: it must bear that.
        """
        result: T = self._group.do(_call_each, work)
        return result

    def gather(self, work: Callable[[Connection, list[Item]], list[T]], item: Item) -> T:
        """Do one `work` for all items that callers bring just now; give this item's result.

        Like `together`, but items of the same function share its statements.
        """
        result: T = self._group.do(work, item)
        return result

    def real_now(self, connection: Connection) -> datetime:
        """The database's clock: see `real_now` below."""
        return real_now(connection)

    def now(self, connection: Connection) -> datetime:
        """Business time: see `business_now` below."""
        return business_now(connection)

    def moments(self, connection: Connection) -> tuple[datetime, datetime]:
        """Business time and real time: see `moments` below."""
        return moments(connection)

    def has_table(self, name: str) -> bool:
        """Say whether a table is there: it isn't before the first migration."""
        with self.reading() as connection:
            return inspect(connection).has_table(name)

    def ping(self) -> None:
        """Raise a `sqlalchemy.exc.SQLAlchemyError` if the database does not answer."""
        with self.reading() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let go of the writer thread, the connections and the turn files."""
        self._group.close()
        if self._quick:
            self._quick.close()
        for engine in self._engines():
            engine.dispose()
        if self._turns:
            self._turns.close()

    def _engines(self) -> Iterator[Engine]:
        return iter((self._readers, self._writers))

    def _after_fork(self) -> None:
        """A child must not speak over its parent's connections, nor hold its locks."""
        for engine in self._engines():
            engine.dispose(close=False)
        if self._quick:
            self._quick.after_fork()
        self._group = GroupWriter(self.write)
        if self._turns:
            self._turns.after_fork()


def real_now(connection: Connection) -> datetime:
    """The database's clock: of its machine, which for SQLite is this one. Aware, UTC."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = connection.execute(select(func.clock_timestamp(type_=UtcTime))).scalar_one()
    return now


def business_now(connection: Connection) -> datetime:
    """The database's clock, through the demo's clock where there is one."""
    return moments(connection)[0]


def moments(connection: Connection) -> tuple[datetime, datetime]:
    """Give business time and real time of one moment, in one question."""
    if connection.dialect.name == "sqlite":
        real, demo = datetime.now(UTC), connection.execute(DEMO).one_or_none()
    else:
        demo = connection.execute(REAL_AND_DEMO).one()
        real = demo.now
    if demo is None or demo.business_at is None:
        return real, real
    return demo.business_at + (real - demo.real_at) * demo.speed, real


def _call_each(connection: Connection, works: list[Callable[[Connection], T]]) -> list[T]:
    return [work(connection) for work in works]


def _address(url: str) -> URL:
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() != "sqlite":
        raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if not address.database or address.database == ":memory:":
        raise ValueError("SQLite needs a file: several processes share it.")
    return address


def _postgresql_engines(url: URL, size: int, overflow: int) -> tuple[Engine, Engine, Engine | None]:
    engine = _postgresql_engine(url, size, overflow)
    quick = _postgresql_engine(url, 1, overflow, isolation_level="AUTOCOMMIT")
    snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return engine.execution_options(**snapshot), engine, quick


def _postgresql_engine(url: URL, size: int, overflow: int, **more: Any) -> Engine:
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=overflow,
        connect_args={"options": "-c timezone=UTC", "connect_timeout": 10},
        **_settings(),
        **more,
    )
    event.listen(engine, "connect", _give_uuids_as_text)
    event.listen(engine, "handle_error", leave_out_the_row)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _refuse_the_dead)
    return engine


def _give_uuids_as_text(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.adapters.register_loader("uuid", TextLoader)


def _note_use(_: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used_at"] = time.monotonic()


def _refuse_the_dead(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
    """Ask a connection that was idle for a while if the server still is at its other end."""
    if time.monotonic() - entry.info.get("used_at", time.monotonic()) < ASKED_AFTER:
        return
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error  # the pool opens another


def _sqlite_engines(url: URL, size: int, overflow: int) -> tuple[Engine, Engine, Engine | None]:
    readers = create_engine(url, pool_size=size, max_overflow=overflow, **_settings())
    event.listen(readers, "connect", _open_reader)
    event.listen(readers, "begin", _begin_snapshot)
    writers = create_engine(url, pool_size=1, max_overflow=0, **_settings())
    event.listen(writers, "connect", _open_writer)
    event.listen(writers, "begin", _begin_immediate)
    return readers, writers, None


def _open_writer(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by its own rules; we begin them ourselves.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)
    # PostgreSQL has the digest by itself: see `storage.json_sql`.
    connection.create_function("reprise_draw", 2, _drawn, deterministic=True)


def _drawn(salt: str, customer_id: str) -> int:
    return draw(salt.removesuffix(":"), customer_id)


def _open_reader(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    _open_writer(connection, entry)
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_snapshot(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _settings() -> dict[str, Any]:
    return {
        "hide_parameters": True,  # an error ends up in a log, people and secrets must not
        "json_serializer": dumps,
        "json_deserializer": orjson.loads,
    }


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema. Two at once take turns."""
    database = Database(url, pool_size=1)
    try:
        with database.writing() as connection:
            if database.dialect == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.close()


def is_current(database: Database) -> bool:
    """Say whether the schema is the one that this code was written for."""
    with database.reading() as connection:
        there = MigrationContext.configure(connection).get_current_heads()
    return set(there) == set(ScriptDirectory.from_config(_alembic()).get_heads())


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config
