"""What every test may ask for: real databases, a real queue, a browser; and no network."""

import contextlib
import ipaddress
import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright
from psycopg.sql import SQL, Identifier

from jobs import embedded_queue
from setup import browser as browsers
from storage.database import Database, migrate
from storage.schema import metadata
from tests import real_postgres
from tests.real_postgres import other_database

# How quick a machine is, and how busy, is no property of ours.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
expect.set_options(timeout=20_000)  # ms; by itself a browser gets five seconds
DATABASES = ["sqlite", "postgresql"]
SHARED = f"reprise_shared_{os.getpid()}"
TABLES = metadata.sorted_tables
CHROMIUM_ARGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Sockets reach this machine only: a test that asks the world for something fails."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _only_here(getattr(socket.socket, name)))
    yield
    patch.undo()


def _only_here(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        inet = self.family in {socket.AF_INET, socket.AF_INET6}
        if inet and address[0] != "localhost" and not ipaddress.ip_address(address[0]).is_loopback:
            raise AssertionError(f"A test tried to reach {address[0]}:{address[1]}.")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server's maintenance database: TEST_DATABASE_URL's, else our own server's."""
    given = os.environ.get("TEST_DATABASE_URL")
    with contextlib.nullcontext(given) if given else real_postgres.running() as url:
        yield url.replace("postgresql+psycopg://", "postgresql://", 1)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database of the test's own, on each of the two systems in turn."""
    yield from _fresh(request, request.param, migrated=True)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same database, opened."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables, on each of the two systems in turn."""
    yield from _fresh(request, request.param, migrated=False)


def _fresh(request: pytest.FixtureRequest, kind: str, *, migrated: bool) -> Iterator[str]:
    if kind == "sqlite":
        yield from _fresh_sqlite(request, migrated=migrated)
    else:
        yield from _fresh_postgres(request, migrated=migrated)


def _fresh_sqlite(request: pytest.FixtureRequest, *, migrated: bool) -> Iterator[str]:
    path = request.getfixturevalue("tmp_path") / "reprise.db"
    if migrated:
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    yield f"sqlite:///{path}"


def _fresh_postgres(request: pytest.FixtureRequest, *, migrated: bool) -> Iterator[str]:
    """One database serves all tests that want a migrated one: emptying it is the quicker."""
    server = request.getfixturevalue("postgres_url")
    if migrated:
        url = request.getfixturevalue("postgres_migrated")
        yield url
        _empty(url)
        return
    name = f"reprise_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 STRATEGY WAL_LOG')
        yield other_database(server, name)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _empty(url: str) -> None:
    """Delete every row; whoever a test left behind with a lock is shown the door first."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"{others} WHERE datname = current_database() AND pid <> pg_backend_pid()")
        for table in reversed(TABLES):
            admin.execute(SQL("DELETE FROM {}").format(Identifier(table.name)))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "reprise.db"
    path.touch()
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_migrated(postgres_url: str) -> Iterator[str]:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{SHARED}" TEMPLATE template0')
        url = other_database(postgres_url, SHARED)
        migrate(url)
        yield url
        admin.execute(f'DROP DATABASE "{SHARED}" WITH (FORCE)')


@pytest.fixture(scope="session")
def queue_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory whose embedded queue runs for the whole session."""
    data_dir = tmp_path_factory.mktemp("queue")
    embedded_queue.ensure_running(data_dir)
    yield data_dir
    embedded_queue.stop(data_dir)


@pytest.fixture
def valkey_url(queue_dir: Path) -> str:
    """A real Valkey's address, empty at the start of the test."""
    url = embedded_queue.ensure_running(queue_dir)
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A browser's path. Without one: a failure in CI, a loud skip elsewhere."""
    path = browsers.find()
    if path:
        return path
    reason = "There is no Chromium here: `make test` installs one, CHROMIUM=... names one."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for the session; a test opens a context of its own in it."""
    rootless = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        opened = chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGS + rootless)
        yield opened
        opened.close()
