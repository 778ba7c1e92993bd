"""Fresh databases for the figures, durable as in production: every commit reaches the disk."""

import contextlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from storage.database import migrate
from tests import real_postgres

KINDS = ("sqlite", "postgresql")
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """Gives databases of one kind."""

    kind: str
    fresh: Callable[[], str]
    """Make a migrated, empty database and give its address."""
    drop: Callable[[str], None]


@contextlib.contextmanager
def server(kind: str, folder: Path) -> Iterator[Server]:
    """Run what gives databases of a kind: a PostgreSQL of our own, or files in `folder`."""
    with _sqlite(folder) if kind == "sqlite" else _postgresql() as running:
        yield running


@contextlib.contextmanager
def fresh(server: Server) -> Iterator[str]:
    """Give a database that is gone afterwards."""
    url = server.fresh()
    try:
        yield url
    finally:
        server.drop(url)


def know(url: str) -> None:
    """Let PostgreSQL count its tables now, as its own vacuum does a minute after much was put in.

    Before that its plans are guesses, those of the app and those of the ceilings alike.
    """
    if url.startswith("postgresql"):
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def _sqlite(folder: Path) -> Iterator[Server]:
    template = folder / "template.db"
    template.touch()
    migrate(f"sqlite:///{template}")

    def make() -> str:
        home = folder / f"sqlite-{next(_numbers)}"
        home.mkdir()
        shutil.copyfile(template, home / "reprise.db")
        return f"sqlite:///{home / 'reprise.db'}"

    yield Server("sqlite", make, lambda url: shutil.rmtree(_path(url).parent))


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@contextlib.contextmanager
def _postgresql() -> Iterator[Server]:
    given = os.environ.get("TEST_DATABASE_URL")
    settings = {**real_postgres.SETTINGS, **DURABLE}
    running = contextlib.nullcontext(given) if given else real_postgres.running(settings)
    with running as address, _template(_plain(address)) as (admin, template):

        def make() -> str:
            name = f"reprise_bench_{os.getpid()}_{next(_numbers)}"
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
            return real_postgres.other_database(_plain(address), name)

        def drop(url: str) -> None:
            name = urlsplit(url).path.strip("/")
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

        yield Server("postgresql", make, drop)


@contextlib.contextmanager
def _template(address: str) -> Iterator[tuple["psycopg.Connection[tuple[object, ...]]", str]]:
    name = f"reprise_bench_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            migrate(real_postgres.other_database(address, name))
            yield admin, name
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _plain(address: str) -> str:
    return address.replace("postgresql+psycopg://", "postgresql://", 1)
