"""The demo's clock: business time that runs from a moment at a speed. Real use has no row."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from storage.database import Database
from storage.dialect import upsert
from storage.schema import demo_clock


class DemoDatabase(Exception):
    """A real start met a database whose time was moved by a demo."""


def refuse_demo_database(database: Database) -> None:
    """Raise `DemoDatabase` when this database has a demo clock. No tables yet is fine."""
    if not database.has_table(demo_clock.name):
        return
    with database.reading() as connection:
        if connection.execute(select(demo_clock.c.id)).first() is not None:
            raise DemoDatabase(
                "This database was used by a demo, which moved its time. "
                "Use another DATABASE_URL (or DATA_DIR), or set DEMO=1."
            )


def start(database: Database) -> None:
    """Mark the database as a demo's, its time still the real one; a second call keeps it."""
    with database.writing() as connection:
        if connection.execute(select(demo_clock.c.id)).first() is None:
            now = database.real_now(connection)
            row = {"id": 1, "real_at": now, "business_at": now, "speed": 1}
            upsert(connection, demo_clock, [row])


def read(database: Database) -> tuple[datetime, int]:
    """Give the business time and how many business seconds pass in a real one."""
    with database.reading() as connection:
        speed = connection.execute(select(demo_clock.c.speed)).scalar_one_or_none()
        return database.now(connection), speed or 1


def speed(connection: Connection) -> int:
    """Give how many business seconds pass in a real one."""
    return connection.execute(select(demo_clock.c.speed)).scalar_one_or_none() or 1


def advance(database: Database, by: timedelta) -> datetime:
    """Move business time on and give the new time. It never goes back: ValueError."""
    if by < timedelta():
        raise ValueError("Time does not go back.")
    return _set(database, by, None)


def set_speed(database: Database, speed: int) -> datetime:
    """Let `speed` business seconds pass in a real one, from now on; give the business time."""
    if speed < 1:
        raise ValueError("The speed is a whole number from 1 on.")
    return _set(database, timedelta(), speed)


def _set(database: Database, by: timedelta, speed: int | None) -> datetime:
    with database.writing() as connection:
        query = select(demo_clock.c.speed).with_for_update()
        speed = speed or connection.execute(query).scalar_one_or_none() or 1
        now = database.now(connection) + by
        real = database.real_now(connection)
        row = {"id": 1, "real_at": real, "business_at": now, "speed": speed}
        upsert(connection, demo_clock, [row])
        return now
